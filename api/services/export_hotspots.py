"""Files of a release for people's own tools, all of them from the same rows and columns."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from api.store.authorities import Case
from geo.crs import WGS84, to_metres
from geo.geoparquet import geoparquet
from web.columns import case_columns, origin_columns, place_columns, position_columns
from web.geopackage import geopackage
from web.qgis import layer_styles, qgis_project
from web.release_layers import default_layers, project_title, release_layers
from web.spreadsheet import Sheet, workbook
from web.translation import translations

from .areas import LoadedArea
from .read_release import Published
from .tables import (
    Record,
    case_frame,
    case_record,
    distinct_cases,
    place_frame,
    place_record,
)

ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0"
FLAT = tuple(
    column.name
    for columns in (place_columns, position_columns, origin_columns)
    for column in columns(str)
)
# A spreadsheet runs what begins with one of these as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Export:
    """What an account may take away of an area."""

    release: Published
    area: LoadedArea
    title: str
    cases: Mapping[str, Case]
    language: str
    today: date
    choice: str = ""
    """Which places of the release these are, as an address says it; empty for all."""

    @property
    def name(self) -> str:
        """Return the name of its files, without their ending."""
        chosen = "-chosen" if self.choice else ""
        return f"hotspots-{self.release.area_id}-{self.release.number}{chosen}"

    def say(self, words: str) -> str:
        """Return words in its language."""
        return translations(self.language).gettext(words)

    def facts(self) -> dict[str, str]:
        """Return what is true of all rows."""
        release = self.release
        about = {
            **release.heading(),
            "missing": json.dumps(release.content["missing"]),
            **({"choice": self.choice} if self.choice else {}),
            "area": release.area_id,
            "network_version": release.content["network_version"],
            "osm_date": release.content["osm_date"] or "",
            "attribution": ATTRIBUTION,
        }
        return {name: str(value) for name, value in about.items()}

    def dictionary(self) -> pd.DataFrame:
        """Return what each column means."""
        listed = (("segments intersections", place_columns), ("cases", case_columns))
        return pd.DataFrame([
            {
                "layers": layers, "column_name": one.name, "type": one.type, "unit": one.unit,
                "meaning": one.description,
            }
            for layers, columns in listed
            for one in columns(self.say)
        ])  # fmt: skip


def hotspots_geojson(export: Export) -> bytes:
    """Return the places as RFC 7946: WGS 84, longitude first, six decimals."""
    release = export.release
    frame = place_frame(release, export.area)
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


def hotspots_csv(export: Export) -> bytes:
    """Return the places as CSV in UTF-8 with a byte-order mark, which spreadsheets need."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(FLAT)
    for row in _flat_rows(export.release):
        writer.writerow([csv_cell(row[column]) for column in FLAT])
    return text.getvalue().encode("utf-8-sig")


def hotspots_xlsx(export: Export) -> bytes:
    """Return places and cases as a workbook with a page that explains the columns."""
    say = export.say
    names = export.area.network.places["name"]
    cases = [case_record(case, names, export.today) for case in distinct_cases(export.cases)]
    columns = [*place_columns(say), *position_columns(say), *origin_columns(say)]
    sheets = [
        Sheet("places", columns, _flat_rows(export.release)),
        Sheet("cases", case_columns(say), cases),
    ]
    made = datetime.combine(export.release.day, time(12), UTC)
    return workbook(sheets, export.facts(), made, say)


def hotspots_parquet(export: Export) -> bytes:
    """Return the places as GeoParquet, with what its columns mean in its metadata."""
    meanings = {
        one.name: f"{one.description} ({one.unit})" if one.unit else one.description
        for one in place_columns(export.say)
    }
    frame = place_frame(export.release, export.area)
    return geoparquet(frame, {"about": export.facts(), "columns": meanings})


def hotspots_geopackage(export: Export) -> bytes:
    """Return segments, intersections and cases with their styles, and tables that explain them."""
    frame = place_frame(export.release, export.area)
    facts = export.facts()
    layers = {
        "segments": frame[(frame["kind"] == "segment") & (frame.geom_type == "LineString")],
        "intersections": frame[frame["kind"] == "intersection"],
        "cases": case_frame(distinct_cases(export.cases), export.area, export.today),
    }
    tables = {
        "release": pd.DataFrame({"name": list(facts), "value": list(facts.values())}),
        "columns": export.dictionary(),
    }
    styles = layer_styles(default_layers(export.release.mode, export.say))
    return geopackage(layers, tables, styles, day=export.release.day)


def hotspots_project(export: Export) -> bytes:
    """Return a folder with the GeoPackage and the project that opens it in QGIS, packed."""
    say, table = export.say, f"{export.name}.gpkg"
    around = [shapely.Point(row["lon"], row["lat"]) for row in export.release.places]
    project = qgis_project(
        release_layers(export.release.mode, say),
        title=project_title(export.title, say),
        geopackage=table,
        around=to_metres(gpd.GeoSeries([shapely.MultiPoint(around).envelope], crs=WGS84)),
        meanings={},
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, content in (
            (f"{export.name}.qgs", project), (table, hotspots_geopackage(export)),
        ):  # fmt: skip
            moment = (*export.release.day.timetuple()[:3], 12, 0, 0)
            folder.writestr(zipfile.ZipInfo(f"{export.name}/{name}", moment), content)
    return packed.getvalue()


@dataclass(frozen=True)
class Format:
    """One kind of file: what it is called, as what it is sent, and what writes it."""

    label: str
    media: str
    write: Callable[[Export], bytes]


FORMATS = {
    "gpkg": Format("GeoPackage", "application/geopackage+sqlite3", hotspots_geopackage),
    "zip": Format("QGIS", "application/zip", hotspots_project),
    "geojson": Format("GeoJSON", "application/geo+json", hotspots_geojson),
    "parquet": Format("GeoParquet", "application/vnd.apache.parquet", hotspots_parquet),
    "xlsx": Format(
        "Excel",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        hotspots_xlsx,
    ),
    "csv": Format("CSV", "text/csv; charset=utf-8", hotspots_csv),
}
"""By the ending of a file's name."""


def _flat_rows(release: Published) -> list[Record]:
    origin = {"release": release.number, "simulated": release.content["simulated"]}
    return [row | place_record(row) | origin for row in release.places]


def csv_cell(value: Any) -> object:  # noqa: ANN401 - a figure of any kind
    """Return a value as a cell of CSV that no spreadsheet runs as a formula."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else value
