"""The summary of an area, on towns drawn from arrays."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.assessment import RISK, risk_index
from geo.errors import DuplicateEvidenceError, InvalidEvidenceError, UnvisitedPlaceError
from geo.evidence import Evidence
from geo.policy import load_policy
from geo.summary import Summary, summarise

POLICY = dataclasses.replace(load_policy(), draws=400)


@dataclasses.dataclass(frozen=True)
class Town:
    places: pd.DataFrame
    visits: pd.DataFrame
    ratings: pd.DataFrame
    incidents: pd.DataFrame
    crashes: pd.DataFrame | None = None

    @property
    def evidence(self) -> Evidence:
        return Evidence(self.visits, self.ratings, self.incidents, self.crashes)

    def with_crashes(self, *places: str) -> "Town":
        crashes = pd.DataFrame({"place": places, "severity": "slight", "bicycle": True})
        return dataclasses.replace(self, crashes=crashes.astype(object))

    def summary(self, **options: object) -> Summary:
        return summarise(self.places, self.evidence, POLICY, **options)  # type: ignore[arg-type]

    def with_incidents(self, *rows: tuple[str, str]) -> "Town":
        added = pd.DataFrame(rows, columns=["participant", "place"]).assign(what="near_miss")
        return dataclasses.replace(self, incidents=pd.concat([self.incidents, added]))


def town(participants: int = 60, seed: int = 0, base: float = 0.02) -> Town:
    """70 intersections and 50 segments; each participant passes 30 in a row of a ring."""
    generator = np.random.default_rng(seed)
    n = 120
    places = pd.DataFrame(
        {
            "kind": ["intersection"] * 70 + ["segment"] * 50,
            "type": ["signalised"] * 30 + ["uncontrolled"] * 40 + ["residential/none"] * 50,
            "stress": generator.integers(1, 5, n),
            "length_m": [0.0] * 70 + [80.0] * 50,
        },
        index=pd.Index([f"i{k:03d}" for k in range(70)] + [f"s{k:03d}" for k in range(50)]),
    )
    ring = generator.permutation(n)
    risk = base * np.exp(0.4 * (places["stress"] - 2.5)) * generator.gamma(1.5, 1 / 1.5, n)
    danger = 0.3 + 0.1 * (places["stress"] - 2.5) + generator.normal(0, 0.15, n)
    rows = []
    for j in range(participants):
        lenient, rides = generator.normal(0, 0.12), float(generator.integers(1, 6))
        for place in ring[(np.arange(30) + generator.integers(n)) % n]:
            x = danger.iloc[place] + lenient + generator.normal(0, 0.15)
            rows.append((
                f"p{j:03d}", places.index[place], rides,
                int(np.clip(round(10 * (1 - x)), 0, 10)), generator.lognormal(1.4, 0.4),
                generator.random() < 1 - np.exp(-risk.iloc[place] * rides),
            ))  # fmt: skip
    all_ = pd.DataFrame(
        rows, columns=["participant", "place", "trips_per_week", "rating", "seconds", "hit"]
    )
    return Town(
        places=places,
        visits=all_[["participant", "place", "trips_per_week"]],
        ratings=all_[["participant", "place", "rating", "seconds"]],
        incidents=all_.loc[all_["hit"], ["participant", "place"]].assign(what="near_miss"),
    )


@pytest.fixture(scope="module")
def usual() -> Town:
    return town()


def test_every_visited_place_has_its_figures(usual: Town) -> None:
    summary = usual.summary()
    places = summary.places

    assert summary.mode == "risk"
    assert summary.missing == {}
    assert places.index.tolist() == sorted(usual.visits["place"].unique())
    assert (places["danger_low"] <= places["danger"]).all()
    assert (places["danger"] <= places["danger_high"]).all()
    assert (places["rate_low"] < places["rate"]).all()
    assert (places["rate"] < places["rate_high"]).all()
    assert places["weight"].between(0, 1).all()
    assert places["probability"].between(0, 1).all()
    assert places["state"].isin(["confirmed", "watch", "unknown"]).all()


def test_a_rate_is_the_weighted_mean_of_normal_and_reported(usual: Town) -> None:
    places = usual.summary().places
    by_hand = places["weight"] * places["expected"] + (1 - places["weight"]) * (
        places["reporters"] / places["at_risk"]
    )

    assert places["rate"].to_numpy() == pytest.approx(by_hand.to_numpy())


def test_the_average_place_has_the_reference_rate(usual: Town) -> None:
    summary = usual.summary()
    kind = usual.places.loc[summary.places.index, "kind"]
    ratio = summary.places["rate"] / kind.map(summary.parameters["reference_rate"])

    for own in kind.unique():
        chosen = (kind == own).to_numpy()
        weights = summary.places["exposure"][chosen]
        assert np.average(ratio[chosen], weights=weights) == pytest.approx(1)


def test_the_index_is_50_at_the_average_and_75_at_twice() -> None:
    assert risk_index(np.array([0, 0.25, 1, 2, 4, 9])).tolist() == [0, 0, 50, 75, 100, 100]


def test_a_frozen_reference_scales_relative_risk_only(usual: Town) -> None:
    own = usual.summary()
    doubled = {k: 2 * v for k, v in own.parameters["reference_rate"].items()}  # type: ignore[attr-defined]
    later = usual.summary(reference_rate=doubled)

    assert later.parameters["reference_rate"] == doubled
    assert later.places["rate"].equals(own.places["rate"])
    assert (2 * later.places["relative"]).to_numpy() == pytest.approx(own.places["relative"])


def test_expansion_scales_only_what_counts_conflicts(usual: Town) -> None:
    fourfold = dataclasses.replace(usual, visits=usual.visits.assign(expansion=4.0))
    one, four = usual.summary(), fourfold.summary()

    assert (4 * one.places["avoidable"]).dropna().to_numpy() == pytest.approx(
        four.places["avoidable"].dropna()
    )
    assert one.places["rate"].equals(four.places["rate"])


def test_few_conflicts_leave_perception_only(usual: Town) -> None:
    quiet = dataclasses.replace(usual, incidents=usual.incidents.head(12))
    summary = quiet.summary()

    assert summary.mode == "perception"
    assert summary.missing == {"conflicts": (12, 30)}
    assert (summary.places["state"] == "unknown").all()
    assert summary.places[RISK].isna().all(axis=None)
    assert summary.places["danger"].notna().all()


def test_few_riders_leave_perception_only(usual: Town) -> None:
    few = usual.visits["participant"] < "p009"
    small = Town(
        usual.places,
        usual.visits[few],
        usual.ratings[usual.ratings["participant"] < "p009"],
        usual.incidents[usual.incidents["participant"] < "p009"],
    )
    summary = small.summary()

    assert summary.mode == "perception"
    assert set(summary.missing) == {"conflicts", "eligible"}
    assert summary.missing["eligible"][1] == 50


def test_no_evidence_is_an_empty_summary_not_a_safe_one(usual: Town) -> None:
    nobody = Town(*(frame.head(0) for frame in (usual.visits, usual.visits, usual.ratings)),
                  usual.incidents.head(0))  # fmt: skip
    summary = dataclasses.replace(nobody, places=usual.places).summary()

    assert summary.places.empty
    assert summary.missing == {"conflicts": (0, 30), "eligible": (0, 50)}


def test_visits_without_a_rating_leave_the_place_without_a_score(usual: Town) -> None:
    silent = dataclasses.replace(usual, ratings=usual.ratings[usual.ratings["place"] != "i005"])
    place = silent.summary().places.loc["i005"]

    assert place["ratings"] == 0
    assert np.isnan(place["danger"])
    assert place["rate"] > 0


def test_a_place_with_one_furious_rating_stays_unknown(usual: Town) -> None:
    # One rider in six is furious about a place that nobody else complains about.
    new = pd.DataFrame(
        {"kind": ["segment"], "type": ["residential/none"], "stress": [4], "length_m": [10.0]},
        index=["s999"],
    )
    riders = pd.DataFrame(
        {"participant": [f"p{j:03d}" for j in range(6)], "place": "s999", "trips_per_week": 1.0}
    )
    furious = pd.DataFrame(
        {"participant": ["p000"], "place": ["s999"], "rating": [0], "seconds": [9.0]}
    )
    angry = Town(
        pd.concat([usual.places, new]),
        pd.concat([usual.visits, riders]),
        pd.concat([usual.ratings, furious]),
        usual.incidents,
    ).with_incidents(("p000", "s999"))

    assert angry.summary().places.loc["s999", "state"] == "unknown"


def test_a_spamming_class_does_not_confirm_a_harmless_crossing(usual: Town) -> None:
    quietest = usual.summary().places["rate"].idxmin()
    spam = pd.DataFrame({"participant": [f"spam{j}" for j in range(30)], "place": quietest})
    spammed = dataclasses.replace(
        usual,
        visits=pd.concat([usual.visits, spam.assign(trips_per_week=5.0)]),
        ratings=pd.concat([usual.ratings, spam.assign(rating=0, seconds=3.0)]),
    )

    assert spammed.summary().places.loc[quietest, "state"] == "unknown"


def test_repeated_incidents_of_one_participant_count_once(usual: Town) -> None:
    row = tuple(usual.incidents.iloc[0][["participant", "place"]])
    again = usual.with_incidents(row, row)

    pd.testing.assert_frame_equal(again.summary().places, usual.summary().places)


def test_rows_in_any_order_give_the_same_summary(usual: Town) -> None:
    mixed = Town(*(
        frame.sample(frac=1, random_state=7)
        for frame in (usual.places, usual.visits, usual.ratings, usual.incidents)
    ))  # fmt: skip

    one, other = usual.summary(), mixed.summary()
    pd.testing.assert_frame_equal(one.places, other.places, check_exact=True)
    assert one.parameters == other.parameters


def test_names_of_participants_do_not_matter(usual: Town) -> None:
    names = usual.visits["participant"].unique()
    new = dict(zip(names, np.random.default_rng(3).permutation(names), strict=True))
    renamed = Town(usual.places, *(
        frame.assign(participant=frame["participant"].map(new))
        for frame in (usual.visits, usual.ratings, usual.incidents)
    ))  # fmt: skip

    pd.testing.assert_frame_equal(usual.summary().places, renamed.summary().places, rtol=1e-4)


def test_an_unvisited_neighbourhood_changes_nothing(usual: Town) -> None:
    unrelated = usual.places.rename(index="x{}".format)
    wider = dataclasses.replace(usual, places=pd.concat([usual.places, unrelated]))

    pd.testing.assert_frame_equal(usual.summary().places, wider.summary().places)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 40), st.integers(0, 10_000))
def test_one_more_conflict_never_lowers_the_risk(seed: int, pick: int) -> None:
    before = town(participants=40, seed=seed)
    reported = set(map(tuple, before.incidents[["participant", "place"]].to_numpy()))
    silent = [
        pair
        for pair in map(tuple, before.visits[["participant", "place"]].to_numpy())
        if pair not in reported
    ]
    participant, place = silent[pick % len(silent)]
    first = before.summary()
    frozen = first.parameters.get("reference_rate")
    then = before.with_incidents((participant, place)).summary(reference_rate=frozen)

    for column in ("rate", "relative", "index", "probability"):
        old, new = first.places.loc[place, column], then.places.loc[place, column]
        assert np.isnan(old) or new >= old - 1e-9


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 40), st.integers(0, 10_000))
def test_a_worse_rating_never_lowers_the_danger(seed: int, pick: int) -> None:
    before = town(participants=30, seed=seed)
    better = before.ratings[before.ratings["rating"] > 0]
    row = better.index[pick % len(better)]
    worse = before.ratings.copy()
    worse.loc[row, "rating"] = 0
    place = worse.loc[row, "place"]

    first = before.summary().places.loc[place, "danger"]
    then = dataclasses.replace(before, ratings=worse).summary().places.loc[place, "danger"]
    assert then >= first


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 40), st.integers(0, 10_000))
def test_a_worse_rating_lowers_the_risk_by_no_more_than_the_fit_of_the_town_moves(
    seed: int, pick: int
) -> None:
    before = town(participants=40, seed=seed)
    first = before.summary()
    frozen = first.parameters.get("reference_rate")
    better = before.ratings[before.ratings["rating"] > 0]
    row = better.index[pick % len(better)]
    worse = before.ratings.copy()
    worse.loc[row, "rating"] = 0
    place = worse.loc[row, "place"]
    then = dataclasses.replace(before, ratings=worse).summary(reference_rate=frozen)

    old, new = (one.places.loc[place, "relative"] for one in (first, then))
    assert np.isnan(old) or new >= 0.99 * old


def test_a_second_rating_of_a_place_is_refused(usual: Town) -> None:
    twice = pd.concat([usual.ratings, usual.ratings.head(1)])
    with pytest.raises(DuplicateEvidenceError):
        dataclasses.replace(usual, ratings=twice).summary()


@pytest.mark.parametrize("rating", [-1, 11, np.nan])
def test_a_rating_outside_its_range_is_refused(usual: Town, rating: float) -> None:
    wrong = usual.ratings.astype({"rating": float})
    wrong.iloc[0, wrong.columns.get_loc("rating")] = rating
    with pytest.raises(InvalidEvidenceError, match="between 0 and 10"):
        dataclasses.replace(usual, ratings=wrong).summary()


def test_evidence_without_a_visit_is_refused(usual: Town) -> None:
    with pytest.raises(UnvisitedPlaceError):
        usual.with_incidents(("stranger", "i000")).summary()


def test_an_unknown_kind_of_incident_is_refused(usual: Town) -> None:
    wrong = dataclasses.replace(usual, incidents=usual.incidents.assign(what="pothole"))
    with pytest.raises(InvalidEvidenceError, match="near_miss, fall"):
        wrong.summary()


def test_the_unit_of_exposure_does_not_matter(usual: Town) -> None:
    days = dataclasses.replace(POLICY, school_weeks=POLICY.school_weeks * 5)
    one = usual.summary().places
    other = summarise(usual.places, usual.evidence, days).places

    for column in ("relative", "index", "probability", "weight", "danger"):
        assert other[column].to_numpy() == pytest.approx(one[column].to_numpy(), rel=1e-3, abs=1e-4)
    assert (other["state"] == one["state"]).all()


def test_few_crashes_change_nothing(usual: Town) -> None:
    few = usual.with_crashes(*["i000"] * 19)
    figures = few.summary().places

    assert figures["crashes"].isna().all()
    assert (figures["crash_share"] == 0).all()
    pd.testing.assert_frame_equal(figures, usual.summary().places)


def test_crashes_raise_the_risk_where_they_happen(usual: Town) -> None:
    known = usual.summary().places
    reference = usual.summary().parameters["reference_rate"]
    quiet = known["relative"].idxmin()
    spread = list(known.index[:40])
    before = usual.with_crashes(*spread).summary(reference_rate=reference).places
    after = usual.with_crashes(*spread, *[quiet] * 4).summary(reference_rate=reference).places

    assert after.loc[quiet, "relative"] > 1.2 * before.loc[quiet, "relative"]
    assert after.loc[quiet, "crashes"] == before.loc[quiet, "crashes"] + 4
    assert 0 < after.loc[quiet, "crash_share"] < 1
    # What the reports say by themselves stays what it was.
    assert after["rate"].equals(before["rate"])


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 20), st.integers(0, 10_000))
def test_one_more_crash_never_lowers_the_risk(seed: int, pick: int) -> None:
    before = town(participants=40, seed=seed)
    first = before.summary()
    frozen = first.parameters.get("reference_rate")
    crashes = np.random.default_rng(seed).choice(first.places.index, 30)
    place = first.places.index[pick % len(first.places)]

    old, new = (
        before.with_crashes(*where).summary(reference_rate=frozen).places.loc[place]
        for where in (crashes, [*crashes, place])
    )
    for column in ("relative", "index", "probability"):
        assert np.isnan(old[column]) or new[column] >= old[column] - 1e-9


def test_the_rating_of_who_had_a_near_miss_is_not_counted_twice(usual: Town) -> None:
    row = usual.incidents.iloc[0]
    at = (usual.ratings["participant"] == row["participant"]) & (
        usual.ratings["place"] == row["place"]
    )
    milder = dataclasses.replace(
        usual, ratings=usual.ratings.assign(rating=usual.ratings["rating"].where(~at, 10))
    )
    harsher = dataclasses.replace(
        usual, ratings=usual.ratings.assign(rating=usual.ratings["rating"].where(~at, 0))
    )
    mild, harsh = (one.summary().places.loc[row["place"]] for one in (milder, harsher))

    assert harsh["danger"] > mild["danger"]
    assert harsh["rate"] == mild["rate"]


def test_expected_conflicts_a_year_are_rate_times_all_cyclists(usual: Town) -> None:
    places = usual.summary().places
    shown = places["yearly"].notna()

    assert (shown == (places["participants"] >= POLICY.eligible_participants)).all()
    by_hand = (places["rate"] * places["expanded"])[shown].to_numpy()
    assert places.loc[shown, "yearly"].to_numpy() == pytest.approx(by_hand)
