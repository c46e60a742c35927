"""The files of an edition: the same rows three times, and what explains, licenses and proves them.

The same rows and facts give the same bytes, as long as the libraries that write them stay the same.
"""

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from geo.crs import WGS84
from web.geopackage import geopackage
from web.open_columns import GEOMETRY, OpenColumn, open_columns

from .edition_facts import (
    ATTRIBUTION,
    ATTRIBUTION_ADDRESS,
    KEYWORDS,
    LICENCE,
    SIMULATED,
    EditionFacts,
)
from .edition_package import data_package
from .export_hotspots import FORMULA_STARTS
from .open_rows import COLUMNS, Row
from .tables import typed

CHECKSUMS, PACKAGE = "SHA256SUMS", "datapackage.json"
LAYERS = {"segments": "segment", "intersections": "intersection"}


def edition_files(facts: EditionFacts, rows: Sequence[Row]) -> dict[str, bytes]:
    """Return every file of an edition by its name; `rows` are those of `open_rows`, in order."""
    frame = _frame(rows)
    listed = dictionary(facts)
    files = {
        f"{facts.stem}.gpkg": _geopackage(frame, facts),
        f"{facts.stem}.parquet": _parquet(frame),
        f"{facts.stem}.csv": _csv(COLUMNS, (cells(row) for row in rows)),
        "dictionary.csv": _csv(listed[0], (one.values() for one in listed)),
        "dictionary.json": _json(about(facts) | {"columns": listed}),
        "LICENSE.txt": _licence(facts).encode(),
        "CITATION.cff": _citation(facts).encode(),
    }
    box = shapely.total_bounds([row[GEOMETRY] for row in rows]).tolist()
    package = data_package(facts, files, box, len(rows))
    files[PACKAGE] = _json(package | {"barometer": about(facts) | {"rows": len(rows)}})
    files[CHECKSUMS] = checksums(files).encode()
    return files


def about(facts: EditionFacts) -> dict[str, Any]:
    """Return the facts as JSON, so that programs need not read sentences."""
    return asdict(facts) | {"day": facts.day.isoformat(), "citation": facts.citation}


def dictionary(facts: EditionFacts) -> list[dict[str, str]]:
    """Return what every column of the data is, in their order."""
    return [_entry(one, facts) for one in open_columns(str)]


def cells(row: Row) -> list[str]:
    """Return a row as the texts of a CSV file."""
    return [cell(row[name]) for name in COLUMNS]


def checksums(files: dict[str, bytes]) -> str:
    """Return what `sha256sum --check` reads."""
    return "".join(f"{sha256(content)}  {name}\n" for name, content in sorted(files.items()))


def sha256(content: bytes) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(content).hexdigest()


def _entry(one: OpenColumn, facts: EditionFacts) -> dict[str, str]:
    note = f". {SIMULATED}" if one.name == "simulated" and facts.simulated else ""
    return {
        "name": one.name,
        "type": one.column.type,
        "unit": one.column.unit,
        "description": one.column.description + note,
        "values": " ".join(one.column.values),
        "rounding": one.rounding,
    }


def _frame(rows: Sequence[Row]) -> gpd.GeoDataFrame:
    columns = [one.column for one in open_columns(str) if one.name != GEOMETRY]
    frame = typed([{one.name: row[one.name] for one in columns} for row in rows], columns)
    frame[GEOMETRY] = [row[GEOMETRY] for row in rows]
    return gpd.GeoDataFrame(frame, geometry=GEOMETRY, crs=WGS84)


def _geopackage(frame: gpd.GeoDataFrame, facts: EditionFacts) -> bytes:
    layers = {name: frame[frame["kind"] == kind] for name, kind in LAYERS.items()}
    said = about(facts) | {"licence": LICENCE["path"], "attribution": ATTRIBUTION}
    table = pd.DataFrame({"name": list(said), "value": [str(value) for value in said.values()]})
    return geopackage(layers, {"about": table}, {}, day=facts.day)


def _parquet(frame: gpd.GeoDataFrame) -> bytes:
    # Without `crs` GeoParquet means OGC:CRS84. GeoPandas would spell the system out, and how PROJ
    # spells it differs from thread to thread: the same rows would not give the same bytes.
    column = {
        "encoding": "WKB",
        "geometry_types": sorted(frame.geom_type.unique()),
        "bbox": frame.total_bounds.tolist(),
    }
    geo = {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
    table = pa.Table.from_pandas(frame.to_wkb(), preserve_index=False)
    file = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), file)
    return file.getvalue()


def _csv(names: Sequence[str] | dict[str, str], rows: Any) -> bytes:  # noqa: ANN401 - rows of texts
    text = io.StringIO(newline="")
    writer = csv.writer(text)  # lines end as RFC 4180 has it
    writer.writerow(names)
    writer.writerows(rows)
    return text.getvalue().encode()


def cell(value: Any) -> str:  # noqa: ANN401 - a value of any column
    """Return a value as the text of a CSV file; none that a spreadsheet takes for a formula."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float():
            return repr(value).removesuffix(".0")
        case shapely.Geometry():
            return str(shapely.to_wkt(value, rounding_precision=6))
        case _:
            text = str(value)
            return (
                f"'{text}" if text.startswith(FORMULA_STARTS) and isinstance(value, str) else text
            )


def _json(content: object) -> bytes:
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, indent=2, sort_keys=True)
    return f"{text}\n".encode()


def _licence(facts: EditionFacts) -> str:
    simulated = f"{SIMULATED}\n\n" if facts.simulated else ""
    return (
        f"{simulated}{facts.title}\n{facts.address}\n\n"
        f"This database is made available under the {LICENCE['title']} (ODbL):\n"
        f"{LICENCE['path']}\n\n"
        "It is derived from OpenStreetMap: the streets and crossings, their names and what they "
        "are like.\nTherefore it has the same licence. You may use, change and share it, also "
        "for money, if you\n"
        f"- name the source: {facts.publisher}; {ATTRIBUTION} ({ATTRIBUTION_ADDRESS});\n"
        "- share what you derive from it as a database under the same licence;\n"
        "- keep it open: technical locks only beside a copy without them.\n\n"
        f"Cite it as: {facts.citation}\n"
    )


def _citation(facts: EditionFacts) -> str:
    # Text in JSON's quotes is text in YAML's.
    def quoted(text: str) -> str:
        return json.dumps(text, ensure_ascii=False)

    return (
        "cff-version: 1.2.0\n"
        "type: dataset\n"
        'message: "Cite this data set as below."\n'
        f"title: {quoted(facts.title)}\n"
        f"abstract: {quoted(facts.description)}\n"
        "authors:\n"
        f"  - name: {quoted(facts.publisher)}\n"
        f"version: {quoted(facts.version)}\n"
        f"date-released: {facts.day.isoformat()}\n"
        f"url: {quoted(facts.address)}\n"
        "license: ODbL-1.0\n"
        f"keywords: {json.dumps(KEYWORDS)}\n"
    )
