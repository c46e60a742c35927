"""Simulated students on a real network whose true danger is known.

The size of each effect is chosen to resemble what is known of such surveys, never to suit the
method that is tested with it: raters differ two thirds as much as places do (Storme et al. 2022,
doi:10.1016/j.cstp.2022.05.013), and at an average intersection a few per cent of those who pass
report a near miss in a school year, at the worst ones some tens of per cent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import pandas as pd
import shapely

from .errors import UnreachableError
from .routing import Waypoint
from .simulated_danger import PLACE_SD, true_danger

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .network import Network
    from .routing import Router, SnappedRoute

    Floats = NDArray[np.float64]

HOME_STREETS = ("residential", "living_street", "unclassified")
HOME_DISTANCE_M = (500.0, 5000.0)
TYPICAL_DISTANCE_M = 1500.0
RIDES_PER_WEEK = (0.08, 0.12, 0.20, 0.20, 0.40)  # shares of 1, 2, 3, 4 and 5 rides a week
VIA_SHARE = 0.35
CROSSING_ARMS = 3
SCHOOL_WEEKS = 38

ERROR_SD = 0.15
RATER_SD = PLACE_SD * np.sqrt(2 / 3)
LAZY_SHARE, BULK_SHARE, FALL_SHARE = 0.06, 0.4, 0.1
AFTER_INCIDENT = 0.2  # a place feels more dangerous to those who had one there
RATED_SHARE = {"intersection": 0.97, "segment": 0.85}
BULK_RATING = 8

REASONS: dict[str, dict[str, float]] = {
    "intersection": {"sight": 3, "traffic": 3, "speed": 2, "behaviour": 2, "signs": 2, "other": 1},
    "busy": {"traffic": 4, "speed": 3, "space": 3, "obstacles": 1, "behaviour": 1, "other": 1},
    "calm": {"surface": 3, "obstacles": 3, "lighting": 2, "space": 1, "behaviour": 1, "other": 1},
}
CALM_STRESS = 2
COMPLAINT = 4  # ratings up to here come with reasons


Incident = Literal["near_miss", "fall"]


class SimulatedRating(NamedTuple):
    """What one participant says about one place."""

    place: str
    rating: int
    bulk: bool
    seconds: float | None
    reasons: tuple[str, ...]
    incident: Incident | None


@dataclass(frozen=True)
class SimulatedParticipant:
    """What one participant's device would hold before the home end is cut."""

    start: tuple[float, float]
    route: SnappedRoute
    rides_per_week: int
    ratings: tuple[SimulatedRating, ...]


class Evidence(NamedTuple):
    """Visits, ratings and incidents in the form `geo.summary.summarise` takes them."""

    visits: pd.DataFrame
    ratings: pd.DataFrame
    incidents: pd.DataFrame


@dataclass(frozen=True)
class SimulatedTown:
    """Participants and the truth about the places they ride through.

    `truth` is indexed by place id: `kind`, `type`, `stress`, `length_m`, `rate` (conflicts per
    1,000 passages, on segments per 1,000 km), `relative` (to the mean of the kind weighted with
    exposure; NaN where nobody rides) and `danger` (felt, 0 to 1).
    """

    participants: tuple[SimulatedParticipant, ...]
    truth: pd.DataFrame

    def evidence(self) -> Evidence:
        """Return what these participants say with nothing cut."""
        visits = [
            (number, place, participant.rides_per_week)
            for number, participant in enumerate(self.participants)
            for place in visited_places(participant.route, self.truth.index)
        ]
        ratings = [
            (number, said.place, said.rating, said.seconds, said.incident)
            for number, participant in enumerate(self.participants)
            for said in participant.ratings
        ]
        rated = pd.DataFrame(ratings, columns=["participant", "place", "rating", "seconds", "what"])
        return Evidence(
            pd.DataFrame(visits, columns=["participant", "place", "trips_per_week"]),
            rated.drop(columns="what").astype({"seconds": float}),
            rated.loc[rated["what"].notna(), ["participant", "place", "what"]],
        )


def visited_places(route: SnappedRoute, places: pd.Index) -> list[str]:
    """Return the places a route passes, each once, in riding order."""
    return [place for place in dict.fromkeys(p.id for p in route.passages) if place in places]


