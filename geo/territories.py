"""The territory of an authority from a GeoJSON file: taken as it is, or refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

import shapely

from .errors import InvalidTerritoryError

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

MOST_BYTES = 5 * 1024 * 1024
MOST_POINTS = 200_000
POLYGONS = frozenset({"Polygon", "MultiPolygon"})
LEAST_RING = 4
WORLD = (180.0, 90.0)
# RFC 7946 knows WGS 84 alone; older files say so in words of their own.
OUR_CRS = ("CRS84", "EPSG::4326", "EPSG:4326")


def read_territory(content: bytes) -> BaseGeometry:
    """Return the one polygon, or multipolygon, that all polygons of a file make together.

    Nothing is repaired: what is wrong in a border is decided by whose border it is.

    Raises
    ------
    InvalidTerritoryError
        If it is not GeoJSON (RFC 7946) of valid polygons alone, or too large.
    """
    if len(content) > MOST_BYTES:
        _refuse(f"at most {MOST_BYTES >> 20} MB", f"{len(content) / 2**20:.1f} MB")
    polygons = [_polygon(one) for one in _geometries(_parsed(content))]
    if not polygons:
        _refuse("at least one polygon", "none")
    if sum(shapely.get_num_coordinates(one) for one in polygons) > MOST_POINTS:
        _refuse(f"at most {MOST_POINTS} corners", "more")
    for one in polygons:
        if not shapely.is_valid(one):
            _refuse("a border that does not cross itself", shapely.is_valid_reason(one))
    whole = shapely.union_all(polygons)
    assert whole.geom_type in POLYGONS  # noqa: S101 - so it is of polygons with an inside
    return whole


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content.decode("utf-8-sig"), parse_constant=_no_number)
    except UnicodeDecodeError:
        _refuse("GeoJSON in UTF-8", "other bytes")
    except RecursionError:
        _refuse("GeoJSON", "endless brackets")
    except ValueError as error:
        _refuse("GeoJSON", f"no JSON ({getattr(error, 'msg', 'a number that is none')})")
    if not isinstance(found, dict):
        _refuse("a GeoJSON object", "another value")
    crs = json.dumps(found.get("crs"))
    if "crs" in found and not any(name in crs for name in OUR_CRS):
        _refuse("longitude and latitude (WGS 84)", "another coordinate system")
    return found


def _geometries(found: dict[str, Any]) -> list[Any]:
    if found.get("type") == "FeatureCollection":
        features = found.get("features")
        if not isinstance(features, list):
            _refuse("a list of features", "none")
        return [geometry for one in features for geometry in _of_feature(one)]
    return _of_feature(found) if found.get("type") == "Feature" else [found]


def _of_feature(feature: object) -> list[Any]:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        _refuse("features", "something else among them")
    return [feature.get("geometry")]


def _polygon(geometry: object) -> BaseGeometry:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or kind not in POLYGONS:
        _refuse("polygons alone", "another geometry")
    parts = geometry.get("coordinates")
    parts = [parts] if kind == "Polygon" else parts
    if not isinstance(parts, list) or not parts:
        _refuse("a list of rings", "none")
    polygons = [_of_rings(rings) for rings in parts]
    return polygons[0] if kind == "Polygon" else shapely.MultiPolygon(polygons)


def _of_rings(rings: object) -> shapely.Polygon:
    if not isinstance(rings, list) or not rings:
        _refuse("a list of rings", "none")
    outer, *holes = (_ring(ring) for ring in rings)
    return shapely.Polygon(outer, holes)


def _ring(ring: object) -> list[tuple[float, float]]:
    if not isinstance(ring, list) or len(ring) < LEAST_RING:
        _refuse(f"rings of at least {LEAST_RING} positions", "fewer")
    points = [_position(position) for position in ring]
    if points[0] != points[-1]:
        _refuse("rings that end where they begin", "an open one")
    return points


def _position(position: object) -> tuple[float, float]:
    if not isinstance(position, list) or len(position) not in (2, 3):
        _refuse("positions of longitude and latitude", "something else")
    lon, lat = position[:2]
    if type(lon) not in (int, float) or type(lat) not in (int, float):
        _refuse("positions of numbers", "something else")
    if not (abs(lon) <= WORLD[0] and abs(lat) <= WORLD[1]):
        _refuse("degrees of longitude and latitude", "larger numbers: is it in metres?")
    return float(lon), float(lat)


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _refuse(expected: str, got: str) -> NoReturn:
    raise InvalidTerritoryError(f"expected {expected}, got {got}")
