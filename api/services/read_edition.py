"""Read the files of an edition back, each as the rows that it says."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely

from api.errors import DamagedEditionError
from web.open_columns import GEOMETRY

from .edition_files import LAYERS, PACKAGE
from .open_rows import Row


def read_package(folder: Path) -> dict[str, Any]:
    """Return the data package of an edition."""
    try:
        package: dict[str, Any] = json.loads((folder / PACKAGE).read_bytes())
    except (OSError, ValueError) as error:
        raise DamagedEditionError(f"{folder.name}: {PACKAGE} cannot be read") from error
    return package


def edition_rows(folder: Path) -> dict[str, Row]:
    """Return the rows of an edition by place, from its GeoParquet file."""
    path = next(folder.glob("*.parquet"), None)
    if path is None:
        raise DamagedEditionError(f"{folder.name}: there is no GeoParquet file")
    return {row["id"]: row for row in read_parquet(path)}


def read_parquet(path: Path) -> list[Row]:
    """Return the rows of a GeoParquet file."""
    try:
        return list(_rows(pq.read_table(path)))
    except (OSError, pa.ArrowException) as error:
        raise DamagedEditionError(f"{path.name} cannot be read") from error


def read_geopackage(path: Path) -> list[Row]:
    """Return the rows of the layers of a GeoPackage, in the order of their ids."""
    found: list[Row] = []
    try:
        for layer in LAYERS:
            _, table = pyogrio.read_arrow(path, layer=layer)
            found += _rows(table)
    except (OSError, pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise DamagedEditionError(f"{path.name} cannot be read") from error
    return sorted(found, key=lambda row: str(row.get("id")))


def read_csv(path: Path) -> tuple[list[str], list[list[str]]]:
    """Return the names of the columns of a CSV file, and its rows as texts."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            lines = list(csv.reader(file, strict=True))
    except (OSError, ValueError) as error:
        raise DamagedEditionError(f"{path.name} cannot be read") from error
    if not lines:
        raise DamagedEditionError(f"{path.name} is empty")
    return lines[0], lines[1:]


def _rows(table: pa.Table) -> Iterator[Row]:
    for row in table.to_pylist():
        yield row | ({GEOMETRY: shapely.from_wkb(row[GEOMETRY])} if GEOMETRY in row else {})
