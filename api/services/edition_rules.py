"""The rules that every row of open data keeps by itself, told by what its file says."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from geo.crs import is_on_earth
from web.open_columns import COUNTS, GEOMETRY, open_columns

from .edition_files import cell
from .edition_package import LEAST
from .export_hotspots import FORMULA_STARTS
from .open_rows import COLUMNS, OF_RATINGS, Row, coarse
from .public_rows import STEP
from .release_content import K_PUBLIC

RANGES = tuple(name.removesuffix("_low") for name in COLUMNS if name.endswith("_low"))
CENTRED = ("danger", "index", "relative")
"""Figures in the middle of their interval; the mean of a skew one, as a rate, may lie outside."""
TEXTS = ("type", "name", "reasons", "school")
"""Columns with text that comes from people or from OpenStreetMap."""
VALUES = {one.name: one.column.values for one in open_columns(str) if one.column.values}


@dataclass(frozen=True)
class Problem:
    """A rule that is broken, and where."""

    rule: str
    where: str
    found: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.where}: {self.found}"


def check_rows(rows: Sequence[Row]) -> list[Problem]:
    """Return which rules the rows of one file break by themselves."""
    if any(tuple(row) != COLUMNS for row in rows):
        return [Problem("columns", "rows", f"expected {' '.join(COLUMNS)}")]
    return [
        Problem(name, str(row["id"]), found)
        for row in rows
        for name, rule in ROW_RULES.items()
        for found in rule(row)
    ]


def _enough(row: Row) -> Iterator[str]:
    for name, least in LEAST.items():
        if row[name] is None and name == "participants":
            yield "no number of participants"
        if row[name] is not None and row[name] < least:
            yield f"{name} {row[name]}, at least {least} are needed"


def _rated_enough(row: Row) -> Iterator[str]:
    told = [name for name in OF_RATINGS if row[name] is not None]
    if told and (row["ratings"] or 0) < K_PUBLIC:
        yield f"{told[0]} from {row['ratings']} ratings, at least {K_PUBLIC} are needed"


def _in_fives(row: Row) -> Iterator[str]:
    for name in COUNTS:
        if row[name] is not None and row[name] % STEP:
            yield f"{name} {row[name]} is no multiple of {STEP}"


def _coarse(row: Row) -> Iterator[str]:
    for name in COLUMNS:
        if name not in COUNTS and row[name] is not None and coarse(name, row[name]) != row[name]:
            yield f"{name} {row[name]} is finer than it may be"


def _reasons(row: Row) -> Iterator[str]:
    for one in (row["reasons"] or "").split():
        count = int(one.partition(":")[2] or 0)
        if count < STEP or count % STEP:
            yield f"reason {one} is below {STEP} or not in fives"
        if count > (row["participants"] or 0):
            yield f"reason {one} is told of more than ride here"


def _parts(row: Row) -> Iterator[str]:
    for name in ("ratings", "reporters"):
        if (row[name] or 0) > (row["participants"] or 0):
            yield f"{name} {row[name]} of {row['participants']} participants"


def _ordered(row: Row) -> Iterator[str]:
    for name in RANGES:
        low, value, high = (row[f"{name}{end}"] for end in ("_low", "", "_high"))
        if None in (low, value, high):
            if (low, value, high) != (None, None, None):
                yield f"{name} without both ends of its interval"
        elif low > high:
            yield f"the interval of {name} ends before it begins"
        elif name in CENTRED and not low <= value <= high:
            yield f"{name} lies outside of its interval"


def _plain(row: Row) -> Iterator[str]:
    for name, values in VALUES.items():
        if row[name] not in values:
            yield f"{name} {row[name]!r} is none of {' '.join(values)}"
    for name in TEXTS:
        if cell(row[name]).startswith(FORMULA_STARTS):
            yield f"{name} begins like a formula"


def _located(row: Row) -> Iterator[str]:
    shape = row[GEOMETRY]
    kind = {"segment": "LineString", "intersection": "Point"}.get(row["kind"])
    if shape is None or shape.is_empty or shape.geom_type not in {kind, "Point"}:
        yield "no line or point"
    elif not all(is_on_earth(lon=x, lat=y) for x, y in shape.coords) or not is_on_earth(
        lon=row["lon"], lat=row["lat"]
    ):
        yield "not on earth: longitude before latitude"


ROW_RULES: dict[str, Callable[[Row], Iterator[str]]] = {
    "ten students": _enough,
    "ten ratings": _rated_enough,
    "in fives": _in_fives,
    "coarse figures": _coarse,
    "reasons": _reasons,
    "parts": _parts,
    "intervals": _ordered,
    "plain values": _plain,
    "places": _located,
}
