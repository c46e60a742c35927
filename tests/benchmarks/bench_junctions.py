"""Intersections against the labelled junctions, with osmnx's consolidation beside them.

    PYTHONPATH=. python tests/benchmarks/bench_junctions.py

Name further extracts to have their intersections counted as well. osmnx gets the ways that our
network takes, and once more without those on which a bicycle is only pushed.
"""

import sys
import tempfile
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from xml.sax.saxutils import quoteattr

import networkx as nx
import numpy as np
import osmnx as ox

from geo.chains import read_street, street_graph
from geo.extract import OsmData
from geo.intersections import clusters
from geo.osm import read_osm
from geo.tags import NODE_TAGS, WAY_TAGS
from tests.geo.junction_labels import agreement, read_junctions

ROOT = Path(__file__).parents[2]
LABELLED = {
    "neubrandenburg": ROOT / "data" / "samples" / "neubrandenburg.osm.pbf",
    "helsinki": ROOT / "tests" / "geo" / "reference" / "helsinki_streets.osm.pbf",
}
TOLERANCES_M = (10, 15, 20)
Groups = list[Collection[int]]
Judged = tuple[str, float, Groups, Collection[int]]


def main() -> None:
    line("area", "intersections by", "seconds", "labels", "whole", "of several nodes", "whole",
         "over-merged", "places", "widest p95 m")  # fmt: skip
    line(*["---"] * 10)
    others = {Path(name).name.split(".")[0]: Path(name) for name in sys.argv[1:]}
    for area, path in {**LABELLED, **others}.items():
        data = read_osm(path)
        for method, seconds, groups, in_graph in [ours(data), *theirs(data)]:
            row(area, method, seconds, groups, in_graph, data)


def ours(data: OsmData) -> Judged:
    graph = street_graph(data)
    chains = graph.chains()
    start = time.process_time()
    found = clusters(graph, chains)
    seconds = time.process_time() - start
    in_graph = {node for node in graph.neighbours if graph.is_junction(node)}
    return "ours", seconds, [cluster.nodes for cluster in found], in_graph


def theirs(data: OsmData) -> Iterator[Judged]:
    for pushed in (True, False):
        graph = osmnx_graph(data, pushed=pushed)
        in_graph = {node for node, streets in graph.nodes(data="street_count") if streets > 2}
        for tolerance in TOLERANCES_M:
            start = time.process_time()
            merged = ox.simplification.consolidate_intersections(
                graph, tolerance=tolerance, rebuild_graph=True, dead_ends=False
            )
            seconds = time.process_time() - start
            groups: Groups = [
                one if isinstance(one, list) else [one]
                for _, one in merged.nodes(data="osmid_original")
            ]
            name = f"osmnx {tolerance} m" + ("" if pushed else ", only what is ridden")
            yield name, seconds, groups, in_graph


def osmnx_graph(data: OsmData, *, pushed: bool) -> nx.MultiDiGraph:
    ox.settings.useful_tags_way = list(WAY_TAGS)
    ox.settings.useful_tags_node = list(NODE_TAGS)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ways.osm"
        file.write_text("".join(xml(data, pushed=pushed)), encoding="utf-8")
        graph = ox.graph_from_xml(file, simplify=False, retain_all=False)
    graph = ox.simplify_graph(graph)
    # graph_from_xml leaves it out, and then every dead end counts as an intersection.
    counts = ox.stats.count_streets_per_node(graph)
    for node, streets in counts.items():
        graph.nodes[node]["street_count"] = streets
    return ox.project_graph(graph)


def xml(data: OsmData, *, pushed: bool) -> Iterator[str]:
    """Yield the ways of our network as OSM XML; those of a clip are whole in `data` already."""
    streets = [(way, read_street(way.tags)) for way in data.ways]
    ways = [way for way, street in streets if street and (pushed or not street.riding.push)]
    yield '<?xml version="1.0"?><osm version="0.6">'
    for node in sorted({node for way in ways for node in way.nodes}):
        lon, lat = data.nodes[node]
        yield f'<node id="{node}" lon="{lon}" lat="{lat}"/>'
    for number, way in enumerate(ways, start=1):  # a way cut by the clip has its id twice
        yield f'<way id="{number}">'
        yield from (f'<nd ref="{node}"/>' for node in way.nodes)
        yield from (f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in way.tags.items())
        yield "</way>"
    yield "</osm>"


def row(
    area: str, method: str, seconds: float, groups: Groups, in_graph: Collection[int], data: OsmData
) -> None:
    junctions = read_junctions(area, "test")
    widths = [width(group, data) for group in groups if len(group) > 1]
    cells = [area, method, f"{seconds:.1f}"]
    if junctions:
        found = agreement(junctions, read_junctions(area), groups, in_graph)
        cells += [str(found.total), f"{found.whole:.1%}", str(found.multiple),
                  f"{found.whole_multiple:.1%}", f"{found.over_merged:.1%}"]  # fmt: skip
    else:
        cells += ["–"] * 5
    cells += [str(len(groups)), f"{np.quantile(widths, 0.95):.0f}"]
    line(*cells)


def line(*cells: str) -> None:
    sys.stdout.write("| " + " | ".join(cells) + " |\n")
    sys.stdout.flush()


def width(group: Collection[int], data: OsmData) -> float:
    points = np.array([data.nodes[node] for node in group if node in data.nodes])
    points *= 111_300 * np.array([np.cos(np.radians(points[0, 1])), 1])
    return float(np.linalg.norm(points[:, None] - points[None], axis=2).max())


if __name__ == "__main__":
    main()
