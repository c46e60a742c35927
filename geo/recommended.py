"""Recommended ways: from the neighbourhoods around a school to it, calm and hardly longer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csgraph, csr_array

from .arcs import NOWHERE, Arcs
from .burden import BurdenIndex, burden_weights
from .graph import flat_graph
from .least_burden import SHARES, BurdenSearch, Way
from .neighbourhoods import neighbourhoods
from .pathfinding import ON_FOOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from .burden import Weighed
    from .graph import Graph
    from .network import Network

    LonLat = tuple[float, float]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

LONGEST = 1.3
"""How many times the length of the shortest way a recommended one may have."""
CALM = 2
"""The highest stress that is calm (METHOD §6)."""
FARTHEST_GATE_M = 600.0
"""A school farther than this from any street that leads on is not reached by bicycle."""


@dataclass(frozen=True)
class RecommendedWay:
    """The way of the least burden from one neighbourhood to the school, in riding order.

    Lengths and burdens are metres; of the `shortest` way there are the same two. `streets_m` is
    the length without what lies within intersections, and what `calm_m` and `known_m` are parts
    of. `places` are ids of the segments and intersections, the crossing at which it begins first;
    `care` are those of them that are no calm places. `stress` is the worst of all (METHOD §9).
    """

    start: str
    places: tuple[str, ...]
    segments: tuple[str, ...]
    crossed: tuple[tuple[str, str], ...]
    """Segments within intersections, each with the one of `segments` it is drawn like."""
    coordinates: tuple[LonLat, ...]
    length_m: float
    burden_m: float
    shortest_m: float
    shortest_burden_m: float
    streets_m: float
    calm_m: float
    known_m: float
    """Metres of which students said how they feel, and that may be shown."""
    stress: int
    care: tuple[str, ...]

    @property
    def is_calm(self) -> bool:
        """Whether all of it is calm by the map, and nothing on it is known to feel unsafe."""
        return not self.care


@dataclass(frozen=True)
class Recommended:
    """The ways to one school, those that begin nearest first; none if nobody can ride to it."""

    gate: LonLat | None
    """Where all of them end: the point of the streets nearest to the school."""
    ways: tuple[RecommendedWay, ...]

    @property
    def joined(self) -> dict[str, int]:
        """How many of the ways pass each segment, by its id."""
        found: dict[str, int] = {}
        for way in self.ways:
            for segment in dict.fromkeys(way.segments):
                found[segment] = found.get(segment, 0) + 1
        return found


class Recommender:
    """The network made ready for ways to schools; safe to read from many threads.

    Only what may be ridden is taken, in the direction in which it may: no pushing, no forbidden
    turn. Of places that nobody has rated, the stress of the map alone counts.
    """

    def __init__(self, network: Network, graph: Graph | None = None) -> None:
        self._network = network
        self._graph = graph = graph or flat_graph(network)
        self._index = BurdenIndex(network)
        self._arcs = arcs = Arcs(network, graph, self._index.intersection)
        self._search = BurdenSearch(arcs)
        self._ids: list[str] = network.segments["id"].tolist()
        self._crossing_ids: list[str] = network.intersections["id"].tolist()
        self._rideable = ~arcs.walked
        self._home = self._main_component()
        # Backwards: from the school one finds the way to it from everywhere.
        self._order = np.argsort(arcs.head, kind="stable")
        self._first = np.searchsorted(arcs.head[self._order], np.arange(arcs.points + 1))
        self._tails = arcs.tail[self._order].astype(np.int32)

    def ways(
        self, school: LonLat, danger: Mapping[str, float], index: Mapping[str, float] | None = None
    ) -> Recommended:
        """Return the way from each neighbourhood around a school to it.

        Each is the one of the least burden among those that are at most 1.3 times as long as the
        shortest one. All of them are searched at once, outwards from the school.

        Parameters
        ----------
        danger
            Perceived danger (0 to 1) of the places for which it may be shown.
        index
            Risk index (0 to 100) of the places for which it may be shown.
        """
        at = np.array(self._graph.to_metres.transform(*school))
        gate = self._gate(at)
        if gate == NOWHERE:
            return Recommended(None, ())
        weighed = self._index.weigh(danger, index or {})
        starts = self._starts(at, gate)
        shortest = self._from_all(starts, gate, weighed, share=0.0)
        found = dict(self._best(shortest, gate, weighed))
        lon, lat = self._graph.to_degrees.transform(*self._graph.point_xy[gate])
        ways = (
            self._told(start, found[start], shortest[start], weighed, danger)
            for start in starts
            if start in found
        )
        return Recommended((float(lon), float(lat)), tuple(ways))

    def _main_component(self) -> NDArray[np.bool_]:
        """Return for each point whether it is of the largest part in which all can ride to all."""
        arcs, kept = self._arcs, self._rideable
        links = csr_array(
            (np.ones(kept.sum()), (arcs.tail[kept], arcs.head[kept])), shape=(arcs.points,) * 2
        )
        _, label = csgraph.connected_components(links, connection="strong")
        return np.asarray(label == np.bincount(label).argmax(), dtype=np.bool_)

    def _gate(self, at: Floats) -> int:
        """Return the point of the main component nearest to the school, if one is near."""
        points = self._graph.point_xy
        away = np.hypot(*(points - at).T)
        away[~self._home[: len(points)]] = np.inf
        nearest = int(away.argmin())
        return nearest if away[nearest] <= FARTHEST_GATE_M else NOWHERE

    def _starts(self, at: Floats, gate: int) -> list[int]:
        """Return the intersections at which neighbourhoods begin, the nearest first."""
        arcs = self._arcs
        leaving = self._rideable & arcs.outside & (arcs.leaves != NOWHERE)
        leaving &= self._home[arcs.tail]
        reached = set(arcs.leaves[leaving].tolist()) - self._around(gate)
        found = neighbourhoods(self._network, self._graph, (float(at[0]), float(at[1])), reached)
        return [one.intersection for one in found]

    def _around(self, gate: int) -> set[int]:
        arcs = self._arcs
        there = (arcs.head == gate) & (arcs.reaches != NOWHERE)
        return set(arcs.reaches[there].tolist())

    def _gates(self, gate: int) -> Ints:
        """Return the gate with the points before turns that are forbidden there."""
        arcs = self._arcs
        before = arcs.tail[(arcs.segment == ON_FOOT) & (arcs.head == gate)]
        return np.unique(np.r_[gate, before])

    def _best(
        self, shortest: Mapping[int, Way], gate: int, weighed: Weighed
    ) -> list[tuple[int, Way]]:
        """Return by its start each way of the least burden that is short enough."""
        waiting, found = list(shortest), []
        for share in (*SHARES, 0.0):
            if not waiting:
                break
            ways = self._from_all(waiting, gate, weighed, share=share)
            short = [
                start
                for start in waiting
                if ways[start].length_m <= LONGEST * shortest[start].length_m
            ]
            found += [(start, ways[start]) for start in short]
            waiting = [start for start in waiting if start not in short]
        return found

    def _from_all(
        self, starts: Sequence[int], gate: int, weighed: Weighed, *, share: float
    ) -> dict[int, Way]:
        """Return the cheapest way from each start to the gate if burden costs so much."""
        arcs = self._arcs
        street, crossed = self._search.added(np.arange(len(arcs.tail)), weighed)
        base = np.where(self._rideable, arcs.cost_m, np.inf)
        cost = base + share * (street * arcs.length_m + crossed)
        links = csr_array(
            (cost[self._order], self._tails, self._first.astype(np.int32)),
            shape=(arcs.points,) * 2,
        )
        spent, onward, _ = csgraph.dijkstra(
            links, indices=self._gates(gate), min_only=True, return_predecessors=True
        )
        found = {}
        for start in starts:
            points = np.unique(arcs.tail[arcs.outside & self._rideable & (arcs.leaves == start)])
            point = int(points[spent[points].argmin()])
            if np.isfinite(spent[point]):
                found[start] = self._walk(point, onward, cost)
        return found

    def _walk(self, point: int, onward: Ints, cost: Floats) -> Way:
        found = []
        while onward[point] >= 0:
            found.append(self._arcs.cheapest(point, int(onward[point]), cost))
            point = int(onward[point])
        way = np.array(found, dtype=np.int64)
        return Way(way, self._arcs.length_m[way])

    def _told(
        self, start: int, way: Way, shortest: Way, weighed: Weighed, danger: Mapping[str, float]
    ) -> RecommendedWay:
        arcs = self._arcs
        outside = way.arcs[arcs.outside[way.arcs]]
        segments = [self._ids[number] for number in arcs.segment[outside].tolist()]
        metres = arcs.length_m[outside]
        places = self._places(start, outside, segments)
        care = tuple(place for place in dict.fromkeys(places) if not self._is_calm(place, danger))
        calm = np.array([segment not in care for segment in segments], dtype=bool)
        known = np.array([segment in danger for segment in segments], dtype=bool)
        return RecommendedWay(
            start=self._crossing_ids[start],
            places=tuple(places),
            segments=tuple(segments),
            crossed=tuple(self._crossed(way)),
            coordinates=tuple(self._coordinates(way)),
            length_m=way.length_m,
            burden_m=sum(self._search.burden(way, weighed)),
            shortest_m=shortest.length_m,
            shortest_burden_m=sum(self._search.burden(shortest, weighed)),
            streets_m=float(metres.sum()),
            calm_m=float(metres[calm].sum()),
            known_m=float(metres[known].sum()),
            stress=max(self._level(place) for place in places),
            care=care,
        )

    def _places(self, start: int, outside: Ints, segments: Sequence[str]) -> list[str]:
        found = [self._crossing_ids[start]]
        for segment, reached in zip(segments, self._arcs.reaches[outside].tolist(), strict=True):
            found.append(segment)
            if reached != NOWHERE:
                found.append(self._crossing_ids[reached])
        return found

    def _crossed(self, way: Way) -> Iterator[tuple[str, str]]:
        arcs = self._arcs
        last = None
        for arc in way.arcs.tolist():
            segment = self._ids[arcs.segment[arc]]
            if arcs.outside[arc]:
                last = segment
            elif last is not None:
                yield segment, last

    def _level(self, place: str) -> int:
        segment = self._index.segment.get(place)
        if segment is not None:
            return int(self._index.stress[segment])
        return int(self._index.crossing_stress[self._index.intersection[place]])

    def _is_calm(self, place: str, danger: Mapping[str, float]) -> bool:
        felt = danger.get(place, 0.0)
        return self._level(place) <= CALM and felt < burden_weights()["danger_high"]

    def _coordinates(self, way: Way) -> list[LonLat]:
        graph, arcs = self._graph, self._arcs
        line: list[LonLat] = []
        for arc in way.arcs.tolist():
            segment = int(arcs.segment[arc])
            first, last = graph.first[segment : segment + 2].tolist()
            turn = 1 if arcs.forward[arc] else -1
            line += [spot for spot in graph.places[first:last][::turn] if line[-1:] != [spot]]
        return line
