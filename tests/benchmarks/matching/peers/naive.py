"""What most people write: nearest nodes of an osmnx graph, shortest paths between them."""

from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np
import osmnx as ox
import shapely


class Naive:
    """osmnx and networkx on the projected bike graph."""

    def __init__(self, folder: Path) -> None:
        graph = ox.load_graphml(folder / "bike.graphml")
        self._crs = graph.graph["crs"]
        self._graph = ox.project_graph(graph)
        self._degrees = {(u, v): _line(graph, u, v) for u, v in graph.edges()}

    def match(self, line: np.ndarray, _kind: str) -> np.ndarray:
        """Return the streets between the nearest nodes; raise where there is no way."""
        xy = ox.projection.project_geometry(
            shapely.LineString(line), to_crs=self._graph.graph["crs"]
        )[0]
        x, y = shapely.get_coordinates(xy).T
        nodes = ox.distance.nearest_nodes(self._graph, x, y)
        path = [nodes[0]]
        for start, end in pairwise(nodes):
            path.extend(nx.shortest_path(self._graph, start, end, weight="length")[1:])
        parts = [self._degrees[pair] for pair in pairwise(path)]
        return np.vstack(parts) if parts else np.empty((0, 2))


def _line(graph: nx.MultiDiGraph, u: int, v: int) -> np.ndarray:
    """Return the shortest of the streets between two nodes, which shortest_path means."""
    data = min(graph[u][v].values(), key=lambda edge: edge["length"])
    if "geometry" in data:
        return shapely.get_coordinates(data["geometry"])
    return np.array([[graph.nodes[node]["x"], graph.nodes[node]["y"]] for node in (u, v)])
