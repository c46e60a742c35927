"""The network as arcs: every way from one point to the next, as arrays that are searched."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from .pathfinding import AGAINST_FACTOR, ON_FOOT, PUSH_FACTOR, WALKED_TURN_M, PathFinder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from .graph import Graph
    from .network import Network

    Ints = NDArray[np.int64]

NOWHERE = -1


class Arcs:
    """The ways of `PathFinder` as columns, sorted by the point they leave.

    `segment` is `ON_FOOT` for the walk round a forbidden turn, which has no length. `leaves` and
    `reaches` are the intersections at both ends by number, `within` the one an arc lies in;
    `NOWHERE` if there is none.
    """

    def __init__(self, network: Network, graph: Graph, intersection: Mapping[str, int]) -> None:
        finder = PathFinder(graph, network.turns)
        ways = [(tail, *way) for tail, out in enumerate(finder.ways) for way in out]
        tail, head, _, segment, forward = (np.array(column) for column in zip(*ways, strict=True))
        self.tail: Ints = tail.astype(np.int64)
        self.head: Ints = head.astype(np.int64)
        self.segment: Ints = segment.astype(np.int64)
        self.forward: NDArray[np.bool_] = forward.astype(bool)
        self.points = len(finder.ways)
        on_foot = self.segment == ON_FOOT
        # What stands for walks is overwritten below.
        known = np.maximum(self.segment, 0)
        start, end, within = (
            np.array([intersection.get(label, NOWHERE) for label in network.segments[column]])
            for column in ("start_intersection", "end_intersection", "within")
        )
        self.leaves = _or_nowhere(on_foot, np.where(self.forward, start[known], end[known]))
        self.reaches = _or_nowhere(on_foot, np.where(self.forward, end[known], start[known]))
        self.within = _or_nowhere(on_foot, within[known])
        self.outside: NDArray[np.bool_] = ~on_foot & (self.within == NOWHERE)
        may = np.where(self.forward, graph.forward[known], graph.backward[known])
        self.walked: NDArray[np.bool_] = on_foot | graph.push[known] | ~may
        factor = np.where(graph.push[known], PUSH_FACTOR, np.where(may, 1.0, AGAINST_FACTOR))
        self.length_m = np.where(on_foot, 0.0, graph.length_m[known])
        self.cost_m = np.where(on_foot, WALKED_TURN_M, self.length_m * factor)
        self.factor = np.where(on_foot, 0.0, factor)

    @cached_property
    def first(self) -> Ints:
        """(points + 1,) where the arcs out of each point begin."""
        return np.searchsorted(self.tail, np.arange(self.points + 1)).astype(np.int64)

    @cached_property
    def of_segment(self) -> dict[int, list[int]]:
        """The arcs along each segment: from its ends first, then from before forbidden turns."""
        found: dict[int, list[int]] = {}
        for arc, segment in enumerate(self.segment.tolist()):
            found.setdefault(segment, []).append(arc)
        return found

    def cheapest(self, tail: int, head: int, cost: NDArray[np.float64]) -> int:
        """Return the arc from one point to the next that costs least."""
        first, last = self.first[tail : tail + 2].tolist()
        between = [arc for arc in range(first, last) if self.head[arc] == head]
        return min(between, key=lambda arc: (cost[arc], arc))


def _or_nowhere(on_foot: NDArray[np.bool_], values: Ints) -> Ints:
    return np.where(on_foot, NOWHERE, values)
