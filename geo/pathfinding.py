"""Shortest ways through the network, between any two positions on it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from heapq import heappop, heappush
from math import hypot
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Transformer

from .crs import WGS84, to_metres
from .errors import UnreachableError

if TYPE_CHECKING:
    from .network import Network

LonLat = tuple[float, float]

FARTHEST_M = 300
# Among streets this much farther than the nearest one, those that may be ridden are meant.
NEARLY_M = 8
PUSH_FACTOR = 3.0
AGAINST_FACTOR = 4.0
# Shorter ends come from rounding a position to the end of its segment.
SHORTEST_M = 0.5


@dataclass(frozen=True)
class Position:
    """A point on a segment (at `offset_m` from its start), or off the network (segment None)."""

    segment: int | None
    offset_m: float
    lon: float
    lat: float
    x: float
    y: float


@dataclass(frozen=True)
class Traversal:
    """A ride along a segment, or a part of it, in metres from its start."""

    segment: int
    forward: bool
    from_m: float
    to_m: float

    @property
    def length_m(self) -> float:
        """Length of the ride."""
        return abs(self.to_m - self.from_m)


@dataclass(frozen=True, order=True)
class _Door:
    """An end of a segment, what it costs to get there, and where along the segment it is."""

    cost: float
    offset_m: float
    point: int


class PathFinder:
    """The network as flat lists, with an index of where its segments are."""

    def __init__(self, network: Network) -> None:
        segments = network.segments
        metric = to_metres(segments)
        self.ids: list[str] = segments["id"].tolist()
        self.names: list[str] = segments["name"].tolist()
        self.within: list[str | None] = segments["within"].tolist()
        self._to_metres = Transformer.from_crs(WGS84, metric.crs, always_xy=True)
        self._to_degrees = Transformer.from_crs(metric.crs, WGS84, always_xy=True)
        self._lines = metric.geometry.to_numpy()
        self._tree = shapely.STRtree(self._lines)
        self._push: list[bool] = segments["push"].tolist()
        self._lonlat = [_pairs(line) for line in segments.geometry]
        self._reached = [_reached(line) for line in self._lines]
        self.length_m = [reached[-1] for reached in self._reached]
        self._number_points(network)
        self._weigh(network)

    def _number_points(self, network: Network) -> None:
        segments = network.segments
        both = np.concatenate([segments["start"].to_numpy(), segments["end"].to_numpy()])
        points, numbers = np.unique(both, return_inverse=True)
        self._start: list[int] = numbers[: len(segments)].tolist()
        self._end: list[int] = numbers[len(segments) :].tolist()
        self._xy: list[LonLat] = [(0.0, 0.0)] * len(points)
        self._intersection: list[str | None] = [None] * len(points)
        for i, line in enumerate(self._lines):
            self._xy[self._start[i]] = line.coords[0]
            self._xy[self._end[i]] = line.coords[-1]
        ends = zip(segments["start_intersection"], segments["end_intersection"], strict=True)
        for i, (start, end) in enumerate(ends):
            self._intersection[self._start[i]] = start
            self._intersection[self._end[i]] = end

    def _weigh(self, network: Network) -> None:
        segments = network.segments
        self._factors: list[tuple[float, float]] = [
            (_factor(push, forward), _factor(push, backward))
            for push, forward, backward in zip(
                segments["push"], segments["forward"], segments["backward"], strict=True
            )
        ]
        self._ways: list[list[tuple[int, float, int, bool]]] = [[] for _ in self._xy]
        for i, (ahead, back) in enumerate(self._factors):
            start, end, length = self._start[i], self._end[i], self.length_m[i]
            self._ways[start].append((end, length * ahead, i, True))
            self._ways[end].append((start, length * back, i, False))

    def locate(self, lon: float, lat: float) -> Position | None:
        """Return the nearest position on the network, or None if it is more than 300 m away."""
        x, y = self._to_metres.transform(lon, lat)
        if not np.isfinite(x + y):
            return None
        point = shapely.Point(x, y)
        _, nearest = self._tree.query_nearest(
            point, max_distance=FARTHEST_M, return_distance=True, all_matches=False
        )
        if not len(nearest):
            return None
        near = self._tree.query(point, predicate="dwithin", distance=nearest[0] + NEARLY_M)
        away = shapely.distance(self._lines[near], point)
        segment = min(
            (distance + NEARLY_M * self._push[i], int(i))
            for i, distance in zip(near.tolist(), away.tolist(), strict=True)
        )[1]
        offset = self._lines[segment].project(point)
        return self.at(segment, offset)

    def at(self, segment: int, offset_m: float) -> Position:
        """Return the position on a segment, taken to its end if that is next to it."""
        length = self.length_m[segment]
        offset = 0.0 if offset_m < SHORTEST_M else offset_m
        offset = length if offset > length - SHORTEST_M else offset
        lon, lat = self.lonlat_at(segment, offset)
        x, y = self._to_metres.transform(lon, lat)
        return Position(segment, offset, lon, lat, x, y)

    def off_network(self, lon: float, lat: float) -> Position:
        """Return a position that belongs to no segment."""
        x, y = self._to_metres.transform(lon, lat)
        return Position(None, 0.0, lon, lat, x, y)

    def lonlat_at(self, segment: int, offset_m: float) -> LonLat:
        """Return the point at a distance from the start of a segment."""
        reached, coords = self._reached[segment], self._lonlat[segment]
        i = min(max(bisect_right(reached, offset_m) - 1, 0), len(coords) - 2)
        span = reached[i + 1] - reached[i]
        share = min(1.0, (offset_m - reached[i]) / span) if span else 0.0
        (lon_a, lat_a), (lon_b, lat_b) = coords[i], coords[i + 1]
        if share in {0.0, 1.0}:
            return coords[i + int(share)]
        return lon_a + share * (lon_b - lon_a), lat_a + share * (lat_b - lat_a)

    def coordinates(self, traversal: Traversal) -> list[LonLat]:
        """Return the points of a ride along a segment, both ends included."""
        low, high = sorted((traversal.from_m, traversal.to_m))
        reached = self._reached[traversal.segment]
        inner = self._lonlat[traversal.segment][
            bisect_right(reached, low) : bisect_left(reached, high)
        ]
        ends = (self.lonlat_at(traversal.segment, low), self.lonlat_at(traversal.segment, high))
        points = [ends[0], *inner, ends[1]]
        return points if traversal.forward else points[::-1]

    def intersection_at(self, segment: int, offset_m: float) -> str | None:
        """Return the intersection at one end of a segment, None in its middle."""
        if offset_m <= 0:
            return self._intersection[self._start[segment]]
        if offset_m >= self.length_m[segment]:
            return self._intersection[self._end[segment]]
        return None

    def shortest(self, start: Position, end: Position) -> list[Traversal] | None:
        """Return the cheapest ride from one position to the other, or None if there is none."""
        best, came, last = self._search(start, end)
        if best is None:
            return None
        if last is None:
            return _kept([_ride(start.segment, start.offset_m, end.offset_m)])
        return _kept(self._trace_back(start, end, came, last))

    def _search(
        self, start: Position, end: Position
    ) -> tuple[float | None, dict[int, tuple[int, int, bool]], int | None]:
        """Return the least cost, how each point was reached, and the point before the end.

        A* with the straight line as what is at least still to come; the last point is None if
        the ride never leaves the first segment.
        """
        goal_x, goal_y, xy, ways = end.x, end.y, self._xy, self._ways
        arrive = {door.point: door.cost for door in self._doors(end, leaving=False)}
        best, last = self._direct(start, end), None
        cost: dict[int, float] = {}
        came: dict[int, tuple[int, int, bool]] = {}
        queue: list[tuple[float, float, int]] = []
        for door in self._doors(start, leaving=True):
            cost[door.point] = door.cost
            x, y = xy[door.point]
            heappush(queue, (door.cost + hypot(x - goal_x, y - goal_y), door.cost, door.point))
        while queue:
            bound, spent, here = heappop(queue)
            if best is not None and bound >= best:
                break
            if spent > cost[here]:
                continue
            if here in arrive and (best is None or spent + arrive[here] < best):
                best, last = spent + arrive[here], here
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
        length = self.length_m[at.segment]
        to_start, to_end = (back, ahead) if leaving else (ahead, back)
        doors = [
            _Door(at.offset_m * to_start, 0.0, self._start[at.segment]),
            _Door((length - at.offset_m) * to_end, length, self._end[at.segment]),
        ]
        return doors if doors[0].point != doors[1].point else [min(doors)]

    def _direct(self, start: Position, end: Position) -> float | None:
        if start.segment is None or start.segment != end.segment:
            return None
        ahead, back = self._factors[start.segment]
        ride = end.offset_m - start.offset_m
        return ride * ahead if ride >= 0 else -ride * back

    def _trace_back(
        self, start: Position, end: Position, came: dict[int, tuple[int, int, bool]], last: int
    ) -> list[Traversal]:
        middle = []
        point = last
        while point in came:
            before, segment, forward = came[point]
            span = (0.0, self.length_m[segment])
            middle.append(Traversal(segment, forward, *(span if forward else span[::-1])))
            point = before
        [first] = [door for door in self._doors(start, leaving=True) if door.point == point]
        [final] = [door for door in self._doors(end, leaving=False) if door.point == last]
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


def _pairs(line: shapely.LineString) -> list[LonLat]:
    return [(lon, lat) for lon, lat in line.coords]


def _reached(line: shapely.LineString) -> list[float]:
    steps = np.hypot(*np.diff(shapely.get_coordinates(line), axis=0).T)
    return [0.0, *np.cumsum(steps).tolist()]
