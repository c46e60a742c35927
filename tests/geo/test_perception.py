"""Perceived danger, against lme4 and in hard cases."""

import dataclasses
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import crossed
from geo.crossed import fit_crossed
from geo.perception import Perception, perceive
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


def test_evidence_is_the_share_of_what_was_said_here() -> None:
    # One rating each and no rater twice: n ratings against A ghosts, n / (n + A), less what is
    # not known of the mean.
    generator = np.random.default_rng(2)
    counts = [1, 3, 9] * 60
    means = generator.normal(5, 2, len(counts))
    rows = [
        (f"r{i}-{k}", f"p{i:03d}", float(np.clip(round(generator.normal(means[i], 1), 1), 0, 10)))
        for i, n in enumerate(counts)
        for k in range(n)
    ]

    perception = perceive_one_type(said(rows))

    both = perception.rater_variance + perception.error_variance
    n = perception.places["ratings"]
    expected = n / (n + both / perception.place_variance)
    assert (perception.places["evidence"] / expected).between(0.98, 1).all()


def test_a_class_that_votes_down_a_place_counts_half() -> None:
    honest = [(f"a{j}", f"p{i}", float((3 * i + j) % 4 + 5)) for j in range(8) for i in range(9)]
    others = [
        (f"b{j}", f"p{i}", float((3 * i + j) % 4 + 5)) for j in range(30) for i in range(1, 9)
    ]
    spam = [(f"b{j}", "p0", 0.0) for j in range(30)]
    ratings = said(honest + others + spam)
    group = ratings["participant"].str[0]

    uncapped = perceive_one_type(ratings).places.loc["p0", "danger"]
    capped = perceive_one_type(ratings.assign(group=group)).places.loc["p0", "danger"]

    honest_danger = 1 - np.mean([rating for _, place, rating in honest if place == "p0"]) / 10
    halfway = (honest_danger + 1) / 2
    assert uncapped > halfway + 0.05
    assert capped < halfway + 0.02


def test_one_group_for_all_changes_nothing() -> None:
    rows = [(f"r{j}", f"p{i}", float((i * j) % 11)) for i in range(6) for j in range(7)]
    ratings = said(rows)

    pd.testing.assert_frame_equal(
        perceive_one_type(ratings).places,
        perceive_one_type(ratings.assign(group="1a")).places,
        check_exact=True,
    )


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

    assert perception.places["evidence"].between(0, 1).all()
    score = perception.places[["danger", "danger_low", "danger_high"]]
    assert np.isfinite(score.to_numpy()).all()
    assert (score["danger_low"] < score["danger_high"]).all()
    assert min(perception.place_variance, perception.rater_variance) >= 0


ratings_table = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 100)),
    min_size=14,
    max_size=30,
    unique_by=lambda row: row[:2],
)


@pytest.mark.parametrize("dense_width", [2_000, 0], ids=["dense", "large"])
@settings(max_examples=20, deadline=None)
@given(table=ratings_table, random=st.randoms())
def test_order_of_rows_and_names_do_not_matter(
    dense_width: int, table: list[tuple[int, int, int]], random: Random
) -> None:
    rows = [(f"r{j}", f"p{i}", r / 10) for i, j, r in table]
    given_ = said(rows)
    given_["group"] = ["ab"[j % 2] for _, j, _ in table]
    shuffled = given_.sample(frac=1, random_state=random.randrange(1000))
    renamed = given_.assign(
        participant=[f"x{9 - j}" for _, j, _ in table],
        group=["zy"[j % 2] for _, j, _ in table],
    )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crossed, "DENSE_WIDTH", dense_width)
        places = perceive_one_type(given_).places
        # To the last bit: the hash of a release must hang on neither.
        for same in (shuffled, renamed):
            pd.testing.assert_frame_equal(places, perceive_one_type(same).places, check_exact=True)
