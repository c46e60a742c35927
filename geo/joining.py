"""Which nodes of the street graph people would call one junction."""

from __future__ import annotations

from collections import defaultdict
from math import hypot
from typing import TYPE_CHECKING

from .carriageways import Layers, is_raised, nearest
from .control import is_crossing_node, is_signal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .carriageways import Identity
    from .chains import Chain, StreetGraph

WIDEST_M = 60
# A street that goes on after a jog, the carriageways of one street, and streets that differ.
JOG_M = 35
DUAL_CARRIAGEWAY_M = 40
TWICE_M = 20
OTHER_STREETS_M = 15
DRIVEWAY_M = 20
# A closed way no longer than this is one place, tagged as a roundabout or not.
RING_M = 100
# How far from the street junction its crossings are.
CROSSING_M = 15
FOOT_CROSSING_M = 10
WIDE_CROSSING_M = 25
# A crossing belongs to the street junction rather than to a driveway that is a little nearer.
DRIVEWAY_HANDICAP_M = 5
# Where no streets meet: the parts of one crossing, and of one fork of paths.
OPPOSITE_M = 30
ALONG_M = 12
CORNER_M = 15
FORK_M = 10
WIDEST_FORK_M = 25


def junction_groups(graph: StreetGraph) -> list[frozenset[int]]:
    """Return the nodes where ways meet, in groups that make one junction, by lowest node.

    First the nodes where carriageways meet: those of a roundabout are one junction, and so are
    those that a short stretch of street links, the shortest first, unless different streets
    branch off at its ends. Then crossings of paths join the nearest of those junctions along the
    street, and forks of paths the nearest crossing along the path. What is left joins only what
    it all but touches. Nothing joins over a bridge or through a tunnel.
    """
    joining = _Joining(Layers(graph))
    joining.join_rings()
    joining.join_streets()
    joining.join_islands()
    joining.join_crossings()
    joining.join_jogs_of_paths()
    joining.join_forks()
    return joining.groups()


