"""Files of a release for people's own tools: GeoJSON, CSV and GeoPackage from the same rows."""

import csv
import io
import json
import tempfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geo.crs import WGS84

from .areas import LoadedArea
from .read_release import Published

ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0"
COLUMNS = (
    "rank", "id", "kind", "type", "name", "state", "index", "index_low", "index_high",
    "danger", "danger_low", "danger_high",
    "participants", "passages", "ratings", "mean_rating", "reporters", "rate", "rate_low",
    "rate_high", "expected", "weight", "relative", "relative_low", "relative_high", "probability",
    "avoidable", "avoidable_low", "avoidable_high", "top10", "excess", "stress", "assumed",
)  # fmt: skip
# 1.2 is what the GIS of a town reads without a warning; newer versions add nothing we write.
GEOPACKAGE = {"driver": "GPKG", "engine": "pyogrio", "VERSION": "1.2"}
# A spreadsheet runs what begins with one of these as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def hotspots_geojson(release: Published, area: LoadedArea) -> bytes:
    """Return the places as RFC 7946: WGS 84, longitude first, six decimals."""
    frame = _frame(release, area)
    features = [
        {
            "type": "Feature",
            "id": row["id"],
            "geometry": json.loads(shapely.to_geojson(shapely.set_precision(geometry, 1e-6))),
            "properties": _properties(row),
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
    writer.writerow([*COLUMNS, "lon", "lat", "reasons", "release", "simulated"])
    for row in release.places:
        writer.writerow(
            [_cell(row[column]) for column in COLUMNS]
            + [row["lon"], row["lat"], _reasons(row), release.number]
            + [str(release.content["simulated"]).lower()]
        )
    return text.getvalue().encode("utf-8-sig")


def hotspots_geopackage(release: Published, area: LoadedArea) -> bytes:
    """Return the places as GeoPackage: segments, intersections, and facts on the release."""
    frame = _frame(release, area)
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


def _frame(release: Published, area: LoadedArea) -> gpd.GeoDataFrame:
    rows = [_properties(row) for row in release.places]
    columns = [*COLUMNS, "reasons"]
    places = area.network.places
    known = [row["id"] in places.index for row in release.places]
    geometry = [
        places.geometry.loc[row["id"]] if there else shapely.Point(row["lon"], row["lat"])
        for row, there in zip(release.places, known, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=columns)
    frame["reasons"] = [_reasons(row) for row in release.places]
    return gpd.GeoDataFrame(frame, geometry=geometry, crs=WGS84)


def _properties(row: dict[str, Any]) -> dict[str, Any]:
    return {column: row[column] for column in COLUMNS} | {"reasons": row["reasons"]}


def _reasons(row: dict[str, Any]) -> str:
    return " ".join(f"{reason}:{count}" for reason, count in row["reasons"].items())


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return "" if value is None else value
