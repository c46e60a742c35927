"""The two lists and the three states."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.hotspots import calm_rate, classify, confirm, prioritise
from geo.performance import SafetyPerformance
from geo.policy import load_policy
from geo.risk import Posterior

POLICY = load_policy()
ALL = np.ones(4, dtype=bool)


def test_hand_worked_false_share() -> None:
    # Mean of 1 - P: 0.01, 0.03, 0.08, 0.16.
    probability = np.array([0.99, 0.95, 0.82, 0.60])

    assert confirm(probability, ALL, 0.081).tolist() == [True, True, True, False]
    assert confirm(probability, ALL, 0.07).tolist() == [True, True, False, False]
    assert not confirm(probability, ALL, 0.005).any()


def test_equals_are_treated_equally() -> None:
    # One 0.82 would fit (mean 0.08), two do not (mean 0.105).
    probability = np.array([0.82, 0.99, 0.82, 0.95])

    assert confirm(probability, ALL, 0.081).tolist() == [False, True, False, True]


def test_no_candidates_no_list() -> None:
    assert not confirm(np.array([0.99]), np.array([False]), 0.08).any()


@given(st.lists(st.floats(0, 1), max_size=30), st.floats(0.01, 0.5))
def test_the_list_keeps_its_promise(probabilities: list[float], false_share: float) -> None:
    probability = np.array(probabilities)
    chosen = confirm(probability, np.ones(len(probability), dtype=bool), false_share)

    if chosen.any():
        assert (1 - probability[chosen]).mean() <= false_share + 1e-12
        assert probability[chosen].min() > probability[~chosen].max(initial=-1)


def test_confirmed_needs_riders_and_distinct_reporters() -> None:
    states = classify(
        probability=np.array([0.99, 0.99, 0.99, 0.99, 0.99, 0.80, 0.70, 0.99, 0.99]),
        participants=np.array([5, 4, 9, 9, 9, 9, 9, 9, 4]),
        reporters=np.array([3, 4, 2, 1, 0, 2, 9, 0, 0]),
        policy=POLICY,
        crashes=np.array([0, 0, 0, 0, 0, 0, 0, 1, 9]),
    )

    assert states.tolist() == [
        "confirmed", "unknown", "watch", "unknown", "unknown", "watch", "unknown",
        "confirmed", "unknown",
    ]  # fmt: skip


NORMAL = SafetyPerformance(
    intercept={"intersection": 0.0, "segment": 1.0},
    type_slope={"a": 0.0, "b": np.log(2)},
    stress_slope=np.log(3),
    stress_centre=2.0,
    effect_slope=0.0,
    shape={"intersection": 1.5, "segment": 1.5},
)


def test_hand_worked_calm_rate() -> None:
    # Calm intersections: type a at stress 2 (rate 1, exposure 3), type b at stress 1 (2/3, 1).
    # No segment is calm: at stress 2 the one there would have rate e * 2.
    places = pd.DataFrame(
        {
            "kind": ["intersection", "intersection", "intersection", "segment"],
            "type": ["a", "b", "a", "b"],
            "stress": [2, 1, 4, 3],
            "effect": 0.0,
            "exposure": [3.0, 1.0, 8.0, 5.0],
        }
    )

    calm = (3 * 1 + 2 / 3) / 4
    assert calm_rate(places, NORMAL, POLICY) == pytest.approx([calm, calm, calm, 2 * np.e])


def test_hand_worked_avoidable_conflicts() -> None:
    # Gamma(4, 2) has mean 2: one above the calm rate, on 10,000 passages; Gamma(1, 2) is below.
    posterior = Posterior(np.array([4.0, 1.0]), np.array([2.0, 2.0]))
    priority = prioritise(posterior, np.array([10.0, 10.0]), np.array([1.0, 1.0]), POLICY)

    assert priority["avoidable"].tolist() == [10, 0]
    assert priority["avoidable_low"].tolist() == [0, 0]
    assert priority.loc[0, "avoidable_high"] == pytest.approx(10 * (7.753656528 / 2 - 1))
    # P(Gamma(1, 2) > 1) = exp(-2): only then is there anything to avoid.
    assert priority.loc[1, "top10"] == pytest.approx(np.exp(-2), abs=0.02)


def test_ten_of_the_places_are_in_the_top_ten() -> None:
    generator = np.random.default_rng(2)
    posterior = Posterior(generator.uniform(5, 50, 40), np.full(40, 1.0))
    priority = prioritise(posterior, np.ones(40), np.zeros(40), POLICY)

    assert priority["top10"].sum() == pytest.approx(10)
    assert priority["top10"].idxmax() == priority["avoidable"].idxmax()


def test_the_same_seed_gives_the_same_ranks() -> None:
    posterior = Posterior(np.arange(1.0, 30), np.ones(29))
    one, same, other = (
        prioritise(posterior, np.ones(29), np.ones(29), POLICY, seed=seed)["top10"]
        for seed in (1, 1, 2)
    )

    assert one.equals(same)
    assert not one.equals(other)
