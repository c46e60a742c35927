"""Lines as people and devices draw them, checked and made ready for matching."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .crs import MOST_LATITUDE, MOST_LONGITUDE, BBox, distance_m
from .errors import InvalidLineError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

FEWEST_POINTS = 2
# Beyond the edge of the network by more than about 10 km, a line is of another place.
FARTHEST_DEGREES = 0.1
# A track with points closer than this is averaged to about one point in `BLOCK_M`.
DENSE_M = 18.0
BLOCK_M = 36.0
# A step so much longer than the others of its track is a gap; nothing is averaged across it.
GAP_FACTOR = 4.0


def check_line(line: Any, area: BBox) -> NDArray[np.float64]:  # noqa: ANN401  # whatever was read
    """Return the line as an (n, 2) array of longitude and latitude.

    Raises
    ------
    InvalidLineError
        If it is not that, has fewer than two points or no length, or lies elsewhere.
    """
    try:
        points = np.asarray(line, dtype=np.float64)
    except (TypeError, ValueError):
        raise InvalidLineError("expected pairs of longitude and latitude in degrees") from None
    if points.size == 0:
        raise InvalidLineError("expected at least two points, got none")
    if points.ndim != 2 or points.shape[1] < 2:  # noqa: PLR2004  # a third number is the height
        raise InvalidLineError(
            f"expected pairs of longitude and latitude, got an array of shape {points.shape}"
        )
    points = points[:, :2]
    _require_numbers(points)
    _require_there(points, area)
    if len(points) < FEWEST_POINTS:
        raise InvalidLineError("expected at least two points, got one")
    if (points == points[0]).all():
        raise InvalidLineError(f"all {len(points)} points of the line are the same")
    return points


def _require_numbers(points: NDArray[np.float64]) -> None:
    wrong = np.flatnonzero(~np.isfinite(points).all(axis=1))
    if len(wrong):
        lon, lat = points[wrong[0]]
        raise InvalidLineError(f"point {wrong[0] + 1} is no position: {lon}, {lat}")


def _require_there(points: NDArray[np.float64], area: BBox) -> None:
    lon, lat = points.T
    on_earth = (np.abs(lon) <= MOST_LONGITUDE) & (np.abs(lat) <= MOST_LATITUDE)
    near = on_earth & _within(lon, lat, area)
    if near.any() and on_earth.all():
        return
    if _within(lat, lon, area).any():
        raise InvalidLineError(
            "latitude and longitude are swapped: expected longitude first, got "
            f"{lon[0]:g}, {lat[0]:g}"
        )
    if not on_earth.all():
        wrong = int(np.flatnonzero(~on_earth)[0])
        raise InvalidLineError(
            f"point {wrong + 1} is not on Earth: longitude {lon[wrong]:g}, latitude {lat[wrong]:g}"
        )
    middle = ((area.west + area.east) / 2, (area.south + area.north) / 2)
    away = distance_m(middle, (float(lon[0]), float(lat[0]))) / 1000
    raise InvalidLineError(f"the line lies {away:.0f} km from the middle of the area")


def _within(lon: NDArray[np.float64], lat: NDArray[np.float64], area: BBox) -> NDArray[np.bool_]:
    slack = FARTHEST_DEGREES
    return np.asarray(
        (lon >= area.west - slack) & (lon <= area.east + slack)
        & (lat >= area.south - slack) & (lat <= area.north + slack)
    )  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """Lines one after the other: vertices of line `k` are `first[k]` to `first[k + 1]`."""

    xy: NDArray[np.float64]
    first: NDArray[np.int64]

    @property
    def line(self) -> NDArray[np.int64]:
        """The line of each vertex."""
        return np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))

    @property
    def steps_m(self) -> NDArray[np.float64]:
        """The distance of each vertex from the one before, 0 at the beginning of a line."""
        x, y = np.diff(self.xy, axis=0, prepend=self.xy[:1]).T
        steps: NDArray[np.float64] = np.hypot(x, y)
        steps[self.first[:-1]] = 0.0
        return steps


def chain(xy: NDArray[np.float64], lengths: Sequence[int]) -> Drawn:
    """Return lines of so many vertices each, one after the other, without repeated vertices."""
    first = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    drawn = Drawn(xy, first)
    moved = drawn.steps_m > 0
    moved[first[:-1]] = True
    return Drawn(xy[moved], np.concatenate([[0], np.cumsum(moved)])[first])


def thinned(drawn: Drawn, as_drawn: NDArray[np.bool_]) -> Drawn:
    """Return the lines with the points of dense tracks averaged, their ends as they are.

    Noise of single points goes, and the search has fewer of them. Lines in `as_drawn` stay.
    """
    line, steps = drawn.line, drawn.steps_m
    usual = _medians(drawn, steps)
    size = np.where((usual < DENSE_M) & ~as_drawn, np.rint(BLOCK_M / np.maximum(usual, 0.1)), 1.0)
    begins = np.zeros(len(line), dtype=bool)
    begins[drawn.first[:-1]] = True
    begins[drawn.first[1:] - 1] = True
    begins[np.minimum(drawn.first[:-1] + 1, drawn.first[1:] - 1)] = True
    begins |= steps > np.maximum(GAP_FACTOR * usual, BLOCK_M)[line]
    run = np.cumsum(begins) - 1
    starts = np.flatnonzero(begins)
    length = np.diff(np.append(starts, len(line)))
    blocks = np.maximum(1, np.rint(length / size[line[starts]]))
    place = (np.arange(len(line)) - starts[run] + 0.5) * blocks[run] / length[run]
    total = np.concatenate([[0], np.cumsum(blocks)]).astype(np.int64)
    block = total[run] + np.minimum(place.astype(np.int64), blocks[run].astype(np.int64) - 1)
    count = np.bincount(block, minlength=total[-1])
    xy = np.stack([np.bincount(block, drawn.xy[:, axis]) / count for axis in (0, 1)], axis=1)
    ends = np.append(block[drawn.first[:-1]], total[-1])
    return Drawn(xy, ends)


def _medians(drawn: Drawn, steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the median step of each line."""
    order = np.lexsort((steps, drawn.line))
    # The first of each line is no step: it is 0 and sorts to the front.
    middle = (drawn.first[:-1] + drawn.first[1:]) // 2
    return np.asarray(steps[order[np.minimum(middle, drawn.first[1:] - 1)]])
