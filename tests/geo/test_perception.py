"""Perceived danger, against lme4 and in hard cases."""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.crossed import fit_crossed
from geo.perception import Perception, perceive, reliability
from geo.policy import load_policy

REFERENCE = Path(__file__).parent / "reference"
POLICY = load_policy()
EQUAL = dataclasses.replace(POLICY, lazy_weight=1.0)


def said(rows: list[tuple[str, str, float]], seconds: float = 5.0) -> pd.DataFrame:
    ratings = pd.DataFrame(rows, columns=["participant", "place", "rating"])
    return ratings.assign(seconds=seconds)


def perceive_one_type(ratings: pd.DataFrame) -> Perception:
    return perceive(ratings, pd.Series("path", index=sorted(ratings["place"].unique())), EQUAL)


@pytest.fixture(scope="module")
def lme4() -> tuple[Perception, pd.DataFrame]:
    given_ = pd.read_csv(REFERENCE / "ratings_sim.csv")
    names = given_["site"].map("{:03d}".format)
    ratings = pd.DataFrame(
        {
            "participant": given_["rater"],
            "place": names,
            "rating": 10 - 2.5 * (given_["rating"] - 1),
            "seconds": np.nan,
        }
    )
    types = given_.groupby(names)["site_class"].first().astype(str)
    blup = pd.read_csv(REFERENCE / "ratings_lme4_blup.csv")
    return perceive(ratings, types, EQUAL), blup.set_index(blup["site"].map("{:03d}".format))


def test_variances_are_those_of_lme4(lme4: tuple[Perception, pd.DataFrame]) -> None:
    perception, _ = lme4

    assert perception.place_variance == pytest.approx(0.0315671545, rel=1e-4)
    assert perception.rater_variance == pytest.approx(0.0109983074, rel=1e-4)
    assert perception.error_variance == pytest.approx(0.0273862961, rel=1e-4)
    assert perception.ghost_ratings == pytest.approx(0.86756, rel=1e-3)


def test_place_effects_are_those_of_lme4(lme4: tuple[Perception, pd.DataFrame]) -> None:
    perception, blup = lme4

    assert (perception.places["effect"] - blup["blup"]).abs().max() < 1e-5
    # lme4's standard error takes the type means as known, ours does not.
    width = (perception.places["danger_high"] - perception.places["danger"]) / 1.6448536
    unclipped = perception.places["danger_high"] < 1
    ratio = (width / blup["blup_sd"])[unclipped]
    assert ratio.between(1.0, 1.05).all()


def test_the_eliminated_group_does_not_matter() -> None:
    # The same data seen with places and raters exchanged: the variances swap.
    generator = np.random.default_rng(5)
    place, rater = (codes.ravel() for codes in np.meshgrid(range(12), range(9), indexing="ij"))
    x = (
        generator.normal(0, 0.2, 12)[place]
        + generator.normal(0, 0.1, 9)[rater]
        + generator.normal(0, 0.1, len(place))
    )
    weight = generator.uniform(0.25, 1, len(place))

    one = fit_crossed(x, weight, place=place, rater=rater, type_of_place=np.zeros(12, int))
    other = fit_crossed(x, weight, place=rater, rater=place, type_of_place=np.zeros(9, int))

    assert one.variances == pytest.approx(
        (other.variances.rater, other.variances.place, other.variances.error), rel=1e-4
    )


def test_hand_worked_balanced_design() -> None:
    # Two-way layout without replication: REML equals the analysis of variance,
    # place variance = (MS places - MS error) / raters, with effects shrunk by the same.
    table = np.array([[8, 7, 9], [3, 2, 4], [6, 6, 6], [1, 0, 3], [9, 7, 8], [5, 3, 6]]) / 10
    rows = [(f"r{j}", f"p{i}", float(10 * table[i, j])) for i in range(6) for j in range(3)]
    places, raters = table.mean(1), table.mean(0)
    residual = table - places[:, None] - raters + table.mean()
    error = (residual**2).sum() / 10
    between = 3 * places.var(ddof=1)

    perception = perceive_one_type(said(rows))

    assert perception.error_variance == pytest.approx(error, rel=1e-4)
    assert perception.place_variance == pytest.approx((between - error) / 3, rel=1e-4)
    shrunk = (1 - error / between) * (table.mean() - places)
    assert perception.places["effect"].to_numpy() == pytest.approx(shrunk, abs=1e-5)


