"""Crossed effects with one dense matrix, exact: for towns.

The larger of the two groups of effects has a diagonal block in the mixed model equations and is
eliminated exactly, so that a dense system as wide as the smaller group remains. "Outer" is the
eliminated group, "inner" the other one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import linalg, optimize, sparse

from .crossed_effects import LARGEST_RATIO, ROUNDING, CrossedEffects, Variances

if TYPE_CHECKING:
    from .crossed_effects import Codes, Floats

BESIDE_ZERO = 0.1
PART = 2_000  # places


def fit_dense(
    danger: Floats, weight: Floats, *, place: Codes, rater: Codes, type_of_place: Codes
) -> CrossedEffects:
    """Return what `fit_crossed` does, to the precision of the machine.

    Time grows with the cube of the smaller of the two groups, memory with its square.

    Parameters
    ----------
    danger, weight, place, rater, type_of_place
        As in `fit_crossed`.

    References
    ----------
    Bates, Maechler, Bolker and Walker (2015), Journal of Statistical Software 67(1),
    doi:10.18637/jss.v067.i01, for the profiled criterion.
    """
    raters = int(rater.max()) + 1
    places_outside = len(type_of_place) >= raters
    groups = ((place, len(type_of_place)), (rater, raters))
    equations = _Equations.of(
        danger,
        weight,
        outer=groups[0] if places_outside else groups[1],
        inner=groups[1] if places_outside else groups[0],
        type_of_value=type_of_place[place],
    )
    ratios = _best_ratios(equations, places_outside=places_outside, raters=raters)
    solution = equations.solve(ratios)
    place_ratio, rater_ratio = ratios if places_outside else ratios[::-1]
    error = max(solution.penalised / equations.freedom, ROUNDING)
    relative, effect_alone = _relative_variances(
        solution, place_ratio, type_of_place, places_outside=places_outside
    )
    between = place_ratio**2
    return CrossedEffects(
        type_mean=solution.type_mean,
        place_effect=solution.outer_effect if places_outside else solution.inner_effect,
        standard_error=np.sqrt(error * relative),
        evidence=np.clip(1 - effect_alone / between, 0, 1) if between > 0 else 0 * relative,
        variances=Variances(float(between * error), float(rater_ratio**2 * error), float(error)),
    )


def _best_ratios(equations: _Equations, *, places_outside: bool, raters: int) -> Floats:
    """Return the standard deviations of outer and inner effects, over that of the errors."""
    if np.ptp(equations.danger) == 0:
        return np.zeros(2)
    # A single rater cannot be told from the mean.
    rater = (0.0, 0.0) if raters == 1 else (0.7, LARGEST_RATIO)
    place = (1.0, LARGEST_RATIO)
    starts_and_limits = (place, rater) if places_outside else (rater, place)
    bounds = [(0.0, limit) for _, limit in starts_and_limits]
    found = _descend(equations, np.array([start for start, _ in starts_and_limits]), bounds)
    # The slope at zero is zero, so that a search that has jumped there is stuck: try from beside.
    for group, (_, limit) in enumerate(bounds):
        if limit > 0 and found.x[group] == 0:
            beside = np.where(np.arange(2) == group, BESIDE_ZERO, found.x)
            found = min(found, _descend(equations, beside, bounds), key=lambda end: end.fun)
    return np.asarray(found.x)


def _descend(
    equations: _Equations, start: Floats, bounds: list[tuple[float, float]]
) -> optimize.OptimizeResult:
    return optimize.minimize(
        equations.criterion,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"ftol": 1e-13, "gtol": 1e-6},
    )


def _relative_variances(
    solution: _Solution, place_ratio: float, type_of_place: Codes, *, places_outside: bool
) -> tuple[Floats, Floats]:
    """Return the prediction error variances, over the error's, with and without the type mean."""
    places, width = len(type_of_place), len(solution.inverse)
    rows = np.arange(places)
    columns = len(solution.inner_effect) + type_of_place
    mean = sparse.csr_matrix((np.ones(places), (rows, columns)), shape=(places, width))
    if places_outside:
        own = place_ratio**2 / solution.diagonal
        effect = -sparse.diags(place_ratio / np.sqrt(solution.diagonal)) @ solution.coupling
    else:
        own = np.zeros(places)
        effect = sparse.csr_matrix(
            (np.full(places, place_ratio), (rows, rows)), shape=(places, width)
        )
    with_mean, alone = (
        np.asarray(own + _quadratic(direction.tocsr(), solution.inverse))
        for direction in (effect + mean, effect)
    )
    return with_mean, alone


def _quadratic(rows: sparse.csr_matrix, matrix: Floats) -> Floats:
    """Return each row times the matrix times the row."""
    # A part at a time: all places times all raters would be the widest matrix of all.
    parts = [rows[first : first + PART] for first in range(0, rows.shape[0], PART)]
    values = [np.asarray(part.multiply(part @ matrix).sum(axis=1)).ravel() for part in parts]
    return np.asarray(np.maximum(np.concatenate(values), 0))


