import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.consent import CHILD, age_of_consent, law_of
from geo.countries import known_countries
from geo.reference import read_table


@pytest.mark.parametrize(
    ("country", "age"),
    [("GB", 13), ("BE", 13), ("DE", 16), ("NL", 16), ("SE", 13), ("FI", 13), ("FR", 15),
     ("AT", 14), ("TH", 20), ("ID", 18), ("US", 13)],
)  # fmt: skip
def test_the_age_is_that_of_the_law(country: str, age: int) -> None:
    assert age_of_consent(country) == age


def test_a_region_follows_its_country_and_uk_is_gb() -> None:
    assert age_of_consent("BE-WAL") == age_of_consent("BE")
    assert age_of_consent(" uk ") == age_of_consent("GB")


@given(st.text())
def test_what_is_unknown_waits_until_eighteen(country: str) -> None:
    if law_of(country) == "unknown":
        assert age_of_consent(country) == 18


@pytest.mark.parametrize("country", ["generic", "", "XX", "unknown"])
def test_no_country_is_the_unknown_one(country: str) -> None:
    assert age_of_consent(country) == 18


def test_every_age_has_a_source_and_none_is_below_that_of_a_child() -> None:
    rows = read_table("consent_ages")
    assert all(row["source"] for row in rows)
    assert min(int(row["age"]) for row in rows) >= CHILD
    assert len({row["country"] for row in rows}) == len(rows)


def test_every_country_with_a_profile_has_a_law_or_is_unknown_on_purpose() -> None:
    lawless = {code for code in known_countries() if law_of(code) == "unknown"}
    assert not lawless & {"AT", "BE", "DE", "FI", "GB", "ID", "NL", "SE", "TH"}
