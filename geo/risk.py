"""How often conflicts happen at a place: what is normal for its type, updated by reports.

Empirical Bayes of the Highway Safety Manual: conflicts y are Poisson with a mean of rate times
exposure, rates of like places follow a gamma distribution around a safety performance function.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import optimize, special

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from .policy import Policy

    Floats = NDArray[np.float64]

# Wide enough for any data, narrow enough for exp.
LOG_SHAPE_RANGE = (-6.0, 9.0)
LOG_RATE_RANGE = (-20.0, 20.0)


def exposure_at_risk(rate: Floats, exposure: Floats, participants: Floats) -> Floats:
    """Return the exposure during which a first conflict could still be reported.

    Who had two near misses is one reporter: after the first one, a participant's passages can
    add nothing to the count. With m = rate x exposure / participants conflicts to be expected
    of each, that is the share (1 - exp(-m)) / m of the exposure. Counts over it estimate the rate
    without the bias of saturated places, and stay counts: a larger count instead, -n ln(1 - y/n),
    has the same mean and pretends to more evidence than there is.

    Parameters
    ----------
    rate
        (n,) conflicts per unit of exposure, the best estimates so far; more than 0.
    exposure, participants
        (n,) of each place; more than 0.
    """
    each = rate * exposure / participants
    return np.asarray(exposure * -np.expm1(-each) / each)


def prior_weight(expected: ArrayLike, shape: ArrayLike) -> Floats:
    """Return the weight of what is normal against what was reported, 0 to 1.

    `expected` are the conflicts the safety performance function predicts, `shape` is the gamma
    shape of the rates.

    References
    ----------
    Hauer, Harwood, Council and Griffith (2002), Transportation Research Record 1784, 126-131.
    """
    return np.asarray(1 / (1 + np.asarray(expected) / np.asarray(shape)), dtype=float)


@dataclass(frozen=True)
class Posterior:
    """Gamma distributions of the conflict rates, given the reports."""

    shape: Floats
    exposure: Floats

    def __getitem__(self, chosen: NDArray[np.bool_]) -> Posterior:
        return Posterior(self.shape[chosen], self.exposure[chosen])

    @property
    def mean(self) -> Floats:
        """Expected rates."""
        return self.shape / self.exposure

    @property
    def standard_deviation(self) -> Floats:
        """Standard deviations of the rates."""
        return np.sqrt(self.shape) / self.exposure

    @property
    def log_mean(self) -> Floats:
        """Expected logarithms of the rates."""
        return np.asarray(special.digamma(self.shape) - np.log(self.exposure))

    @property
    def log_variance(self) -> Floats:
        """Variances of the logarithms of the rates."""
        return np.asarray(special.polygamma(1, self.shape))

    def quantile(self, probability: float) -> Floats:
        """Return the rate below which each place lies with `probability`."""
        return np.asarray(special.gammaincinv(self.shape, probability) / self.exposure)

    def exceedance(self, rate: ArrayLike) -> Floats:
        """Return the probability that each rate exceeds `rate`."""
        return np.asarray(special.gammaincc(self.shape, np.asarray(rate) * self.exposure))

    def draws(self, count: int, generator: np.random.Generator) -> Floats:
        """Return `count` draws of every rate, one row each."""
        drawn = generator.standard_gamma(self.shape, (count, len(self.shape)))
        return np.asarray(drawn / self.exposure)


def update(
    conflicts: ArrayLike, exposure: ArrayLike, rate: ArrayLike, shape: ArrayLike
) -> Posterior:
    """Return the rates after `conflicts` in `exposure`, where `rate` is normal."""
    shape = np.asarray(shape, dtype=float)
    return Posterior(shape + np.asarray(conflicts), shape / np.asarray(rate) + np.asarray(exposure))


def from_logarithms(mean: Floats, variance: Floats) -> Posterior:
    """Return the gamma distributions whose logarithms have these means and variances (> 0)."""
    shape = _inverse_trigamma(variance)
    return Posterior(shape, np.asarray(np.exp(special.digamma(shape) - mean)))


def _inverse_trigamma(value: Floats) -> Floats:
    # Newton on 1 / trigamma, which is nearly a straight line: from this start it only rises.
    shape = 0.5 + 1 / value
    for _ in range(50):
        at = special.polygamma(1, shape)
        step = at * (1 - at / value) / special.polygamma(2, shape)
        shape = shape + step
        if (np.abs(step) <= 1e-12 * shape).all():
            break
    return np.asarray(shape)


@dataclass(frozen=True)
class SafetyPerformance:
    """The fitted safety performance function: what is normal where.

    `intercept` and `shape` are by kind (the shape per kilometre on segments), `type_slope` by
    type, `stress_slope` per level above `stress_centre`, `effect_slope` per standard deviation
    of perceived danger.
    """

    intercept: dict[str, float]
    type_slope: dict[str, float]
    stress_slope: float
    stress_centre: float
    effect_slope: float
    shape: dict[str, float]

    def rate(self, places: pd.DataFrame) -> Floats:
        """Return the normal conflict rate of each place (`kind`, `type`, `stress`, `effect`)."""
        logarithm = (
            places["kind"].map(self.intercept).to_numpy(float)
            + places["type"].map(self.type_slope).to_numpy(float)
            + self.stress_slope * (places["stress"].to_numpy(float) - self.stress_centre)
            + self.effect_slope * places["effect"].to_numpy(float)
        )
        return np.asarray(np.exp(np.clip(logarithm, *LOG_RATE_RANGE)))

    def place_shape(self, places: pd.DataFrame) -> Floats:
        """Return the gamma shape of each place's rate: on segments in proportion to length."""
        return np.asarray(
            places["kind"].map(self.shape).to_numpy(float) * places["length_km"].to_numpy(float)
        )


