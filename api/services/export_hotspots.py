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
    "rank", "rank_danger", "id", "kind", "type", "name", "state", "index", "index_low",
    "index_high", "danger", "danger_low", "danger_high", "evidence",
    "participants", "passages", "exposure", "ratings", "mean_rating", "reporters", "rate",
    "rate_low", "rate_high", "expected", "normal", "weight", "relative", "relative_low",
    "relative_high", "probability", "yearly", "yearly_low", "yearly_high", "avoidable",
    "avoidable_low", "avoidable_high", "top10", "excess", "excess_low", "excess_high",
    "crashes", "crashes_ksi", "crashes_slight", "crash_share", "cluster", "cluster_p", "heat",
    "stress", "assumed",
)  # fmt: skip
SHARES = ("forward", "backward", "before_school", "after_school")
LISTED = (*(f"passages_{share}" for share in SHARES), "assumptions")
"""What a release nests, flat: a GIS has no columns within columns."""
# GDAL would make text of a column in which nothing is known, and a GIS reads no number from it.
WHOLE = ("rank_danger", "crashes", "crashes_ksi", "crashes_slight")
TEXTS = ("id", "kind", "type", "name", "state", "cluster")
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
    writer.writerow([*COLUMNS, *LISTED, "lon", "lat", "reasons", "release", "simulated"])
    for row in release.places:
        figures = _figures(row)
        writer.writerow(
            [_cell(figures[column]) for column in (*COLUMNS, *LISTED)]
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
    columns = [*COLUMNS, *LISTED]
    frame = pd.DataFrame([_figures(row) for row in release.places], columns=columns)
    numbers = [column for column in COLUMNS if column not in TEXTS]
    frame[numbers] = frame[numbers].apply(pd.to_numeric)
    frame = frame.astype(dict.fromkeys(WHOLE, "Int64") | {"cluster": "string"})
    passages = [column for column in LISTED if column.startswith("passages_")]
    frame[passages] = frame[passages].astype(float)
    frame["reasons"] = [_reasons(row) for row in release.places]
    places = area.network.places
    geometry = [
        places.geometry.loc[row["id"]]
        if row["id"] in places.index
        else shapely.Point(row["lon"], row["lat"])
        for row in release.places
    ]
    return gpd.GeoDataFrame(frame, geometry=geometry, crs=WGS84)


def _properties(row: dict[str, Any]) -> dict[str, Any]:
    return _figures(row) | {"reasons": row["reasons"]}


def _figures(row: dict[str, Any]) -> dict[str, Any]:
    return (
        {column: row[column] for column in COLUMNS}
        | {f"passages_{share}": row["passages_by"].get(share) for share in SHARES}
        | {"assumptions": " ".join(row["assumptions"])}
    )


def _reasons(row: dict[str, Any]) -> str:
    return " ".join(f"{reason}:{count}" for reason, count in row["reasons"].items())


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return "" if value is None else value
