"""How much a rating counts: lazy raters, and classes that come in numbers."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.policy import load_policy
from geo.weights import group_scale, reliability, weigh

POLICY = load_policy()
HALF = 0.5


def said(rows: list[tuple[str, str, float]], seconds: float = 5.0) -> pd.DataFrame:
    ratings = pd.DataFrame(rows, columns=["participant", "place", "rating"])
    return ratings.assign(seconds=seconds)


def votes(place: str, **weights: list[float]) -> pd.DataFrame:
    rows = [(place, group, weight) for group, all_ in weights.items() for weight in all_]
    return pd.DataFrame(rows, columns=["place", "group", "weight"])


def test_lazy_raters_weigh_a_quarter() -> None:
    rows = [("monotonous", f"p{i}", 8) for i in range(8)]
    rows += [("brief", f"p{i}", 8) for i in range(7)]
    rows += [("varied", f"p{i}", i) for i in range(8)]
    hasty = said([("hasty", f"p{i}", i) for i in range(8)], seconds=1.5)
    unmeasured = said([("unmeasured", f"p{i}", i) for i in range(8)], seconds=np.nan)

    weights = reliability(pd.concat([said(rows), hasty, unmeasured]), POLICY)

    assert weights.to_dict() == {
        "monotonous": 0.25, "hasty": 0.25, "brief": 1, "varied": 1, "unmeasured": 1,
    }  # fmt: skip


def test_hand_worked_share_of_two_groups() -> None:
    # 6 against 2 and a quarter: the six are scaled to 2.25 together, the others stay.
    scale = group_scale(votes("p", big=[1.0] * 6, small=[1, 1, 0.25]), HALF)

    assert scale.tolist() == pytest.approx([2.25 / 6] * 6 + [1] * 3)


def test_of_three_groups_only_the_one_above_half_is_scaled() -> None:
    scale = group_scale(votes("p", big=[1.0] * 8, some=[1.0] * 3, few=[1.0]), HALF)

    assert scale.tolist() == pytest.approx([0.5] * 8 + [1] * 4)


def test_two_thirds_allow_twice_the_others() -> None:
    scale = group_scale(votes("p", big=[1.0] * 6, small=[1.0] * 2), 2 / 3)

    assert scale.tolist() == pytest.approx([4 / 6] * 6 + [1] * 2)


def test_each_place_is_judged_alone() -> None:
    ratings = pd.concat([votes("p", one=[1.0] * 3, other=[1.0]), votes("q", one=[1.0] * 9)])

    scale = group_scale(ratings, HALF)

    assert scale.tolist() == pytest.approx([1 / 3] * 3 + [1] + [1] * 9)
    assert scale.index.equals(ratings.index)


def test_those_without_a_group_are_one() -> None:
    ratings = votes("p", one=[1.0], none=[1.0] * 4).replace({"group": {"none": None}})

    assert group_scale(ratings, HALF).tolist() == pytest.approx([1] + [0.25] * 4)


def test_reliability_comes_first() -> None:
    # Four monotonous raters of class b weigh as much as one of class a.
    rows = [("a", f"p{i}", float(i)) for i in range(8)]
    rows += [(f"b{j}", f"p{i}", 8.0) for j in range(8) for i in range(8)]
    ratings = said(rows)

    weights = weigh(ratings.assign(group=ratings["participant"].str[0]), POLICY)

    assert weights[:8].tolist() == [1.0] * 8
    assert weights[8:].tolist() == pytest.approx([0.125] * 64)


def test_without_groups_only_reliability_counts() -> None:
    ratings = said([(f"r{j}", "p", 8.0) for j in range(9)] + [("s", "p", 1.0)], seconds=1.0)

    assert (weigh(ratings, POLICY) == POLICY.lazy_weight).all()


def test_a_share_of_one_is_no_cap() -> None:
    free = dataclasses.replace(POLICY, group_share=1.0)
    ratings = said([(f"r{j}", "p", float(j)) for j in range(9)]).assign(group=["a"] + ["b"] * 8)

    assert (weigh(ratings, free) == 1).all()


voters = st.lists(
    st.tuples(
        st.sampled_from("pq"), st.sampled_from(["a", "b", "c", None]), st.sampled_from([0.25, 1.0])
    ),
    min_size=1,
    max_size=40,
)


@given(voters)
def test_no_group_holds_more_than_half(rows: list[tuple[str, str | None, float]]) -> None:
    ratings = pd.DataFrame(rows, columns=["place", "group", "weight"])

    scale = group_scale(ratings, HALF)

    assert scale.between(0, 1, inclusive="right").all()
    weights = ratings.assign(weight=scale * ratings["weight"])
    for place, at in weights.groupby("place"):
        held = at.groupby("group", dropna=False)["weight"].sum()
        if len(held) > 1:
            assert held.max() <= HALF * held.sum() * (1 + 1e-9)
        else:
            assert (scale[weights["place"] == place] == 1).all()
        assert np.isfinite(held).all()
