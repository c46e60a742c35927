"""Streets cut into segments: where they meet, where what they offer changes, every 150 m."""

from __future__ import annotations

from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .crs import WGS84, to_metres
from .network import SEGMENT_COLUMNS, stable_id, stable_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .chains import Chain, Piece, StreetGraph
    from .restrictions import Exits

LONGEST_SEGMENT_M = 150
LENGTH_SLACK = 1e-9

LonLat = tuple[float, float]


def cut_segments(
    chains: Iterable[Chain],
    graph: StreetGraph,
    owner: Mapping[int, str],
    within: Mapping[tuple[int, ...], str],
) -> tuple[gpd.GeoDataFrame, Exits]:
    """Return the segments of the chains, and by which of them one leaves a node for the next.

    Parameters
    ----------
    owner
        Intersection ids by OSM node.
    within
        Intersection ids by the nodes of chains that lie inside of one.
    """
    rows: list[dict[str, Any]] = []
    exits: Exits = {}
    for chain in chains:
        inside = within.get(chain.nodes)
        for part in chain.parts(_changes(chain)):
            cut = list(_segments(part, graph, owner, inside))
            exits[part.nodes[0], part.nodes[1]] = (cut[0]["id"], True)
            exits[part.nodes[-1], part.nodes[-2]] = (cut[-1]["id"], False)
            rows += cut
    return _frame(rows), exits


def _segments(
    part: Chain, graph: StreetGraph, owner: Mapping[int, str], inside: str | None
) -> Iterator[dict[str, Any]]:
    """Cut a part of a chain into equal lengths of at most 150 m."""
    offer = _offer(part)
    lines = _equal_lines(part, graph)
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
            "within": inside,
            "geometry": line,
            **offer,
        }


def _changes(chain: Chain) -> list[int]:
    return [
        position
        for position, (before, after) in enumerate(pairwise(chain.pieces), start=1)
        if not (_goes_on(before, after) or _look(before) == _look(after))
    ]


def _goes_on(before: Piece, after: Piece) -> bool:
    """Say whether one way goes on, as between most nodes: its looks need no comparing."""
    return before.street is after.street and before.along == after.along


def _look(piece: Piece) -> tuple[object, ...]:
    street = piece.street
    return (street.road_class, street.facility, street.name, street.riding.push,
            piece.forward, piece.backward)  # fmt: skip


def _point_number(part: Chain, number: int) -> int:
    """Return a number for a cut point that no OSM node has once it is negative."""
    return stable_number((*part.nodes, number))


def _equal_lines(part: Chain, graph: StreetGraph) -> list[list[LonLat]]:
    line = [graph.lonlat[node] for node in part.nodes]
    count = max(1, ceil(part.length_m / LONGEST_SEGMENT_M - LENGTH_SLACK))
    if count == 1:
        return [line]
    reached = [0.0]
    for piece in part.pieces:
        reached.append(reached[-1] + piece.length_m)
    cuts = [part.length_m * number / count for number in range(count + 1)]
    return [_stretch(line, reached, start, end) for start, end in pairwise(cuts)]


def _stretch(
    line: Sequence[LonLat], reached: Sequence[float], start: float, end: float
) -> list[LonLat]:
    inner = [
        line[i]
        for i, length in enumerate(reached)
        if start + LENGTH_SLACK < length < end - LENGTH_SLACK
    ]
    return [_position(line, reached, start), *inner, _position(line, reached, end)]


def _position(line: Sequence[LonLat], reached: Sequence[float], at: float) -> LonLat:
    for i in range(len(reached) - 1):
        if at <= reached[i + 1] or i == len(reached) - 2:
            span = reached[i + 1] - reached[i]
            share = min(1.0, (at - reached[i]) / span) if span else 0.0
            (lon_a, lat_a), (lon_b, lat_b) = line[i], line[i + 1]
            return lon_a + share * (lon_b - lon_a), lat_a + share * (lat_b - lat_a)
    raise AssertionError


def _offer(part: Chain) -> dict[str, Any]:
    """Return the columns that all segments of one part have in common."""
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
        "assumptions": _assumptions(part),
    }


def _assumptions(part: Chain) -> list[str]:
    first = part.pieces[0].street.stress.assumptions
    # Nearly always one way all along.
    if all(piece.street.stress.assumptions == first for piece in part.pieces):
        return sorted(first)
    return sorted({code for piece in part.pieces for code in piece.street.stress.assumptions})


def _frame(rows: Sequence[Mapping[str, Any]]) -> gpd.GeoDataFrame:
    columns = [name for name in SEGMENT_COLUMNS if name not in {"length_m", "geometry"}]
    frame = gpd.GeoDataFrame(
        pd.DataFrame(rows, columns=columns),
        geometry=_lines([row["geometry"] for row in rows]),
        crs=WGS84,
    )
    frame["length_m"] = to_metres(frame.geometry).length.to_numpy()
    for column in ("start_intersection", "end_intersection", "within"):
        frame[column] = frame[column].astype(object).where(frame[column].notna(), None)
    return frame[list(SEGMENT_COLUMNS)]


def _lines(lines: Sequence[Sequence[LonLat]]) -> Any:  # noqa: ANN401  # an array of geometries
    """Return the lines as geometries, made all at once: one by one takes ten times as long."""
    numbers = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    points = np.array([point for line in lines for point in line])
    return shapely.linestrings(points, indices=numbers)
