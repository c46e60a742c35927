"""Where simulated students live and which way they ride to school."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.errors import UnreachableError
from geo.routing import Waypoint

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.network import Network
    from geo.routing import Router, SnappedRoute

    Floats = NDArray[np.float64]

HOME_STREETS = ("residential", "living_street", "unclassified")
HOME_DISTANCE_M = (500.0, 5000.0)
TYPICAL_DISTANCE_M = 1500.0
VIA_SHARE = 0.35
CROSSING_ARMS = 3


def rides_to_school(
    network: Network,
    school: tuple[float, float],
    router: Router,
    count: int,
    generator: np.random.Generator,
) -> list[tuple[tuple[float, float], SnappedRoute]]:
    """Return `count` homes (lon, lat) with the route from each to the school."""
    homes = _Homes(network, school, generator)
    rides: list[tuple[tuple[float, float], SnappedRoute]] = []
    while len(rides) < count:
        home = homes.draw()
        stops = [home, school]
        if generator.random() < VIA_SHARE:
            stops.insert(1, homes.detour(home))
        try:
            route = router.snap([Waypoint(lon=lon, lat=lat) for lon, lat in stops])
        except UnreachableError:
            continue
        rides.append((home, route))
    return rides


class _Homes:
    """Where students live: on residential streets, rarely far away."""

    def __init__(
        self, network: Network, school: tuple[float, float], generator: np.random.Generator
    ) -> None:
        self.generator = generator
        segments = network.segments[
            network.segments["road_class"].isin(HOME_STREETS) & network.segments["within"].isna()
        ]
        self.streets = segments.geometry.to_numpy()
        away = _metres(
            shapely.get_coordinates(
                shapely.line_interpolate_point(self.streets, 0.5, normalized=True)
            ),
            school,
        )
        near, far = HOME_DISTANCE_M
        weight = segments["length_m"].to_numpy(float) * np.exp(-away / TYPICAL_DISTANCE_M)
        weight[(away < near) | (away > far)] = 0
        self.weight = weight / weight.sum()
        self.school = school
        crossings = network.intersections[network.intersections["arms"] >= CROSSING_ARMS].geometry
        self.crossings = np.column_stack([crossings.x, crossings.y])

    def draw(self) -> tuple[float, float]:
        street = self.streets[self.generator.choice(len(self.streets), p=self.weight)]
        point = street.interpolate(self.generator.uniform(0.1, 0.9), normalized=True)
        return float(point.x), float(point.y)

    def detour(self, home: tuple[float, float]) -> tuple[float, float]:
        """Return an intersection beside the way to school, the nearest to a point off it."""
        along, aside = self.generator.uniform(0.3, 0.7), self.generator.normal(0, 0.12)
        across = np.array(self.school) - np.array(home)
        # A quarter turn in degrees is skewed by the cosine of the latitude, which is harmless.
        aim = np.array(home) + along * across + aside * np.array([-across[1], across[0]])
        lon, lat = self.crossings[np.argmin(_metres(self.crossings, tuple(aim)))]
        return float(lon), float(lat)


def _metres(points: Floats, to: tuple[float, float]) -> Floats:
    """Return distances over a town, where the Earth is flat enough."""
    metres_per_degree = 111_195 * np.array([np.cos(np.radians(to[1])), 1.0])
    return np.asarray(np.linalg.norm((points - np.array(to)) * metres_per_degree, axis=1))
