"""The streets of OSM that are not in the network, and why: to be looked at, not to be counted."""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import shapely

from .barriers import far_side
from .chains import street_graph
from .crs import WGS84
from .garbage import uncollected
from .network import read_stored
from .riding import refusal, riding
from .stress import NOT_RIDEABLE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .chains import StreetGraph
    from .extract import OsmData, Way

FILE = "left_out.parquet"
COLUMNS = ("osm_id", "reason", "stress", "geometry")
UNCONNECTED = "not connected to the rest"
DEAD_END_ON_FOOT = "leads nowhere, and on foot only"


@uncollected()
def left_out(data: OsmData, *, graph: StreetGraph | None = None) -> gpd.GeoDataFrame:
    """Return what `build_network` leaves out: osm_id, reason in words, stress, geometry.

    A way of which only a part is cut off has one row for each such part. Its stress is "not
    rideable", a class of its own, where it is forbidden or impossible to ride; missing where it
    could be ridden if it led anywhere. The `graph` is the one of the data, where it has been made
    before.

    Raises
    ------
    NoStreetsError
        If nothing in the data may be ridden.
    """
    kept = graph or street_graph(data)
    rows = [
        (way.id, reason, stress, shapely.LineString([data.nodes[node] for node in nodes]))
        for way in data.ways
        for reason, stress, nodes in _missing(way, kept)
    ]
    return gpd.GeoDataFrame(
        pd.DataFrame(rows, columns=list(COLUMNS)), geometry="geometry", crs=WGS84
    )


def _missing(way: Way, graph: StreetGraph) -> Iterator[tuple[str, str | None, list[int]]]:
    reason = refusal(way.tags, graph.country)
    if reason is not None:
        yield reason, NOT_RIDEABLE, list(way.nodes)
        return
    use = riding(way.tags, graph.country)
    reason = DEAD_END_ON_FOOT if use and use.push else UNCONNECTED
    pieces = ((pair, all(_is_kept(node, graph) for node in pair)) for pair in pairwise(way.nodes))
    for kept, run in groupby(pieces, key=lambda piece: piece[1]):
        if not kept:
            pairs = [pair for pair, _ in run]
            yield reason, None, [pairs[0][0], *(second for _, second in pairs)]


def _is_kept(node: int, graph: StreetGraph) -> bool:
    return node in graph.neighbours or far_side(node) in graph.neighbours


def write_left_out(frame: gpd.GeoDataFrame, folder: Path) -> None:
    """Write what was left out beside the network."""
    frame.to_parquet(folder / FILE)


def read_left_out(folder: Path) -> gpd.GeoDataFrame:
    """Return what `write_left_out` wrote.

    Raises
    ------
    AreaFileUnreadableError
        If the file is missing, damaged, or lacks a column.
    """
    return read_stored(folder / FILE, COLUMNS, gpd.read_parquet)
