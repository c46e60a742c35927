"""Where simulated students live and which way they ride to school."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.errors import UnreachableError
from geo.routing import Waypoint

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.network import Network
    from geo.routing import Router, SnappedRoute

    Floats = NDArray[np.float64]

HOME_STREETS = ("residential", "living_street", "unclassified")
HOME_DISTANCE_M = (500.0, 5000.0)
TYPICAL_DISTANCE_M = 1500.0
HOMES_FROM_TO = (0.1, 0.9)
"""The part of a street along which its homes lie."""
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


def home_streets(network: Network, school: tuple[float, float]) -> tuple[gpd.GeoDataFrame, Floats]:
    """Return the streets on which students of a school live, and the share that lives on each."""
    segments = network.segments[
        network.segments["road_class"].isin(HOME_STREETS) & network.segments["within"].isna()
    ]
    streets = segments.geometry.to_numpy()
    middles = shapely.line_interpolate_point(streets, 0.5, normalized=True)
    away = _metres(shapely.get_coordinates(middles), school)
    near, far = HOME_DISTANCE_M
    weight = segments["length_m"].to_numpy(float) * np.exp(-away / TYPICAL_DISTANCE_M)
    weight[(away < near) | (away > far)] = 0
    return segments, weight / weight.sum()


def addresses(
    network: Network, school: tuple[float, float], *, spacing_m: float
) -> tuple[Floats, Floats]:
    """Return where students may live, as (n, 2) lon and lat, and the share that lives at each.

    Addresses lie along every street of `home_streets`, no farther apart than `spacing_m`, so that
    whoever knows them all can look through them one by one.
    """
    streets, share = home_streets(network, school)
    first, last = HOMES_FROM_TO
    points: list[Floats] = []
    shares: list[Floats] = []
    lines = zip(streets.geometry, share, streets["length_m"], strict=True)
    for street, own, length_m in lines:
        if own > 0:
            count = int(np.ceil((last - first) * length_m / spacing_m))
            along = first + (last - first) * (np.arange(count) + 0.5) / count
            found = shapely.line_interpolate_point(street, along, normalized=True)
            points.append(shapely.get_coordinates(found))
            shares.append(np.full(count, own / count))
    return np.concatenate(points), np.concatenate(shares)


class _Homes:
    """Where students live: on residential streets, rarely far away."""

    def __init__(
        self, network: Network, school: tuple[float, float], generator: np.random.Generator
    ) -> None:
        self.generator = generator
        streets, self.weight = home_streets(network, school)
        self.streets = streets.geometry.to_numpy()
        self.school = school
        crossings = network.intersections[network.intersections["arms"] >= CROSSING_ARMS].geometry
        self.crossings = np.column_stack([crossings.x, crossings.y])

    def draw(self) -> tuple[float, float]:
        street = self.streets[self.generator.choice(len(self.streets), p=self.weight)]
        point = street.interpolate(self.generator.uniform(*HOMES_FROM_TO), normalized=True)
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
