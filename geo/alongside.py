"""Which segments run alongside others: the cycle track of a street, its second carriageway."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Lines = NDArray[Any]
    Numbers = NDArray[np.int64]
    Metres = NDArray[np.float64]

SAMPLE_M = 25
FEWEST_SAMPLES = 3
# Ends bend towards the junction: looking at the middle of each sample's piece leaves them out.
LOOK_M = 4
SAME_DIRECTION = np.cos(np.radians(25))


@dataclass(frozen=True)
class Beside:
    """Samples along some segments with the other segment that runs beside each, by number."""

    segment: Numbers
    other: Numbers
    samples: Numbers
    """How many samples each segment has in all."""

    @property
    def share(self) -> Metres:
        """Which part of each segment has one beside it."""
        return np.bincount(self.segment, minlength=len(self.samples)) / self.samples


def beside(
    lines: Lines,
    others: Lines,
    reach_m: float,
    streets: tuple[Numbers, Numbers],
    *,
    opposite: bool = False,
) -> Beside:
    """Return where lines run beside others: the nearest within reach with nearly their bearing.

    Parameters
    ----------
    lines, others
        In metres.
    streets
        A number for the street of each line and of each of the others: only those of one street
        count. What has a negative number goes beside any.
    opposite
        Whether only lines that are drawn in the opposite direction count.
    """
    number, points, ahead, samples = _samples(lines)
    pieces, owner, along = _pieces(others)
    tree = shapely.STRtree(pieces)
    sample, piece = tree.query(points, predicate="dwithin", distance=reach_m)
    cosine = np.einsum("ij,ij->i", ahead[sample], along[piece])
    mine, theirs = streets[0][number[sample]], streets[1][owner[piece]]
    fits = ((mine < 0) | (mine == theirs)) & (
        (-cosine if opposite else np.abs(cosine)) >= SAME_DIRECTION
    )
    sample, piece = sample[fits], piece[fits]
    away = np.round(shapely.distance(points[sample], pieces[piece]), 3)
    # Of pieces at one distance the first one counts: two that meet there.
    order = np.lexsort((piece, away, sample))
    order = order[np.unique(sample[order], return_index=True)[1]]
    return Beside(number[sample[order]], owner[piece[order]], samples)


def _samples(lines: Lines) -> tuple[Numbers, Lines, Metres, Numbers]:
    """Return points along the lines with the number and the direction of the line there."""
    length = shapely.length(lines)
    samples = np.maximum(FEWEST_SAMPLES, np.round(length / SAMPLE_M)).astype(np.int64)
    number = np.repeat(np.arange(len(lines)), samples)
    order = np.arange(len(number)) - np.repeat(np.cumsum(samples) - samples, samples)
    at = (order + 0.5) / samples[number] * length[number]
    low = shapely.line_interpolate_point(lines[number], np.maximum(at - LOOK_M, 0))
    high = shapely.line_interpolate_point(lines[number], np.minimum(at + LOOK_M, length[number]))
    start, end = shapely.get_coordinates(low), shapely.get_coordinates(high)
    return number, shapely.points((start + end) / 2), unit(end - start), samples


def _pieces(lines: Lines) -> tuple[Lines, Numbers, Metres]:
    """Return the straight pieces of the lines with the number of the line and the direction."""
    points, owner = shapely.get_coordinates(lines, return_index=True)
    inner = owner[1:] == owner[:-1]
    start, end = points[:-1][inner], points[1:][inner]
    pieces = shapely.linestrings(np.stack([start, end], axis=1))
    return pieces, owner[:-1][inner].astype(np.int64), unit(end - start)


def unit(vectors: Metres) -> Metres:
    """Return vectors of length one with these directions; zero where there is none."""
    length = np.hypot(vectors[:, 0], vectors[:, 1])
    return vectors / np.where(length > 0, length, 1.0)[:, None]
