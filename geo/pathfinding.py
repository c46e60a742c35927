"""Shortest ways through the network, between any two positions on it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from heapq import heappop, heappush
from math import hypot
from typing import TYPE_CHECKING

from .errors import UnreachableError
from .locating import Traversal

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from .graph import Graph
    from .locating import Position

PUSH_FACTOR = 3.0
AGAINST_FACTOR = 4.0
# A turn that is forbidden can be walked: some 20 m on foot. Without that, rides would go on to the
# next corner only to turn back there.
WALKED_TURN_M = 60.0
ON_FOOT = -1

Way = tuple[int, float, int, bool]
"""The point reached, what that costs, the segment ridden (or `ON_FOOT`) and whether forward."""


@dataclass(frozen=True, order=True)
class _Door:
    """An end of a segment, what it costs to get there, and where along the segment it is."""

    cost: float
    offset_m: float
    point: int
    forward: bool


@dataclass(frozen=True)
class Found:
    """The cheapest ride between two positions, and its cost in metres ridden as one may."""

    cost: float
    traversals: list[Traversal]


class PathFinder:
    """The network as points and the ways that leave them; safe to read from many threads.

    Where a turn is forbidden, the segment before it ends in a point of its own, which lacks the
    forbidden way out; on foot one gets from there to the real point.
    """

    def __init__(self, graph: Graph, turns: pd.DataFrame) -> None:
        self._length_m: list[float] = graph.length_m.tolist()
        self._start: list[int] = graph.start.tolist()
        self._end: list[int] = graph.end.tolist()
        self._factors: list[tuple[float, float]] = [
            (_factor(push, forward), _factor(push, backward))
            for push, forward, backward in zip(
                graph.push.tolist(), graph.forward.tolist(), graph.backward.tolist(), strict=True
            )
        ]
        self._xy: list[tuple[float, float]] = list(zip(*graph.point_xy.T.tolist(), strict=True))
        self._ways: list[list[Way]] = [[] for _ in self._xy]
        segments = zip(self._start, self._end, self._length_m, self._factors, strict=True)
        for i, (start, end, length, (ahead, back)) in enumerate(segments):
            self._ways[start].append((end, length * ahead, i, True))
            self._ways[end].append((start, length * back, i, False))
        self._forbid(graph, turns)

    def _forbid(self, graph: Graph, turns: pd.DataFrame) -> None:
        self._exits: dict[tuple[int, bool], int] = {}
        """The point of its own in which a segment ends, ridden forward or backward."""
        self._before: dict[int, list[int]] = defaultdict(list)
        number = {label: i for i, label in enumerate(graph.ids)}
        barred: dict[tuple[int, bool], set[tuple[int, bool]]] = defaultdict(set)
        for arriving, ahead, leaving, on in turns.itertuples(index=False):
            barred[number[arriving], bool(ahead)].add((number[leaving], bool(on)))
        for (segment, forward), forbidden in sorted(barred.items()):
            real = self._end[segment] if forward else self._start[segment]
            own = len(self._xy)
            self._xy.append(self._xy[real])
            ways = [way for way in self._ways[real] if (way[2], way[3]) not in forbidden]
            self._ways.append([*ways, (real, WALKED_TURN_M, ON_FOOT, True)])
            self._exits[segment, forward] = own
            self._before[real].append(own)
        for (segment, forward), own in self._exits.items():
            tail = self._start[segment] if forward else self._end[segment]
            for point in (tail, *self._before[tail]):
                self._ways[point] = [
                    (own, *way[1:]) if way[2:] == (segment, forward) else way
                    for way in self._ways[point]
                ]

    @property
    def ways(self) -> Sequence[Sequence[Way]]:
        """The ways out of each point; behind the points of the graph come those of their own."""
        return self._ways

    def shortest(self, start: Position, end: Position) -> Found | None:
        """Return the cheapest ride from one position to the other, or None if there is none."""
        arrive = self._arrivals(end)
        best, came, last = self._search(start, end, arrive)
        if best is None:
            return None
        if last is None:
            return Found(best, _kept([_ride(start.segment, start.offset_m, end.offset_m)]))
        return Found(best, _kept(self._trace_back(start, end, came, (last, arrive[last]))))

    def _arrivals(self, end: Position) -> dict[int, _Door]:
        """Return the doors to the end by point, before forbidden turns too where they allow it."""
        doors = {door.point: door for door in self._doors(end, leaving=False)}
        for door in list(doors.values()):
            for own in self._before.get(door.point, ()):
                if any(way[2:] == (end.segment, door.forward) for way in self._ways[own]):
                    doors[own] = door
        return doors

    def _search(
        self, start: Position, end: Position, arrive: dict[int, _Door]
    ) -> tuple[float | None, dict[int, tuple[int, int, bool]], int | None]:
        """Return the least cost, how each point was reached, and the point before the end.

        A* with the straight line as what is at least still to come; the last point is None if
        the ride never leaves the first segment.
        """
        goal_x, goal_y, xy, ways = end.x, end.y, self._xy, self._ways
        best, last = self._direct(start, end), None
        cost: dict[int, float] = {}
        came: dict[int, tuple[int, int, bool]] = {}
        queue: list[tuple[float, float, int]] = []
        for door in self._doors(start, leaving=True):
            point = self._exit(start.segment, door)
            cost[point] = door.cost
            x, y = xy[point]
            heappush(queue, (door.cost + hypot(x - goal_x, y - goal_y), door.cost, point))
        while queue:
            bound, spent, here = heappop(queue)
            if best is not None and bound >= best:
                break
            if spent > cost[here]:
                continue
            if here in arrive and (best is None or spent + arrive[here].cost < best):
                best, last = spent + arrive[here].cost, here
            for point, step, segment, forward in ways[here]:
                total = spent + step
                if point not in cost or total < cost[point]:
                    cost[point] = total
                    came[point] = (here, segment, forward)
                    x, y = xy[point]
                    heappush(queue, (total + hypot(x - goal_x, y - goal_y), total, point))
        return best, came, last

    def _doors(self, at: Position, *, leaving: bool) -> list[_Door]:
        """Return the ends of the segment of a position with the cost from it (or to it).

        A ring has one door: its cheaper end.
        """
        if at.segment is None:
            return []
        ahead, back = self._factors[at.segment]
        length = self._length_m[at.segment]
        to_start, to_end = (back, ahead) if leaving else (ahead, back)
        doors = [
            _Door(at.offset_m * to_start, 0.0, self._start[at.segment], not leaving),
            _Door((length - at.offset_m) * to_end, length, self._end[at.segment], leaving),
        ]
        return doors if doors[0].point != doors[1].point else [min(doors)]

    def _exit(self, segment: int | None, door: _Door) -> int:
        """Return the point in which a ride out of a door ends."""
        if segment is None:
            return door.point
        return self._exits.get((segment, door.forward), door.point)

    def _direct(self, start: Position, end: Position) -> float | None:
        if start.segment is None or start.segment != end.segment:
            return None
        ahead, back = self._factors[start.segment]
        ride = end.offset_m - start.offset_m
        return ride * ahead if ride >= 0 else -ride * back

    def _trace_back(
        self,
        start: Position,
        end: Position,
        came: dict[int, tuple[int, int, bool]],
        last: tuple[int, _Door],
    ) -> list[Traversal]:
        middle = []
        point, final = last
        while point in came:
            before, segment, forward = came[point]
            if segment != ON_FOOT:
                span = (0.0, self._length_m[segment])
                middle.append(Traversal(segment, forward, *(span if forward else span[::-1])))
            point = before
        [first] = [
            door
            for door in self._doors(start, leaving=True)
            if self._exit(start.segment, door) == point
        ]
        return [
            _ride(start.segment, start.offset_m, first.offset_m),
            *reversed(middle),
            _ride(end.segment, final.offset_m, end.offset_m),
        ]


def _ride(segment: int | None, from_m: float, to_m: float) -> Traversal:
    if segment is None:
        raise UnreachableError("a point off the network cannot be ridden to")
    return Traversal(segment, to_m >= from_m, from_m, to_m)


def _kept(traversals: list[Traversal]) -> list[Traversal]:
    return [traversal for traversal in traversals if traversal.length_m > 0]


def _factor(push: bool, allowed: bool) -> float:  # noqa: FBT001
    if push:
        return PUSH_FACTOR
    return 1.0 if allowed else AGAINST_FACTOR
