"""A line as it came from somebody's file: degrees, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj

from .crs import WGS84
from .errors import RouteFileUnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Reproject = Callable[[Floats], Floats]

EXPECTED = "expected a LineString or MultiLineString"
EXPECTED_POSITIONS = "expected positions of two numbers each"
LON_LAT, TABLE = 2, 2


@dataclass(frozen=True)
class RouteLine:
    """One route of a file; parts of a line with gaps are joined in their order.

    `coordinates` is (n, 2), longitude before latitude; with a `problem` it is empty.
    """

    id: str | None
    coordinates: Floats
    problem: str | None = None


def line_without(given: str | None, problem: str) -> RouteLine:
    """Return the route of a row that holds no line, with the reason."""
    return RouteLine(given, np.empty((0, LON_LAT)), problem)


def given_id(*candidates: object) -> str | None:
    """Return the first candidate that is a name or a number, as text."""
    for value in candidates:
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, float) and np.isfinite(value):
            return f"{value:.15g}"
    return None


def points(positions: list[Any]) -> Floats:
    """Return positions of two or more numbers each as (n, 2).

    Raises
    ------
    ValueError
        If they are anything else.
    """
    try:
        found = np.array(positions)
    except ValueError:  # some positions with a height, others without
        found = np.array([one[:LON_LAT] for one in positions if _is_position(one)])
        if len(found) != len(positions):
            raise ValueError(EXPECTED_POSITIONS) from None
    if found.size == 0:
        return np.empty((0, LON_LAT))
    if found.ndim != TABLE or found.shape[1] < LON_LAT or found.dtype.kind not in "iuf":
        raise ValueError(EXPECTED_POSITIONS)
    return found[:, :LON_LAT].astype(float)


def _is_position(value: object) -> bool:
    return isinstance(value, list) and len(value) >= LON_LAT and not isinstance(value[0], list)


def reprojection(crs: object) -> Reproject | None:
    """Return what turns coordinates of this system into degrees; None if they are degrees.

    `crs` is whatever pyproj reads: a name, WKT, PROJJSON. Axes are x before y, as in every file.

    Raises
    ------
    RouteFileUnreadableError
        If pyproj knows no such system.
    """
    try:
        system = pyproj.CRS.from_user_input(crs)
        target = pyproj.CRS(WGS84)
        if system.equals(target, ignore_axis_order=True):
            return None
        transformer = pyproj.Transformer.from_crs(system, target, always_xy=True)
    except pyproj.exceptions.ProjError as error:
        raise RouteFileUnreadableError(
            f"expected a coordinate system that PROJ knows, got {_shortened(crs)}"
        ) from error
    # A point outside the system becomes infinite, which the matcher names.
    return lambda lines: np.column_stack(transformer.transform(lines[:, 0], lines[:, 1]))


def _shortened(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"  # noqa: PLR2004 - the width of a sentence
