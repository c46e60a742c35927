"""The lines that convoys ride: ways to school on which enough students ride together."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .convoy_stops import stop_positions
from .crs import distance_m

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from numpy.typing import NDArray

    from .convoy_streets import Line, LonLat, Streets, Way
    from .policy import Policy

Rides = dict["Hashable", list["Way"]]


class Carried(NamedTuple):
    """A line with those who ride together on it."""

    line: Line
    people: frozenset[Hashable]
    least: int
    """How many of them ride the segment that fewest ride."""
    ridden_dm: int
    """What all of them together ride on it."""


def best_line(
    rides: Rides, streets: Streets, school: LonLat, policy: Policy, *, k: int
) -> Carried | None:
    """Return the line on which members together ride the farthest, None if there is no line.

    From the school outwards, the segments that at least `k` ride hang together as a tree: each
    leads to the segment that most of its riders ride next. A line is the way from a tip of this
    tree to the school; `carry` says who rides on it.
    """
    table = _Table(rides, streets)
    lines = lines_to_school(rides, streets, school, policy.convoy_near_m, k=k)
    found = [carried for line in lines if (carried := table.carry(line, policy, k=k))]
    return min(found, key=lambda one: (-one.ridden_dm, one.line), default=None)


def carry(line: Line, rides: Rides, streets: Streets, policy: Policy) -> frozenset[Hashable]:
    """Return who would be a member of a convoy on this line, whether or not they are enough."""
    if not line or any(way not in streets.ways for way in line):
        return frozenset()
    return _Table(rides, streets).members(line, policy)


def lines_to_school(
    rides: Mapping[Hashable, Sequence[Way]],
    streets: Streets,
    school: LonLat,
    near_m: float,
    *,
    k: int,
) -> list[Line]:
    """Return the ways from each tip of the tree to the school."""
    follows = _follows(rides, streets, k)
    led_to = set(follows.values())
    lines = []
    for tip in sorted(follows.keys() - led_to):
        line: dict[Way, None] = {}
        way: Way | None = tip
        while way is not None and way in follows and way not in line:
            line[way] = None
            way = follows[way]
        arrived = way is None
        if arrived and distance_m(streets.ways[list(line)[-1]].line[-1], school) <= near_m:
            lines.append(tuple(line))
    return lines


def _follows(
    rides: Mapping[Hashable, Sequence[Way]], streets: Streets, k: int
) -> dict[Way, Way | None]:
    """Return where most of those on each busy segment ride next, None if most have arrived."""
    riders = Counter(way for ride in rides.values() for way in set(ride))
    onward: dict[Way, Counter[Way | None]] = defaultdict(Counter)
    for ride in rides.values():
        for way, then in {*zip(ride, [*ride[1:], None], strict=True)}:
            if riders[way] >= k and (
                then is None or (riders[then] >= k and streets.joined(way, then))
            ):
                onward[way][then] += 1
    return {
        way: min(counts, key=lambda then: (-counts[then], then or ("", "")))
        for way, counts in onward.items()
    }


class _Table:
    """Who rides which segment, as one table for many questions."""

    def __init__(self, rides: Rides, streets: Streets) -> None:
        self._streets = streets
        self._people = list(rides)
        ways = sorted({way for ride in rides.values() for way in ride})
        self._column = {way: i for i, way in enumerate(ways)}
        # The last column is for segments that nobody rides.
        self._rides = np.zeros((len(rides), len(ways) + 1), dtype=bool)
        for row, ride in enumerate(rides.values()):
            self._rides[row, [self._column[way] for way in ride]] = True
        self._own = np.array([streets.lengths(ride).sum() for ride in rides.values()])

    def carry(self, line: Line, policy: Policy, *, k: int) -> Carried | None:
        """Return the longest end of a line, from a safe intersection, that `k` ride throughout."""
        while True:
            line = self._from_safe(line)
            if not line or self._streets.ahead_m(line)[0] < policy.convoy_least_m:
                return None
            together, member = self._together(line, policy)
            riders = together[member].sum(axis=0)
            few = np.flatnonzero(riders < k)
            if not len(few):
                break
            line = line[few[-1] + 1 :]
        ridden = together[member] @ self._streets.lengths(line)
        return Carried(line, self._named(member), int(riders.min()), int(ridden.sum()))

    def members(self, line: Line, policy: Policy) -> frozenset[Hashable]:
        """Return who would be a member on this line."""
        return self._named(self._together(line, policy)[1])

    def _together(self, line: Line, policy: Policy) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return who rides which segment after a stop, and for whom that is far enough."""
        columns = [self._column.get(way, -1) for way in line]
        rides = self._rides[:, columns]
        stops = np.isin(np.arange(len(line)), stop_positions(line, self._streets, policy))
        together = rides & np.logical_or.accumulate(rides & stops, axis=1)
        shared = together @ self._streets.lengths(line)
        return together, (shared > 0) & (shared >= policy.convoy_share * self._own)

    def _from_safe(self, line: Line) -> Line:
        for i, way in enumerate(line):
            if self._streets.ways[way].start in self._streets.safe:
                return line[i:]
        return ()

    def _named(self, member: NDArray[np.bool_]) -> frozenset[Hashable]:
        return frozenset(self._people[i] for i in np.flatnonzero(member))
