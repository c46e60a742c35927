"""A matched ride in pieces: the segments it follows, and what it rides straight between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .crs import distance_m
from .matching import FreeLeg, Ride

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .routing import Router

LonLat = tuple[float, float]


@dataclass(frozen=True)
class Piece:
    """A segment outside of intersections, or a part of it, in the direction it was ridden."""

    segment: str
    direction: str
    metres: float
    middle: LonLat


@dataclass(frozen=True)
class Straight:
    """What lies off the network between two segments."""

    start: LonLat
    end: LonLat

    @property
    def metres(self) -> float:
        """How long it is as the crow flies."""
        return distance_m(self.start, self.end)


def pieces_of(rides: Sequence[Ride | FreeLeg], router: Router) -> list[Piece | Straight]:
    """Return the pieces in riding order, without what lies within intersections.

    A piece off the network at either end of the ride is left out.
    """
    found: list[Piece | Straight] = []
    for number, ride in enumerate(rides):
        if isinstance(ride, Ride):
            segment = router.numbers[ride.segment]
            if router.locator.within[segment] is None:
                begin, stop = _span(rides, number, router)
                middle = router.locator.lonlat_at(segment, (begin + stop) / 2)
                found.append(Piece(ride.segment, ride.direction, abs(stop - begin), middle))
        elif 0 < number < len(rides) - 1:
            start = _tip(rides, number - 1, router, at_end=True)
            end = _tip(rides, number + 1, router, at_end=False)
            if start and end and start != end:
                found.append(Straight(start, end))
    return found


def _tip(
    rides: Sequence[Ride | FreeLeg], number: int, router: Router, *, at_end: bool
) -> LonLat | None:
    ride = rides[number]
    if isinstance(ride, FreeLeg):
        return None
    return router.locator.lonlat_at(
        router.numbers[ride.segment], _span(rides, number, router)[at_end]
    )


def _span(rides: Sequence[Ride | FreeLeg], number: int, router: Router) -> tuple[float, float]:
    """Return where on its segment a ride begins and stops.

    A part of a segment lies at the end at which the ride goes on along another one; alone between
    straight pieces it may lie anywhere, and is taken to be in the middle.
    """
    ride = rides[number]
    assert isinstance(ride, Ride)  # noqa: S101  # asked of no other
    length = router.locator.length_m[router.numbers[ride.segment]]
    ridden = ride.share * length
    comes, goes = (
        0 <= other < len(rides) and _is_other(rides[other], ride)
        for other in (number - 1, number + 1)
    )
    begin = 0.0 if comes else length - ridden if goes else (length - ridden) / 2
    return (
        (begin, begin + ridden)
        if ride.direction == "forward"
        else (length - begin, length - begin - ridden)
    )


def _is_other(neighbour: Ride | FreeLeg, ride: Ride) -> bool:
    return isinstance(neighbour, Ride) and neighbour.segment != ride.segment
