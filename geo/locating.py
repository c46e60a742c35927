"""Positions on the network: where a point lies on it, and what lies between two of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import islice, pairwise
from math import hypot
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .graph import Graph
    from .network import Network

LonLat = tuple[float, float]

FARTHEST_M = 300
# Among streets this much farther than the nearest one, another may be meant.
NEARLY_M = 8
# Positions closer to each other than this are the same for a rider.
APART_M = 3
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
    away_m: float = 0.0
    """How far it is from what was asked for; pushing counts as `NEARLY_M`."""


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


class Locator:
    """Where segments run, by number; safe to read from many threads."""

    def __init__(self, network: Network, graph: Graph) -> None:
        segments = network.segments
        self.ids: list[str] = segments["id"].tolist()
        self.names: list[str] = segments["name"].tolist()
        self.within: list[str | None] = segments["within"].tolist()
        self.stretches: list[str | None] = segments["stretch"].tolist()
        self.length_m: list[float] = graph.length_m.tolist()
        self._ends: list[tuple[str | None, str | None]] = list(
            zip(segments["start_intersection"], segments["end_intersection"], strict=True)
        )
        self._push: list[bool] = graph.push.tolist()
        self._to_metres = graph.to_metres
        pairs = graph.places
        reached, first = graph.reached_m.tolist(), graph.first.tolist()
        spans = list(pairwise(first))
        self._lonlat: list[list[LonLat]] = [pairs[start:end] for start, end in spans]
        self._reached: list[list[float]] = [reached[start:end] for start, end in spans]
        self._lines = graph.lines
        self._tree = shapely.STRtree(self._lines)

    def locate(self, lon: float, lat: float) -> Iterator[Position]:
        """Yield where a point may lie on the network, the likeliest first.

        That is the nearest position, and one on another street nearly as near if there is one;
        none if everything is more than 300 m away.
        """
        x, y = self._to_metres.transform(lon, lat)
        if not np.isfinite(x + y):
            return
        point = shapely.Point(x, y)
        _, nearest = self._tree.query_nearest(
            point, max_distance=FARTHEST_M, return_distance=True, all_matches=False
        )
        if not len(nearest):
            return
        near = self._tree.query(point, predicate="dwithin", distance=nearest[0] + NEARLY_M)
        away = shapely.distance(self._lines[near], point)
        ranked = sorted(
            (distance + NEARLY_M * self._push[i], int(i))
            for i, distance in zip(near.tolist(), away.tolist(), strict=True)
        )
        found = (
            self.at(segment, self._lines[segment].project(point), distance)
            for distance, segment in ranked
        )
        first = next(found)
        yield first
        yield from islice((one for one in found if _gap(first, one) > APART_M), 1)

    def at(self, segment: int, offset_m: float, away_m: float = 0.0) -> Position:
        """Return the position on a segment, taken to its end if that is next to it."""
        length = self.length_m[segment]
        offset = 0.0 if offset_m < SHORTEST_M else offset_m
        offset = length if offset > length - SHORTEST_M else offset
        lon, lat = self.lonlat_at(segment, offset)
        x, y = self._to_metres.transform(lon, lat)
        return Position(segment, offset, lon, lat, x, y, away_m)

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
            return self._ends[segment][0]
        if offset_m >= self.length_m[segment]:
            return self._ends[segment][1]
        return None


def _gap(one: Position, other: Position) -> float:
    return hypot(one.x - other.x, one.y - other.y)
