"""Which crossings, tracks and driveways belong to a junction, and which ids and names stay."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pytest

from geo.area import build_network
from geo.chains import street_graph
from geo.extract import OsmData
from geo.joining import junction_groups
from geo.network import Network

Positions = Mapping[int, tuple[float, float]]
Streets = Sequence[tuple[Sequence[int], Mapping[str, str]]]
Draw = Callable[..., OsmData]

# A runs west to east, B north to south; node 5 lies 12 m east of where they meet, 6 12 m north.
CROSS: Positions = {
    1: (-150, 0), 2: (150, 0), 3: (0, 150), 4: (0, -150), 5: (12, 0), 6: (0, 12), 10: (0, 0),
    51: (12, 150), 52: (12, -150), 61: (-150, 12), 62: (150, 12),
}  # fmt: skip
A_AND_B: Streets = [([1, 10, 5, 2], {"name": "A"}), ([3, 6, 10, 4], {"name": "B"})]
FOOTWAY = {"highway": "footway"}
CYCLEWAY = {"highway": "cycleway"}
ONEWAY = {"name": "A", "oneway": "yes"}


def nodes(network: Network) -> list[list[int]]:
    return [list(one) for one in network.intersections["osm_nodes"]]


def names(network: Network) -> list[str]:
    return sorted(network.intersections["name"])


def row(network: Network) -> dict[str, object]:
    [only] = network.intersections.to_dict("records")
    return only


def test_a_footway_over_a_street_is_no_intersection(draw: Draw) -> None:
    streets = [([1, 10, 5, 2], {"name": "A"}), ([1, 51, 5, 52, 2], FOOTWAY)]
    assert build_network(draw(CROSS, streets)).intersections.empty


def test_a_foot_crossing_in_a_junction_belongs_to_it_but_is_no_way_out(draw: Draw) -> None:
    streets = [*A_AND_B, ([3, 51, 5, 52, 4], FOOTWAY)]
    found = build_network(draw(CROSS, streets, {5: {"highway": "crossing"}}))
    assert nodes(found) == [[5, 10]]
    assert row(found)["arms"] == 4


def test_a_footway_that_ends_at_the_street_does_not_belong_to_the_junction(draw: Draw) -> None:
    streets = [*A_AND_B, ([5, 51, 3], FOOTWAY)]
    assert nodes(build_network(draw(CROSS, streets))) == [[10]]


def test_a_cycle_crossing_14_m_before_a_junction_belongs_to_it_and_one_20_m_does_not(
    draw: Draw,
) -> None:
    streets = [*A_AND_B, ([51, 5, 52], CYCLEWAY)]
    assert nodes(build_network(draw({**CROSS, 5: (14, 0)}, streets))) == [[5, 10]]
    assert nodes(build_network(draw({**CROSS, 5: (20, 0)}, streets))) == [[5], [10]]


def test_with_traffic_lights_the_crossings_may_lie_farther_out(draw: Draw) -> None:
    streets = [*A_AND_B, ([51, 5, 52], CYCLEWAY)]
    lights = {10: {"highway": "traffic_signals"}}
    assert nodes(build_network(draw({**CROSS, 5: (22, 0)}, streets, lights))) == [[5, 10]]


def test_no_crossing_joins_over_a_bridge(draw: Draw) -> None:
    streets = [
        ([1, 10], {"name": "A"}), ([10, 5], {"name": "A", "bridge": "yes"}),
        ([5, 2], {"name": "A"}), ([3, 10, 4], {"name": "B"}), ([51, 5, 52], CYCLEWAY),
    ]  # fmt: skip
    assert nodes(build_network(draw(CROSS, streets))) == [[5], [10]]


def test_a_cycle_path_over_two_carriageways_is_crossed_once(draw: Draw) -> None:
    positions = {1: (-150, 0), 2: (150, 0), 3: (-150, 20), 4: (150, 20),
                 5: (0, 0), 6: (0, 20), 7: (0, -150), 8: (0, 150)}  # fmt: skip
    streets = [([1, 5, 2], ONEWAY), ([4, 6, 3], ONEWAY), ([7, 5, 6, 8], CYCLEWAY)]
    found = build_network(draw(positions, streets))
    assert nodes(found) == [[5, 6]]
    assert names(found) == ["A"]


def test_a_street_that_parts_into_two_carriageways_is_no_intersection(draw: Draw) -> None:
    positions = {1: (-150, 0), 10: (0, 0), 2: (150, 6), 3: (150, -6)}
    streets = [([1, 10], {"name": "A"}), ([10, 3], ONEWAY), ([2, 10], ONEWAY)]
    assert build_network(draw(positions, streets)).intersections.empty


def test_a_change_of_name_is_no_intersection(draw: Draw) -> None:
    streets = [([1, 10], {"name": "A"}), ([10, 2], {"name": "C"})]
    assert build_network(draw(CROSS, streets)).intersections.empty


@pytest.mark.parametrize(("apart", "places"), [(10, 1), (25, 2)])
def test_opposite_side_streets_are_one_place_if_they_all_but_meet(
    draw: Draw, apart: int, places: int
) -> None:
    positions = {**CROSS, 5: (apart, 0), 52: (apart, -150)}
    streets = [([1, 10, 5, 2], {"name": "A"}), ([3, 10], {"name": "B"}), ([5, 52], {"name": "C"})]
    assert len(build_network(draw(positions, streets)).intersections) == places


def test_a_roundabout_takes_its_splitter_islands_with_it(draw: Draw) -> None:
    positions = {1: (15, 0), 2: (0, 15), 3: (-15, 0), 4: (0, -15), 5: (14, 5), 6: (14, -5),
                 7: (40, 0), 8: (150, 0), 21: (0, 150), 31: (-150, 0)}  # fmt: skip
    streets = [
        ([6, 1, 5, 2, 3, 4, 6], {"junction": "roundabout"}),
        ([5, 7], ONEWAY), ([7, 6], ONEWAY), ([7, 8], {"name": "A"}),
        ([3, 31], {"name": "A"}), ([2, 21], {"name": "B"}),
    ]  # fmt: skip
    found = build_network(draw(positions, streets))
    assert nodes(found) == [[2, 3, 5, 6, 7]]
    assert row(found)["arms"] == 3
    assert row(found)["control"] == "roundabout"


def test_the_order_in_which_the_graph_is_stored_does_not_matter(sample_data: OsmData) -> None:
    graph = street_graph(sample_data)
    chance = random.Random(3)  # noqa: S311
    shuffled = {
        node: dict(chance.sample(list(graph.neighbours[node].items()), len(graph.neighbours[node])))
        for node in chance.sample(list(graph.neighbours), len(graph.neighbours))
    }
    again = replace(graph, neighbours=shuffled)
    assert junction_groups(again) == junction_groups(graph)


@pytest.mark.parametrize(
    "mapped",
    [
        ([51, 5, 52], CYCLEWAY),  # a cycle track across an arm
        ([61, 6, 62], CYCLEWAY),
        ([3, 51, 5, 52, 4], FOOTWAY),
        ([5, 51], {"highway": "service"}),  # a driveway beside the junction
        ([3, 51, 62, 2], FOOTWAY),  # a sidewalk elsewhere
    ],
)
def test_an_id_stays_when_something_is_mapped_beside_it(
    draw: Draw, mapped: tuple[list[int], dict[str, str]]
) -> None:
    before = build_network(draw(CROSS, A_AND_B)).intersections
    after = build_network(draw(CROSS, [*A_AND_B, mapped])).intersections
    assert after["id"].tolist() == before["id"].tolist()


def test_of_two_streets_the_name_is_both_and_of_one_it_is_that(draw: Draw) -> None:
    one = [([1, 10, 5, 2], {"name": "A"}), ([3, 10, 4], {"highway": "service"})]
    none = [([1, 10, 5, 2], {}), ([3, 10, 4], {})]
    assert names(build_network(draw(CROSS, A_AND_B))) == ["A × B"]
    assert names(build_network(draw(CROSS, one))) == ["A"]
    assert names(build_network(draw(CROSS, none))) == [""]


def test_a_number_of_a_road_stands_in_for_a_name_only(draw: Draw) -> None:
    road = {"highway": "secondary", "ref": "L 35"}
    streets = [([3, 10], {"name": "B"}), ([10, 5, 2], {"name": "C"}), ([1, 10], road)]
    assert names(build_network(draw(CROSS, streets))) == ["B × C"]
    streets = [([3, 10], {"name": "B"}), ([1, 10, 5, 2], road)]
    assert names(build_network(draw(CROSS, streets))) == ["B × L 35"]


def test_of_three_streets_the_one_that_goes_on_comes_first(draw: Draw) -> None:
    streets = [([1, 10, 5, 2], {"name": "Z"}), ([3, 10], {"name": "B"}),
               ([10, 4], {"name": "C", "highway": "service"})]  # fmt: skip
    assert names(build_network(draw(CROSS, streets))) == ["Z × B"]


def test_where_the_main_street_changes_its_name_the_place_is_named_after_what_crosses(
    draw: Draw,
) -> None:
    main = {"highway": "secondary"}
    streets = [([1, 10], {**main, "name": "M"}), ([10, 5, 2], {**main, "name": "N"}),
               ([3, 10, 4], {"name": "Q"})]  # fmt: skip
    assert names(build_network(draw(CROSS, streets))) == ["M × Q"]


def test_a_junction_with_a_name_of_its_own_is_called_so(draw: Draw) -> None:
    tags = {10: {"junction": "yes", "name": "銀座四丁目"}}
    assert names(build_network(draw(CROSS, A_AND_B, tags))) == ["銀座四丁目"]


def test_a_roundabout_with_a_name_of_its_own_is_called_so(draw: Draw) -> None:
    positions = {1: (15, 0), 2: (0, 15), 3: (-15, 0), 4: (0, -15),
                 11: (150, 0), 12: (0, 150), 13: (-150, 0)}  # fmt: skip
    arms = [([1, 11], {"name": "A"}), ([3, 13], {"name": "A"}), ([2, 12], {"name": "B"})]
    for name, expected in (("Rondell", "Rondell"), ("A", "A × B")):
        ring = [([1, 2, 3, 4, 1], {"junction": "roundabout", "name": name})]
        assert names(build_network(draw(positions, [*ring, *arms]))) == [expected]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, ("none", "", False)),
        ({"highway": "traffic_signals"}, ("signals", "", False)),
        ({"highway": "crossing", "crossing": "traffic_signals"}, ("signals", "signals", False)),
        ({"highway": "stop"}, ("stop", "", False)),
        ({"highway": "give_way"}, ("give_way", "", False)),
        ({"highway": "crossing", "crossing": "zebra"}, ("crossing", "zebra", False)),
        ({"highway": "crossing", "crossing_ref": "zebra"}, ("crossing", "zebra", False)),
        ({"highway": "crossing", "crossing": "uncontrolled"}, ("crossing", "marked", False)),
        ({"highway": "crossing", "crossing:markings": "no"}, ("none", "unmarked", False)),
        ({"highway": "crossing", "crossing": "unmarked"}, ("none", "unmarked", False)),
        ({"highway": "crossing"}, ("none", "unknown", False)),
        ({"highway": "crossing", "crossing": "no"}, ("none", "", False)),
        ({"highway": "crossing", "crossing:island": "yes"}, ("none", "unknown", True)),
        ({"highway": "crossing", "crossing": "island"}, ("none", "unknown", True)),
        ({"traffic_calming": "island"}, ("none", "", True)),
    ],
)
def test_control_crossing_and_island_come_from_nodes_on_the_arms(
    draw: Draw, tags: dict[str, str], expected: tuple[str, str, bool]
) -> None:
    found = row(build_network(draw(CROSS, A_AND_B, {5: tags})))
    assert (found["control"], found["crossing"], found["island"]) == expected


def test_a_refuge_lowers_the_stress_of_crossing_that_street_and_is_partly_assumed(
    draw: Draw,
) -> None:
    # Furth's crossing of 6 lanes with 8,001 vehicles a day at up to 62 km/h: 2 without a refuge,
    # 1 with one of 1.8 m, a depth that the map does not give. Riding up to it is 1 on the tracks.
    main = {"name": "A", "highway": "primary", "lanes": "6", "maxspeed": "50", "cycleway": "track"}
    across: tuple[Sequence[int], Mapping[str, str]] = ([3, 6, 10, 4], {"name": "B", **CYCLEWAY})
    refuge = {5: {"highway": "crossing", "crossing:island": "yes"}}
    slow, fast = ([([1, 10, 5, 2], {**main, "maxspeed": kmh}), across] for kmh in ("50", "70"))
    without, with_one = (row(build_network(draw(CROSS, slow, tags))) for tags in ({}, refuge))
    assert (without["stress"], with_one["stress"]) == (2, 1)
    # Of speed, lanes and volume only the volume is assumed; then also the depth of the refuge,
    # seen at 70 km/h, where crossing is 2 with a refuge too.
    with_one = row(build_network(draw(CROSS, fast, refuge)))
    assert (without["assumptions"], with_one["assumptions"]) == (
        ["volume:class"], ["island:depth", "volume:class"],
    )  # fmt: skip
    assert (without["assumed"], with_one["assumed"]) == pytest.approx((1 / 3, 2 / 4))
