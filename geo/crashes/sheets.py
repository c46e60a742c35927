"""The first sheet with rows of an Excel workbook."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from .errors import CrashFileUnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_UNPACKED = 1 << 29
"""Bytes that a workbook may take unpacked: a small file can hold very many."""
MOST_COLUMNS = 2_000

Sheet = tuple[tuple[str, ...], list[list[str]]]


def read_sheet(path: Path, most: int) -> Sheet:
    """Return the columns and the cells by column; no formula is computed, no link is followed.

    Raises
    ------
    CrashFileUnreadableError
        If it is no workbook, is damaged, or unpacks to more than 512 MB.
    """
    try:
        _require_small(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions, which do not matter here
            return _read(path, most)
    except CrashFileUnreadableError:
        raise
    except (
        zipfile.BadZipFile, zlib.error, InvalidFileException, ParseError, KeyError, ValueError,
        TypeError, AttributeError, IndexError, EOFError, OverflowError, NotImplementedError,
    ) as error:  # fmt: skip
        raise CrashFileUnreadableError(
            f"expected an XLSX file, got a damaged one ({type(error).__name__})"
        ) from error


def _require_small(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        size = sum(one.file_size for one in archive.infolist())
    if size > MAX_UNPACKED:
        raise CrashFileUnreadableError(
            f"expected at most {MAX_UNPACKED >> 20} MB when unpacked, got {size >> 20} MB"
        )


def _read(path: Path, most: int) -> Sheet:
    with path.open("rb") as file:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what a file says of its own size may be wrong
            rows = (row for row in sheet.iter_rows(values_only=True) if any(map(_text, row)))
            columns = _columns(next(rows, ()))
            if len(columns) > 1:
                return columns, _cells(rows, len(columns), most)
    raise CrashFileUnreadableError("expected a sheet whose first row names columns, got none")


def _columns(row: tuple[Any, ...]) -> tuple[str, ...]:
    names = [_text(cell).strip() for cell in row[:MOST_COLUMNS]]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _cells(rows: Iterator[tuple[Any, ...]], width: int, most: int) -> list[list[str]]:
    cells: list[list[str]] = [[] for _ in range(width)]
    for number, row in enumerate(rows, start=1):
        if number > most:
            raise CrashFileUnreadableError(f"expected at most {most:,} rows, got more")
        for i, column in enumerate(cells):
            column.append(_text(row[i]) if i < len(row) else "")
    return cells


def _text(cell: object) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "1" if cell else "0"
        case float() if cell.is_integer() and abs(cell) < 1e15:  # noqa: PLR2004 - exact so far
            return str(int(cell))
        case float():
            return repr(cell)
        case datetime() | date() | time():
            return cell.isoformat()
    return str(cell)
