"""Whether a measure made places safer: events before and after, against what was to be expected.

A before-after study with empirical Bayes and comparison places after Hauer (1997), Observational
Before-After Studies in Road Safety. Events are conflicts or crashes.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import stats

from .errors import DuplicateEvidenceError, GeoError, InvalidEvidenceError
from .power import detectable_fall
from .risk import prior_weight, update

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEAST_COMPARISONS = 10
CONFIDENCE = 0.95
PERIODS = ["before", "after", "exposure_before", "exposure_after"]
NORMAL = ["expected_before", "shape"]

State = Literal["fall shown", "rise shown", "not shown"]


class TooFewComparisonsError(GeoError):
    """Too few untreated places, or too few events at them, to tell the trend."""


class TreatedComparisonError(GeoError):
    """A place that is treated and meant for comparison at the same time."""


@dataclass(frozen=True)
class Trend:
    """How the rate of events changed where nothing was built.

    `ratio` is after over before, for the same exposure; `variance` is that of its estimate,
    `scatter` the variance of the logarithm of the trends of single places.
    """

    ratio: float
    variance: float
    scatter: float
    places: int
    before: float
    after: float


@dataclass(frozen=True)
class BeforeAfter:
    """What happened at the treated places and what would have without the measure.

    `effect` is Hauer's θ, events after over events expected; `change` is 100(1 - θ), per cent
    fewer events, negative where there were more; `low` and `high` bound it.
    """

    places: int
    before: float
    """Events that happened, with their luck."""
    normal_before: float
    """Events to be expected before, after empirical Bayes: without the luck."""
    after: float
    expected_after: float
    """Events to be expected after, without the measure (Hauer's π)."""
    expected_sd: float
    effect: float
    effect_sd: float
    change: float
    low: float
    high: float
    chance: float
    """The probability of so few events, or so many, if the measure did nothing."""
    state: State
    detectable: float | None
    """The smallest share by which events must fall to be shown four times out of five."""
    trend: Trend


def compare_periods(
    treated: pd.DataFrame, comparison: pd.DataFrame, *, confidence: float = CONFIDENCE
) -> BeforeAfter:
    """Return whether events changed more at the treated places than the trend explains.

    Expected without the measure is ``π = r Σ κ E_after / E_before`` with the empirical Bayes
    estimate κ of the events before (variance ``κ (1 - w)``) and the trend r (`trend`);
    ``Var π = r² Σ κ (1 - w) (E_after / E_before)² + (π / r)² (Var r + r² scatter Σ share²)``,
    where the shares are those of the places in π. With λ events after,
    ``θ = (λ / π) / (1 + v)`` and ``Var θ = θ² (1/λ + v) / (1 + v)²`` for ``v = Var π / π²``.

    A change is shown if the interval of ``100 (1 - θ)`` excludes 0 and if, without an effect, so
    few (or so many) events had a probability of at most half of 1 - `confidence`. The second is
    stricter where θ ± 1.96 sd is too narrow: without an event after its width is 0, and it
    shrinks when π is as unsure as it is large. Probabilities are those of a Poisson number whose
    mean is gamma with mean π and variance Var π.

    Parameters
    ----------
    treated
        By place id: `before`, `after` (events), `exposure_before`, `exposure_after` (in any unit,
        as long as it is the same; years where nothing else is known), `expected_before` (events
        that are normal for such a place in the exposure before), `shape` (of the gamma
        distribution of rates).
    comparison
        By place id, untreated: the first four of these.

    Raises
    ------
    TooFewComparisonsError
        If there are fewer than 10 comparison places, or no events at them in one period.
    TreatedComparisonError
        If a place is in both.
    DuplicateEvidenceError
        If a place is twice in one.
    InvalidEvidenceError
        If nothing was treated, events are negative, or an exposure, `expected_before` or `shape`
        is not positive.

    References
    ----------
    Hauer (1997), Observational Before-After Studies in Road Safety, Pergamon, ISBN
    0-08-043053-8, chapters 6, 9 and 11; Highway Safety Manual (2010), chapter 9.
    """
    _check(treated, [*PERIODS, *NORMAL])
    if treated.empty:
        raise InvalidEvidenceError("expected at least one treated place")
    shared = treated.index.intersection(comparison.index)
    if len(shared):
        raise TreatedComparisonError(f"{len(shared)} places are both treated and compared with")
    treated = treated.sort_index()
    found = trend(comparison)

    y, normal, shape = (treated[name].to_numpy(float) for name in ("before", *NORMAL))
    ratio = _exposure_ratio(treated)
    estimate = update(y, 1, normal, shape).mean
    own_variance = estimate * (1 - prior_weight(normal, shape))
    untreated = estimate * ratio
    share = untreated / untreated.sum()
    expected = found.ratio * untreated.sum()
    variance = found.ratio**2 * (own_variance * ratio**2).sum() + untreated.sum() ** 2 * (
        found.variance + found.ratio**2 * found.scatter * (share**2).sum()
    )
    after = float(treated["after"].sum())
    effect, effect_sd = _effect(after, expected, variance)
    margin = float(stats.norm.ppf(0.5 + confidence / 2)) * effect_sd
    low, high = 100 * (1 - effect - margin), 100 * (1 - effect + margin)
    chance = _chance(after, expected, variance)
    return BeforeAfter(
        places=len(treated),
        before=float(y.sum()),
        normal_before=float(estimate.sum()),
        after=after,
        expected_after=float(expected),
        expected_sd=sqrt(variance),
        effect=effect,
        effect_sd=effect_sd,
        change=100 * (1 - effect),
        low=low,
        high=high,
        chance=chance,
        state=_state(low, high) if chance <= (1 - confidence) / 2 else "not shown",
        detectable=detectable_fall(float(estimate.sum()), confidence=confidence),
        trend=found,
    )


def trend(comparison: pd.DataFrame) -> Trend:
    """Return how the rate of events changed at untreated places.

    With A events after and ``B = Σ before E_after / E_before``, those expected at the old rates,
    ``r = (A / B) / (1 + Var B / B²)`` and ``Var r = r² (1/A + Var B / B² + scatter Σ share²)``,
    where Var B takes the events before as Poisson and shares are those of the places in B. With
    equal exposure these are Hauer's N / M / (1 + 1/M) and 1/M + 1/N + Var ω / ω².

    Places do not all follow one trend. `scatter`, the variance of the logarithm of theirs, is
    what the events after of each place, given all of its events, vary more than binomially:
    by moments, ``Σ ((a - n q)² - n q (1 - q)) / Σ n (n - 1) q² (1 - q)²``, never negative.

    Parameters
    ----------
    comparison
        By place id: `before`, `after`, `exposure_before`, `exposure_after`.

    Raises
    ------
    TooFewComparisonsError, DuplicateEvidenceError, InvalidEvidenceError
        As for `compare_periods`.

    References
    ----------
    Hauer (1997), chapter 9, the comparison group method.
    """
    _check(comparison, PERIODS)
    comparison = comparison.sort_index()
    before, after = (comparison[name].to_numpy(float) for name in ("before", "after"))
    if len(comparison) < LEAST_COMPARISONS or not (before.sum() > 0 and after.sum() > 0):
        raise TooFewComparisonsError(
            f"expected at least {LEAST_COMPARISONS} untreated places with events before and "
            f"after, got {len(comparison)} with {before.sum():g} and {after.sum():g}"
        )
    exposure = _exposure_ratio(comparison)
    expected = before * exposure
    relative = (before * exposure**2).sum() / expected.sum() ** 2
    plain = after.sum() / expected.sum()
    ratio = plain / (1 + relative)
    scatter = _scatter(before, after, plain * exposure)
    share = expected / expected.sum()
    return Trend(
        ratio=float(ratio),
        variance=float(ratio**2 * (1 / after.sum() + relative + scatter * (share**2).sum())),
        scatter=scatter,
        places=len(comparison),
        before=float(before.sum()),
        after=float(after.sum()),
    )


def _scatter(before: Floats, after: Floats, odds: Floats) -> float:
    number, share = before + after, odds / (1 + odds)
    binomial = number * share * (1 - share)
    information = (number * (number - 1) * (share * (1 - share)) ** 2).sum()
    more = ((after - number * share) ** 2 - binomial).sum()
    return float(max(0.0, more / information)) if information > 0 else 0.0


def _effect(after: float, expected: float, variance: float) -> tuple[float, float]:
    """Return θ and its standard deviation, 0 if nothing happened after."""
    relative = variance / expected**2
    effect = after / expected / (1 + relative)
    # θ² / λ in a form that is 0 and not undefined for λ = 0.
    squared = after / (expected * (1 + relative)) ** 2 + effect**2 * relative
    return effect, sqrt(squared) / (1 + relative)


def _state(low: float, high: float) -> State:
    if low > 0:
        return "fall shown"
    return "rise shown" if high < 0 else "not shown"


def _chance(after: float, expected: float, variance: float) -> float:
    """Return the probability of as few events, or of as many, whichever is the smaller."""
    successes, failure = expected**2 / variance, expected / (expected + variance)
    few = stats.nbinom.cdf(np.floor(after), successes, failure)
    many = stats.nbinom.sf(np.ceil(after) - 1, successes, failure)
    return float(min(few, many))


def _exposure_ratio(places: pd.DataFrame) -> Floats:
    return np.asarray(
        places["exposure_after"].to_numpy(float) / places["exposure_before"].to_numpy(float)
    )


def _check(places: pd.DataFrame, columns: list[str]) -> None:
    if places.index.has_duplicates:
        raise DuplicateEvidenceError("expected every place once")
    numbers = places[columns].to_numpy(float)
    if not np.isfinite(numbers).all():
        raise InvalidEvidenceError(f"{', '.join(columns)} must be finite")
    if (numbers[:, :2] < 0).any() or (numbers[:, 2:] <= 0).any():
        raise InvalidEvidenceError(
            f"events must not be negative, and {', '.join(columns[2:])} must be positive"
        )
