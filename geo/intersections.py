"""Junctions as people see them: nearby graph nodes joined into one intersection."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from math import atan2, degrees, hypot
from typing import TYPE_CHECKING

from .streets import is_raised
from .stress import crossing_stress, signal_stress
from .traffic import read_traffic

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .chains import Chain, Street, StreetGraph

LONGEST_LINK_M = 35
WIDEST_M = 60
SIGNAL_REACH_M = 25
# Two arms that leave in nearly the same direction are one way out: a street and its cycle path.
SAME_DIRECTION_DEGREES = 30
ARM_LOOK_M = 25
# A way in that ends so soon is a gate or a bicycle stand, not a street that is crossed.
STUB_M = 30
FEWEST_ARMS = 3
CLASS_ORDER = ("trunk", "primary", "secondary", "tertiary", "unclassified", "residential", "road",
               "living_street", "pedestrian", "service")  # fmt: skip
LANE_M = 3.5


@dataclass(frozen=True)
class Arm:
    """A chain that leaves an intersection, seen from there."""

    chain: Chain

    @property
    def street(self) -> Street:
        """The street that begins there."""
        return self.chain.pieces[0].street


@dataclass(frozen=True)
class Cluster:
    """Graph nodes that make one intersection, with what leaves and what lies within."""

    nodes: frozenset[int]
    arms: tuple[Arm, ...]
    within: tuple[Chain, ...]
    graph: StreetGraph

    @cached_property
    def centre(self) -> tuple[float, float]:
        """Mean of the nodes that have arms, in metres."""
        points = [self.graph.metres[arm.chain.nodes[0]] for arm in self.arms]
        return (sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points))

    @cached_property
    def radius_m(self) -> float:
        """Distance from the centre to the farthest node."""
        return max(_distance(self.centre, self.graph.metres[node]) for node in self.nodes)

    @cached_property
    def ways_out(self) -> int:
        """Number of clearly different directions in which one can leave."""
        bearings = sorted(self._bearing(arm) for arm in self.arms)
        gaps = [(after - before) % 360 for before, after in zip(
            bearings, bearings[1:] + bearings[:1], strict=True)]  # fmt: skip
        return sum(gap > SAME_DIRECTION_DEGREES for gap in gaps) or 1

    def _bearing(self, arm: Arm) -> float:
        x, y = self.graph.metres[arm.chain.nodes[0]]
        length = 0.0
        for node, piece in zip(arm.chain.nodes[1:], arm.chain.pieces, strict=True):
            length += piece.length_m
            x, y = self.graph.metres[node]
            if length >= ARM_LOOK_M:
                break
        return degrees(atan2(y - self.centre[1], x - self.centre[0])) % 360

    @property
    def is_crossing(self) -> bool:
        """Whether at least three ways meet that lead somewhere."""
        return sum(_leads_on(arm, self.graph) for arm in self.arms) >= FEWEST_ARMS

    @cached_property
    def names(self) -> list[str]:
        """Street names, the most important first."""
        rank: dict[str, tuple[int, int]] = {}
        counts = Counter(arm.street.name for arm in self.arms)
        for arm in self.arms:
            if arm.street.name:
                best = (_importance(arm.street), -counts[arm.street.name])
                rank[arm.street.name] = min(best, rank.get(arm.street.name, best))
        return sorted(rank, key=lambda name: (rank[name], name))

    @property
    def name(self) -> str:
        """The crossing as people call it: `A × B`."""
        return " × ".join(self.names[:2])

    @cached_property
    def type(self) -> str:
        """One of roundabout, path, signalised, uncontrolled."""
        if any(chain.pieces[0].street.is_roundabout for chain in self.within) or any(
            self._tag(node, "highway") == "mini_roundabout" for node in self.nodes
        ):
            return "roundabout"
        if any(self._is_signal(node) for node in self._signal_nodes()):
            return "signalised"
        return "path" if all(arm.street.is_path for arm in self.arms) else "uncontrolled"

    def _signal_nodes(self) -> Iterable[int]:
        yield from self.nodes
        for chain in self.within:
            yield from chain.nodes
        for arm in self.arms:
            length = 0.0
            for node, piece in zip(arm.chain.nodes[1:], arm.chain.pieces, strict=True):
                length += piece.length_m
                if length > SIGNAL_REACH_M:
                    break
                yield node

    def _tag(self, node: int, key: str) -> str | None:
        return self.graph.node_tags.get(node, {}).get(key)

    def _is_signal(self, node: int) -> bool:
        return "traffic_signals" in {self._tag(node, "highway"), self._tag(node, "crossing")}

    @cached_property
    def stress(self) -> tuple[int, float]:
        """Stress of crossing its busiest street, and the share of that which is assumed."""
        crossed = [arm.street for arm in self.arms if not arm.street.is_path]
        if not crossed:
            return 1, 0.0
        found = [self._crossing(street) for street in crossed]
        return max(found, key=lambda stress: (stress[0], -stress[1]))

    def _crossing(self, street: Street) -> tuple[int, float]:
        oneway = not (street.riding.forward and street.riding.backward)
        traffic = read_traffic(street.tags, oneway=oneway)
        lanes = traffic.lanes if oneway else 2 * traffic.lanes
        if self.type == "signalised":
            return signal_stress(lanes * LANE_M), float(traffic.lanes_assumed)
        level = crossing_stress(speed_kmh=traffic.speed_kmh, lanes=lanes, volume=traffic.volume)
        return level, (traffic.speed_assumed + traffic.lanes_assumed + 1) / 3


def _importance(street: Street) -> int:
    return CLASS_ORDER.index(street.road_class) if street.road_class in CLASS_ORDER else 99


def _leads_on(arm: Arm, graph: StreetGraph) -> bool:
    is_dead_end = len(graph.neighbours[arm.chain.nodes[-1]]) == 1
    return not (is_dead_end and arm.chain.length_m < STUB_M)


def _distance(start: tuple[float, float], end: tuple[float, float]) -> float:
    return hypot(end[0] - start[0], end[1] - start[1])


def clusters(graph: StreetGraph, chains: Sequence[Chain]) -> list[Cluster]:
    """Return the intersections of the graph.

    Links between junctions are contracted, the shortest first, if they are no longer than 35 m
    and the whole stays within 60 m, but never two junctions of different pairs of streets, and
    never over a bridge or through a tunnel. All nodes of a roundabout are one.
    """
    joining = _Joining(graph, chains)
    joining.join_roundabouts()
    joining.join_links()
    members = joining.members()
    owner = {node: group for group, nodes in members.items() for node in nodes}
    arms: dict[int, list[Arm]] = defaultdict(list)
    within: dict[int, list[Chain]] = defaultdict(list)
    for chain in chains:
        first, last = (owner.get(node) for node in chain.ends)
        if first is not None and first == last and _is_within(chain):
            within[first].append(chain)
            continue
        if first is not None:
            arms[first].append(Arm(chain))
        if last is not None:
            arms[last].append(Arm(chain.reversed()))
    found = [
        Cluster(frozenset(members[group]), tuple(arms[group]), tuple(within[group]), graph)
        for group in sorted(members)
        if arms[group]
    ]
    return [cluster for cluster in found if cluster.is_crossing]


def _is_within(chain: Chain) -> bool:
    return chain.length_m <= WIDEST_M or chain.pieces[0].street.is_roundabout


class _Joining:
    """Junction nodes on their way to becoming intersections: a union-find with the rules."""

    def __init__(self, graph: StreetGraph, chains: Sequence[Chain]) -> None:
        self.graph = graph
        self.chains = chains
        junctions = sorted(
            {end for chain in chains for end in chain.ends if graph.is_junction(end)}
        )
        self.parent = {node: node for node in junctions}
        self.nodes = {node: {node} for node in junctions}
        self.names = {node: self._street_names(node) for node in junctions}
        self.width_limit = dict.fromkeys(junctions, float(WIDEST_M))

    def _street_names(self, node: int) -> frozenset[str]:
        streets = (piece.street for piece in self.graph.neighbours[node].values())
        return frozenset(street.name for street in streets if street.name and not street.is_path)

    def find(self, node: int) -> int:
        while self.parent[node] != node:
            self.parent[node] = self.parent[self.parent[node]]
            node = self.parent[node]
        return node

    def join(self, first: int, second: int) -> None:
        kept, lost = sorted((first, second))
        self.parent[lost] = kept
        self.nodes[kept] |= self.nodes.pop(lost)
        self.names[kept] |= self.names.pop(lost)
        self.width_limit[kept] = max(self.width_limit[kept], self.width_limit.pop(lost))

    def join_roundabouts(self) -> None:
        for chain in self.chains:
            if chain.pieces[0].street.is_roundabout:
                ends = [self.find(node) for node in chain.ends if node in self.parent]
                if len(ends) == 2 and ends[0] != ends[1]:  # noqa: PLR2004
                    self.join(*ends)
                for end in {self.find(node) for node in ends}:
                    self.width_limit[end] = self._width(self.nodes[end]) + WIDEST_M

    def join_links(self) -> None:
        links = [
            chain
            for chain in self.chains
            if chain.length_m <= LONGEST_LINK_M
            and all(end in self.parent for end in chain.ends)
            and not any(is_raised(piece.street.tags) for piece in chain.pieces)
        ]
        for chain in sorted(links, key=lambda link: (link.length_m, link.nodes)):
            first, second = (self.find(end) for end in chain.ends)
            if first != second and self._may_join(first, second):
                self.join(first, second)

    def _may_join(self, first: int, second: int) -> bool:
        names, others = self.names[first], self.names[second]
        if len(names) > 1 and len(others) > 1 and not (names <= others or others <= names):
            return False
        limit = max(self.width_limit[first], self.width_limit[second])
        return self._width(self.nodes[first] | self.nodes[second]) <= limit

    def _width(self, nodes: set[int]) -> float:
        points = [self.graph.metres[node] for node in nodes]
        return max(_distance(a, b) for a in points for b in points)

    def members(self) -> Mapping[int, set[int]]:
        return self.nodes
