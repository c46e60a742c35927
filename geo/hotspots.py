"""Which places are hotspots, how sure that is, and where a fix helps most."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .performance import SafetyPerformance
    from .policy import Policy
    from .risk import Posterior

    Floats = NDArray[np.float64]
    Booleans = NDArray[np.bool_]


def confirm(probability: Floats, candidate: Booleans, false_share: float) -> Booleans:
    """Return which candidates make the longest list with an expected false share in bounds.

    The list holds every candidate down to some probability of being dangerous; its expected
    share of false entries is the mean of 1 - `probability` over it.

    References
    ----------
    Newton, Noueiry, Sarkar and Ahlquist (2004), Biostatistics 5(2), 155-176,
    doi:10.1093/biostatistics/5.2.155.
    """
    levels, counts = np.unique(-probability[candidate], return_counts=True)
    expected = np.cumsum((1 + levels) * counts) / np.cumsum(counts)
    within = np.flatnonzero(expected <= false_share)
    if not len(within):
        return np.zeros(len(probability), dtype=bool)
    return np.asarray(candidate & (probability >= -levels[within[-1]]))


def classify(
    probability: Floats,
    participants: Floats,
    reporters: Floats,
    policy: Policy,
    *,
    crashes: Floats,
) -> NDArray[np.str_]:
    """Return "confirmed", "watch" or "unknown" for each place.

    Parameters
    ----------
    probability
        That the place is dangerous (see `Posterior.exceedance`).
    participants, reporters
        How many pass, and how many of them had a near miss or fell.
    crashes
        Official ones with a bicycle; one is as good as enough reporters.
    """
    eligible = participants >= policy.eligible_participants
    candidate = eligible & ((reporters >= policy.confirmed_reporters) | (crashes >= 1))
    confirmed = confirm(probability, candidate, policy.false_share)
    known = (reporters >= policy.watch_reporters) | (crashes >= 1)
    watch = eligible & known & (probability >= policy.watch_probability)
    return np.select([confirmed, watch], ["confirmed", "watch"], "unknown")


def calm_rate(places: pd.DataFrame, normal: SafetyPerformance, policy: Policy) -> Floats:
    """Return for each place the rate that is normal on calm places of its kind.

    The mean, weighted with exposure, over visited places of the kind with little traffic stress;
    where there is none, over all of them as if they were calm.
    """
    rates = {}
    for kind, own in places.groupby("kind"):
        calm = own[own["stress"] <= policy.calm_stress]
        if calm.empty:
            calm = own.assign(stress=policy.calm_stress)
        rates[kind] = np.average(normal.rate(calm), weights=calm["exposure"])
    return np.asarray(places["kind"].map(rates).to_numpy(float))


def prioritise(
    posterior: Posterior, exposure: Floats, calm: Floats, policy: Policy, *, seed: int = 0
) -> pd.DataFrame:
    """Return how many conflicts a school year a calm design would avoid, and how sure the rank is.

    Parameters
    ----------
    posterior
        Conflict rates of the places.
    exposure, calm
        Exposure per school year, and the rate that a calm design would have.
    seed
        Of the draws; the result depends on it and on the order of the places.

    Returns
    -------
    priority
        `avoidable`, `avoidable_low`, `avoidable_high`, and `top10`, the share of draws in which
        the place is among the first `policy.top` (0 in a draw without anything to avoid).
    """

    def avoidable(rate: Floats) -> Floats:
        return np.asarray(np.maximum(rate - calm, 0) * exposure)

    tail = (1 - policy.interval) / 2
    drawn = avoidable(posterior.draws(policy.draws, np.random.default_rng(seed)))
    if drawn.shape[1] > policy.top:
        last = np.partition(drawn, -policy.top, axis=1)[:, [-policy.top]]
        top = (drawn >= last) & (drawn > 0)
    else:
        top = drawn > 0
    return pd.DataFrame(
        {
            "avoidable": avoidable(posterior.mean),
            "avoidable_low": avoidable(posterior.quantile(tail)),
            "avoidable_high": avoidable(posterior.quantile(1 - tail)),
            "top10": top.mean(axis=0),
        }
    )
