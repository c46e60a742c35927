"""Conflict rates by empirical Bayes."""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.performance import _Design, fit_performance
from geo.policy import load_policy
from geo.risk import exposure_at_risk, prior_weight, update

REFERENCE = Path(__file__).parent / "reference"
POLICY = load_policy()
FLAT = dataclasses.replace(POLICY, slope_sd=np.inf, shape_log_sd=np.inf)

# Hauer, Harwood, Council and Griffith (2002), TRR 1784: 1.8 km of road with 4,000 vehicles a day,
# 0.0224 * 4000^0.564 accidents per km and year, shape 2.05 per km.
NORMAL = 0.0224 * 4000**0.564 * 1.8
SHAPE = 2.05 * 1.8


def test_hauers_first_example() -> None:
    # 12 accidents in one year; printed: weight 0.460, 4.71 +/- 1.19 accidents per km and year.
    posterior = update(12, 1, NORMAL, SHAPE)

    assert prior_weight(NORMAL, SHAPE) == pytest.approx(0.45976, abs=5e-5)
    assert posterior.mean == pytest.approx(8.4764, abs=5e-4)
    assert posterior.mean / 1.8 == pytest.approx(4.71, abs=0.005)
    assert posterior.standard_deviation / 1.8 == pytest.approx(1.19, abs=0.005)


def test_hauers_second_example() -> None:
    # 12, 7 and 8 in three years; printed: weight 0.221, 7.97 +/- 1.44 accidents a year.
    posterior = update(12 + 7 + 8, 3, NORMAL, SHAPE)

    assert prior_weight(3 * NORMAL, SHAPE) == pytest.approx(0.22099, abs=5e-5)
    assert posterior.mean == pytest.approx(7.9693, abs=5e-4)
    assert posterior.standard_deviation == pytest.approx(1.44, abs=0.005)


rates = st.floats(0.01, 10)
counts = st.integers(0, 50)


@given(counts, rates, rates, rates)
def test_the_update_is_the_weighted_mean_of_normal_and_reported(
    y: int, exposure: float, rate: float, shape: float
) -> None:
    weight = prior_weight(rate * exposure, shape)
    expected = weight * rate + (1 - weight) * y / exposure

    assert update(y, exposure, rate, shape).mean == pytest.approx(expected)


@given(counts, rates, rates, rates)
def test_one_more_conflict_never_lowers_the_risk(
    y: int, exposure: float, rate: float, shape: float
) -> None:
    before, after = (update(n, exposure, rate, shape) for n in (y, y + 1))

    assert after.mean > before.mean
    assert after.log_mean > before.log_mean
    assert after.exceedance(1.0) >= before.exceedance(1.0)


@given(counts, rates, rates, rates, st.floats(0.01, 100))
def test_the_unit_of_exposure_does_not_matter(
    y: int, exposure: float, rate: float, shape: float, unit: float
) -> None:
    one, other = update(y, exposure, rate, shape), update(y, exposure * unit, rate / unit, shape)

    assert other.mean * unit == pytest.approx(one.mean)
    assert other.exceedance(1 / unit) == pytest.approx(one.exceedance(1))


def test_interval_holds_the_mass_it_claims() -> None:
    # Gamma(1, 1) after one conflict in exposure 1 around shape 1, rate 1 is Gamma(2, 2).
    posterior = update(np.array([0, 1]), 1, 1, 1)

    assert posterior.exceedance(1)[0] == pytest.approx(np.exp(-2))
    assert posterior.exceedance(posterior.quantile(0.05)) == pytest.approx([0.95, 0.95])


def test_hand_worked_exposure_at_risk() -> None:
    # A conflict to be expected of each of 10 participants with an exposure of 2: 1 - 1 / e of it.
    found = exposure_at_risk(np.array([5.0]), np.array([2.0]), np.array([10.0]))

    assert found == pytest.approx([2 * (1 - np.exp(-1))])


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n))))
def test_counts_over_the_exposure_at_risk_estimate_the_rate(n_and_y: tuple[int, int]) -> None:
    # Where the share y / n of participants is the one to be expected, y / exposure is the rate.
    n, y = n_and_y
    share = min(y / n, 1 - 0.5 / n)
    rate = np.array([-n * np.log1p(-share) / 3.0])
    at_risk = exposure_at_risk(rate, np.array([3.0]), np.array([float(n)]))

    assert share * n / at_risk == pytest.approx(rate)


@given(st.floats(1e-6, 50), st.floats(1e-6, 50))
def test_the_more_dangerous_the_less_is_left_to_report(one: float, other: float) -> None:
    low, high = sorted((one, other))
    found = exposure_at_risk(np.array([low, high]), np.full(2, 2.0), np.full(2, 4.0))

    assert 0 < found[1] <= found[0] <= 2


