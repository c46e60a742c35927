"""What official crashes add to the students' reports, and what they say by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from .performance import fit_performance
from .risk import Posterior, from_logarithms, prior_weight

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .policy import Policy

    Floats = NDArray[np.float64]

INJURIES = ("fatal", "serious", "slight", "injury")
KSI = ("fatal", "serious")
COUNTS = ["crashes", "crashes_ksi", "crashes_slight", "crashes_weighted"]


class Severity(NamedTuple):
    """What one crash counts in the display list; nothing else is weighted."""

    slight: float
    serious: float
    fatal: float


def severity_of(policy: Policy) -> Severity:
    """Return the weights that the policy sets."""
    return Severity(policy.slight_weight, policy.serious_weight, policy.fatal_weight)


def count_crashes(crashes: pd.DataFrame, weights: Severity) -> pd.DataFrame:
    """Return the injury crashes with a bicycle at each place, killed or seriously injured apart.

    Parameters
    ----------
    crashes
        `place` (missing where a crash could not be located), `severity` and `bicycle`.

    Returns
    -------
    counts
        By place id: `crashes`, `crashes_ksi`, `crashes_slight` (an injury of unknown severity is
        in neither of the two) and `crashes_weighted` (unknown severity weighs as slight).
    """
    riding = crashes["bicycle"].eq(True) & crashes["severity"].isin(INJURIES)  # noqa: FBT003
    own = crashes[riding & crashes["place"].notna()]
    severity, place = own["severity"], own["place"]
    weight = severity.map({
        "fatal": weights.fatal, "serious": weights.serious,
        "slight": weights.slight, "injury": weights.slight,
    })  # fmt: skip
    by = pd.DataFrame({
        "crashes": 1,
        "crashes_ksi": severity.isin(KSI).astype(int),
        "crashes_slight": severity.eq("slight").astype(int),
        "crashes_weighted": weight.astype(float),
    }).groupby(place)  # fmt: skip
    return by.sum()[COUNTS]


def crash_prediction(exposed: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Return the crashes that are normal for each place, and those expected given its own.

    The safety performance function of METHOD §4: type (which holds the road class), stress and
    flow (the logarithm of the students' passages), on segments in proportion to length.

    Parameters
    ----------
    exposed
        `kind`, `type`, `stress`, `length_km`, `passages` and `crashes`.

    Returns
    -------
    prediction
        `crashes_normal` and `crashes_expected`, in the years of the file.
    """
    flow = np.log(exposed["passages"].to_numpy(float))
    spread = flow.std()
    standardised = (flow - flow.mean()) / spread if spread > 0 else np.zeros(len(flow))
    places = exposed.assign(
        effect=standardised, conflicts=exposed["crashes"], exposure=exposed["length_km"]
    )
    performance = fit_performance(places, policy)
    normal = performance.rate(places) * exposed["length_km"].to_numpy(float)
    weight = prior_weight(normal, performance.place_shape(places))
    expected = weight * normal + (1 - weight) * exposed["crashes"].to_numpy(float)
    return pd.DataFrame(
        {"crashes_normal": normal, "crashes_expected": expected}, index=exposed.index
    )


def agree(
    posterior: Posterior, blind_rate: Floats, crashes: Floats, normal: Floats, policy: Policy
) -> tuple[Posterior, Floats]:
    """Return conflict rates that official crashes were told to, and how much these count.

    Crashes and conflicts each say how far a place departs from what is normal; the two departures
    are averaged with the inverse of their variances as weights.

    Parameters
    ----------
    posterior
        Conflict rates given the reports.
    blind_rate
        The conflict rate that is normal for type and stress alone.
    crashes, normal
        Crashes of each place, and those that are normal for it, in the same years.

    Returns
    -------
    updated
        Gamma distributions with the updated mean and variance of the logarithm.
    share
        Weight of the crashes, 0 to 1.
    """
    by_crashes = np.log((crashes + 0.5) / (normal + 0.5))
    # Of what is normal, not of what happened: else a first crash could lower the rate, because
    # it would make the crashes weigh more while they still say less than the reports do.
    its_variance = 1 / (normal + 0.5) + policy.crash_log_sd**2
    by_reports = np.log(posterior.mean / blind_rate)
    variance = np.asarray(special.polygamma(1, posterior.shape))
    share = variance / (variance + its_variance)
    updated = from_logarithms(
        posterior.log_mean + share * (by_crashes - by_reports), variance * (1 - share)
    )
    return updated, share
