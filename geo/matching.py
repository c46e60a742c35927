"""Drawn lines matched to the network: what was ridden, in order, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from threading import local
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .candidates import CandidateIndex
from .confidence import confidence
from .crs import BBox
from .drawn import chain, check_line, thinned
from .errors import InvalidLineError
from .fast import compiled_ride_every, is_installed
from .graph import flat_graph
from .layers import Line, Lines, Prices, Scratch, Streets
from .matched import (
    COLUMNS,
    Answers,
    Crossing,
    FreeLeg,
    MatchedRoute,
    Ride,
    with_problems,
)
from .ridden import Rides
from .viterbi import ride_every

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pyarrow as pa
    from numpy.typing import ArrayLike, NDArray

    from .candidates import Candidates
    from .drawn import Drawn
    from .graph import Graph
    from .network import Network

__all__ = ["Crossing", "FreeLeg", "MatchedRoute", "Matcher", "Ride", "Weights"]

# Below, compiling takes longer than it saves.
FAST_FROM = 3000
SAMPLES = 12


class Weights(NamedTuple):
    """What matching weighs; chosen on simulated routes in Neubrandenburg, see RESULTS.md.

    Costs are in units of a candidate's: half its squared distance in standard deviations.
    """

    radius_m: float = 40.0
    most: int = 8
    noise_m: float = 6.0
    """Standard deviation of a vertex from where it was ridden."""
    worst: float = 16.0
    """No vertex costs more than this, however far away it is."""
    metre: float = 0.045
    passing: float = 0.2
    against: float = 2.2
    """How many times the length counts against a one-way direction."""
    pushed: float = 2.0
    leaving: float = 4.0
    off_factor: float = 2.0
    off_vertex: float = 1.5
    beam: float = 4.0
    farthest_m: float = 1500.0
    detour: float = 8.0
    spur_m: float = 30.0
    traced_noise_m: float = 2.0
    traced_m: float = 1.5
    """A line all of whose points are this close to a street was drawn along the network."""
    traced_spur_m: float = 2.0


class Matcher:
    """The network made ready for matching; safe to use from many threads.

    The ride is found that costs least: distances of the vertices from it, squared and capped,
    and its length. Riding against a one-way direction and pushing count more than their length,
    a straight way off the network most.
    """

    def __init__(
        self, network: Network, weights: Weights | None = None, graph: Graph | None = None
    ) -> None:
        self.weights = weights or Weights()
        self._graph = graph or flat_graph(network)
        self._index = CandidateIndex(self._graph)
        self._answers = Answers(network, self._graph)
        west, south, east, north = network.segments.total_bounds
        self._area = BBox(west=west, south=south, east=east, north=north)
        self._streets = _streets(self._graph, self.weights)
        self._listed = Streets(*_lists(self._streets))
        self._threads = local()

    def match(self, line: ArrayLike) -> MatchedRoute:
        """Return what was ridden along one line of (n, 2) longitudes and latitudes.

        Raises
        ------
        InvalidLineError
            If it is no line, has fewer than two different points, or lies elsewhere.
        """
        return self._answers.route(*self._ridden([check_line(line, self._area)], fast=False))

    def match_all(self, lines: Sequence[ArrayLike], *, fast: bool | None = None) -> pa.Table:
        """Return one row for each line, in their order; a line's own fault is its `problem`.

        Columns: geometry (WKB of a line string, null with a problem), length_m, segments (id,
        direction, share, against; a piece off the network has null for all), intersections (id,
        turn), confidence, problem. The answers are those of `match`. They come from compiled code
        if the extra `fast` is installed and `fast` asks for it: by default from 3,000 lines on,
        since compiling takes some seconds once in a process.
        """
        good: list[NDArray[np.float64]] = []
        problems: dict[int, str] = {}
        for number, line in enumerate(lines):
            try:
                good.append(check_line(line, self._area))
            except InvalidLineError as error:
                problems[number] = str(error)
        table = COLUMNS.empty_table()
        if good:
            wanted = len(good) >= FAST_FROM if fast is None else fast
            rides = self._ridden(good, fast=wanted and is_installed())
            table = self._answers.table(*rides)
        return with_problems(table, problems, len(lines))

    def _ridden(
        self, lines: Sequence[NDArray[np.float64]], *, fast: bool
    ) -> tuple[Rides, NDArray[np.float64]]:
        drawn, traced = self._prepare(lines, fast=fast)
        found = self._index.find(
            drawn.xy, radius_m=self.weights.radius_m, most=self.weights.most, fast=fast
        )
        every = _lines(drawn, found, traced, self.weights)
        rides = self._search(every, drawn, fast=fast)
        return rides, confidence(drawn, found, rides)

    def _prepare(
        self, lines: Sequence[NDArray[np.float64]], *, fast: bool
    ) -> tuple[Drawn, NDArray[np.bool_]]:
        """Return the lines in metres and thinned, and which were drawn along the network."""
        lonlat = np.concatenate(lines)
        x, y = self._graph.to_metres.transform(lonlat[:, 0], lonlat[:, 1])
        drawn = chain(np.stack([x, y], axis=1), [len(line) for line in lines])
        traced = self._traced(drawn, fast=fast)
        return thinned(drawn, traced), traced

    def _traced(self, drawn: Drawn, *, fast: bool) -> NDArray[np.bool_]:
        shares = np.linspace(0.0, 1.0, SAMPLES)
        span = np.diff(drawn.first) - 1
        sample = np.rint(drawn.first[:-1, None] + span[:, None] * shares).astype(np.int64)
        found = self._index.find(
            drawn.xy[sample.ravel()], radius_m=self.weights.traced_m, most=1, fast=fast
        )
        return np.asarray((np.diff(found.first) > 0).reshape(sample.shape).all(axis=1))

    def _search(self, lines: Lines, drawn: Drawn, *, fast: bool) -> Rides:
        prices, desk = _prices(self.weights), self._desk(fast=fast)
        tag = desk.reserve(len(lines.every.vertex))
        found: tuple[Any, ...]
        if fast:
            found = compiled_ride_every()(self._streets, lines, prices, desk.scratch, tag)
        else:
            listed = Lines._make([*_lists(lines[:-1]), Line(*_lists(lines.every))])
            found = ride_every(self._listed, listed, prices, desk.scratch, tag)
        counts, segments, begins, stops = (np.asarray(column) for column in found)
        route = np.repeat(np.arange(len(counts)), counts)
        segment = segments.astype(np.int64)
        shift = np.where(segment < 0, drawn.first[route], 0)
        return Rides(route, segment, begins + shift, stops + shift, drawn.xy)

    def _desk(self, *, fast: bool) -> _Desk:
        """Return where this thread searches: made once, since a city has many points."""
        name = "arrays" if fast else "lists"
        desk: _Desk | None = getattr(self._threads, name, None)
        if desk is None:
            desk = _Desk(_scratch(self._graph.points, fast=fast))
            setattr(self._threads, name, desk)
        return desk


@dataclass
class _Desk:
    """The scratch of one thread, and the last tag that any search in it was given."""

    scratch: Scratch
    last: int = 0

    def reserve(self, searches: int) -> int:
        """Return the tag before the first of so many searches; broken off, they are used up."""
        before, self.last = self.last, self.last + searches
        return before


def _scratch(points: int, *, fast: bool) -> Scratch:
    if fast:
        marks = [np.zeros(points, dtype=np.int64) for _ in range(5)]
        return Scratch._make([*marks, np.zeros(points)])
    return Scratch._make([*([0] * points for _ in range(5)), [0.0] * points])


def _lists(arrays: Iterable[Any]) -> Iterator[Any]:
    """Yield the arrays as lists, which Python reads quicker."""
    return (array.tolist() for array in arrays)


def _streets(graph: Graph, weights: Weights) -> Streets:
    """Return the network with what matching counts for it."""
    ahead, back = (
        weights.metre * np.where(graph.push, weights.pushed, np.where(may, 1.0, weights.against))
        for may in (graph.forward, graph.backward)
    )
    count = len(graph.ids)
    begin = np.concatenate([graph.start, graph.end])
    order = np.argsort(begin, kind="stable")
    cost = np.concatenate([ahead, back]) * np.tile(graph.length_m, 2) + weights.passing
    return Streets(
        move_first=np.searchsorted(begin[order], np.arange(graph.points + 1)),
        move_to=np.concatenate([graph.end, graph.start])[order],
        move_ride=np.concatenate([2 * np.arange(count), 2 * np.arange(count) + 1])[order],
        move_cost=cost[order],
        start=graph.start,
        end=graph.end,
        length_m=graph.length_m,
        ahead=ahead,
        back=back,
        x=graph.point_xy[:, 0].copy(),
        y=graph.point_xy[:, 1].copy(),
    )


def _prices(weights: Weights) -> Prices:
    return Prices(
        metre=weights.metre,
        passing=weights.passing,
        leaving=weights.leaving,
        off_metre=weights.metre * weights.off_factor,
        off_vertex=weights.off_vertex,
        missing=weights.worst,
        beam=weights.beam,
        farthest=weights.metre * weights.farthest_m,
        detour=weights.detour,
    )


def _lines(drawn: Drawn, found: Candidates, traced: NDArray[np.bool_], weights: Weights) -> Lines:
    """Return what the search reads: layers are the vertices that have candidates."""
    line = drawn.line
    vertex = np.flatnonzero(np.diff(found.first) > 0)
    layers = np.searchsorted(line[vertex], np.arange(len(drawn.first)))
    owner = np.repeat(line, np.diff(found.first))
    candidates = np.searchsorted(owner, np.arange(len(drawn.first)))
    noise = np.where(traced, weights.traced_noise_m, weights.noise_m)[owner]
    walked = np.cumsum(drawn.steps_m)
    begin = found.first[vertex] - candidates[line[vertex]]
    # Behind the layers of each line comes one number more: how many candidates it has.
    first = np.insert(begin, layers[1:], np.diff(candidates))
    every = Line(
        x=drawn.xy[:, 0].copy(),
        y=drawn.xy[:, 1].copy(),
        drawn_m=walked - walked[drawn.first[:-1]][line],
        vertex=vertex - drawn.first[line[vertex]],
        first=first,
        segment=found.segment,
        offset_m=found.offset_m,
        cost=np.minimum(found.distance_m**2 / (2 * noise**2), weights.worst),
        candidate_x=found.x,
        candidate_y=found.y,
    )
    spur_m = np.where(traced, weights.traced_spur_m, weights.spur_m)
    return Lines(drawn.first, layers, candidates, spur_m, every)
