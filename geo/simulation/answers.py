"""What simulated students say about the places they pass.

The size of each effect is chosen to resemble what is known of such surveys, never to suit the
method that is tested with it: raters differ two thirds as much as places do (Storme et al. 2022,
doi:10.1016/j.cstp.2022.05.013), and at an average intersection a few per cent of those who pass
report a near miss in a school year, at the worst ones some tens of per cent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from scipy import special

from .danger import PLACE_SD, distance

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SCHOOL_WEEKS = 38
RIDES_PER_WEEK = (0.08, 0.12, 0.20, 0.20, 0.40)  # shares of 1, 2, 3, 4 and 5 rides a week
ERROR_SD = 0.15
RATER_SD = PLACE_SD * np.sqrt(2 / 3)
LAZY_SHARE, BULK_SHARE, FALL_SHARE = 0.06, 0.4, 0.1
LAZY_RATINGS = (5, 9)
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
PRAISE = 9  # ratings from here on come with what is good
TIMES_SHARE = 0.6  # of complaints are meant for some hours above all
TIMES: dict[str, float] = {"morning": 5, "afternoon": 3, "dark": 1, "wet": 1}
LIKES: dict[str, float] = {"calm": 4, "space": 2, "smooth": 2, "light": 1, "clear": 1, "pretty": 1}
COUNTERPARTS: dict[str, float] = {
    "car": 6, "lorry_bus": 1, "motorcycle": 1, "bicycle": 1, "walker": 1, "nobody": 1,
}  # fmt: skip
HELPS: dict[str, dict[str, float]] = {
    "sight": {"view": 3, "crossing": 1},
    "traffic": {"path": 2, "crossing": 2, "lights": 1},
    "speed": {"slower": 3, "checks": 1},
    "behaviour": {"checks": 2, "crossing": 1},
    "signs": {"crossing": 2, "lights": 1},
    "space": {"path": 1},
    "obstacles": {"checks": 1, "path": 1},
    "surface": {"repair": 1},
    "lighting": {"lamps": 1},
    "other": {"other": 1},
}
"""What would help, by the reason that was given first."""

Incident = Literal["near_miss", "fall"]


class SimulatedRating(NamedTuple):
    """What one participant says about one place."""

    place: str
    rating: int
    bulk: bool
    seconds: float | None
    reasons: tuple[str, ...]
    incident: Incident | None
    likes: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    helps: tuple[str, ...] = ()
    counterpart: str | None = None


def answer(
    passed: pd.DataFrame, generator: np.random.Generator
) -> tuple[int, tuple[SimulatedRating, ...]]:
    """Return the rides a week of a participant, and what is said about the places passed.

    `passed` has `kind`, `stress`, `length_m`, `rate` and `danger` of each place in riding order.
    """
    rides = int(generator.choice(5, p=RIDES_PER_WEEK)) + 1
    hurt = generator.poisson(passed["rate"] * distance(passed) * rides * SCHOOL_WEEKS / 1000) > 0
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
    # A stream of their own: what is told beside a rating moves no figure of the method.
    beside = generator.spawn(1)[0]
    for i in np.flatnonzero(answered | hurt):
        complains = hurt[i] or (rating[i] <= COMPLAINT and not lazy)
        incident: Incident | None = ("fall" if fell[i] else "near_miss") if hurt[i] else None
        reasons = _reasons(passed.iloc[i], generator) if complains else ()
        praises = rating[i] >= PRAISE and not in_bulk[i]
        ratings.append(
            SimulatedRating(
                place=str(passed.index[i]),
                rating=int(rating[i]),
                bulk=bool(in_bulk[i]),
                seconds=None if in_bulk[i] else round(float(seconds[i]), 1),
                reasons=reasons,
                incident=incident,
                likes=_one_of(LIKES, beside) if praises else (),
                times=_one_of(TIMES, beside) if complains and beside.random() < TIMES_SHARE else (),
                helps=_one_of(HELPS[reasons[0]], beside) if reasons else (),
                counterpart=_one_of(COUNTERPARTS, beside)[0] if incident else None,
            )
        )
    return rides, tuple(ratings)


def felt_danger(danger: Floats) -> Floats:
    """Return the danger in the mean rating of infinitely many participants without an incident.

    It is not `danger` itself: the scale ends at 0 and 10, some answer in bulk and some do not
    care. This is what the perceived danger of a place estimates.
    """
    spread = np.hypot(RATER_SD, ERROR_SD)
    # P(rating >= k) for k from 1 to 10; ratings are rounded and cut to the scale.
    reached = special.ndtr(
        (1 - (np.arange(1, 11) - 0.5) / 10 - np.asarray(danger)[:, None]) / spread
    )
    seven, nine = reached[:, 6] - reached[:, 7], reached[:, 8] - reached[:, 9]
    mean = reached.sum(axis=1) + BULK_SHARE * (seven - nine)
    rating = (1 - LAZY_SHARE) * mean + LAZY_SHARE * np.mean(LAZY_RATINGS)
    return np.asarray(1 - rating / 10)


def _ratings(danger: Floats, generator: np.random.Generator, *, lazy: bool) -> NDArray[np.int_]:
    if lazy:
        return np.full(len(danger), generator.integers(LAZY_RATINGS[0], LAZY_RATINGS[1] + 1))
    leniency = generator.normal(0, RATER_SD)
    felt = danger + leniency + generator.normal(0, ERROR_SD, len(danger))
    return np.asarray(np.clip(np.rint(10 * (1 - felt)), 0, 10), dtype=int)


def _one_of(weights: Mapping[str, float], generator: np.random.Generator) -> tuple[str]:
    share = np.array(list(weights.values())) / sum(weights.values())
    return (str(generator.choice(list(weights), p=share)),)


def _reasons(place: pd.Series, generator: np.random.Generator) -> tuple[str, ...]:
    busy = "busy" if place["stress"] > CALM_STRESS else "calm"
    weights = REASONS["intersection" if place["kind"] == "intersection" else busy]
    share = np.array(list(weights.values())) / sum(weights.values())
    chosen = generator.choice(list(weights), size=generator.integers(1, 3), replace=False, p=share)
    return tuple(sorted(str(reason) for reason in chosen))
