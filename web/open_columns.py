"""What open data tells of a place: some of the columns of every table, each with its rounding."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .columns import Column, origin_columns, place_columns, position_columns

if TYPE_CHECKING:
    from collections.abc import Callable

    Words = Callable[[str], str]

GEOMETRY = "geom"
COUNTS = ("participants", "ratings", "reporters", "crashes")
"""Counts of people and crashes: rounded down to fives, empty below five."""
WHOLE_THOUSANDS = ("passages",)
SIGNIFICANT = ("rate", "rate_low", "rate_high")
"""Figures of which two digits are told: with more of them counts below five could be solved."""
DECIMALS = {
    "index": 0, "index_low": 0, "index_high": 0, "danger": 2, "danger_low": 2, "danger_high": 2,
    "mean_rating": 1, "relative": 1, "relative_low": 1, "relative_high": 1, "probability": 2,
    "yearly": 1, "yearly_low": 1, "yearly_high": 1, "avoidable": 1, "avoidable_low": 1,
    "avoidable_high": 1, "assumed": 2, "lon": 6, "lat": 6,
}  # fmt: skip
CHOSEN = (
    "id", "kind", "type", "name", "state", "index", "index_low", "index_high", "danger",
    "danger_low", "danger_high", "participants", "passages", "ratings", "mean_rating", "reporters",
    "rate", "rate_low", "rate_high", "relative", "relative_low", "relative_high", "probability",
    "yearly", "yearly_low", "yearly_high", "avoidable", "avoidable_low", "avoidable_high",
    "crashes", "stress", "assumed", "reasons",
)  # fmt: skip


@dataclass(frozen=True)
class OpenColumn:
    """A column of open data and how its values were made coarser than what is known."""

    column: Column
    rounding: str

    @property
    def name(self) -> str:
        """Its name in every file."""
        return self.column.name


def open_columns(_: Words) -> tuple[OpenColumn, ...]:
    """Return the columns of open data in the order of every file."""
    known = {column.name: column for column in place_columns(_)}
    # The list for staff names a column here that the public does not have.
    per_ride = _("conflicts per 1,000 passages, on a segment per 1,000 km ridden")
    known |= {name: replace(known[name], unit=per_ride) for name in SIGNIFICANT}
    school = Column(
        "school", "string", "",
        _("The school of all students who ride here; empty if they come from several"),
    )  # fmt: skip
    shape = Column(
        GEOMETRY, "string", _("degrees"),
        _("Line or point of the place, WGS 84, longitude first: as text (WKT) in CSV"),
    )  # fmt: skip
    listed = (
        *(known[name] for name in CHOSEN),
        school,
        *position_columns(_),
        *origin_columns(_),
        shape,
    )
    return tuple(OpenColumn(column, _rounding(column.name, _)) for column in listed)


def _rounding(name: str, _: Words) -> str:
    if name in DECIMALS:
        n = DECIMALS[name]
        fine = _("Digits after the point: {n}").format(n=n)
        return fine if n else _("Rounded to a whole number")
    words = {
        "reasons": _("Only reasons that at least five gave, their number rounded down to fives"),
        **dict.fromkeys(
            COUNTS, _("Rounded down to a multiple of five; empty below five, which is not none")
        ),
        **dict.fromkeys(WHOLE_THOUSANDS, _("Rounded down to a whole number of thousands")),
        **dict.fromkeys(SIGNIFICANT, _("Two significant digits")),
    }
    return words.get(name, "")
