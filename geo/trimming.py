"""Where a route may begin in the data: far enough from the home, at a safe intersection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np

from .crs import distance_m

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from .routing import Passage

SHORTEST_CUT_M = 150
LONGEST_EXTRA_M = 150
SAFE_DISTANCE_M = 150
SHORTEST_REST_M = 300
FEWEST_WAYS_OUT = 3
SMALLEST_CORE = 3


def cut_index(
    passages: Sequence[Passage],
    start: tuple[float, float],
    u: float,
    *,
    length_m: float | None = None,
) -> int | None:
    """Return the position of the passage at which the stored route begins, or None.

    The first 150 m + 150 m · u are left out, and then everything up to the first safe
    intersection that is at least 150 m from the drawn start as the crow flies. None if there is
    no such intersection, or less than 300 m of the route is left after it.

    Parameters
    ----------
    start
        Longitude and latitude of the drawn start.
    u
        In [0, 1], fixed per participant.
    length_m
        Length of the whole route; by default it ends with its last passage.
    """
    least = SHORTEST_CUT_M + LONGEST_EXTRA_M * u
    for position, passage in enumerate(passages):
        if (
            passage.kind == "intersection"
            and passage.safe
            and passage.from_m >= least
            and distance_m(start, (passage.lon, passage.lat)) >= SAFE_DISTANCE_M
        ):
            end = passages[-1].to_m if length_m is None else length_m
            return position if end - passage.from_m >= SHORTEST_REST_M else None
    return None


def safe_intersections(segments: pd.DataFrame, intersections: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which intersections give nobody away, in the order of `intersections`.

    Safe are those with three or more ways out in the largest part of the network that stays
    connected whichever single street is closed. Parallel segments between the same two points
    count as one street, because a cycle track beside the only road is no second way out. Where a
    bicycle is only pushed is none either: few would take it.
    """
    streets: nx.Graph[Any] = nx.Graph()
    segments = segments[~segments["push"]]
    start = segments["start_intersection"].fillna(segments["start"])
    end = segments["end_intersection"].fillna(segments["end"])
    streets.add_edges_from((a, b) for a, b in zip(start, end, strict=True) if a != b)
    streets.remove_edges_from(list(nx.bridges(streets)))
    core: set[object] = max(nx.connected_components(streets), key=len, default=set())
    ways_out = intersections["arms"].to_numpy()
    if len(core) < SMALLEST_CORE:
        core = set()  # a tree: every street of it is the only way to somewhere
    in_core = np.array([label in core for label in intersections["id"]], dtype=bool)
    return np.asarray(in_core & (ways_out >= FEWEST_WAYS_OUT), dtype=bool)
