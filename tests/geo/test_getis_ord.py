"""The local statistics of Getis and Ord."""

import itertools
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from geo.getis_ord import gi, gi_star, permutation_p

# Six points; Gi and Gi* as pysal/esda's tests and R spdep's localG print them.
SIX = json.loads((Path(__file__).parent / "reference" / "gi_six_points.json").read_text())
VALUES = np.array(SIX["y"], dtype=float)


def within_band() -> sparse.csr_array:
    points = np.array(SIX["points"], dtype=float)
    apart = np.linalg.norm(points[:, None] - points[None, :], axis=2)
    return sparse.csr_array((apart <= SIX["distance_band"]).astype(float))


def test_gi_star_is_that_of_the_reference() -> None:
    assert gi_star(VALUES, within_band()) == pytest.approx(SIX["Gistar_binary"], abs=1e-6)


def test_gi_is_that_of_the_reference() -> None:
    assert gi(VALUES, within_band()) == pytest.approx(SIX["Gi_binary"], abs=1e-6)


def test_hand_worked_gi_star() -> None:
    # Mean 2, deviation √(2/3); the first two: (4 - 2 * 2) = 1 + 2 - 4 = -1, and
    # n Σw² - W² = 3 * 2 - 4 = 2, over n - 1 = 1.
    weights = sparse.csr_array([[1.0, 1, 0], [1, 1, 0], [0, 0, 1]])

    found = gi_star(np.array([1.0, 2.0, 3.0]), weights)
    assert found == pytest.approx([-np.sqrt(1.5), -np.sqrt(1.5), np.sqrt(1.5)])


values = st.lists(st.floats(-10, 10).map(lambda x: round(x, 2)), min_size=4, max_size=12)


def ring(n: int) -> sparse.csr_array:
    return sparse.csr_array(
        sparse.eye_array(n) + sparse.eye_array(n, k=1) + sparse.eye_array(n, k=-1)
    )


@settings(deadline=None)
@given(values, st.floats(0.1, 10), st.floats(-10, 10))
def test_scale_and_origin_of_values_do_not_matter(
    drawn: Sequence[float], scale: float, origin: float
) -> None:
    x = np.array(drawn)
    for statistic in (gi_star, gi):
        one, other = (statistic(each, ring(len(x))) for each in (x, scale * x + origin))
        assert np.isnan(one).all() == np.isnan(other).all() or np.ptp(x) < 0.1
        if np.ptp(x) > 0.1:
            assert other == pytest.approx(one, abs=1e-4, nan_ok=True)


def test_nothing_stands_out_among_equals() -> None:
    assert np.isnan(gi_star(np.full(6, 2.0), ring(6))).all()
    assert np.isnan(gi(np.full(6, 2.0), ring(6))).all()
    assert permutation_p(np.full(6, 2.0), ring(6), permutations=99, seed=1).tolist() == [1] * 6


def test_where_all_are_neighbours_nothing_is_above_its_surroundings() -> None:
    x = np.arange(5.0)
    every = sparse.csr_array(np.ones((5, 5)))

    assert np.isnan(gi_star(x, every)).all()
    assert permutation_p(x, every, permutations=99, seed=1).tolist() == [1] * 5


def test_permutations_approach_what_all_draws_give() -> None:
    # Every way in which two neighbours of six can be drawn from the five others.
    x = np.array([3.0, 1.0, 4.0, 1.5, 9.0, 2.6])
    weights = within_band()
    exact = []
    for place in range(6):
        near = [n for n in weights[[place]].indices if n != place]
        others = [n for n in range(6) if n != place]
        sums = [x[list(drawn)].sum() for drawn in itertools.combinations(others, len(near))]
        exact.append(np.mean(np.array(sums) >= x[near].sum() - 1e-9))

    found = permutation_p(x, weights, permutations=9_999, seed=2)
    assert found == pytest.approx(exact, abs=0.02)


def test_a_place_without_neighbours_is_not_remarkable() -> None:
    x = np.array([9.0, 0.0, 0.0])

    assert (
        permutation_p(x, sparse.csr_array(np.eye(3)), permutations=99, seed=1).tolist() == [1] * 3
    )


def test_p_is_never_0_and_depends_on_the_seed_alone() -> None:
    x = np.random.default_rng(4).standard_normal(50)
    one, same, other = (
        permutation_p(x, ring(50), permutations=199, seed=seed) for seed in (1, 1, 2)
    )

    assert one.tolist() == same.tolist() != other.tolist()
    assert one.min() >= 1 / 200


def test_p_is_uniform_where_neighbours_are_independent() -> None:
    generator = np.random.default_rng(5)
    p = np.concatenate(
        [
            permutation_p(generator.standard_normal(60), ring(60), permutations=199, seed=seed)
            for seed in range(40)
        ]
    )

    for level in (0.05, 0.2, 0.5, 0.8):
        assert (p <= level).mean() == pytest.approx(level, abs=0.02)
