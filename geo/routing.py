"""Proposed routes: waypoints snapped to the network and joined by its shortest ways."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations, islice, pairwise
from math import hypot
from typing import TYPE_CHECKING

import shapely

from .crs import is_on_earth
from .errors import (
    CrossingStraightPiecesError,
    InvalidWaypointsError,
    OutsideAreaError,
    UnreachableError,
)
from .graph import flat_graph
from .locating import Locator
from .passing import Passage, Ridden, pass_places
from .pathfinding import PathFinder
from .stretches import minor_intersections

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .graph import Graph
    from .locating import Position, Traversal
    from .network import Network
    from .pathfinding import Found

__all__ = ["Leg", "Passage", "Router", "SnappedRoute", "Waypoint"]

FEWEST_WAYPOINTS = 2
MOST_WAYPOINTS = 20
# A metre between a tap and the street it is taken to counts as much as so many metres ridden.
AWAY_FACTOR = 4.0

LonLat = tuple[float, float]


@dataclass(frozen=True)
class Waypoint:
    """A point that was tapped; `straight` if it is reached in a straight line."""

    lon: float
    lat: float
    straight: bool = False


@dataclass(frozen=True)
class Leg:
    """The way from one waypoint to the next, as lon, lat."""

    coordinates: list[LonLat]
    straight: bool
    length_m: float


@dataclass(frozen=True)
class SnappedRoute:
    """A whole route: waypoints on the network, legs between them, places in riding order."""

    waypoints: list[LonLat]
    legs: list[Leg]
    passages: list[Passage]
    length_m: float


@dataclass(frozen=True)
class _State:
    """A route so far: what it costs, its positions and the ways between them."""

    cost: float
    positions: list[Position]
    ways: list[Found | None]


class Router:
    """The network made ready for routing; safe to read from many threads.

    Routes are the shortest ones, whatever the stress: a proposal must not push anybody. Pushing
    counts three times its length, walking against a one-way street four times, walking round a
    forbidden turn 60 m. A waypoint on the way that lies beside two streets is taken to the one
    that makes the whole route shorter.
    """

    def __init__(self, network: Network, graph: Graph | None = None) -> None:
        graph = graph or flat_graph(network)
        self._locator = Locator(network, graph)
        self._finder = PathFinder(graph, network.turns)
        self._safe = dict(
            zip(network.intersections["id"], network.intersections["safe"].tolist(), strict=True)
        )
        self._names = dict(
            zip(network.intersections["id"], network.intersections["name"], strict=True)
        )
        self._minor = minor_intersections(network.segments, network.intersections)

    @property
    def locator(self) -> Locator:
        """Where segments run, by number."""
        return self._locator

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each segment by its id."""
        return {label: number for number, label in enumerate(self._locator.ids)}

    def snap(self, waypoints: Sequence[Waypoint]) -> SnappedRoute:
        """Return the route through the waypoints, the shortest between each pair.

        Raises
        ------
        InvalidWaypointsError
            If there are fewer than 2 or more than 20, or one is no point on Earth.
        OutsideAreaError
            If one is more than 300 m from the network.
        UnreachableError
            If no way leads from one to the next.
        CrossingStraightPiecesError
            If straight pieces cross each other.
        """
        _require_valid(waypoints)
        positions, found = self._choose(waypoints, self._positions(waypoints))
        legs: list[Leg] = []
        parts: list[Ridden] = []
        length = 0.0
        for (start, end), way in zip(pairwise(positions), found, strict=True):
            if way is None:
                legs.append(_straight_leg(start, end))
                parts.append(Ridden(length + legs[-1].length_m, []))
            else:
                legs.append(self._routed_leg(start, way.traversals))
                if not parts:
                    parts.append(Ridden(length, []))
                _extend(parts[-1].traversals, way.traversals)
            length += legs[-1].length_m
        _require_no_crossing(legs)
        passages = pass_places(self._locator, parts, self._safe, self._names, self._minor)
        return SnappedRoute([(at.lon, at.lat) for at in positions], legs, passages, length)

    def _positions(self, waypoints: Sequence[Waypoint]) -> list[list[Position]]:
        """Return where each waypoint may lie: on the network, unless only straight pieces meet."""
        positions = []
        for i, waypoint in enumerate(waypoints):
            is_end = i in {0, len(waypoints) - 1}
            may_be = self._locator.locate(waypoint.lon, waypoint.lat)
            located = list(islice(may_be, 1 if is_end else None))
            if not located:
                raise OutsideAreaError(
                    f"waypoint {i + 1} is more than 300 m from any street of the area"
                )
            arrives_straight = i == 0 or waypoint.straight
            leaves_straight = i == len(waypoints) - 1 or waypoints[i + 1].straight
            if arrives_straight and leaves_straight:
                located = [self._locator.off_network(waypoint.lon, waypoint.lat)]
            positions.append(located)
        return positions

    def _choose(
        self, waypoints: Sequence[Waypoint], choices: Sequence[list[Position]]
    ) -> tuple[list[Position], list[Found | None]]:
        """Return the positions that make the whole route shortest, and the ways between them.

        The way to a waypoint that is reached straight is None.
        """
        states = [_State(AWAY_FACTOR * at.away_m, [at], []) for at in choices[0]]
        for number, (waypoint, positions) in enumerate(
            zip(waypoints[1:], choices[1:], strict=True), start=2
        ):
            reached = [
                self._reach(states, position, straight=waypoint.straight) for position in positions
            ]
            states = [state for state in reached if state is not None]
            if not states:
                raise UnreachableError(f"no street leads from waypoint {number - 1} to {number}")
        best = min(states, key=lambda state: state.cost)
        return best.positions, best.ways

    def _reach(
        self, states: Sequence[_State], position: Position, *, straight: bool
    ) -> _State | None:
        best: _State | None = None
        for state in states:
            last = state.positions[-1]
            way = None if straight else self._finder.shortest(last, position)
            if way is None and not straight:
                continue
            ridden = way.cost if way else hypot(position.x - last.x, position.y - last.y)
            cost = state.cost + AWAY_FACTOR * position.away_m + ridden
            if best is None or cost < best.cost:
                best = _State(cost, [*state.positions, position], [*state.ways, way])
        return best

    def _routed_leg(self, start: Position, traversals: list[Traversal]) -> Leg:
        coordinates: list[LonLat] = [(start.lon, start.lat)]
        for traversal in traversals:
            coordinates += self._locator.coordinates(traversal)
        kept = [here for before, here in pairwise(coordinates) if before != here]
        line = [coordinates[0], *kept]
        if len(line) == 1:
            line *= 2
        return Leg(line, straight=False, length_m=sum(passed.length_m for passed in traversals))


