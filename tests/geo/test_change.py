"""Perceived danger of two campaigns compared."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from geo.change import compare_danger
from geo.errors import DuplicateEvidenceError, InvalidEvidenceError


def campaign(places: Mapping[str, tuple[float, float]]) -> pd.DataFrame:
    return pd.DataFrame.from_dict(
        places, orient="index", columns=["danger", "standard_error"], dtype=float
    )


def test_hand_worked_change() -> None:
    # 0.7 to 0.5 with errors of 0.06 and 0.08: -0.2 ± 1.645 * 0.1, and 0 is two errors away.
    before, after = campaign({"a": (0.7, 0.06)}), campaign({"a": (0.5, 0.08)})
    found = compare_danger(before, after).loc["a"]

    assert found["delta"] == pytest.approx(-0.2)
    assert found["delta_low"] == pytest.approx(-0.3645, abs=0.01)
    assert found["delta_high"] == pytest.approx(-0.0355, abs=0.01)
    assert found["probability"] == pytest.approx(stats.norm.cdf(2), abs=0.01)
    assert found["state"] == "improved"


def test_three_states() -> None:
    before = campaign(
        {"better": (0.6, 0.02), "worse": (0.4, 0.02), "unsure": (0.6, 0.2), "small": (0.5, 0.001)}
    )
    after = campaign(
        {"better": (0.4, 0.02), "worse": (0.6, 0.02), "unsure": (0.4, 0.2), "small": (0.44, 0.001)}
    )
    found = compare_danger(before, after)

    assert found["state"].to_dict() == {
        "better": "improved", "worse": "worsened",
        "unsure": "no change shown", "small": "no change shown",
    }  # fmt: skip
    assert found.loc["small", "probability"] == 1


def test_just_a_sixteenth_is_enough() -> None:
    before, after = campaign({"a": (0.5, 0.001)}), campaign({"a": (0.4375, 0.001)})

    assert compare_danger(before, after).loc["a", "state"] == "improved"


def test_places_known_once_are_left_out() -> None:
    before = campaign({"a": (0.5, 0.1), "b": (0.5, 0.1), "d": (0.5, np.nan)})
    after = campaign({"b": (0.5, 0.1), "c": (0.5, 0.1), "d": (0.5, 0.1)})

    assert compare_danger(before, after).index.tolist() == ["b"]
    assert compare_danger(before.loc[["a"]], after).empty


def test_at_the_edge_of_the_scale_nothing_gets_better() -> None:
    found = compare_danger(campaign({"a": (0.0, 0.05)}), campaign({"a": (0.0, 0.05)}))

    assert found.loc["a", "probability"] < 0.5
    assert found.loc["a", "state"] == "no change shown"


def test_unchanged_places_are_seldom_called_changed() -> None:
    generator = np.random.default_rng(3)
    n, error = 2_000, 0.08
    names = [f"p{i}" for i in range(n)]
    truth = generator.uniform(0.3, 0.7, n)
    before, after = (
        pd.DataFrame(
            {"danger": truth + error * generator.standard_normal(n), "standard_error": error},
            index=names,
        ).clip(0, 1)
        for _ in range(2)
    )
    states = compare_danger(before, after, draws=1000)["state"].value_counts(normalize=True)

    assert states["improved"] == pytest.approx(0.05, abs=0.015)
    assert states["worsened"] == pytest.approx(0.05, abs=0.015)


dangers = st.tuples(st.floats(0, 1), st.floats(0.01, 0.3))
pairs = st.lists(st.tuples(dangers, dangers), min_size=1, max_size=6)


@settings(deadline=None)
@given(pairs)
def test_neither_order_nor_company_of_places_matters(
    drawn: list[tuple[tuple[float, float], tuple[float, float]]],
) -> None:
    before = campaign({f"p{i}": pair[0] for i, pair in enumerate(drawn)})
    after = campaign({f"p{i}": pair[1] for i, pair in enumerate(drawn)})
    found = compare_danger(before, after, draws=200)

    assert compare_danger(before.iloc[::-1], after, draws=200).equals(found)
    assert compare_danger(before, after.loc[["p0"]], draws=200).equals(found.loc[["p0"]])


@settings(deadline=None)
@given(dangers, dangers)
def test_going_back_is_the_opposite(
    before: tuple[float, float], after: tuple[float, float]
) -> None:
    there, back = (
        compare_danger(campaign({"a": one}), campaign({"a": other}), draws=500).loc["a"]
        for one, other in ((before, after), (after, before))
    )

    assert back["delta"] == -there["delta"]
    assert {there["state"], back["state"]} != {"improved"}


def test_impossible_evidence_is_refused() -> None:
    good = campaign({"a": (0.5, 0.1)})

    with pytest.raises(InvalidEvidenceError, match="between 0 and 1"):
        compare_danger(campaign({"a": (5, 0.1)}), good)
    with pytest.raises(InvalidEvidenceError, match="standard errors"):
        compare_danger(good, campaign({"a": (0.5, -0.1)}))
    with pytest.raises(DuplicateEvidenceError, match="once"):
        compare_danger(good, pd.concat([good, good]))
