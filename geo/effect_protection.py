"""The k-rules for what a release says of measures: two periods of the same places."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple, cast

from .effects import PERIODS, PREFIX, Effects, part_key, silent
from .protection import K_STAFF

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Mapping

    from .protection import Cells

    Passed = frozenset[tuple[str, str]]  # who passed which place

WAITING = "waiting"
"""What a row lacks that, beside what is published, would tell of fewer than k."""
FRESH = ("what", "also", "lost", "crashes")
"""What of a row comes from no student and may change at any time."""


class Behind(NamedTuple):
    """Who passed which of the places of a measure before it, and who after."""

    before: Passed
    after: Passed

    @property
    def parts(self) -> tuple[Passed, Passed, Passed]:
        """Both periods, and the two together."""
        return self.before, self.after, self.before | self.after

    def at(self, places: Collection[str]) -> Behind:
        """Return those at some of the places."""
        return Behind(*(frozenset(one for one in part if one[1] in places) for part in self))


NOBODY = Behind(frozenset(), frozenset())


def protect_effects(found: Effects, before: Effects, cells: Cells, *, k: int = K_STAFF) -> Effects:
    """Return what may be published of measures now.

    A row divides the participants of its places at a day that staff chose. So that no other day,
    no second measure and no later release can be used to subtract, what it rests on (the period
    before, the one after, and both together) must differ from what every other measure rests on
    that was ever published, and from what the places themselves show, by nobody or by at least
    `k` participants; until it does, the row says that it waits. Once published, a row changes
    only if either period changed by nobody or by at least `k`, and one of them did (R4); until
    then the old one stands.

    `geo.protection.protect` looks at one group of people for each cell, which is too few here:
    one who leaves the period before and four who join the period after make five.

    Parameters
    ----------
    found
        What `geo.effects.effects` returns now.
    before
        What this function returned for the release before: its rows, and its parts from the
        ledger (other entries are passed over). Those of measures that were removed stay among
        the parts: else a measure recorded anew with another day would be the way to subtract.
    cells
        The places as this release shows them, and who stands behind them.
    """
    present, kept = _behind(found.parts), _behind(before.parts)
    old = {row["id"]: row for row in before.rows}
    rows = []
    for row in found.rows:
        measure, counted = cast("int", row["id"]), cast("list[str]", row["counted"])
        everyone, then = present.get(measure, NOBODY), kept.get(measure, NOBODY)
        now = everyone.at(counted)
        fits = _fits(now, measure, kept, k) and _apart(now.parts[-1], _shown(cells, counted), k)
        touched = {*counted, *(place for part in then for _, place in part)}
        if then != NOBODY and not (fits and _changed(then, everyone.at(touched), k)):
            stands = old.get(measure) or silent(row, [WAITING])
            rows.append(stands | {name: row[name] for name in FRESH})
        elif counted and not fits:
            rows.append(silent(row, [WAITING]))
        else:
            rows.append(row)
            kept |= {measure: now} if counted else {}
    return Effects(rows, _parts(kept))


def _fits(now: Behind, measure: int, kept: Mapping[int, Behind], k: int) -> bool:
    others = [behind for one, behind in kept.items() if one != measure]
    return all(
        _apart(own, part, k) for own in now.parts for other in others for part in other.parts
    )


def _changed(then: Behind, now: Behind, k: int) -> bool:
    """Return whether both periods may differ (R4), and one does."""
    return then != now and all(_apart(one, other, k) for one, other in zip(then, now, strict=True))


def _apart(one: Passed, other: Passed, k: int) -> bool:
    """Return whether what rests on one and on the other differs by nobody or by `k` or more."""
    return one == other or len({who for who, _ in one ^ other}) >= k


def _shown(cells: Cells, places: Iterable[str]) -> Passed:
    return frozenset(
        (str(who), place) for place in places for who in cells.people.get(place, frozenset())
    )


def _behind(parts: Mapping[str, Iterable[Hashable]]) -> dict[int, Behind]:
    found: dict[int, dict[str, set[tuple[str, str]]]] = defaultdict(
        lambda: {period: set() for period in PERIODS}
    )
    for key, people in parts.items():
        if key.startswith(PREFIX):
            measure, period, place = key.removeprefix(PREFIX).split("/", 2)
            found[int(measure)][period] |= {(str(who), place) for who in people}
    return {
        measure: Behind(*(frozenset(by[period]) for period in PERIODS))
        for measure, by in sorted(found.items())
    }


def _parts(kept: Mapping[int, Behind]) -> dict[str, frozenset[str]]:
    parts: dict[str, set[str]] = defaultdict(set)
    for measure, behind in sorted(kept.items()):
        for period, passed in zip(PERIODS, behind, strict=True):
            for who, place in passed:
                parts[part_key(measure, period, place)].add(who)
    return {key: frozenset(parts[key]) for key in sorted(parts)}
