"""Where the names of streets stand on a map: along the street, never over each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import affinity, ops

from geo.naming import IMPORTANCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import geopandas as gpd

# Letters of Noto Sans are about so wide, in their own size: rather a little too much.
LETTER = 0.56
ROOM = 0.6
"""Between two names, in the size of the letters."""
AGAIN_MM = 75.0
"""A long street is named again after so much."""
STEP_MM = 4.0
BEND = 0.3
"""How far a street may leave a straight name, in the size of its letters."""


@dataclass(frozen=True)
class StreetLabel:
    """A name on paper: its middle in mm, the turn in degrees clockwise, and how large it is."""

    name: str
    x: float
    y: float
    turn: float
    size: float


def place_labels(
    streets: gpd.GeoDataFrame,
    *,
    sizes: tuple[float, float],
    within: shapely.Polygon,
    taken: Sequence[shapely.Polygon] = (),
) -> list[StreetLabel]:
    """Return a name for as many streets as have room for theirs, main streets first.

    Parameters
    ----------
    streets
        Lines on paper in mm, y downwards, with name and road_class.
    sizes
        Of letters in mm: on main streets, and on the others.
    within
        What the names may not leave.
    taken
        Shapes that no name may cover.
    """
    boxes = np.array(taken, dtype=object)
    shapely.prepare(within)
    placed: list[StreetLabel] = []
    for name, rank, lines in _by_importance(streets):
        size = sizes[0] if rank <= IMPORTANCE["tertiary"] else sizes[1]
        there: list[StreetLabel] = []
        for label, box in (found for line in lines for found in _along(line, name, size)):
            if any(np.hypot(one.x - label.x, one.y - label.y) < AGAIN_MM for one in there):
                continue
            if within.contains(box) and not shapely.intersects(boxes, box).any():
                there.append(label)
                boxes = np.append(boxes, box)
        placed += there
    return placed


def _by_importance(
    streets: gpd.GeoDataFrame,
) -> list[tuple[str, int, list[shapely.LineString]]]:
    """Return every name with its rank and its lines, both the longest first."""
    pieces: dict[str, list[shapely.LineString]] = {}
    ranks: dict[str, int] = {}
    for name, road, line in zip(
        streets["name"], streets["road_class"], streets.geometry, strict=True
    ):
        if name:
            pieces.setdefault(name, []).append(line)
            rank = IMPORTANCE.get(road, len(IMPORTANCE))
            ranks[name] = min(rank, ranks.get(name, rank))
    found = []
    for name, street in pieces.items():
        merged = shapely.line_merge(shapely.union_all(street))
        lines = sorted(shapely.get_parts(merged), key=lambda line: -line.length)
        found.append((name, ranks[name], lines))
    return sorted(found, key=lambda one: (one[1], -one[2][0].length, one[0]))


def _along(
    line: shapely.LineString, name: str, size: float
) -> Iterator[tuple[StreetLabel, shapely.Polygon]]:
    """Give the places along a line where its name can stand straight, from the middle outwards."""
    length = len(name) * size * LETTER
    last = line.length - length
    if last < 0:
        return
    starts = np.arange(0, last + 1e-9, STEP_MM)
    for start in starts[np.argsort(np.abs(starts - last / 2), kind="stable")]:
        piece = ops.substring(line, start, start + length)
        (x1, y1), (x2, y2) = piece.coords[0], piece.coords[-1]
        chord = shapely.LineString([(x1, y1), (x2, y2)])
        bend = shapely.hausdorff_distance(piece, chord) if len(piece.coords) > 2 else 0.0  # noqa: PLR2004 - two points are straight
        if bend > size * BEND:
            continue
        turn = float(np.degrees(np.arctan2(y2 - y1, x2 - x1)))
        # Nobody reads a name that stands on its head.
        turn = (turn + 90) % 180 - 90
        x, y = (x1 + x2) / 2, (y1 + y2) / 2
        half, high = length / 2 + ROOM * size, size * (0.5 + ROOM / 2)
        box = affinity.translate(shapely.box(-half, -high, half, high), x, y)
        yield StreetLabel(name, x, y, turn, size), affinity.rotate(box, turn, origin=(x, y))