@dataclass(frozen=True)
class _Solution:
    """The mixed model equations solved at one pair of ratios."""

    outer_effect: Floats
    inner_effect: Floats
    type_mean: Floats
    outer_spherical: Floats  # effects over their standard deviations
    inner_spherical: Floats
    weighted_residual: Floats
    penalised: float  # weighted squares of residuals and of spherical effects
    log_determinant: float
    diagonal: Floats  # the outer block
    coupling: sparse.csr_matrix  # the outer rows, over the root of the diagonal
    inverse: Floats  # of the reduced system: inner effects, then types


@dataclass(frozen=True)
class _Equations:
    """Weighted cross products of outer incidence z, inner and type incidence h, and danger x."""

    danger: Floats
    weight: Floats
    outer: Codes
    inner: Codes
    type_of_value: Codes
    inner_count: int
    zz: Floats
    zh: sparse.csr_matrix
    hh: Floats
    zx: Floats
    hx: Floats

    @classmethod
    def of(
        cls,
        danger: Floats,
        weight: Floats,
        *,
        outer: tuple[Codes, int],
        inner: tuple[Codes, int],
        type_of_value: Codes,
    ) -> _Equations:
        n, rows = len(danger), np.arange(len(danger))
        z = sparse.csr_matrix((np.ones(n), (rows, outer[0])), shape=(n, outer[1]))
        columns = np.concatenate([inner[0], inner[1] + type_of_value])
        width = inner[1] + int(type_of_value.max()) + 1
        h = sparse.csr_matrix((np.ones(2 * n), (np.tile(rows, 2), columns)), shape=(n, width))
        weighted = sparse.diags(weight) @ h
        return cls(
            danger=danger,
            weight=weight,
            outer=outer[0],
            inner=inner[0],
            type_of_value=type_of_value,
            inner_count=inner[1],
            zz=np.bincount(outer[0], weight, outer[1]).astype(float),
            zh=(z.T @ weighted).tocsr(),
            hh=(h.T @ weighted).toarray(),
            zx=z.T @ (weight * danger),
            hx=h.T @ (weight * danger),
        )

    @property
    def freedom(self) -> int:
        return len(self.danger) - (len(self.hx) - self.inner_count)

    def solve(self, ratios: Floats) -> _Solution:
        k = self.inner_count
        scale = np.ones(len(self.hx))
        scale[:k] = ratios[1]
        diagonal = ratios[0] ** 2 * self.zz + 1
        rows = sparse.diags(ratios[0] / np.sqrt(diagonal))
        coupling = (rows @ self.zh @ sparse.diags(scale)).tocsr()
        right = ratios[0] * self.zx / np.sqrt(diagonal)

        reduced = self.hh * np.outer(scale, scale) - (coupling.T @ coupling).toarray()
        reduced[np.arange(k), np.arange(k)] += 1
        factor = linalg.cho_factor(reduced, lower=True, check_finite=False)
        inverse = linalg.cho_solve(factor, np.eye(len(reduced)), check_finite=False)
        spherical = inverse @ (scale * self.hx - coupling.T @ right)
        outer_spherical = (right - coupling @ spherical) / np.sqrt(diagonal)

        outer_effect, effects = ratios[0] * outer_spherical, scale * spherical
        fitted = outer_effect[self.outer] + effects[self.inner] + effects[k + self.type_of_value]
        residual = self.danger - fitted
        squares = (
            self.weight @ residual**2 + (outer_spherical**2).sum() + (spherical[:k] ** 2).sum()
        )
        return _Solution(
            outer_effect=outer_effect,
            inner_effect=effects[:k],
            type_mean=effects[k:],
            outer_spherical=outer_spherical,
            inner_spherical=spherical[:k],
            weighted_residual=self.weight * residual,
            penalised=max(float(squares), 1e-12),
            log_determinant=float(np.log(diagonal).sum() + 2 * np.log(np.diag(factor[0])).sum()),
            diagonal=diagonal,
            coupling=coupling,
            inverse=inverse,
        )

    def criterion(self, ratios: Floats) -> tuple[float, Floats]:
        """Return the REML deviance (up to a constant) and its gradient."""
        at, k = self.solve(ratios), self.inner_count
        value = at.log_determinant + self.freedom * np.log(at.penalised)

        # By the envelope theorem only the explicit dependence of the residuals counts.
        fit = np.array([
            np.bincount(self.outer, at.weighted_residual, len(at.diagonal)) @ at.outer_spherical,
            np.bincount(self.inner, at.weighted_residual, k) @ at.inner_spherical,
        ])  # fmt: skip
        # The determinant changes by 2 / ratio * (size - trace of the group's block of the inverse).
        outer = sparse.diags(1 / np.sqrt(at.diagonal)) @ at.coupling
        size = np.array([
            (1 - 1 / at.diagonal).sum() - (at.inverse * (outer.T @ outer).toarray()).sum(),
            k - np.trace(at.inverse[:k, :k]),
        ])  # fmt: skip
        determinant = 2 * size / np.maximum(ratios, 1e-8)
        return float(value), determinant - 2 * self.freedom * fit / at.penalised
