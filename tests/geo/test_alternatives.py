"""Calmer ways on small streets drawn on paper, and on the sample town."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geo.alternatives import LONGEST, Alternative, Alternatives
from geo.area import build_network
from geo.burden import burden_weights
from geo.crs import distance_m
from geo.errors import BrokenRouteError, GeoError, UnknownPlaceError
from geo.extract import OsmData
from geo.network import Network
from geo.routing import Router, Waypoint
from geo.trimming import cut_index

Draw = Callable[..., OsmData]
Point = Callable[[float, float], tuple[float, float]]
Street = tuple[list[int], dict[str, str]]

# A wide street of 600 m from 1 to 2, a path beside it by way of 3 and 4, 700 m long, and a lane
# on to the school at 6. A long way round by 8 and 9 keeps 1 and 2 safe if the path is closed.
#       3 ------------------ 4
#       |                    |
#   5 - 1 ================== 2 --- 6
#       |                    |
#       8 ------------------ 9
POSITIONS = {
    1: (0, 0), 2: (600, 0), 3: (0, 50), 4: (600, 50), 5: (-100, 0), 6: (800, 0), 8: (0, -300),
    9: (600, -300),
}  # fmt: skip
WIDE = {"name": "Ring", "highway": "primary", "maxspeed": "70", "lanes": "4"}
PATH = {"name": "Pfad", "highway": "cycleway"}
LANE = {"name": "Gasse", "highway": "living_street"}
STREETS: list[Street] = [
    ([1, 2], WIDE), ([1, 3, 4, 2], PATH), ([2, 6], LANE), ([5, 1], LANE),
    ([1, 8, 9, 2], {"name": "Umweg", "highway": "living_street"}),
]  # fmt: skip
SCHOOL = (700.0, 5.0)


class Town:
    """A network on which rides are routed and cut where they begin."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.router = Router(network)
        self.alternatives = Alternatives(network)
        self.stress = network.places["stress"]

    def ride(self, *spots: tuple[float, float]) -> list[str]:
        """The places from the first safe intersection on."""
        passages = self.router.snap([Waypoint(*spot) for spot in spots]).passages
        safe = next(i for i, passage in enumerate(passages) if passage.safe)
        return [passage.id for passage in passages[safe:]]


def with_tags(streets: list[Street], name: str, **tags: str) -> list[Street]:
    return [(nodes, {**own, **tags} if own["name"] == name else own) for nodes, own in streets]


@pytest.fixture
def town(draw: Draw) -> Town:
    return Town(build_network(draw(POSITIONS, STREETS)))


def straight_on(town: Town, point: Point) -> list[str]:
    return town.ride(point(-60, 0), point(*SCHOOL))


def names(town: Town, places: list[str]) -> list[str]:
    return [town.network.places.loc[place, "name"] for place in places]


def test_hand_worked_burden(town: Town, point: Point) -> None:
    ridden = straight_on(town, point)
    found = town.alternatives.calmer(ridden, point(*SCHOOL), {})

    assert found is not None
    assert town.stress[ridden].max() == 4
    # 600 m of the wide street and half of the lane, which has stress 1, 100 m long.
    assert found.ridden_m == pytest.approx(700, rel=0.01)
    assert found.length_m == pytest.approx(800, rel=0.01)
    assert found.ridden_stress_m == pytest.approx((100, 0, 0, 600), rel=0.01)
    assert found.stress_m == pytest.approx((800, 0, 0, 0), rel=0.01)
    # Both cross at the end of the wide street; 2.5 m are added for each metre of stress 4.
    crossing = burden_weights()[f"crossing_{town.stress[ridden[-2]]}"]
    assert found.burden_m == pytest.approx(800 + crossing, rel=0.01)
    assert found.ridden_burden_m == pytest.approx(700 + 2.5 * 600 + crossing, rel=0.01)
    assert found.unknown_m == pytest.approx(800, rel=0.01)


def test_it_starts_and_ends_where_the_ride_does(town: Town, point: Point) -> None:
    ridden = straight_on(town, point)
    found = town.alternatives.calmer(ridden, point(*SCHOOL), {})

    assert found is not None
    assert (found.places[0], found.places[-1]) == (ridden[0], ridden[-1])
    assert found.coordinates[0] == pytest.approx(point(0, 0), abs=1e-6)
    assert found.coordinates[-1] == pytest.approx(point(700, 0), abs=1e-6)
    assert set(names(town, found.avoids)) == {"Ring"}
    assert found.avoids == [place for place in ridden if place in found.avoids]


def test_a_ride_that_is_calm_already_has_none(town: Town, point: Point) -> None:
    ridden = town.ride(point(-60, 0), point(300, 50), point(*SCHOOL))
    assert "Pfad" in names(town, ridden)
    assert town.alternatives.calmer(ridden, point(*SCHOOL), {}) is None


