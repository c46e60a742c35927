"""Recommended ways: on a town drawn on paper, and for every neighbourhood of the sample town."""

from collections.abc import Callable

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.area import build_network
from geo.corridors import APART_M, corridors, meeting_points, streets_of
from geo.crs import distance_m
from geo.extract import OsmData
from geo.network import Network
from geo.recommended import LONGEST, Recommended, Recommender

Draw = Callable[..., OsmData]
Point = Callable[[float, float], tuple[float, float]]
SCHOOL = (13.2634, 53.5655)
"""Albert-Einstein-Gymnasium, about."""

# The school stands at 2. A housing estate around 1, 1 km to the west, is joined to it by a wide
# street of stress 4 and by a path that is a quarter longer.
#   12              3 -------- 4
#    |              |          |
#   10 -- 1 ======= +          |
#    |     \=================  2 --- 6
#   11                         |
POSITIONS = {
    1: (-1000, 0), 2: (0, 0), 3: (-1000, 120), 4: (0, 120), 6: (200, 0), 7: (0, -200),
    10: (-1200, 0), 11: (-1200, -200), 12: (-1200, 200), 13: (-1400, 0), 14: (200, 200),
}  # fmt: skip
WIDE = {"name": "Ring", "highway": "primary", "maxspeed": "70", "lanes": "4"}
PATH = {"name": "Pfad", "highway": "cycleway"}
HOMES = {"name": "Gasse", "highway": "living_street"}
STREETS = [
    ([1, 2], WIDE), ([1, 3, 4, 2], PATH), ([2, 6, 14], HOMES), ([2, 7], HOMES), ([10, 1], HOMES),
    ([11, 10, 12], HOMES), ([13, 10], HOMES),
]  # fmt: skip


def town(draw: Draw, **changes: tuple[float, float]) -> Network:
    moved = {int(name.removeprefix("at_")): at for name, at in changes.items()}
    return build_network(draw(POSITIONS | moved, STREETS))


def ways_of(network: Network, point: Point, **danger: float) -> Recommended:
    return Recommender(network).ways(point(5, 5), danger)


def names(network: Network, found: Recommended) -> list[list[str]]:
    segments = network.segments.set_index("id")
    of, metres = segments["name"].to_dict(), segments["length_m"].to_dict()
    return [[street.name for street in streets_of(way, of, metres)] for way in found.ways]


def test_hand_worked_way_takes_the_path_and_not_the_wide_street(draw: Draw, point: Point) -> None:
    network = town(draw)
    found = ways_of(network, point)

    # The estate around 10 is the only neighbourhood but for the school's own.
    (way,) = found.ways
    assert names(network, found) == [["Gasse", "Pfad"]]
    # 200 m of the lane, then 1,240 m of path, not 1,000 m of the street.
    assert way.length_m == pytest.approx(1440, rel=0.01)
    assert way.shortest_m == pytest.approx(1200, rel=0.01)
    # 2.5 m are added for each metre of stress 4; both cross at 1 and at 2.
    crossing = way.burden_m - 1440
    assert way.shortest_burden_m == pytest.approx(1200 + 2500 + crossing, rel=0.01)
    assert way.coordinates[-1] == pytest.approx(found.gate, abs=1e-6)
    assert way.known_m == 0
    assert way.streets_m == pytest.approx(1440, rel=0.01)


def test_a_way_that_is_too_long_is_not_recommended_however_calm(draw: Draw, point: Point) -> None:
    # Two times 210 m more than the 1,200 m: 35 %.
    network = town(draw, at_3=(-1000, 210), at_4=(0, 210))

    found = ways_of(network, point)

    assert names(network, found) == [["Gasse", "Ring"]]
    assert found.ways[0].stress == 4
    assert not found.ways[0].is_calm


def test_what_students_feel_turns_a_way(draw: Draw, point: Point) -> None:
    network = town(draw)
    path = network.segments[network.segments["name"] == "Pfad"]["id"]

    # 2 m are added for each of the 1,240 m: now the street, at 3.5 for each of 1,000 m, is less.
    worst = ways_of(network, point, **dict.fromkeys(path, 1.0))
    assert names(network, worst) == [["Gasse", "Ring"]]

    bad = ways_of(network, point, **dict.fromkeys(path, 0.7))
    assert names(network, bad) == [["Gasse", "Pfad"]]
    assert set(path) <= set(bad.ways[0].care)
    assert bad.ways[0].known_m == pytest.approx(1240, rel=0.01)
    drawn = corridors(bad, network, set(path))
    # Nobody said how the lane feels: calm by the map alone.
    assert set(drawn["look"]) == {"care", "map"}


def test_a_school_far_from_every_street_has_no_ways(draw: Draw, point: Point) -> None:
    found = Recommender(town(draw)).ways(point(0, 5000), {})

    assert found == Recommended(None, ())
    assert meeting_points(found, town(draw)) == []


@pytest.fixture(scope="module")
def recommender(sample: Network) -> Recommender:
    return Recommender(sample)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 999), share=st.sampled_from([0.0, 0.1, 0.6]))
def test_every_way_may_be_ridden_leads_to_the_school_and_is_hardly_longer(
    sample: Network, recommender: Recommender, seed: int, share: float
) -> None:
    rng = np.random.default_rng(seed)
    rated = sample.segments["id"][rng.random(len(sample.segments)) < share]
    danger = dict(zip(rated, rng.random(len(rated)), strict=True))

    found = recommender.ways(SCHOOL, danger)

    segments = sample.segments.set_index("id")
    assert len(found.ways) > 10
    for way in found.ways:
        own = segments.loc[list(way.segments)]
        assert not own["push"].any()
        assert (own["forward"] | own["backward"]).all()
        assert way.length_m <= LONGEST * way.shortest_m + 1e-6
        assert way.burden_m <= way.shortest_burden_m + 1e-6
        assert way.calm_m <= way.streets_m + 1e-6
        assert way.coordinates[-1] == pytest.approx(found.gate)
        # In one piece: no jump between two points that is not a street.
        steps = zip(way.coordinates, way.coordinates[1:], strict=False)
        assert max(distance_m(one, other) for one, other in steps) <= own["length_m"].max() + 60


def test_streets_are_drawn_once_and_meeting_points_lie_where_ways_meet(
    sample: Network, recommender: Recommender
) -> None:
    found = recommender.ways(SCHOOL, {})

    drawn = corridors(found, sample, set())
    every = [line for shape in drawn.geometry for line in shapely.get_parts(shape)]
    assert len(set(found.joined)) <= sum(len(way.segments) for way in found.ways)
    assert sum(line.length for line in every) == pytest.approx(shapely.union_all(every).length)
    chosen = meeting_points(found, sample)
    assert chosen
    at = sample.intersections.set_index("id").geometry.loc[chosen]
    for number, one in enumerate(at):
        assert sum(chosen[number] in way.places for way in found.ways) > 1
        assert all(
            distance_m((one.x, one.y), (other.x, other.y)) >= APART_M
            for other in at.iloc[number + 1 :]
        )


def test_what_is_preferred_comes_first_if_it_lies_on_a_way(
    sample: Network, recommender: Recommender
) -> None:
    found = recommender.ways(SCHOOL, {})
    usual = meeting_points(found, sample)
    assert found.gate is not None

    assert meeting_points(found, sample, ["nowhere", usual[-1]])[0] == usual[-1]
