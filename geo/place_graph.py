"""The network as places: points where segments meet, every intersection one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .network import Network

NO_PLACE = -1


@dataclass(frozen=True)
class PlaceGraph:
    """Segments outside of intersections by number, and the points they join by number.

    An intersection is a single point, whatever its extent. The place of a segment lies in its
    middle, half its length from either end. Riding directions are left out: what makes
    surroundings dangerous does not stop at a sign for one-way traffic.
    """

    places: pd.Index
    """Ids of all places, sorted; the numbers below refer to them."""
    place_of_point: NDArray[np.intp]
    """(points,) the intersection at each point, or `NO_PLACE`."""
    place_of_segment: NDArray[np.intp]
    start: NDArray[np.intp]
    """(segments,) the point at which each segment begins."""
    end: NDArray[np.intp]
    length_m: NDArray[np.float64]

    @property
    def points(self) -> int:
        """How many points there are."""
        return len(self.place_of_point)


def place_graph(network: Network) -> PlaceGraph:
    """Return the places of a network and how they hang together, in the order of their ids."""
    outside = network.segments["within"].isna()
    segments = network.segments[outside].sort_values("id")
    intersections = network.intersections["id"].astype(str)
    # Ids begin with a letter and node numbers do not, so that both can name points.
    names = [
        segments[f"{end}_intersection"].where(
            segments[f"{end}_intersection"].notna(), segments[end].astype(str)
        )
        for end in ("start", "end")
    ]
    points = pd.Index(np.unique(pd.concat([*names, intersections]).to_numpy(dtype=str)))
    places = pd.Index(np.sort(pd.concat([intersections, segments["id"]]).to_numpy(dtype=str)))
    is_intersection = points.isin(intersections)
    return PlaceGraph(
        places=places.astype(object),
        place_of_point=np.where(is_intersection, places.get_indexer(points), NO_PLACE),
        place_of_segment=np.asarray(places.get_indexer(segments["id"]), dtype=np.intp),
        start=np.asarray(points.get_indexer(names[0]), dtype=np.intp),
        end=np.asarray(points.get_indexer(names[1]), dtype=np.intp),
        length_m=segments["length_m"].to_numpy(float),
    )
