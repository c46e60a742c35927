"""From which age a student decides alone whether to take part, by country."""

from __future__ import annotations

from functools import cache

from .countries import ALIASES
from .reference import read_table

UNKNOWN = "unknown"
CHILD = 13
"""Below this age guardians decide in every country of the table, and schools confirm more."""


def age_of_consent(country: str) -> int:
    """Return the age from which no guardian has to agree, of a country by its ISO 3166 code.

    A region such as `BE-WAL` has the age of its country. Where the law is not in the table, and
    for `generic`, it is 18.

    References
    ----------
    GDPR Art. 8 and the national laws named in `geo/tables/consent_ages.csv`.
    """
    return _ages().get(law_of(country), _ages()[UNKNOWN])


def law_of(country: str) -> str:
    """Return the code under which the table has a country's law, or `unknown`."""
    whole = country.strip().upper().split("-", maxsplit=1)[0]
    code = ALIASES.get(whole, whole)
    return code if code in _ages() else UNKNOWN


@cache
def _ages() -> dict[str, int]:
    return {line["country"]: int(line["age"]) for line in read_table("consent_ages")}
