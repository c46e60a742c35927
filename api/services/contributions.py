"""Turn opened contributions into the evidence of a release: who passes, rates and reports what."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pandas as pd

from geo.evidence import Evidence
from geo.exposure import PARTS_OF_DAY

from .quotes import Said, quotes_of


@dataclass(frozen=True)
class Opened:
    """One contribution in the clear; it lives only as long as a release is being made."""

    participant: UUID
    school: int
    campaign: int
    day: date
    content: dict[str, Any]


Morning = list[tuple[str, str | None]]
"""The places of a ride to school in riding order, each with its direction."""


@dataclass(frozen=True)
class Gathered:
    """What the contributions are evidence of, and what a release tells beside its statistics."""

    evidence: Evidence
    people: dict[str, frozenset[Hashable]]
    """Who passes each place."""
    schools: dict[str, Counter[int]]
    """How many participants of each school pass each place."""
    classes: dict[str, Counter[int]]
    """How many participants of each campaign pass each place."""
    said: dict[str, dict[str, Counter[str]]]
    """By column of `SAID` and place, how many participants told each code."""
    days: dict[Hashable, date]
    """When each participant last sent something."""
    places_lost: int
    """Visits to places that the present network no longer has."""
    quotes: dict[str, list[str]]
    """Accepted texts of each place, where enough students wrote one."""
    mornings: dict[int, dict[Hashable, Morning]]
    """By school, the ride to it of each participant who cycles."""


SAID = ("reasons", "likes", "times", "helps", "counterparts")
"""What students tell of a place by code: what is bad and good, when, what would help, and who
took part in a near miss or fall."""
OPPOSITE = {"forward": "backward", "backward": "forward"}

Visit = tuple[UUID, str, str, str]
Pair = tuple[UUID, str]
"""A participant and a place."""


def gather(
    contributions: Sequence[Opened],
    places: pd.DataFrame,
    expansion: Mapping[int, float],
    crashes: pd.DataFrame | None = None,
    accepted: Iterable[Said] = (),
) -> Gathered:
    """Return the evidence of all contributions: one participant, one vote per place.

    A later route of the same participant adds its rides; its rating of a place replaces the
    earlier one. `expansion` tells how many cyclists of a school stand behind each participant,
    `crashes` are the official ones that were imported, `accepted` the texts that passed moderation.
    """
    trips: dict[Visit, float] = defaultdict(float)
    votes: dict[Pair, dict[str, Any]] = {}
    incidents: dict[Pair, dict[str, Any]] = {}
    school_of: dict[UUID, int] = {}
    class_of: dict[UUID, int] = {}
    days: dict[Hashable, date] = {}
    lost = 0
    known = set(places.index)
    for opened in sorted(contributions, key=lambda one: one.day):
        who, content = opened.participant, opened.content
        school_of[who], class_of[who] = opened.school, opened.campaign
        days[str(who)] = opened.day
        lost += sum(place not in known for place in content["places"])
        for place, direction, part_of_day in _rides(content):
            if place in known:
                trips[who, place, direction, part_of_day] += content["rides_per_week"]
        for rating in content["ratings"]:
            if rating["place"] in known:
                votes[who, rating["place"]] = rating
                if rating["incident"]:
                    incidents[who, rating["place"]] = rating
    visited = {(who, place) for who, place, _, _ in trips}
    return Gathered(
        evidence=Evidence(
            _visits(trips, {who: expansion.get(one, 1.0) for who, one in school_of.items()}),
            _ratings(votes, class_of),
            _by_pair({pair: one["incident"] for pair, one in incidents.items()}, "what"),
            crashes,
        ),
        people=_people(visited),
        schools=_groups(visited, school_of),
        classes=_groups(visited, class_of),
        said={column: _said(column, votes, incidents) for column in SAID},
        days=days,
        places_lost=lost,
        quotes=quotes_of(accepted),
        mornings=_mornings(contributions),
    )


def _rides(content: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the passages of a contribution, and those home where they follow the same way."""
    before, after = PARTS_OF_DAY
    part_of_day = content.get("part_of_day", before)
    for place, direction in _passages(content):
        yield place, direction, part_of_day
        if content.get("same_way_back"):
            yield place, OPPOSITE.get(direction, ""), after if part_of_day == before else before


def _mornings(contributions: Iterable[Opened]) -> dict[int, dict[Hashable, Morning]]:
    """Return the usual ride to school of everybody who cycles; nobody walks with a convoy."""
    found: dict[int, dict[Hashable, Morning]] = defaultdict(dict)
    for opened in sorted(contributions, key=lambda one: one.day):
        content = opened.content
        # Before there were variants every ride was one to school.
        if content.get("variant", "there") == "there" and content.get("mode") != "walking":
            found[opened.school][opened.participant] = [
                (step["id"], step.get("direction"))
                for step in content["steps"]
                if step["kind"] != "free"
            ]
    return dict(found)


def _passages(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield every place of a contribution with each direction in which it is ridden, once."""
    ways = dict.fromkeys(
        (step["id"], step.get("direction") or "")
        for step in content["steps"]
        if step["kind"] != "free"
    )
    ridden = {place for place, _ in ways}
    places = set(content["places"])
    yield from ((place, way) for place, way in ways if place in places)
    yield from ((place, "") for place in content["places"] if place not in ridden)


def _visits(trips: Mapping[Visit, float], expansion: Mapping[UUID, float]) -> pd.DataFrame:
    columns = ["participant", "place", "direction", "part_of_day", "trips_per_week", "expansion"]
    rows = [(str(visit[0]), *visit[1:], rides, expansion[visit[0]])
            for visit, rides in trips.items()]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).astype({"trips_per_week": float, "expansion": float})


def _ratings(votes: Mapping[Pair, Mapping[str, Any]], class_of: Mapping[UUID, int]) -> pd.DataFrame:
    rated = _by_pair({key: vote["rating"] for key, vote in votes.items()}, "rating")
    return rated.assign(
        seconds=pd.Series([vote["seconds"] for vote in votes.values()], dtype=float),
        group=pd.Series([str(class_of[who]) for who, _ in votes], dtype=object),
    )


def _by_pair(values: Mapping[Pair, Any], column: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "participant": [str(who) for who, _ in values],
            "place": [place for _, place in values],
            column: list(values.values()),
        }
    )


def _people(visited: set[tuple[UUID, str]]) -> dict[str, frozenset[Hashable]]:
    people: dict[str, set[Hashable]] = defaultdict(set)
    for who, place in visited:
        people[place].add(who)
    return {place: frozenset(those) for place, those in people.items()}


def _groups(
    visited: set[tuple[UUID, str]], group_of: Mapping[UUID, int]
) -> dict[str, Counter[int]]:
    groups: dict[str, Counter[int]] = defaultdict(Counter)
    for who, place in visited:
        groups[place][group_of[who]] += 1
    return dict(groups)


def _said(
    column: str,
    votes: Mapping[Pair, Mapping[str, Any]],
    incidents: Mapping[Pair, Mapping[str, Any]],
) -> dict[str, Counter[str]]:
    """Count the participants who told each code; a contribution may be older than the question."""
    said: dict[str, Counter[str]] = defaultdict(Counter)
    if column == "counterparts":
        for (_, place), incident in incidents.items():
            if incident.get("counterpart"):
                said[place][incident["counterpart"]] += 1
    else:
        for (_, place), vote in votes.items():
            said[place].update(set(vote.get(column, ())))
    return dict(said)
