"""The most plausible ride along a drawn line: one search through the network, layer by layer.

A layer is a vertex of the line with the positions on the network where it may lie. What a
position costs grows with the square of its distance from the vertex; what a ride between two
layers costs grows with its length. So all rides to the next layer come from one Dijkstra search
that starts from every position of this one with what it cost to be there. Beside the positions
each layer has one state off the network, reached and left in a straight line.

Every function here is written for two interpreters: Python with lists, and numba with arrays
(`geo.fast`). Both give the same answer to the last bit, since both run these lines.
"""

from __future__ import annotations

from heapq import heappop, heappush
from math import sqrt

from .layers import (
    DIRECT,
    FROM_END,
    FROM_START,
    NEVER,
    OFF,
    STRAIGHT,
    VIA_END,
    VIA_START,
    Goal,
    Line,
    Lines,
    Prices,
    Scratch,
    Streets,
    Trail,
    one_of,
)
from .spurs import tidy
from .straight import distance, leave_network, reach


def ride_along(
    streets: Streets, line: Line, prices: Prices, scratch: Scratch, tag: int
) -> tuple[list[tuple[int, float, float]], int]:
    """Return the rides in order, and the last tag used in `scratch`.

    A ride is (segment, from metre, to metre); off the network it is (-1, first vertex, last
    vertex + 1).
    """
    layers = len(line.vertex)
    count = line.first[layers]
    trail = Trail(
        [NEVER] * count, [-1] * count, [DIRECT] * count, [-1] * count,
        [0.0] * layers, [NEVER] * layers, [-1] * layers, [0], [0],
    )  # fmt: skip
    here_x, here_y = line.x[line.vertex[0]], line.y[line.vertex[0]]
    for i in range(line.first[1]):
        trail.score[i] = line.cost[i]
        # Not `distance`: numba, which inlines it, gave wrong numbers for it here.
        dx, dy = line.candidate_x[i] - here_x, line.candidate_y[i] - here_y
        trail.around[0] = max(trail.around[0], sqrt(dx * dx + dy * dy))
    trail.off_score[0] = prices.leaving + prices.off_vertex
    for layer in range(layers - 1):
        tag += 1
        best = trail.off_score[layer]
        for i in range(line.first[layer], line.first[layer + 1]):
            best = min(best, trail.score[i])
        least = search(streets, line, prices, scratch, trail, layer, tag, best)
        leave_network(line, prices, trail, layer, best, least)
    last = OFF
    final = trail.off_score[layers - 1]
    for i in range(line.first[layers - 1], count):
        if trail.score[i] < final:
            last, final = i, trail.score[i]
    return rides_back(streets, line, trail, last), tag


def search(
    streets: Streets, line: Line, prices: Prices, scratch: Scratch, trail: Trail,
    layer: int, tag: int, best: float,
) -> float:  # fmt: skip
    """Find the cheapest ride to every candidate of the next layer; return the least of them.

    A* towards the next vertex: what is still to come is at least the straight way to it and
    `Goal.least`. It ends where nothing better than the beam allows can follow.
    """
    # Names of its own for what the inner loop reads: quicker for both interpreters.
    seen, settled, wanted = scratch.seen, scratch.settled, scratch.wanted
    parent, ride, least_cost = scratch.parent, scratch.ride, scratch.least
    move_first, move_to = streets.move_first, streets.move_to
    move_cost, move_ride = streets.move_cost, streets.move_ride
    x, y, metre, beam = streets.x, streets.y, prices.metre, prices.beam
    goal = goal_of(streets, line, scratch, metre, layer, tag)
    goal_x, goal_y, goal_least = goal.x, goal.y, goal.least
    missed = (goal.vertex - line.vertex[layer] - 1) * prices.missing
    heap = [(0.0, 0)]
    heappop(heap)
    least = set_out(streets, line, prices, scratch, trail, heap, goal, best, missed)
    straight = line.drawn_m[goal.vertex] - line.drawn_m[line.vertex[layer]]
    farthest = best + missed + prices.farthest + prices.detour * metre * straight
    waiting = goal.ends
    trail.around[layer + 1] = goal.around
    while len(heap) > 0:
        bound, point = heappop(heap)
        if bound > farthest or bound + goal_least > least + beam:
            break
        if settled[point] == tag:
            continue
        settled[point] = tag
        cost, slot = least_cost[point], len(trail.slot_parent)
        trail.slot_parent.append(parent[point])
        trail.slot_ride.append(ride[point])
        if wanted[point] == tag:
            least = min(least, arrive(streets, line, prices, trail, goal, point, cost, slot))
            waiting -= 1
            if waiting == 0:
                break
        for move in range(move_first[point], move_first[point + 1]):
            to = move_to[move]
            further = cost + move_cost[move]
            if seen[to] != tag or further < least_cost[to]:
                dx, dy = x[to] - goal_x, y[to] - goal_y
                bound = further + metre * sqrt(dx * dx + dy * dy)
                if bound + goal_least <= least + beam:
                    seen[to] = tag
                    least_cost[to] = further
                    parent[to] = slot
                    ride[to] = move_ride[move]
                    heappush(heap, (bound, to))
    return least


def goal_of(
    streets: Streets, line: Line, scratch: Scratch, metre: float, layer: int, tag: int
) -> Goal:
    """Return where a search goes, and mark the points from which its candidates are reached."""
    low, middle, high = line.first[layer], line.first[layer + 1], line.first[layer + 2]
    vertex = line.vertex[layer + 1]
    x, y = line.x[vertex], line.y[vertex]
    around, least, ends = 0.0, NEVER, 0
    for j in range(middle, high):
        away = distance(line.candidate_x[j], line.candidate_y[j], x, y)
        around = max(around, away)
        least = min(least, line.cost[j] - metre * away)
        for point in (streets.start[line.segment[j]], streets.end[line.segment[j]]):
            if scratch.wanted[point] != tag:
                scratch.wanted[point] = tag
                ends += 1
    return Goal(tag, low, middle, high, vertex, x, y, around, least, ends)


