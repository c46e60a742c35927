"""What is normal where: the safety performance function of the Highway Safety Manual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import linalg, optimize, special

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .policy import Policy

    Floats = NDArray[np.float64]

# Wide enough for any data, narrow enough for exp.
LOG_SHAPE_RANGE = (-6.0, 9.0)
LOG_RATE_RANGE = (-20.0, 20.0)
NEWTON_STEPS = 8
NEWTON_DONE = 1e-12


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
        options={"maxiter": 1000, "ftol": 1e-11, "gtol": 1e-6},
    )
    at = design.polish(found.x, policy).tolist()
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
        y = self.conflicts
        m, shape = self._means(at)
        likelihood = (
            special.gammaln(y + shape)
            - special.gammaln(shape)
            + shape * np.log(shape / (shape + m))
            + special.xlogy(y, m / (shape + m))
        ).sum()
        by_predictor = shape * (y - m) / (shape + m)
        by_log_shape = shape * self._by_shape(m, shape)

        ridge = np.r_[np.zeros(self.kinds), slopes[self.kinds :]] / policy.slope_sd**2
        from_median = log_shape - np.log(policy.shape_median)
        prior = (slopes @ ridge + (from_median**2).sum() / policy.shape_log_sd**2) / 2
        gradient = np.r_[
            ridge - self.columns.T @ by_predictor,
            from_median / policy.shape_log_sd**2 - np.bincount(self.kind, by_log_shape, self.kinds),
        ]
        return float(prior - likelihood), gradient

    def _means(self, at: Floats) -> tuple[Floats, Floats]:
        """Return the mean and the shape of the conflicts at each place."""
        m = np.exp(np.clip(self.columns @ at[: -self.kinds], -30, 30)) * self.exposure
        return m, np.exp(at[-self.kinds :])[self.kind] * self.length_km

    def _by_shape(self, m: Floats, shape: Floats) -> Floats:
        """Return the derivative of each place's log likelihood by its shape."""
        y = self.conflicts
        return np.asarray(
            special.digamma(y + shape)
            - special.digamma(shape)
            + np.log(shape / (shape + m))
            + (m - y) / (shape + m)
        )

    def polish(self, at: Floats, policy: Policy) -> Floats:
        """Return the optimum near `at` to the last digits, by Newton's method.

        Where a quasi-Newton search stops hangs on how a processor rounds; a release must not.
        The slope of perceived danger stays where it is if it lies at its bound of 0.
        """
        free = np.ones(len(at), dtype=bool)
        free[-self.kinds - 1] = at[-self.kinds - 1] > 0
        value, gradient = self.negative_log_posterior(at, policy)
        for _ in range(NEWTON_STEPS):
            curvature = self._curvature(at, policy)[np.ix_(free, free)]
            step = np.zeros(len(at))
            # With hardly any ridge, types and intercept can stand for each other.
            step[free] = linalg.lstsq(curvature, gradient[free])[0]
            moved = at - step
            new_value, new_gradient = self.negative_log_posterior(moved, policy)
            low, high = LOG_SHAPE_RANGE
            log_shape = moved[-self.kinds :]
            inside = moved[-self.kinds - 1] >= 0 and low < log_shape.min() <= log_shape.max() < high
            if not inside or new_value > value + NEWTON_DONE * abs(value):
                return at
            at, value, gradient = moved, new_value, new_gradient
            if np.abs(step).max() < NEWTON_DONE:
                break
        return at

    def _curvature(self, at: Floats, policy: Policy) -> Floats:
        """Return the second derivatives of the criterion."""
        y, n = self.conflicts, len(at) - self.kinds
        m, shape = self._means(at)
        both = shape + m
        of_predictor = shape * m * (shape + y) / both**2
        mixed = -shape * (y - m) * m / both**2
        by_shape_twice = (
            special.polygamma(1, y + shape) - special.polygamma(1, shape) + 1 / shape - 1 / both
            - (m - y) / both**2
        )  # fmt: skip
        of_shape = -(shape**2 * by_shape_twice + shape * self._by_shape(m, shape))
        found = np.zeros((len(at), len(at)))
        found[:n, :n] = self.columns.T @ (of_predictor[:, None] * self.columns)
        found[range(self.kinds, n), range(self.kinds, n)] += 1 / policy.slope_sd**2
        for kind in range(self.kinds):
            own = self.kind == kind
            found[:n, n + kind] = found[n + kind, :n] = self.columns[own].T @ mixed[own]
            found[n + kind, n + kind] = of_shape[own].sum() + 1 / policy.shape_log_sd**2
        return found
