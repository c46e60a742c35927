from collections.abc import Callable, Mapping, Sequence

import pytest

from geo.area import build_network
from geo.extract import OsmData
from geo.network import Network

Positions = Mapping[int, tuple[float, float]]
Streets = Sequence[tuple[Sequence[int], Mapping[str, str]]]
Draw = Callable[..., OsmData]

# Two carriageways of A, 12 m apart, crossed by the two carriageways of B: four nodes.
GRID: Positions = {
    1: (0, 0), 2: (12, 0), 3: (0, 12), 4: (12, 12),
    11: (-200, 0), 12: (200, 0), 13: (-200, 12), 14: (200, 12),
    21: (0, -200), 22: (12, -200), 23: (0, 200), 24: (12, 200),
}  # fmt: skip
DUAL: Streets = [
    ([11, 1, 2, 12], {"name": "A", "oneway": "yes"}),
    ([14, 4, 3, 13], {"name": "A", "oneway": "yes"}),
    ([23, 3, 1, 21], {"name": "B", "oneway": "yes"}),
    ([22, 2, 4, 24], {"name": "B", "oneway": "yes"}),
]
STAGGERED: Positions = {
    1: (0, 0), 2: (30, 0), 11: (-200, 0), 12: (230, 0), 21: (0, 200), 22: (30, -200),
}  # fmt: skip
CROSS: Positions = {0: (0, 0), 1: (-90, 0), 2: (90, 0), 3: (0, 90), 4: (0, -90), 5: (20, 0)}


def names(network: Network) -> list[str]:
    return sorted(network.intersections["name"])


def test_two_dual_carriageways_meet_at_one_intersection(draw: Draw) -> None:
    network = build_network(draw(GRID, DUAL))

    [row] = network.intersections.to_dict("records")
    assert row["name"] == "A × B"
    assert row["osm_nodes"] == [1, 2, 3, 4]
    # Eight carriageways leave in four directions.
    assert row["arms"] == 4
    assert row["radius_m"] == pytest.approx(12 / 2 * 2**0.5, rel=0.01)
    inside = network.segments[network.segments["within"].notna()]
    assert sorted(inside["length_m"]) == pytest.approx([12] * 4, rel=0.01)


def test_junctions_of_different_streets_stay_apart(draw: Draw) -> None:
    # C and D leave A 30 m from each other: two places with a name each.
    streets = [([11, 1, 2, 12], {"name": "A"}), ([1, 21], {"name": "C"}), ([2, 22], {"name": "D"})]
    assert names(build_network(draw(STAGGERED, streets))) == ["A × C", "A × D"]


def test_a_street_that_goes_on_after_a_jog_is_crossed_once(draw: Draw) -> None:
    streets = [([11, 1, 2, 12], {"name": "A"}), ([1, 21], {"name": "C"}), ([2, 22], {"name": "C"})]
    assert names(build_network(draw(STAGGERED, streets))) == ["A × C"]


def test_junctions_farther_apart_than_a_link_stay_apart(draw: Draw) -> None:
    apart = {**STAGGERED, 2: (40, 0)}
    streets = [([11, 1, 2, 12], {"name": "A"}), ([1, 21], {"name": "C"}), ([2, 22], {"name": "C"})]
    assert names(build_network(draw(apart, streets))) == ["A × C", "A × C"]


def test_cycle_and_foot_crossings_belong_to_the_junction_they_lie_in(draw: Draw) -> None:
    # A cycle path runs 8 m beside A and crosses B: a fork of paths is no second place.
    positions = {**CROSS, 6: (0, 8), 7: (-90, 8), 8: (90, 8)}
    streets = [
        ([1, 0, 2], {"name": "A"}), ([3, 6, 0, 4], {"name": "B"}),
        ([7, 6, 8], {"highway": "cycleway"}),
    ]  # fmt: skip
    network = build_network(draw(positions, streets))
    assert names(network) == ["A × B"]
    assert network.intersections["osm_nodes"].tolist() == [[0, 6]]


def test_no_joining_over_a_bridge(draw: Draw) -> None:
    streets = [
        ([11, 1], {"name": "A"}), ([1, 2], {"name": "A", "bridge": "yes"}),
        ([2, 12], {"name": "A"}), ([1, 21], {"name": "C"}), ([2, 22], {"name": "C"}),
    ]  # fmt: skip
    assert names(build_network(draw(STAGGERED, streets))) == ["A × C", "A × C"]


def test_ways_that_cross_on_two_levels_do_not_meet(draw: Draw) -> None:
    positions = {1: (-90, 0), 2: (90, 0), 3: (0, 90), 4: (0, -90), 5: (90, 90)}
    streets = [([1, 2], {"bridge": "yes", "layer": "1"}), ([3, 4], {}), ([2, 5], {}), ([5, 3], {})]
    assert build_network(draw(positions, streets)).intersections.empty