def set_out(
    streets: Streets, line: Line, prices: Prices, scratch: Scratch, trail: Trail,
    heap: list[tuple[float, int]], goal: Goal, best: float, missed: float,
) -> float:  # fmt: skip
    """Leave every candidate of a layer by both ends of its segment, or ride on along it."""
    least = NEVER
    for i in range(goal.low, goal.middle):
        if trail.score[i] <= best + prices.beam:
            here, offset = line.segment[i], line.offset_m[i]
            spent = trail.score[i] + missed
            ahead, back = streets.ahead[here], streets.back[here]
            for end in (FROM_START, FROM_END):
                if end == FROM_START:
                    point, cost = streets.start[here], spent + offset * back
                else:
                    rest = streets.length_m[here] - offset
                    point, cost = streets.end[here], spent + rest * ahead
                if scratch.seen[point] != goal.tag or cost < scratch.least[point]:
                    scratch.seen[point] = goal.tag
                    scratch.least[point] = cost
                    scratch.parent[point] = -1 - i
                    scratch.ride[point] = end
                    away = distance(streets.x[point], streets.y[point], goal.x, goal.y)
                    heappush(heap, (cost + prices.metre * away, point))
            for j in range(goal.middle, goal.high):
                if line.segment[j] == here:
                    along = line.offset_m[j] - offset
                    cost = spent + (along * ahead if along >= 0 else -along * back)
                    if cost + line.cost[j] < trail.score[j]:
                        reach(line, trail, j, cost, i, DIRECT, -1)
                        least = min(least, trail.score[j])
    return least


def arrive(
    streets: Streets, line: Line, prices: Prices, trail: Trail,
    goal: Goal, point: int, cost: float, slot: int,
) -> float:  # fmt: skip
    """Ride from a point to the candidates on its segments; return the least score given."""
    least = NEVER
    for j in range(goal.middle, goal.high):
        here = line.segment[j]
        if streets.start[here] == point:
            spent = cost + prices.passing + line.offset_m[j] * streets.ahead[here]
            if spent + line.cost[j] < trail.score[j]:
                reach(line, trail, j, spent, OFF, VIA_START, slot)
                least = min(least, trail.score[j])
        if streets.end[here] == point:
            rest = streets.length_m[here] - line.offset_m[j]
            spent = cost + prices.passing + rest * streets.back[here]
            if spent + line.cost[j] < trail.score[j]:
                reach(line, trail, j, spent, OFF, VIA_END, slot)
                least = min(least, trail.score[j])
    return least


def rides_back(
    streets: Streets, line: Line, trail: Trail, last: int
) -> list[tuple[int, float, float]]:
    """Follow the trail from the last state to the first; return the rides in riding order."""
    rides = [(0, 0.0, 0.0)]
    rides.pop()
    state = last
    for layer in range(len(line.vertex) - 1, 0, -1):
        here, there = line.vertex[layer - 1], line.vertex[layer]
        if state == OFF:
            state = trail.off_before[layer]
            rides.append((-1, float(here + 1), float(there + 1)))
            continue
        kind = trail.kind[state]
        segment, offset = line.segment[state], line.offset_m[state]
        if kind == STRAIGHT:
            state = trail.before[state]
            rides.append((-1, float(here + 1), float(there)))
        elif kind == DIRECT:
            state = trail.before[state]
            rides.append((segment, line.offset_m[state], offset))
        else:
            enter = 0.0 if kind == VIA_START else streets.length_m[segment]
            rides.append((segment, enter, offset))
            slot = trail.slot[state]
            while trail.slot_parent[slot] >= 0:
                ride = trail.slot_ride[slot]
                segment, length = ride // 2, streets.length_m[ride // 2]
                if ride % 2 == 0:
                    rides.append((segment, 0.0, length))
                else:
                    rides.append((segment, length, 0.0))
                slot = trail.slot_parent[slot]
            state = -1 - trail.slot_parent[slot]
            segment = line.segment[state]
            leave = 0.0 if trail.slot_ride[slot] == FROM_START else streets.length_m[segment]
            rides.append((segment, line.offset_m[state], leave))
    if state == OFF:
        rides.append((-1, float(line.vertex[0]), float(line.vertex[0] + 1)))
    rides.reverse()
    return rides


def ride_every(
    streets: Streets, lines: Lines, prices: Prices, scratch: Scratch, tag: int
) -> tuple[list[int], list[int], list[float], list[float]]:
    """Return the rides of all lines: how many each has, then segments, begins and stops.

    A line with fewer than two layers has no rides. Tags from `tag` + 1 on, one a layer, are used
    in `scratch`.
    """
    segments, begins, stops = [0], [0.0], [0.0]
    segments.pop()
    begins.pop()
    stops.pop()
    counts = [0] * (len(lines.vertices) - 1)
    for number in range(len(counts)):
        if lines.layers[number + 1] - lines.layers[number] > 1:
            line = one_of(lines, number)
            rides, tag = ride_along(streets, line, prices, scratch, tag)
            if line.vertex[0] > 0:
                rides.insert(0, (-1, 0.0, float(line.vertex[0])))
            if line.vertex[-1] + 1 < len(line.x):
                rides.append((-1, float(line.vertex[-1] + 1), float(len(line.x))))
            rides = tidy(rides, lines.spur_m[number])
            counts[number] = len(rides)
            for segment, begin, stop in rides:
                segments.append(segment)
                begins.append(begin)
                stops.append(stop)
    return counts, segments, begins, stops