def test_leniency_of_raters_is_taken_out() -> None:
    # The same two places seen through a harsh and a lenient group: raw means differ, D hardly.
    rows = []
    for j in range(20):
        offset = -2 if j < 10 else 2
        passed = [i for i in range(10) if (i < 5) == (j < 10) or i in {0, 9}]
        rows += [(f"r{j:02d}", f"p{i}", 5 + offset + (j + i) % 3 - 1) for i in passed]
    perception = perceive_one_type(said(rows))

    raw = perception.places["mean_rating"]
    assert raw["p6"] - raw["p2"] > 3
    danger = perception.places["danger"]
    assert abs(danger["p6"] - danger["p2"]) < 0.05


def test_more_ratings_narrow_the_interval() -> None:
    generator = np.random.default_rng(1)
    rows = [
        (f"r{j}", f"p{i}", float(generator.integers(0, 11)))
        for i in range(15)
        for j in range(2 + 2 * i)
    ]
    places = perceive_one_type(said(rows)).places
    unclipped = places[(places["danger_low"] > 0) & (places["danger_high"] < 1)]

    assert (unclipped["danger_high"] - unclipped["danger_low"]).diff().dropna().max() < 1e-3


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


def test_without_ratings_nothing_is_claimed() -> None:
    perception = perceive(said([]), pd.Series(dtype=object), POLICY)

    assert perception.places.empty
    assert np.isnan(perception.place_variance)
    assert np.isnan(perception.ghost_ratings)


def test_a_few_ratings_give_a_mean_but_no_score() -> None:
    places = perceive_one_type(said([("a", "p1", 0), ("b", "p1", 4)])).places

    assert places.loc["p1", "mean_rating"] == 2
    assert places[["danger", "danger_low", "danger_high"]].isna().all(axis=None)


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([("only", f"p{i:02d}", i % 5) for i in range(30)], id="one rater"),
        pytest.param([(f"r{i}", f"p{i}", i % 5) for i in range(30)], id="one rating each"),
        pytest.param([(f"r{i}", "p", i % 5) for i in range(30)], id="one place"),
        pytest.param([(f"r{i % 6}", f"p{i // 6}", 5) for i in range(30)], id="all the same"),
        pytest.param([(f"r{i % 6}", f"p{i // 6}", i // 6) for i in range(30)], id="no error"),
        pytest.param([(f"r{i % 6}", f"p{i // 6}", i % 6) for i in range(30)], id="no places"),
    ],
)
def test_degenerate_ratings_give_finite_scores(rows: list[tuple[str, str, float]]) -> None:
    perception = perceive_one_type(said(rows))

    score = perception.places[["danger", "danger_low", "danger_high"]]
    assert np.isfinite(score.to_numpy()).all()
    assert (score["danger_low"] < score["danger_high"]).all()
    assert min(perception.place_variance, perception.rater_variance) >= 0


ratings_table = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 10)),
    min_size=14,
    max_size=30,
    unique_by=lambda row: row[:2],
)


@settings(max_examples=30, deadline=None)
@given(ratings_table, st.randoms())
def test_order_of_rows_and_names_of_raters_do_not_matter(
    table: list[tuple[int, int, int]], random: object
) -> None:
    rows = [(f"r{j}", f"p{i}", float(r)) for i, j, r in table]
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    renamed = [(f"x{9 - int(rater[1])}", place, r) for rater, place, r in rows]

    places = perceive_one_type(said(rows)).places

    pd.testing.assert_frame_equal(places, perceive_one_type(said(shuffled)).places)
    # To the last bit: the hash of a release must not hang on what participants are called.
    pd.testing.assert_frame_equal(places, perceive_one_type(said(renamed)).places, check_exact=True)