def fit_performance(places: pd.DataFrame, policy: Policy) -> SafetyPerformance:
    """Return the safety performance function of an area, fitted with weak priors.

    Negative binomial regression with variance m + m²/shape: an intercept and a shape for each
    kind, slopes for type, stress and perceived danger. The slope of perceived danger is never
    negative: places must not gain from being felt dangerous.

    Parameters
    ----------
    places
        `kind`, `type`, `stress`, `effect` (perceived danger in standard deviations, 0 where
        nobody rated), `conflicts`, `exposure` (more than 0) and `length_km` (1 for intersections).
    """
    kinds, types = sorted(places["kind"].unique()), sorted(places["type"].unique())
    design = _Design.of(places, kinds, types)
    start = np.zeros(design.columns.shape[1] + len(kinds))
    for position, kind in enumerate(kinds):
        own = places[places["kind"] == kind]
        start[position] = np.log((own["conflicts"].sum() + 0.5) / own["exposure"].sum())
        start[position - len(kinds)] = np.log(policy.shape_median)
    slopes = len(types) + 1
    bounds = [LOG_RATE_RANGE] * len(kinds) + [(None, None)] * slopes + [(0.0, None)]
    found = optimize.minimize(
        design.negative_log_posterior,
        start,
        args=(policy,),
        jac=True,
        method="L-BFGS-B",
        bounds=bounds + [LOG_SHAPE_RANGE] * len(kinds),
        options={"maxiter": 1000, "ftol": 1e-13, "gtol": 1e-7},
    )
    at = found.x.tolist()
    by_type = len(kinds) + len(types)
    return SafetyPerformance(
        intercept=dict(zip(kinds, at, strict=False)),
        type_slope=dict(zip(types, at[len(kinds) : by_type], strict=True)),
        stress_slope=at[by_type],
        stress_centre=design.stress_centre,
        effect_slope=at[by_type + 1],
        shape=dict(zip(kinds, np.exp(at[by_type + 2 :]).tolist(), strict=True)),
    )


@dataclass(frozen=True)
class _Design:
    columns: Floats  # kinds, types, stress, effect
    kind: NDArray[np.intp]
    kinds: int
    stress_centre: float
    conflicts: Floats
    exposure: Floats
    length_km: Floats

    @classmethod
    def of(cls, places: pd.DataFrame, kinds: list[str], types: list[str]) -> _Design:
        centre = float(places["stress"].mean())
        kind = pd.Index(kinds).get_indexer(places["kind"])
        columns = [
            np.eye(len(kinds))[kind],
            np.eye(len(types))[pd.Index(types).get_indexer(places["type"])],
            places["stress"].to_numpy(float) - centre,
            places["effect"].to_numpy(float),
        ]
        return cls(
            columns=np.column_stack(columns),
            kind=kind,
            kinds=len(kinds),
            stress_centre=centre,
            conflicts=places["conflicts"].to_numpy(float),
            exposure=places["exposure"].to_numpy(float),
            length_km=places["length_km"].to_numpy(float),
        )

    def negative_log_posterior(self, at: Floats, policy: Policy) -> tuple[float, Floats]:
        """Return the criterion (up to a constant) and its gradient."""
        slopes, log_shape = at[: -self.kinds], at[-self.kinds :]
        shape = np.exp(log_shape)[self.kind] * self.length_km
        y = self.conflicts
        m = np.exp(np.clip(self.columns @ slopes, -30, 30)) * self.exposure
        likelihood = (
            special.gammaln(y + shape)
            - special.gammaln(shape)
            + shape * np.log(shape / (shape + m))
            + special.xlogy(y, m / (shape + m))
        ).sum()
        by_predictor = shape * (y - m) / (shape + m)
        by_log_shape = shape * (
            special.digamma(y + shape)
            - special.digamma(shape)
            + np.log(shape / (shape + m))
            + (m - y) / (shape + m)
        )

        ridge = np.r_[np.zeros(self.kinds), slopes[self.kinds :]] / policy.slope_sd**2
        from_median = log_shape - np.log(policy.shape_median)
        prior = (slopes @ ridge + (from_median**2).sum() / policy.shape_log_sd**2) / 2
        gradient = np.r_[
            ridge - self.columns.T @ by_predictor,
            from_median / policy.shape_log_sd**2 - np.bincount(self.kind, by_log_shape, self.kinds),
        ]
        return float(prior - likelihood), gradient
