"""Check an edition by what is written in its files: no rule of PRIVACY §3 may be broken."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.errors import DamagedEditionError

from .edition_files import CHECKSUMS, cells
from .edition_origin import Origin
from .edition_rules import ROW_RULES, Problem, check_rows
from .open_rows import COLUMNS, Row
from .public_rows import rests_on_one_class
from .read_edition import (
    read_csv,
    read_geopackage,
    read_package,
    read_parquet,
)
from .release_content import K_PUBLIC


@dataclass(frozen=True)
class Checked:
    """The report of a check: how many rows, which rules, and what breaks them."""

    rows: int
    rules: tuple[str, ...]
    problems: tuple[Problem, ...]


def check_edition(folder: Path, origin: Origin | None = None) -> Checked:
    """Read an edition back and return what was checked, and every rule that is broken.

    Without `origin`, as somebody has it who downloaded the files, what needs the release is not
    checked: classes, schools, and how many people stand behind a change.
    """
    rules = (*FILE_RULES, "columns", *ROW_RULES, *(ORIGIN_RULES if origin else ()))
    try:
        package = read_package(folder)
        rows = read_parquet(_only(folder, "parquet"))
        problems = [one for rule in FILE_RULES.values() for one in rule(folder, package, rows)]
    except DamagedEditionError as error:
        return Checked(0, rules, (Problem("whole files", folder.name, str(error)),))
    problems += check_rows(rows)
    # Rows without the right columns cannot be compared with anything.
    if origin is not None and not any(one.rule == "columns" for one in problems):
        problems += (one for rule in ORIGIN_RULES.values() for one in rule(rows, origin))
    return Checked(len(rows), rules, tuple(problems))


def _only(folder: Path, ending: str) -> Path:
    found = sorted(folder.glob(f"*.{ending}"))
    found = [path for path in found if path.stem != "dictionary"]
    if len(found) != 1:
        raise DamagedEditionError(f"expected one .{ending} file, got {len(found)}")
    return found[0]


def _whole(folder: Path, package: Mapping[str, Any], _rows: Sequence[Row]) -> Iterator[Problem]:
    """Tell files that are missing, too many, or not as package and checksums say."""
    lines = (line.partition("  ") for line in _text(folder / CHECKSUMS).splitlines())
    listed = {name: digest for digest, _, name in lines}
    there = {path.name for path in folder.iterdir()} - {CHECKSUMS}
    for name in sorted(there ^ listed.keys()):
        yield Problem("whole files", name, "listed or there, but not both")
    for name in sorted(there & listed.keys()):
        content = (folder / name).read_bytes()
        if hashlib.sha256(content).hexdigest() != listed[name]:
            yield Problem("whole files", name, f"its SHA-256 is not the one in {CHECKSUMS}")
    for one in package["resources"]:
        path = folder / one["path"]
        if listed.get(one["path"]) != one["hash"].removeprefix("sha256:"):
            yield Problem("whole files", one["path"], "package and checksums differ")
        if not path.is_file() or path.stat().st_size != one["bytes"]:
            yield Problem("whole files", one["path"], f"expected {one['bytes']} bytes")


def _same(folder: Path, package: Mapping[str, Any], rows: Sequence[Row]) -> Iterator[Problem]:
    """Tell where GeoPackage and CSV do not say what the GeoParquet file says, row by row."""
    packed = read_geopackage(_only(folder, "gpkg"))
    names, lines = read_csv(_only(folder, "csv"))
    said = [cells(row) for row in rows if tuple(row) == COLUMNS]
    if tuple(names) != COLUMNS:
        yield Problem("columns", "CSV", f"expected {' '.join(COLUMNS)}")
    if any(row.keys() != set(COLUMNS) for row in packed):
        yield Problem("columns", "GeoPackage", f"expected {' '.join(COLUMNS)}")
    elif packed != list(rows):
        yield Problem("same rows", "GeoPackage", "its rows are not those of the GeoParquet file")
    if lines != said:
        yield Problem("same rows", "CSV", "its rows are not those of the GeoParquet file")
    if package["barometer"]["rows"] != len(rows) or len({row.get("id") for row in rows}) != len(
        rows
    ):
        yield Problem("same rows", "package", "a place twice, or another number of rows")


def _honest(folder: Path, package: Mapping[str, Any], rows: Sequence[Row]) -> Iterator[Problem]:
    """Tell files of simulated data that do not say so."""
    simulated = bool(package["barometer"]["simulated"])
    if any(row.get("simulated") is not simulated for row in rows):
        yield Problem("simulated", "rows", f"expected `simulated` to be {simulated}")
    if simulated:
        for path in sorted(folder.iterdir()):
            if b"simulated" not in path.read_bytes().lower():
                yield Problem("simulated", path.name, "does not say that it is simulated")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise DamagedEditionError(f"{path.name} cannot be read") from error


def _public(rows: Sequence[Row], origin: Origin) -> Iterator[Problem]:
    """Tell rows of too few students or classes in the release, and older ones that changed."""
    staff = {row["id"]: row for row in origin.release.places}
    alone = rests_on_one_class(origin.release) or origin.release.content["simulated"]
    before = origin.earlier[0] if origin.earlier else {}
    for row in rows:
        place = row["id"]
        if row["release"] != origin.release.number:
            if before.get(place) != row:
                yield Problem("as released", place, "an older row that no edition has")
        elif place not in staff or staff[place]["participants"] < K_PUBLIC:
            yield Problem("ten students", place, "fewer than ten in the release")
        elif not (alone or staff[place]["several_classes"]):
            yield Problem("two classes", place, "from one class in the release")
        elif origin.told.get(place) != row:
            yield Problem("as released", place, "not what the release tells the public")


def _unchanged(rows: Sequence[Row], origin: Origin) -> Iterator[Problem]:
    """Tell what differs from an earlier edition by too few people (R4)."""
    for row in rows:
        for earlier in origin.earlier:
            old = earlier.get(row["id"])
            if old is None or old == row:
                continue
            people = origin.changed[row["id"], old["release"]]
            if people < K_PUBLIC and row["release"] == origin.release.number:
                found = f"differs by {people} people from what release {old['release']} told"
                yield Problem("differences", row["id"], found)
                break


def _unsplit(rows: Sequence[Row], origin: Origin) -> Iterator[Problem]:
    """Tell where a school is named though others ride there too: their number is the rest (R6)."""
    staff = {row["id"]: row for row in origin.release.places}
    names = {key: one["name"] for key, one in origin.release.content["schools"].items()}
    for row in rows:
        if row["school"] is None or row["release"] != origin.release.number:
            continue
        counts = staff.get(row["id"], {}).get("schools", {})
        own = sum(count for key, count in counts.items() if names.get(key) == row["school"])
        whole = staff.get(row["id"], {}).get("participants")
        if own != whole:
            found = f"{row['school']} has {own} of {whole}: the rest could be told"
            yield Problem("schools", row["id"], found)


FileRule = Callable[[Path, Mapping[str, Any], Sequence[Row]], Iterator[Problem]]
FILE_RULES: dict[str, FileRule] = {"whole files": _whole, "same rows": _same, "simulated": _honest}
ORIGIN_RULES: dict[str, Callable[[Sequence[Row], Origin], Iterator[Problem]]] = {
    "as released": _public,
    "differences": _unchanged,
    "schools": _unsplit,
}
