"""LeuvenMapMatching on every OSM node of the osmnx bike graph."""

import logging
from pathlib import Path

import numpy as np
import osmnx as ox
from leuvenmapmatching.map.inmem import InMemMap
from leuvenmapmatching.matcher.distance import DistanceMatcher
from pyproj import Transformer

logging.getLogger("be.kuleuven.cs.dtai.mapmatching").setLevel(logging.CRITICAL)
# Its README's values for a town; the lattice is kept narrow, or a dense line takes minutes.
SETTINGS = {
    "max_dist": 100.0, "max_dist_init": 60.0, "obs_noise": 10.0, "obs_noise_ne": 15.0,
    "min_prob_norm": 1e-4, "dist_noise": 30.0, "non_emitting_states": True,
    "max_lattice_width": 5,
}  # fmt: skip


class Leuven:
    """DistanceMatcher with states between the vertices, in metres."""

    def __init__(self, folder: Path) -> None:
        graph = ox.load_graphml(folder / "bike-nodes.graphml")
        crs = ox.project_graph(graph).graph["crs"]
        self._metres = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
        nodes = {node: number for number, node in enumerate(graph)}
        self._map = InMemMap("town", use_latlon=False, use_rtree=True, index_edges=True, graph={
            nodes[node]: (
                self._metres.transform(data["x"], data["y"])[::-1],
                [nodes[after] for after in graph.successors(node) if after != node],
            )
            for node, data in graph.nodes(data=True)
        })  # fmt: skip

    def match(self, line: np.ndarray, _kind: str) -> np.ndarray:
        """Return the nodes between the first and the last matched position."""
        x, y = self._metres.transform(*line.T)
        matcher = DistanceMatcher(self._map, **SETTINGS)
        # Where it stops before the end, what it has until there is its answer.
        matcher.match(list(zip(y.tolist(), x.tolist(), strict=True)))
        states = matcher.lattice_best
        nodes = [self._map.node_coordinates(node) for node in matcher.path_pred_onlynodes]
        points = np.array([states[0].edge_m.pi, *_inner(nodes, states), states[-1].edge_m.pi])
        return np.column_stack(self._metres.transform(*points[:, ::-1].T, direction="INVERSE"))


def _inner(nodes: list[tuple[float, float]], states: list[object]) -> list[tuple[float, float]]:
    """Drop the nodes before the first position and behind the last one."""
    first, last = states[0], states[-1]
    begin = 1 if nodes and nodes[0] == first.edge_m.p1 and first.edge_m.l2 is not None else 0
    behind = last.edge_m.l2 is not None and len(nodes) > 1 and nodes[-1] == last.edge_m.p2
    return nodes[begin : len(nodes) - behind]
