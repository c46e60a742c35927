"""The risk of every visited place, from exposure, reports, perceived danger and crashes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from .hotspots import calm_rate, classify, prioritise
from .official import agree, crash_prediction
from .performance import SafetyPerformance, fit_performance
from .risk import Posterior, exposure_at_risk, prior_weight, update

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from .policy import Policy

    Floats = NDArray[np.float64]

INDEX_AVERAGE = 50
INDEX_PER_DOUBLING = 25
ROUNDS = 3
"""Fits until rates and the exposure at risk agree; the third changes no figure that is shown."""
RISK = [
    "at_risk", "rate", "rate_low", "rate_high", "expected", "weight", "crash_share",
    "relative", "relative_low", "relative_high", "index", "probability",
    "yearly", "yearly_low", "yearly_high", "avoidable", "avoidable_low", "avoidable_high",
    "top10", "normal", "excess", "excess_low", "excess_high",
]  # fmt: skip


class Assessment(NamedTuple):
    """The columns of the risk by place, and the parameters they were computed with."""

    places: pd.DataFrame
    parameters: dict[str, object]


def assess(
    evidence: pd.DataFrame, policy: Policy, reference_rate: Mapping[str, float] | None, seed: int
) -> Assessment:
    """Return the columns `RISK` and the state of every visited place.

    Parameters
    ----------
    evidence
        What `geo.exposure.expose` returns with merged types, and `effect` (perceived danger in
        standard deviations), `reporters`, `eligible`, and the counts of crashes, NaN throughout
        where there are too few to count.
    reference_rate
        As for `geo.summary.summarise`.
    seed
        Of the draws behind `top10`.
    """
    fit = _fit(evidence, policy)
    reference = _averages(evidence, fit.reported.mean) | dict(reference_rate or {})
    average = evidence["kind"].map(reference).to_numpy(float)
    risk = _rates(fit, policy).join(_relative(fit, average, policy)).join(_yearly(fit, policy))
    enough = evidence["eligible"].to_numpy()
    expanded = evidence["expanded"].to_numpy(float)
    calm = calm_rate(evidence.assign(effect=0.0), fit.blindly, policy)
    priority = prioritise(fit.posterior[enough], expanded[enough], calm[enough], policy, seed=seed)
    risk = risk.join(priority.set_index(risk.index[enough]))
    return Assessment(risk, {
        "reference_rate": reference,
        "shape": fit.performance.shape,
        "coefficients": _coefficients(fit.performance),
        "normal_coefficients": _coefficients(fit.blindly),
        "normal_shape": fit.blindly.shape,
        "calm_rate": dict(zip(evidence["kind"], calm.tolist(), strict=True)),
        "seed": seed,
    })  # fmt: skip


def lacking(exposed: pd.DataFrame, policy: Policy) -> dict[str, tuple[int, int]]:
    """Return what is too little for a risk (METHOD §3): how much there is, how much is needed."""
    enough = {
        "conflicts": (int(exposed["reporters"].sum()), policy.min_conflicts),
        "eligible": (int(exposed["eligible"].sum()), policy.min_eligible),
    }
    return {what: (there, needed) for what, (there, needed) in enough.items() if there < needed}


class _Fit(NamedTuple):
    """What is normal where, and the rates given what was reported.

    `blindly` and `normal` know type and stress alone, for the comparisons with other places.
    """

    evidence: pd.DataFrame
    performance: SafetyPerformance
    reported: Posterior
    blindly: SafetyPerformance
    normal: Floats
    posterior: Posterior
    crash_share: Floats


def _fit(visited: pd.DataFrame, policy: Policy) -> _Fit:
    evidence = at_risk(visited, policy)
    performance = fit_performance(evidence, policy)
    reported = update(
        evidence["conflicts"], evidence["exposure"], performance.rate(evidence),
        performance.place_shape(evidence),
    )  # fmt: skip
    blind = evidence.assign(effect=0.0)
    blindly = fit_performance(blind, policy)
    normal = blindly.rate(blind)
    posterior, share = _with_crashes(evidence, reported, normal, policy)
    return _Fit(evidence, performance, reported, blindly, normal, posterior, share)


def _rates(fit: _Fit, policy: Policy) -> pd.DataFrame:
    """Return what the reports say by themselves."""
    low, high = _ends(fit.reported, policy)
    expected = fit.performance.rate(fit.evidence)
    at_risk = fit.evidence["exposure"].to_numpy(float)
    columns = {
        "at_risk": at_risk,
        "rate": fit.reported.mean,
        "rate_low": low,
        "rate_high": high,
        "expected": expected,
        "weight": prior_weight(expected * at_risk, fit.performance.place_shape(fit.evidence)),
        "normal": fit.normal,
    }
    return pd.DataFrame(columns, index=fit.evidence.index)


def _relative(fit: _Fit, average: Floats, policy: Policy) -> pd.DataFrame:
    """Return the risk relative to the average, with crashes, and what state follows from it."""
    low, high = _ends(fit.posterior, policy)
    relative = np.exp(fit.posterior.log_mean) / average
    probability = fit.posterior.exceedance(policy.relative_threshold * average)
    state = classify(
        probability,
        fit.evidence["participants"].to_numpy(float),
        fit.evidence["reporters"].to_numpy(float),
        policy,
        crashes=fit.evidence["crashes"].fillna(0).to_numpy(float),
    )
    columns = {
        "crash_share": fit.crash_share,
        "relative": relative,
        "relative_low": low / average,
        "relative_high": high / average,
        "index": risk_index(relative),
        "probability": probability,
        "state": state,
    }
    return pd.DataFrame(columns, index=fit.evidence.index)


def _yearly(fit: _Fit, policy: Policy) -> pd.DataFrame:
    """Return conflicts of all cyclists in a school year, and those beyond what is normal."""
    enough = fit.evidence["eligible"].to_numpy()
    expanded = fit.evidence["expanded"].to_numpy(float)
    low, high = _ends(fit.posterior, policy)
    columns = {}
    for end, rate in (("", fit.posterior.mean), ("_low", low), ("_high", high)):
        columns[f"yearly{end}"] = np.where(enough, rate * expanded, np.nan)
        columns[f"excess{end}"] = np.where(enough, (rate - fit.normal) * expanded, np.nan)
    return pd.DataFrame(columns, index=fit.evidence.index)


def _ends(posterior: Posterior, policy: Policy) -> tuple[Floats, Floats]:
    """Return both ends of the interval of the rates."""
    tail = (1 - policy.interval) / 2
    return posterior.quantile(tail), posterior.quantile(1 - tail)


def at_risk(evidence: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Return the evidence with reporters as `conflicts`, and the exposure in which they could be.

    Places have the columns that `geo.performance.fit_performance` reads, and `reporters` and
    `participants`; rates and the exposure at risk are fitted in turns until they agree.
    """
    whole = evidence["exposure"].to_numpy(float)
    participants = evidence["participants"].to_numpy(float)
    found = evidence.assign(conflicts=evidence["reporters"].astype(float))
    for _ in range(ROUNDS):
        performance = fit_performance(found, policy)
        rate = update(
            found["conflicts"], found["exposure"], performance.rate(found),
            performance.place_shape(found),
        ).mean  # fmt: skip
        found = found.assign(exposure=exposure_at_risk(rate, whole, participants))
    return found


def _with_crashes(
    evidence: pd.DataFrame, reported: Posterior, normal: Floats, policy: Policy
) -> tuple[Posterior, Floats]:
    """Return the rates after the crashes and the weight of these, 0 where there are no data."""
    if evidence["crashes"].isna().any():
        return reported, np.zeros(len(evidence))
    predicted = crash_prediction(evidence, policy)["crashes_normal"].to_numpy(float)
    return agree(reported, normal, evidence["crashes"].to_numpy(float), predicted, policy)


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
