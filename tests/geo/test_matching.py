"""Drawn lines on small streets drawn on paper, and on the sample town."""

from collections.abc import Callable
from math import inf, nan
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.area import build_network
from geo.crs import WGS84, to_metres
from geo.errors import InvalidLineError
from geo.extract import OsmData
from geo.matching import Crossing, FreeLeg, MatchedRoute, Matcher, Ride
from geo.network import Network
from geo.routing import Router, Waypoint

Draw = Callable[..., OsmData]
Point = Callable[[float, float], tuple[float, float]]

# Two blocks of 200 m side by side, and a dead end to the north:
#   4 - 5 - 6
#   |   |   |
#   1 - 2 - 3      7 lies 150 m north of 5.
POSITIONS = {
    1: (0, 0), 2: (200, 0), 3: (400, 0), 4: (0, 200), 5: (200, 200), 6: (400, 200), 7: (200, 350),
}  # fmt: skip
BLOCKS = [
    ([1, 2, 3], {"name": "Süd"}), ([4, 5, 6], {"name": "Nord"}), ([1, 4], {"name": "West"}),
    ([2, 5], {"name": "Mitte"}), ([3, 6], {"name": "Ost"}), ([5, 7], {"name": "Sackgasse"}),
]  # fmt: skip


@pytest.fixture
def blocks(draw: Draw) -> Network:
    return build_network(draw(POSITIONS, BLOCKS))


def names(network: Network, route: MatchedRoute) -> list[str | None]:
    """The streets of a route, each once in a row; None for a piece off the network."""
    known = network.segments.set_index("id")["name"]
    found = [known[ride.segment] if isinstance(ride, Ride) else None for ride in route.rides]
    return [name for i, name in enumerate(found) if i == 0 or name != found[i - 1]]


def line(point: Point, *spots: tuple[float, float]) -> list[tuple[float, float]]:
    return [point(x, y) for x, y in spots]


def test_taps_beside_the_streets_become_a_ride(blocks: Network, point: Point) -> None:
    route = Matcher(blocks).match(line(point, (50, 6), (150, -5), (206, 90), (300, 205)))

    assert names(blocks, route) == ["Süd", "Mitte", "Nord"]
    assert route.length_m == pytest.approx(150 + 200 + 100, rel=0.01)
    assert route.coordinates[0] == pytest.approx(point(50, 0), abs=1e-6)
    assert route.coordinates[-1] == pytest.approx(point(300, 200), abs=1e-6)
    assert [crossing.turn for crossing in route.crossings] == ["left", "right"]
    assert route.problem is None
    assert 0.8 < route.confidence <= 1


def test_shares_and_directions_are_those_ridden(blocks: Network, point: Point) -> None:
    route = Matcher(blocks).match(line(point, (300, 0), (200, 0), (200, 50)))

    lengths = blocks.segments.set_index("id")["length_m"]
    ridden = [(ride.direction, ride.share * lengths[ride.segment])
              for ride in route.rides if isinstance(ride, Ride)]  # fmt: skip
    assert sum(length for _, length in ridden) == pytest.approx(150, rel=0.01)
    assert not any(ride.against for ride in route.rides if isinstance(ride, Ride))
    starts = blocks.segments.set_index("id")["start"]
    expected = {"Süd": "backward", "Mitte": "forward"}
    for ride in route.rides:
        assert isinstance(ride, Ride)
        name = blocks.segments.set_index("id").loc[ride.segment, "name"]
        flipped = name == "Mitte" and starts[ride.segment] == 5
        assert (ride.direction == expected[name]) is not flipped


def test_out_and_back_is_ridden_twice(blocks: Network, point: Point) -> None:
    route = Matcher(blocks).match(
        line(point, (100, 203), (197, 203), (204, 330), (197, 230), (300, 196))
    )

    assert names(blocks, route) == ["Nord", "Sackgasse", "Nord"]
    assert route.length_m == pytest.approx(100 + 130 + 130 + 100, rel=0.02)


def test_noise_at_a_corner_is_no_detour(blocks: Network, point: Point) -> None:
    # The third tap lies 12 m up the dead end.
    route = Matcher(blocks).match(line(point, (50, 200), (150, 203), (203, 212), (350, 200)))
    assert names(blocks, route) == ["Nord"]


