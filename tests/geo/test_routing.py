from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from math import inf, nan

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.area import build_network
from geo.crs import distance_m
from geo.errors import (
    CrossingStraightPiecesError,
    GeoError,
    InvalidWaypointsError,
    OutsideAreaError,
    UnreachableError,
)
from geo.extract import OsmData
from geo.network import Network
from geo.routing import Router, SnappedRoute, Waypoint

Draw = Callable[..., OsmData]
Point = Callable[[float, float], tuple[float, float]]

# A square of 100 m with a tail to the east: 1-2-3-4 around, 5 beyond 2.
POSITIONS = {1: (0, 0), 2: (100, 0), 3: (100, 100), 4: (0, 100), 5: (200, 0), 6: (0, -100)}
SQUARE = [
    ([1, 2], {"name": "Süd"}), ([2, 3], {"name": "Ost"}), ([3, 4], {"name": "Nord"}),
    ([4, 1], {"name": "West"}), ([2, 5], {"name": "Damm"}), ([1, 6], {"name": "Gasse"}),
]  # fmt: skip


def snap(
    router: Router, point: Point, *spots: tuple[float, float], straight: tuple[int, ...] = ()
) -> SnappedRoute:
    return router.snap(
        [Waypoint(*point(*spot), straight=i in straight) for i, spot in enumerate(spots)]
    )


def forbidden(network: Network, arriving: str, leaving: str, *, at: int) -> pd.DataFrame:
    """One turn that may not be made at a point, between two streets by name."""
    streets = network.segments.set_index("name")
    before, after = streets.loc[arriving], streets.loc[leaving]
    turn = (before["id"], before["end"] == at, after["id"], after["start"] == at)
    return pd.DataFrame([turn], columns=list(network.turns.columns))


def told(route: SnappedRoute) -> list[tuple[str, str | None, int, int]]:
    return [
        (passage.name, passage.direction, round(passage.from_m), round(passage.to_m))
        for passage in route.passages
    ]


def changed(name: str, **tags: str) -> list[tuple[list[int], dict[str, str]]]:
    return [
        (nodes, {**own, **{k.replace("__", ":"): v for k, v in tags.items()}})
        if own["name"] == name
        else (nodes, own)
        for nodes, own in SQUARE
    ]


def test_a_route_begins_and_ends_in_the_middle_of_a_street(draw: Draw, point: Point) -> None:
    route = snap(Router(build_network(draw(POSITIONS, SQUARE))), point, (40, 3), (150, -4))

    assert route.length_m == pytest.approx(110, rel=0.01)
    assert told(route) == [
        ("Süd", "forward", 0, 60),
        ("Damm × Ost", None, 60, 60),
        ("Damm", "forward", 60, 110),
    ]
    assert route.waypoints[0] == pytest.approx(point(40, 0), abs=1e-6)
    [leg] = route.legs
    assert leg.coordinates[0] == route.waypoints[0]
    assert leg.coordinates[-1] == route.waypoints[-1]
    assert leg.coordinates[1] == pytest.approx(point(100, 0), abs=1e-6)


def test_riding_back_is_backward(draw: Draw, point: Point) -> None:
    route = snap(Router(build_network(draw(POSITIONS, SQUARE))), point, (150, 0), (40, 0))
    assert [direction for _, direction, _, _ in told(route)] == ["backward", None, "backward"]


def test_a_ride_may_stay_on_one_street(draw: Draw, point: Point) -> None:
    route = snap(Router(build_network(draw(POSITIONS, SQUARE))), point, (20, 0), (70, 0))
    assert told(route) == [("Süd", "forward", 0, 50)]


def test_a_start_on_the_corner_begins_at_the_intersection(draw: Draw, point: Point) -> None:
    route = snap(Router(build_network(draw(POSITIONS, SQUARE))), point, (100, 0), (150, 0))
    assert told(route) == [("Damm × Ost", None, 0, 0), ("Damm", "forward", 0, 50)]


def test_a_one_way_street_is_avoided_if_the_way_around_is_short(draw: Draw, point: Point) -> None:
    network = build_network(draw(POSITIONS, changed("Süd", oneway="yes")))
    # From 2 to 1 against it would count 400 m; around the square it is 300 m.
    route = snap(Router(network), point, (100, 1), (0, -90))
    assert route.length_m == pytest.approx(390, rel=0.01)


def test_cyclists_may_use_a_contraflow_lane(draw: Draw, point: Point) -> None:
    streets = changed("Süd", oneway="yes", oneway__bicycle="no")
    route = snap(Router(build_network(draw(POSITIONS, streets))), point, (100, 1), (0, -90))
    assert route.length_m == pytest.approx(190, rel=0.01)


