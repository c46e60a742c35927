"""Tables in, one workbook out: text stays text, and every column is explained."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

    from .columns import Column

    Words = Callable[[str], str]

HEADER = PatternFill("solid", fgColor="DDE3EA")
# XML knows no such characters, and a reader of the file no text with them.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
LONGEST = 32_767
WIDTHS = {"string": 22, "integer": 12, "number": 12, "boolean": 12, "date": 13}


@dataclass(frozen=True)
class Sheet:
    """One table of a workbook: its columns, and a row for each of them."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Mapping[str, Any]]


def workbook(
    sheets: Sequence[Sheet], facts: Mapping[str, object], made: datetime, translate: Words
) -> bytes:
    """Return a workbook of the sheets, of what their columns mean and of what they come from.

    Parameters
    ----------
    facts
        Name and value of what is true of the whole file.
    made
        What the file gives as the time of its making.
    """
    _ = translate
    book = Workbook(write_only=True)
    book.properties.creator = "Bicycle Barometer"
    book.properties.created = made.replace(tzinfo=None)
    for sheet in sheets:
        names = [column.name for column in sheet.columns]
        page = _page(book, sheet.title, [WIDTHS[column.type] for column in sheet.columns])
        _write(page, names, ([row[name] for name in names] for row in sheet.rows))
    heading = [_("Table"), _("Column"), _("Type"), _("Unit"), _("Meaning"), _("Values")]
    explained = (
        [sheet.title, one.name, one.type, one.unit, one.description, ", ".join(one.values)]
        for sheet in sheets
        for one in sheet.columns
    )
    _write(_page(book, "columns", [14, 22, 10, 28, 70, 40]), heading, explained)
    _write(_page(book, "about", [22, 80]), [_("Name"), _("Value")], map(list, facts.items()))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _page(book: Workbook, title: str, widths: Sequence[int]) -> WriteOnlyWorksheet:
    page: WriteOnlyWorksheet = book.create_sheet(title)
    page.freeze_panes = "A2"
    for number, width in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(number)].width = width
    return page


def _write(page: WriteOnlyWorksheet, heading: list[str], rows: Iterable[list[Any]]) -> None:
    page.append([_heading(page, words) for words in heading])
    for row in rows:
        page.append([_text(page, value) if isinstance(value, str) else value for value in row])


def _heading(page: WriteOnlyWorksheet, words: str) -> WriteOnlyCell:
    cell = _text(page, words)
    cell.font, cell.fill, cell.alignment = Font(bold=True), HEADER, Alignment(vertical="top")
    return cell


def _text(page: WriteOnlyWorksheet, value: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(page, CONTROL.sub("", value)[:LONGEST])
    # Else what begins with "=" would be a formula.
    cell.data_type = "s"
    return cell