def test_a_loop_keeps_its_order(blocks: Network, point: Point) -> None:
    round_trip = line(point, (100, 0), (200, 0), (200, 100), (200, 200), (0, 200), (0, 0), (90, 0))
    route = Matcher(blocks).match(round_trip)

    assert names(blocks, route) == ["Süd", "Mitte", "Nord", "West", "Süd"]
    assert route.length_m == pytest.approx(790, rel=0.01)
    assert [crossing.turn for crossing in route.crossings] == ["left", "left"]


def test_a_gap_is_ridden_along_the_streets(blocks: Network, point: Point) -> None:
    track = [*((x, 2.0) for x in range(0, 120, 12)), *((400.0, y) for y in range(60, 200, 12))]
    route = Matcher(blocks).match(line(point, *track))

    assert names(blocks, route) == ["Süd", "Ost"]
    assert route.problem is None


def test_a_piece_off_the_network_keeps_its_place_and_is_named(
    blocks: Network, point: Point
) -> None:
    across = [(60, 60), (90, 80), (120, 100), (150, 130), (160, 160)]
    track = line(point, (0, 150), (0, 100), (2, 40), *across, (170, 200), (250, 200), (300, 200))
    route = Matcher(blocks).match(track)

    assert names(blocks, route) == ["West", None, "Nord"]
    assert [type(ride) for ride in route.rides].count(FreeLeg) == 1
    assert route.problem is not None
    assert "off the network" in route.problem
    assert (
        shapely.LineString(route.coordinates).distance(shapely.Point(point(90, 80)))
        < shapely.LineString(line(point, (0, 0), (1, 0))).length
    )


def test_riding_against_a_one_way_street_is_recognised(draw: Draw, point: Point) -> None:
    one_way = [(nodes, {**tags, "oneway": "yes"} if tags["name"] == "Mitte" else tags)
               for nodes, tags in BLOCKS]  # fmt: skip
    network = build_network(draw(POSITIONS, one_way))
    route = Matcher(network).match(line(point, (150, 203), (196, 150), (203, 60), (150, -3)))

    assert names(network, route) == ["Nord", "Mitte", "Süd"]
    against = [ride.against for ride in route.rides if isinstance(ride, Ride)]
    assert sum(against) == sum(
        network.segments.set_index("id").loc[ride.segment, "name"] == "Mitte"
        for ride in route.rides
        if isinstance(ride, Ride)
    )


def test_crossings_say_where_the_ride_turned(blocks: Network, point: Point) -> None:
    route = Matcher(blocks).match(line(point, (200, 300), (200, 200), (200, 0), (300, 0)))

    known = blocks.intersections.set_index("id")["name"]
    assert [(known[met.intersection], met.turn) for met in route.crossings] == [
        ("Nord × Mitte", "straight"),
        ("Süd × Mitte", "left"),
    ] or [met.turn for met in route.crossings] == ["straight", "left"]
    assert all(isinstance(met, Crossing) for met in route.crossings)


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([], "at least two points, got none"),
        ([(0, 0)], "at least two points, got one"),
        ([(0, 0), (0, 0), (0, 0)], "all 3 points of the line are the same"),
        ([(0, 0), (nan, 5)], "point 2 is no position: nan"),
        ([(0, 0), (5, inf)], "point 2 is no position"),
    ],
)
def test_a_line_that_is_none_is_refused(
    blocks: Network, point: Point, points: list[tuple[float, float]], message: str
) -> None:
    lonlat = [point(x, y) for x, y in points]
    with pytest.raises(InvalidLineError, match=message):
        Matcher(blocks).match(lonlat)
    [row] = Matcher(blocks).match_all([lonlat]).to_pylist()
    assert message in row["problem"]
    assert row["geometry"] is None


