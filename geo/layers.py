"""What the matching search reads and notes: tuples of sequences, for two interpreters.

The sequences are lists for Python and arrays for numba (`geo.fast`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    # Lists or arrays: no type of mypy's fits both.
    Numbers = Any
    Reals = Any

NEVER = 1e300
OFF = -2
DIRECT, VIA_START, VIA_END, STRAIGHT = 0, 1, 2, 3
FROM_START, FROM_END = -1, -2


class Streets(NamedTuple):
    """The network: moves that leave each point, and what a metre of each segment costs."""

    move_first: Numbers
    move_to: Numbers
    move_ride: Numbers
    """Twice the number of the segment, and one more if it is ridden backward."""
    move_cost: Reals
    start: Numbers
    end: Numbers
    length_m: Reals
    ahead: Reals
    """Cost of a metre ridden forward."""
    back: Reals
    x: Reals
    """Where the points are, in metres."""
    y: Reals


class Line(NamedTuple):
    """A drawn line: its vertices, those of them that have candidates, and these."""

    x: Reals
    y: Reals
    drawn_m: Reals
    """Length of the line up to each vertex."""
    vertex: Numbers
    """The vertex of each layer."""
    first: Numbers
    """The first candidate of each layer, and one number more."""
    segment: Numbers
    offset_m: Reals
    cost: Reals
    candidate_x: Reals
    candidate_y: Reals


class Prices(NamedTuple):
    """What the search weighs against each other: all in one unit, that of a candidate's cost."""

    metre: float
    passing: float
    """Going on from one segment to the next."""
    leaving: float
    """Leaving the network."""
    off_metre: float
    off_vertex: float
    missing: float
    """A vertex that a ride on the network does without."""
    beam: float
    """States that cost so much more than the best of their layer are given up."""
    farthest: float
    """The longest ride between two layers costs so much plus `detour` times the straight one."""
    detour: float


class Scratch(NamedTuple):
    """What a search notes at the points of the network: one per thread, made once.

    A mark counts if it is the tag of the search: nothing has to be wiped between two of them.
    """

    seen: Numbers
    settled: Numbers
    wanted: Numbers
    parent: Numbers
    ride: Numbers
    least: Reals


class Goal(NamedTuple):
    """Where one search goes: from candidates `low` on to those from `middle` to `high`."""

    tag: int
    low: int
    middle: int
    high: int
    vertex: int
    x: float
    y: float
    around: float
    """Distance of the farthest candidate from the vertex, in metres."""
    least: float
    """What a ride to the vertex costs at least more than one straight to it would."""
    ends: int


class Trail(NamedTuple):
    """What a search remembers to find its way back."""

    score: list[float]
    before: list[int]
    kind: list[int]
    slot: list[int]
    around: list[float]
    off_score: list[float]
    off_before: list[int]
    slot_parent: list[int]
    slot_ride: list[int]


class Lines(NamedTuple):
    """Many lines one after the other: `one_of` cuts a line out of them."""

    vertices: Numbers
    """The first vertex of each line, and one number more; likewise the next two."""
    layers: Numbers
    candidates: Numbers
    spur_m: Reals
    """For each line, up to which depth a spur is noise."""
    every: Line
    """Vertices and candidates are counted from the beginning of their own line."""


def one_of(lines: Lines, number: int) -> Line:
    """Return one of the lines."""
    v, w = lines.vertices[number], lines.vertices[number + 1]
    k, m = lines.layers[number], lines.layers[number + 1]
    i, j = lines.candidates[number], lines.candidates[number + 1]
    every = lines.every
    return Line(
        every.x[v:w], every.y[v:w], every.drawn_m[v:w], every.vertex[k:m],
        every.first[k + number : m + number + 1], every.segment[i:j], every.offset_m[i:j],
        every.cost[i:j], every.candidate_x[i:j], every.candidate_y[i:j],
    )  # fmt: skip
