"""The network as flat arrays: what routing and matching search, in metres and in degrees."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import Transformer

from .crs import WGS84, to_metres

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .network import Network


@dataclass(frozen=True)
class Graph:
    """Segments by number, the points between them by number, and every vertex of their lines.

    Vertices of segment `s` are `first[s]` to `first[s + 1]`, from its start to its end.
    """

    ids: NDArray[np.object_]
    start: NDArray[np.int64]
    """(n,) the point at which each segment begins."""
    end: NDArray[np.int64]
    points: int
    """How many points there are."""
    length_m: NDArray[np.float64]
    forward: NDArray[np.bool_]
    """(n,) whether the segment may be ridden from its start."""
    backward: NDArray[np.bool_]
    push: NDArray[np.bool_]
    first: NDArray[np.int64]
    lonlat: NDArray[np.float64]
    """(m, 2) degrees."""
    xy: NDArray[np.float64]
    """(m, 2) metres in the UTM zone of the network's middle."""
    reached_m: NDArray[np.float64]
    """(m,) metres from the start of the segment."""
    to_metres: Transformer
    to_degrees: Transformer

    @cached_property
    def point_xy(self) -> NDArray[np.float64]:
        """(points, 2) where the points are, in metres."""
        xy = np.empty((self.points, 2))
        xy[self.start] = self.xy[self.first[:-1]]
        xy[self.end] = self.xy[self.first[1:] - 1]
        return xy

    @cached_property
    def places(self) -> list[tuple[float, float]]:
        """Longitude and latitude of every vertex, as Python reads it quickest."""
        lon, lat = self.lonlat.T.tolist()
        return list(zip(lon, lat, strict=True))

    @cached_property
    def lines(self) -> NDArray[np.object_]:
        """The segments as lines in metres."""
        owner = np.repeat(np.arange(len(self.ids)), np.diff(self.first))
        return np.asarray(shapely.linestrings(self.xy, indices=owner), dtype=object)


def flat_graph(network: Network) -> Graph:
    """Return the network as flat arrays, segments in their order in the network."""
    segments = network.segments
    metric = to_metres(segments)
    ends = np.concatenate([segments["start"].to_numpy(), segments["end"].to_numpy()])
    points, numbers = np.unique(ends, return_inverse=True)
    xy, owner = shapely.get_coordinates(metric.geometry.to_numpy(), return_index=True)
    reached = _reached(xy, owner)
    first = np.searchsorted(owner, np.arange(len(segments) + 1))
    return Graph(
        ids=segments["id"].to_numpy(dtype=object),
        start=numbers[: len(segments)],
        end=numbers[len(segments) :],
        points=len(points),
        length_m=reached[first[1:] - 1],
        forward=segments["forward"].to_numpy(dtype=bool),
        backward=segments["backward"].to_numpy(dtype=bool),
        push=segments["push"].to_numpy(dtype=bool),
        first=first,
        lonlat=shapely.get_coordinates(segments.geometry.to_numpy()),
        xy=xy,
        reached_m=reached,
        to_metres=Transformer.from_crs(WGS84, metric.crs, always_xy=True),
        to_degrees=Transformer.from_crs(metric.crs, WGS84, always_xy=True),
    )


def _reached(xy: NDArray[np.float64], owner: NDArray[Any]) -> NDArray[np.float64]:
    """Return how far along its own line each vertex lies."""
    steps = np.hypot(*np.diff(xy, axis=0, prepend=xy[:1]).T)
    begins = np.diff(owner, prepend=-1) > 0
    steps[begins] = 0.0
    total = np.cumsum(steps)
    return np.asarray(total - total[begins][owner], dtype=np.float64)
