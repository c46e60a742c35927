"""The ranked table beside the map: its columns, its order, its pages and their addresses."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode

Sort = Literal[
    "", "rank", "-rank", "name", "-name", "avoidable", "-avoidable", "top10", "-top10",
    "relative", "-relative", "excess", "-excess", "danger", "-danger",
]  # fmt: skip
ROWS = 50
"""Of a page of the table: as many marks are on the map."""
UPWARDS = frozenset({"rank", "name"})
"""Columns that begin with their smallest value."""

Row = dict[str, Any]
Words = Callable[[str], str]


@dataclass(frozen=True)
class Column:
    """One column: what it sorts by, where its heading leads, and how it is sorted now."""

    key: str
    label: str
    href: str
    sorted: Literal["ascending", "descending", "none"]


@dataclass(frozen=True)
class Listing:
    """One page of the table."""

    rows: Sequence[Row]
    columns: Sequence[Column]
    by_danger: bool
    total: int
    """How many places fit the filters."""
    page: int
    pages: int

    @property
    def first(self) -> int:
        """Return the number of the first row, from 1."""
        return (self.page - 1) * ROWS + 1

    @property
    def last(self) -> int:
        """Return the number of the last row."""
        return self.first + len(self.rows) - 1


def map_address(query: Mapping[str, object], **changes: object) -> str:
    """Return the address of the page with some of its query changed; what is empty is left out."""
    asked = {name: value for name, value in {**query, **changes}.items() if value not in ("", None)}
    return f"/hotspots?{urlencode(asked)}" if asked else "/hotspots"


def values_address(query: Mapping[str, object]) -> str:
    """Return where the values of the map come from that belong to the page of a query."""
    of_the_table = dict.fromkeys(("page", "sort", "layer", "list"), "")
    return "/api/hotspots/values" + map_address({**query, **of_the_table}).removeprefix("/hotspots")


def file_address(area: str, ending: str, query: Mapping[str, object]) -> str:
    """Return where a file of the places comes from that the page of a query shows."""
    of_the_view = dict.fromkeys(("area", "page", "sort", "layer", "list"), "")
    said = map_address({**query, **of_the_view}).removeprefix("/hotspots")
    return f"/hotspots/{area}.{ending}{said}"


def list_places(
    rows: Sequence[Row], *, mode: str, query: Mapping[str, Any], translate: Words
) -> Listing:
    """Return the page of the table that `query` asks for: list, sort and page.

    `rows` come ranked as the release ranks them; a page beyond the last is the last.
    """
    by_danger = mode == "risk" and query["list"] == "danger"
    rank = "rank_danger" if by_danger else "rank"
    asked = str(query["sort"]) or "rank"
    ordered = _in_order(rows, rank if asked.lstrip("-") == "rank" else asked.lstrip("-"),
                        backwards=asked.startswith("-"))  # fmt: skip
    pages = max(1, math.ceil(len(rows) / ROWS))
    page = min(int(query["page"] or 1), pages)
    shown = ordered[(page - 1) * ROWS : page * ROWS]
    return Listing(
        [row | {"number": row[rank]} for row in shown],
        [
            _column(key, label, asked, query)
            for key, label in _columns(mode, by_danger=by_danger, _=translate)
        ],
        by_danger,
        len(rows),
        page,
        pages,
    )


def _columns(mode: str, *, by_danger: bool, _: Words) -> list[tuple[str, str]]:
    if mode != "risk":
        own = [("danger", _("Danger"))]
    elif by_danger:
        own = [("relative", _("Times the average")), ("excess", _("More than normal"))]
    else:
        own = [("avoidable", _("Spared a year")), ("top10", _("Top ten"))]
    return [("rank", _("Rank")), ("name", _("Place")), *own]


def _column(key: str, label: str, asked: str, query: Mapping[str, Any]) -> Column:
    direction: Literal["ascending", "descending", "none"] = "none"
    if asked.lstrip("-") == key:
        direction = "ascending" if (key in UPWARDS) != asked.startswith("-") else "descending"
    other_way = f"-{key}" if asked == key else key
    sort = "" if other_way == "rank" else other_way
    return Column(key, label, map_address(query, sort=sort, page=""), direction)


def _in_order(rows: Sequence[Row], field: str, *, backwards: bool) -> list[Row]:
    """Return the rows by a field; those without a value come last whichever way it goes."""
    if field == "rank" and not backwards:
        return list(rows)
    known = [row for row in rows if row[field] not in (None, "")]
    rest = [row for row in rows if row[field] in (None, "")]
    falling = (field not in UPWARDS and field != "rank_danger") != backwards
    known.sort(key=lambda row: _sortable(row[field]), reverse=falling)
    return known + rest


def _sortable(value: str | float) -> tuple[str, float]:
    return (value.casefold(), 0.0) if isinstance(value, str) else ("", value)