@pytest.mark.parametrize(
    ("lonlat", "message"),
    [
        ([(53.55, 13.25), (53.551, 13.251)], "latitude and longitude are swapped"),
        ([(100.5, 13.7), (100.51, 13.71)], "the line lies .* km from the middle of the area"),
        ([(13.25, 53.55), (13.25, 95.0)], "point 2 is not on Earth"),
        ([("a", "b"), ("c", "d")], "expected pairs of longitude and latitude"),
        ([[1, 2], [3]], "expected pairs of longitude and latitude"),
        ([1.0, 2.0, 3.0], r"got an array of shape \(3,\)"),
    ],
)
def test_a_line_that_lies_elsewhere_is_refused(
    blocks: Network,
    lonlat: Any,  # noqa: ANN401 - whatever a file holds
    message: str,
) -> None:
    with pytest.raises(InvalidLineError, match=message):
        Matcher(blocks).match(lonlat)


def test_a_line_away_from_all_streets_has_a_problem_and_no_ride(
    blocks: Network, point: Point
) -> None:
    route = Matcher(blocks).match(line(point, (1000, 1000), (1500, 1200)))
    assert route.coordinates == []
    assert route.rides == ()
    assert route.confidence == 0
    assert route.problem == "the line follows no street of the area"


def test_a_hundred_thousand_points_are_matched(blocks: Network, point: Point) -> None:
    track = np.linspace(point(10, 1), point(390, 1), 100_000)
    route = Matcher(blocks).match(track)
    assert names(blocks, route) == ["Süd"]
    assert route.length_m == pytest.approx(380, rel=0.01)


def test_repeated_points_change_nothing(blocks: Network, point: Point) -> None:
    spots = line(point, (50, 6), (150, -5), (206, 90), (300, 205))
    once, twice = (Matcher(blocks).match(np.repeat(spots, count, axis=0)) for count in (1, 2))
    assert once == twice


@pytest.fixture(scope="module")
def matcher(sample: Network) -> Matcher:
    return Matcher(sample)


@pytest.fixture(scope="module")
def routes(sample: Network) -> list[np.ndarray]:
    """Forty proposed routes, drawn exactly."""
    router, random = Router(sample), np.random.default_rng(5)
    lines = sample.segments.geometry.to_numpy()
    middles = shapely.get_coordinates(shapely.line_interpolate_point(lines, 0.4, normalized=True))
    found: list[np.ndarray] = []
    while len(found) < 40:
        spots = random.choice(middles, 2).tolist()
        snapped = router.snap([Waypoint(*spot) for spot in spots])
        if snapped.length_m > 300:
            found.append(np.array(snapped.legs[0].coordinates))
    return found


def simple(points: Any) -> shapely.LineString:  # noqa: ANN401
    return shapely.LineString(points)


def test_a_line_along_the_network_comes_back(matcher: Matcher, routes: list[np.ndarray]) -> None:
    for drawn in routes:
        route = matcher.match(drawn)
        assert route.problem is None
        assert simple(route.coordinates).hausdorff_distance(simple(drawn)) < 5e-5
        assert simple(route.coordinates).length == pytest.approx(simple(drawn).length, rel=1e-3)


def test_a_point_added_on_the_ride_changes_nothing(
    matcher: Matcher, routes: list[np.ndarray]
) -> None:
    random = np.random.default_rng(6)
    for drawn in routes[:20]:
        sparse = shapely.get_coordinates(simple(drawn).simplify(2e-5))
        before = matcher.match(sparse)
        at = int(random.integers(1, len(before.coordinates)))
        ride = shapely.LineString(before.coordinates)
        place = ride.project(shapely.Point(before.coordinates[at]))
        # Between the two vertices of the drawing beside which it is ridden.
        marks = [ride.project(shapely.Point(spot)) for spot in sparse]
        position = int(np.searchsorted(marks, place))
        if not 0 < position < len(sparse) or sorted(marks) != marks:
            continue
        after = matcher.match(np.insert(sparse, position, before.coordinates[at], axis=0))
        assert after.coordinates == before.coordinates


def test_little_noise_changes_no_street(blocks: Network, point: Point) -> None:
    matcher, random = Matcher(blocks), np.random.default_rng(8)
    spots = np.array(
        [(50, 0), (150, 0), (200, 60), (200, 150), (260, 200), (360, 200)], dtype=float
    )
    for _ in range(50):
        noisy = spots + random.uniform(-20, 20, spots.shape)
        assert names(blocks, matcher.match(line(point, *noisy))) == ["Süd", "Mitte", "Nord"]


