"""What a run needs of a town: its network and the bike graph of osmnx, from one extract."""

import re
import warnings
from dataclasses import dataclass
from pathlib import Path

import networkx as nx
import osmium
import osmnx as ox

from geo.area import build_network
from geo.extract import OsmData
from geo.network import Network, write_network
from geo.osm import read_osm

from .streets import Streets

# The bike filter of osmnx 2.1, which it applies to what it downloads but not to files.
NEVER_BY_BIKE = re.compile(
    "abandoned|bus_guideway|construction|corridor|elevator|escalator|footway|motor|no|planned|"
    "platform|proposed|raceway|razed|rest_area|services|steps"
)
NOT_IF = {"area": "yes", "access": "private", "bicycle": "no", "service": "private"}


@dataclass(frozen=True)
class Town:
    """An extract read by us, and the same by osmnx."""

    name: str
    extract: Path
    data: OsmData
    network: Network
    streets: Streets
    bike_graph: nx.MultiDiGraph

    @property
    def bike_streets(self) -> Streets:
        """The bike graph of osmnx as streets."""
        return Streets.of_osmnx(self.bike_graph, self.streets.transformer)


def open_town(extract: Path, folder: Path) -> Town:
    """Read an extract and leave in `folder` what the matchers load."""
    folder.mkdir(parents=True, exist_ok=True)
    data = read_osm(extract)
    network = build_network(data)
    write_network(network, folder / "network")
    graph = bike_graph(extract, folder)
    name = extract.name.removesuffix(".osm.pbf")
    return Town(name, extract, data, network, Streets.of_network(network), graph)


def bike_graph(extract: Path, folder: Path) -> nx.MultiDiGraph:
    """Return osmnx's bike graph; write it simplified, and with every OSM node, as GraphML."""
    xml = folder / "bike.osm"
    _write_bike_xml(extract, xml)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nodes = ox.graph_from_xml(xml, simplify=False)
        nodes = ox.truncate.largest_component(nodes, strongly=True)
        simple = ox.simplify_graph(nodes)
    xml.unlink()
    ox.save_graphml(nodes, folder / "bike-nodes.graphml")
    ox.save_graphml(simple, folder / "bike.graphml")
    return simple


def _write_bike_xml(extract: Path, target: Path) -> None:
    """Write what osmnx would download; references out of a clipped extract are dropped."""
    target.unlink(missing_ok=True)
    places: dict[int, tuple[float, float]] = {}
    ways = []
    for way in (
        osmium.FileProcessor(str(extract))
        .with_locations()
        .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
        .with_filter(osmium.filter.KeyFilter("highway"))
    ):
        tags = {tag.k: tag.v for tag in way.tags}
        if not _by_bike(tags):
            continue
        found = [(node.ref, (node.lon, node.lat)) for node in way.nodes if node.location.valid()]
        # Nodes that are missing from the middle of a way are rare enough to be bridged.
        if len(found) > 1:
            places.update(found)
            ways.append((way.id, tags, [node for node, _ in found]))
    with osmium.SimpleWriter(str(target)) as writer:
        for node, location in sorted(places.items()):
            writer.add_node(osmium.osm.mutable.Node(id=node, location=location, version=1))
        for number, tags, nodes in ways:
            writer.add_way(osmium.osm.mutable.Way(id=number, nodes=nodes, tags=tags, version=1))


def _by_bike(tags: dict[str, str]) -> bool:
    return NEVER_BY_BIKE.search(tags["highway"]) is None and not any(
        value in tags.get(key, "") for key, value in NOT_IF.items()
    )
