"""Files of a release for people's own tools: GeoJSON, CSV and GeoPackage from the same rows."""

import csv
import io
import json
import tempfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from geo.crs import WGS84
from web.columns import origin_columns, place_columns, position_columns

from .areas import LoadedArea
from .read_release import Published
from .tables import place_frame, place_record

ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0"
FLAT = tuple(
    column.name
    for columns in (place_columns, position_columns, origin_columns)
    for column in columns(str)
)
# 1.2 is what the GIS of a town reads without a warning; newer versions add nothing we write.
GEOPACKAGE = {"driver": "GPKG", "engine": "pyogrio", "VERSION": "1.2"}
# A spreadsheet runs what begins with one of these as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def hotspots_geojson(release: Published, area: LoadedArea) -> bytes:
    """Return the places as RFC 7946: WGS 84, longitude first, six decimals."""
    frame = place_frame(release, area)
    features = [
        {
            "type": "Feature",
            "id": row["id"],
            "geometry": json.loads(shapely.to_geojson(shapely.set_precision(geometry, 1e-6))),
            "properties": place_record(row),
        }
        for row, geometry in zip(release.places, frame.geometry, strict=True)
    ]
    collection = {
        "type": "FeatureCollection",
        "features": features,
        "release": release.heading(),
        "attribution": ATTRIBUTION,
    }
    return json.dumps(collection, ensure_ascii=False, allow_nan=False).encode()


def hotspots_csv(release: Published) -> bytes:
    """Return the places as CSV in UTF-8 with a byte-order mark, which spreadsheets need."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(FLAT)
    origin = {"release": release.number, "simulated": str(release.content["simulated"]).lower()}
    for row in release.places:
        figures = row | place_record(row) | origin
        writer.writerow([csv_cell(figures[column]) for column in FLAT])
    return text.getvalue().encode("utf-8-sig")


def hotspots_geopackage(release: Published, area: LoadedArea) -> bytes:
    """Return the places as GeoPackage: segments, intersections, and facts on the release."""
    frame = place_frame(release, area)
    facts = {
        **release.heading(),
        "missing": json.dumps(release.content["missing"]),
        "area": release.area_id,
        "network_version": release.content["network_version"],
        "osm_date": release.content["osm_date"] or "",
        "attribution": ATTRIBUTION,
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hotspots.gpkg"
        for layer, kind in (("segments", "segment"), ("intersections", "intersection")):
            frame[frame["kind"] == kind].to_file(path, layer=layer, **GEOPACKAGE)
        about = pd.DataFrame({"name": list(facts), "value": [str(v) for v in facts.values()]})
        gpd.GeoDataFrame(about, geometry=[None] * len(about), crs=WGS84).to_file(
            path, layer="release", **GEOPACKAGE
        )
        return path.read_bytes()


def csv_cell(value: object) -> object:
    """Return a value as a cell that no spreadsheet takes for a formula; empty for nothing."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return "" if value is None else value
