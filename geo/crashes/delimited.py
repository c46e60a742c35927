"""Tables as text: which signs separate, which letters are meant, and the cells of each row."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from .errors import CrashFileUnreadableError

if TYPE_CHECKING:
    import io
    from collections.abc import Iterator, Mapping
    from pathlib import Path

BLOCK = 1 << 20
SEPARATORS = ";,\t|"
THAI, WESTERN = "cp874", "cp1252"
"""TIS-620 with the signs that Windows adds to it, and Western Europe on Windows."""
# Western words have single letters outside ASCII, Thai words consist of them.
THAI_WORD = re.compile(rb"[\xa1-\xfb]{4}")
FEWEST_COLUMNS = 2
MOST_COLUMNS = 2_000


@dataclass(frozen=True)
class Layout:
    """How a text file is to be read."""

    encoding: str
    separator: str


def read_layout(path: Path) -> Layout:
    """Return the encoding and the separator of a text file.

    Raises
    ------
    CrashFileUnreadableError
        If it is not text, or its first line does not name columns.
    """
    encoding = _encoding(path)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        first = next((line for line in _short_lines(file) if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", first)
    separator = max(SEPARATORS, key=bare.count)
    if not bare.count(separator):
        raise CrashFileUnreadableError(
            "expected a first line with the names of columns, separated by ; , tab or |"
        )
    return Layout(encoding, separator)


def _short_lines(file: io.TextIOBase) -> Iterator[str]:
    for _ in range(100):
        line = file.readline(BLOCK)
        if not line:
            return
        yield line


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(BLOCK)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if b"\0" in start:
            raise CrashFileUnreadableError("expected text, got something else")
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            block = start
            while block:
                decoder.decode(block)
                block = file.read(BLOCK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return THAI if THAI_WORD.search(start) else WESTERN
    return "utf-8-sig"


def csv_columns(path: Path, layout: Layout) -> tuple[str, ...]:
    """Return the names in the first line, without blanks around them."""
    with path.open(encoding=layout.encoding, errors="replace", newline="") as file:
        found = next(_lines(file, layout), [])
    columns = tuple(cell.replace("\ufeff", "").strip() for cell in found)
    while columns and not columns[-1]:  # a separator at the end of each line
        columns = columns[:-1]
    if not FEWEST_COLUMNS <= len(columns) <= MOST_COLUMNS:
        raise CrashFileUnreadableError(
            f"expected {FEWEST_COLUMNS} to {MOST_COLUMNS} columns, got {len(columns)}"
        )
    return columns


def csv_rows(
    path: Path, layout: Layout, wanted: list[int], width: int, most: int
) -> tuple[list[list[str]], pd.Index, Mapping[str, int]]:
    """Return the cells of the wanted columns, the number of each row, and what was no row.

    Rows are counted from 1, those that are no rows as well.
    """
    cells: list[list[str]] = [[] for _ in wanted]
    numbers: list[int] = []
    broken: Counter[str] = Counter()
    same: dict[str, str] = {}
    with path.open(encoding=layout.encoding, errors="replace", newline="") as file:
        lines = _lines(file, layout)
        next(lines, None)
        for number, line in enumerate(lines, start=1):
            if number > most:
                raise CrashFileUnreadableError(f"expected at most {most:,} rows, got more")
            if len(line) < width or any(cell.strip() for cell in line[width:]):
                broken["the row has fewer or more cells than the first line names"] += 1
                continue
            numbers.append(number)
            for column, i in zip(cells, wanted, strict=True):
                # The same few texts come again and again: one copy of each is enough.
                column.append(same.setdefault(line[i], line[i]) if len(line[i]) < 8 else line[i])  # noqa: PLR2004 - longer ones are ids
    return cells, pd.Index(numbers, dtype="int64"), broken


def _lines(file: io.TextIOBase, layout: Layout) -> Iterator[list[str]]:
    try:
        for line in csv.reader(file, delimiter=layout.separator):
            if any(line):
                yield line
    except csv.Error as error:
        raise CrashFileUnreadableError(f"expected rows of text, got {error}") from error
    except UnicodeError as error:
        raise CrashFileUnreadableError(f"expected text, got {error}") from error