def test_a_way_that_is_a_fifth_longer_is_too_long(draw: Draw, point: Point) -> None:
    far = {**POSITIONS, 3: (0, 90), 4: (600, 90)}
    town = Town(build_network(draw(far, STREETS)))
    ridden = straight_on(town, point)

    assert town.alternatives.calmer(ridden, point(*SCHOOL), {}) is None


def test_a_little_less_burden_is_no_reason(draw: Draw, point: Point) -> None:
    # Stress 2 instead of 1: the street weighs less than the way round is longer.
    streets = with_tags(STREETS, "Ring", highway="residential", maxspeed="30", lanes="2")
    town = Town(build_network(draw(POSITIONS, streets)))
    assert town.alternatives.calmer(straight_on(town, point), point(*SCHOOL), {}) is None


def test_what_feels_dangerous_is_avoided_by_name(draw: Draw, point: Point) -> None:
    streets = [(nodes, {**LANE, "name": own["name"]}) for nodes, own in STREETS]
    town = Town(build_network(draw(POSITIONS, streets)))
    ridden = straight_on(town, point)
    ring = [place for place in ridden if names(town, [place]) == ["Ring"]]
    danger = {place: 0.6 + 0.01 * number for number, place in enumerate(ring)}

    found = town.alternatives.calmer(ridden, point(*SCHOOL), danger)

    assert found is not None
    assert found.avoids == ring[::-1]
    assert town.alternatives.calmer(ridden, point(*SCHOOL), {}) is None


def test_what_feels_safe_makes_nothing_shorter(town: Town, point: Point) -> None:
    ridden = straight_on(town, point)
    safe = dict.fromkeys(town.network.places.index, 0.0)
    unknown = town.alternatives.calmer(ridden, point(*SCHOOL), {})
    known = town.alternatives.calmer(ridden, point(*SCHOOL), safe, dict.fromkeys(safe, 0.0))

    assert unknown is not None
    assert known == replace(unknown, unknown_m=0.0)


def test_a_dangerous_way_round_is_none(town: Town, point: Point) -> None:
    path = town.network.places.query("name == 'Pfad'").index
    ridden = straight_on(town, point)
    assert town.alternatives.calmer(ridden, point(*SCHOOL), dict.fromkeys(path, 1.0)) is None
    risky = dict.fromkeys(path, 100.0)
    assert town.alternatives.calmer(ridden, point(*SCHOOL), {}, risky) is None


@pytest.mark.parametrize(
    "tags", [{"oneway": "yes"}, {"highway": "footway"}, {"bicycle": "dismount"}]
)
def test_it_neither_rides_against_one_way_streets_nor_walks(
    draw: Draw, point: Point, tags: Mapping[str, str]
) -> None:
    streets = [(nodes[::-1] if own["name"] == "Pfad" else nodes, own) for nodes, own in STREETS]
    town = Town(build_network(draw(POSITIONS, with_tags(streets, "Pfad", **tags))))
    assert town.alternatives.calmer(straight_on(town, point), point(*SCHOOL), {}) is None


def test_it_may_walk_where_the_ride_does(draw: Draw, point: Point) -> None:
    streets = with_tags(STREETS, "Gasse", highway="pedestrian")
    town = Town(build_network(draw(POSITIONS, streets)))
    found = town.alternatives.calmer(straight_on(town, point), point(*SCHOOL), {})

    assert found is not None
    assert found.burden_m >= found.length_m + 2 * 100 * 0.99


def test_a_forbidden_turn_is_not_made(draw: Draw, point: Point) -> None:
    network = build_network(draw(POSITIONS, STREETS))
    rows = network.segments
    path, lane = (
        rows[(rows["name"] == name) & (rows[["start", "end"]] == 2).any(axis=1)]
        for name in ("Pfad", "Gasse")
    )
    arriving = path.iloc[0]
    turns = pd.DataFrame(
        [
            (arriving["id"], arriving["end"] == 2, leaving["id"], leaving["start"] == 2)
            for _, leaving in lane.iterrows()
        ],
        columns=list(network.turns.columns),
    )
    town = Town(replace(network, turns=turns))
    assert town.alternatives.calmer(straight_on(town, point), point(*SCHOOL), {}) is None


def test_a_ride_may_end_at_an_intersection(town: Town, point: Point) -> None:
    ridden = straight_on(town, point)[:-1]
    found = town.alternatives.calmer(ridden, point(*SCHOOL), {})

    assert found is not None
    assert found.places[-1] == ridden[-1]
    assert found.ridden_m == pytest.approx(600, rel=0.01)


def test_a_gap_in_the_ride_counts_straight(town: Town, point: Point) -> None:
    ridden = straight_on(town, point)
    whole = town.alternatives.calmer(ridden, point(*SCHOOL), {})
    gapped = town.alternatives.calmer([*ridden[:2], *ridden[3:]], point(*SCHOOL), {})

    assert whole is not None
    assert gapped is not None
    assert gapped.ridden_m == pytest.approx(whole.ridden_m, rel=0.001)
    assert gapped.ridden_burden_m < whole.ridden_burden_m


