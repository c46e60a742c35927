"""Files of crashes: which formats are read, and their rows as text under the names of columns."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from .delimited import csv_columns, csv_rows, read_layout
from .errors import CrashFileUnreadableError
from .features import read_geojson_rows, read_geopackage_rows
from .sheets import read_sheet

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from .delimited import Layout

MAX_ROWS = 2_000_000
ZIP, SQLITE, OLD_OFFICE = b"PK\x03\x04", b"SQLite format 3\0", b"\xd0\xcf\x11\xe0"
NOT_READ = {
    b"\x1f\x8b": "a gzip archive", b"7z\xbc\xaf": "a 7z archive", b"Rar!": "a rar archive",
    b"BZh": "a bzip2 archive", b"%PDF": "a PDF", b"PAR1": "Parquet",
}  # fmt: skip
FORMATS = "CSV, XLSX, GeoPackage or GeoJSON"


@dataclass(frozen=True)
class Rows:
    """The rows of one file: every cell as text, blank where there is none.

    `cells` has a column for each that was asked for, under its name in `key`'s form, and the
    number of the row (from 1) as its index.
    """

    name: str
    cells: pd.DataFrame
    broken: Mapping[str, int]
    """Rows that are none, by the reason."""
    crs: str | None = None
    """Coordinate system of the columns `GEOMETRY`, as the file names it."""


@dataclass(frozen=True)
class CrashFile:
    """A file as it was given, and its columns as it writes them."""

    path: Path
    name: str
    columns: tuple[str, ...]
    layout: Layout | None = None
    whole: Rows | None = field(default=None, repr=False)


def key(column: str) -> str:
    """Return the form in which names of columns are compared: `" Num Acc"` is `num_acc`."""
    return "_".join(column.replace("\ufeff", "").replace("-", " ").casefold().split())


def look_into(path: Path, name: str) -> CrashFile:
    """Return a file with its columns; what it is follows from its content, not from its name.

    Raises
    ------
    CrashFileUnreadableError
        If it is damaged, or of a format that is not read; the message begins with its name.
    """
    try:
        return _look_into(path, name)
    except CrashFileUnreadableError as error:
        raise CrashFileUnreadableError(f"{name}: {error}") from error
    except OSError as error:
        raise CrashFileUnreadableError(f"{name} cannot be read: {error.strerror}") from error


def _look_into(path: Path, name: str) -> CrashFile:
    with path.open("rb") as file:
        start = file.read(128)
    if not start.strip():
        raise CrashFileUnreadableError(f"expected {FORMATS}, got an empty file")
    _refuse_others(start)
    if start.startswith(ZIP):
        _require_workbook(path)
        return _from_table(path, name, *read_sheet(path, MAX_ROWS))
    if start.startswith(SQLITE):
        return _from_table(path, name, *read_geopackage_rows(path, MAX_ROWS))
    if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return _from_table(path, name, *read_geojson_rows(path, MAX_ROWS))
    layout = read_layout(path)
    return CrashFile(path, name, csv_columns(path, layout), layout=layout)


def _refuse_others(start: bytes) -> None:
    if start.startswith(OLD_OFFICE):
        raise CrashFileUnreadableError("expected .xlsx, got an old Excel file: save it as .xlsx")
    for magic, what in NOT_READ.items():
        if start.startswith(magic):
            raise CrashFileUnreadableError(f"expected {FORMATS}, got {what}: unpack or convert it")


def _require_workbook(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            known = set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise CrashFileUnreadableError(f"expected an XLSX file, got {error}") from error
    if "xl/workbook.xml" not in known:
        raise CrashFileUnreadableError(f"expected {FORMATS}, got a zip archive: unpack it first")


def _from_table(
    path: Path, name: str, columns: tuple[str, ...], cells: list[list[str]], crs: str | None = None
) -> CrashFile:
    frame = pd.DataFrame(
        dict(zip(_keys(columns), cells, strict=True)),
        index=pd.RangeIndex(1, len(cells[0]) + 1 if cells else 1),
        dtype="str",
    )
    return CrashFile(path, name, columns, whole=Rows(name, frame, {}, crs))


def _keys(columns: tuple[str, ...]) -> list[str]:
    """Return the names to compare; of two that are the same the second is numbered."""
    seen: dict[str, int] = {}
    found = []
    for column in columns:
        name = key(column)
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}_({seen[name]})")
    return found


def read_rows(file: CrashFile, wanted: Collection[str]) -> Rows:
    """Return the rows of a file with those of the columns `wanted` that it has.

    Raises
    ------
    CrashFileUnreadableError
        If it is damaged further down, or has more than 2,000,000 rows.
    """
    if file.whole is not None:
        known = [name for name in file.whole.cells.columns if name in wanted]
        whole = file.whole
        return Rows(file.name, whole.cells[known], whole.broken, whole.crs)
    assert file.layout is not None  # noqa: S101 - a file is read whole or has a layout
    numbers = {name: number for number, name in enumerate(_keys(file.columns)) if name in wanted}
    try:
        cells, index, broken = csv_rows(
            file.path, file.layout, list(numbers.values()), len(file.columns), MAX_ROWS
        )
    except CrashFileUnreadableError as error:
        raise CrashFileUnreadableError(f"{file.name}: {error}") from error
    frame = pd.DataFrame(dict(zip(numbers, cells, strict=True)), index=index, dtype="str")
    return Rows(file.name, frame, broken)


def keys_of(file: CrashFile) -> dict[str, str]:
    """Return the columns of a file: the form to compare, and how the file writes it."""
    return dict(zip(_keys(file.columns), file.columns, strict=True))


def example_values(file: CrashFile) -> dict[str, str]:
    """Return a value of each column as the file writes it, so that people see what it holds.

    Columns without any value are left out.

    Raises
    ------
    CrashFileUnreadableError
        As `read_rows`.
    """
    columns = keys_of(file)
    cells = read_rows(file, columns).cells
    found = {}
    for name in cells.columns:
        told = cells[name][cells[name].str.strip() != ""]
        if len(told):
            found[columns[name]] = str(told.iloc[0]).strip()
    return found
