"""Where the coordinates of a crash file lie: in a system it names, or in one that is guessed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from geo.crs import MOST_LATITUDE, MOST_LONGITUDE, WGS84, to_metres
from geo.reference import read_table

from .errors import UnknownCrsError

if TYPE_CHECKING:
    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]

MARGIN_M = 30
"""A crash so near outside the area may lie on a street of it."""
# Corners of the area are joined by straight lines in degrees, which bend in metres.
CORNER_DEGREES = 0.005
SAMPLE = 5_000


@dataclass(frozen=True)
class Extent:
    """The rectangle or polygon of an area, in degrees."""

    shape: BaseGeometry

    @cached_property
    def _metres(self) -> gpd.GeoSeries:
        fine = shapely.segmentize(self.shape, CORNER_DEGREES)
        return to_metres(gpd.GeoSeries([fine], crs=WGS84))

    def holds(self, lon: Floats, lat: Floats) -> Flags:
        """Say which points lie inside, or at most 30 m outside; a NaN does not."""
        west, south, east, north = self.shape.bounds
        found: Flags = (lon > west - 1) & (lon < east + 1) & (lat > south - 1) & (lat < north + 1)
        near = gpd.GeoSeries(shapely.points(lon[found], lat[found]), crs=WGS84)
        shape = self._metres.iloc[0]
        shapely.prepare(shape)
        found[found] = shapely.dwithin(shape, near.to_crs(self._metres.crs).values, MARGIN_M)
        return found


@dataclass(frozen=True)
class Placed:
    """Coordinates in degrees, NaN where there are none, and how they were read."""

    lon: Floats
    lat: Floats
    system: str
    is_guess: bool = False
    note: str = ""


def to_degrees(x: Floats, y: Floats, system: int | str) -> tuple[Floats, Floats]:
    """Return coordinates of a system (EPSG number, or its name) as lon, lat; NaN where impossible.

    Raises
    ------
    UnknownCrsError
        If PROJ knows no such system.
    """
    try:
        known = pyproj.CRS.from_user_input(system)
        change = pyproj.Transformer.from_crs(known, WGS84, always_xy=True)
    except pyproj.exceptions.ProjError as error:
        raise UnknownCrsError(
            f"expected the EPSG number of a coordinate system, got {system}"
        ) from error
    lon, lat = (np.asarray(axis, dtype=float) for axis in change.transform(x, y))
    fine = (np.abs(lon) <= MOST_LONGITUDE) & (np.abs(lat) <= MOST_LATITUDE)
    return np.where(fine, lon, np.nan), np.where(fine, lat, np.nan)


def are_degrees(x: Floats, y: Floats) -> bool:
    """Say by their size whether most coordinates can be degrees."""
    there = np.isfinite(x) & np.isfinite(y)
    fine = (np.abs(x[there]) <= MOST_LONGITUDE) & (np.abs(y[there]) <= MOST_LONGITUDE)
    return bool(there.any()) and float(fine.mean()) > 0.5  # noqa: PLR2004 - most


def place(x: Floats, y: Floats, system: int | str) -> Placed:
    """Return coordinates whose system is known; zeros stand for none."""
    there = ~((x == 0) & (y == 0))
    lon, lat = to_degrees(np.where(there, x, np.nan), np.where(there, y, np.nan), system)
    name = f"EPSG:{system}" if isinstance(system, int) else system.replace("OGC:CRS84", WGS84)
    return Placed(lon, lat, name)


def guess_place(x: Floats, y: Floats, extent: Extent) -> Placed:
    """Return coordinates in the system that puts most of them into the area.

    Numbers up to 180 are degrees; others are tried in the systems of `crash_systems.csv` and in
    the UTM zone of the area, each with its axes both ways round.

    Raises
    ------
    UnknownCrsError
        If they are no degrees and none of the systems puts any of them into the area.
    """
    degrees = are_degrees(x, y)
    systems: list[int | str] = [WGS84] if degrees else _systems(extent)
    some = _sample(x, y)
    if not len(some[0]):
        return place(x, y, WGS84)
    best: tuple[float, int | str, bool] = (0.0, systems[0], False)
    for swapped in (False, True):
        for system in systems:
            first, second = (some[1], some[0]) if swapped else some
            share = float(extent.holds(*to_degrees(first, second, system)).mean())
            if share > best[0]:
                best = share, system, swapped
    share, system, swapped = best
    if not share and not degrees:
        raise UnknownCrsError(
            "expected coordinates in degrees or in a system that fits the area, got "
            f"{_shown(x)}, {_shown(y)}: give the EPSG number"
        )
    placed = place(*((y, x) if swapped else (x, y)), system)
    note = "the two coordinates stand in the other order in the file" if swapped else ""
    return Placed(placed.lon, placed.lat, placed.system, is_guess=True, note=note)


def _systems(extent: Extent) -> list[int | str]:
    west, south, east, north = extent.shape.bounds
    middle = gpd.GeoSeries([shapely.box(west, south, east, north)], crs=WGS84)
    listed: list[int | str] = [int(row["epsg"]) for row in read_table("crash_systems")]
    return [*listed, middle.estimate_utm_crs().to_string()]


def _sample(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    there = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    some = there[:: max(1, len(there) // SAMPLE)]
    return x[some], y[some]


def _shown(values: Floats) -> str:
    there = values[np.isfinite(values)]
    return f"{np.median(there):g}" if len(there) else "nothing"
