"""What official crashes add to the reports of students."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from geo.official import Severity, agree, count_crashes, crash_prediction
from geo.policy import load_policy
from geo.risk import Posterior, from_logarithms

POLICY = load_policy()
CRASHES = pd.DataFrame(
    [
        ("i1", "slight", True), ("i1", "serious", True), ("i1", "damage_only", True),
        ("i1", "slight", False), ("i1", "slight", None), ("s1", "fatal", True),
        ("s1", "injury", True), (None, "fatal", True),
    ],
    columns=["place", "severity", "bicycle"],
).astype(object)  # fmt: skip

shapes = st.floats(0.05, 200)
counts = st.integers(0, 12)


def updated(
    shape: float, exposure: float, blind: float, crashes: int, normal: float
) -> tuple[Posterior, float]:
    posterior = Posterior(np.array([shape]), np.array([exposure]))
    after, share = agree(
        posterior, np.array([blind]), np.array([float(crashes)]), np.array([normal]), POLICY
    )
    return after, float(share[0])


def test_only_injuries_of_cyclists_at_a_place_count() -> None:
    found = count_crashes(CRASHES, Severity(1, 3, 5))

    assert found.loc["i1"].tolist() == [2, 1, 1, 4]
    # An injury of unknown severity is neither apart, and weighs as slight.
    assert found.loc["s1"].tolist() == [2, 1, 0, 6]
    assert len(found) == 2


def test_hand_worked_update() -> None:
    # Two crashes where one half is normal: d_B = ln(2.5 / 1), v_B = 1 / 1 + 0.55^2 = 1.3025.
    # Gamma(4, 2) has mean 2, normal is 1: d_A = ln 2, v_A = trigamma(4) = 0.28382.
    after, share = updated(4.0, 2.0, 1.0, 2, 0.5)
    v_a = float(special.polygamma(1, 4))

    assert v_a == pytest.approx(0.28382, abs=1e-5)
    assert share == pytest.approx(v_a / (v_a + 1.3025))
    before = float(special.digamma(4) - np.log(2))
    assert after.log_mean[0] == pytest.approx(before + share * np.log(2.5 / 2))
    assert after.log_variance[0] == pytest.approx(v_a * (1 - share))


@given(shapes, st.floats(0.01, 100))
def test_a_gamma_is_found_again_from_its_logarithms(shape: float, exposure: float) -> None:
    one = Posterior(np.array([shape]), np.array([exposure]))
    same = from_logarithms(one.log_mean, one.log_variance)

    assert same.shape == pytest.approx(one.shape)
    assert same.exposure == pytest.approx(one.exposure)


@given(shapes, st.floats(0.1, 10), st.floats(0.1, 10), counts, st.floats(0.01, 5))
def test_a_crash_more_never_lowers_the_rate(
    shape: float, exposure: float, blind: float, crashes: int, normal: float
) -> None:
    few, _ = updated(shape, exposure, blind, crashes, normal)
    more, _ = updated(shape, exposure, blind, crashes + 1, normal)

    assert more.log_mean[0] >= few.log_mean[0] - 1e-9


@given(shapes, st.floats(0.1, 10), counts, st.floats(0.01, 5))
def test_crashes_always_make_surer(
    shape: float, exposure: float, crashes: int, normal: float
) -> None:
    before = special.polygamma(1, shape)
    after, share = updated(shape, exposure, 1.0, crashes, normal)

    assert 0 < share < 1
    assert after.log_variance[0] < before


@given(st.integers(0, 30), st.floats(0.2, 5), counts, st.floats(0.05, 2))
def test_a_report_more_never_lowers_the_rate_beside_crashes(
    reports: int, shape: float, crashes: int, normal: float
) -> None:
    """As long as crashes say at most eight times more than the reports do."""
    few, _ = updated(shape + reports, 2.0, 1.0, crashes, normal)
    more, _ = updated(shape + reports + 1, 2.0, 1.0, crashes, normal)
    apart = np.log((crashes + 0.5) / (normal + 0.5)) - np.log((shape + reports) / 2)

    if apart <= np.log(8):
        assert more.log_mean[0] >= few.log_mean[0] - 1e-9


def test_busier_places_are_expected_to_have_more_crashes() -> None:
    generator = np.random.default_rng(4)
    passages = generator.uniform(0.5, 20, 200)
    places = pd.DataFrame(
        {
            "kind": "intersection", "type": "intersection: signalised", "stress": 2,
            "length_km": 1.0, "passages": passages, "crashes": generator.poisson(passages / 8),
        }
    )  # fmt: skip
    found = crash_prediction(places, POLICY)

    assert np.corrcoef(found["crashes_normal"], passages)[0, 1] > 0.9
    assert found["crashes_normal"].sum() == pytest.approx(places["crashes"].sum(), rel=0.05)
    between = (found["crashes_expected"] - found["crashes_normal"]) * (
        places["crashes"] - found["crashes_normal"]
    )
    assert (between >= 0).all()


def test_equal_flows_are_no_reason_to_fail() -> None:
    places = pd.DataFrame(
        {
            "kind": "intersection", "type": "t", "stress": 1, "length_km": 1.0,
            "passages": 2.0, "crashes": [0.0, 1.0, 0.0],
        }
    )  # fmt: skip
    assert np.isfinite(crash_prediction(places, POLICY).to_numpy()).all()


def test_weights_of_severity_come_from_the_policy() -> None:
    heavy = dataclasses.replace(POLICY, fatal_weight=10.0)
    weights = Severity(heavy.slight_weight, heavy.serious_weight, heavy.fatal_weight)
    assert count_crashes(CRASHES, weights).loc["s1", "crashes_weighted"] == 11
