"""The way for many ratings, against lme4 and against the exact way."""

import logging
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.conjugate import solve_columns
from geo.crossed import fit_crossed
from geo.crossed_dense import fit_dense
from geo.crossed_effects import CrossedEffects
from geo.crossed_large import fit_large

REFERENCE = Path(__file__).parent / "reference"


Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


class Fit(Protocol):
    def __call__(
        self, danger: Floats, weight: Floats, *, place: Codes, rater: Codes, type_of_place: Codes
    ) -> CrossedEffects: ...


class Rated(NamedTuple):
    danger: Floats
    weight: Floats
    place: Codes
    rater: Codes
    type_of_place: Codes

    def by(self, fit: Fit) -> CrossedEffects:
        return fit(**self._asdict())


def rated(ratings: int, *, places: int, raters: int, rater_sd: float = 0.1) -> Rated:
    return simulated(ratings, places, raters, rater_sd)[0]


def simulated(
    ratings: int, places: int, raters: int, rater_sd: float = 0.1, types: int = 6
) -> tuple[Rated, Floats]:
    """Ratings with a place sd of 0.17 and an error sd of 0.16, and each place's true score.

    One rater in six errs twice as much and weighs a quarter.
    """
    generator = np.random.default_rng(0)
    known = generator.lognormal(0, 1, places)
    pairs = np.unique(
        generator.choice(places, 2 * ratings, p=known / known.sum()) * raters
        + generator.integers(0, raters, 2 * ratings)
    )
    pairs = np.sort(generator.choice(pairs, ratings, replace=False))
    place = np.unique(pairs // raters, return_inverse=True)[1]
    rater = np.unique(pairs % raters, return_inverse=True)[1]
    type_of_place = generator.integers(0, types, place.max() + 1)
    weight = np.where(generator.random(raters) < 1 / 6, 0.25, 1.0)[rater]
    score = generator.uniform(0.3, 0.6, types)[type_of_place]
    score = score + generator.normal(0, 0.17, len(type_of_place))
    danger = (
        score[place]
        + generator.normal(0, rater_sd, raters)[rater]
        + generator.normal(0, 0.16, ratings) / np.sqrt(weight)
    )
    return Rated(danger, weight, place, rater, type_of_place), score


def test_variances_and_effects_are_those_of_lme4() -> None:
    given_ = pd.read_csv(REFERENCE / "ratings_sim.csv")
    blup = pd.read_csv(REFERENCE / "ratings_lme4_blup.csv").sort_values("site")
    types = given_.groupby("site")["site_class"].first()
    ratings = Rated(
        (given_["rating"].to_numpy(float) - 1) / 4,
        np.ones(len(given_)),
        types.index.get_indexer(given_["site"]),
        pd.factorize(given_["rater"])[0],
        pd.factorize(types)[0],
    )

    fit = ratings.by(fit_large)

    assert fit.variances == pytest.approx((0.0315671545, 0.0109983074, 0.0273862961), rel=0.01)
    assert np.abs(fit.place_effect - blup["blup"]).max() < 1e-3


@pytest.mark.parametrize(
    "ratings",
    [
        pytest.param(rated(5_000, places=600, raters=300), id="more places"),
        pytest.param(rated(5_000, places=400, raters=1_200), id="more raters"),
        pytest.param(
            rated(5_000, places=1_000, raters=1_000, rater_sd=0.17), id="few ratings each"
        ),
    ],
)
def test_it_agrees_with_the_exact_way(ratings: Rated) -> None:
    exact, large = ratings.by(fit_dense), ratings.by(fit_large)

    assert large.variances == pytest.approx(exact.variances, rel=0.01)
    assert large.type_mean == pytest.approx(exact.type_mean, abs=1e-3)
    assert np.abs(large.place_effect - exact.place_effect).max() < 1e-3
    error = np.abs((large.standard_error / exact.standard_error) ** 2 - 1)
    assert np.quantile(error, 0.99) < 0.05
    assert error.max() < 0.1
    assert np.abs(large.evidence - exact.evidence).max() < 0.05


@pytest.mark.parametrize("fit", [fit_dense, fit_large])
def test_intervals_hold_what_they_promise(fit: Fit) -> None:
    ratings, score = simulated(12_000, 2_000, 800)
    found = ratings.by(fit)

    estimated = found.type_mean[ratings.type_of_place] + found.place_effect
    covered = np.abs(estimated - score) < 1.6448536 * found.standard_error
    assert 0.88 < covered.mean() < 0.92


def test_many_of_both_take_the_way_for_many(caplog: pytest.LogCaptureFixture) -> None:
    ratings = rated(9_000, places=3_000, raters=2_500)

    with caplog.at_level(logging.WARNING):
        fit = ratings.by(fit_crossed)

    assert not caplog.records
    assert len(np.unique(ratings.rater)) > 2_000
    np.testing.assert_array_equal(fit.place_effect, ratings.by(fit_large).place_effect)


def test_hand_worked_balanced_design() -> None:
    # Every rater rates every place once: REML equals the analysis of variance.
    generator = np.random.default_rng(3)
    table = (
        generator.normal(0, 0.2, (40, 1)) + generator.normal(0, 0.1, (1, 30))
        + generator.normal(0, 0.1, (40, 30))
    )  # fmt: skip
    place, rater = (codes.ravel() for codes in np.indices(table.shape))
    one_type = np.zeros(40, dtype=np.intp)
    residual = table - table.mean(1, keepdims=True) - table.mean(0) + table.mean()
    error = (residual**2).sum() / (39 * 29)
    between = table.mean(1).var(ddof=1) - error / 30, table.mean(0).var(ddof=1) - error / 40

    fit = Rated(table.ravel(), np.ones(table.size), place, rater, one_type).by(fit_large)

    assert fit.variances == pytest.approx((*between, error), rel=0.005)


def test_a_single_rater_has_no_variance() -> None:
    generator = np.random.default_rng(4)
    place = np.repeat(np.arange(50), 3)
    danger = generator.normal(0, 0.2, 50)[place] + generator.normal(0, 0.1, 150)
    only = Rated(danger, np.ones(150), place, np.zeros(150, int), np.zeros(50, int))

    fit = only.by(fit_large)

    assert fit.variances.rater == 0
    assert fit.variances == pytest.approx(only.by(fit_dense).variances, rel=0.01)


def test_ratings_all_the_same_have_no_variance() -> None:
    place, rater = (codes.ravel() for codes in np.indices((6, 5)))
    same = Rated(np.full(30, 0.5), np.ones(30), place, rater, np.zeros(6, int))

    fit = same.by(fit_large)

    assert fit.variances[:2] == (0, 0)
    assert fit.type_mean == pytest.approx([0.5])
    assert (fit.evidence == 0).all()
    assert (fit.standard_error > 0).all()


def test_places_that_do_not_differ_have_no_variance() -> None:
    # Within places the ratings differ more than by chance, so between them less.
    place, rater = (codes.ravel() for codes in np.indices((20, 20)))
    danger = 0.5 + 0.1 * np.where((place + rater) % 2 == 0, 1.0, -1.0)
    fit = Rated(danger, np.ones(400), place, rater, np.zeros(20, int)).by(fit_large)

    assert fit.variances[:2] == (0, 0)
    assert fit.variances.error == pytest.approx(4 / 399)
    assert (fit.place_effect == 0).all()


def test_no_search_is_stuck_where_the_slope_is_zero() -> None:
    # Mere noise: variances are small or zero, and both ways have to find which.
    place, rater = (codes.ravel() for codes in np.indices((8, 8)))
    zeros = 0
    for seed in range(12):
        danger = np.random.default_rng(seed).uniform(0, 1, 64)
        noise = Rated(danger, np.ones(64), place, rater, np.zeros(8, int))
        exact, large = noise.by(fit_dense), noise.by(fit_large)
        assert large.variances == pytest.approx(exact.variances, abs=1e-3)
        zeros += sum(variance == 0 for variance in large.variances)
    assert 0 < zeros < 24


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 12), st.integers(1, 4), st.integers(0, 100))
def test_columns_are_solved_each_by_itself(size: int, columns: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    half = generator.standard_normal((size, size))
    matrix = half @ half.T + np.eye(size)
    right = generator.standard_normal((size, columns))
    right[:, -1] = 0

    solution = solve_columns(
        lambda v: matrix @ v,
        right,
        diagonal=np.diag(matrix),
        start=generator.standard_normal((size, columns)),
        tolerance=1e-10,
    )

    assert solution == pytest.approx(np.linalg.solve(matrix, right), abs=1e-7)
