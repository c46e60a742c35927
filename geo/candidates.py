"""Where a drawn vertex may lie on the network: its nearest position on each segment around it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely

from .fast import compiled_near_each
from .grid import Grid, cells

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .graph import Graph


@dataclass(frozen=True)
class Candidates:
    """Positions on segments, ordered by vertex and then by distance.

    Those of vertex `v` are `first[v]` to `first[v + 1]`; a vertex far from everything has none.
    """

    first: NDArray[np.int64]
    segment: NDArray[np.int64]
    offset_m: NDArray[np.float64]
    """Metres from the start of the segment."""
    distance_m: NDArray[np.float64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]


class CandidateIndex:
    """The straight pieces of all segments in a tree; safe to read from many threads."""

    def __init__(self, graph: Graph) -> None:
        last = np.zeros(len(graph.xy), dtype=bool)
        last[graph.first[1:] - 1] = True
        begin = np.flatnonzero(~last)
        step = graph.xy[begin + 1] - graph.xy[begin]
        square = (step * step).sum(axis=1)
        self._segment = np.repeat(np.arange(len(graph.ids)), np.diff(graph.first) - 1)
        self._x, self._y = graph.xy[begin].T.copy()
        self._step_x, self._step_y = step.T.copy()
        self._per_square = np.divide(1.0, square, out=np.zeros_like(square), where=square > 0)
        self._length_m = np.sqrt(square)
        self._reached_m = graph.reached_m[begin]
        ends = np.stack([graph.xy[begin], graph.xy[begin + 1]], axis=1)
        self._tree = shapely.STRtree(shapely.linestrings(ends))

    @cached_property
    def _grid(self) -> Grid:
        places = self._x, self._y, self._step_x, self._step_y
        return Grid(*cells(*places), self._segment, *places, self._per_square)

    def find(
        self, xy: NDArray[np.float64], *, radius_m: float, most: int, fast: bool = False
    ) -> Candidates:
        """Return up to `most` candidates within `radius_m` of each of the (n, 2) vertices.

        The same with `fast`, which needs the extra of that name.
        """
        x, y = xy[:, 0].copy(), xy[:, 1].copy()
        if fast:
            first, *columns = compiled_near_each()(self._grid, x, y, radius_m, most)
            piece, share, distance = (np.asarray(column) for column in columns)
            return self._candidates(first, piece.astype(np.int64), share, distance)
        boxes = shapely.box(x - radius_m, y - radius_m, x + radius_m, y + radius_m)
        vertex, piece = self._tree.query(boxes)
        away_x, away_y = x[vertex] - self._x[piece], y[vertex] - self._y[piece]
        step_x, step_y = self._step_x[piece], self._step_y[piece]
        share = (away_x * step_x + away_y * step_y) * self._per_square[piece]
        share = np.minimum(np.maximum(share, 0.0), 1.0)
        gap_x, gap_y = away_x - share * step_x, away_y - share * step_y
        distance = np.sqrt(gap_x * gap_x + gap_y * gap_y)
        near = np.flatnonzero(distance <= radius_m)
        vertex, piece, share, distance = vertex[near], piece[near], share[near], distance[near]
        segment = self._segment[piece]
        # The nearest piece of each segment, the first of them where two are level.
        order = np.lexsort((piece, distance, segment, vertex))
        order = order[_changes(vertex[order], segment[order])]
        order = order[np.lexsort((segment[order], distance[order], vertex[order]))]
        begin = np.searchsorted(vertex[order], np.arange(len(xy) + 1))
        order = order[np.arange(len(order)) - begin[vertex[order]] < most]
        first = np.searchsorted(vertex[order], np.arange(len(xy) + 1))
        return self._candidates(first, piece[order], share[order], distance[order])

    def _candidates(
        self,
        first: NDArray[np.int64],
        piece: NDArray[np.int64],
        share: NDArray[np.float64],
        distance: NDArray[np.float64],
    ) -> Candidates:
        return Candidates(
            first=first,
            segment=self._segment[piece],
            offset_m=self._reached_m[piece] + share * self._length_m[piece],
            distance_m=distance,
            x=self._x[piece] + share * self._step_x[piece],
            y=self._y[piece] + share * self._step_y[piece],
        )


def _changes(*columns: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which rows differ from the row before."""
    changed = np.zeros(len(columns[0]), dtype=bool)
    changed[:1] = True
    for column in columns:
        changed[1:] |= column[1:] != column[:-1]
    return changed