@pytest.fixture(scope="module")
def reports() -> pd.DataFrame:
    given_ = pd.read_csv(REFERENCE / "reports_sim.csv")
    effect = pd.read_csv(REFERENCE / "ratings_lme4_blup.csv").set_index("site")["blup"]
    return pd.DataFrame(
        {
            "kind": "intersection",
            "type": given_["site_class"].astype(str),
            "stress": 1,
            "effect": (given_["site"].map(effect) / np.sqrt(0.0315671545)).fillna(0),
            "conflicts": given_["reports"],
            "exposure": given_["passes"] / 1000,
            "length_km": 1.0,
        }
    )


def test_dispersion_of_the_reference_reports(reports: pd.DataFrame) -> None:
    performance = fit_performance(reports, FLAT)

    assert performance.shape["intersection"] == pytest.approx(3.645, abs=5e-4)


def test_priors_shrink_slopes_and_pull_the_shape(reports: pd.DataFrame) -> None:
    flat, weak = fit_performance(reports, FLAT), fit_performance(reports, POLICY)

    assert POLICY.shape_median < weak.shape["intersection"] < flat.shape["intersection"]
    assert np.ptp(list(weak.type_slope.values())) < np.ptp(list(flat.type_slope.values()))


def test_fitted_conflicts_add_up_to_those_reported(reports: pd.DataFrame) -> None:
    performance = fit_performance(reports, POLICY)
    expected = performance.rate(reports) * reports["exposure"]

    assert expected.sum() == pytest.approx(reports["conflicts"].sum(), rel=0.1)


def test_a_place_never_gains_from_being_felt_dangerous(reports: pd.DataFrame) -> None:
    performance = fit_performance(reports.assign(effect=-reports["effect"]), POLICY)

    assert performance.effect_slope == 0


def test_segments_vary_more_the_shorter_they_are() -> None:
    generator = np.random.default_rng(3)
    n = 600
    places = pd.DataFrame(
        {
            "kind": ["segment", "intersection"] * (n // 2),
            "type": ["path", "signalised"] * (n // 2),
            "stress": generator.integers(1, 5, n),
            "effect": generator.standard_normal(n),
            "length_km": [0.1, 1.0] * (n // 2),
            "exposure": generator.gamma(2, 10, n),
        }
    )
    shape = np.where(places["kind"] == "segment", 20 * 0.1, 1.2)
    normal = np.exp(-1 + 0.4 * (places["stress"] - 2.5) + 0.5 * places["effect"])
    rate = normal * generator.gamma(shape) / shape
    places["conflicts"] = generator.poisson(rate * places["exposure"])

    performance = fit_performance(places, POLICY)

    assert performance.stress_slope == pytest.approx(0.4, abs=0.15)
    assert performance.effect_slope == pytest.approx(0.5, abs=0.15)
    assert performance.shape["intersection"] == pytest.approx(1.2, rel=0.35)
    assert performance.shape["segment"] == pytest.approx(20, rel=0.5)
    assert performance.place_shape(places)[0] == pytest.approx(performance.shape["segment"] / 10)


@given(st.integers(0, 50))
@settings(max_examples=10, deadline=None)
def test_the_fit_is_at_the_bottom_to_the_last_digits(seed: int) -> None:
    generator = np.random.default_rng(seed)
    n = 200
    places = pd.DataFrame(
        {
            "kind": np.where(np.arange(n) < 120, "intersection", "segment"),
            "type": generator.choice(["a", "b", "c"], n),
            "stress": generator.integers(1, 5, n),
            "effect": generator.normal(0, 1, n),
            "exposure": generator.uniform(0.1, 5, n),
            "length_km": np.where(np.arange(n) < 120, 1.0, 0.08),
        }
    )  # fmt: skip
    places["conflicts"] = generator.poisson(
        generator.gamma(1.5, 1 / 1.5, n) * np.exp(0.3 * places["effect"]) * places["exposure"]
    )
    design = _Design.of(places, ["intersection", "segment"], ["a", "b", "c"])
    found = fit_performance(places, POLICY)
    at = np.array([
        *found.intercept.values(), *found.type_slope.values(), found.stress_slope,
        found.effect_slope, *np.log(list(found.shape.values())),
    ])  # fmt: skip
    _, gradient = design.negative_log_posterior(at, POLICY)
    if found.effect_slope == 0:
        assert gradient[6] > 0
        gradient[6] = 0

    assert np.abs(gradient).max() < 1e-9
