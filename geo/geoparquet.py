"""GeoParquet: lines read batch by batch, and tables written."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from .errors import RouteFileUnreadableError
from .lines import EXPECTED, RouteLine, given_id, line_without, reprojection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import geopandas as gpd

    from .lines import Reproject

BATCH = 1_000
NAMES = ("id", "name")
LINES = (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING)
LONGITUDE_FIRST = "OGC:CRS84"


def read_geoparquet(path: Path) -> Iterator[RouteLine]:
    """Yield the rows of a GeoParquet file in WGS 84.

    Raises
    ------
    RouteFileUnreadableError
        If it is not Parquet, has no geometry, or its coordinate system is unknown.
    """
    try:
        with pq.ParquetFile(path) as file:
            column, reproject = _geometry(file.schema_arrow.metadata or {})
            names = [name for name in NAMES if name in file.schema_arrow.names]
            for batch in file.iter_batches(BATCH, columns=[column, *names]):
                yield from _routes(batch, column, reproject)
    except pa.ArrowException as error:
        raise RouteFileUnreadableError(f"expected GeoParquet, got {error}") from error


def geoparquet(frame: gpd.GeoDataFrame, about: Mapping[str, object]) -> bytes:
    """Return a table as GeoParquet, geometry as WKB, longitude first.

    Parameters
    ----------
    about
        What is true of the whole file, kept as JSON under `barometer` in its metadata.
    """
    plain, file = io.BytesIO(), io.BytesIO()
    frame.to_parquet(plain, index=False)
    table = pq.read_table(plain)
    told = {b"barometer": json.dumps(about, ensure_ascii=False).encode()}
    table = table.replace_schema_metadata((table.schema.metadata or {}) | told)
    pq.write_table(table, file, compression="zstd")
    return file.getvalue()


def _geometry(metadata: dict[bytes, bytes]) -> tuple[str, Reproject | None]:
    """Return the column of the geometry, and what turns it into degrees."""
    if b"geo" not in metadata:
        raise RouteFileUnreadableError("expected GeoParquet, got Parquet without geometry")
    try:
        said = json.loads(metadata[b"geo"])
        column = said["primary_column"]
        about: dict[str, Any] = said["columns"][column]
    except (ValueError, KeyError, TypeError) as error:
        raise RouteFileUnreadableError(
            f"expected GeoParquet, got damaged `geo`: {error}"
        ) from error
    if about.get("encoding") != "WKB":
        raise RouteFileUnreadableError(f"expected geometry as WKB, got {about.get('encoding')!r}")
    crs = about.get("crs", LONGITUDE_FIRST)
    if crs is None:
        raise RouteFileUnreadableError("expected a coordinate system, got GeoParquet without one")
    return column, reprojection(crs)


def _routes(batch: pa.RecordBatch, column: str, reproject: Reproject | None) -> Iterator[RouteLine]:
    shapes = shapely.from_wkb(
        batch.column(column).to_numpy(zero_copy_only=False), on_invalid="ignore"
    )
    given = [batch.column(name).to_pylist() for name in NAMES if name in batch.schema.names]
    names = zip(*given, strict=True) if given else ((),) * len(shapes)
    for shape, candidates in zip(shapes, names, strict=True):
        name = given_id(*candidates)
        if shape is None:
            yield line_without(name, f"{EXPECTED}, got no geometry")
        elif shapely.get_type_id(shape) not in LINES:
            yield line_without(name, f"{EXPECTED}, got a {shape.geom_type}")
        else:
            line = np.asarray(shapely.get_coordinates(shape), dtype=float)
            yield RouteLine(name, reproject(line) if reproject else line)
