"""Streets drawn on paper, with what people would rate as one."""

from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.area import build_network
from geo.network import Network
from geo.runs import LONGEST_M, split
from geo.stretches import minor_intersections, stretches

BUSY = {"highway": "primary", "maxspeed": "50"}
TRACK = {"highway": "cycleway"}
DRIVEWAY = {"highway": "service"}

# Mill Lane runs east between West Street and East Street.
POINTS = {1: (0, -200), 2: (0, 0), 3: (0, 200), 4: (180, -200), 5: (180, 0), 6: (180, 200)}
WEST = ([1, 2, 3], {"name": "West Street"})
EAST = ([4, 5, 6], {"name": "East Street"})
LANE = ([2, 5], {"name": "Mill Lane"})


@pytest.fixture
def town(draw: Callable[..., object]) -> Callable[..., Network]:
    def built(points: dict[int, tuple[float, float]], *streets: object) -> Network:
        return build_network(draw({**POINTS, **points}, [WEST, EAST, *streets]))  # type: ignore[arg-type]

    return built


def along(network: Network, name: str) -> list[str]:
    """The stretches of a street, each once, from its start on."""
    segments = network.segments[network.segments["name"] == name]
    west = segments.geometry.bounds["minx"].sort_values().index
    return list(dict.fromkeys(segments.loc[west, "stretch"]))


def paths(network: Network) -> set[str]:
    return set(network.segments.loc[network.segments["facility"] == "path", "stretch"])


def test_streets_of_other_names_end_a_stretch_and_a_driveway_does_not(
    town: Callable[..., Network],
) -> None:
    network = town({7: (90, 0), 8: (90, 60)}, ([2, 7, 5], LANE[1]), ([7, 8], DRIVEWAY))

    assert (network.segments["name"] == "Mill Lane").sum() == 2
    assert len(along(network, "Mill Lane")) == 1
    assert len(along(network, "West Street")) == 2
    [driveway] = along(network, "")
    assert driveway not in along(network, "Mill Lane")
    [minor] = minor_intersections(network.segments, network.intersections)
    assert network.intersections.set_index("id").loc[minor, "name"] == "Mill Lane"


def test_traffic_lights_end_a_stretch(draw: Callable[..., object]) -> None:
    points = {**POINTS, 7: (90, 0), 8: (90, 60), 9: (90, -60)}
    streets = [WEST, EAST, ([2, 7, 5], LANE[1]), ([8, 7, 9], TRACK)]
    lights = {7: {"highway": "traffic_signals"}}

    assert len(along(build_network(draw(points, streets)), "Mill Lane")) == 1  # type: ignore[arg-type]
    assert len(along(build_network(draw(points, streets, lights)), "Mill Lane")) == 2  # type: ignore[arg-type]


def test_path_across_a_street_ends_there(town: Callable[..., Network]) -> None:
    points = {7: (90, 0), 8: (90, 120), 9: (90, -120)}
    network = town(points, ([2, 7, 5], LANE[1]), ([8, 7, 9], TRACK))

    assert len(along(network, "Mill Lane")) == 1
    assert len(paths(network)) == 2


@pytest.mark.parametrize(("away_m", "together"), [(8, True), (14, True), (20, False)])
def test_track_beside_a_calm_street_belongs_to_it(
    town: Callable[..., Network], *, away_m: float, together: bool
) -> None:
    points = {7: (10, away_m), 8: (170, away_m)}
    network = town(points, LANE, ([2, 7, 8, 5], TRACK))

    assert (paths(network) == set(along(network, "Mill Lane"))) == together


def test_track_that_only_crosses_beside_a_street_does_not_belong_to_it(
    town: Callable[..., Network],
) -> None:
    network = town({7: (70, 10), 8: (110, 110)}, LANE, ([2, 7, 8, 6], TRACK))

    assert paths(network).isdisjoint(along(network, "Mill Lane"))


def test_tracks_beside_a_busy_street_are_one_stretch_of_their_own(
    town: Callable[..., Network],
) -> None:
    points = {7: (10, 8), 8: (170, 8), 9: (10, -8), 10: (170, -8)}
    network = town(
        points, ([2, 5], {**BUSY, **LANE[1]}), ([2, 7, 8, 5], TRACK), ([5, 10, 9, 2], TRACK)
    )

    assert network.segments["stress"].max() >= 3
    assert len(along(network, "Mill Lane")) == len(paths(network)) == 1
    assert paths(network).isdisjoint(along(network, "Mill Lane"))


