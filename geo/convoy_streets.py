"""The streets that a convoy may ride: each with its direction, its ends and its length."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from .crs import distance_m

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .network import Network

LonLat = tuple[float, float]
Way = tuple[str, str]
"""A segment and the direction in which it is ridden."""
Line = tuple[Way, ...]

FORWARD, BACKWARD = "forward", "backward"
COORDINATE_DIGITS = 6


class Street(NamedTuple):
    """One segment ridden in one direction."""

    start: str
    """The intersection at which it begins, or the point where it meets the next segment."""
    end: str
    length_dm: int
    """Decimetres: sums of whole numbers hang on nobody's place in a list."""
    line: tuple[LonLat, ...]
    name: str


class SafeIntersection(NamedTuple):
    """Where a convoy may stop without giving anybody's street away."""

    name: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Streets:
    """Every segment by direction, and the safe intersections by id."""

    ways: Mapping[Way, Street]
    safe: Mapping[str, SafeIntersection]

    def ridden(self, steps: Iterable[tuple[str, str | None]]) -> list[Way]:
        """Return the segments of a ride that a convoy may ride, in riding order."""
        ways = ((place, direction or "") for place, direction in steps)
        return [way for way in ways if way in self.ways]

    def joined(self, way: Way, then: Way) -> bool:
        """Return whether one may be ridden straight after the other."""
        return self.ways[way].end == self.ways[then].start

    def lengths(self, line: Sequence[Way]) -> np.ndarray:
        """Return the decimetres of each segment."""
        return np.array([self.ways[way].length_dm for way in line], dtype=np.int64)

    def ahead_m(self, line: Sequence[Way]) -> np.ndarray:
        """Return how far each segment's beginning is from the end of the line.

        Intersections are crossed in a straight line.
        """
        own = self.lengths(line) / 10
        pieces = [self.ways[way].line for way in line]
        across = [distance_m(one[-1], other[0]) for one, other in pairwise(pieces)]
        return np.cumsum((own + np.array([*across, 0.0]))[::-1])[::-1]

    def coordinates(self, line: Sequence[Way]) -> tuple[LonLat, ...]:
        """Return longitude and latitude along the line."""
        points = [point for way in line for point in self.ways[way].line]
        return tuple(point for before, point in pairwise([None, *points])
                     if point is not None and point != before)  # fmt: skip


def convoy_streets(network: Network) -> Streets:
    """Return the streets of a network as convoys ride them.

    Nobody leads children against a one-way street, so that what some ride that way is left out.
    """
    segments = network.segments[network.segments["within"].isna()]
    ways: dict[Way, Street] = {}
    names = [segments[f"{end}_intersection"].where(
        segments[f"{end}_intersection"].notna(), segments[end].astype(str)
    ) for end in ("start", "end")]  # fmt: skip
    columns = (segments["id"], *names, segments["length_m"], segments["name"], segments["forward"],
               segments["backward"], segments.geometry)  # fmt: skip
    for place, start, end, length_m, name, forward, backward, geometry in zip(
        *columns, strict=True
    ):
        points = tuple(
            (round(x, COORDINATE_DIGITS), round(y, COORDINATE_DIGITS))
            for x, y in shapely.get_coordinates(geometry).tolist()
        )
        length_dm = max(1, round(length_m * 10))
        if forward:
            ways[place, FORWARD] = Street(start, end, length_dm, points, name)
        if backward:
            ways[place, BACKWARD] = Street(end, start, length_dm, points[::-1], name)
    return Streets(ways, _safe(network))


def _safe(network: Network) -> dict[str, SafeIntersection]:
    safe = network.intersections[network.intersections["safe"]]
    return {
        place: SafeIntersection(
            name, round(point.x, COORDINATE_DIGITS), round(point.y, COORDINATE_DIGITS)
        )
        for place, name, point in zip(safe["id"], safe["name"], safe.geometry, strict=True)
    }
