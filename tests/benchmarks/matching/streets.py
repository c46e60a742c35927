"""The rideable streets of a network as flat arrays, with every route to one goal at once."""

from dataclasses import dataclass, field
from functools import cached_property
from math import ceil
from typing import Self

import networkx as nx
import numpy as np
import shapely
from pyproj import Transformer
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo.crs import WGS84, to_metres
from geo.network import Network

PUSH_FACTOR = 3.0
NEVER = np.inf


@dataclass(frozen=True)
class Spot:
    """A position on a street, as a share of its length."""

    street: int
    share: float


@dataclass(frozen=True)
class Streets:
    """Streets by number between nodes by number; `lines` are in degrees, `metric` in metres."""

    start: np.ndarray
    end: np.ndarray
    forward: np.ndarray
    backward: np.ndarray
    factor: np.ndarray
    lines: list[np.ndarray]
    metric: np.ndarray
    transformer: Transformer
    length_m: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "length_m", shapely.length(self.metric))

    @classmethod
    def of_network(cls, network: Network) -> Self:
        """Take our own network."""
        segments = network.segments
        metric = to_metres(segments)
        ends = np.concatenate([segments["start"].to_numpy(), segments["end"].to_numpy()])
        _, numbers = np.unique(ends, return_inverse=True)
        return cls(
            start=numbers[: len(segments)],
            end=numbers[len(segments) :],
            forward=segments["forward"].to_numpy(dtype=bool),
            backward=segments["backward"].to_numpy(dtype=bool),
            factor=np.where(segments["push"].to_numpy(dtype=bool), PUSH_FACTOR, 1.0),
            lines=[shapely.get_coordinates(line) for line in segments.geometry],
            metric=metric.geometry.to_numpy(),
            transformer=Transformer.from_crs(WGS84, metric.crs, always_xy=True),
        )

    @classmethod
    def of_osmnx(cls, graph: nx.MultiDiGraph, transformer: Transformer) -> Self:
        """Take an unprojected graph of osmnx, one street per directed edge."""
        numbers = {node: number for number, node in enumerate(graph)}
        edges = list(graph.edges(data=True))
        place = {node: (data["x"], data["y"]) for node, data in graph.nodes(data=True)}
        lines = [
            shapely.get_coordinates(data["geometry"])
            if "geometry" in data
            else np.array([place[u], place[v]])
            for u, v, data in edges
        ]
        metric = [np.column_stack(transformer.transform(*line.T)) for line in lines]
        return cls(
            start=np.array([numbers[u] for u, _, _ in edges]),
            end=np.array([numbers[v] for _, v, _ in edges]),
            forward=np.ones(len(edges), dtype=bool),
            backward=np.zeros(len(edges), dtype=bool),
            factor=np.ones(len(edges)),
            lines=lines,
            metric=np.array([shapely.LineString(line) for line in metric], dtype=object),
            transformer=transformer,
        )

    @cached_property
    def nodes(self) -> int:
        """How many nodes there are."""
        return int(max(self.start.max(), self.end.max())) + 1

    @cached_property
    def node_xy(self) -> np.ndarray:
        """Where the nodes are, in metres."""
        xy = np.empty((self.nodes, 2))
        xy[self.start] = shapely.get_coordinates(shapely.get_point(self.metric, 0))
        xy[self.end] = shapely.get_coordinates(shapely.get_point(self.metric, -1))
        return xy

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The streets in metres, to find what is near."""
        return shapely.STRtree(self.metric)

    def random_spots(self, count: int, rng: np.random.Generator) -> list[Spot]:
        """Return positions away from the ends of streets that are ridden, by length."""
        weight = np.where(self.factor == 1.0, self.length_m, 0.0)
        chosen = rng.choice(len(weight), size=count, p=weight / weight.sum())
        return [
            Spot(int(street), float(share))
            for street, share in zip(chosen, rng.uniform(0.1, 0.9, count), strict=True)
        ]

    def noisy(
        self, rng: np.random.Generator, spread: float, against: float = NEVER
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return what riding each street costs, forward and backward, seen with random eyes.

        `against` is the factor for riding against a one-way direction.
        """
        cost = self.length_m * self.factor * rng.lognormal(0.0, spread, len(self.length_m))
        return (
            cost * np.where(self.forward, 1.0, against),
            cost * np.where(self.backward, 1.0, against),
        )

    def part(self, street: int, begin: float, finish: float) -> np.ndarray:
        """Return the (n, 2) degrees from one share of a street to another, either way."""
        line = self.lines[street]
        if {begin, finish} == {0.0, 1.0}:
            return line if begin == 0 else line[::-1]
        steps = np.hypot(*np.diff(shapely.get_coordinates(self.metric[street]), axis=0).T)
        reached = np.concatenate([[0.0], np.cumsum(steps)]) / max(steps.sum(), 1e-9)
        low, high = sorted((begin, finish))
        inner = line[(reached > low) & (reached < high)]
        ends = np.column_stack([np.interp([low, high], reached, line[:, i]) for i in (0, 1)])
        points = np.vstack([ends[:1], inner, ends[1:]])
        return points if begin <= finish else points[::-1]


