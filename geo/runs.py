"""Segments strung together to runs: what goes on as one street from junction to junction."""

from __future__ import annotations

from collections import defaultdict
from itertools import accumulate, combinations, pairwise
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

from .alongside import unit

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

LOOK_M = 15
# cos of the angle between going straight on and going on: 50 degrees at most.
STRAIGHT_ON = 0.64
# Two of the segments into which a long street is cut, which are 150 m long at most and 115 m
# on average: shorter limits would leave each of them alone.
LONGEST_M = 230

Joint = str | int


class End(NamedTuple):
    """One end of a segment, by number."""

    segment: int
    last: bool

    @property
    def other(self) -> End:
        """The other end of the segment."""
        return End(self.segment, not self.last)


class Run(NamedTuple):
    """Segments in riding order, and the joints where the first begins and the last ends."""

    segments: list[int]
    tips: tuple[Joint, Joint]


class Ends:
    """Where segments begin and end, by number, and where they head to from there."""

    def __init__(self, lines: NDArray[Any], joints: Sequence[tuple[Joint, Joint]]) -> None:
        self.joints = joints
        length = shapely.length(lines)
        look = np.minimum(LOOK_M, length)
        first, last = (
            unit(
                shapely.get_coordinates(shapely.line_interpolate_point(lines, inner))
                - shapely.get_coordinates(shapely.get_point(lines, tip))
            )
            for tip, inner in ((0, look), (-1, length - look))
        )
        self._heading: list[list[tuple[float, float]]] = [first.tolist(), last.tolist()]

    def joint(self, end: End) -> Joint:
        """Return the point or the intersection at which the end is."""
        return self.joints[end.segment][end.last]

    def straightness(self, one: End, other: End) -> float:
        """Return 1 where one rides straight on from one end to the other, -1 for a U-turn."""
        (ax, ay), (bx, by) = (self._heading[end.last][end.segment] for end in (one, other))
        return -(ax * bx + ay * by)

    def meeting(self, segments: Iterable[int]) -> dict[Joint, list[End]]:
        """Return the ends of the segments that meet, by where."""
        found: dict[Joint, list[End]] = defaultdict(list)
        for segment in segments:
            for last in (False, True):
                found[self.joints[segment][last]].append(End(segment, last))
        return found


def runs(
    ends: Ends,
    segments: Sequence[int],
    key: Callable[[int], Hashable],
    is_closed: Callable[[Joint, Sequence[End]], bool],
) -> list[Run]:
    """Return the segments in runs, each from the end whose joint sorts first.

    Parameters
    ----------
    key
        What two segments must have in common to go on into each other.
    is_closed
        Whether nothing goes on at the joint with those ends.
    """
    follows: dict[End, End] = {}
    for joint, here in ends.meeting(segments).items():
        if len(here) > 1 and not is_closed(joint, here):
            for one, other in _pairs(ends, here, key):
                follows[one], follows[other] = other, one
    return list(_strung(ends, segments, follows))


def _pairs(
    ends: Ends, here: Sequence[End], key: Callable[[int], Hashable]
) -> Iterator[tuple[End, End]]:
    """Pair the ends that go on into each other, the straightest first."""
    least = -1.1 if len(here) == 2 else STRAIGHT_ON  # noqa: PLR2004  # one street with a bend
    fitting = [
        (-round(ends.straightness(one, other), 6), min(one, other), max(one, other))
        for one, other in combinations(here, 2)
        if one.segment != other.segment
        and key(one.segment) == key(other.segment)
        and ends.straightness(one, other) >= least
    ]
    taken: set[End] = set()
    for _, one, other in sorted(fitting):
        if not {one, other} & taken:
            taken |= {one, other}
            yield one, other


def _strung(ends: Ends, segments: Sequence[int], follows: dict[End, End]) -> Iterator[Run]:
    begun: set[int] = set()
    loose = [End(n, last) for n in segments for last in (False, True)]
    tips = [end for end in loose if end not in follows]
    tips.sort(key=lambda end: (str(ends.joint(end)), end))
    # Afterwards only rings are left.
    for end in [*tips, *sorted(loose)]:
        if end.segment not in begun:
            run = [end.segment]
            leaving = end.other
            while (onward := follows.get(leaving)) and onward.segment != run[0]:
                run.append(onward.segment)
                leaving = onward.other
            begun.update(run)
            yield Run(run, (ends.joint(end), ends.joint(leaving)))


def split(lengths: Sequence[float]) -> list[int]:
    """Return the number of its part for each segment of a run, the parts as equal as may be."""
    reached = [0.0, *accumulate(lengths)]
    if reached[-1] <= LONGEST_M:
        return [0] * len(lengths)
    for count in range(ceil(reached[-1] / LONGEST_M), len(lengths)):
        cuts = {_nearest(reached, reached[-1] * number / count) for number in range(1, count)}
        ends = [0.0, *(reached[cut] for cut in sorted(cuts)), reached[-1]]
        if max(end - start for start, end in pairwise(ends)) <= LONGEST_M:
            return list(accumulate(number in cuts for number in range(len(lengths))))
    return list(range(len(lengths)))


def _nearest(reached: Sequence[float], at_m: float) -> int:
    """Return which inner joint of a run is nearest to a distance along it."""
    return min(range(1, len(reached) - 1), key=lambda number: abs(reached[number] - at_m))
