"""mappymatch: longest common subsequence on the osmnx bike graph."""

import logging
from pathlib import Path

import numpy as np
import osmnx as ox
import pandas as pd
import shapely
import shapely.ops
from mappymatch.constructs.trace import Trace
from mappymatch.maps.nx.nx_map import NxMap
from mappymatch.maps.nx.readers.osm_readers import NetworkType, parse_osmnx_graph
from mappymatch.matchers.lcss.lcss import LCSSMatcher
from pyproj import Transformer

logging.disable(logging.WARNING)


class Mappy:
    """LCSSMatcher as its documentation sets it up."""

    def __init__(self, folder: Path) -> None:
        graph = ox.load_graphml(folder / "bike.graphml")
        road_map = NxMap(parse_osmnx_graph(graph, NetworkType.BIKE))
        self._matcher = LCSSMatcher(road_map)
        self._degrees = Transformer.from_crs("EPSG:3857", "EPSG:4326", always_xy=True)

    def match(self, line: np.ndarray, _kind: str) -> np.ndarray:
        """Return its path, whose first and last road are cut at the first and last vertex."""
        frame = pd.DataFrame(line, columns=["longitude", "latitude"])
        trace = Trace.from_dataframe(frame)
        path = self._matcher.match_trace(trace).path
        if not path:
            raise ValueError("no path")
        roads = [road.geom for road in path]
        ends = [trace.coords[0].geom, trace.coords[-1].geom]
        points = np.vstack([shapely.get_coordinates(road) for road in _trimmed(roads, *ends)])
        return np.column_stack(self._degrees.transform(*points.T))


def _trimmed(
    roads: list[shapely.LineString], first: shapely.Point, last: shapely.Point
) -> list[shapely.LineString]:
    begin, finish = roads[0].project(first), roads[-1].project(last)
    if len(roads) == 1:
        return [shapely.ops.substring(roads[0], begin, finish)]
    return [
        shapely.ops.substring(roads[0], begin, roads[0].length),
        *roads[1:-1],
        shapely.ops.substring(roads[-1], 0.0, finish),
    ]
