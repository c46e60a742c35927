"""Where the neighbourhoods around a school begin: one public crossing for each, from the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from .graph import Graph
    from .network import Network

    Floats = NDArray[np.float64]

HOMES = ("residential", "living_street")
"""Classes of roads along which people live."""
CELL_M = 900.0
"""Neighbourhoods are squares of this width, with the school in the middle of one of them."""
REACH_M = 2500.0
"""Beyond this, as the crow flies, no neighbourhood is looked at: some ten minutes by bicycle."""
LEAST_STREETS_M = 400.0
"""A square with fewer metres of such roads is no neighbourhood."""
LEAST_CHOICES = 3
"""So many ways lead on from a crossing that can stand for its neighbourhood."""


class Neighbourhood(NamedTuple):
    """A square around the school, by the crossing nearest to the middle of its streets."""

    intersection: int
    """By number in the network."""
    streets_m: float
    """How long the streets are along which people live."""


def neighbourhoods(
    network: Network, graph: Graph, school: tuple[float, float], reached: Collection[int]
) -> list[Neighbourhood]:
    """Return the neighbourhoods around a school but for its own square, the nearest first.

    They come from the map alone: where students live is not known, and not asked.

    Parameters
    ----------
    school
        In the metres of the graph.
    reached
        The intersections, by number, from which one can ride to the school.
    """
    segments, crossings = network.segments, network.intersections
    home = segments["road_class"].isin(HOMES).to_numpy() & segments["within"].isna().to_numpy()
    middle = shapely.get_coordinates(
        shapely.line_interpolate_point(graph.lines[home], 0.5, normalized=True)
    )
    lon, lat = shapely.get_coordinates(crossings.geometry.to_numpy()).T
    at = np.column_stack(graph.to_metres.transform(lon, lat))
    usable = np.zeros(len(crossings), dtype=bool)
    usable[list(reached)] = True
    usable &= crossings["arms"].to_numpy() >= LEAST_CHOICES
    choices = np.flatnonzero(usable)
    chosen = at[choices]
    found = []
    for centre, metres, cell in _squares(middle, graph.length_m[home], np.array(school)):
        inside = choices[(_cells(chosen, np.array(school)) == cell).all(axis=1)]
        if metres >= LEAST_STREETS_M and len(inside):
            off = np.hypot(*(at[inside] - centre).T)
            found.append(Neighbourhood(int(inside[off.argmin()]), metres))
    return sorted(found, key=lambda one: float(np.hypot(*(at[one.intersection] - school))))


def _cells(points: Floats, school: Floats) -> NDArray[np.int64]:
    return np.floor((points - school) / CELL_M + 0.5).astype(np.int64)


def _squares(
    middle: Floats, metres: Floats, school: Floats
) -> list[tuple[Floats, float, NDArray[np.int64]]]:
    """Return the middle of the streets of every square near the school, their length, and it."""
    near = np.hypot(*(middle - school).T) <= REACH_M
    frame = pd.DataFrame(_cells(middle[near], school), columns=["column", "row"])
    frame[["x", "y"]] = middle[near] * metres[near, None]
    frame["metres"] = metres[near]
    sums = frame.groupby(["column", "row"]).sum()
    sums = sums[(sums["metres"] > 0) & (sums.index != (0, 0))]
    return [
        (np.array([row.x, row.y]) / row.metres, float(row.metres), np.array(cell))
        for cell, row in zip(sums.index, sums.itertuples(), strict=True)
    ]
