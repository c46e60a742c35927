"""Rides joined where they go on, without the short there-and-back that only noise put in.

Written for two interpreters, like `geo.viterbi`.
"""

from __future__ import annotations

SAME_M = 1e-6


def tidy(rides: list[tuple[int, float, float]], spur_m: float) -> list[tuple[int, float, float]]:
    """Return the rides joined, without turning back on spurs up to `spur_m` deep.

    Rides as in `geo.viterbi.ride_along`. A ride into a street and back out of it that is deeper
    than that stays: somebody turned round there.
    """
    kept = joined(rides)
    tip = next_spur(kept, 0, spur_m)
    while tip >= 0:
        low, high, cut = mirrored(kept, tip)
        kept = joined(without(kept, low, high, cut))
        tip = next_spur(kept, max(0, low - 1), spur_m)
    return kept


def joined(rides: list[tuple[int, float, float]]) -> list[tuple[int, float, float]]:
    """Return the rides with those that go on along the same segment as one."""
    kept = [rides[0]]
    for ride in rides[1:]:
        segment, start, end = ride
        before, begun, ended = kept[-1]
        if segment == before and segment == -1:
            kept[-1] = (-1, begun, end)
        elif segment >= 0 and abs(end - start) <= SAME_M:
            continue
        elif segment == before and (end > start) == (ended > begun) and start == ended:
            kept[-1] = (segment, begun, end)
        elif before >= 0 and abs(ended - begun) <= SAME_M:
            kept[-1] = ride
        else:
            kept.append(ride)
    return kept


def next_spur(rides: list[tuple[int, float, float]], start: int, spur_m: float) -> int:
    """Return the ride at whose end the next short spur turns back, or -1."""
    for tip in range(start, len(rides) - 1):
        if turns_back(rides, tip, tip + 1) and spur_depth(rides, tip) <= spur_m:
            return tip
    return -1


def turns_back(rides: list[tuple[int, float, float]], there: int, back: int) -> bool:
    """Say whether one ride begins where the other ended, on the same segment, the other way."""
    segment, start, end = rides[there]
    other, begun, ended = rides[back]
    return (
        segment >= 0
        and segment == other
        and (end > start) != (ended > begun)
        and abs(end - begun) <= SAME_M
    )


def spur_depth(rides: list[tuple[int, float, float]], tip: int) -> float:
    """Return how long the way is that is ridden there and back."""
    low, _, cut = mirrored(rides, tip)
    depth = cut
    for i in range(low + 1, tip + 1):
        depth += abs(rides[i][2] - rides[i][1])
    return depth


def mirrored(rides: list[tuple[int, float, float]], tip: int) -> tuple[int, int, float]:
    """Return the outermost rides of a spur and how much of both belongs to it."""
    low, high = tip, tip + 1
    while True:
        there, back = abs(rides[low][2] - rides[low][1]), abs(rides[high][2] - rides[high][1])
        equal = abs(there - back) <= SAME_M
        if not (equal and low > 0 and high < len(rides) - 1):
            return low, high, min(there, back)
        if rides[low - 1][0] != rides[high + 1][0] or rides[low - 1][0] < 0:
            return low, high, there
        if not turns_back_across(rides[low - 1], rides[high + 1]):
            return low, high, there
        low, high = low - 1, high + 1


def turns_back_across(there: tuple[int, float, float], back: tuple[int, float, float]) -> bool:
    """Say whether a ride begins where the other ended, with only a spur between them."""
    return (there[2] > there[1]) != (back[2] > back[1]) and abs(there[2] - back[1]) <= SAME_M


def without(
    rides: list[tuple[int, float, float]], low: int, high: int, cut: float
) -> list[tuple[int, float, float]]:
    """Return the rides with `cut` metres taken from both outermost rides and all between gone."""
    kept = rides[:low]
    segment, start, end = rides[low]
    kept.append((segment, start, end - cut if end > start else end + cut))
    segment, start, end = rides[high]
    kept.append((segment, start + cut if end > start else start - cut, end))
    kept.extend(rides[high + 1 :])
    return kept
