"""Everything a release says about the places of an area, from visits, ratings and incidents."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from .errors import DuplicateEvidenceError, InvalidEvidenceError, UnvisitedPlaceError
from .exposure import expose
from .hotspots import calm_rate, classify, prioritise
from .merging import merge_types
from .perception import Perception, perceive
from .risk import SafetyPerformance, conflicts, fit_performance, prior_weight, update

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from .policy import Policy

    Floats = NDArray[np.float64]

logger = logging.getLogger(__name__)

INCIDENTS = ("near_miss", "fall")
INDEX_AVERAGE = 50
INDEX_PER_DOUBLING = 25
PERCEIVED = [
    "ratings", "mean_rating", "danger", "danger_low", "danger_high",
]  # fmt: skip
RISK = [
    "conflicts", "rate", "rate_low", "rate_high", "expected", "weight",
    "relative", "relative_low", "relative_high", "index", "probability",
    "avoidable", "avoidable_low", "avoidable_high", "top10", "excess",
]  # fmt: skip


@dataclass(frozen=True)
class Summary:
    """What is known about each visited place, in what mode, and what it was computed with.

    `places` is indexed by place id, in sorted order; a place that is not in it is unknown.
    `missing` maps what the mode "risk" lacks to (what there is, what is needed).
    """

    places: pd.DataFrame
    mode: Literal["risk", "perception"]
    missing: dict[str, tuple[int, int]]
    parameters: dict[str, object]


def summarise(  # noqa: PLR0913 - the one entry: every argument is evidence or a setting
    places: pd.DataFrame,
    visits: pd.DataFrame,
    ratings: pd.DataFrame,
    incidents: pd.DataFrame,
    policy: Policy,
    *,
    reference_rate: Mapping[str, float] | None = None,
    expansion: float = 1.0,
    seed: int = 0,
) -> Summary:
    """Return what students' routes, ratings and incidents say about every visited place.

    Parameters
    ----------
    places
        Indexed by place id: `kind` ("segment" or "intersection"), `type`, `stress` (1 to 4),
        `length_m`.
    visits
        `participant`, `place`, `trips_per_week`; one row per participant and place.
    ratings
        `participant`, `place`, `rating` (0 unsafe to 10 safe), `seconds` (NaN: not measured);
        at most one row per participant and place, only for visited places.
    incidents
        `participant`, `place`, `what` ("near_miss" or "fall"), only for visited places.
    reference_rate
        Average conflict rate by kind that relative risks refer to, as an earlier summary of the
        area gave it in ``parameters["reference_rate"]``; without it, that of these visits.
    expansion
        Cyclists of the school for each participant; only `avoidable` and `excess` count it in.
    seed
        Of the draws behind `top10`.

    Returns
    -------
    summary
        `places` has `participants`, `passages` (1,000 per school year), `exposure` (what rates
        are per: passages at intersections, passages times km on segments), the columns of
        perception (`ratings`, `mean_rating`, `danger`, `danger_low`, `danger_high`),
        `reporters`, `state` ("confirmed", "watch" or "unknown"), and in mode "risk" those of the
        risk: `conflicts`, `rate`, `expected` (normal rate), `weight` (of the prior), `relative`,
        `index`, `probability` (of more than `policy.relative_threshold` times the average);
        `avoidable`, `top10` and `excess` where enough participants pass. NaN: not known.

    Raises
    ------
    UnknownPlaceError, UnvisitedPlaceError, DuplicateEvidenceError, InvalidEvidenceError
        If the evidence contradicts itself or lies out of range.
    """
    exposed = expose(places, visits, policy)
    _check(visits, ratings, incidents)
    exposed["eligible"] = exposed["participants"] >= policy.eligible_participants
    exposed["type"] = merge_types(exposed, exposed["eligible"], policy.type_places)
    reporters = incidents.drop_duplicates(["participant", "place"]).groupby("place").size()
    exposed["reporters"] = reporters.reindex(exposed.index, fill_value=0).astype(int)
    perception = perceive(ratings, exposed["type"], policy)

    known = exposed[["participants", "passages", "exposure"]].join(perception.places[PERCEIVED])
    known["ratings"] = known["ratings"].fillna(0).astype(int)
    known["reporters"] = exposed["reporters"]
    parameters: dict[str, object] = {
        "participants": int(visits["participant"].nunique()),
        "places": len(exposed),
        "eligible": int(exposed["eligible"].sum()),
        "ratings": len(ratings),
        "conflicts": int(exposed["reporters"].sum()),
        "place_variance": perception.place_variance,
        "rater_variance": perception.rater_variance,
        "error_variance": perception.error_variance,
        "ghost_ratings": perception.ghost_ratings,
        "type_danger": perception.type_danger,
    }
    missing = _missing(exposed, policy)
    if missing:
        known[RISK] = np.nan
        return Summary(known.assign(state="unknown"), "perception", missing, parameters)

    exposed["effect"] = _standardised(perception, exposed.index)
    risk, fitted = _assess(exposed, policy, reference_rate, seed)
    risk[["avoidable", "avoidable_low", "avoidable_high", "excess"]] *= expansion
    logger.info(
        "summarised %d places, %d confirmed", len(risk), (risk["state"] == "confirmed").sum()
    )
    return Summary(known.join(risk[[*RISK, "state"]]), "risk", {}, parameters | fitted)


def _missing(exposed: pd.DataFrame, policy: Policy) -> dict[str, tuple[int, int]]:
    enough = {
        "conflicts": (int(exposed["reporters"].sum()), policy.min_conflicts),
        "eligible": (int(exposed["eligible"].sum()), policy.min_eligible),
    }
    return {what: (there, needed) for what, (there, needed) in enough.items() if there < needed}


def _check(visits: pd.DataFrame, ratings: pd.DataFrame, incidents: pd.DataFrame) -> None:
    if ratings.duplicated(["participant", "place"]).any():
        raise DuplicateEvidenceError("expected one rating per participant and place")
    if not ratings["rating"].between(0, 10).all():
        raise InvalidEvidenceError("ratings must lie between 0 and 10")
    if not incidents["what"].isin(INCIDENTS).all():
        raise InvalidEvidenceError(f"an incident must be one of {', '.join(INCIDENTS)}")
    visited = pd.MultiIndex.from_frame(visits[["participant", "place"]])
    for evidence in (ratings, incidents):
        at = pd.MultiIndex.from_frame(evidence[["participant", "place"]])
        if not at.isin(visited).all():
            # Which place stays unsaid: messages end in logs.
            raise UnvisitedPlaceError("expected a visit for every rating and incident")


def _standardised(perception: Perception, index: pd.Index) -> pd.Series:
    """Place effects in standard deviations; 0, what is normal, where nobody rated."""
    if not perception.place_variance > 0:
        return pd.Series(0.0, index=index)
    effect = perception.places["effect"] / np.sqrt(perception.place_variance)
    return effect.reindex(index).fillna(0.0)


def _assess(
    evidence: pd.DataFrame, policy: Policy, reference_rate: Mapping[str, float] | None, seed: int
) -> tuple[pd.DataFrame, dict[str, object]]:
    """Return the columns of the risk and the parameters they were computed with."""
    exposure = evidence["exposure"].to_numpy(float)
    reporters, participants = (
        evidence[column].to_numpy(float) for column in ("reporters", "participants")
    )
    evidence = evidence.assign(conflicts=conflicts(reporters, participants, policy))
    performance = fit_performance(evidence, policy)
    expected, shape = performance.rate(evidence), performance.place_shape(evidence)
    posterior = update(evidence["conflicts"], exposure, expected, shape)
    reference = _averages(evidence, posterior.mean) | dict(reference_rate or {})
    average = evidence["kind"].map(reference).to_numpy(float)
    probability = posterior.exceedance(policy.relative_threshold * average)
    tail = (1 - policy.interval) / 2
    low, high = posterior.quantile(tail), posterior.quantile(1 - tail)
    relative = np.exp(posterior.log_mean) / average
    # What is normal for type and stress alone, for the comparisons with other places.
    blind = evidence.assign(effect=0.0)
    normal = fit_performance(blind, policy)
    calm = calm_rate(blind, normal, policy)

    risk = pd.DataFrame(
        {
            "conflicts": evidence["conflicts"],
            "rate": posterior.mean,
            "rate_low": low,
            "rate_high": high,
            "expected": expected,
            "weight": prior_weight(expected * exposure, shape),
            "relative": relative,
            "relative_low": low / average,
            "relative_high": high / average,
            "index": risk_index(relative),
            "probability": probability,
            "state": classify(probability, participants, reporters, policy),
            "excess": (posterior.mean - normal.rate(blind)) * exposure,
        },
        index=evidence.index,
    )
    enough = evidence["eligible"].to_numpy()
    priority = prioritise(posterior[enough], exposure[enough], calm[enough], policy, seed=seed)
    risk = risk.join(priority.set_index(risk.index[enough]))
    risk.loc[~enough, "excess"] = np.nan
    return risk, {
        "reference_rate": reference,
        "shape": performance.shape,
        "coefficients": _coefficients(performance),
        "normal_coefficients": _coefficients(normal),
        "calm_rate": dict(zip(evidence["kind"], calm.tolist(), strict=True)),
        "seed": seed,
    }


def risk_index(relative: Floats) -> Floats:
    """Return the risk index 0 to 100: 50 at the average, 25 more for each doubling."""
    index = INDEX_AVERAGE + INDEX_PER_DOUBLING * np.log2(np.maximum(relative, 1e-9))
    return np.asarray(np.clip(index, 0, 100))


def _averages(evidence: pd.DataFrame, rate: Floats) -> dict[str, float]:
    """Return the mean rate of each kind, weighted with exposure."""
    expected = (evidence["exposure"] * rate).groupby(evidence["kind"]).sum()
    average = expected / evidence.groupby("kind")["exposure"].sum()
    return {str(kind): float(value) for kind, value in average.items()}


def _coefficients(performance: SafetyPerformance) -> dict[str, object]:
    return {
        "intercept": performance.intercept,
        "type": performance.type_slope,
        "stress": performance.stress_slope,
        "stress_centre": performance.stress_centre,
        "effect": performance.effect_slope,
    }