def test_out_and_back_is_ridden_twice(town: Town, point: Point) -> None:
    ridden = town.ride(point(-60, 0), point(600, -60), point(*SCHOOL))
    found = town.alternatives.calmer(ridden, point(*SCHOOL), {})

    assert found is not None
    # The long way round is cut into 9 segments, and segments count whole.
    assert found.ridden_m == pytest.approx(600 + 2 * 1200 / 9 + 100, rel=0.01)


def test_rides_that_are_none_are_refused(town: Town, point: Point) -> None:
    ridden = straight_on(town, point)
    calmer = town.alternatives.calmer
    with pytest.raises(UnknownPlaceError, match="snowhere"):
        calmer([*ridden, "snowhere"], point(*SCHOOL), {})
    with pytest.raises(BrokenRouteError, match="safe intersection"):
        calmer(ridden[1:], point(*SCHOOL), {})
    for none in ([], ridden[:1]):
        with pytest.raises(BrokenRouteError, match="at least one segment"):
            calmer(none, point(*SCHOOL), {})


def test_a_network_without_intersections_can_be_prepared(draw: Draw, point: Point) -> None:
    network = build_network(draw({1: (0, 0), 2: (100, 0)}, [([1, 2], {})]))
    [street] = network.segments["id"]
    with pytest.raises(BrokenRouteError):
        Alternatives(network).calmer([street], point(0, 0), {})


EINSTEIN = (13.262, 53.557)


@pytest.fixture(scope="session")
def neubrandenburg(sample: Network) -> Town:
    return Town(sample)


def as_stored(town: Town, spots: list[tuple[float, float]]) -> list[str]:
    """The places of a ride after its cut."""
    try:
        route = town.router.snap([Waypoint(*spot) for spot in (*spots, EINSTEIN)])
    except GeoError:
        assume(False)  # noqa: FBT003
    begin = cut_index(route.passages, spots[0], 0.5, length_m=route.length_m)
    assume(begin is not None)
    return [passage.id for passage in route.passages[begin:]]


def require_promises(town: Town, ridden: list[str], found: Alternative) -> None:
    assert (found.places[0], found.places[-1]) == (ridden[0], ridden[-1])
    assert found.length_m <= LONGEST * found.ridden_m
    assert found.burden_m <= 0.9 * found.ridden_burden_m
    assert not set(found.avoids) & set(found.places)
    assert set(found.avoids) <= set(ridden)
    drawn = sum(distance_m(a, b) for a, b in pairwise(found.coordinates))
    assert drawn == pytest.approx(found.length_m, rel=0.005, abs=1)
    pushed = set(town.network.segments.loc[town.network.segments["push"], "id"])
    assert pushed & set(found.places) <= pushed & set(ridden)


@settings(max_examples=60, deadline=None)
@given(
    spots=st.lists(
        st.tuples(st.floats(13.235, 13.305), st.floats(53.535, 53.580)), min_size=1, max_size=2
    ),
    seed=st.integers(0, 99),
)
def test_an_alternative_keeps_its_promises(
    neubrandenburg: Town, spots: list[tuple[float, float]], seed: int
) -> None:
    ridden = as_stored(neubrandenburg, spots)
    some = np.random.default_rng(seed)
    felt = dict(zip(ridden, some.random(len(ridden)).tolist(), strict=True))
    for danger in ({}, felt):
        found = neubrandenburg.alternatives.calmer(ridden, EINSTEIN, danger)
        if found:
            require_promises(neubrandenburg, ridden, found)


@settings(max_examples=40, deadline=None)
@given(spot=st.tuples(st.floats(13.235, 13.305), st.floats(53.535, 53.580)))
def test_rides_are_laid_on_the_network_as_they_were_ridden(
    neubrandenburg: Town, spot: tuple[float, float]
) -> None:
    ridden = as_stored(neubrandenburg, [spot])
    ride = neubrandenburg.alternatives._ride(ridden, EINSTEIN)
    route = neubrandenburg.router.snap([Waypoint(*spot), Waypoint(*EINSTEIN)])
    length = route.length_m - next(p.from_m for p in route.passages if p.id == ridden[0])
    crossings = sum(p.to_m - p.from_m for p in route.passages if p.kind == "intersection")

    assert length - crossings - 1 <= ride.way.length_m <= length + 1
    outside = ride.way.arcs[neubrandenburg.alternatives._arcs.outside[ride.way.arcs]]
    numbers = neubrandenburg.alternatives._arcs.segment[outside]
    ids = neubrandenburg.network.segments["id"].to_numpy()[numbers]
    assert ids.tolist() == [place for place in ridden if place.startswith("s")]