def _extend(traversals: list[Traversal], more: list[Traversal]) -> None:
    """Append a leg, riding on where the leg before ended in the middle of a segment."""
    for traversal in more:
        last = traversals[-1] if traversals else None
        if (
            last
            and (last.segment, last.forward) == (traversal.segment, traversal.forward)
            and last.to_m == traversal.from_m
        ):
            traversals[-1] = replace(last, to_m=traversal.to_m)
        else:
            traversals.append(traversal)


def _require_valid(waypoints: Sequence[Waypoint]) -> None:
    if not FEWEST_WAYPOINTS <= len(waypoints) <= MOST_WAYPOINTS:
        raise InvalidWaypointsError(
            f"expected {FEWEST_WAYPOINTS} to {MOST_WAYPOINTS} waypoints, got {len(waypoints)}"
        )
    for number, waypoint in enumerate(waypoints, start=1):
        if not is_on_earth(lon=waypoint.lon, lat=waypoint.lat):
            raise InvalidWaypointsError(f"waypoint {number} is no point on Earth")


def _straight_leg(start: Position, end: Position) -> Leg:
    return Leg(
        [(start.lon, start.lat), (end.lon, end.lat)],
        straight=True,
        length_m=hypot(end.x - start.x, end.y - start.y),
    )


def _require_no_crossing(legs: Sequence[Leg]) -> None:
    straight = [leg.coordinates for leg in legs if leg.straight]
    for first, second in combinations(straight, 2):
        if shapely.LineString(first).crosses(shapely.LineString(second)):
            raise CrossingStraightPiecesError("two straight pieces of the route cross each other")