class _Joining:
    """Nodes on their way to becoming junctions: a union-find with the rules."""

    def __init__(self, layers: Layers) -> None:
        self.layers = layers
        self.graph = layers.graph
        self.parent = {node: node for node in layers.junctions}
        self.nodes = {node: {node} for node in layers.junctions}
        self.streets: dict[int, frozenset[Identity]] = dict(layers.identities)
        self.width_limit: dict[int, float] = {}

    def groups(self) -> list[frozenset[int]]:
        return [frozenset(self.nodes[root]) for root in sorted(self.nodes)]

    def find(self, node: int) -> int:
        while self.parent[node] != node:
            self.parent[node] = self.parent[self.parent[node]]
            node = self.parent[node]
        return node

    def join(self, first: int, second: int, widest_m: float = WIDEST_M) -> None:
        """Join two groups unless they would be too wide."""
        kept, lost = sorted((self.find(first), self.find(second)))
        limit = max(self.width_limit.get(root, widest_m) for root in (kept, lost))
        if kept == lost or self._width(self.nodes[kept], self.nodes[lost]) > limit:
            return
        self.parent[lost] = kept
        self.nodes[kept] |= self.nodes.pop(lost)
        if {kept, lost} & self.streets.keys():
            self.streets[kept] = self._streets(kept) | self._streets(lost)
        self.width_limit[kept] = limit

    def _streets(self, root: int) -> frozenset[Identity]:
        return self.streets.get(root, frozenset())

    def _width(self, first: Iterable[int], second: Iterable[int]) -> float:
        metres = self.graph.metres
        ends = [metres[node] for node in second]
        return max(hypot(x - u, y - v) for x, y in map(metres.__getitem__, first) for u, v in ends)

    def join_rings(self) -> None:
        for ring in self.layers.rings(RING_M):
            on_ring = [node for node in ring if node in self.parent]
            if not on_ring:
                continue
            width = self._width(on_ring, on_ring) + WIDEST_M
            for node in on_ring[1:]:
                self.join(on_ring[0], node, width)
            self.width_limit[self.find(on_ring[0])] = width

    def join_streets(self) -> None:
        for chain in sorted(self._links(), key=lambda link: (link.length_m, link.nodes)):
            first, second = (self.find(end) for end in chain.ends)
            if first != second and chain.length_m <= self._longest(chain, first, second):
                self.join(first, second)

    def _links(self) -> list[Chain]:
        cores = self.layers.cores
        return [
            chain
            for chain in self.layers.chains
            if chain.length_m <= DUAL_CARRIAGEWAY_M
            and cores.issuperset(chain.ends)
            and not is_raised(chain)
            and not self._is_stem(chain)
        ]

    def _is_stem(self, chain: Chain) -> bool:
        """Say whether one street lies there before it parts into two carriageways."""
        is_undivided = not chain.pieces[0].street.is_oneway
        return is_undivided and any(map(self.layers.is_parting, chain.ends))

    def _longest(self, chain: Chain, first: int, second: int) -> float:
        """Return how long a stretch of street may be that links two parts of one junction."""
        near, far = chain.nodes[:2], chain.nodes[:-3:-1]
        sides = self._streets(first) - self.layers.own(*near)
        others = self._streets(second) - self.layers.own(*far)
        if not sides or not others:
            return JOG_M
        shared = sides & others
        if any(self._is_dual(first, name) and self._is_dual(second, name) for name in shared):
            return DUAL_CARRIAGEWAY_M
        if any(self._ends(first, name) and self._ends(second, name) for name in shared):
            return JOG_M
        if shared:
            return TWICE_M
        wide = {self._is_wide(root) for root in (first, second) if not self._is_driveway(root)}
        return DRIVEWAY_M if wide == {True} else OTHER_STREETS_M

    def _is_dual(self, root: int, name: Identity) -> bool:
        return any(
            street.name == name and street.is_oneway
            for node in self.nodes[root]
            for street in self.layers.streets_at(node)
        )

    def _ends(self, root: int, name: Identity) -> bool:
        """Say whether a street only begins there."""
        streets = [s for node in self.nodes[root] for s in self.layers.streets_at(node)]
        return sum(street.name == name for street in streets) == 1

    def _is_wide(self, root: int) -> bool:
        """Say whether a street with two carriageways passes, or there are traffic lights."""
        nodes = self.nodes[root]
        streets = [street for node in nodes for street in self.layers.streets_at(node)]
        is_dual = len(nodes & self.layers.cores) > 1 and any(street.is_oneway for street in streets)
        return is_dual or any(is_signal(self.graph, node) for node in nodes)

    def _is_driveway(self, root: int) -> bool:
        """Say whether no two named streets meet there."""
        return sum(isinstance(street, str) for street in self._streets(root)) < 2  # noqa: PLR2004

    def join_islands(self) -> None:
        """Join what two one-way streets link to the same junction: around a splitter island."""
        links: dict[tuple[int, int], list[Chain]] = defaultdict(list)
        for chain in self._links():
            if chain.pieces[0].street.is_oneway:
                first, second = sorted(self.find(end) for end in chain.ends)
                links[first, second].append(chain)
        for (first, second), chains in sorted(links.items()):
            if first != second and len(chains) > 1 and self._adds_nothing(first, second, chains):
                self.join(first, second)

    def _adds_nothing(self, first: int, second: int, chains: Sequence[Chain]) -> bool:
        """Say whether no street meets one of the two that does not meet the other as well."""
        own = {chain.pieces[0].street.name for chain in chains}
        sides, others = self._streets(first) - own, self._streets(second) - own
        return sides <= others or others <= sides

    def join_crossings(self) -> None:
        """Join crossings with the street junction they lie at, both halves of one together."""
        found = self._nearest_streets()
        self._join_within_reach(found, CROSSING_M)
        self._join_opposite_crossings()
        self._join_within_reach(found, WIDE_CROSSING_M)

    def _join_within_reach(self, found: Mapping[int, tuple[float, int]], limit_m: float) -> None:
        for (length, core), node in sorted((found[node], node) for node in found):
            if not self._is_placed(node) and length <= min(limit_m, self._reach(core, node)):
                self.join(core, node)

    def _is_placed(self, node: int) -> bool:
        return self.find(node) in self.streets

    def _nearest_streets(self) -> dict[int, tuple[float, int]]:
        """Return distance and node of the street junction that each crossing lies nearest to."""
        sources = {
            core: DRIVEWAY_HANDICAP_M if self._is_driveway(self.find(core)) else 0.0
            for core in self.layers.cores
        }
        found = nearest(self.layers.carriageways, sources, WIDE_CROSSING_M + DRIVEWAY_HANDICAP_M)
        return {
            node: (found[node][0] - sources[found[node][1]], found[node][1])
            for node in self.layers.crossings
            if node in found
        }

    def _reach(self, core: int, node: int) -> float:
        """Return how far from the core that crossing may be."""
        if self._is_wide(self.find(core)) or is_signal(self.graph, node):
            reach = WIDE_CROSSING_M
        else:
            reach = CROSSING_M
        if not self.layers.for_walkers(node) or is_crossing_node(self.graph, node):
            return reach
        # Nobody says it is a crossing: a footway that ends at the street is none.
        is_across = len(self.layers.paths.neighbours.get(node, ())) > 1
        return min(reach, FOOT_CROSSING_M if reach == CROSSING_M else reach) * is_across

    def _join_opposite_crossings(self) -> None:
        """Join a crossing of one carriageway with what a path links on the other."""
        pairs = [
            (length, node, other)
            for node in sorted(self.layers.crossings)
            if not self._is_placed(node) and (oneway := self._oneway_names(node))
            for other, (length, _) in nearest(
                self.layers.paths, {node: 0.0}, OPPOSITE_M, self._is_path_node
            ).items()
            if (others := self._oneway_names(other)) and (oneway & others or oneway == {""})
        ]
        for _, node, other in sorted(pairs):
            if not (self._is_placed(node) and self._is_placed(other)):
                self.join(node, other)

    def _oneway_names(self, node: int) -> set[str]:
        """Return what the one-way streets at a junction are called."""
        streets = self.layers.streets_at(node) if node in self.parent else ()
        return {street.name for street in streets if street.is_oneway}

    def _is_path_node(self, node: int) -> bool:
        return node not in self.layers.carriageways.neighbours

    def join_jogs_of_paths(self) -> None:
        """Join crossings away from junctions where a path goes on a few steps along the street."""
        alone = {
            node
            for node in self.layers.crossings
            if not self._is_placed(node) and not self.layers.for_walkers(node)
        }
        for node in sorted(alone):
            near = nearest(
                self.layers.carriageways, {node: 0.0}, ALONG_M, lambda one: one not in self.parent
            )
            for other in sorted(alone & near.keys()):
                self.join(node, other)

    def _from_street(self, place: int, node: int) -> float:
        """Return how far a fork is from where streets meet: what lies outside comes last."""
        cores = self.nodes[self.find(place)] & self.layers.cores or {place}
        return min(self._width([core], [node]) for core in cores)

    def _is_street_end(self, node: int) -> bool:
        """Say whether a street ends there and goes on as a path."""
        return not self._is_placed(node) and len(self.layers.streets_at(node)) == 1

    def join_forks(self) -> None:
        """Join forks of paths with the crossing they lie at, or else with each other."""
        forks = self.layers.forks | set(filter(self._is_street_end, self.layers.crossings))
        places = {
            node: 0.0
            for node in self.layers.cores | self.layers.crossings
            if self._is_placed(node) or not (node in forks or self.layers.for_walkers(node))
        }
        found = nearest(self.layers.paths, places, CORNER_M, self._is_path_node)
        reached = [(self._from_street(found[node][1], node), node) for node in forks & found.keys()]
        for _, node in sorted(reached):
            self.join(found[node][1], node)
        alone = {node for node in forks if len(self.nodes[self.find(node)]) == 1}
        for node in sorted(alone):
            near = nearest(self.layers.paths, {node: 0.0}, FORK_M, lambda _: False)
            for other in sorted(alone & near.keys()):
                self.join(node, other, WIDEST_FORK_M)