def test_walking_against_a_one_way_street_is_possible(draw: Draw, point: Point) -> None:
    network = build_network(draw(POSITIONS, changed("Damm", oneway="yes")))
    route = snap(Router(network), point, (180, 0), (90, 0))
    assert route.length_m == pytest.approx(90, rel=0.01)


def test_pushing_is_avoided_if_the_way_around_is_no_three_times_longer(
    draw: Draw, point: Point
) -> None:
    network = build_network(draw(POSITIONS, changed("Süd", highway="pedestrian")))
    assert snap(Router(network), point, (0, 50), (100, 50)).length_m == pytest.approx(200, rel=0.01)
    assert snap(Router(network), point, (20, 0), (150, 0)).length_m == pytest.approx(130, rel=0.01)


def test_a_point_on_the_way_is_visited_and_its_street_counted_once(
    draw: Draw, point: Point
) -> None:
    route = snap(
        Router(build_network(draw(POSITIONS, SQUARE))), point, (0, -50), (50, 100), (150, 0)
    )

    assert len(route.legs) == 2
    names = [name for name, _, _, _ in told(route)]
    assert names.count("Nord") == 1
    assert route.length_m == pytest.approx(50 + 100 + 100 + 100 + 50, rel=0.01)


def test_turning_round_at_a_point_on_the_way_is_allowed(draw: Draw, point: Point) -> None:
    route = snap(Router(build_network(draw(POSITIONS, SQUARE))), point, (80, 0), (120, 0), (80, 0))
    assert told(route) == [
        ("Süd", "forward", 0, 20),
        ("Damm × Ost", None, 20, 20),
        ("Damm", "forward", 20, 40),
        ("Damm", "backward", 40, 60),
        ("Damm × Ost", None, 60, 60),
        ("Süd", "backward", 60, 80),
    ]


def test_a_merged_intersection_is_one_passage(draw: Draw, point: Point) -> None:
    positions = {1: (0, 0), 2: (20, 0), 11: (-100, 0), 12: (120, 0), 21: (0, 100), 22: (20, -100)}
    streets = [([11, 1, 2, 12], {"name": "A"}), ([1, 21], {"name": "C"}), ([2, 22], {"name": "C"})]
    route = snap(Router(build_network(draw(positions, streets))), point, (-50, 0), (60, 0))

    assert told(route) == [
        ("A", "forward", 0, 50) if route.passages[0].direction == "forward"
        else ("A", "backward", 0, 50),
        ("A × C", None, 50, 70),
        ("A", route.passages[2].direction, 70, 110),
    ]  # fmt: skip
    middle = route.passages[1]
    assert (middle.lon, middle.lat) == pytest.approx(point(10, 0), abs=1e-6)


def test_straight_pieces_leave_the_network_and_have_no_places(draw: Draw, point: Point) -> None:
    route = snap(
        Router(build_network(draw(POSITIONS, SQUARE))), point, (50, 0), (50, 100), (80, 100),
        straight=(1,),
    )  # fmt: skip

    assert [leg.straight for leg in route.legs] == [True, False]
    assert route.legs[0].length_m == pytest.approx(100, rel=0.01)
    assert told(route) == [("Nord", route.passages[0].direction, 100, 130)]


def test_a_point_between_straight_pieces_stays_where_it_was_tapped(
    draw: Draw, point: Point
) -> None:
    route = snap(
        Router(build_network(draw(POSITIONS, SQUARE))), point, (50, 0), (50, 50), (50, 100),
        straight=(1, 2),
    )  # fmt: skip
    assert route.waypoints[1] == pytest.approx(point(50, 50), abs=1e-9)
    assert route.passages == []


def test_straight_pieces_may_not_cross(draw: Draw, point: Point) -> None:
    router = Router(build_network(draw(POSITIONS, SQUARE)))
    with pytest.raises(CrossingStraightPiecesError):
        snap(router, point, (0, 0), (100, 100), (100, 0), (0, 100), straight=(1, 2, 3))


@pytest.mark.parametrize("count", [0, 1, 21])
def test_too_few_or_too_many_points(draw: Draw, point: Point, count: int) -> None:
    router = Router(build_network(draw(POSITIONS, SQUARE)))
    with pytest.raises(InvalidWaypointsError, match=str(count)):
        snap(router, point, *[(0.0, 0.0)] * count)


@pytest.mark.parametrize("lon", [nan, inf, 181, 1e308])
def test_points_that_are_not_on_earth(draw: Draw, point: Point, lon: float) -> None:
    router = Router(build_network(draw(POSITIONS, SQUARE)))
    with pytest.raises(InvalidWaypointsError, match="waypoint 2"):
        router.snap([Waypoint(*point(0, 0)), Waypoint(lon, 53.55)])


