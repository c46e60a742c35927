"""How often conflicts happen at a place: what is normal for its type, updated by reports.

Empirical Bayes of the Highway Safety Manual: conflicts y are Poisson with a mean of rate times
exposure, rates of like places follow a gamma distribution around a safety performance function.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


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
