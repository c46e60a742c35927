"""What matching answers: one route as values, many as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
import shapely

from .ridden import TURNS, RideColumns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from .graph import Graph
    from .network import Network
    from .ridden import Rides

LonLat = tuple[float, float]
Direction = Literal["forward", "backward"]

SEGMENT = pa.struct({
    "id": pa.string(), "direction": pa.string(), "share": pa.float64(), "against": pa.bool_(),
})  # fmt: skip
CROSSING = pa.struct({"id": pa.string(), "turn": pa.string()})
COLUMNS = pa.schema({
    "geometry": pa.binary(),
    "length_m": pa.float64(),
    "segments": pa.list_(SEGMENT),
    "intersections": pa.list_(CROSSING),
    "confidence": pa.float64(),
    "problem": pa.string(),
})  # fmt: skip
DIRECTIONS = pa.array(["forward", "backward"])
WORDS = pa.array(TURNS)
NOWHERE = "the line follows no street of the area"


@dataclass(frozen=True)
class Ride:
    """A segment, or a part of it, as it was ridden."""

    segment: str
    direction: Direction
    share: float
    against: bool
    """Whether that is against its one-way direction."""


@dataclass(frozen=True)
class FreeLeg:
    """A piece off the network, in its place among the rides."""


@dataclass(frozen=True)
class Crossing:
    """An intersection that was passed, and the turn made there."""

    intersection: str
    turn: str


@dataclass(frozen=True)
class MatchedRoute:
    """What was ridden, from mid-segment to mid-segment.

    `problem` says what is not on the network, or why nothing is: then there are no coordinates.
    """

    coordinates: list[LonLat]
    length_m: float
    rides: tuple[Ride | FreeLeg, ...]
    crossings: tuple[Crossing, ...]
    confidence: float
    problem: str | None


class Answers:
    """What is told of rides, as values or as a table: made once for a network."""

    def __init__(self, network: Network, graph: Graph) -> None:
        self._graph = graph
        self._columns = RideColumns(network, graph)
        self._ids = pa.array(graph.ids, pa.string())
        self._met = pa.array(self._columns.intersections, pa.string())
        self._against = np.stack([~graph.forward, ~graph.backward], axis=1) & ~graph.push[:, None]

    def route(self, rides: Rides, confidence: NDArray[np.float64]) -> MatchedRoute:
        """Return the only route there is, as `table` has it."""
        on_m, off_m = (
            float(_sums(rides.route, metres, 1)[0])
            for metres in (rides.on_m, self._off_lengths(rides))
        )
        if on_m <= 0:
            return MatchedRoute([], 0.0, (), (), 0.0, NOWHERE)
        points, _ = self._columns.coordinates(rides)
        met = self._columns.crossed(rides)
        intersections = self._columns.intersections[met.intersection].tolist()
        return MatchedRoute(
            coordinates=[(lon, lat) for lon, lat in points.tolist()],
            length_m=on_m + off_m,
            rides=tuple(self._told(rides)),
            crossings=tuple(
                Crossing(intersection, TURNS[turn])
                for intersection, turn in zip(intersections, met.turn.tolist(), strict=True)
            ),
            confidence=float(confidence[0]),
            problem=_off_words(on_m, off_m) if off_m > 0 else None,
        )

    def _told(self, rides: Rides) -> Iterator[Ride | FreeLeg]:
        segment, *told = self._passed(rides)
        columns = (rides.segment, self._graph.ids[segment], *told)
        for number, label, back, share, against in zip(
            *(column.tolist() for column in columns), strict=True
        ):
            direction: Direction = "backward" if back else "forward"
            yield FreeLeg() if number < 0 else Ride(label, direction, share, against)

    def _passed(
        self, rides: Rides
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]:
        """Return segment, whether backward, share and whether against; off the network anything."""
        segment = np.maximum(rides.segment, 0)
        back = (rides.stop < rides.begin).astype(np.int64)
        share = np.minimum(rides.on_m / self._graph.length_m[segment], 1.0)
        return segment, back, share, self._against[segment, back]

    def table(self, rides: Rides, confidence: NDArray[np.float64]) -> pa.Table:
        """Return the routes 0 to n - 1 as rows; n is the number of confidences.

        A route without any ride on the network has null for its geometry.
        """
        count = len(confidence)
        off_m = _sums(rides.route, self._off_lengths(rides), count)
        on_m = _sums(rides.route, rides.on_m, count)
        matched = on_m > 0
        return pa.table(
            {
                "geometry": pa.array(self._lines(rides, matched), pa.binary()),
                "length_m": pa.array(np.where(matched, on_m + off_m, 0.0)),
                "segments": self._segments(rides, matched),
                "intersections": self._crossings(rides, matched),
                "confidence": pa.array(np.where(matched, confidence, 0.0)),
                "problem": pa.array(_problems(matched, off_m, on_m), pa.string()),
            },
            schema=COLUMNS,
        )

    def _lines(self, rides: Rides, matched: NDArray[np.bool_]) -> list[bytes | None]:
        points, route = self._columns.coordinates(rides)
        there, number = np.unique(route, return_inverse=True)
        lines: list[bytes | None] = [None] * len(matched)
        wkb = shapely.to_wkb(shapely.linestrings(points, indices=number))
        for label, line in zip(there.tolist(), wkb, strict=True):
            lines[label] = line if matched[label] else None
        return lines

    def _segments(self, rides: Rides, matched: NDArray[np.bool_]) -> pa.ListArray:
        kept = matched[rides.route]
        off = rides.segment[kept] < 0
        segment, back, share, against = (
            pa.array(column[kept], mask=off) for column in self._passed(rides)
        )
        values = pa.StructArray.from_arrays(
            [self._ids.take(segment), DIRECTIONS.take(back), share, against],
            fields=list(SEGMENT),
        )
        return pa.ListArray.from_arrays(_offsets(rides.route[kept], len(matched)), values)

    def _crossings(self, rides: Rides, matched: NDArray[np.bool_]) -> pa.ListArray:
        met = self._columns.crossed(rides)
        kept = matched[met.route]
        values = pa.StructArray.from_arrays(
            [
                self._met.take(pa.array(met.intersection[kept])),
                WORDS.take(pa.array(met.turn[kept])),
            ],
            fields=list(CROSSING),
        )
        return pa.ListArray.from_arrays(_offsets(met.route[kept], len(matched)), values)

    def _off_lengths(self, rides: Rides) -> NDArray[np.float64]:
        """Return the metres of each ride off the network, from the ride before to the one after."""
        lengths = np.zeros(len(rides.route))
        for ride in np.flatnonzero(rides.segment < 0).tolist():
            points = [rides.free_xy[int(rides.begin[ride]) : int(rides.stop[ride])]]
            if ride > 0 and rides.route[ride - 1] == rides.route[ride]:
                points.insert(0, self._columns.place(rides, ride - 1, rides.stop))
            if ride + 1 < len(lengths) and rides.route[ride + 1] == rides.route[ride]:
                points.append(self._columns.place(rides, ride + 1, rides.begin))
            lengths[ride] = np.hypot(*np.diff(np.concatenate(points), axis=0).T).sum()
        return lengths


def _sums(route: NDArray[np.int64], metres: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    return np.bincount(route, metres, minlength=count).astype(np.float64)


def _offsets(route: NDArray[np.int64], count: int) -> pa.Array:
    return pa.array(np.searchsorted(route, np.arange(count + 1)).astype(np.int32))


def _problems(
    matched: NDArray[np.bool_], off_m: NDArray[np.float64], on_m: NDArray[np.float64]
) -> list[str | None]:
    problems: list[str | None] = [None] * len(matched)
    for number in np.flatnonzero(~matched | (off_m > 0)).tolist():
        problems[number] = _off_words(on_m[number], off_m[number]) if matched[number] else NOWHERE
    return problems


def _off_words(on_m: float, off_m: float) -> str:
    return f"{off_m:.0f} of {on_m + off_m:.0f} m are off the network"


def with_problems(table: pa.Table, problems: Mapping[int, str], count: int) -> pa.Table:
    """Return the table with a row for each line that was refused, at its place among `count`."""
    if not problems:
        return table
    empty: dict[str, Any] = {"geometry": None, "length_m": 0.0, "segments": [], "intersections": [],
             "confidence": 0.0}  # fmt: skip
    refused = pa.Table.from_pylist(
        [{**empty, "problem": words} for words in problems.values()], schema=COLUMNS
    )
    place = np.empty(count, dtype=np.int64)
    good = [number for number in range(count) if number not in problems]
    place[good] = np.arange(len(good))
    place[list(problems)] = len(good) + np.arange(len(problems))
    return pa.concat_tables([table, refused]).take(pa.array(place))
