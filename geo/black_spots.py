"""Whether a place meets its country's official rule for black spots: `tables/black_spot_rules.csv`.

The Netherlands and Great Britain have no rule that holds for the whole country; of others none is
known here. Rules count the crashes of everybody, many imported files those with a bicycle alone.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from .official import INJURIES

Verdict = Literal["yes", "no", "unknown"]


@dataclass(frozen=True)
class BlackSpotRule:
    """So many injury crashes in so many years, and a score of those who were hurt."""

    country: str
    name: str
    crashes: int
    years: int
    score: int
    slight: int
    serious: int
    fatal: int
    complete: bool
    """Whether a place that does not meet this rule cannot meet another one of its country."""
    source: str


@dataclass(frozen=True)
class SpotCrash:
    """One official crash at a place; people hurt are None where the file does not count them."""

    year: int
    severity: str
    fatal: int | None = None
    serious: int | None = None
    slight: int | None = None


@dataclass(frozen=True)
class Judged:
    """What a rule says of a place, on how many crashes, in which years."""

    verdict: Verdict
    crashes: int
    score: int
    first_year: int
    last_year: int


def rule_of(country: str) -> BlackSpotRule | None:
    """Return the official rule of a country, None if there is or we know none."""
    return _rules().get(country)


def judge(
    rule: BlackSpotRule, crashes: Iterable[SpotCrash], years: Iterable[int], *, everybody: bool
) -> Judged:
    """Return what the rule says of a place in the last years of the file.

    Parameters
    ----------
    crashes
        Those at the place.
    years
        Every year that the file is known for.
    everybody
        Whether it holds crashes of all road users; of bicycles alone a place may meet the rule,
        but that it does not meet it nobody can tell.
    """
    known = set(years)
    last = max(known, default=0)
    first = last - rule.years + 1
    counted = [one for one in crashes if first <= one.year <= last and one.severity in INJURIES]
    score = sum(_score(rule, one) for one in counted)
    met = bool(known) and len(counted) >= rule.crashes and score >= rule.score
    whole = everybody and rule.complete and known >= set(range(first, last + 1))
    no: Verdict = "no" if whole else "unknown"
    return Judged("yes" if met else no, len(counted), score, first, last)


def _score(rule: BlackSpotRule, crash: SpotCrash) -> int:
    hurt = (crash.fatal, crash.serious, crash.slight)
    if all(count is None for count in hurt):
        # Nobody counted: at least one, as bad as the crash is said to be.
        hurt = (crash.severity == "fatal", crash.severity == "serious", 0)
        hurt = (*hurt[:2], not any(hurt))
    fatal, serious, slight = (count or 0 for count in hurt)
    return rule.fatal * fatal + rule.serious * serious + rule.slight * slight


@cache
def _rules() -> dict[str, BlackSpotRule]:
    path = resources.files("geo").joinpath("tables/black_spot_rules.csv")
    numbers = ("crashes", "years", "score", "slight", "serious", "fatal")
    return {
        row["country"]: BlackSpotRule(
            country=row["country"],
            name=row["name"],
            complete=row["complete"] == "yes",
            source=row["source"],
            **{name: int(row[name]) for name in numbers},
        )
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    }
