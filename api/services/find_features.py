"""Which features an address asks for: OGC API - Features Part 1, its parameters and no others."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from api.errors import BadQueryError
from web.columns import Column
from web.feature_documents import Collection

from .features import Days, Features

USUAL_LIMIT, MOST = 100, 1000
FLAT_BOX, HIGH_BOX = 4, 6
DATE_LINE, POLE = 180.0, 90.0
EVERYWHERE = frozenset({"f", "lang", "area"})
"""Parameters that every address of the service knows."""
PAGED = frozenset({"bbox", "datetime", "limit", "offset"})
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Query:
    """What an address asks of a collection."""

    boxes: tuple[Box, ...] = ()
    """Two where a box crosses the date line."""
    days: Days | None = None
    limit: int = USUAL_LIMIT
    offset: int = 0
    wanted: Mapping[str, Any] = field(default_factory=dict)
    """Properties that must be equal."""


@dataclass(frozen=True)
class Found:
    """One page of what was asked for."""

    chosen: tuple[int, ...]
    """Which of all features are on the page."""
    matched: int
    query: Query

    @property
    def following(self) -> int | None:
        """Where the next page begins, None on the last."""
        end = self.query.offset + len(self.chosen)
        return end if end < self.matched else None


def read_query(given: Iterable[tuple[str, str]], collection: Collection) -> Query:
    """Return what the parameters of an address ask for.

    Raises
    ------
    BadQueryError
        If one is not known, comes twice, or is not what the standard says.
    """
    columns = {column.name: column for column in collection.queryables(str)}
    values = known_parameters(given, PAGED | columns.keys())
    return Query(
        boxes=_boxes(values["bbox"]) if "bbox" in values else (),
        days=_days(values["datetime"]) if "datetime" in values else None,
        limit=min(MOST, _whole(values.get("limit", str(USUAL_LIMIT)), "limit", least=1)),
        offset=_whole(values.get("offset", "0"), "offset", least=0),
        wanted={
            name: _value(values[name], column) for name, column in columns.items() if name in values
        },
    )


def known_parameters(given: Iterable[tuple[str, str]], allowed: Iterable[str]) -> dict[str, str]:
    """Return the parameters of an address, or refuse one that nobody knows or that comes twice."""
    names, values = EVERYWHERE | set(allowed), dict[str, str]()
    for name, value in given:
        if name not in names:
            raise BadQueryError(f"expected parameters of {', '.join(sorted(names))}, got another")
        if name in values:
            raise BadQueryError(f"expected {name} once, got it twice")
        values[name] = value
    return values


def find_features(features: Features, query: Query) -> Found:
    """Return one page of the features that a query asks for."""
    kept = np.ones(len(features.rows), dtype=bool)
    if query.boxes:
        kept &= _in_boxes(features.shapes, query.boxes)
    if query.days:
        kept &= np.fromiter((_meet(days, query.days) for days in features.days), bool, len(kept))
    positions = [int(at) for at in np.flatnonzero(kept)]
    if query.wanted:
        # The feature's own record says what a property is.
        records = ((at, features.record(features.rows[at])) for at in positions)
        positions = [
            at for at, one in records
            if all(one[name] == value for name, value in query.wanted.items())
        ]  # fmt: skip
    page = positions[query.offset : query.offset + query.limit]
    return Found(tuple(page), len(positions), query)


def _in_boxes(shapes: NDArray[np.object_], boxes: Iterable[Box]) -> NDArray[np.bool_]:
    found = np.zeros(len(shapes), dtype=bool)
    for box in boxes:
        area = shapely.box(*box)
        shapely.prepare(area)
        found |= shapely.intersects(area, shapes)
    return found


def _boxes(text: str) -> tuple[Box, ...]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        raise BadQueryError("expected bbox as numbers with commas between") from None
    if len(numbers) not in {FLAT_BOX, HIGH_BOX} or not all(map(math.isfinite, numbers)):
        raise BadQueryError("expected bbox as 4 numbers, or 6 with heights")
    west, south = numbers[:2]
    east, north = numbers[len(numbers) // 2 :][:2]
    if max(abs(west), abs(east)) > DATE_LINE or not -POLE <= south <= north <= POLE:
        raise BadQueryError("expected bbox as west, south, east, north in degrees")
    if west <= east:
        return ((west, south, east, north),)
    return (west, south, DATE_LINE, north), (-DATE_LINE, south, east, north)


def _days(text: str) -> Days:
    ends = text.split("/")
    if ends == [text]:
        day = _day(text)
        return day, day
    if len(ends) != 2:  # noqa: PLR2004 - the two ends of an interval
        raise BadQueryError("expected datetime as a moment, or two of them with / between")
    first, last = (None if end in {"", ".."} else _day(end) for end in ends)
    if first and last and first > last:
        raise BadQueryError("expected datetime to begin before it ends")
    return first, last


def _day(text: str) -> date:
    try:
        if "T" not in text.upper():
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        raise BadQueryError("expected datetime as in RFC 3339, like 2026-11-28") from None
    return (moment if moment.tzinfo is None else moment.astimezone(UTC)).date()


def _meet(one: Days, other: Days) -> bool:
    """Return whether two spans of days have a day in common."""
    (begin, end), (first, last) = one, other
    return not ((last and begin and begin > last) or (first and end and end < first))


def _whole(text: str, name: str, *, least: int) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) < least:  # noqa: PLR2004
        raise BadQueryError(f"expected {name} as a whole number of {least} or more")
    return int(text)


def _value(text: str, column: Column) -> object:
    if column.type == "integer":
        return _whole(text, column.name, least=0)
    if column.type == "boolean":
        if text not in {"true", "false"}:
            raise BadQueryError(f"expected {column.name} as true or false")
        return text == "true"
    if column.type == "date":
        return _day(text)
    if column.values and text not in column.values:
        raise BadQueryError(f"expected {column.name} as one of {', '.join(column.values)}")
    return text