def test_a_point_far_from_every_street(draw: Draw, point: Point) -> None:
    router = Router(build_network(draw(POSITIONS, SQUARE)))
    with pytest.raises(OutsideAreaError, match="waypoint 2"):
        snap(router, point, (0, 0), (900, 900))
    with pytest.raises(OutsideAreaError, match="waypoint 1"):
        router.snap([Waypoint(-170, -80), Waypoint(*point(0, 0))])


def test_an_island_is_named_as_unreachable(draw: Draw, point: Point) -> None:
    # Two towns, both large enough to be kept.
    far = {7: (200, -6000), 8: (1000, 0), 9: (7000, 0)}
    streets = [*SQUARE, ([5, 7], {}), ([8, 9], {"name": "Insel"})]
    network = build_network(draw({**POSITIONS, **far}, streets))
    with pytest.raises(UnreachableError, match="waypoint 1 to 2"):
        snap(Router(network), point, (0, 0), (2000, 0))


@pytest.fixture(scope="session")
def router(sample: Network) -> Router:
    return Router(sample)


@st.composite
def taps(draw: st.DrawFn) -> list[Waypoint]:
    spot = st.builds(Waypoint, st.floats(13.235, 13.305), st.floats(53.535, 53.580), st.booleans())
    return draw(st.lists(spot, min_size=2, max_size=4))


@settings(max_examples=60, deadline=None)
@given(waypoints=taps())
def test_passages_follow_one_another_without_gaps(
    router: Router, waypoints: list[Waypoint]
) -> None:
    try:
        route = router.snap(waypoints)
    except GeoError:
        return
    assert route.length_m == pytest.approx(sum(leg.length_m for leg in route.legs))
    for before, after in pairwise(route.passages):
        assert before.to_m <= after.from_m + 1e-6
        if not any(leg.straight for leg in route.legs):
            assert after.from_m == pytest.approx(before.to_m)
            assert (before.id, before.direction) != (after.id, after.direction)
    for before_leg, after_leg in pairwise(route.legs):
        assert before_leg.coordinates[-1] == pytest.approx(after_leg.coordinates[0])
    for leg in route.legs:
        drawn = sum(distance_m(a, b) for a, b in pairwise(leg.coordinates))
        assert drawn == pytest.approx(leg.length_m, rel=0.005, abs=0.5)


def test_a_forbidden_turn_is_ridden_round_or_walked(draw: Draw, point: Point) -> None:
    network = build_network(draw(POSITIONS, SQUARE))
    free = snap(Router(network), point, (150, 0), (100, 50))
    assert [name for name, *_ in told(free)] == ["Damm", "Damm × Ost", "Ost"]
    turns = forbidden(network, "Damm", "Ost", at=2)

    bound = snap(Router(replace(network, turns=turns)), point, (150, 0), (100, 50))

    # Round the square it is 400 m; on foot through the turn 100 m and the 60 m that walking costs.
    assert bound.length_m == pytest.approx(free.length_m)
    small = {node: (x / 10, y / 10) for node, (x, y) in POSITIONS.items()}
    network = replace(build_network(draw(small, changed("Süd", oneway="-1"))), turns=turns)
    route = snap(Router(network), point, (15, 0), (10, 5))
    assert route.length_m == pytest.approx(40, rel=0.02)


def test_a_turn_that_is_forbidden_elsewhere_does_not_bind(draw: Draw, point: Point) -> None:
    network = build_network(draw(POSITIONS, SQUARE))
    turns = forbidden(network, "Damm", "Ost", at=2)
    router = Router(replace(network, turns=turns))

    assert snap(router, point, (150, 0), (50, 0)).length_m == pytest.approx(100, rel=0.01)
    assert snap(router, point, (100, 50), (150, 0)).length_m == pytest.approx(100, rel=0.01)


def test_a_tap_between_two_streets_does_not_lead_into_a_detour(draw: Draw, point: Point) -> None:
    # A cycle path runs 6 m beside the street and joins it only far away at both ends.
    positions = {1: (0, 0), 2: (300, 0), 3: (0, 6), 4: (300, 6), 5: (-100, 0), 6: (400, 0)}
    streets = [
        ([5, 1, 2, 6], {"name": "Straße"}),
        ([5, 3, 4, 6], {"highway": "cycleway", "name": "Weg"}),
    ]
    router = Router(build_network(draw(positions, streets)))

    route = snap(router, point, (20, -1), (150, 4), (280, -1))

    assert route.length_m == pytest.approx(260, rel=0.01)
