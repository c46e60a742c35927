"""Turn restrictions: which of them bind a cyclist, and which turns of the network they forbid."""

from __future__ import annotations

import logging
from collections import Counter
from itertools import product
from typing import TYPE_CHECKING

import pandas as pd

from .extract import Restriction
from .network import TURN_COLUMNS, no_turns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .extract import OsmData

logger = logging.getLogger(__name__)

KINDS = ("no_", "only_")
# Old ways of saying at what time it holds, which nobody can know beforehand.
HOURS = frozenset({"day_on", "day_off", "hour_on", "hour_off"})

Member = tuple[str, int, str]
"""Type (its first letter), OSM id and role."""
Exits = dict[tuple[int, int], tuple[str, bool]]
"""By an OSM node and the next one: the segment that leaves that way, and whether forward."""
Turn = tuple[str, bool, str, bool]


def read_restriction(
    number: int, tags: Mapping[str, str], members: Iterable[Member]
) -> Restriction | None:
    """Return the turn restriction of an OSM relation if it binds cyclists, else None.

    `restriction:bicycle` stands above `restriction`, `except=bicycle` lifts it, those of other
    vehicles and those that hold at some hours do not bind.
    """
    kind = tags.get("restriction:bicycle") or _general(tags)
    if tags.get("type") != "restriction" or not kind.startswith(KINDS) or HOURS & tags.keys():
        return None
    parts = list(members)
    sources, targets = _members(parts, "w", "from"), _members(parts, "w", "to")
    nodes, ways = _members(parts, "n", "via"), _members(parts, "w", "via")
    if not sources or not targets or bool(nodes) == bool(ways):
        return None
    return Restriction(number, kind.startswith("only_"), sources, nodes, ways, targets)


def _general(tags: Mapping[str, str]) -> str:
    exempt = {name.strip() for name in tags.get("except", "").split(";")}
    return "" if "bicycle" in exempt else tags.get("restriction", "")


def _members(members: Sequence[Member], kind: str, role: str) -> tuple[int, ...]:
    return tuple(number for letter, number, name in members if (letter, name) == (kind, role))


def forbidden_turns(data: OsmData, exits: Exits, pushed: Iterable[str]) -> pd.DataFrame:
    """Return the turns between segments that a rider may not make, as `Network.turns` has them.

    A restriction whose ways or node are not in the network says nothing, nor does one to or from
    a segment that is `pushed`: who walks turns as they like.
    """
    on_foot = frozenset(pushed)
    legs = _Legs(data, exits)
    turns: set[Turn] = set()
    skipped: Counter[str] = Counter()
    for restriction in data.restrictions:
        if restriction.via_ways:
            skipped["over a way"] += 1
        elif len(restriction.via_nodes) > 1:
            skipped["over several nodes"] += 1
        else:
            turns.update(legs.turns(restriction))
    kept = sorted(turn for turn in turns if not on_foot & {turn[0], turn[2]})
    logger.info("%d turns are forbidden by %d restrictions, left out: %s",
                len(kept), len(data.restrictions), dict(skipped) or "none")  # fmt: skip
    return pd.DataFrame(kept, columns=list(TURN_COLUMNS)).astype(no_turns().dtypes)


class _Legs:
    """Where the ways of restrictions leave their nodes."""

    def __init__(self, data: OsmData, exits: Exits) -> None:
        named = {
            way for found in data.restrictions for way in (*found.from_ways, *found.to_ways)
        }  # fmt: skip
        self._runs: dict[int, list[tuple[int, ...]]] = {}
        for way in data.ways:
            if way.id in named:
                self._runs.setdefault(way.id, []).append(way.nodes)
        self._exits = exits
        self._around: dict[int, list[tuple[str, bool]]] = {}
        for (node, _), leaving in sorted(exits.items()):
            self._around.setdefault(node, []).append(leaving)

    def turns(self, restriction: Restriction) -> Iterator[Turn]:
        [node] = restriction.via_nodes
        arriving = [leg for way in restriction.from_ways for leg in self._at(way, node)]
        leaving = [leg for way in restriction.to_ways for leg in self._at(way, node)]
        if not arriving or not leaving:
            return
        for (source, away), (target, forward) in product(arriving, self._around[node]):
            turns_around = source == target and away == forward
            # An order to go one way does not speak of turning around on the spot.
            bound = (target, forward) in leaving
            if (not bound and not turns_around) if restriction.only else bound:
                yield source, not away, target, forward

    def _at(self, way: int, node: int) -> Iterator[tuple[str, bool]]:
        """Return the segments by which a way leaves the node at its end, if they are known.

        A way that runs on through the node, or a ring, does not tell which half of it is meant.
        """
        for run in self._runs.get(way, ()):
            if run[0] == run[-1]:
                continue
            ends = {(run[0], run[1]), (run[-1], run[-2])}
            yield from (self._exits[end] for end in ends if end[0] == node and end in self._exits)
