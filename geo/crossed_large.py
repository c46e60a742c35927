"""Crossed effects of ratings too many for a dense matrix: for nations.

The equations are solved by iteration; what restricted maximum likelihood needs beyond their
solution, traces of an inverse that is never made, is estimated from draws. The same random numbers
serve at every step, so that one set of ratings has one answer.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .crossed_draws import Draws, expected_squares, place_errors
from .crossed_effects import LARGEST_RATIO, ROUNDING, CrossedEffects, Variances
from .crossed_sparse import Design, Sides, System

if TYPE_CHECKING:
    from .crossed_effects import Codes, Flags, Floats

logger = logging.getLogger(__name__)

# Draws at each step times the smaller number of effects: variances to a part in a thousand.
DRAWN_EFFECTS = 400_000
FEWEST_DRAWS, MOST_DRAWS = 16, 256
# Draws for the errors of single places, which nothing averages out.
ERROR_DRAWS = 256

ESTIMATES, DRAWN, ERRORS = 1e-9, 1e-5, 1e-3  # how well equations are solved for each
MOST_STEPS = 60
GAIN = 1e-6  # of log likelihood, below which a step is not worth taking
FARTHEST = 5.0  # times a ratio may grow or shrink in one step
FROM_ZERO = 0.05  # how far a ratio may come from zero in one step
VANISHED = 1e-6  # a ratio that counts as zero


def fit_large(
    danger: Floats, weight: Floats, *, place: Codes, rater: Codes, type_of_place: Codes
) -> CrossedEffects:
    """Return what `fit_crossed` does, at a cost that grows with the number of ratings.

    Effects and means solve the equations to nine digits. Variances solve the REML score equations
    with traces from draws: within 1 % of the exact ones in tests, as a rule within 0.2 %. The
    squared standard error of a place is exact as far as its own ratings go; the part that comes
    of raters is a mean over `ERROR_DRAWS` draws with a standard deviation of 9 %. As raters make
    up 5 to 30 % of the whole, that is 0.5 to 2 % of it, and under 5 % for 99 of 100 places.

    Parameters
    ----------
    danger, weight, place, rater, type_of_place
        As in `fit_crossed`. Draws follow the order of the ratings: sort them first.

    References
    ----------
    Gilmour, Thompson and Cullis (1995), Biometrics 51(4), 1440-1450, doi:10.2307/2533274, for
    average information. Sidén, Lindgren, Bolin and Villani (2018), Journal of Computational and
    Graphical Statistics 27(4), 898-909, doi:10.1080/10618600.2018.1473782, for errors that are
    exact in part.
    """
    design = Design.of(weight, place=place, rater=rater, type_of_place=type_of_place)
    centre = float(weight @ danger / weight.sum())
    criterion = _Criterion(design, danger - centre)
    ratios, at = _maximise(criterion, _start(danger, design))
    errors = place_errors(System(design, *np.sqrt(ratios)), ERROR_DRAWS, ERRORS)
    return CrossedEffects(
        type_mean=at.estimates.type[:, 0] + centre,
        place_effect=at.estimates.place[:, 0],
        standard_error=np.sqrt(at.error * errors.squared),
        evidence=errors.evidence,
        variances=Variances(float(ratios[0] * at.error), float(ratios[1] * at.error), at.error),
    )


class _Solutions(NamedTuple):
    """Solutions of the last step, to start the next from."""

    data: Floats | None = None
    drawn: Floats | None = None
    directions: Floats | None = None


class _At(NamedTuple):
    """What the data say at one pair of ratios, and where the criterion leads from there."""

    estimates: Sides
    error: float
    slope: Floats  # of the log likelihood, by ratio
    information: Floats  # (2, 2): average of observed and expected
    solutions: _Solutions


def _start(danger: Floats, design: Design) -> Floats:
    """Return ratios of the variances of places and raters; one that starts at zero stays there."""
    if np.ptp(danger) == 0:
        return np.zeros(2)
    # Neither a single rater nor a place that is all of its type can be told from the mean.
    types, places = design.members.shape
    return np.array([float(places > types), 0.5 * (len(design.rater_weight) > 1)])


def _maximise(criterion: _Criterion, ratios: Floats) -> tuple[Floats, _At]:
    free = ratios > 0
    at = criterion.at(ratios, _Solutions())
    for _ in range(MOST_STEPS):
        proposed = _proposed(ratios, at, free)
        if np.abs(at.slope * (proposed - ratios)).sum() < GAIN:
            return ratios, at
        ratios, at = proposed, criterion.at(proposed, at.solutions)
    logger.warning("variances of %d ratings had not settled", len(criterion.design.weight))
    return ratios, at


def _proposed(ratios: Floats, at: _At, free: Flags) -> Floats:
    """Return where a step of Newton's leads, kept from going too far."""
    moving = free & ((ratios > 0) | (at.slope > 0))
    # As much as one rating more would tell: it keeps ratios that the data do not tell from running.
    damped = at.information + np.diag(1 / np.maximum(ratios, FROM_ZERO) ** 2)
    step = np.zeros(2)
    step[moving] = np.linalg.solve(damped[np.ix_(moving, moving)], at.slope[moving])
    farthest = np.minimum(np.maximum(FARTHEST * ratios, FROM_ZERO), LARGEST_RATIO**2)
    proposed = np.clip(ratios + step, ratios / FARTHEST, farthest)
    return np.where(free & (proposed > VANISHED), proposed, 0)


