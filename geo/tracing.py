"""The check of a route that was sent: its places must follow one another on the network."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple

import shapely

from .crs import distance_m, is_on_earth
from .errors import (
    BrokenRouteError,
    CrossingStraightPiecesError,
    OutsideAreaError,
    UnknownPlaceError,
)
from .graph import flat_graph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .graph import Graph
    from .network import Network

LonLat = tuple[float, float]

FARTHEST_M = 300
JOIN_M = 60
FEWEST_POINTS, MOST_POINTS = 2, 50


@dataclass(frozen=True)
class Step:
    """One place of a route, or a free piece beside the network."""

    kind: Literal["segment", "intersection", "free"]
    id: str | None = None
    direction: Literal["forward", "backward"] | None = None
    coordinates: tuple[LonLat, ...] = ()


@dataclass(frozen=True)
class TracedRoute:
    """A route that holds together: its line as lon, lat, its length and its places in order."""

    coordinates: list[LonLat]
    length_m: float
    places: list[str]


class _Segment(NamedTuple):
    points: tuple[int, int]
    intersections: tuple[str | None, str | None]
    coordinates: tuple[LonLat, ...]
    length_m: float


class _Intersection(NamedTuple):
    point: LonLat
    radius_m: float


@dataclass
class _State:
    """Where the route has come to: a point, an intersection, or free on the map."""

    point: int | None = None
    intersection: str | None = None
    place: str | None = None
    after_free: bool = False
    coordinates: list[LonLat] = field(default_factory=list)
    length_m: float = 0.0


class TraceIndex:
    """The network made ready for tracing; safe to read from many threads."""

    def __init__(self, network: Network, graph: Graph | None = None) -> None:
        graph = graph or flat_graph(network)
        points = graph.places
        spans = pairwise(graph.first.tolist())
        segments = network.segments
        columns = (segments[column] for column in (
            "id", "within", "start", "end", "start_intersection", "end_intersection", "length_m",
        ))  # fmt: skip
        self.segments = {
            label: _Segment((start, end), (starts_at, ends_at), tuple(points[first:last]), length)
            for (first, last), label, within, start, end, starts_at, ends_at, length in zip(
                spans, *(column.tolist() for column in columns), strict=True
            )
            if within is None
        }
        intersections = network.intersections
        places = shapely.get_coordinates(intersections.geometry.to_numpy()).tolist()
        self.intersections = {
            label: _Intersection((lon, lat), radius)
            for label, (lon, lat), radius in zip(
                intersections["id"].tolist(),
                places,
                intersections["radius_m"].tolist(),
                strict=True,
            )
        }
        self.safe = frozenset(intersections.loc[intersections["safe"], "id"])
        self._to_metres = graph.to_metres
        self._lines = dict(zip(graph.ids.tolist(), graph.lines, strict=True))
        self._tree = shapely.STRtree(graph.lines)

    def is_near(self, lonlat: LonLat) -> bool:
        """Say whether the point is within 300 m of the network."""
        point = self._point(lonlat)
        return bool(len(self._tree.query(point, predicate="dwithin", distance=FARTHEST_M)))

    def gap_m(self, place: str, lonlat: LonLat) -> float:
        """Return how far a point is from a place."""
        if place in self.intersections:
            found = self.intersections[place]
            return max(0.0, distance_m(found.point, lonlat) - found.radius_m)
        return float(self._lines[place].distance(self._point(lonlat)))

    def _point(self, lonlat: LonLat) -> shapely.Point:
        return shapely.Point(*self._to_metres.transform(*lonlat))


def trace(network_index: TraceIndex, steps: Sequence[Step]) -> TracedRoute:
    """Return the line, the length and the places of the steps, if each joins the one before.

    Segments follow one another if they share a point or an intersection; an intersection must be
    an end of the segments beside it. Beside a free piece the join need only be within 60 m. A
    place may come again. Segments count with their whole length.

    Raises
    ------
    UnknownPlaceError
        If an id is no place of the network.
    BrokenRouteError
        If a step does not join the one before, or lacks what its kind needs.
    OutsideAreaError
        If a free piece leaves the area.
    CrossingStraightPiecesError
        If free pieces cross themselves or each other.
    """
    if not any(step.kind != "free" for step in steps):
        raise BrokenRouteError("a route needs at least one place of the network")
    state = _State()
    for number, step in enumerate(steps, start=1):
        if step.kind == "segment":
            _ride(network_index, state, step, number)
        elif step.kind == "intersection":
            _cross(network_index, state, step, number)
        else:
            _leave_network(network_index, state, step, number)
    _require_simple([step.coordinates for step in steps if step.kind == "free"])
    places = [step.id for step in steps if step.kind != "free" and step.id is not None]
    return TracedRoute(state.coordinates, state.length_m, places)


def _ride(index: TraceIndex, state: _State, step: Step, number: int) -> None:
    segment = index.segments.get(step.id or "")
    if segment is None or step.id is None:
        raise UnknownPlaceError(f"step {number}: no segment {step.id!r} in this network")
    if step.direction not in {"forward", "backward"}:
        raise BrokenRouteError(f"step {number}: a segment needs a direction")
    turn = 1 if step.direction == "forward" else -1
    (enter, leave), (enters, leaves) = segment.points[::turn], segment.intersections[::turn]
    line = segment.coordinates[::turn]
    if state.after_free:
        _require_gap(index, step.id, state.coordinates[-1], number)
    elif state.place is not None and not (
        enter == state.point or (enters is not None and enters == state.intersection)
    ):
        raise BrokenRouteError(f"step {number} does not join step {number - 1}")
    _advance(state, line, segment.length_m)
    state.point, state.intersection = leave, leaves
    state.place, state.after_free = step.id, False


def _cross(index: TraceIndex, state: _State, step: Step, number: int) -> None:
    found = index.intersections.get(step.id or "")
    if found is None or step.id is None:
        raise UnknownPlaceError(f"step {number}: no intersection {step.id!r} in this network")
    if state.after_free:
        _require_gap(index, step.id, state.coordinates[-1], number)
    elif state.place is not None and (state.intersection != step.id or state.place == step.id):
        raise BrokenRouteError(f"step {number} does not join step {number - 1}")
    if not state.coordinates or state.after_free:
        _advance(state, (found.point,), 0.0)
    state.point, state.intersection = None, step.id
    state.place, state.after_free = step.id, False


def _leave_network(index: TraceIndex, state: _State, step: Step, number: int) -> None:
    _require_points(step.coordinates, number)
    for lonlat in step.coordinates:
        if not index.is_near(lonlat):
            raise OutsideAreaError(f"step {number} leaves the area by more than {FARTHEST_M} m")
    first = step.coordinates[0]
    if state.after_free:
        if distance_m(state.coordinates[-1], first) > JOIN_M:
            raise BrokenRouteError(f"step {number} does not join step {number - 1}")
    elif state.place is not None:
        _require_gap(index, state.place, first, number)
    _advance(state, step.coordinates, sum(distance_m(a, b) for a, b in pairwise(step.coordinates)))
    state.point = state.intersection = state.place = None
    state.after_free = True


def _advance(state: _State, line: Sequence[LonLat], length_m: float) -> None:
    """Append a piece; what lies between it and the piece before counts as ridden straight."""
    gap = distance_m(state.coordinates[-1], line[0]) if state.coordinates else 0.0
    state.length_m += gap + length_m
    repeated = bool(state.coordinates) and state.coordinates[-1] == line[0]
    state.coordinates += line[1:] if repeated else line


def _require_gap(index: TraceIndex, place: str, lonlat: LonLat, number: int) -> None:
    if index.gap_m(place, lonlat) > JOIN_M:
        raise BrokenRouteError(f"step {number} begins more than {JOIN_M} m from step {number - 1}")


def _require_points(coordinates: Sequence[LonLat], number: int) -> None:
    if not FEWEST_POINTS <= len(coordinates) <= MOST_POINTS:
        raise BrokenRouteError(
            f"step {number}: expected {FEWEST_POINTS} to {MOST_POINTS} points, "
            f"got {len(coordinates)}"
        )
    for lon, lat in coordinates:
        if not is_on_earth(lon=lon, lat=lat):
            raise BrokenRouteError(f"step {number} has a point that is not on Earth")


def _require_simple(pieces: Sequence[Sequence[LonLat]]) -> None:
    lines = [shapely.LineString(piece) for piece in pieces]
    if any(not line.is_simple for line in lines) or any(
        first.crosses(second) for first, second in combinations(lines, 2)
    ):
        raise CrossingStraightPiecesError("free pieces of the route cross")
