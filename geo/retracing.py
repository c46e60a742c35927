"""A stored ride, known by its places, laid on the network again: which way each was ridden."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import hypot
from typing import TYPE_CHECKING

import numpy as np

from .arcs import NOWHERE
from .errors import BrokenRouteError, UnknownPlaceError
from .pathfinding import ON_FOOT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .arcs import Arcs
    from .burden import BurdenIndex

# Riding away from the intersection that comes next is never meant.
WRONG_WAY_M = 1e5

XY = tuple[float, float]


@dataclass(frozen=True)
class Spot:
    """An intersection as it was passed, or a segment as it may have been ridden."""

    intersection: int
    arc: int
    enter: XY
    leave: XY


@dataclass(frozen=True)
class Retraced:
    """The arcs of a ride in riding order, and the metres between them that are no street."""

    arcs: list[int]
    gap_m: float
    passed: frozenset[int]
    """The intersections on the way, by number."""
    walked_turns: frozenset[int]
    """The points before a forbidden turn at which the ride makes it."""


class Retracer:
    """The network made ready for laying rides on it; safe to read from many threads."""

    def __init__(
        self, arcs: Arcs, index: BurdenIndex, point_xy: Sequence[XY], centres: Sequence[XY]
    ) -> None:
        self._arcs, self._index = arcs, index
        self._xy, self._centres = point_xy, centres
        self._tail: list[int] = arcs.tail.tolist()
        self._head: list[int] = arcs.head.tolist()
        self._leaves: list[int] = arcs.leaves.tolist()
        self._reaches: list[int] = arcs.reaches.tolist()
        # The points before forbidden turns come behind those of the network, where the walk ends.
        on_foot = np.flatnonzero(arcs.segment == ON_FOOT).tolist()
        self._real: dict[int, int] = {self._tail[arc]: self._head[arc] for arc in on_foot}

    def retrace(self, places: Sequence[str]) -> Retraced:
        """Return how the places were ridden: the way that leaves the shortest gaps.

        What lies between two arcs, within an intersection or off the network, counts straight.

        Raises
        ------
        UnknownPlaceError
            If a place is none of the network.
        BrokenRouteError
            If no segment is among them.
        """
        spots = self._best([self._choices(place) for place in places]) if places else []
        ridden = [spot for spot in spots if spot.arc != NOWHERE]
        if not ridden:
            raise BrokenRouteError("a ride needs at least one segment of the network")
        return Retraced(
            [spot.arc for spot in ridden],
            self._gaps(spots),
            frozenset(spot.intersection for spot in spots if spot.arc == NOWHERE),
            frozenset(
                self._head[one.arc]
                for one, other in pairwise(ridden)
                if self._is_forbidden(one.arc, other.arc)
            ),
        )

    def _choices(self, place: str) -> list[Spot]:
        intersection = self._index.intersection.get(place)
        if intersection is not None:
            centre = self._centres[intersection]
            return [Spot(intersection, NOWHERE, centre, centre)]
        segment = self._index.segment.get(place)
        if segment is None:
            raise UnknownPlaceError(f"no place {place!r} in this network")
        return [
            Spot(NOWHERE, arc, self._at(self._tail[arc]), self._at(self._head[arc]))
            for arc in self._arcs.of_segment[segment]
            if self._tail[arc] < len(self._xy)
        ]

    def _at(self, point: int) -> XY:
        return self._xy[self._real.get(point, point)]

    def _best(self, choices: Sequence[list[Spot]]) -> list[Spot]:
        """Return one spot of each place, so that together they leave the shortest gaps."""
        reached: list[tuple[float, list[Spot]]] = [(0.0, [spot]) for spot in choices[0]]
        for spots in choices[1:]:
            reached = [
                min(
                    ((gap + self._gap(trail[-1], spot), [*trail, spot]) for gap, trail in reached),
                    key=lambda found: found[0],
                )
                for spot in spots
            ]
        return min(reached, key=lambda found: found[0])[1]

    def _gap(self, one: Spot, other: Spot) -> float:
        if (one.arc == NOWHERE) == (other.arc == NOWHERE):
            return _distance(one, other)
        return 0.0 if self._joins(one, other) else _distance(one, other) + WRONG_WAY_M

    def _joins(self, one: Spot, other: Spot) -> bool:
        """Say whether an intersection and the segment after or before it touch."""
        if one.arc == NOWHERE:
            return self._leaves[other.arc] == one.intersection
        return self._reaches[one.arc] == other.intersection

    def _gaps(self, spots: Sequence[Spot]) -> float:
        """Return the straight metres between what was ridden."""
        total = 0.0
        last = spots[0]
        for before, spot in pairwise(spots):
            meets = (before.arc == NOWHERE) != (spot.arc == NOWHERE) and self._joins(before, spot)
            if meets and spot.arc == NOWHERE:
                continue  # crossed from the end of this segment to the beginning of the next one
            if not meets or last is not before:
                total += _distance(last, spot)
            last = spot
        return total

    def _is_forbidden(self, one: int, other: int) -> bool:
        point = self._head[one]
        real = self._real.get(point)
        if real is None or self._tail[other] != real:
            return False
        wanted = (self._arcs.segment[other], self._arcs.forward[other])
        first, last = self._arcs.first[point : point + 2].tolist()
        return all(
            (self._arcs.segment[arc], self._arcs.forward[arc]) != wanted
            for arc in range(first, last)
        )


def _distance(one: Spot, other: Spot) -> float:
    (x, y), (to_x, to_y) = one.leave, other.enter
    return hypot(to_x - x, to_y - y)