class _Criterion:
    """The restricted likelihood of given values, by the ratios of variances to the errors'."""

    def __init__(self, design: Design, values: Floats) -> None:
        self.design = design
        self._right = design.sums(design.weight * values)
        self._squares = float(design.weight @ values**2)
        self._freedom = len(values) - len(self._right.type)
        fewer = min(len(self._right.place), len(self._right.rater))
        draws = int(np.clip(DRAWN_EFFECTS // fewer, FEWEST_DRAWS, MOST_DRAWS))
        self._draws = Draws.of(design, range(draws))

    def at(self, ratios: Floats, near: _Solutions) -> _At:
        """Return estimates, slope and information at the given ratios."""
        system = System(self.design, *np.sqrt(ratios))
        right = system.spherical(self._right)
        data = system.solve(right, near.data, ESTIMATES)
        estimates = system.effects(right, data)
        penalised = self._squares - float(self._right.dot(estimates)[0, 0])
        error = max(penalised / self._freedom, ROUNDING)
        residual = self._residual(estimates)
        squares = np.array([(residual.place**2).sum(), (residual.rater**2).sum()])

        drawn = system.solve(self._draws.right(system), near.drawn, DRAWN)
        slope = (squares / error - expected_squares(system, drawn)) / 2

        projected, directions = self._projected(system, residual, near.directions)
        # The second term is what is lost by estimating the error variance as well.
        lost = np.outer(squares, squares) / (error * self._freedom)
        information = (projected - lost) / (2 * error)
        return _At(estimates, error, slope, information, _Solutions(data, drawn, directions))

    def _residual(self, estimates: Sides) -> Sides:
        """Return the weighted sums of residuals."""
        means = estimates.type[self.design.type_of_place]
        fitted = self.design.seen(estimates.place + means, estimates.rater)
        return Sides(*(mine - theirs for mine, theirs in zip(self._right, fitted, strict=True)))

    def _projected(
        self, system: System, residual: Sides, near: Floats | None
    ) -> tuple[Floats, Floats]:
        """Return how residual sums, taken for ratings, are left unexplained: (2, 2)."""
        by_place = np.hstack([residual.place, np.zeros_like(residual.place)])
        by_rater = np.hstack([np.zeros_like(residual.rater), residual.rater])
        seen = self.design.seen(by_place, by_rater)
        right = system.spherical(seen)
        solution = system.solve(right, near, DRAWN)
        explained = seen.dot(system.effects(right, solution))
        return by_place.T @ seen.place + by_rater.T @ seen.rater - explained, solution