@dataclass(frozen=True)
class Ride:
    """A street, or a part of it, ridden from one share of its length to another."""

    street: int
    begin: float
    finish: float


class WaysTo:
    """The cheapest way to a goal from everywhere, for given costs."""

    def __init__(self, streets: Streets, costs: tuple[np.ndarray, np.ndarray], goal: Spot) -> None:
        self._streets, self._costs, self._goal = streets, costs, goal
        ahead, back = costs
        count = len(ahead)
        here, there = streets.start, streets.end
        goal_node = streets.nodes
        # Searched from the goal outwards: every street the other way round.
        tail = np.concatenate([there, here, [goal_node, goal_node]])
        head = np.concatenate([here, there, [here[goal.street], there[goal.street]]])
        cost = np.concatenate([
            ahead, back, [ahead[goal.street] * goal.share, back[goal.street] * (1 - goal.share)],
        ])  # fmt: skip
        label = np.concatenate([
            np.arange(count), np.arange(count) + count, [goal.street, goal.street + count],
        ])  # fmt: skip
        order = np.lexsort((label, cost, head, tail))
        order = order[np.isfinite(cost[order]) & (tail[order] != head[order])]
        first = np.ones(len(order), dtype=bool)
        first[1:] = (np.diff(tail[order]) != 0) | (np.diff(head[order]) != 0)
        order = order[first]
        size = goal_node + 1
        graph = csr_array((np.maximum(cost[order], 1e-6), (tail[order], head[order])), (size, size))
        self.cost, following = dijkstra(graph, indices=goal_node, return_predecessors=True)
        keys = tail[order].astype(np.int64) * size + head[order]
        wanted = following.astype(np.int64) * size + np.arange(size)
        taken = label[order][np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)]
        self._next: list[int] = following.tolist()
        self._taken: list[int] = taken.tolist()

    def from_node(self, node: int) -> list[Ride] | None:
        """Return the rides from a node to the goal, or None."""
        rides, count = [], len(self._streets.lines)
        if not np.isfinite(self.cost[node]):
            return None
        goal_node = self._streets.nodes
        while node != goal_node:
            following = self._next[node]
            backward, street = divmod(self._taken[node], count)
            last = following == goal_node
            finish = self._goal.share if last else float(not backward)
            rides.append(Ride(street, float(backward), finish))
            node = following
        return rides

    def from_spot(self, home: Spot) -> list[Ride] | None:
        """Return the rides from a position to the goal; None if there is no way or no need."""
        if home.street == self._goal.street:
            return None
        ahead, back = (float(cost[home.street]) for cost in self._costs)
        start, end = int(self._streets.start[home.street]), int(self._streets.end[home.street])
        ways = [
            (ahead * (1 - home.share) + float(self.cost[end]), end, 1.0),
            (back * home.share + float(self.cost[start]), start, 0.0),
        ]
        total, node, finish = min(ways)
        rest = self.from_node(node) if np.isfinite(total) else None
        return None if rest is None else [Ride(home.street, home.share, finish), *rest]


def polyline(streets: Streets, rides: list[Ride]) -> np.ndarray:
    """Return the (n, 2) degrees of rides one after another, without repeated points."""
    return joined([streets.part(ride.street, ride.begin, ride.finish) for ride in rides])


def joined(parts: list[np.ndarray]) -> np.ndarray:
    """Return lines as one, without repeated points."""
    points = np.vstack(parts)
    keep = np.ones(len(points), dtype=bool)
    keep[1:] = (np.abs(np.diff(points, axis=0)) > 1e-9).any(axis=1)
    return points[keep]


def stepped(xy: np.ndarray, step_m: float) -> np.ndarray:
    """Return points along a line in metres at most `step_m` apart, its ends included."""
    reached = along(xy)
    count = max(1, ceil(reached[-1] / step_m))
    return at(xy, np.linspace(0.0, reached[-1], count + 1))


def along(xy: np.ndarray) -> np.ndarray:
    """Return how far along its line each vertex lies."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])


def at(xy: np.ndarray, distances: np.ndarray) -> np.ndarray:
    """Return the positions at distances along a line."""
    reached = along(xy)
    return np.column_stack([np.interp(distances, reached, xy[:, i]) for i in (0, 1)])