def test_reversing_a_two_way_ride_reverses_the_answer(draw: Draw, point: Point) -> None:
    network = build_network(draw(POSITIONS, BLOCKS))
    matcher, random = Matcher(network), np.random.default_rng(9)
    spots = np.array(
        [(50, 0), (150, 0), (200, 60), (200, 150), (260, 200), (360, 200)], dtype=float
    )
    for _ in range(20):
        drawn = line(point, *(spots + random.uniform(-15, 15, spots.shape)))
        ahead, back = matcher.match(drawn), matcher.match(drawn[::-1])
        assert np.allclose(ahead.coordinates, back.coordinates[::-1], atol=1e-9)
        assert ahead.length_m == pytest.approx(back.length_m)
        flipped = {"forward": "backward", "backward": "forward"}
        rides = [(ride.segment, flipped[ride.direction])
                 for ride in back.rides[::-1] if isinstance(ride, Ride)]  # fmt: skip
        assert [(ride.segment, ride.direction)
                for ride in ahead.rides if isinstance(ride, Ride)] == rides  # fmt: skip


def noisy(routes: list[np.ndarray], seed: int) -> list[np.ndarray]:
    random = np.random.default_rng(seed)
    return [drawn + random.normal(0, 6e-5, drawn.shape) for drawn in routes]


def test_the_order_of_a_batch_changes_nothing(matcher: Matcher, routes: list[np.ndarray]) -> None:
    drawn = noisy(routes, 10)
    order = np.random.default_rng(11).permutation(len(drawn))
    rows = matcher.match_all(drawn).to_pylist()
    assert matcher.match_all([drawn[i] for i in order]).to_pylist() == [rows[i] for i in order]


def test_one_route_is_matched_as_in_a_batch(matcher: Matcher, routes: list[np.ndarray]) -> None:
    drawn = noisy(routes, 12)
    table = matcher.match_all([drawn[0], [], *drawn[1:]])
    assert table.num_rows == len(drawn) + 1
    assert "got none" in table["problem"][1].as_py()
    for row, points in zip(table.to_pylist()[2:], drawn[1:], strict=True):
        alone = matcher.match(points)
        assert shapely.from_wkb(row["geometry"]).coords[:] == alone.coordinates
        assert [(ride["id"], ride["direction"], ride["share"], ride["against"])
                for ride in row["segments"]] == [
            (ride.segment, ride.direction, ride.share, ride.against)
            if isinstance(ride, Ride) else (None, None, None, None)
            for ride in alone.rides
        ]  # fmt: skip
        assert [Crossing(met["id"], met["turn"]) for met in row["intersections"]] == list(
            alone.crossings
        )
        told = row["length_m"], row["confidence"], row["problem"]
        assert told == (alone.length_m, alone.confidence, alone.problem)


def test_compiled_code_gives_the_same_answers(matcher: Matcher, routes: list[np.ndarray]) -> None:
    pytest.importorskip("numba", reason="the extra `fast` is not installed")
    drawn = [*noisy(routes, 13), *noisy(routes, 14), *routes]
    assert matcher.match_all(drawn, fast=True).equals(matcher.match_all(drawn, fast=False))


@settings(max_examples=40, deadline=None)
@given(
    spots=st.lists(
        st.tuples(st.floats(13.235, 13.305), st.floats(53.535, 53.580)),
        min_size=2,
        max_size=12,
        unique=True,
    )
)
def test_whatever_is_drawn_a_ride_holds_together(
    matcher: Matcher, spots: list[tuple[float, float]]
) -> None:
    route = matcher.match(spots)
    assert 0 <= route.confidence <= 1
    assert all(0 < ride.share <= 1 for ride in route.rides if isinstance(ride, Ride))
    if route.coordinates:
        drawn = shapely.get_coordinates(
            to_metres(gpd.GeoSeries([shapely.LineString(route.coordinates)], crs=WGS84))
        )
        length = np.hypot(*np.diff(drawn, axis=0).T).sum()
        assert length == pytest.approx(route.length_m, rel=1e-3, abs=0.1)
    else:
        assert route.problem
        assert route.rides == ()
