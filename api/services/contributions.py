"""Turn opened contributions into the evidence of a release: who passes, rates and reports what."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pandas as pd


@dataclass(frozen=True)
class Opened:
    """One contribution in the clear; it lives only as long as a release is being made."""

    participant: UUID
    school: int
    day: date
    content: dict[str, Any]


@dataclass(frozen=True)
class Evidence:
    """The frames of `geo.summary.summarise`, and what a release tells beside its statistics."""

    visits: pd.DataFrame
    ratings: pd.DataFrame
    incidents: pd.DataFrame
    people: dict[str, frozenset[Hashable]]
    """Who passes each place."""
    schools: dict[str, Counter[int]]
    """How many participants of each school pass each place."""
    reasons: dict[str, Counter[str]]
    """How many participants gave each reason at each place."""
    places_lost: int
    """Visits to places that the present network no longer has."""


def gather(contributions: Sequence[Opened], places: pd.DataFrame) -> Evidence:
    """Return the evidence of all contributions: one participant, one vote per place.

    A later route of the same participant adds its rides; its rating of a place replaces the
    earlier one.
    """
    trips: dict[tuple[UUID, str], float] = defaultdict(float)
    votes: dict[tuple[UUID, str], dict[str, Any]] = {}
    incidents: dict[tuple[UUID, str], str] = {}
    school_of: dict[UUID, int] = {}
    lost = 0
    known = set(places.index)
    for opened in sorted(contributions, key=lambda one: one.day):
        who = opened.participant
        school_of[who] = opened.school
        for place in opened.content["places"]:
            if place in known:
                trips[who, place] += opened.content["rides_per_week"]
            else:
                lost += 1
        for rating in opened.content["ratings"]:
            if rating["place"] in known:
                votes[who, rating["place"]] = rating
                if rating["incident"]:
                    incidents[who, rating["place"]] = rating["incident"]
    return Evidence(
        visits=_frame(trips, "trips_per_week"),
        ratings=_frame({key: vote["rating"] for key, vote in votes.items()}, "rating").assign(
            seconds=pd.Series([vote["seconds"] for vote in votes.values()], dtype=float)
        ),
        incidents=_frame(incidents, "what"),
        people=_people(trips),
        schools=_schools(trips, school_of),
        reasons=_reasons(votes),
        places_lost=lost,
    )


def _frame(values: dict[tuple[UUID, str], Any], column: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "participant": [str(who) for who, _ in values],
            "place": [place for _, place in values],
            column: list(values.values()),
        }
    )


def _people(trips: dict[tuple[UUID, str], float]) -> dict[str, frozenset[Hashable]]:
    people: dict[str, set[Hashable]] = defaultdict(set)
    for who, place in trips:
        people[place].add(who)
    return {place: frozenset(those) for place, those in people.items()}


def _schools(
    trips: dict[tuple[UUID, str], float], school_of: dict[UUID, int]
) -> dict[str, Counter[int]]:
    schools: dict[str, Counter[int]] = defaultdict(Counter)
    for who, place in trips:
        schools[place][school_of[who]] += 1
    return dict(schools)


def _reasons(votes: dict[tuple[UUID, str], dict[str, Any]]) -> dict[str, Counter[str]]:
    reasons: dict[str, Counter[str]] = defaultdict(Counter)
    for (_, place), vote in votes.items():
        reasons[place].update(set(vote["reasons"]))
    return dict(reasons)
