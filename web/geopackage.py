"""Layers, tables and styles in, one GeoPackage out that any GIS opens."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyogrio

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import geopandas as gpd

# What the GIS of a school or town reads without a warning; newer ones add nothing we write.
OPTIONS = {"driver": "GPKG", "VERSION": "1.2"}
GEOMETRY = "geom"
POINTS = frozenset({"crossings", "school", "intersections", "cases"})
"""Layers of points; all others are lines."""
COUNTERS = 24, 92
"""Where the header of an SQLite file counts its changes: sqlite.org/fileformat2.html, 1.3.7."""


def geopackage(
    layers: Mapping[str, gpd.GeoDataFrame],
    tables: Mapping[str, pd.DataFrame],
    styles: Mapping[str, str],
    *,
    day: date,
) -> bytes:
    """Return the layers with their spatial indexes, plain tables, and how QGIS draws the layers.

    The same values give the same bytes as long as GDAL and SQLite stay the same.

    Parameters
    ----------
    styles
        A QML document by the name of its layer.
    day
        What the file gives as the day of its last change.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "layers.gpkg"
        for name, frame in layers.items():
            kind = "Point" if name in POINTS else "LineString"
            pyogrio.write_dataframe(
                frame, path, layer=name, geometry_type=kind, append=path.exists(),
                SPATIAL_INDEX="YES", GEOMETRY_NAME=GEOMETRY, **OPTIONS,
            )  # fmt: skip
        styled = {"layer_styles": _styles(styles, day)} if styles else {}
        for name, table in {**tables, **styled}.items():
            pyogrio.write_dataframe(table, path, layer=name, append=True, **OPTIONS)
        _date(path, day)
        return path.read_bytes()


def _styles(styles: Mapping[str, str], day: date) -> pd.DataFrame:
    """Return the table in which QGIS keeps the styles of a GeoPackage."""
    return pd.DataFrame({
        "f_table_catalog": "",
        "f_table_schema": "",
        "f_table_name": list(styles),
        "f_geometry_column": GEOMETRY,
        "styleName": list(styles),
        "styleQML": list(styles.values()),
        "styleSLD": "",
        "useAsDefault": True,
        "description": "",
        "owner": "",
        "ui": "",
        "update_time": pd.Timestamp(day),
    })  # fmt: skip


def _date(path: Path, day: date) -> None:
    """Replace the moment of writing, which GDAL notes, by the day of what was written."""
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE gpkg_contents SET last_change = ?", (f"{day}T12:00:00.000Z",))
    # How often a file was changed while it was written hangs on the clock, and nobody needs it.
    with path.open("r+b") as header:
        for counter in COUNTERS:
            header.seek(counter)
            header.write((1).to_bytes(4, "big"))
