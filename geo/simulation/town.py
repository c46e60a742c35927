"""Simulated students on a real network whose true danger is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.evidence import Evidence

from .answers import SCHOOL_WEEKS, SimulatedRating, answer, felt_danger
from .crashes import crash_records
from .danger import PATTERN_SHARE, distance, true_danger
from .rides import rides_to_school

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.network import Network
    from geo.routing import Router, SnappedRoute

CLASS_SIZE = 25


@dataclass(frozen=True)
class SimulatedParticipant:
    """What one participant's device would hold before the home end is cut."""

    start: tuple[float, float]
    route: SnappedRoute
    rides_per_week: int
    ratings: tuple[SimulatedRating, ...]


@dataclass(frozen=True)
class SimulatedTown:
    """Participants and the truth about the places they ride through.

    `truth` is indexed by place id: `kind`, `type`, `stress`, `length_m`, `rate` (conflicts per
    1,000 passages, on segments per 1,000 km), `relative` (to the mean of the kind weighted with
    exposure; NaN where nobody rides), `danger` (as it feels, 0 to 1), `felt` (in the mean rating
    of very many participants) and `exposure` (1,000 passages of the participants per school
    year, on segments times km). `crashes` are official ones, few: `place`, `severity`, `bicycle`.
    """

    participants: tuple[SimulatedParticipant, ...]
    truth: pd.DataFrame
    crashes: pd.DataFrame

    def evidence(self) -> Evidence:
        """Return what these participants say with nothing cut."""
        visits = [
            (number, place, participant.rides_per_week)
            for number, participant in enumerate(self.participants)
            for place in visited_places(participant.route, self.truth.index)
        ]
        ratings = [
            (
                number,
                said.place,
                said.rating,
                said.seconds,
                str(number // CLASS_SIZE),
                said.incident,
            )
            for number, participant in enumerate(self.participants)
            for said in participant.ratings
        ]
        columns = ["participant", "place", "rating", "seconds", "group", "what"]
        rated = pd.DataFrame(ratings, columns=columns)
        return Evidence(
            pd.DataFrame(visits, columns=["participant", "place", "trips_per_week"]),
            rated.drop(columns="what").astype({"seconds": float}),
            rated.loc[rated["what"].notna(), ["participant", "place", "what"]],
        )


def visited_places(route: SnappedRoute, places: pd.Index) -> list[str]:
    """Return the places a route passes, each once, in riding order."""
    return [place for place in dict.fromkeys(p.id for p in route.passages) if place in places]


def simulate_town(  # noqa: PLR0913 - a town is its streets, its students and chance
    network: Network,
    school: tuple[float, float],
    router: Router,
    *,
    participants: int = 300,
    pattern_share: float = PATTERN_SHARE,
    seed: int = 0,
) -> SimulatedTown:
    """Return students who ride to a school, and the true danger of every place.

    Parameters
    ----------
    network, router
        The streets and the router on them.
    school
        Longitude and latitude.
    participants
        How many students.
    pattern_share
        How much of a place's danger its surroundings share; with 0 there are no clusters.
    seed
        The same seed gives the same town.
    """
    truth_seed, route_seed, answer_seed, crash_seed = np.random.SeedSequence(seed).spawn(4)
    truth = true_danger(
        network.places, np.random.default_rng(truth_seed), pattern_share=pattern_share
    )
    rides = rides_to_school(
        network, school, router, participants, np.random.default_rng(route_seed)
    )
    answers = np.random.default_rng(answer_seed)
    students = []
    for start, route in rides:
        passed = truth.loc[visited_places(route, truth.index)]
        students.append(SimulatedParticipant(start, route, *answer(passed, answers)))
    truth = _with_exposure(truth, students)
    crashes = crash_records(truth, np.random.default_rng(crash_seed))
    return SimulatedTown(tuple(students), truth, crashes)


def _with_exposure(truth: pd.DataFrame, students: Sequence[SimulatedParticipant]) -> pd.DataFrame:
    rides = pd.Series(0.0, index=truth.index)
    for student in students:
        rides.loc[visited_places(student.route, truth.index)] += student.rides_per_week
    exposure = rides * SCHOOL_WEEKS / 1000 * distance(truth)
    expected = (truth["rate"] * exposure).groupby(truth["kind"]).transform("sum")
    mean = expected / exposure.groupby(truth["kind"]).transform("sum")
    return truth.assign(
        relative=(truth["rate"] / mean).where(rides > 0),
        felt=felt_danger(truth["danger"].to_numpy(float)),
        exposure=exposure,
    )
