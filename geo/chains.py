"""Streets as a graph: pieces between OSM nodes, and chains of them from junction to junction."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import hypot
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd

from .barriers import heed_barriers
from .countries import GENERIC
from .crs import WGS84, to_metres
from .errors import NoStreetsError
from .riding import Riding, riding
from .streets import facility, is_oneway, is_path, is_raised, is_roundabout, road_class
from .streets import street_name as name_of
from .stress import segment_stress
from .traffic import read_traffic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .countries import Country
    from .extract import OsmData
    from .stress import Stress
    from .traffic import Traffic

# Cut off from the rest, a courtyard or a clipped corner leads nobody to school.
SHORTEST_ISLAND_M = 5000


@dataclass(frozen=True)
class Street:
    """What one OSM way offers along all its pieces."""

    road_class: str
    facility: str
    name: str
    riding: Riding
    stress: Stress
    tags: Mapping[str, str]
    country: Country = GENERIC

    @cached_property
    def is_path(self) -> bool:
        """Whether motor traffic keeps away."""
        return is_path(self.road_class)

    @cached_property
    def traffic(self) -> Traffic:
        """What motor traffic a rider meets who crosses it."""
        return read_traffic(self.tags, oneway=self.is_oneway, country=self.country)

    @cached_property
    def is_raised(self) -> bool:
        """Whether it is a bridge or a tunnel."""
        return is_raised(self.tags)

    @cached_property
    def is_oneway(self) -> bool:
        """Whether cars may go one way only, whatever bicycles may."""
        return is_oneway(self.tags)

    @cached_property
    def is_roundabout(self) -> bool:
        """Whether it is part of a roundabout."""
        return is_roundabout(self.tags)


class Piece(NamedTuple):
    """The stretch of a street between two neighbouring OSM nodes, seen from its first node.

    A city has half a million: a tuple is made three times as fast as a dataclass.
    """

    street: Street
    along: bool
    length_m: float

    @property
    def forward(self) -> bool:
        """Whether it may be ridden from its first node."""
        riding = self.street.riding
        return riding.forward if self.along else riding.backward

    @property
    def backward(self) -> bool:
        """Whether it may be ridden towards its first node."""
        riding = self.street.riding
        return riding.backward if self.along else riding.forward

    def reversed(self) -> Piece:
        """Return the piece seen from its other node."""
        return Piece(self.street, not self.along, self.length_m)


class Chain(NamedTuple):
    """Nodes and pieces from one junction or dead end to the next."""

    nodes: tuple[int, ...]
    pieces: tuple[Piece, ...]
    length_m: float

    @classmethod
    def of(cls, nodes: tuple[int, ...], pieces: tuple[Piece, ...]) -> Chain:
        """Return the chain with the length of its pieces."""
        return cls(nodes, pieces, sum([piece.length_m for piece in pieces]))

    @property
    def ends(self) -> tuple[int, int]:
        """First and last node."""
        return self.nodes[0], self.nodes[-1]

    def reversed(self) -> Chain:
        """Return the chain seen from its other end."""
        pieces = tuple(piece.reversed() for piece in reversed(self.pieces))
        return Chain(self.nodes[::-1], pieces, self.length_m)

    def parts(self, boundaries: Iterable[int]) -> Iterator[Chain]:
        """Cut the chain at positions among its nodes."""
        cuts = [0, *boundaries, len(self.pieces)]
        if len(cuts) == 2:  # noqa: PLR2004  # nothing between the ends
            yield self
            return
        for start, end in pairwise(cuts):
            yield Chain.of(self.nodes[start : end + 1], self.pieces[start:end])


@dataclass(frozen=True)
class StreetGraph:
    """Every piece that may be ridden or pushed, by node, and where the nodes are."""

    neighbours: Mapping[int, Mapping[int, Piece]]
    lonlat: Mapping[int, tuple[float, float]]
    metres: Mapping[int, tuple[float, float]]
    node_tags: Mapping[int, Mapping[str, str]]
    country: Country = GENERIC

    def is_junction(self, node: int) -> bool:
        """Say whether three or more pieces meet there."""
        return len(self.neighbours[node]) > 2  # noqa: PLR2004  # a through street has two

    def chains(self) -> list[Chain]:
        """Return all chains, in an order and direction that depend on the nodes alone."""
        neighbours = self.neighbours
        found: set[tuple[int, ...]] = set()
        begun: set[tuple[int, int]] = set()
        passed: set[int] = set()
        ends = [node for node in neighbours if len(neighbours[node]) != 2]  # noqa: PLR2004
        # Afterwards only rings without any junction are left.
        for node in [*sorted(ends), *sorted(neighbours.keys() - ends)]:
            for neighbour in () if node in passed else sorted(neighbours[node]):
                if (node, neighbour) not in begun:
                    nodes = self._walk(node, neighbour)
                    begun |= {(node, neighbour), (nodes[-1], nodes[-2])}
                    passed.update(nodes[1:-1])
                    found.add(min(nodes, nodes[::-1]))
        return [
            Chain.of(nodes, tuple([neighbours[start][end] for start, end in pairwise(nodes)]))
            for nodes in sorted(found)
        ]

    def _walk(self, start: int, following: int) -> tuple[int, ...]:
        neighbours = self.neighbours
        nodes = [start, following]
        while len(ways := neighbours[nodes[-1]]) == 2 and nodes[-1] != start:  # noqa: PLR2004
            one, other = ways
            nodes.append(other if one == nodes[-2] else one)
        return tuple(nodes)


def street_graph(data: OsmData, country: Country = GENERIC) -> StreetGraph:
    """Return the graph of everything a bicycle may use, without small islands.

    The `country` says what the tags leave open.

    Raises
    ------
    NoStreetsError
        If nothing in the data may be ridden.
    """
    rideable = [
        (way.nodes, street)
        for way in sorted(data.ways, key=lambda way: (way.id, way.nodes))
        if (street := read_street(way.tags, country)) is not None
    ]
    if all(street.riding.push for _, street in rideable):
        raise NoStreetsError("the OSM data holds no street that a bicycle may ride")
    metres = _in_metres(data, rideable)
    neighbours: dict[int, dict[int, Piece]] = defaultdict(dict)
    for nodes, street in rideable:
        for first, second in pairwise(nodes):
            if first != second and _adds(street, neighbours[first].get(second)):
                (x, y), (u, v) = metres[first], metres[second]
                piece = Piece(street, along=True, length_m=hypot(u - x, v - y))
                neighbours[first][second] = piece
                neighbours[second][first] = piece.reversed()
    partings = heed_barriers(neighbours, data.node_tags)
    metres |= {beyond: metres[node] for beyond, node in partings.items()}
    lonlat = {**data.nodes, **{beyond: data.nodes[node] for beyond, node in partings.items()}}
    _drop_islands(neighbours)
    _drop_stubs(neighbours)
    if not neighbours:
        raise NoStreetsError("nothing that a bicycle may ride hangs together")
    return StreetGraph(dict(neighbours), lonlat, metres, data.node_tags, country)


def read_street(tags: Mapping[str, str], country: Country = GENERIC) -> Street | None:
    """Return what a way offers to a bicycle, or None."""
    use = riding(tags, country)
    if use is None:
        return None
    offered = facility(tags, use, country)
    return Street(
        road_class=road_class(tags),
        facility=offered,
        name=name_of(tags),
        riding=use,
        stress=segment_stress(tags, offered, country),
        tags=tags,
        country=country,
    )


def _in_metres(
    data: OsmData, rideable: list[tuple[tuple[int, ...], Street]]
) -> dict[int, tuple[float, float]]:
    used = sorted({node for nodes, _ in rideable for node in nodes})
    lons, lats = zip(*(data.nodes[node] for node in used), strict=True)
    points = to_metres(gpd.GeoSeries(gpd.points_from_xy(lons, lats), crs=WGS84))
    return dict(zip(used, zip(points.x.tolist(), points.y.tolist(), strict=True), strict=True))


def _adds(street: Street, known: Piece | None) -> bool:
    """Say whether the street is kept: of two over the same two nodes the carriageway is."""
    return known is None or (known.street.is_path and not street.is_path)


def _drop_islands(neighbours: dict[int, dict[int, Piece]]) -> None:
    islands = []
    unseen = set(neighbours)
    while unseen:
        island = _reach(neighbours, next(iter(unseen)))
        unseen -= island
        length = sum(piece.length_m for node in island for piece in neighbours[node].values()) / 2
        islands.append((length, min(island), island))
    islands.sort(reverse=True, key=lambda found: found[:2])
    for length, _, island in islands[1:]:
        if length < SHORTEST_ISLAND_M:
            for node in island:
                del neighbours[node]


def _drop_stubs(neighbours: dict[int, dict[int, Piece]]) -> None:
    """Drop ways on foot that lead nowhere, to a door as a rule.

    They would cut every street into pieces a front garden wide.
    """
    pending = [node for node, pieces in neighbours.items() if len(pieces) == 1]
    while pending:
        node = pending.pop()
        for neighbour, piece in list(neighbours.get(node, {}).items()):
            if len(neighbours[node]) == 1 and piece.street.riding.push and piece.street.is_path:
                del neighbours[node], neighbours[neighbour][node]
                pending.append(neighbour)
                if not neighbours[neighbour]:
                    del neighbours[neighbour]


def _reach(neighbours: Mapping[int, Mapping[int, Piece]], start: int) -> set[int]:
    seen, pending = {start}, [start]
    while pending:
        for node in neighbours[pending.pop()]:
            if node not in seen:
                seen.add(node)
                pending.append(node)
    return seen
