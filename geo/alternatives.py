"""A calmer way: from where a stored ride begins to its end, hardly longer and less of a burden."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import ops

from .arcs import NOWHERE, Arcs
from .burden import LEVELS, BurdenIndex, burden_weights
from .errors import BrokenRouteError
from .graph import flat_graph
from .least_burden import BurdenSearch, End, Ride, Way
from .retracing import Retracer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .burden import Weighed
    from .graph import Graph
    from .network import Network

LonLat = tuple[float, float]

LONGEST = 1.2
"""How many times the ridden length a calmer way may have."""
LEAST_GAIN = 0.10
LEAST_CALMED_M = 150
STRESSFUL = 3
# Segments are 150 m long at most.
USUAL_M = 100


@dataclass(frozen=True)
class Alternative:
    """A way with less burden than the ride; lengths and burdens in metres, ids in riding order.

    Burden is the length, pushing three times, with what `geo/tables/burden.csv` adds for stress,
    perceived danger and risk. The metres by stress are of levels 1 to 4, intersections left out.
    """

    coordinates: list[LonLat]
    places: list[str]
    length_m: float
    ridden_m: float
    burden_m: float
    ridden_burden_m: float
    stress_m: tuple[float, ...]
    ridden_stress_m: tuple[float, ...]
    avoids: list[str]
    """Places of the ride with stress of 3 or more or felt dangerous that it avoids, worst first."""
    unknown_m: float
    """Metres of it whose perceived danger nobody has published: not known to be safe."""


class Alternatives:
    """The network made ready for finding calmer ways; safe to read from many threads."""

    def __init__(self, network: Network, graph: Graph | None = None) -> None:
        self._graph = graph = graph or flat_graph(network)
        self._index = BurdenIndex(network)
        self._arcs = Arcs(network, graph, self._index.intersection)
        self._search = BurdenSearch(self._arcs)
        lon, lat = shapely.get_coordinates(network.intersections.geometry.to_numpy()).T
        centres = zip(*graph.to_metres.transform(lon, lat), strict=True)
        self._retracer = Retracer(
            self._arcs, self._index, graph.point_xy.tolist(), [(x, y) for x, y in centres]
        )
        self._safe: list[bool] = network.intersections["safe"].tolist()
        self._ids: list[str] = network.segments["id"].tolist()
        self._crossing_ids: list[str] = network.intersections["id"].tolist()

    def calmer(
        self,
        ridden: Sequence[str],
        school: LonLat,
        danger: Mapping[str, float],
        index: Mapping[str, float] | None = None,
    ) -> Alternative | None:
        """Return the way of the least burden from the first place of a ride to its end, or None.

        It is at most 1.2 times as long and walks only where the ride does. Its burden is at least
        10 % lower, and besides its worst stress is lower, or it has 150 m less of stress 3 and 4,
        or it avoids a place that feels dangerous; else there is none. What lies within
        intersections counts straight in the ride, along the network in the alternative.

        Parameters
        ----------
        ridden
            The ids of the places of a ride after its cut, in riding order: the first one is a
            safe intersection.
        school
            Where the last place, if it is a segment, is left: at the point nearest to it.
        danger
            Perceived danger (0 to 1) of the places for which it may be shown.
        index
            Risk index (0 to 100) of the places for which it may be shown.

        Raises
        ------
        UnknownPlaceError
            If a place is none of the network.
        BrokenRouteError
            If the ride does not begin at a safe intersection, or has no segment.
        """
        ride = self._ride(ridden, school)
        weighed = self._index.weigh(danger, index or {})
        found = self._search.least(ride, weighed, LONGEST * ride.way.length_m)
        if found is None:
            return None
        alternative = self._told(ridden, ride, found, weighed, danger)
        return alternative if self._is_calmer(alternative, ridden, danger) else None

    def _ride(self, ridden: Sequence[str], school: LonLat) -> Ride:
        start = self._index.intersection.get(ridden[0]) if ridden else None
        retraced = self._retracer.retrace(ridden)
        if start is None or not self._safe[start]:
            raise BrokenRouteError("a ride begins at a safe intersection")
        end = self._end(ridden[-1], school)
        arcs = np.array(retraced.arcs)
        metres = self._arcs.length_m[arcs]
        metres[-1:] = self._search.until(arcs[-1:], end)
        way = Way(arcs, metres, retraced.gap_m)
        return Ride(start, end, way, retraced.passed, retraced.walked_turns)

    def _end(self, last: str, school: LonLat) -> End:
        intersection = self._index.intersection.get(last)
        if intersection is not None:
            return End(intersection=intersection)
        segment = self._index.segment[last]
        point = shapely.Point(*self._graph.to_metres.transform(*school))
        return End(segment=segment, offset_m=float(self._graph.lines[segment].project(point)))

    def _told(
        self,
        ridden: Sequence[str],
        ride: Ride,
        found: Way,
        weighed: Weighed,
        danger: Mapping[str, float],
    ) -> Alternative:
        places = self._places(found, ride.start)
        avoided = set(ridden).difference(places)
        bad = {place for place in avoided if self._level(place) >= STRESSFUL}
        bad |= {place for place in avoided if _is_dangerous(place, danger)}
        worst_first = sorted(
            dict.fromkeys(place for place in ridden if place in bad),
            key=lambda place: -self._added_m(place, weighed),
        )
        return Alternative(
            coordinates=self._coordinates(found),
            places=places,
            length_m=found.length_m,
            ridden_m=ride.way.length_m,
            burden_m=sum(self._search.burden(found, weighed)),
            ridden_burden_m=sum(self._search.burden(ride.way, weighed)),
            stress_m=self._stress_m(found),
            ridden_stress_m=self._stress_m(ride.way),
            avoids=worst_first,
            unknown_m=self._unknown_m(found, danger),
        )

    def _is_calmer(
        self, found: Alternative, ridden: Sequence[str], danger: Mapping[str, float]
    ) -> bool:
        if found.burden_m > (1 - LEAST_GAIN) * found.ridden_burden_m:
            return False
        before, after = (
            sum(metres[STRESSFUL - 1 :]) for metres in (found.ridden_stress_m, found.stress_m)
        )
        return (
            self._worst(found.places) < self._worst(ridden)
            or before - after >= LEAST_CALMED_M
            or any(_is_dangerous(place, danger) for place in found.avoids)
        )

    def _places(self, way: Way, start: int) -> list[str]:
        arcs = self._arcs
        found = [self._crossing_ids[start]]
        for arc, metres in zip(way.arcs.tolist(), way.metres.tolist(), strict=True):
            if arcs.outside[arc] and metres > 0:
                found.append(self._ids[arcs.segment[arc]])
                if arcs.reaches[arc] != NOWHERE and metres >= arcs.length_m[arc]:
                    found.append(self._crossing_ids[arcs.reaches[arc]])
        return found

    def _level(self, place: str) -> int:
        segment = self._index.segment.get(place)
        if segment is not None:
            return int(self._index.stress[segment])
        return int(self._index.crossing_stress[self._index.intersection[place]])

    def _worst(self, places: Sequence[str]) -> int:
        """Return the worst stress after the first place, which all ways have in common."""
        return max((self._level(place) for place in places[1:]), default=LEVELS[0])

    def _added_m(self, place: str, weighed: Weighed) -> float:
        """Return what a place adds; a segment as if it were as long as usual."""
        segment = self._index.segment.get(place)
        if segment is not None:
            return float(weighed.metre[segment]) * USUAL_M
        return float(weighed.crossing[self._index.intersection[place]])

    def _stress_m(self, way: Way) -> tuple[float, ...]:
        outside = self._arcs.outside[way.arcs]
        level = self._index.stress[self._arcs.segment[way.arcs[outside]]]
        metres = way.metres[outside]
        return tuple(float(metres[level == one].sum()) for one in LEVELS)

    def _unknown_m(self, way: Way, danger: Mapping[str, float]) -> float:
        arcs = self._arcs
        known = [self._ids[segment] in danger for segment in arcs.segment[way.arcs].tolist()]
        return float(way.metres[arcs.outside[way.arcs] & ~np.array(known)].sum())

    def _coordinates(self, way: Way) -> list[LonLat]:
        line: list[LonLat] = []
        for arc, metres in zip(way.arcs.tolist(), way.metres.tolist(), strict=True):
            if self._arcs.segment[arc] >= 0:
                line += [spot for spot in self._ridden(arc, metres) if line[-1:] != [spot]]
        return line

    def _ridden(self, arc: int, metres: float) -> list[LonLat]:
        """Return the points along an arc, or along its first metres."""
        graph, segment = self._graph, int(self._arcs.segment[arc])
        first, last = graph.first[segment : segment + 2].tolist()
        turn = 1 if self._arcs.forward[arc] else -1
        if metres >= self._arcs.length_m[arc]:
            return graph.places[first:last][::turn]
        if metres <= 0:
            return []
        part = ops.substring(shapely.LineString(graph.xy[first:last][::turn]), 0, metres)
        lon, lat = graph.to_degrees.transform(*shapely.get_coordinates(part).T)
        return list(zip(lon.tolist(), lat.tolist(), strict=True))


def _is_dangerous(place: str, danger: Mapping[str, float]) -> bool:
    return danger.get(place, 0.0) >= burden_weights()["danger_high"]
