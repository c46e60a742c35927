"""Straight ways off the network, weighed beside the rides of the matching search.

Written for two interpreters, like `geo.viterbi`.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from .layers import OFF, STRAIGHT

if TYPE_CHECKING:
    from .layers import Line, Prices, Trail


def leave_network(
    line: Line, prices: Prices, trail: Trail, layer: int, best: float, least: float
) -> None:
    """Weigh the straight ways: between candidates, and through the state off the network."""
    here, there = line.vertex[layer], line.vertex[layer + 1]
    skipped = (there - here - 1) * prices.off_vertex
    x, y, to_x, to_y = line.x[here], line.y[here], line.x[there], line.y[there]
    straight = through(line, here, there, x, y, to_x, to_y)
    worst = least + prices.beam
    away, away_from = trail.off_score[layer], OFF
    off = away + prices.off_metre * straight
    if away <= worst:
        for j in range(line.first[layer + 1], line.first[layer + 2]):
            qx, qy = line.candidate_x[j], line.candidate_y[j]
            cost = away + skipped + prices.off_metre * through(line, here, there, x, y, qx, qy)
            if cost + line.cost[j] < trail.score[j]:
                reach(line, trail, j, cost, OFF, STRAIGHT, -1)
    shortest = max(0.0, straight - trail.around[layer])
    if best + prices.leaving + prices.off_metre * shortest <= worst:
        for i in range(line.first[layer], line.first[layer + 1]):
            if trail.score[i] <= best + prices.beam:
                px, py = line.candidate_x[i], line.candidate_y[i]
                out = trail.score[i] + prices.leaving
                cost = out + prices.off_metre * through(line, here, there, px, py, to_x, to_y)
                if cost < off:
                    off, away_from = cost, i
    # Straight from street to street only where no ride is about as short as that.
    if best + prices.leaving + prices.metre * straight < least:
        jump(line, prices, trail, layer, best)
    trail.off_score[layer + 1] = off + prices.off_vertex + skipped
    trail.off_before[layer + 1] = away_from


def jump(line: Line, prices: Prices, trail: Trail, layer: int, best: float) -> None:
    """Weigh the straight ways from candidate to candidate."""
    here, there = line.vertex[layer], line.vertex[layer + 1]
    skipped = (there - here - 1) * prices.off_vertex
    for i in range(line.first[layer], line.first[layer + 1]):
        if trail.score[i] <= best + prices.beam:
            px, py = line.candidate_x[i], line.candidate_y[i]
            out = trail.score[i] + prices.leaving + skipped
            for j in range(line.first[layer + 1], line.first[layer + 2]):
                qx, qy = line.candidate_x[j], line.candidate_y[j]
                cost = out + prices.off_metre * through(line, here, there, px, py, qx, qy)
                if cost + line.cost[j] < trail.score[j]:
                    reach(line, trail, j, cost, i, STRAIGHT, -1)


def through(
    line: Line, here: int, there: int, x: float, y: float, to_x: float, to_y: float
) -> float:
    """Return the length from one point to another by way of the vertices between two layers."""
    if there == here + 1:
        return distance(x, y, to_x, to_y)
    between: float = line.drawn_m[there - 1] - line.drawn_m[here + 1]
    out = distance(x, y, line.x[here + 1], line.y[here + 1])
    return out + between + distance(line.x[there - 1], line.y[there - 1], to_x, to_y)


def distance(x: float, y: float, to_x: float, to_y: float) -> float:
    """Return the distance of two points."""
    return sqrt((to_x - x) * (to_x - x) + (to_y - y) * (to_y - y))


def reach(
    line: Line, trail: Trail, candidate: int, spent: float, before: int, kind: int, slot: int
) -> None:
    """Note how a candidate is reached, and what that costs with the candidate itself."""
    trail.score[candidate] = spent + line.cost[candidate]
    trail.before[candidate] = before
    trail.kind[candidate] = kind
    trail.slot[candidate] = slot
