"""The description of an edition as a Frictionless data package, which programs read first."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from web.open_columns import COUNTS, OpenColumn, open_columns

from .edition_facts import (
    ATTRIBUTION,
    ATTRIBUTION_ADDRESS,
    KEYWORDS,
    LICENCE,
    EditionFacts,
)
from .public_rows import STEP
from .release_content import K_PUBLIC

MEDIA_TYPES = {
    "gpkg": "application/geopackage+sqlite3",
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv",
    "json": "application/json",
    "txt": "text/plain",
    "cff": "application/yaml",
}
LEAST = {"participants": K_PUBLIC, **{name: STEP for name in COUNTS if name != "participants"}}
"""The smallest number that a count can have."""
SHARES = ("0–1",)


def data_package(
    facts: EditionFacts, files: Mapping[str, bytes], box: Sequence[float], rows: int
) -> dict[str, Any]:
    """Return the package of these files: `box` is west, south, east, north."""
    first, last = facts.days
    return {
        "profile": "data-package",
        "name": facts.stem,
        "id": facts.address,
        "title": facts.title,
        "description": facts.description,
        "version": facts.version,
        "created": f"{facts.day.isoformat()}T00:00:00Z",
        "homepage": facts.address,
        "keywords": list(KEYWORDS),
        "licenses": [LICENCE],
        "sources": [
            {"title": f"Answers of students, release {facts.release}"},
            {"title": ATTRIBUTION, "path": ATTRIBUTION_ADDRESS},
        ],
        "contributors": [{"title": facts.publisher, "role": "publisher"}],
        "temporal": {"start": first.isoformat(), "end": last.isoformat()},
        "spatial": {"bbox": list(box)},
        "resources": [
            _resource(name, content, facts, rows) for name, content in sorted(files.items())
        ],
    }


def media_type(name: str) -> str:
    """Return the media type of a file of an edition."""
    return MEDIA_TYPES.get(name.rpartition(".")[2], "text/plain")


def _resource(name: str, content: bytes, facts: EditionFacts, rows: int) -> dict[str, Any]:
    stem, _, ending = name.rpartition(".")
    told: dict[str, Any] = {
        "name": f"{stem}-{ending}".lower(),
        "path": name,
        "format": ending,
        "mediatype": media_type(name),
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }
    if name == f"{facts.stem}.csv":
        table = {"encoding": "utf-8", "rows": rows, "schema": table_schema()}
        return told | {"profile": "tabular-data-resource", "type": "table"} | table
    return told | {"type": "file"}


def table_schema() -> dict[str, Any]:
    """Return the schema of the rows: types, what may be missing, and what the rules promise."""
    return {
        "fields": [_field(one) for one in open_columns(str)],
        "missingValues": [""],
        "primaryKey": ["id"],
    }


def _field(one: OpenColumn) -> dict[str, Any]:
    column = one.column
    constraints: dict[str, Any] = {}
    if one.name in {"id", "participants"}:
        constraints["required"] = True
    if one.name in LEAST:
        constraints["minimum"] = LEAST[one.name]
    if column.unit in SHARES:
        constraints |= {"minimum": 0, "maximum": 1}
    if column.values:
        constraints["enum"] = list(column.values)
    described = ". ".join(filter(None, (column.description, one.rounding)))
    return {
        "name": one.name,
        "type": column.type,
        "description": described,
        **({"unit": column.unit} if column.unit else {}),
        **({"constraints": constraints} if constraints else {}),
    }
