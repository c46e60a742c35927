"""Rows with a geometry: GeoPackage through GDAL, GeoJSON without it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyogrio
import pyproj
import shapely

from geo.crs import WGS84

from .errors import CrashFileUnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

GEOMETRY = ("@x", "@y")
"""Columns of the point of a row; a row without one has blanks there."""
APPLICATION_AT, APPLICATIONS = 68, (b"GPKG", b"GP10", b"GP11")
NAMED_CRS = re.compile(
    r"(?:urn:ogc:def:crs:)?(EPSG|OGC)(?::|::|:[\d.]+:)(\d{3,6}|CRS84)", re.IGNORECASE
)

Features = tuple[tuple[str, ...], list[list[str]], str | None]


def read_geopackage_rows(path: Path, most: int) -> Features:
    """Return columns, cells by column, and the coordinate system of the first layer of points.

    Raises
    ------
    CrashFileUnreadableError
        If it is no GeoPackage, is damaged, or has no layer of points.
    """
    # Only what says that it is a GeoPackage reaches GDAL, which opens far more than files.
    with path.open("rb") as file:
        if file.read(APPLICATION_AT + 4)[APPLICATION_AT:] not in APPLICATIONS:
            raise CrashFileUnreadableError("expected a GeoPackage, got another SQLite file")
    try:
        layer = _layer_of_points(pyogrio.list_layers(path))
        meta, _, shapes, values = pyogrio.raw.read(
            path, layer=layer, max_features=most + 1, datetime_as_string=True
        )
        points = _points(shapely.from_wkb(shapes, on_invalid="ignore"))
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise CrashFileUnreadableError("expected a GeoPackage, got a damaged one") from error
    except (shapely.errors.ShapelyError, ValueError, UnicodeError) as error:
        raise CrashFileUnreadableError(f"expected a GeoPackage, got {error}") from error
    if len(points) > most:
        raise CrashFileUnreadableError(f"expected at most {most:,} rows, got more")
    columns = tuple(str(name) for name in meta["fields"])
    cells = [[_text(value) for value in column] for column in values]
    return (*columns, *GEOMETRY), [*cells, *_coordinates(points)], meta["crs"]


def _layer_of_points(layers: np.ndarray) -> str:
    for name, kind in layers:
        if kind is not None and ("Point" in kind or kind == "Unknown"):
            return str(name)
    raise CrashFileUnreadableError("expected a layer of points, got none")


def _points(shapes: np.ndarray) -> np.ndarray:
    """Return what is a point, or a collection of one, as (n, 2); NaN for anything else."""
    kinds = shapely.get_type_id(shapes)
    several = kinds == shapely.GeometryType.MULTIPOINT
    single = several & (shapely.get_num_geometries(shapes) == 1)
    shapes = np.where(single, shapely.get_geometry(shapes, 0), shapes)
    is_point = shapely.get_type_id(shapes) == shapely.GeometryType.POINT
    points = shapes.copy()
    points[~is_point] = None
    return np.column_stack([shapely.get_x(points), shapely.get_y(points)])


def _coordinates(points: np.ndarray) -> Iterable[list[str]]:
    for column in points.T.tolist():
        yield ["" if value != value else repr(value) for value in column]  # noqa: PLR0124 - NaN


def read_geojson_rows(path: Path, most: int) -> Features:
    """Return columns, cells by column, and the coordinate system of a FeatureCollection.

    GDAL is not asked: it takes some JSON for instructions to read other files.

    Raises
    ------
    CrashFileUnreadableError
        If it is no JSON, no FeatureCollection, or names a coordinate system that nobody knows.
    """
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise CrashFileUnreadableError("expected GeoJSON, got damaged JSON") from error
    features = content.get("features")
    if content.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise CrashFileUnreadableError("expected a GeoJSON FeatureCollection")
    if len(features) > most:
        raise CrashFileUnreadableError(f"expected at most {most:,} rows, got more")
    rows = [_properties(feature) for feature in features]
    names = tuple(dict.fromkeys(name for row in rows for name in row))
    cells = [[_text(row.get(name)) for row in rows] for name in names]
    places = [_position(feature) for feature in features]
    points = [[place[axis] for place in places] for axis in (0, 1)]
    columns = (*map(_whole_letters, names), *GEOMETRY)
    return columns, [*cells, *points], _named_crs(content.get("crs"))


def _properties(feature: object) -> dict[str, Any]:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise CrashFileUnreadableError("expected features in `features`, got something else")
    known = feature.get("properties")
    properties = dict(known) if isinstance(known, dict) else {}
    if isinstance(feature.get("id"), str | int) and not {"id", "ID", "Id"} & properties.keys():
        properties["id"] = feature["id"]
    return properties


def _position(feature: dict[str, Any]) -> tuple[str, str]:
    match feature.get("geometry"):
        case {"type": "Point", "coordinates": [int() | float() as x, int() | float() as y, *_]}:
            return repr(x), repr(y)
        case {
            "type": "MultiPoint",
            "coordinates": [[int() | float() as x, int() | float() as y, *_]],
        }:
            return repr(x), repr(y)
    return "", ""


def _named_crs(member: object) -> str:
    if member is None:
        return WGS84
    match member:
        case {"type": "name", "properties": {"name": str(name)}} if found := NAMED_CRS.fullmatch(
            name
        ):
            authority, code = found.groups()
            text = f"{authority.upper()}:{code.upper()}"
            try:
                pyproj.CRS.from_user_input(text)
            except pyproj.exceptions.CRSError as error:
                raise CrashFileUnreadableError(
                    f"expected a known coordinate system, got {text}"
                ) from error
            return text
    raise CrashFileUnreadableError("expected a named `crs` or none")


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool() | np.bool_():
            return "1" if value else "0"
        case float() | np.floating():
            if pd.isna(value):
                return ""
            number = float(value)
            return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)  # noqa: PLR2004 - exact so far
        case dict() | list():
            return json.dumps(value, ensure_ascii=False)
    text = _whole_letters(str(value))
    return "" if text in {"NaT", "None"} else text


def _whole_letters(text: str) -> str:
    # JSON can write half a letter, which no database and no page takes.
    return text.encode("utf-8", "replace").decode("utf-8")
