"""The safety meter of a school: how safe its students feel on their way, from a release alone.

It tells one school how its own ways change and what is not known of them. Meters of two schools
must never be compared or ranked: their students ride other streets, are other people, and answer
in other numbers (METHOD §11: no league table).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from .change import IMPROVED, NO_CHANGE_SHOWN, WORSENED
from .protection import K_STAFF

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from .policy import Policy

    Floats = NDArray[np.float64]
    Rows = Iterable[Mapping[str, object]]

KNOWN, UNKNOWN = "known", "unknown"
SCALE = 10
"""Safety is told as it is rated: 0 unsafe to 10 safe."""
NEEDS = 5
READ = ["id", "kind", "stress", "ratings", "danger", "danger_low", "danger_high"]


class Safety(NamedTuple):
    """Perceived safety, 0 unsafe to 10 safe, with its interval and how many places it is of."""

    value: float
    low: float
    high: float
    places: int


@dataclass(frozen=True)
class Meter:
    """How safe the way to one school feels, and what that rests on.

    With state "unknown" there is no figure; `known` and `needs` then say what is missing.
    """

    state: str
    participants: int | None
    """Of the school; None if they are too few to be told."""
    known: float
    """Share of the ridden length on streets that enough students rated."""
    safety: Safety | None = None
    crossings: Safety | None = None
    streets: Safety | None = None
    stressful: float | None = None
    """Share of the ridden length, where it may be told, on streets of more stress than calm."""
    needs: tuple[str, ...] = ()
    """Places of which more ratings would make the figure surer, the most useful first."""


@dataclass(frozen=True)
class MeterChange:
    """How the way to one school changed, on places that were known both times.

    `change` is in points of 0 to 10, more is safer. `state` is "improved", "worsened", "no change
    shown" or, with no figure, "unknown".
    """

    state: str
    change: float | None = None
    low: float | None = None
    high: float | None = None
    places: int = 0


def school_meter(rows: Rows, school: int, about: Mapping[str, object], policy: Policy) -> Meter:
    """Return how safe the way to a school feels to students.

    It is the mean of 10 · (1 - perceived danger) over the places that the school's students pass,
    each weighted with how many of them do times its length; an intersection counts as
    `policy.meter_junction_m` of street. Perceived danger is what all students of the area say of
    a place; only the weights are the school's. Places that fewer than
    `policy.eligible_participants` rated are left out, and there is no figure if the rest is less
    than `policy.meter_known` of the ridden length: silence is not safety.

    The interval supposes that errors of any two places have the correlation
    `policy.meter_dependence`, since the same students rated them: with errors that do not know of
    each other it would be too narrow (they had to be counted in simulated towns). It speaks of
    the places that are known, not of the rest.

    Parameters
    ----------
    rows
        Places of one release: `id`, `kind`, `stress`, `ratings`, `danger` with its ends,
        `passages` and `exposure` (together they tell the length), and `schools`, how many
        participants of each school pass where that may be told.
    about
        What the same release says of the school: `participants`, `routes` and `km`, or none of
        them.
    """
    participants = about.get("participants")
    if not isinstance(participants, int) or participants < K_STAFF:
        return Meter(UNKNOWN, None, 0.0)
    passed = _passed(rows, school, policy)
    rated = passed[passed["rated"]]
    known = _share(rated["metres"].sum(), _ridden_m(about, participants, passed))
    needs = _needs(passed, policy)
    if known < policy.meter_known:
        return Meter(UNKNOWN, participants, known, needs=needs)
    of_kind = {kind: rated[rated["kind"] == kind] for kind in ("intersection", "segment")}
    stressful = passed.loc[passed["stress"] > policy.calm_stress, "metres"].sum()
    return Meter(
        KNOWN,
        participants,
        known,
        _safety(rated, policy),
        _safety(of_kind["intersection"], policy),
        _safety(of_kind["segment"], policy),
        _share(stressful, passed["metres"].sum()),
        needs,
    )


def meter_change(now: Rows, before: Rows, school: int, policy: Policy) -> MeterChange:
    """Return how the way to a school changed between two releases.

    Only places that enough students rated both times count, with the mean of their weights then
    and now: who rides elsewhere has not made a street safer. Errors of the two times are taken
    as independent. Where both releases hold the same ratings that makes the interval too wide,
    never too narrow; the change itself is then smaller than between the campaigns. A change is
    shown if its probability is at least `policy.change_probability` and it is at least
    `policy.change_least` of the scale.

    Parameters
    ----------
    now, before
        Places of two releases, as for `school_meter`; those of two campaigns or school years.
    """
    then = _passed(before, school, policy).add_suffix("_before")
    both = _passed(now, school, policy).add_suffix("_now").join(then, how="outer")
    weight = both[["weight_now", "weight_before"]].fillna(0.0)
    weight = (weight / weight.sum().where(weight.sum() > 0, 1.0)).mean(axis=1)
    common = both["rated_now"].eq(True) & both["rated_before"].eq(True)  # noqa: FBT003
    if not common.any() or weight[common].sum() < policy.meter_known:
        return MeterChange(UNKNOWN)
    same, weight = both[common], weight[common].to_numpy(float)
    fall = (same["danger_before"] - same["danger_now"]).to_numpy(float)
    change = SCALE * float(np.average(fall, weights=weight))
    error = hypot(*(
        _mean_error(weight, same[f"error_{time}"].to_numpy(float), policy)
        for time in ("now", "before")
    ))  # fmt: skip
    sure = _probability(abs(change), error) >= policy.change_probability
    shown = sure and abs(change) >= SCALE * policy.change_least
    margin = _z(policy) * error
    return MeterChange(
        (IMPROVED if change > 0 else WORSENED) if shown else NO_CHANGE_SHOWN,
        change, change - margin, change + margin, len(same),
    )  # fmt: skip


def _passed(rows: Rows, school: int, policy: Policy) -> pd.DataFrame:
    """Return the places that the school's students pass, by id, with what each weighs.

    `metres` is what they ride there, 0 at intersections; `weight` is that, or what stands for it.
    """
    found = []
    for row in rows:
        riders = row["schools"].get(str(school), 0)  # type: ignore[attr-defined]
        if not riders:
            continue
        passages, exposure = float(row["passages"]), float(row["exposure"])  # type: ignore[arg-type]
        length_m = 1000 * exposure / passages if row["kind"] == "segment" else 0.0
        weighs = length_m or policy.meter_junction_m
        found.append([*(row[name] for name in READ), riders * length_m, riders * weighs])
    frame = pd.DataFrame(found, columns=[*READ, "metres", "weight"]).set_index("id").sort_index()
    numbers = frame.columns.drop("kind")
    frame[numbers] = frame[numbers].astype(float)
    # An end at the edge of the scale was cut there, the other tells the error.
    reach = pd.concat([
        frame["danger_high"] - frame["danger"], frame["danger"] - frame["danger_low"]
    ], axis=1).max(axis=1)  # fmt: skip
    enough = frame["ratings"] >= policy.eligible_participants
    return frame.assign(error=reach / _z(policy), rated=enough & frame["danger"].notna())


def _ridden_m(about: Mapping[str, object], participants: int, passed: pd.DataFrame) -> float:
    """Return what all participants ride together: also where too few ride to be told."""
    routes, km = (float(about.get(name) or 0) for name in ("routes", "km"))  # type: ignore[arg-type]
    each = km / max(routes, participants)
    return max(1000 * each * participants, float(passed["metres"].sum()))


def _safety(rated: pd.DataFrame, policy: Policy) -> Safety | None:
    weight, danger = (rated[name].to_numpy(float) for name in ("weight", "danger"))
    if not weight.sum() > 0:
        return None
    value = SCALE * (1 - float(np.average(danger, weights=weight)))
    margin = _z(policy) * _mean_error(weight, rated["error"].to_numpy(float), policy)
    return Safety(value, max(0.0, value - margin), min(float(SCALE), value + margin), len(rated))


def _mean_error(weight: Floats, error: Floats, policy: Policy) -> float:
    """Return the standard error of a weighted mean, in points of the scale."""
    parts = weight / weight.sum() * error
    alike = policy.meter_dependence
    return SCALE * float(np.sqrt(alike * parts.sum() ** 2 + (1 - alike) * (parts**2).sum()))


def _needs(passed: pd.DataFrame, policy: Policy) -> tuple[str, ...]:
    """Return the places with few ratings that carry most of what is not known."""
    few = passed[passed["ratings"] < policy.meter_ratings]
    # Of what nobody rated, no place is known worse.
    error = few["error"].fillna(passed["error"].max()).fillna(1.0)
    share = (few["weight"] * error).sort_index().sort_values(ascending=False, kind="stable")
    return tuple(str(place) for place in share.index[:NEEDS])


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else 0.0


def _z(policy: Policy) -> float:
    return float(stats.norm.ppf(0.5 + policy.interval / 2))


def _probability(change: float, error: float) -> float:
    return float(stats.norm.cdf(change / error)) if error > 0 else float(change > 0)
