"""From OSM data to the network of an area: the one way in which networks are built."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .chains import street_graph
from .countries import GENERIC
from .crs import WGS84
from .extract import quiet
from .garbage import uncollected
from .intersections import Cluster, clusters
from .network import INTERSECTION_COLUMNS, Network
from .restrictions import forbidden_turns
from .segments import cut_segments
from .stretches import stretches
from .trimming import safe_intersections

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .chains import StreetGraph
    from .countries import Country
    from .extract import OsmData, Progress

logger = logging.getLogger(__name__)


@uncollected()
def build_network(
    data: OsmData,
    progress: Progress | None = None,
    *,
    country: Country = GENERIC,
    graph: StreetGraph | None = None,
) -> Network:
    """Return the network of what a bicycle may ride or be pushed along.

    The `graph` is the one of the data and the `country`, where it has been made before.

    Raises
    ------
    NoStreetsError
        If nothing in the data may be ridden.
    """
    report = progress or quiet
    report("finding streets", 0.0)
    graph = graph or street_graph(data, country)
    chains = graph.chains()
    report("finding intersections", 0.4)
    found = clusters(graph, chains)
    report("cutting segments", 0.6)
    intersections = _intersection_frame(found)
    owner = {node: cluster.id for cluster in found for node in cluster.nodes}
    within = {chain.nodes: cluster.id for cluster in found for chain in cluster.within}
    segments, exits = cut_segments(chains, graph, owner, within)
    turns = forbidden_turns(data, exits, segments.loc[segments["push"], "id"])
    report("finding stretches", 0.85)
    segments["stretch"] = pd.Series(stretches(segments, intersections), dtype=object)
    report("finding intersections", 0.9)
    intersections["safe"] = safe_intersections(segments, intersections)
    logger.info("built %d segments and %d intersections", len(segments), len(intersections))
    report("cutting segments", 1.0)
    return Network(segments, intersections[list(INTERSECTION_COLUMNS)], turns)


def _intersection_frame(found: Sequence[Cluster]) -> gpd.GeoDataFrame:
    rows = []
    for cluster in found:
        stress = cluster.stress
        rows.append({
            "id": cluster.id,
            "name": cluster.name,
            "type": cluster.type,
            "control": cluster.control,
            "crossing": cluster.crossing,
            "island": cluster.island,
            "arms": cluster.ways_out,
            "stress": stress.level,
            "assumed": stress.assumed,
            "assumptions": sorted(stress.assumptions),
            "osm_nodes": sorted(cluster.nodes),
            "radius_m": cluster.radius_m,
        })  # fmt: skip
    columns = [column for column in INTERSECTION_COLUMNS if column not in {"safe", "geometry"}]
    points = shapely.points(np.array([cluster.lonlat for cluster in found]).reshape(-1, 2))
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry=points, crs=WGS84)