def test_a_roundabout_is_one_place_however_wide(draw: Draw) -> None:
    ring = {1: (0, 45), 2: (45, 0), 3: (0, -45), 4: (-45, 0)}
    arms = {11: (0, 200), 12: (200, 0), 13: (0, -200), 14: (-200, 0)}
    streets = [
        ([1, 4, 3, 2, 1], {"junction": "roundabout"}),
        ([1, 11], {"name": "A"}), ([3, 13], {"name": "A"}),
        ([2, 12], {"name": "B"}), ([4, 14], {"name": "C"}),
    ]  # fmt: skip
    network = build_network(draw({**ring, **arms}, streets))

    [row] = network.intersections.to_dict("records")
    assert row["type"] == "roundabout"
    assert row["arms"] == 4
    assert network.segments["within"].notna().sum() == 4


@pytest.mark.parametrize(
    ("node", "tags", "expected"),
    [
        (0, {"highway": "traffic_signals"}, "signalised"),
        (5, {"highway": "traffic_signals"}, "signalised"),
        (5, {"highway": "crossing", "crossing": "traffic_signals"}, "signalised"),
        (5, {"highway": "crossing", "crossing": "zebra"}, "uncontrolled"),
        (2, {"highway": "traffic_signals"}, "uncontrolled"),
        (0, {"highway": "mini_roundabout"}, "roundabout"),
    ],
)
def test_the_type_comes_from_nodes_within_25_m(
    draw: Draw, node: int, tags: dict[str, str], expected: str
) -> None:
    streets = [([1, 0, 5, 2], {"name": "A"}), ([3, 0, 4], {"name": "B"})]
    network = build_network(draw(CROSS, streets, {node: tags}))
    assert network.intersections["type"].tolist() == [expected]


def test_where_only_paths_meet_the_type_is_path(draw: Draw) -> None:
    streets = [([1, 0, 2], {"highway": "path"}), ([3, 0], {"highway": "track"})]
    assert build_network(draw(CROSS, streets)).intersections["type"].tolist() == ["path"]


def test_the_name_puts_the_main_street_first(draw: Draw) -> None:
    streets = [
        ([1, 0], {"name": "Zeile", "highway": "primary"}), ([0, 2], {"name": "Allee"}),
        ([3, 0, 4], {"name": "Weg", "highway": "path"}),
    ]  # fmt: skip
    assert names(build_network(draw(CROSS, streets))) == ["Zeile × Allee"]


def test_a_gate_beside_the_street_makes_no_intersection(draw: Draw) -> None:
    positions = {**CROSS, 6: (0, 12)}
    streets = [([1, 0, 2], {"name": "A"}), ([0, 6], {"highway": "service"})]
    assert build_network(draw(positions, streets)).intersections.empty


def block(offset: float, first: int) -> dict[int, tuple[float, float]]:
    return {
        first: (offset, 0), first + 1: (offset + 100, 0),
        first + 2: (offset + 100, 100), first + 3: (offset, 100),
    }  # fmt: skip


def test_a_pocket_reached_by_one_street_is_not_safe(draw: Draw) -> None:
    # A large block of streets, one street away from it, and a small block at its end.
    positions = {**block(0, 1), **block(400, 11), 5: (50, 100), 6: (50, 0)}
    streets = [
        ([1, 6, 2, 3, 5, 4, 1], {"name": "Ring"}), ([5, 6], {"name": "Mitte"}),
        ([2, 11], {"name": "Damm"}), ([11, 12, 13, 14, 11], {"name": "Insel"}),
        ([12, 14], {"name": "Quer"}),
    ]  # fmt: skip
    found = build_network(draw(positions, streets)).intersections
    safe = dict(zip(found["name"], found["safe"], strict=True))
    assert safe == {"Ring × Mitte": True, "Ring × Damm": True, "Insel × Damm": False,
                    "Insel × Quer": False}  # fmt: skip


def test_a_dead_end_street_gives_no_safety(draw: Draw) -> None:
    streets = [([1, 0, 2], {"name": "A"}), ([3, 0], {"name": "B"})]
    assert build_network(draw(CROSS, streets)).intersections["safe"].tolist() == [False]


def test_intersections_of_the_sample_hold_together(sample: Network) -> None:
    found = sample.intersections
    assert found["id"].is_unique
    assert found["type"].isin(["signalised", "uncontrolled", "roundabout", "path"]).all()
    inner = found[found["type"] != "roundabout"]
    assert inner["radius_m"].max() <= 60
    assert 0.5 < found["safe"].mean() < 1
    nodes = [node for nodes in found["osm_nodes"] for node in nodes]
    assert len(nodes) == len(set(nodes))
