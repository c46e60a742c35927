"""Simulated students, and what the method finds of their town's true danger."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo.area import build_network
from geo.network import Network
from geo.osm import read_osm
from geo.policy import load_policy
from geo.routing import Router
from geo.simulation.answers import REASONS, SCHOOL_WEEKS, answer, felt_danger
from geo.simulation.danger import _pattern
from geo.simulation.spam import with_spammers
from geo.simulation.town import SimulatedTown, simulate_town, visited_places
from geo.summary import Summary, summarise

SAMPLE = Path(__file__).parents[3] / "data" / "samples" / "neubrandenburg.osm.pbf"
SCHOOL = (13.26818, 53.56621)
SEEDS = (0, 1, 2)
POLICY = load_policy()


@pytest.fixture(scope="module")
def network() -> Network:
    return build_network(read_osm(SAMPLE))


@pytest.fixture(scope="module")
def router(network: Network) -> Router:
    return Router(network)


@pytest.fixture(scope="module")
def towns(network: Network, router: Router) -> list[SimulatedTown]:
    return [simulate_town(network, SCHOOL, router, seed=seed) for seed in SEEDS]


@pytest.fixture(scope="module")
def found(network: Network, towns: list[SimulatedTown]) -> list[pd.DataFrame]:
    """What the method says about each town, beside the truth."""

    def compared(town: SimulatedTown) -> pd.DataFrame:
        summary: Summary = summarise(network.places, town.evidence(), POLICY)
        assert summary.mode == "risk"
        return summary.places.join(town.truth.add_prefix("true_"))

    return [compared(town) for town in towns]


def share_found(places: pd.DataFrame, score: pd.Series) -> float:
    """Share of the true twenty worst places per passage that a ranking has in its first twenty."""
    eligible = places[places["participants"] >= POLICY.eligible_participants]
    worst = eligible["true_relative"].nlargest(20).index
    return float(worst.isin(score.reindex(eligible.index).nlargest(20).index).mean())


def test_the_same_seed_gives_the_same_town(network: Network, router: Router) -> None:
    one, same, other = (
        simulate_town(network, SCHOOL, router, participants=15, seed=seed) for seed in (4, 4, 5)
    )

    assert one.participants == same.participants
    pd.testing.assert_frame_equal(one.truth, same.truth)
    assert one.participants != other.participants


def test_students_answer_only_what_they_pass(towns: list[SimulatedTown]) -> None:
    codes = set().union(*REASONS.values())
    for student in towns[0].participants:
        passed = visited_places(student.route, towns[0].truth.index)
        rated = [said.place for said in student.ratings]
        assert set(rated) <= set(passed)
        assert len(rated) == len(set(rated))
        assert 1 <= student.rides_per_week <= 5
        for said in student.ratings:
            assert 0 <= said.rating <= 10
            assert set(said.reasons) <= codes
            assert said.reasons or said.incident is None
            assert bool(said.helps) == bool(said.reasons)
            assert bool(said.counterpart) == bool(said.incident)
            assert not (said.likes and said.reasons) or said.incident


def test_routes_are_as_long_as_students_ride(towns: list[SimulatedTown]) -> None:
    km = np.array([student.route.length_m for student in towns[0].participants]) / 1000

    assert km.min() > 0.5
    assert 1 < np.median(km) < 3
    assert len({student.start for student in towns[0].participants}) == 300


def test_conflicts_are_rare_at_most_places_and_common_at_the_worst(
    found: list[pd.DataFrame],
) -> None:
    for places in found:
        often = places[places["participants"] >= 20]
        share = often["reporters"] / often["participants"]

        assert places["reporters"].sum() > 100
        assert share.median() < 0.05
        assert 0.15 < share.max() < 0.7


def test_raters_differ_about_two_thirds_as_much_as_places(
    network: Network, towns: list[SimulatedTown]
) -> None:
    parameters = summarise(network.places, towns[0].evidence(), POLICY).parameters
    place, rater = parameters["place_variance"], parameters["rater_variance"]

    assert isinstance(place, float)
    assert isinstance(rater, float)
    assert rater / place == pytest.approx(2 / 3, rel=0.4)


def test_danger_is_felt_where_it_is(towns: list[SimulatedTown]) -> None:
    truth = towns[0].truth

    assert np.corrcoef(np.log(truth["rate"]), truth["danger"])[0, 1] > 0.4


def test_neighbouring_places_resemble_each_other() -> None:
    near = np.array([[0.0, 0.0], [50.0, 0.0], [5000.0, 0.0]])
    drawn = np.array([_pattern(near, np.random.default_rng(seed)) for seed in range(400)])
    correlation = np.corrcoef(drawn.T)

    assert drawn.std() == pytest.approx(1, abs=0.1)
    assert correlation[0, 1] > 0.9
    assert abs(correlation[0, 2]) < 0.2


def test_felt_danger_is_what_the_mean_rating_comes_to() -> None:
    generator = np.random.default_rng(8)
    danger = np.array([0.0, 0.1, 0.35, 0.6, 1.0])
    passed = pd.DataFrame(
        {"kind": "intersection", "stress": 2, "length_m": 0.0, "rate": 0.0, "danger": danger},
        index=list("abcde"),
    )
    said = [rating for _ in range(6000) for rating in answer(passed, generator)[1]]
    mean = pd.DataFrame(said).groupby("place")["rating"].mean()

    assert 1 - mean.to_numpy() / 10 == pytest.approx(felt_danger(danger), abs=0.01)


def test_crashes_are_few_and_fall_where_it_is_dangerous(towns: list[SimulatedTown]) -> None:
    everywhere = pd.concat(town.truth.assign(town=n) for n, town in enumerate(towns))
    crashes = [town.crashes for town in towns]

    assert all(20 <= len(found) <= 80 for found in crashes)
    burden = everywhere["rate"] * everywhere["exposure"]
    counted = pd.concat(
        found.groupby("place").size().reindex(town.truth.index, fill_value=0)
        for found, town in zip(crashes, towns, strict=True)
    )
    assert np.corrcoef(counted, burden)[0, 1] > 0.3
    assert counted.max() < 10


def test_exposure_is_what_the_method_makes_of_the_rides(
    network: Network, towns: list[SimulatedTown]
) -> None:
    assert POLICY.school_weeks == SCHOOL_WEEKS
    found = summarise(network.places, towns[0].evidence(), POLICY).places["exposure"]
    intersections = found.index[found.index.str.startswith("i")]
    truth = towns[0].truth["exposure"]

    assert truth.loc[intersections].to_numpy() == pytest.approx(found.loc[intersections])


def test_a_spamming_class_does_not_confirm_a_harmless_crossing(
    network: Network, towns: list[SimulatedTown]
) -> None:
    town = towns[0]
    evidence = town.evidence()
    before = summarise(network.places, evidence, POLICY).places
    busy = before[(before["participants"] >= 30) & before.index.str.startswith("i")]
    harmless = str(town.truth.loc[busy.index, "rate"].idxmin())
    after = summarise(network.places, with_spammers(evidence, harmless), POLICY).places

    assert before.loc[harmless, "state"] == after.loc[harmless, "state"] == "unknown"
    # Half of the place belongs to the others: thirty zeros cannot make it look worst.
    assert after.loc[harmless, "danger"] < before.loc[harmless, "danger"] + 0.5
    assert after.loc[harmless, "mean_rating"] < before.loc[harmless, "mean_rating"] - 2


def test_a_place_nobody_passed_is_in_no_list(network: Network, found: list[pd.DataFrame]) -> None:
    unvisited = network.places.index.difference(found[0].index)

    assert len(unvisited) > 1000
    assert not (found[0]["participants"] == 0).any()


def test_confirmed_hotspots_are_dangerous_and_ranked_better_than_by_raw_figures(
    found: list[pd.DataFrame], capsys: pytest.CaptureFixture[str]
) -> None:
    confirmed = [places[places["state"] == "confirmed"] for places in found]
    listed = sum(len(places) for places in confirmed)
    wrong = sum(
        (places["true_relative"] <= POLICY.relative_threshold).sum() for places in confirmed
    )
    shares = pd.DataFrame(
        {
            "ours": share_found(places, places["relative"]),
            "raw mean": share_found(places, -places["mean_rating"].fillna(10)),
            "raw count": share_found(places, places["reporters"]),
        }
        for places in found
    )

    with capsys.disabled():
        print(  # noqa: T201 - the figures are what a reader of the test wants to see
            f"\n{len(found)} simulated towns: {listed} confirmed, false share {wrong / listed:.2f};"
            f" of the true twenty worst {shares.mean().round(2).to_dict()}"
        )
    assert all(len(places) >= 3 for places in confirmed)
    assert wrong / listed <= 0.12
    # Twenty places a town are few: one town may tie, all together must not.
    for raw in ("raw mean", "raw count"):
        assert (shares["ours"] >= shares[raw]).all()
        assert shares["ours"].mean() > 1.25 * shares[raw].mean()


def test_intervals_hold_the_true_rate_and_the_danger_that_is_felt(
    found: list[pd.DataFrame],
) -> None:
    everywhere = pd.concat(found)
    eligible = everywhere[everywhere["participants"] >= POLICY.eligible_participants]
    inside = eligible["true_rate"].between(eligible["rate_low"], eligible["rate_high"])

    assert 0.85 <= inside.mean() <= 0.95
    felt = everywhere["true_felt"].between(everywhere["danger_low"], everywhere["danger_high"])
    assert 0.85 <= felt[everywhere["danger"].notna()].mean() <= 0.95
