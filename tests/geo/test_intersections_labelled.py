"""Our intersections against junctions labelled by looking, on labels not used for tuning."""

from pathlib import Path

import pytest

from geo.chains import street_graph
from geo.extract import OsmData
from geo.intersections import clusters
from geo.osm import read_osm
from tests.geo.junction_labels import Agreement, agreement, read_junctions

HELSINKI = Path(__file__).parent / "reference" / "helsinki_streets.osm.pbf"


def judged(area: str, data: OsmData) -> Agreement:
    graph = street_graph(data)
    groups = [cluster.nodes for cluster in clusters(graph, graph.chains())]
    in_graph = {node for node in graph.neighbours if graph.is_junction(node)}
    return agreement(read_junctions(area, "test"), read_junctions(area), groups, in_graph)


@pytest.fixture(scope="module")
def both(sample_data: OsmData) -> list[Agreement]:
    return [judged("neubrandenburg", sample_data), judged("helsinki", read_osm(HELSINKI))]


def test_junctions_come_out_whole(both: list[Agreement]) -> None:
    total = sum(one.total for one in both)
    assert total >= 100
    assert sum(len(one.broken) for one in both) / total <= 0.05


def test_hardly_any_junction_holds_a_part_of_another(both: list[Agreement]) -> None:
    assert sum(len(one.merged) for one in both) / sum(one.total for one in both) <= 0.02


def test_junctions_of_several_nodes_come_out_whole(both: list[Agreement]) -> None:
    multiple = sum(one.multiple for one in both)
    assert multiple >= 45
    assert sum(len(one.broken_multiple) for one in both) / multiple <= 0.1


def test_no_label_shares_a_node_with_another() -> None:
    for area in ("helsinki", "neubrandenburg"):
        nodes = [node for junction in read_junctions(area) for node in junction.nodes]
        assert len(nodes) == len(set(nodes))
        assert all(not junction.nodes & junction.apart for junction in read_junctions(area))
