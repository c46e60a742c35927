"""From OSM data to the network of an area: the one way in which networks are built."""

from __future__ import annotations

import logging
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely

from .chains import Chain, street_graph
from .crs import WGS84, to_metres
from .extract import quiet
from .intersections import Cluster, clusters
from .network import INTERSECTION_COLUMNS, SEGMENT_COLUMNS, Network, stable_id, stable_number
from .trimming import safe_intersections

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .chains import Piece, StreetGraph
    from .extract import OsmData, Progress

logger = logging.getLogger(__name__)

LONGEST_SEGMENT_M = 150
LENGTH_SLACK = 1e-9


def build_network(data: OsmData, progress: Progress | None = None) -> Network:
    """Return the network of what a bicycle may ride or be pushed along.

    Raises
    ------
    NoStreetsError
        If nothing in the data may be ridden.
    """
    report = progress or quiet
    report("finding streets", 0.0)
    graph = street_graph(data)
    chains = graph.chains()
    report("finding intersections", 0.4)
    found = clusters(graph, chains)
    report("cutting segments", 0.6)
    intersections = _intersection_frame(found, graph)
    owner = {
        node: stable_id("i", sorted(cluster.nodes)) for cluster in found for node in cluster.nodes
    }
    within = {
        chain.nodes: stable_id("i", sorted(cluster.nodes))
        for cluster in found
        for chain in cluster.within
    }
    rows = [
        row for chain in chains for row in _segments(chain, graph, owner, within.get(chain.nodes))
    ]
    segments = _segment_frame(rows)
    report("finding intersections", 0.9)
    intersections["safe"] = safe_intersections(segments, intersections)
    logger.info("built %d segments and %d intersections", len(segments), len(intersections))
    report("cutting segments", 1.0)
    return Network(segments, intersections[list(INTERSECTION_COLUMNS)])


def _intersection_frame(found: Sequence[Cluster], graph: StreetGraph) -> gpd.GeoDataFrame:
    rows = []
    for cluster in found:
        level, assumed = cluster.stress
        ends = {arm.chain.nodes[0] for arm in cluster.arms}
        lons, lats = zip(*(graph.lonlat[node] for node in ends), strict=True)
        rows.append({
            "id": stable_id("i", sorted(cluster.nodes)),
            "name": cluster.name,
            "type": cluster.type,
            "arms": cluster.ways_out,
            "stress": level,
            "assumed": assumed,
            "osm_nodes": sorted(cluster.nodes),
            "radius_m": cluster.radius_m,
            "geometry": shapely.Point(sum(lons) / len(lons), sum(lats) / len(lats)),
        })  # fmt: skip
    columns = [column for column in INTERSECTION_COLUMNS if column != "safe"]
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry="geometry", crs=WGS84)


def _segments(
    chain: Chain, graph: StreetGraph, owner: Mapping[int, str], within: str | None
) -> Iterator[dict[str, Any]]:
    """Cut a chain where its street changes and then into equal parts of at most 150 m."""
    for part in chain.parts(_changes(chain)):
        lines = _equal_parts(part, graph)
        points = [
            part.nodes[0],
            *(-_point_number(part, number) for number in range(1, len(lines))),
            part.nodes[-1],
        ]
        for number, (line, (start, end)) in enumerate(zip(lines, pairwise(points), strict=True)):
            yield {
                "id": stable_id("s", (*part.nodes, number, len(lines))),
                "start": start,
                "end": end,
                "start_intersection": owner.get(start),
                "end_intersection": owner.get(end),
                "within": within,
                "length_m": 0.0,
                "geometry": line,
                **_offer(part),
            }


def _changes(chain: Chain) -> list[int]:
    return [
        position
        for position, (before, after) in enumerate(pairwise(chain.pieces), start=1)
        if _look(before) != _look(after)
    ]


def _look(piece: Piece) -> tuple[object, ...]:
    street = piece.street
    return (street.road_class, street.facility, street.name, street.riding.push,
            piece.forward, piece.backward)  # fmt: skip


def _point_number(part: Chain, number: int) -> int:
    """Return a number for a cut point that no OSM node has once it is negative."""
    return stable_number((*part.nodes, number))


def _equal_parts(part: Chain, graph: StreetGraph) -> list[shapely.LineString]:
    line = shapely.LineString([graph.lonlat[node] for node in part.nodes])
    count = max(1, ceil(part.length_m / LONGEST_SEGMENT_M - LENGTH_SLACK))
    if count == 1:
        return [line]
    reached = [0.0]
    for piece in part.pieces:
        reached.append(reached[-1] + piece.length_m)
    cuts = [part.length_m * number / count for number in range(count + 1)]
    return [_stretch(line.coords, reached, start, end) for start, end in pairwise(cuts)]


def _stretch(
    coords: Sequence[tuple[float, float]], reached: Sequence[float], start: float, end: float
) -> shapely.LineString:
    inner = [
        coords[i]
        for i, length in enumerate(reached)
        if start + LENGTH_SLACK < length < end - LENGTH_SLACK
    ]
    return shapely.LineString(
        [_position(coords, reached, start), *inner, _position(coords, reached, end)]
    )


def _position(
    coords: Sequence[tuple[float, float]], reached: Sequence[float], at: float
) -> tuple[float, float]:
    for i in range(len(reached) - 1):
        if at <= reached[i + 1] or i == len(reached) - 2:
            span = reached[i + 1] - reached[i]
            share = min(1.0, (at - reached[i]) / span) if span else 0.0
            (lon_a, lat_a), (lon_b, lat_b) = coords[i], coords[i + 1]
            return lon_a + share * (lon_b - lon_a), lat_a + share * (lat_b - lat_a)
    raise AssertionError


def _offer(part: Chain) -> dict[str, Any]:
    """Return the columns that all segments of one cut have in common."""
    first = part.pieces[0]
    street = first.street
    worst = max(piece.street.stress.level for piece in part.pieces)
    assumed = sum(piece.street.stress.assumed * piece.length_m for piece in part.pieces)
    return {
        "name": street.name,
        "road_class": street.road_class,
        "facility": street.facility,
        "forward": first.forward,
        "backward": first.backward,
        "push": street.riding.push,
        "type": "path" if street.facility == "path" else f"{street.road_class}/{street.facility}",
        "stress": worst,
        "assumed": assumed / part.length_m if part.length_m else street.stress.assumed,
    }


def _segment_frame(rows: Sequence[Mapping[str, Any]]) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(
        pd.DataFrame(rows, columns=list(SEGMENT_COLUMNS)), geometry="geometry", crs=WGS84
    )
    frame["length_m"] = to_metres(frame).length.to_numpy()
    for column in ("start_intersection", "end_intersection", "within"):
        frame[column] = frame[column].astype(object).where(frame[column].notna(), None)
    return frame
