"""A recorded track as waypoints, so that the route through them is the way that was ridden."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate, groupby
from typing import TYPE_CHECKING

from .crs import distance_m
from .errors import (
    CrossingStraightPiecesError,
    FarFromSchoolError,
    InvalidLineError,
    OutsideAreaError,
    ShortLineError,
    UnreachableError,
)
from .pieces import Piece, pieces_of
from .routing import Waypoint

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .matching import MatchedRoute, Matcher
    from .pieces import Straight
    from .routing import Router, SnappedRoute

LonLat = tuple[float, float]

FEWEST_POINTS, MOST_POINTS = 2, 500
SHORTEST_M = 150
NEAR_SCHOOL_M = 300
# What differs by less is a matter of where a phone thought it was.
LEAST_M = 25
# Each attempt costs a search; most rides need three.
ATTEMPTS = 30
# How many waypoints one stretch gets until it is followed.
SPLITS = (1, 2, 3, 5, 8)
# Shorter pieces off the network come from noise at corners.
LEAST_STRAIGHT_M = 60
# Steps of a device that was asked every few seconds; longer ones are drawn by hand or gaps.
DENSE_M = 60
# What is ridden without having been is worse than nothing, but may be needed to come near.
EXTRA = 0.3


@dataclass(frozen=True)
class Followed:
    """The waypoints, the school last, and the route through them."""

    waypoints: list[Waypoint]
    route: SnappedRoute
    share: float
    """How much of the length of the track, as matched, the route follows."""
    reversed: bool
    """Whether the track was the ride home."""


@dataclass(frozen=True)
class _Attempt:
    """Vias by the number of their piece, and how well the route through them follows."""

    vias: frozenset[int]
    waypoints: list[Waypoint]
    route: SnappedRoute
    missed: list[int]
    """Numbers of the pieces that the route does not follow."""
    score_m: float
    """Metres followed, less a share of those that the track does not have."""


def waypoints_along(
    line: Sequence[LonLat], school: LonLat, matcher: Matcher, router: Router, *, most: int = 19
) -> Followed:
    """Return at most so many waypoints whose route follows a recorded track to the school.

    The track is matched; where the shortest way between its ends differs, a waypoint is set in
    the middle of the longest stretch that differs, as long as that helps. What was ridden off the
    network is drawn straight. A track that leaves the school is turned round.

    Parameters
    ----------
    line
        2 to 500 points, longitude and latitude.
    school
        Where the ride ends: at most 300 m from either end of the track.
    most
        Waypoints in all, 2 to 20.

    Raises
    ------
    InvalidLineError
        If it is no line, or lies elsewhere.
    OutsideAreaError
        If it follows no street of the area, or the school lies far from all of them.
    ShortLineError
        If less than 150 m were ridden.
    FarFromSchoolError
        If neither end is within 300 m of the school.
    UnreachableError
        If no street leads from its beginning to the school.
    """
    if not FEWEST_POINTS <= len(line) <= MOST_POINTS:
        raise InvalidLineError(f"expected {FEWEST_POINTS} to {MOST_POINTS} points, got {len(line)}")
    points = [(float(point[0]), float(point[1])) for point in line]
    near = [distance_m(end, school) <= NEAR_SCHOOL_M for end in (points[0], points[-1])]
    if not any(near):
        matcher.match(points)  # what is wrong with the line itself is the better answer
        raise FarFromSchoolError(
            f"neither end of the track is within {NEAR_SCHOOL_M} m of the school"
        )
    turned = not near[1]
    track = to_school(points[::-1] if turned else points, school)
    matched = matcher.match(smoothed(track))
    _require_ride(matched)
    search = _Search(matched, school, router, most)
    best = search.best()
    return Followed(best.waypoints, best.route, search.share(best), turned)


def to_school(track: Sequence[LonLat], school: LonLat) -> list[LonLat]:
    """Return the track until it is nearest to the school, once it has come within 300 m of it.

    What comes after is the way to the bicycle stand, or a phone that lies on a table.
    """
    away = [distance_m(point, school) for point in track]
    last = len(track) - 1
    while last > 0 and away[last - 1] <= NEAR_SCHOOL_M:
        last -= 1
    nearest = min(range(max(last, 1), len(track)), key=away.__getitem__)
    return list(track[: nearest + 1])


def smoothed(track: Sequence[LonLat]) -> list[LonLat]:
    """Return the track with every point pulled to the middle of its neighbours, half the way."""
    inner = [
        tuple((a + 2 * b + c) / 4 for a, b, c in zip(before, here, after, strict=True))
        if max(distance_m(before, here), distance_m(here, after)) <= DENSE_M
        else here
        for before, here, after in zip(track, track[1:], track[2:], strict=False)
    ]
    return [track[0], *((lon, lat) for lon, lat in inner), track[-1]]


def _require_ride(matched: MatchedRoute) -> None:
    if not matched.coordinates:
        raise OutsideAreaError(matched.problem or "the track follows no street of the area")
    if matched.length_m < SHORTEST_M:
        raise ShortLineError(
            f"expected a track of at least {SHORTEST_M} m, got {matched.length_m:.0f} m"
        )


class _Search:
    """The search for waypoints of one track."""

    def __init__(self, matched: MatchedRoute, school: LonLat, router: Router, most: int) -> None:
        self._router, self._most = router, most
        self._ends = (Waypoint(*matched.coordinates[0]), Waypoint(*school))
        self._pieces = [
            piece
            for piece in pieces_of(matched.rides, router)
            if isinstance(piece, Piece) or piece.metres >= LEAST_STRAIGHT_M
        ]
        self._straight = self._longest_straight()

    def _longest_straight(self) -> frozenset[int]:
        """Return the pieces off the network for which there is room, two waypoints each."""
        found = [n for n, piece in enumerate(self._pieces) if not isinstance(piece, Piece)]
        found.sort(key=lambda number: -self._pieces[number].metres)
        return frozenset(found[: (self._most - len(self._ends)) // 2])

    def share(self, attempt: _Attempt) -> float:
        """Return how much of the pieces a route follows."""
        whole = self._metres(range(len(self._pieces)))
        return 1 - self._metres(attempt.missed) / whole if whole else 0.0

    def best(self) -> _Attempt:
        """Return the attempt that follows best, with as few waypoints as it needs."""
        best = self._first()
        tried: set[frozenset[int]] = set()
        for _ in range(ATTEMPTS):
            vias = self._next_vias(best, tried)
            if not vias:
                break
            tried.add(vias)
            try:
                attempt = self._attempt(best.vias | vias)
            except (CrossingStraightPiecesError, UnreachableError):
                continue
            if attempt.score_m > best.score_m + 1:
                best = attempt
        return best

    def _first(self) -> _Attempt:
        try:
            return self._attempt(frozenset())
        except (CrossingStraightPiecesError, OutsideAreaError):
            if not self._straight:
                raise
            self._straight = frozenset()
            return self._attempt(frozenset())

    def _attempt(self, vias: frozenset[int]) -> _Attempt:
        waypoints = [self._ends[0], *self._between(vias), self._ends[1]]
        route = self._router.snap(waypoints)
        ridden = [passage for passage in route.passages if passage.kind == "segment"]
        numbers = [n for n, piece in enumerate(self._pieces) if isinstance(piece, Piece)]
        wanted = [_key(self._pieces[number]) for number in numbers]
        told = [(passage.id, passage.direction) for passage in ridden]
        blocks = SequenceMatcher(None, wanted, told, autojunk=False).get_matching_blocks()
        followed = {numbers[a + i] for a, _, size in blocks for i in range(size)} | self._straight
        meant = {b + i for _, b, size in blocks for i in range(size)}
        extra = sum(p.to_m - p.from_m for n, p in enumerate(ridden) if n not in meant)
        missed = [number for number in range(len(self._pieces)) if number not in followed]
        return _Attempt(vias, waypoints, route, missed, self._metres(followed) - EXTRA * extra)

    def _between(self, vias: frozenset[int]) -> Iterable[Waypoint]:
        for number in sorted(vias | self._straight):
            piece = self._pieces[number]
            if isinstance(piece, Piece):
                yield Waypoint(*piece.middle)
            else:
                yield Waypoint(*piece.start)
                yield Waypoint(*piece.end, straight=True)

    def _next_vias(self, attempt: _Attempt, tried: set[frozenset[int]]) -> frozenset[int]:
        """Return the pieces to ride by next, none if there is nothing left to try.

        One in the middle of each stretch that is not followed, all at once while there is room.
        If that did not help, ever more along one stretch: a way there and back needs several.
        """
        runs = [run for run in _runs(attempt.missed) if self._metres(run) >= LEAST_M]
        runs.sort(key=lambda run: -self._metres(run))
        room = self._most - len(attempt.waypoints)
        middles = [via for run in runs for via in self._along(run, 1)]
        options = [frozenset(middles[:room])]
        options += [frozenset(self._along(run, count)) for run in runs for count in SPLITS]
        fresh = (one for one in options if one and one not in tried and len(one) <= room)
        return next(fresh, frozenset())

    def _along(self, run: Sequence[int], count: int) -> set[int]:
        """Return so many pieces of a run, with equal lengths before, between and after them."""
        whole = self._metres(run)
        wanted = [whole * (part + 1) / (count + 1) for part in range(count)]
        reached = list(accumulate(self._pieces[number].metres for number in run))
        found = {run[min(bisect_left(reached, at), len(run) - 1)] for at in wanted}
        return {number for number in found if isinstance(self._pieces[number], Piece)}

    def _metres(self, numbers: Iterable[int]) -> float:
        return sum(self._pieces[number].metres for number in numbers)


def _key(piece: Piece | Straight) -> tuple[str, str]:
    return (piece.segment, piece.direction) if isinstance(piece, Piece) else ("", "")


def _runs(numbers: Sequence[int]) -> Iterable[list[int]]:
    """Yield numbers that follow one another as one list each."""
    for _, run in groupby(enumerate(numbers), key=lambda found: found[1] - found[0]):
        yield [number for _, number in run]