def simulate_town(
    network: Network,
    school: tuple[float, float],
    router: Router,
    *,
    participants: int = 300,
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
    seed
        The same seed gives the same town.
    """
    truth_seed, route_seed, answer_seed = np.random.SeedSequence(seed).spawn(3)
    truth = true_danger(network.places, np.random.default_rng(truth_seed))
    rides = _ride(network, school, router, participants, np.random.default_rng(route_seed))
    answers = np.random.default_rng(answer_seed)
    students = tuple(_answer(start, route, truth, answers) for start, route in rides)
    return SimulatedTown(students, _relative(truth, students))


def _ride(
    network: Network,
    school: tuple[float, float],
    router: Router,
    count: int,
    generator: np.random.Generator,
) -> list[tuple[tuple[float, float], SnappedRoute]]:
    homes = _Homes(network, school, generator)
    rides: list[tuple[tuple[float, float], SnappedRoute]] = []
    while len(rides) < count:
        home = homes.draw()
        stops = [home, school]
        if generator.random() < VIA_SHARE:
            stops.insert(1, homes.detour(home))
        try:
            route = router.snap([Waypoint(lon=lon, lat=lat) for lon, lat in stops])
        except UnreachableError:
            continue
        rides.append((home, route))
    return rides


class _Homes:
    """Where students live: on residential streets, rarely far away."""

    def __init__(
        self, network: Network, school: tuple[float, float], generator: np.random.Generator
    ) -> None:
        self.generator = generator
        segments = network.segments[
            network.segments["road_class"].isin(HOME_STREETS) & network.segments["within"].isna()
        ]
        self.streets = segments.geometry.to_numpy()
        away = _metres(
            shapely.get_coordinates(
                shapely.line_interpolate_point(self.streets, 0.5, normalized=True)
            ),
            school,
        )
        near, far = HOME_DISTANCE_M
        weight = segments["length_m"].to_numpy(float) * np.exp(-away / TYPICAL_DISTANCE_M)
        weight[(away < near) | (away > far)] = 0
        self.weight = weight / weight.sum()
        self.school = school
        crossings = network.intersections[network.intersections["arms"] >= CROSSING_ARMS].geometry
        self.crossings = np.column_stack([crossings.x, crossings.y])

    def draw(self) -> tuple[float, float]:
        street = self.streets[self.generator.choice(len(self.streets), p=self.weight)]
        point = street.interpolate(self.generator.uniform(0.1, 0.9), normalized=True)
        return float(point.x), float(point.y)

    def detour(self, home: tuple[float, float]) -> tuple[float, float]:
        """Return an intersection beside the way to school, the nearest to a point off it."""
        along, aside = self.generator.uniform(0.3, 0.7), self.generator.normal(0, 0.12)
        across = np.array(self.school) - np.array(home)
        # A quarter turn in degrees is skewed by the cosine of the latitude, which is harmless.
        aim = np.array(home) + along * across + aside * np.array([-across[1], across[0]])
        lon, lat = self.crossings[np.argmin(_metres(self.crossings, tuple(aim)))]
        return float(lon), float(lat)


def _metres(points: Floats, to: tuple[float, float]) -> Floats:
    """Return distances over a town, where the Earth is flat enough."""
    metres_per_degree = 111_195 * np.array([np.cos(np.radians(to[1])), 1.0])
    return np.asarray(np.linalg.norm((points - np.array(to)) * metres_per_degree, axis=1))


def _answer(
    start: tuple[float, float],
    route: SnappedRoute,
    truth: pd.DataFrame,
    generator: np.random.Generator,
) -> SimulatedParticipant:
    rides = int(generator.choice(5, p=RIDES_PER_WEEK)) + 1
    passed = truth.loc[visited_places(route, truth.index)]
    hurt = generator.poisson(passed["rate"] * _distance(passed) * rides * SCHOOL_WEEKS / 1000) > 0
    fell = generator.random(len(passed)) < FALL_SHARE
    lazy = generator.random() < LAZY_SHARE
    felt = passed["danger"].to_numpy(float) + AFTER_INCIDENT * hurt
    rating = _ratings(felt, generator, lazy=lazy)
    in_bulk = np.zeros(len(passed), dtype=bool)
    if generator.random() < BULK_SHARE:
        in_bulk = (np.abs(rating - BULK_RATING) <= 1) & ~hurt
    rating[in_bulk] = BULK_RATING
    seconds = generator.lognormal(np.log(1.2 if lazy else 4.0), 0.5, len(passed))
    answered = generator.random(len(passed)) < passed["kind"].map(RATED_SHARE).to_numpy(float)
    ratings = []
    for i in np.flatnonzero(answered | hurt):
        complains = hurt[i] or (rating[i] <= COMPLAINT and not lazy)
        incident: Incident | None = ("fall" if fell[i] else "near_miss") if hurt[i] else None
        ratings.append(
            SimulatedRating(
                place=str(passed.index[i]),
                rating=int(rating[i]),
                bulk=bool(in_bulk[i]),
                seconds=None if in_bulk[i] else round(float(seconds[i]), 1),
                reasons=_reasons(passed.iloc[i], generator) if complains else (),
                incident=incident,
            )
        )
    return SimulatedParticipant(start, route, rides, tuple(ratings))


def _ratings(danger: Floats, generator: np.random.Generator, *, lazy: bool) -> NDArray[np.int_]:
    if lazy:
        return np.full(len(danger), generator.integers(5, 10))
    leniency = generator.normal(0, RATER_SD)
    felt = danger + leniency + generator.normal(0, ERROR_SD, len(danger))
    return np.asarray(np.clip(np.rint(10 * (1 - felt)), 0, 10), dtype=int)


def _distance(places: pd.DataFrame) -> Floats:
    """Return what one passage counts: kilometres on segments, 1 at intersections."""
    length_km = places["length_m"] / 1000
    return np.asarray(length_km.where(places["kind"] == "segment", 1.0), dtype=float)


def _reasons(place: pd.Series, generator: np.random.Generator) -> tuple[str, ...]:
    busy = "busy" if place["stress"] > CALM_STRESS else "calm"
    weights = REASONS["intersection" if place["kind"] == "intersection" else busy]
    share = np.array(list(weights.values())) / sum(weights.values())
    chosen = generator.choice(list(weights), size=generator.integers(1, 3), replace=False, p=share)
    return tuple(sorted(str(reason) for reason in chosen))


def _relative(truth: pd.DataFrame, students: tuple[SimulatedParticipant, ...]) -> pd.DataFrame:
    rides = pd.Series(0.0, index=truth.index)
    for student in students:
        rides.loc[visited_places(student.route, truth.index)] += student.rides_per_week
    exposure = rides * _distance(truth)
    expected = (truth["rate"] * exposure).groupby(truth["kind"]).transform("sum")
    mean = expected / exposure.groupby(truth["kind"]).transform("sum")
    return truth.assign(relative=(truth["rate"] / mean).where(rides > 0))
