"""A workbook keeps text as text, also what a spreadsheet would run."""

import io
from datetime import UTC, datetime

import openpyxl

from web.columns import Column
from web.spreadsheet import Sheet, workbook

NAME = Column("name", "string", "", "What it is called")
LENGTH = Column("length", "number", "metres", "How long it is")


def test_text_that_looks_like_a_formula_stays_text() -> None:
    rows = [{"name": '=HYPERLINK("http://x")', "length": 2.5}, {"name": "\x07+1", "length": None}]

    content = workbook([Sheet("streets", [NAME, LENGTH], rows)], {}, datetime.now(UTC), str)

    page = openpyxl.load_workbook(io.BytesIO(content))["streets"]
    first, second = list(page.iter_rows(min_row=2))
    assert (first[0].value, first[0].data_type, first[1].value) == (rows[0]["name"], "s", 2.5)
    assert (second[0].value, second[0].data_type, second[1].value) == ("+1", "s", None)


def test_every_column_is_explained_with_its_unit() -> None:
    content = workbook([Sheet("streets", [NAME, LENGTH], [])], {}, datetime.now(UTC), str)

    page = openpyxl.load_workbook(io.BytesIO(content))["columns"]
    told = list(page.iter_rows(min_row=2, values_only=True))
    assert told[1][:5] == ("streets", "length", "number", "metres", "How long it is")
