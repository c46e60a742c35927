"""How far places lie apart along the network, up to a bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from .errors import GeoError, UnknownPlaceError
from .place_graph import NO_PLACE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from .place_graph import PlaceGraph

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.intp]

NEIGHBOURHOOD_M = 300.0
SOURCES = 512
# Sums of the same lengths in another order differ in their last digits; nobody measures those.
DECIMALS, SLACK_M = 3, 0.001


class InvalidRadiusError(GeoError):
    """A radius that is not positive, or beyond what distances were measured up to."""


@dataclass(frozen=True)
class Neighbours:
    """Pairs of places at most `bound_m` apart along the network, in metres.

    `distance_m` is symmetric, its rows and columns are `places`. Each place is its own neighbour
    at a stored distance of 0, so what matters is which entries are stored, not which are not 0.
    """

    places: pd.Index
    bound_m: float
    distance_m: sparse.csr_array

    def among(self, places: Iterable[str]) -> Neighbours:
        """Return the neighbours among some places, in sorted order.

        Distances stay as they are: a way may lead past places that are left out.

        Raises
        ------
        UnknownPlaceError
            If a place is not one of the network.
        """
        chosen = pd.Index(sorted(places), dtype=object)
        at = self.places.get_indexer(chosen)
        if (at < 0).any():
            raise UnknownPlaceError(f"{(at < 0).sum()} of {len(at)} places are not in the network")
        return Neighbours(chosen, self.bound_m, self.distance_m[at][:, at])

    def within(self, radius_m: float) -> sparse.csr_array:
        """Return ones for the pairs at most `radius_m` apart, each place with itself included.

        Raises
        ------
        InvalidRadiusError
            If the radius is not positive or beyond the bound.
        """
        if not 0 < radius_m <= self.bound_m:
            raise InvalidRadiusError(
                f"expected a radius of more than 0 and at most {self.bound_m:g} m, got {radius_m:g}"
            )
        near = self.distance_m.copy()
        near.data = (near.data <= radius_m).astype(float)
        near.eliminate_zeros()
        return near


def find_neighbours(graph: PlaceGraph, bound_m: float = NEIGHBOURHOOD_M) -> Neighbours:
    """Return which places lie at most `bound_m` apart along the network, and how far.

    The distance of two intersections is the length of segments between them; what lies inside
    of an intersection has no length. A segment is met in its middle: half its length is added
    at either of its ends, whichever is nearer. Two neighbouring segments of 100 m are 100 m
    apart. Distances are rounded to millimetres, so that the order in which lengths are added
    up does not matter.

    Shortest ways are searched between points alone, of which there are fewer than segments, in
    neighbourhoods that never hold more than a part of the network.

    Raises
    ------
    InvalidRadiusError
        If the bound is not positive and finite.
    """
    if not (np.isfinite(bound_m) and bound_m > 0):
        raise InvalidRadiusError(f"expected a bound of more than 0 m, got {bound_m:g}")
    access = _Access.of(graph)
    size = len(graph.places)
    found = [access.pairs(*ways, bound_m) for ways in _ways(graph, bound_m + SLACK_M)]
    pairs, distances = _nearest(*(np.concatenate(parts) for parts in zip(*found, strict=True)))
    one, other = np.divmod(pairs, size)
    itself = np.arange(size)
    matrix = sparse.csr_array(
        (
            np.concatenate([distances, distances, np.zeros(size)]),
            (np.concatenate([one, other, itself]), np.concatenate([other, one, itself])),
        ),
        shape=(size, size),
    )
    return Neighbours(graph.places, bound_m, matrix)


def _ways(graph: PlaceGraph, bound_m: float) -> Iterator[tuple[Numbers, Numbers, Floats]]:
    """Yield pairs of points (from, to) and the distance between them, by groups of `from`."""
    roads = _roads(graph)
    # A search costs time for every point of its matrix: points close to each other go together,
    # and their matrix holds what any of them can reach.
    order = csgraph.reverse_cuthill_mckee(roads, symmetric_mode=True)
    for first in range(0, graph.points, SOURCES):
        sources = order[first : first + SOURCES]
        nearest = csgraph.dijkstra(roads, indices=sources, limit=bound_m, min_only=True)
        inside = np.flatnonzero(np.isfinite(nearest))
        reached = csgraph.dijkstra(
            roads[inside][:, inside], indices=np.searchsorted(inside, sources), limit=bound_m
        )
        source, target = np.nonzero(np.isfinite(reached))
        yield sources[source].astype(np.intp), inside[target], reached[source, target]


def _roads(graph: PlaceGraph) -> sparse.csr_array:
    """Return the lengths between neighbouring points, in both directions."""
    # A matrix holds one segment for two points: the shortest. Loops lead nowhere.
    low, high = np.minimum(graph.start, graph.end), np.maximum(graph.start, graph.end)
    keys, lengths = _nearest(low.astype(np.int64) * graph.points + high, graph.length_m)
    low, high = np.divmod(keys, graph.points)
    apart = low < high
    ends = np.concatenate([low[apart], high[apart]]), np.concatenate([high[apart], low[apart]])
    return sparse.csr_array((np.tile(lengths[apart], 2), ends), shape=(graph.points, graph.points))


@dataclass(frozen=True)
class _Access:
    """From which points which places are reached, and how far they are from them.

    Entries of point `n` are `first[n]` to `first[n + 1]`.
    """

    first: Numbers
    place: Numbers
    length_m: Floats
    places: int

    @classmethod
    def of(cls, graph: PlaceGraph) -> _Access:
        known = np.flatnonzero(graph.place_of_point != NO_PLACE)
        point = np.concatenate([known, graph.start, graph.end])
        place = np.concatenate(
            [graph.place_of_point[known], graph.place_of_segment, graph.place_of_segment]
        )
        half = graph.length_m / 2
        length = np.concatenate([np.zeros(len(known)), half, half])
        order = np.argsort(point, kind="stable")
        first = np.searchsorted(point[order], np.arange(graph.points + 1))
        return cls(first, place[order], length[order], len(graph.places))

    def pairs(
        self, source: Numbers, target: Numbers, way_m: Floats, bound_m: float
    ) -> tuple[NDArray[np.int64], Floats]:
        """Return pairs of places (as one number, the smaller first) joined by ways of points."""
        row, at = self._entries(source)
        length = way_m[row] + self.length_m[at]
        near = length <= bound_m + SLACK_M
        one, target, length = self.place[at[near]], target[row[near]], length[near]
        row, at = self._entries(target)
        other = self.place[at]
        length = np.round(length[row] + self.length_m[at], DECIMALS)
        kept = (one[row] < other) & (length <= bound_m)
        pair = one[row[kept]].astype(np.int64) * self.places + other[kept]
        return _nearest(pair, length[kept])

    def _entries(self, point: Numbers) -> tuple[Numbers, Numbers]:
        """Return all entries of the points, each with the position of its point."""
        count = self.first[point + 1] - self.first[point]
        row = np.repeat(np.arange(len(point)), count)
        begin = np.cumsum(count) - count
        return row, self.first[point][row] + np.arange(len(row)) - begin[row]


def _nearest(keys: NDArray[np.int64], lengths: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Return each key once, sorted, with the smallest of its lengths."""
    order = np.lexsort((lengths, keys))
    keys, lengths = keys[order], lengths[order]
    first = np.flatnonzero(np.diff(keys, prepend=-1))
    return keys[first], lengths[first]
