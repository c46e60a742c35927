"""Numbers, days, hours and words of official files, and the traps in them."""
# ruff: noqa: E501 - rows of files are as long as they are

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.crashes.cells import days, hours, hours_of_days, numbers, years
from geo.crashes.words import names_bicycle, says_bicycle, severity_of


def column(*cells: str) -> pd.Series:
    return pd.Series(cells, dtype="str")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("13,2612", 13.2612), ("13.2612", 13.2612), (" -0,5 ", -0.5), ("1.234.567,8", 1234567.8),
        ("1,234,567.8", 1234567.8), ("388 563,3", 388563.3), ("388\u00a0563", 388563.0),
        ("1.234.567", 1234567.0), ("\u22122,5", -2.5), ("5934567", 5934567.0),
    ],
)  # fmt: skip
def test_a_comma_is_a_decimal_sign_and_so_is_a_point(cell: str, value: float) -> None:
    assert numbers(column(cell)).tolist() == [value]


@pytest.mark.parametrize("cell", ["", "-", "inf", "nan", "NaN", "12 m", "1e999"])
def test_what_is_no_number_is_missing(cell: str) -> None:
    assert numbers(column(cell)).isna().all()


@given(st.floats(-1e6, 1e6).map(lambda value: round(value, 6)))
def test_a_number_reads_the_same_with_comma_and_point(value: float) -> None:
    text = f"{value:.6f}"

    assert numbers(column(text, text.replace(".", ","))).tolist() == [value, value]


def test_buddhist_years_lie_543_years_ahead() -> None:
    assert years(column("2566", "2023", "19", "1900", "3000", "")).tolist() == [
        2023, 2023, 2019, pd.NA, pd.NA, pd.NA,
    ]  # fmt: skip


def test_a_leap_day_of_a_buddhist_year_is_a_day() -> None:
    # 2567 is no leap year, but 2024 is.
    found, _ = days(column("29/02/2567"))

    assert found.to_numpy().tolist() == [[2024, 2, 29]]


@pytest.mark.parametrize(
    ("cells", "expected", "unsure"),
    [
        (("25/12/2020", "04/05/2020"), [(2020, 12, 25), (2020, 5, 4)], False),
        (("12/25/2020", "04/05/2020"), [(2020, 12, 25), (2020, 4, 5)], False),
        (("04/05/2020", "06/07/2020"), [(2020, 5, 4), (2020, 7, 6)], True),
        (("2020-05-04", "20200504", "2020-05-04T08:15"), [(2020, 5, 4)] * 3, False),
        (("4.5.2020", "31.12.2563"), [(2020, 5, 4), (2020, 12, 31)], False),
    ],
)
def test_the_column_tells_which_number_is_the_day(
    cells: tuple[str, ...],
    expected: list[tuple[int, int, int]],
    unsure: bool,  # noqa: FBT001
) -> None:
    found, is_unsure = days(column(*cells))

    assert [tuple(row) for row in found.to_numpy()] == expected
    assert is_unsure is unsure


@given(st.dates(date(1950, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_back(day: date) -> None:
    buddhist = f"{day.year + 543}-{day.month:02}-{day.day:02}"
    cells = column(day.isoformat(), buddhist, f"{day:%d.%m.%Y}", "28.12.2000")

    found, _ = days(cells)

    assert [tuple(row) for row in found.to_numpy()][:3] == [(day.year, day.month, day.day)] * 3


@pytest.mark.parametrize("cell", ["", "31/02/2020", "2020", "01/02/66", "yesterday"])
def test_what_is_no_day_is_missing(cell: str) -> None:
    assert days(column(cell, "25/12/2020"))[0].iloc[0].isna().all()


def test_hours_are_read_however_they_are_written() -> None:
    cells = column("08:15", "8", "8.15", "17:00:00", "8.0", "24", "99", "", "4.5.2020 09:30")

    assert hours(cells).tolist() == [8, 8, 8, 17, 8, pd.NA, pd.NA, pd.NA, 9]


def test_digits_of_a_french_clock_are_hours_and_minutes() -> None:
    assert hours(column("815", "1730", "5", "0005"), is_clock=True).tolist() == [8, 17, 0, 0]


def test_dates_at_midnight_tell_no_hour() -> None:
    assert hours_of_days(column("2020-05-04T00:00:00", "2020-05-05T00:00:00")).isna().all()
    assert hours_of_days(column("2020-05-04T00:10", "2020-05-05 08:00")).tolist() == [0, 8]


@pytest.mark.parametrize(
    "text",
    [
        "fiets", "Fietser", "bakfiets", "elektrische fiets", "fiets tegen bromfiets", "Vélo", "vélos",
        "Bicyclette", "Pedal cycle", "Fahrrad", "Pedelec", "polkupyörä", "Bicycle", "จักรยาน",
        "cykel", "sepeda", "cyclist",
    ],
)  # fmt: skip
def test_a_bicycle_is_found_by_its_name(text: str) -> None:
    assert names_bicycle(column(text)).tolist() == [True]


@pytest.mark.parametrize(
    "text",
    [
        "bromfiets", "Motorfiets", "snorfiets", "Cyclomoteur", "motocyclette", "motocycliste",
        "Motorcycle", "motor cycle", "motorbike", "Kraftrad", "รถจักรยานยนต์", "speed pedelec",
        "motorcykel", "sepeda motor", "personenauto", "",
    ],
)  # fmt: skip
def test_what_only_contains_a_bicycle_is_none(text: str) -> None:
    assert names_bicycle(column(text)).tolist() == [False]


def test_a_cell_says_yes_no_or_nothing_of_a_bicycle() -> None:
    cells = column("1", "0", "", "ja", "PP", "1.0")

    assert says_bicycle(cells, ()).tolist() == [True, False, pd.NA, True, False, True]
    assert says_bicycle(cells, ("PP",)).tolist() == [False, False, False, False, True, False]


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("Fatal", "fatal"), ("Met doden", "fatal"), ("Unfall mit Getöteten", "fatal"), ("tué", "fatal"),
        ("Met zwaargewonden", "serious"), ("Schwerverletzte", "serious"), ("blessé hospitalisé", "serious"),
        ("Met lichtgewonden", "slight"), ("Leichtverletzt", "slight"), ("blessé léger", "slight"),
        ("Letsel", "injury"), ("injury", "injury"), ("Non-fatal injury", "injury"),
        ("doden of zwaargewonden", "injury"), ("damage_only", "damage_only"), ("Sachschaden", "damage_only"),
        ("uninjured", "damage_only"), ("property damage only", "damage_only"), ("serious", "serious"),
    ],
)  # fmt: skip
def test_words_of_severity_are_understood(text: str, severity: str) -> None:
    assert severity_of(column(text)).tolist() == [severity]


@pytest.mark.parametrize("text", ["1", "2", "A", "unbekannt", ""])
def test_codes_are_never_guessed(text: str) -> None:
    assert severity_of(column(text)).isna().all()
