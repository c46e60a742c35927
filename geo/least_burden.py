"""The way of the least burden between two ends of the network, no longer than allowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csgraph, csr_array

from .arcs import NOWHERE
from .pathfinding import ON_FOOT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .arcs import Arcs
    from .burden import Weighed

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# What a metre of burden costs against one of length. The first share with which the way is short
# enough gives the best of them: with a smaller one, ways are shorter and weigh more.
SHARES = (1.0, 0.7, 0.5, 0.35, 0.2, 0.1)
# Beyond this many times the cost of the ride itself nothing is searched.
FARTHEST = 1.25
# So that neither a segment without length nor the end of one at its very beginning divides by 0.
SHORTEST_M, NONE = 1e-9, 1e-12


@dataclass(frozen=True)
class Way:
    """Arcs in riding order with the metres ridden along each; `gap_m` belongs to none."""

    arcs: Ints
    metres: Floats
    gap_m: float = 0.0

    @property
    def length_m(self) -> float:
        """Length of the way."""
        return float(self.metres.sum()) + self.gap_m


@dataclass(frozen=True)
class End:
    """Where a ride ends: an intersection, or a segment at `offset_m` from its start."""

    intersection: int = NOWHERE
    segment: int = NOWHERE
    offset_m: float = 0.0


@dataclass(frozen=True)
class Ride:
    """What a calmer way is sought for: from an intersection, by number, to an end."""

    start: int
    end: End
    way: Way
    passed: frozenset[int]
    """The intersections on it, by number."""
    walked_turns: frozenset[int]
    """The points before a forbidden turn at which it makes that turn."""


@dataclass(frozen=True)
class _Costs:
    """What each arc costs: in proportion to its length, and where it ends; closed ones infinite."""

    along: Floats
    whole: Floats


class BurdenSearch:
    """What is searched for ways of little burden; safe to read from many threads."""

    def __init__(self, arcs: Arcs) -> None:
        self._arcs = arcs
        self._heads = arcs.head.astype(np.int32)
        self._first = arcs.first.astype(np.int32)

    def until(self, arcs: Ints, end: End) -> Floats:
        """Return the metres along each arc, along those of the last segment until the end."""
        whole = self._arcs.length_m[arcs]
        if end.segment == NOWHERE:
            return whole
        rest = np.where(self._arcs.forward[arcs], end.offset_m, whole - end.offset_m)
        return np.where(self._arcs.segment[arcs] == end.segment, rest, whole)

    def burden(self, way: Way, weighed: Weighed) -> tuple[float, float]:
        """Return the burden of a way whatever its rider feels, and what is added to that.

        An intersection counts where an arc ends: the first one is where all ways begin.
        """
        arcs = self._arcs
        ridden = way.arcs
        turns = arcs.cost_m[ridden][arcs.segment[ridden] == ON_FOOT].sum()
        plain = (way.metres * arcs.factor[ridden]).sum() + turns + way.gap_m
        whole = way.metres >= arcs.length_m[ridden]
        street, crossed = self.added(ridden, weighed)
        added = (street * way.metres).sum() + crossed[whole].sum()
        return float(plain), float(added)

    def least(self, ride: Ride, weighed: Weighed, longest_m: float) -> Way | None:
        """Return the way of the least burden that is no longer than allowed, or None.

        Ways against a one-way direction, pushing and forbidden turns are walked: it takes those
        that the ride takes, and any within intersections that the ride crosses.
        """
        arcs = self._arcs
        base = np.where(self._open(ride), arcs.cost_m, np.inf)
        street, crossed = self.added(np.arange(len(arcs.tail)), weighed)
        plain, added = self.burden(ride.way, weighed)
        for share in SHARES:
            along = base + share * street * arcs.length_m
            costs = _Costs(along, along + share * crossed)
            way = self._cheapest(ride, costs, FARTHEST * (plain + share * added))
            if way is not None and way.length_m <= longest_m:
                return way
        return None

    def added(self, numbers: Ints, weighed: Weighed) -> tuple[Floats, Floats]:
        """Return what is added for a metre of each arc, and for the intersection at its end."""
        arcs = self._arcs
        outside, reaches = arcs.outside[numbers], arcs.reaches[numbers]
        street = np.where(outside, weighed.metre[arcs.segment[numbers]], 0.0)
        met = outside & (reaches != NOWHERE)
        return street, np.where(met, weighed.crossing[reaches], 0.0)

    def _open(self, ride: Ride) -> NDArray[np.bool_]:
        arcs = self._arcs
        on_foot = arcs.segment == ON_FOOT
        opened = ~arcs.walked | np.isin(arcs.within, list(ride.passed))
        opened |= on_foot & np.isin(arcs.tail, list(ride.walked_turns))
        directed = np.where(on_foot, NOWHERE, 2 * arcs.segment + arcs.forward)
        return opened | np.isin(directed, directed[ride.way.arcs])

    def _cheapest(self, ride: Ride, costs: _Costs, limit: float) -> Way | None:
        arcs = self._arcs
        network = csr_array((costs.whole, self._heads, self._first), shape=(arcs.points,) * 2)
        begin = np.unique(arcs.tail[arcs.outside & (arcs.leaves == ride.start)])
        spent, came, _ = csgraph.dijkstra(
            network, indices=begin, min_only=True, return_predecessors=True, limit=limit
        )
        last = self._arrival(ride.end, spent, costs)
        if last == NOWHERE:
            return None
        found = [last]
        point = int(arcs.tail[last])
        while came[point] >= 0:
            found.append(arcs.cheapest(int(came[point]), point, costs.whole))
            point = int(came[point])
        way = np.array(found[::-1])
        metres = arcs.length_m[way]
        metres[-1:] = self.until(way[-1:], ride.end)
        return Way(way, metres)

    def _arrival(self, end: End, spent: Floats, costs: _Costs) -> int:
        """Return the arc by which one gets to the end most cheaply, `NOWHERE` if by none."""
        arcs = self._arcs
        if end.segment == NOWHERE:
            last = np.flatnonzero(arcs.outside & (arcs.reaches == end.intersection))
            total = spent[arcs.tail[last]] + costs.whole[last]
        else:
            last = np.array(arcs.of_segment[end.segment])
            share = self.until(last, end) / np.maximum(arcs.length_m[last], SHORTEST_M)
            # Even none of what is closed is closed.
            total = spent[arcs.tail[last]] + costs.along[last] * np.maximum(share, NONE)
        best = int(total.argmin()) if len(total) else NOWHERE
        return int(last[best]) if len(total) and np.isfinite(total[best]) else NOWHERE
