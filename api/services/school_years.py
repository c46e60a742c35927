"""The periods that are published (PRIVACY R6): school years, each by its newest release."""

from collections.abc import Iterable
from datetime import date

from api.store.models import Release

SCHOOL_YEAR_MONTH = 8
"""The month in which a school year begins."""


def school_year(day: date) -> int:
    """Return the calendar year in which the school year of a day began."""
    return day.year if day.month >= SCHOOL_YEAR_MONTH else day.year - 1


def newest_of_each_year(heads: Iterable[Release]) -> dict[int, Release]:
    """Return the newest release of each school year, the newest year first."""
    found: dict[int, Release] = {}
    for head in sorted(heads, key=lambda head: head.number, reverse=True):
        found.setdefault(school_year(head.day), head)
    return found
