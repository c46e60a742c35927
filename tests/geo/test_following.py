"""Recorded tracks as waypoints, on small streets drawn on paper and on the sample town."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geo.area import build_network
from geo.crs import distance_m
from geo.errors import (
    FarFromSchoolError,
    GeoError,
    InvalidLineError,
    OutsideAreaError,
    ShortLineError,
)
from geo.extract import OsmData
from geo.following import NEAR_SCHOOL_M, Followed, smoothed, to_school, waypoints_along
from geo.graph import Graph, flat_graph
from geo.matching import Matcher
from geo.network import Network
from geo.routing import Router, SnappedRoute, Waypoint

Draw = Callable[..., OsmData]
Point = Callable[[float, float], tuple[float, float]]
Spots = list[tuple[float, float]]

# Two blocks of 400 m side by side; the school lies at the east end of the southern street.
#   4 - 5 - 6
#   |   |   |
#   1 - 2 - 3
POSITIONS = {
    1: (0, 0), 2: (400, 0), 3: (800, 0), 4: (0, 400), 5: (400, 400), 6: (800, 400),
}  # fmt: skip
BLOCKS = [
    ([1, 2, 3], {"name": "Süd"}), ([4, 5, 6], {"name": "Nord"}), ([1, 4], {"name": "West"}),
    ([2, 5], {"name": "Mitte"}), ([3, 6], {"name": "Ost"}),
]  # fmt: skip
SCHOOL = (750.0, 5.0)


class Town(NamedTuple):
    graph: Graph
    matcher: Matcher
    router: Router


def prepared(network: Network) -> Town:
    graph = flat_graph(network)
    return Town(graph, Matcher(network, graph=graph), Router(network, graph))


@pytest.fixture
def blocks(draw: Draw) -> Town:
    return prepared(build_network(draw(POSITIONS, BLOCKS)))


def walk(*corners: tuple[float, float], step: float = 20.0) -> Spots:
    """Points every 20 m along straight lines between corners."""
    line = np.array(corners)
    reached = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    at = np.append(np.arange(0, reached[-1], step), reached[-1])
    x, y = (np.interp(at, reached, line[:, axis]) for axis in (0, 1))
    return list(zip(x.tolist(), y.tolist(), strict=True))


def follow(town: Town, point: Point, spots: Spots, most: int = 19) -> Followed:
    track = [point(*spot) for spot in spots]
    return waypoints_along(track, point(*SCHOOL), town.matcher, town.router, most=most)


def names(followed: Followed) -> list[str]:
    found = [passage.name for passage in followed.route.passages if passage.kind == "segment"]
    return [name for i, name in enumerate(found) if i == 0 or name != found[i - 1]]


def test_the_shortest_way_needs_no_more_than_its_ends(blocks: Town, point: Point) -> None:
    followed = follow(blocks, point, walk((50, 4), (400, -3), (750, 2)))

    assert names(followed) == ["Süd"]
    assert len(followed.waypoints) == 2
    assert followed.waypoints[-1] == Waypoint(*point(*SCHOOL))
    assert followed.share == pytest.approx(1)
    assert not followed.reversed


def test_a_detour_is_held_by_points_on_it(blocks: Town, point: Point) -> None:
    round_north = walk((50, 0), (0, 0), (0, 400), (800, 400), (800, 0), (750, 0))
    followed = follow(blocks, point, round_north)

    assert names(followed) == ["Süd", "West", "Nord", "Ost", "Süd"]
    assert 3 <= len(followed.waypoints) <= 5
    assert followed.share > 0.99
    assert not any(waypoint.straight for waypoint in followed.waypoints)


def test_there_and_back_is_followed(blocks: Town, point: Point) -> None:
    followed = follow(blocks, point, walk((50, 0), (400, 0), (400, 380), (400, 0), (750, 0)))
    assert names(followed) == ["Süd", "Mitte", "Süd"]
    assert followed.share > 0.9


def test_few_points_follow_as_far_as_they_can(blocks: Town, point: Point) -> None:
    zigzag = walk((50, 0), (0, 0), (0, 400), (400, 400), (400, 0), (800, 0), (800, 30), (750, 0))
    shares = [follow(blocks, point, zigzag, most=most).share for most in (2, 3, 19)]

    assert shares == sorted(shares)
    assert shares[0] < 0.6 < shares[-1]


def test_the_ride_home_is_turned_round(blocks: Town, point: Point) -> None:
    home = walk((750, 0), (800, 0), (800, 400), (400, 400))
    followed = follow(blocks, point, home)

    assert followed.reversed
    assert names(followed)[0] == "Nord"
    assert followed.waypoints[-1] == Waypoint(*point(*SCHOOL))


def test_what_comes_after_the_school_is_left_out(blocks: Town, point: Point) -> None:
    past = walk((50, 0), (750, 0), (800, 0), (800, 150))
    followed = follow(blocks, point, past)

    assert names(followed) == ["Süd"]
    assert followed.share == pytest.approx(1)


def test_a_piece_off_the_network_is_drawn_straight(blocks: Town, point: Point) -> None:
    across = walk((0, 300), (0, 100), (40, 60), (330, 350), (400, 400), (800, 400), (800, 0))
    followed = follow(blocks, point, [*across, (750.0, 0.0)])

    assert [leg.straight for leg in followed.route.legs].count(True) == 1
    assert names(followed)[0] == "West"
    assert followed.share > 0.9


def test_standing_still_at_both_ends_leaves_no_trace(blocks: Town, point: Point) -> None:
    noise = np.random.default_rng(1).normal(0, 8, (40, 2))
    here, there = ([(x + a, b) for a, b in noise.tolist()] for x in (50, 745))
    followed = follow(blocks, point, [*here, *walk((50, 0), (745, 0)), *there])

    assert names(followed) == ["Süd"]
    assert followed.route.length_m == pytest.approx(700, abs=40)


def test_tracks_that_are_none_are_refused(blocks: Town, point: Point) -> None:
    with pytest.raises(FarFromSchoolError, match="within 300 m of the school"):
        follow(blocks, point, walk((0, 0), (0, 400), (300, 400)))
    with pytest.raises(ShortLineError, match="at least 150 m"):
        follow(blocks, point, walk((680, 0), (750, 0)))
    with pytest.raises(InvalidLineError, match="2 to 500 points, got 501"):
        follow(blocks, point, [(750.0, 0.0)] * 501)
    for none in ([], [(750.0, 0.0)], [(750.0, 0.0)] * 3, [(float("nan"), 0.0), (750.0, 0.0)]):
        with pytest.raises(InvalidLineError):
            follow(blocks, point, none)
    with pytest.raises(InvalidLineError, match="km from the middle"):
        follow(blocks, point, walk((200_000, 0), (200_500, 0)))


def test_a_track_beside_all_streets_follows_none(blocks: Town, point: Point) -> None:
    beside = [point(x, y) for x, y in walk((200, 200), (230, 240), (180, 180))]
    with pytest.raises(OutsideAreaError, match="follows no street"):
        waypoints_along(beside, point(200, 200), blocks.matcher, blocks.router)


def test_a_point_is_pulled_half_the_way_to_the_middle_of_its_neighbours(point: Point) -> None:
    track = [point(x, y) for x, y in [(0, 0), (20, 10), (40, 0), (140, 20), (160, 0)]]
    after = smoothed(track)

    assert after[0] == track[0]
    assert after[1] == pytest.approx(point(20, 5), abs=1e-9)
    # Beside a gap nothing is pulled: it may be a corner.
    assert after[2:] == track[2:]


def test_a_track_ends_where_it_is_nearest_to_the_school(point: Point) -> None:
    school = point(0, 0)
    track = [point(x, 0) for x in (-500, -200, -10, 60, 120)]
    assert to_school(track, school) == track[:3]
    # It comes by, goes away and comes back: only the last time counts.
    again = [*track, point(900, 0), point(200, 0)]
    assert to_school(again, school) == again


EINSTEIN = (13.262, 53.557)


@pytest.fixture(scope="session")
def neubrandenburg(sample: Network) -> Town:
    return prepared(sample)


def recorded(town: Town, route: SnappedRoute, seed: int) -> Spots:
    """The route as a phone records it: every 5 s, each point 10 m off, standing still at times."""
    chance = np.random.default_rng(seed)
    line = np.array([spot for leg in route.legs for spot in leg.coordinates])
    xy = np.stack(town.graph.to_metres.transform(*line.T), axis=1)
    reached = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    stop = np.repeat(chance.uniform(0, reached[-1], 2), 6)
    at = np.sort(np.concatenate([np.arange(0, reached[-1], 21), stop, [reached[-1]] * 6]))[-500:]
    x, y = (np.interp(at, reached, xy[:, axis]) + chance.normal(0, 10, len(at)) for axis in (0, 1))
    return list(zip(*(column.tolist() for column in town.graph.to_degrees.transform(x, y)),
                    strict=True))  # fmt: skip


def routed(town: Town, spots: Spots) -> SnappedRoute:
    try:
        route = town.router.snap([Waypoint(*spot) for spot in (*spots, EINSTEIN)])
    except GeoError:
        assume(False)  # noqa: FBT003
    assume(600 < route.length_m < 10_000)
    return route


SPOT = st.tuples(st.floats(13.235, 13.305), st.floats(53.535, 53.580))


@settings(max_examples=25, deadline=None)
@given(spots=st.lists(SPOT, min_size=1, max_size=2), seed=st.integers(0, 999))
def test_whatever_is_recorded_the_answer_holds_together(
    neubrandenburg: Town, spots: Spots, seed: int
) -> None:
    track = recorded(neubrandenburg, routed(neubrandenburg, spots), seed)
    assume(distance_m(track[-1], EINSTEIN) < NEAR_SCHOOL_M)

    found = waypoints_along(track, EINSTEIN, neubrandenburg.matcher, neubrandenburg.router)

    assert 2 <= len(found.waypoints) <= 19
    assert found.waypoints[-1] == Waypoint(*EINSTEIN)
    assert 0 <= found.share <= 1
    assert found.route == neubrandenburg.router.snap(found.waypoints)


def test_most_of_a_noisy_track_is_followed(neubrandenburg: Town) -> None:
    chance = np.random.default_rng(4)
    shares = []
    while len(shares) < 20:
        spot = (chance.uniform(13.24, 13.30), chance.uniform(53.54, 53.575))
        route = neubrandenburg.router.snap([Waypoint(*spot), Waypoint(*EINSTEIN)])
        track = recorded(neubrandenburg, route, len(shares))
        found = waypoints_along(track, EINSTEIN, neubrandenburg.matcher, neubrandenburg.router)
        shares.append(found.share)
    assert np.median(shares) > 0.97
    assert np.quantile(shares, 0.1) > 0.9
