"""What the cells of official files say: numbers, days, hours, however they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

OLDEST, NEWEST = 1950, 2100
BUDDHIST_FROM = 2400
BUDDHIST = 543
"""Years of the Buddhist era minus so many are years of the Common Era."""
MONTHS, HOURS = 12, 24
LARGEST = 1e9

YEAR_FIRST = r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:\D|$)"
YEAR_LAST = r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:\D|$)"
TOGETHER = r"^(\d{4})(\d{2})(\d{2})(?:\.0)?$"
CLOCK = r"^(\d{1,2})[:.](\d{2})(?:[:.]|\s|$)"
AFTER_DAY = r"^\d+[-/.]\d+[-/.]\d+[\sT]+(\d{1,2}):(\d{2})"


def codes(cells: pd.Series) -> pd.Series:
    """Return codes without what a spreadsheet adds to them: blanks, and `.0` after a number."""
    return cells.str.strip().str.replace(r"^(-?\d+)\.0+$", r"\1", regex=True)


def numbers(cells: pd.Series) -> pd.Series:
    """Return cells as numbers, NaN where they are none.

    Comma and point are both read as the decimal sign; of both together the last one is, and one
    that comes several times only groups thousands.
    """
    return _each_once(cells, _numbers)


def _each_once(cells: pd.Series, of: Callable[[pd.Series], pd.Series]) -> pd.Series:
    # A column of a million cells holds a few different texts, if they are not coordinates.
    which, different = pd.factorize(cells, use_na_sentinel=False)
    return of(pd.Series(different, dtype="str")).take(which).set_axis(cells.index)


def _numbers(cells: pd.Series) -> pd.Series:
    text = cells.str.replace(r"[\s\u00a0\u202f']", "", regex=True).str.replace("\u2212", "-")
    comma, point = text.str.rfind(","), text.str.rfind(".")
    points_group = (comma > point) | (text.str.count(r"\.") > 1)
    commas_group = (point > comma) & (comma >= 0) | (text.str.count(",") > 1)
    text = text.mask(points_group, text.str.replace(".", "", regex=False))
    text = text.mask(commas_group, text.str.replace(",", "", regex=False))
    found = pd.to_numeric(text.str.replace(",", ".", regex=False), errors="coerce").astype(float)
    return found.where(found.abs() < float("inf"))


def whole(cells: pd.Series) -> pd.Series:
    """Return cells as whole numbers, missing where they are none."""
    found = numbers(cells)
    return found.where(found % 1 == 0).where(found.abs() < LARGEST).astype("Int64")


def years(cells: pd.Series) -> pd.Series:
    """Return years of the Common Era, missing where there is none from 1950 to 2100.

    Two digits stand for 2000 to 2099, as French files have them; years from 2400 are Buddhist.
    """
    return common_era(whole(cells).mask(lambda year: year.between(0, 99), lambda year: year + 2000))


def common_era(year: pd.Series) -> pd.Series:
    """Return years of either era as years of the Common Era, missing where not plausible."""
    common = year.mask(year >= BUDDHIST_FROM, year - BUDDHIST)
    return common.where(common.between(OLDEST, NEWEST))


def days(cells: pd.Series) -> tuple[pd.DataFrame, bool]:
    """Return columns year, month, day of dates, missing where a cell is no date.

    Whether 4/5/2020 is in April or May follows from the other rows of the column: a first number
    above 12 anywhere makes it the day, else a second one above 12 makes it the month. The flag
    says that both orders fit, and the day was taken to come first.
    """
    which, different = pd.factorize(cells, use_na_sentinel=False)
    found, unsure = _days(pd.Series(different, dtype="str"))
    return found.take(which).set_axis(cells.index), unsure


def _days(cells: pd.Series) -> tuple[pd.DataFrame, bool]:
    text = cells.str.strip()
    iso = text.str.extract(YEAR_FIRST)
    together = text.str.extract(TOGETHER)
    parts = iso.where(iso[0].notna(), together).apply(pd.to_numeric)
    late = text.str.extract(YEAR_LAST).apply(pd.to_numeric)
    day_first = bool((late[0] > MONTHS).any())
    month_first = not day_first and bool((late[1] > MONTHS).any())
    order = [2, 0, 1] if month_first else [2, 1, 0]
    parts = parts.where(parts[0].notna(), late[order].set_axis([0, 1, 2], axis=1))
    found = parts.astype("Int64").set_axis(["year", "month", "day"], axis=1)
    found["year"] = common_era(found["year"])
    exists = _exists(found)
    unsure = bool(late[0].notna().any()) and not (day_first or month_first)
    return found.where(exists, pd.NA).astype("Int64"), unsure


def _exists(found: pd.DataFrame) -> pd.Series:
    return pd.to_datetime(found.astype(float), errors="coerce").notna()


def hours(cells: pd.Series, *, is_clock: bool = False) -> pd.Series:
    """Return the hour 0 to 23, missing where none is given.

    `is_clock` says that bare digits are hours and minutes together: 815 is a quarter past eight,
    and 5 is five past midnight.
    """
    return _each_once(cells, lambda different: _hours(different, is_clock=is_clock))


def _hours(cells: pd.Series, *, is_clock: bool) -> pd.Series:
    text = codes(cells)
    clock = pd.to_numeric(text.str.extract(AFTER_DAY)[0].fillna(text.str.extract(CLOCK)[0]))
    digits = pd.to_numeric(text.where(text.str.fullmatch(r"\d{1,4}")), errors="coerce")
    has_minutes = (text.str.len() > len("23")) | is_clock
    bare = digits.mask(has_minutes, digits // 100)
    found = clock.fillna(bare)
    return found.where(found.between(0, HOURS - 1)).astype("Int64")


def hours_of_days(cells: pd.Series) -> pd.Series:
    """Return the hours of dates with a time; a column of midnights has no times."""
    text = cells.str.strip()
    found = hours(text.where(text.str.contains(AFTER_DAY.replace("(", "(?:")), ""))
    return found if bool((found > 0).any()) else found.where(found != 0)


def weekdays(year: pd.Series, month: pd.Series, day: pd.Series) -> pd.Series:
    """Return Monday as 1 to Sunday as 7, missing where the day is not known."""
    parts = pd.DataFrame({"year": year, "month": month, "day": day}).astype(float)
    return (pd.to_datetime(parts, errors="coerce").dt.day_of_week + 1).astype("Int64")
