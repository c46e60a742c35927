"""Candidates of many vertices from a grid: what `geo.candidates` finds, written for numba."""

from __future__ import annotations

from math import floor, sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .layers import Numbers, Reals

CELL_M = 50.0
MOST_AROUND = 512


class Grid(NamedTuple):
    """Straight pieces, and which of them touch each cell of a grid over the network."""

    west: float
    south: float
    columns: int
    rows: int
    first: Numbers
    """The first piece of each cell, row by row, and one number more."""
    piece: Numbers
    segment: Numbers
    x: Reals
    y: Reals
    step_x: Reals
    step_y: Reals
    per_square: Reals


def cells(
    x: NDArray[np.float64], y: NDArray[np.float64],
    step_x: NDArray[np.float64], step_y: NDArray[np.float64],
) -> tuple[float, float, int, int, NDArray[np.int64], NDArray[np.int64]]:  # fmt: skip
    """Return the first six fields of a `Grid` for pieces that begin at `x`, `y`."""
    west, south = float(np.minimum(x, x + step_x).min()), float(np.minimum(y, y + step_y).min())
    low_x, high_x = _span(x - west, step_x)
    low_y, high_y = _span(y - south, step_y)
    wide, high = high_x - low_x + 1, high_y - low_y + 1
    piece = np.repeat(np.arange(len(x)), wide * high)
    number = np.arange(len(piece)) - np.repeat(np.cumsum(wide * high) - wide * high, wide * high)
    columns, rows = int(high_x.max()) + 1, int(high_y.max()) + 1
    cell = (low_y[piece] + number // wide[piece]) * columns + low_x[piece] + number % wide[piece]
    order = np.argsort(cell, kind="stable")
    first = np.searchsorted(cell[order], np.arange(columns * rows + 1))
    return west, south, columns, rows, first, piece[order]


def _span(
    begin: NDArray[np.float64], step: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    ends = begin, begin + step
    low, high = np.minimum(*ends), np.maximum(*ends)
    return (low / CELL_M).astype(np.int64), (high / CELL_M).astype(np.int64)


def near_each(
    grid: Grid, x: Reals, y: Reals, radius_m: float, most: int
) -> tuple[NDArray[np.int64], list[int], list[float], list[float]]:
    """Return the first candidate of each vertex, and pieces, shares and distances of all.

    As `geo.candidates.CandidateIndex.find`: the nearest piece of each segment, the first of them
    where two are level; the nearest segments first, at most `most` of them.
    """
    first = np.zeros(len(x) + 1, dtype=np.int64)
    pieces, shares, distances = [0], [0.0], [0.0]
    pieces.pop()
    shares.pop()
    distances.pop()
    found_piece = np.zeros(MOST_AROUND, dtype=np.int64)
    found_share = np.zeros(MOST_AROUND)
    found_away = np.zeros(MOST_AROUND)
    for vertex in range(len(x)):
        count = around(grid, x[vertex], y[vertex], radius_m, found_piece, found_share, found_away)
        for place in range(min(most, count)):
            best = place
            for other in range(place + 1, count):
                level = found_away[other] == found_away[best]
                lower = grid.segment[found_piece[other]] < grid.segment[found_piece[best]]
                if found_away[other] < found_away[best] or (level and lower):
                    best = other
            piece, share, away = found_piece[best], found_share[best], found_away[best]
            found_piece[best], found_share[best] = found_piece[place], found_share[place]
            found_away[best] = found_away[place]
            pieces.append(piece)
            shares.append(share)
            distances.append(away)
        first[vertex + 1] = len(pieces)
    return first, pieces, shares, distances


def around(
    grid: Grid, x: float, y: float, radius_m: float,
    found_piece: Numbers, found_share: Reals, found_away: Reals,
) -> int:  # fmt: skip
    """Note the nearest piece of every segment around a point; return how many there are."""
    count = 0
    low_x = max(0, floor((x - radius_m - grid.west) / CELL_M))
    high_x = min(grid.columns - 1, floor((x + radius_m - grid.west) / CELL_M))
    low_y = max(0, floor((y - radius_m - grid.south) / CELL_M))
    high_y = min(grid.rows - 1, floor((y + radius_m - grid.south) / CELL_M))
    for row in range(low_y, high_y + 1):
        for column in range(low_x, high_x + 1):
            cell = row * grid.columns + column
            for at in range(grid.first[cell], grid.first[cell + 1]):
                piece = grid.piece[at]
                away_x, away_y = x - grid.x[piece], y - grid.y[piece]
                step_x, step_y = grid.step_x[piece], grid.step_y[piece]
                share = (away_x * step_x + away_y * step_y) * grid.per_square[piece]
                share = min(max(share, 0.0), 1.0)
                gap_x, gap_y = away_x - share * step_x, away_y - share * step_y
                away = sqrt(gap_x * gap_x + gap_y * gap_y)
                if away > radius_m:
                    continue
                slot = 0
                while slot < count and grid.segment[found_piece[slot]] != grid.segment[piece]:
                    slot += 1
                if slot == count:
                    if count == MOST_AROUND:
                        continue
                    count += 1
                elif away > found_away[slot] or (
                    away == found_away[slot] and piece >= found_piece[slot]
                ):
                    continue
                found_piece[slot], found_share[slot], found_away[slot] = piece, share, away
    return count