def test_two_carriageways_are_one_stretch(town: Callable[..., Network]) -> None:
    points = {7: (0, 12), 8: (180, 12), 9: (360, 0), 10: (360, 12), 11: (360, 200), 12: (360, -200)}
    oneway = {**BUSY, **LANE[1], "oneway": "yes"}
    network = town(
        points,
        ([2, 5, 9], oneway), ([10, 8, 7], oneway), ([2, 7], WEST[1]), ([5, 8], EAST[1]),
        ([12, 9, 10, 11], {"name": "Far Street"}),
    )  # fmt: skip

    # 180 m of each carriageway in two segments, and 180 m more beyond East Street.
    assert (network.segments["name"] == "Mill Lane").sum() == 8
    assert len(along(network, "Mill Lane")) == 2


def test_parallel_street_is_another_stretch(town: Callable[..., Network]) -> None:
    network = town({7: (0, 12), 8: (180, 12)}, LANE, ([2, 7, 8, 5], {"name": "Back Lane"}))

    assert set(along(network, "Mill Lane")).isdisjoint(along(network, "Back Lane"))


def test_short_piece_belongs_to_its_neighbour(town: Callable[..., Network]) -> None:
    # 20 m on which bicycles are pushed, in the middle of a path to the north.
    points = {7: (0, 300), 8: (0, 320), 9: (0, 400)}
    network = town(points, LANE, ([3, 7], TRACK), ([7, 8], {"highway": "footway"}), ([8, 9], TRACK))
    pushed = network.segments[network.segments["push"]]

    assert pushed["length_m"].tolist() == pytest.approx([20], rel=0.01)
    assert len(paths(network)) == 2


def test_long_street_is_cut_where_its_segments_are(town: Callable[..., Network]) -> None:
    network = town({7: (770, 0)}, ([5, 7], {"name": "Long Lane"}))
    found = network.segments[network.segments["name"] == "Long Lane"]

    # Four pieces of 147.5 m: two of them would be longer than 230 m.
    assert found["length_m"].tolist() == pytest.approx([147.5] * 4, rel=0.01)
    assert found["stretch"].nunique() == 4


def test_what_is_mapped_later_leaves_the_id(town: Callable[..., Network]) -> None:
    before = town({}, LANE)
    track = town({7: (10, 8), 8: (170, 8)}, LANE, ([2, 7, 8, 5], TRACK))
    driveway = town({7: (90, 0), 8: (90, 60)}, ([2, 7, 5], LANE[1]), ([7, 8], DRIVEWAY))
    other = town({}, ([2, 5], {"name": "Mill Road"}))

    [lane] = along(before, "Mill Lane")
    assert lane.startswith("t")
    assert len(lane) == 11
    assert along(track, "Mill Lane") == along(driveway, "Mill Lane") == [lane]
    ids = set(before.segments.loc[before.segments["name"] == "Mill Lane", "id"])
    assert ids.isdisjoint(driveway.segments["id"])
    assert along(other, "Mill Road") != [lane]


def test_order_of_the_input_does_not_matter(sample: Network) -> None:
    segments = sample.segments.sample(frac=1, random_state=1)
    intersections = sample.intersections.sample(frac=1, random_state=2)

    assert stretches(segments, intersections) == segments["stretch"].tolist()


def test_every_segment_is_of_one_stretch_unless_it_lies_within_an_intersection(
    sample: Network,
) -> None:
    segments = sample.segments
    known = segments["stretch"].map(lambda one: one is not None)

    assert (known == segments["within"].map(lambda one: one is None)).all()
    assert segments["stretch"].nunique() < 0.6 * known.sum()


def test_stretch_hangs_together(sample: Network) -> None:
    # Carriageways of one stretch meet, or run side by side.
    streets = sample.segments[sample.segments["stretch"].notna()]
    streets = streets[streets["facility"] != "path"].to_crs(streets.estimate_utm_crs())
    apart = 0.0
    for _, group in streets.groupby("stretch"):
        lines = list(group.geometry)
        apart = max([apart, *(min(a.distance(b) for b in lines if b is not a) for a in lines[1:])])
    assert apart < 60  # an intersection may lie between


@given(st.lists(st.floats(1, 150), min_size=1, max_size=30))
def test_parts_of_a_run_follow_each_other_and_stay_short(lengths: list[float]) -> None:
    parts = split(lengths)
    size: dict[int, float] = defaultdict(float)
    for part, length in zip(parts, lengths, strict=True):
        size[part] += length

    assert parts[0] == 0
    assert all(after - before in {0, 1} for before, after in pairwise(parts))
    assert max(size.values()) <= LONGEST_M
    assert len(size) == 1 or sum(lengths) > LONGEST_M
