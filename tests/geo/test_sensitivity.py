"""How far a ranking hangs on settings and participants."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from geo.evidence import Evidence
from geo.policy import load_policy
from geo.sensitivity import (
    NOT_VARIED,
    SEVERITIES,
    Varied,
    head,
    severity_ranks,
    split_halves,
    vary_settings,
)
from geo.summary import PREPARING, conclude, prepare

POLICY = dataclasses.replace(load_policy(), draws=50)


def some_evidence(seed: int = 1) -> tuple[pd.DataFrame, Evidence]:
    """120 intersections on a ring; each of 120 participants passes 30 in a row of it."""
    generator = np.random.default_rng(seed)
    names = pd.Index([f"i{k:03d}" for k in range(120)])
    places = pd.DataFrame(
        {
            "kind": "intersection", "type": ["signalised", "uncontrolled"] * 60,
            "stress": generator.integers(1, 5, 120), "length_m": 0.0,
        },
        index=names,
    )  # fmt: skip
    risk = 0.03 * generator.gamma(1.0, 1.0, 120)
    danger = np.clip(0.3 + 4 * risk, 0, 1)
    felt = np.clip(np.rint(10 * (1 - danger + generator.normal(0, 0.2, (120, 120)))), 0, 10)
    rows = [
        (j, names[k], 4.0, int(felt[j, k]), generator.random() < risk[k])
        for j in range(120)
        for k in (np.arange(30) + generator.integers(120)) % 120
    ]
    said = pd.DataFrame(rows, columns=["participant", "place", "trips_per_week", "rating", "hit"])
    return places, Evidence(
        said[["participant", "place", "trips_per_week"]],
        said[["participant", "place", "rating"]].assign(seconds=3.0),
        said.loc[said["hit"], ["participant", "place"]].assign(what="near_miss"),
    )


@pytest.fixture(scope="module")
def varied() -> list[Varied]:
    places, evidence = some_evidence()
    prepared = prepare(places, evidence, POLICY)
    return vary_settings(places, evidence, POLICY, prepared, conclude(prepared, POLICY))


def test_every_setting_is_halved_and_raised_or_named_as_left_alone(varied: list[Varied]) -> None:
    names = {field.name for field in dataclasses.fields(POLICY)}

    assert {row.setting for row in varied} == names - NOT_VARIED
    assert names >= NOT_VARIED
    assert names >= PREPARING
    for name in names - NOT_VARIED:
        low, high = (row.value for row in varied if row.setting == name)
        assert low < getattr(POLICY, name) < high


def test_the_unit_of_exposure_moves_no_place(varied: list[Varied]) -> None:
    weeks = [row for row in varied if row.setting == "school_weeks"]

    assert all(row.top_kept == row.top and row.confirmed_new == 0 for row in weeks)
    assert all(row.correlation > 0.999 for row in weeks)


def test_a_lower_threshold_only_adds_hotspots(varied: list[Varied]) -> None:
    low, high = (row for row in varied if row.setting == "relative_threshold")

    assert low.confirmed_kept == low.confirmed
    assert low.confirmed_new > 0
    assert high.confirmed_new == 0
    assert low.top_kept == low.top


def test_halves_of_participants_agree_more_the_more_they_are() -> None:
    places, evidence = some_evidence()
    whole = split_halves(places, evidence, POLICY)
    few = split_halves(places, evidence.of(lambda who: who < 60), POLICY)

    assert 0.4 < few.danger < whole.danger < whole.danger_whole < 1
    assert whole.danger_whole == pytest.approx(2 * whole.danger / (1 + whole.danger))
    assert whole.head == 20
    assert 0 <= whole.head_shared <= 20


def test_halves_do_not_hang_on_names_or_order() -> None:
    places, evidence = some_evidence()
    new = pd.Series(np.random.default_rng(2).permutation(120))
    renamed = Evidence(*(
        frame.assign(participant=frame["participant"].map(new)).sample(frac=1, random_state=3)
        for frame in evidence[:3]
    ))  # fmt: skip

    assert split_halves(places, renamed, POLICY) == split_halves(places, evidence, POLICY)


def test_too_little_evidence_has_no_correlation() -> None:
    places, evidence = some_evidence()
    halves = split_halves(places, evidence.of(lambda who: who < 4), POLICY)

    assert halves.places == 0
    assert np.isnan(halves.risk)
    assert np.isnan(halves.risk_whole)


def test_the_head_of_a_list_has_something_to_avoid() -> None:
    places, evidence = some_evidence()
    summary = conclude(prepare(places, evidence, POLICY), POLICY)
    first = head(summary, 10)

    assert summary.places.loc[first, "avoidable"].is_monotonic_decreasing
    assert (summary.places.loc[first, "avoidable"] > 0).all()


def test_severity_moves_ranks_only_where_it_differs() -> None:
    crashes = pd.DataFrame(
        [("a", "slight")] * 4 + [("b", "serious"), ("b", "slight")] + [("c", "fatal")],
        columns=["place", "severity"],
    ).assign(bicycle=True)
    ranks = severity_ranks(crashes)

    # 1/1/1: 4, 2, 1. 1/3/5: 4, 4, 5. 1/10/10: 4, 11, 10.
    assert [tuple(one) for one in SEVERITIES] == [(1, 1, 1), (1, 3, 5), (1, 10, 10)]
    assert ranks.loc["a", ["rank_1_1_1", "rank_1_3_5", "rank_1_10_10"]].tolist() == [1, 2, 3]
    assert ranks.loc["b", ["rank_1_1_1", "rank_1_3_5", "rank_1_10_10"]].tolist() == [2, 2, 1]
    assert ranks.loc["c", ["rank_1_1_1", "rank_1_3_5", "rank_1_10_10"]].tolist() == [3, 1, 2]
