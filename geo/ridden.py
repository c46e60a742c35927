"""Matched rides as columns: geometry, segments with their share, intersections with the turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .graph import Graph
    from .network import Network

LOOK_M = 15.0
TURNS = ("straight", "slight left", "left", "sharp left", "u-turn",
         "slight right", "right", "sharp right", "start", "end")  # fmt: skip
SLIGHT_DEGREES, PLAIN_DEGREES, SHARP_DEGREES, BACK_DEGREES = 30, 60, 120, 160
START, END = TURNS.index("start"), TURNS.index("end")


@dataclass(frozen=True)
class Rides:
    """Rides of many routes, in order: those off the network have segment -1.

    `begin` and `stop` are metres along the segment, or else a range of `free` vertices.
    """

    route: NDArray[np.int64]
    segment: NDArray[np.int64]
    begin: NDArray[np.float64]
    stop: NDArray[np.float64]
    free_xy: NDArray[np.float64]
    """(m, 2) the vertices of the lines, in metres."""

    @property
    def on_m(self) -> NDArray[np.float64]:
        """Metres of each ride on the network, 0 off it."""
        return np.where(self.segment >= 0, np.abs(self.stop - self.begin), 0.0)


@dataclass(frozen=True)
class Crossed:
    """Intersections of many routes, in riding order: number of each, and of its turn."""

    route: NDArray[np.int64]
    intersection: NDArray[np.int64]
    turn: NDArray[np.int64]


class RideColumns:
    """What is needed to tell rides apart: made once for a network."""

    def __init__(self, network: Network, graph: Graph) -> None:
        self._graph = graph
        # Segments one after the other on one axis, so that one search finds all positions.
        self._base = np.concatenate([[0.0], np.cumsum(graph.length_m + 1.0)])[:-1]
        owner = np.repeat(np.arange(len(graph.ids)), np.diff(graph.first))
        self._axis = self._base[owner] + graph.reached_m
        ids = network.intersections["id"].to_numpy(dtype=object)
        number = {label: i for i, label in enumerate(ids)}
        self.intersections = ids
        self._at_start, self._at_end, self._within = (
            np.array([number.get(label, -1) for label in network.segments[column]], dtype=np.int64)
            for column in ("start_intersection", "end_intersection", "within")
        )

    def place(self, rides: Rides, ride: int, offset: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where one ride begins or stops, as a (1, 2) array in metres."""
        one = slice(ride, ride + 1)
        return self.positions(rides.segment[one], offset[one], self._graph.xy)

    def positions(
        self, segment: NDArray[np.int64], offset: NDArray[np.float64], values: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return what `values` (per vertex of the graph) are at a distance along segments."""
        graph = self._graph
        at = self._base[segment] + np.clip(offset, 0.0, graph.length_m[segment])
        after = np.searchsorted(self._axis, at, side="left")
        after = np.clip(after, graph.first[segment] + 1, graph.first[segment + 1] - 1)
        low, high = self._axis[after - 1], self._axis[after]
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.clip(np.nan_to_num((at - low) / (high - low)), 0.0, 1.0)[:, None]
        mixed = values[after - 1] + share * (values[after] - values[after - 1])
        # Ends of segments are the same points to the last digit.
        return np.where(share == 1.0, values[after], mixed)

    def coordinates(self, rides: Rides) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return longitude and latitude along all rides, and the route of each point.

        A route within one spot keeps both its ends.
        """
        graph = self._graph
        on = rides.segment >= 0
        segment = np.where(on, rides.segment, 0)
        low, high = np.minimum(rides.begin, rides.stop), np.maximum(rides.begin, rides.stop)
        first = np.searchsorted(self._axis, self._base[segment] + low, side="right")
        last = np.searchsorted(self._axis, self._base[segment] + high, side="left")
        first = np.where(on, first, rides.begin.astype(np.int64))
        last = np.where(on, last, rides.stop.astype(np.int64))
        inner = np.maximum(last - first, 0)
        count = inner + 2 * on
        ride = np.repeat(np.arange(len(count)), count)
        place = np.arange(len(ride)) - np.repeat(np.cumsum(count) - count, count)
        back = (on & (rides.stop < rides.begin))[ride]
        number = np.where(back, last[ride] - place, first[ride] + place - on[ride])
        points = np.empty((len(ride), 2))
        free = ~on[ride]
        if free.any():
            x, y = rides.free_xy[number[free]].T
            points[free] = np.stack(graph.to_degrees.transform(x, y), axis=1)
        number = np.clip(number, 0, len(graph.lonlat) - 1)
        points[~free] = graph.lonlat[number[~free]]
        for end, offset in ((place == 0, rides.begin), (place == count[ride] - 1, rides.stop)):
            edge = end & ~free
            points[edge] = self.positions(segment[ride[edge]], offset[ride[edge]], graph.lonlat)
        route = rides.route[ride]
        new = np.ones(len(points), dtype=bool)
        new[1:] = (route[1:] != route[:-1]) | (points[1:] != points[:-1]).any(axis=1)
        single = np.flatnonzero(np.bincount(route[new]) == 1)
        new[np.searchsorted(route, single) + 1] = True
        return points[new], route[new]

    def crossed(self, rides: Rides) -> Crossed:
        """Return the intersections that are passed, each once a passage, with the turn made."""
        on = rides.segment >= 0
        segment = np.where(on, rides.segment, 0)
        inside = np.where(on, self._within[segment], -1)
        enter = np.where(inside >= 0, inside, self._met(segment, rides.begin, on))
        leave = np.where(inside >= 0, -1, self._met(segment, rides.stop, on))
        met = np.stack([enter, leave], axis=1).ravel()
        ride = np.repeat(np.arange(len(segment)), 2)
        # Between entering and leaving a segment outside, the ride was not at an intersection.
        outside = np.cumsum((np.arange(len(met)) % 2 == 1) & (inside[ride] < 0))
        seen = np.flatnonzero(met >= 0)
        if not len(seen):
            nothing = np.empty(0, dtype=np.int64)
            return Crossed(nothing, nothing, nothing)
        same = np.zeros(len(seen), dtype=bool)
        same[1:] = (
            (met[seen][1:] == met[seen][:-1])
            & (outside[seen][1:] == outside[seen][:-1])
            & (rides.route[ride[seen]][1:] == rides.route[ride[seen]][:-1])
        )
        starts = np.flatnonzero(~same)
        stops = np.append(starts[1:], len(seen)) - 1
        first, last = seen[starts], seen[stops]
        # A token of leaving belongs to the ride before the intersection, one of entering to the
        # ride after it; those inside have rides of their own before and after.
        before = np.where(first % 2 == 1, ride[first], ride[first] - 1)
        inner_end = inside[ride[last]] >= 0
        after = np.where((last % 2 == 1) | inner_end, ride[last] + 1, ride[last])
        route = rides.route[ride[first]]
        return Crossed(route, met[first], self._turns(rides, route, before, after))

    def _met(
        self, segment: NDArray[np.int64], offset: NDArray[np.float64], on: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        at_end = offset >= self._graph.length_m[segment]
        met = np.where(at_end, self._at_end[segment], -1)
        met = np.where(offset <= 0, self._at_start[segment], met)
        return np.where(on, met, -1)

    def _turns(
        self, rides: Rides, route: NDArray[np.int64],
        before: NDArray[np.int64], after: NDArray[np.int64],
    ) -> NDArray[np.int64]:  # fmt: skip
        count = len(rides.route)
        known_in, known_out = (
            (ride >= 0) & (ride < count)
            & (rides.route[np.clip(ride, 0, count - 1)] == route)
            & (rides.segment[np.clip(ride, 0, count - 1)] >= 0)
            for ride in (before, after)
        )  # fmt: skip
        came = self._heading(rides, np.where(known_in, before, 0), at_end=True)
        goes = self._heading(rides, np.where(known_out, after, 0), at_end=False)
        angle = np.degrees(goes - came)
        turned = _turn((angle + 180) % 360 - 180)
        return np.where(~known_in, START, np.where(~known_out, END, turned))

    def _heading(
        self, rides: Rides, ride: NDArray[np.int64], *, at_end: bool
    ) -> NDArray[np.float64]:
        """Return the direction in radians over the last or first metres of rides."""
        segment = np.maximum(rides.segment[ride], 0)
        begin, stop = rides.begin[ride], rides.stop[ride]
        look = np.sign(stop - begin) * np.minimum(LOOK_M, np.abs(stop - begin))
        near, far = (stop - look, stop) if at_end else (begin, begin + look)
        way = self.positions(segment, far, self._graph.xy) - self.positions(
            segment, near, self._graph.xy
        )
        return np.arctan2(way[:, 1], way[:, 0])


def _turn(angle: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the number of the turn in `TURNS` for degrees to the left."""
    size = np.searchsorted(
        [SLIGHT_DEGREES, PLAIN_DEGREES, SHARP_DEGREES, BACK_DEGREES], np.abs(angle), side="right"
    )
    right = (angle < 0) & (size > 0) & (size < TURNS.index("u-turn"))
    return np.asarray(np.where(right, size + TURNS.index("u-turn"), size), dtype=np.int64)
