"""What could be done about a place, by rule: `tables/countermeasures.csv`, each with its source."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from typing import Any

from .causes import likely_cause

KINDS = ("enforcement", "quick", "long", "education")
"""Checks; engineering within weeks; engineering that must be planned; what is learned."""
SAID = ("reasons", "counterparts", "helps", "times")
"""What students tell of a place, by code, that a rule may ask for."""


@dataclass(frozen=True)
class Measure:
    """One thing to do, why it is proposed, and where the proposal is from."""

    code: str
    kind: str
    because: tuple[tuple[str, str, int], ...]
    """What students told that asks for it: the column, the code, how many said so."""
    source: str

    @property
    def votes(self) -> int:
        """How often something was said that asks for it."""
        return sum(count for _, _, count in self.because)


@dataclass(frozen=True)
class _Rule:
    measure: str
    kind: str
    cause: str
    said: Mapping[str, frozenset[str]]
    place: tuple[str, ...]
    stress: int
    control: frozenset[str]
    assumed: frozenset[str]
    source: str


def suggest(row: Mapping[str, Any]) -> list[Measure]:
    """Return the measures whose rules fit a place of a release, those of a kind together.

    A rule fits where students told one of the codes it asks for, or it asks for none, and where
    cause, type, stress, control and assumed tags are what it names. Within a kind the measures come
    first for which most was said.

    Parameters
    ----------
    row
        A place as a release tells it: "kind", "type", "stress", "assumptions", "reasons", and as
        far as it has them "control", "counterparts", "helps" and "times". Of what is not known no
        rule makes anything.
    """
    cause = likely_cause(row["reasons"])
    found: dict[str, Measure] = {}
    for rule in _rules():
        because = _because(rule, row)
        asked = any(rule.said.values())
        if (because or not asked) and _fits(rule, row, cause):
            found.setdefault(rule.measure, Measure(rule.measure, rule.kind, because, rule.source))
    return sorted(found.values(), key=lambda one: (KINDS.index(one.kind), -one.votes))


def measure_codes() -> list[str]:
    """Return the code of every measure there is a rule for."""
    return list(dict.fromkeys(rule.measure for rule in _rules()))


def _because(rule: _Rule, row: Mapping[str, Any]) -> tuple[tuple[str, str, int], ...]:
    return tuple(
        (column, code, count)
        for column in SAID
        for code, count in sorted((row.get(column) or {}).items())
        if code in rule.said[column]
    )


def _fits(rule: _Rule, row: Mapping[str, Any], cause: str) -> bool:
    return (
        rule.cause in {"", cause}
        and row["stress"] >= rule.stress
        and (not rule.place or _is_one_of(rule.place, row))
        and (not rule.control or row.get("control") in rule.control)
        and (not rule.assumed or not rule.assumed.isdisjoint(row["assumptions"]))
    )


def _is_one_of(patterns: Iterable[str], row: Mapping[str, Any]) -> bool:
    return any(row["kind"] == one or fnmatchcase(row["type"], one) for one in patterns)


@cache
def _rules() -> tuple[_Rule, ...]:
    text = resources.files("geo").joinpath("tables/countermeasures.csv").read_text(encoding="utf-8")
    return tuple(
        _Rule(
            measure=row["measure"],
            kind=row["kind"],
            cause=row["cause"],
            said={column: frozenset(row[column].split()) for column in SAID},
            place=tuple(row["place"].split()),
            stress=int(row["stress"] or 0),
            control=frozenset(row["control"].split()),
            assumed=frozenset(row["assumed"].split()),
            source=row["source"],
        )
        for row in csv.DictReader(text.splitlines())
    )
