"""The street graph seen in two layers: carriageways, and the paths beside and across them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from .chains import StreetGraph

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .chains import Chain, Piece, Street

FEWEST_WAYS = 3
# What a street is called at a junction: its name, or else where it begins.
Identity = str | tuple[int, int]
Neighbours = dict[int, dict[int, "Piece"]]


def is_carriageway(street: Street) -> bool:
    """Say whether people would call it a street: a walking street if it has a name."""
    return not street.is_path and (street.road_class != "pedestrian" or bool(street.name))


def is_foot(street: Street) -> bool:
    """Say whether it is a path on which a bicycle is pushed."""
    return street.is_path and street.riding.push


@dataclass(frozen=True)
class Layers:
    """Which nodes of a street graph are street junctions, path crossings, forks of paths."""

    graph: StreetGraph

    @property
    def carriageways(self) -> StreetGraph:
        """The graph without paths."""
        return self._apart[0]

    @property
    def paths(self) -> StreetGraph:
        """The graph without carriageways."""
        return self._apart[1]

    @cached_property
    def _apart(self) -> tuple[StreetGraph, StreetGraph]:
        known: dict[int, int] = {}
        found: tuple[Neighbours, Neighbours] = ({}, {})
        for node, pieces in self.graph.neighbours.items():
            for other, piece in pieces.items():
                street = piece.street
                # One street has many pieces: asked once, it saves half of the time.
                layer = known.get(id(street))
                if layer is None:
                    layer = known[id(street)] = 0 if is_carriageway(street) else 1
                found[layer].setdefault(node, {})[other] = piece
        return self._like(found[0]), self._like(found[1])

    def _like(self, neighbours: Neighbours) -> StreetGraph:
        graph = self.graph
        return StreetGraph(neighbours, graph.lonlat, graph.metres, graph.node_tags)

    @cached_property
    def junctions(self) -> frozenset[int]:
        """All nodes where ways meet."""
        return frozenset(node for node in self.graph.neighbours if self.graph.is_junction(node))

    @cached_property
    def cores(self) -> frozenset[int]:
        """Nodes where carriageways meet."""
        streets = self.carriageways
        return frozenset(node for node in streets.neighbours if streets.is_junction(node))

    @cached_property
    def crossings(self) -> frozenset[int]:
        """Nodes where a path meets a carriageway, or a carriageway goes on as a path."""
        return self.junctions & self.carriageways.neighbours.keys() - self.cores

    @cached_property
    def forks(self) -> frozenset[int]:
        """Nodes where paths meet that bicycles are ridden on."""
        return frozenset(
            node
            for node in self.junctions - self.carriageways.neighbours.keys()
            if not all(is_foot(piece.street) for piece in self.graph.neighbours[node].values())
        )

    @cached_property
    def chains(self) -> list[Chain]:
        """Carriageways from one node where they meet to the next."""
        return self.carriageways.chains()

    def streets_at(self, node: int) -> list[Street]:
        """Return the carriageways at a node."""
        return [piece.street for piece in self.carriageways.neighbours.get(node, {}).values()]

    def for_walkers(self, node: int) -> bool:
        """Say whether every path at the node is one on which a bicycle is pushed."""
        paths = self.paths.neighbours.get(node, {})
        return all(is_foot(piece.street) for piece in paths.values())

    def is_parting(self, node: int) -> bool:
        """Say whether nothing happens there but one street parting into two carriageways."""
        streets = self.streets_at(node)
        names = {street.name for street in streets}
        return (
            len(streets) == FEWEST_WAYS
            and len(names) == 1
            and names != {""}
            and sum(street.is_oneway for street in streets) >= FEWEST_WAYS - 1
            and not any(street.is_roundabout for street in streets)
        )

    def rings(self, longest_m: float) -> list[list[int]]:
        """Return the nodes of each roundabout, and of other closed ways up to that length."""
        ways: dict[int, list[tuple[int, int, Piece]]] = defaultdict(list)
        for node, pieces in self.graph.neighbours.items():
            for other, piece in pieces.items():
                if piece.along:
                    ways[id(piece.street)].append((node, other, piece))
        found = []
        for pieces_of_way in ways.values():
            nodes = {node for node, _, _ in pieces_of_way}
            is_closed = nodes == {other for _, other, _ in pieces_of_way}
            length = sum(piece.length_m for _, _, piece in pieces_of_way)
            if pieces_of_way[0][2].street.is_roundabout or (is_closed and length <= longest_m):
                found.append(sorted(nodes | {other for _, other, _ in pieces_of_way}))
        return sorted(found)

    @cached_property
    def identities(self) -> Mapping[int, frozenset[Identity]]:
        """What the streets at each core are called.

        A second street of the same name (a branch into a courtyard) is one of its own, and so is
        every street without a name, except for slip lanes.
        """
        found: dict[int, set[Identity]] = defaultdict(set)
        for chain in self.chains:
            nodes, pieces = chain.nodes, chain.pieces
            for node, following, piece in (
                (nodes[0], nodes[1], pieces[0]), (nodes[-1], nodes[-2], pieces[-1]),
            ):  # fmt: skip
                name = piece.street.name
                if node in self.cores and (name or not _is_slip(chain)):
                    found[node].add(name or (node, following))
        for node, branch in self._branches.items():
            found[node].add((node, branch))
        return {node: frozenset(found[node]) for node in self.cores}

    def own(self, node: int, following: int) -> frozenset[Identity]:
        """Return what the street that leaves a core for the next node is called there."""
        if self._branches.get(node) == following:
            return frozenset({(node, following)})
        street = self.carriageways.neighbours[node][following].street
        return frozenset({street.name or (node, following)})

    @cached_property
    def _branches(self) -> dict[int, int]:
        found = {node: self._branch(node) for node in sorted(self.cores)}
        return {node: branch for node, branch in found.items() if branch is not None}

    def _branch(self, node: int) -> int | None:
        """Return where a street leaves another one of the same name."""
        pieces = self.carriageways.neighbours[node]
        if len(pieces) != FEWEST_WAYS:
            return None
        names = {piece.street.name for piece in pieces.values()}
        if names == {""} or len(names) > 1 or self.is_parting(node):
            return None
        # The two that lie most nearly in line are the street itself.
        return min(pieces, key=lambda other: (-self._bend_without(node, other), other))

    def _bend_without(self, node: int, left_out: int) -> float:
        others = [other for other in self.carriageways.neighbours[node] if other != left_out]
        (ax, ay), (bx, by) = (self._towards(node, other) for other in others)
        return -(ax * bx + ay * by)

    def _towards(self, node: int, other: int) -> tuple[float, float]:
        (x, y), (u, v) = self.graph.metres[node], self.graph.metres[other]
        length = ((u - x) ** 2 + (v - y) ** 2) ** 0.5 or 1.0
        return (u - x) / length, (v - y) / length


def _is_slip(chain: Chain) -> bool:
    return all(
        piece.street.is_oneway or piece.street.tags["highway"].endswith("_link")
        for piece in chain.pieces
    )


def is_raised(chain: Chain) -> bool:
    """Say whether any of it is a bridge or a tunnel."""
    return any(piece.street.is_raised for piece in chain.pieces)


def everywhere(_: int) -> bool:
    """Say yes to every node."""
    return True


def nearest(
    graph: StreetGraph,
    sources: Mapping[int, float],
    within_m: float,
    through: Callable[[int], bool] = everywhere,
) -> dict[int, tuple[float, int]]:
    """Return distance and source of the nearest source along the graph, never over a bridge.

    Parameters
    ----------
    sources
        Nodes, and how many metres each starts with. Ties go to the lower node.
    through
        Nodes for which it does not hold are reached, but not gone on from.
    """
    found: dict[int, tuple[float, int]] = {}
    pending = [(length, source, source) for source, length in sources.items()]
    heapify(pending)
    while pending:
        length, source, node = heappop(pending)
        if node in found:
            continue
        found[node] = (length, source)
        if node != source and not through(node):
            continue
        for other, piece in graph.neighbours.get(node, {}).items():
            further = length + piece.length_m
            if further <= within_m and other not in found and not piece.street.is_raised:
                heappush(pending, (further, source, other))
    return found
