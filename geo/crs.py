"""Where degrees become metres: the one place that names coordinate systems."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import asin, cos, floor, isfinite, radians, sin, sqrt
from typing import TYPE_CHECKING

from geopandas import GeoSeries

from .errors import GeographicCrsError

if TYPE_CHECKING:
    import geopandas as gpd
    from pyproj import CRS

WGS84 = "EPSG:4326"
EARTH_RADIUS_M = 6_371_008.8
MOST_LONGITUDE, MOST_LATITUDE = 180, 90


@dataclass(frozen=True)
class BBox:
    """A rectangle in degrees, longitude before latitude."""

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        values = (self.west, self.south, self.east, self.north)
        if not all(isfinite(value) for value in values):
            raise GeographicCrsError("a bounding box needs four finite numbers")
        if not (
            -MOST_LONGITUDE <= self.west < self.east <= MOST_LONGITUDE
            and -MOST_LATITUDE <= self.south < self.north <= MOST_LATITUDE
        ):
            raise GeographicCrsError(
                "expected west < east within ±180 and south < north within ±90, got "
                f"{self.west},{self.south},{self.east},{self.north}"
            )

    def contains(self, *, lon: float, lat: float) -> bool:
        """Say whether a point lies in the rectangle or on its edge."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north


def to_metres(frame: gpd.GeoDataFrame | gpd.GeoSeries) -> gpd.GeoDataFrame | gpd.GeoSeries:
    """Return the frame in the UTM zone of its own middle, so that lengths are metres."""
    if _is_metric(frame):
        return frame
    if frame.crs != WGS84:
        return frame.to_crs(frame.estimate_utm_crs())
    west, south, east, north = frame.total_bounds
    middle = (west + east) / 2, (south + north) / 2
    if not all(isfinite(value) for value in middle):
        # Of nothing there is no middle: geopandas says so.
        return frame.to_crs(frame.estimate_utm_crs())
    return frame.to_crs(_utm(floor(middle[0]), floor(middle[1])))


@cache
def _utm(west: int, south: int) -> CRS:
    """Return the UTM zone of a square degree: every zone begins and ends at whole degrees.

    Asking PROJ takes half the time of a small map, and a report has a dozen of them.
    """
    middle = GeoSeries.from_xy([west + 0.5], [south + 0.5], crs=WGS84)
    zone: CRS = middle.estimate_utm_crs()
    return zone


def require_metres(frame: gpd.GeoDataFrame | gpd.GeoSeries) -> None:
    """Refuse a frame whose coordinates are not metres."""
    if not _is_metric(frame):
        raise GeographicCrsError(f"expected coordinates in metres, got {frame.crs}")


def _is_metric(frame: gpd.GeoDataFrame | gpd.GeoSeries) -> bool:
    return (
        frame.crs is not None
        and frame.crs.is_projected
        and all(axis.unit_name == "metre" for axis in frame.crs.axis_info)
    )


def is_on_earth(*, lon: float, lat: float) -> bool:
    """Say whether two numbers are a longitude and a latitude."""
    return (
        isfinite(lon) and isfinite(lat) and abs(lon) <= MOST_LONGITUDE and abs(lat) <= MOST_LATITUDE
    )


def distance_m(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Return the great-circle distance between two (lon, lat) points."""
    (lon_a, lat_a), (lon_b, lat_b) = start, end
    half_lat, half_lon = radians(lat_b - lat_a) / 2, radians(lon_b - lon_a) / 2
    chord = sin(half_lat) ** 2 + cos(radians(lat_a)) * cos(radians(lat_b)) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * asin(sqrt(min(1.0, chord)))
