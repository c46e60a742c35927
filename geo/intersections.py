"""Junctions as people see them: nearby graph nodes joined into one intersection."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from math import atan2, degrees, hypot
from typing import TYPE_CHECKING, NamedTuple

from .carriageways import is_carriageway, is_foot
from .control import best_crossing, control, crossing_kind, has_island, has_signal, node_tags
from .joining import WIDEST_M, junction_groups
from .naming import place_name, street_names
from .network import stable_id
from .stress import LOWEST, Stress, crossing_stress, signal_stress
from .traffic import ISLAND_DEPTH, LANES, VOLUME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .chains import Chain, Street, StreetGraph

SIGNAL_REACH_M = 25
# Two arms that leave in nearly the same direction are one way out: a street and its cycle path.
SAME_DIRECTION_DEGREES = 30
ARM_LOOK_M = 25
# A way in that ends so soon is a gate or a bicycle stand, not a street that is crossed.
STUB_M = 30
FEWEST_ARMS = 3
LANE_M = 3.5
# The map says whether there is a refuge, hardly ever how deep: as deep as the norms ask for.
ISLAND_M = 1.8


class Arm(NamedTuple):
    """A chain that leaves an intersection, seen from there."""

    chain: Chain

    @property
    def street(self) -> Street:
        """The street that begins there."""
        return self.chain.pieces[0].street

    @property
    def is_foot(self) -> bool:
        """Whether it is a footway, on which a bicycle is pushed."""
        return is_foot(self.street)

    def nodes_within(self, reach_m: float) -> Iterator[int]:
        """Yield the nodes along the arm up to a distance."""
        length = 0.0
        for node, piece in zip(self.chain.nodes[1:], self.chain.pieces, strict=True):
            length += piece.length_m
            if length > reach_m:
                return
            yield node


@dataclass(frozen=True)
class Cluster:
    """Graph nodes that make one intersection, with what leaves and what lies within."""

    nodes: frozenset[int]
    arms: tuple[Arm, ...]
    within: tuple[Chain, ...]
    graph: StreetGraph

    @cached_property
    def id(self) -> str:
        """An id that stays when crossings, cycle tracks or driveways are mapped later.

        It depends on one node: where streets of different names meet, else where streets meet,
        else where ways meet. Of several it is the lowest, because OSM counts upwards.
        """
        return stable_id("i", [min(self.heart)])

    @cached_property
    def heart(self) -> frozenset[int]:
        """The nodes that make it a junction: where streets of different names meet, if any."""
        if len(self.nodes) == 1:
            return self.nodes
        streets = {node: self._streets_at(node) for node in self.nodes}
        named = {n for n, here in streets.items() if len({one.name for one in here} - {""}) > 1}
        meeting = {n for n, here in streets.items() if len(here) >= FEWEST_ARMS}
        return frozenset(named or meeting or {n for n in self.nodes if n > 0} or self.nodes)

    def _streets_at(self, node: int) -> list[Street]:
        pieces = self.graph.neighbours[node].values()
        return [piece.street for piece in pieces if is_carriageway(piece.street)]

    @cached_property
    def centre(self) -> tuple[float, float]:
        """Mean of the nodes that make it a junction, in metres."""
        points = [self.graph.metres[node] for node in sorted(self.heart)]
        return (sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points))

    @property
    def lonlat(self) -> tuple[float, float]:
        """The same in degrees."""
        points = [self.graph.lonlat[node] for node in sorted(self.heart)]
        return (sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points))

    @property
    def radius_m(self) -> float:
        """Distance from the centre to the farthest node."""
        return max(_distance(self.centre, self.graph.metres[node]) for node in self.nodes)

    @property
    def ways_out(self) -> int:
        """Number of clearly different directions in which one can ride away."""
        bearings = sorted(
            bearing
            for arm, bearing in zip(self.arms, self._bearings, strict=True)
            if not arm.is_foot
        )
        gaps = [(after - before) % 360 for before, after in zip(
            bearings, bearings[1:] + bearings[:1], strict=True)]  # fmt: skip
        return sum(gap > SAME_DIRECTION_DEGREES for gap in gaps) or 1

    @cached_property
    def _bearings(self) -> list[float]:
        """Direction of each arm in degrees, seen from the centre."""
        return [self._bearing(arm) for arm in self.arms]

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
        """Whether at least three ways meet that can be ridden and lead somewhere."""
        leading = [arm for arm in self.arms if not arm.is_foot and _leads_on(arm, self.graph)]
        return len(leading) >= FEWEST_ARMS and not self._is_parting(leading)

    def _is_parting(self, arms: Sequence[Arm]) -> bool:
        """Say whether nothing happens but one street parting into two carriageways."""
        return (
            len(arms) == FEWEST_ARMS
            and len({arm.street.name for arm in arms}) == 1
            and arms[0].street.name != ""
            and all(is_carriageway(arm.street) for arm in arms)
            and sum(arm.street.is_oneway for arm in arms) == FEWEST_ARMS - 1
            and not self.is_roundabout
        )

    @property
    def names(self) -> list[str]:
        """Street names, the most important first."""
        streets = (arm.street for arm in self.arms)
        return street_names(zip(streets, self._bearings, strict=True))

    @property
    def name(self) -> str:
        """The crossing as people call it: `A × B`."""
        rings = (chain.pieces[0].street for chain in self.within)
        return place_name(
            self.names,
            [street.name for street in rings if street.is_roundabout],
            [node_tags(self.graph, node) for node in sorted(self.nodes)],
        )

    @cached_property
    def type(self) -> str:
        """One of roundabout, path, signalised, uncontrolled."""
        if self.is_roundabout:
            return "roundabout"
        if self.is_signalised:
            return "signalised"
        return "path" if all(arm.street.is_path for arm in self.arms) else "uncontrolled"

    @cached_property
    def is_roundabout(self) -> bool:
        """Whether traffic goes round an island, or round a painted one."""
        return any(chain.pieces[0].street.is_roundabout for chain in self.within) or any(
            node_tags(self.graph, node).get("highway") == "mini_roundabout" for node in self.nodes
        )

    @cached_property
    def is_signalised(self) -> bool:
        """Whether there are traffic lights in it or just before it."""
        return any(has_signal(tags) for tags in self._tags_around.values())

    @property
    def control(self) -> str:
        """One of `geo.control.CONTROLS`."""
        return control(
            self._tags_around.values(), roundabout=self.is_roundabout, signals=self.is_signalised
        )

    @property
    def crossing(self) -> str:
        """The best protected crossing, one of `geo.control.CROSSINGS`."""
        return best_crossing(crossing_kind(tags) for tags in self._tags_around.values())

    @property
    def island(self) -> bool:
        """Whether one of its crossings has a refuge in the middle."""
        return any(self._has_island(street) for street in self._crossed)

    @cached_property
    def _tags_around(self) -> dict[int, Mapping[str, str]]:
        """Nodes in it and along its arms that say anything: few do."""
        tags = self.graph.node_tags
        return {node: tags[node] for node in self._nodes_around() if node in tags}

    def _nodes_around(self) -> Iterator[int]:
        yield from self.nodes
        for chain in self.within:
            yield from chain.nodes
        for arm in self.arms:
            yield from arm.nodes_within(SIGNAL_REACH_M)

    @cached_property
    def stress(self) -> Stress:
        """Stress of the worst movement: of riding up to the place, or of crossing a street there.

        Of two that are equally bad it is the one of which less is assumed.
        """
        found = [self._stress_of(street) for street in self._crossed]
        found += [arm.street.stress for arm in self.arms if self._is_entered(arm)]
        return max(found, key=lambda one: (one.level, -one.assumed), default=Stress(LOWEST))

    def _is_entered(self, arm: Arm) -> bool:
        """Say whether one rides in by the arm and can leave by another."""
        return (
            arm.chain.pieces[0].backward
            and not arm.street.riding.push
            and any(other.chain.pieces[0].forward for other in self.arms if other is not arm)
        )

    @cached_property
    def _crossed(self) -> list[Street]:
        """Each street once, though it leaves the place as two arms or more."""
        streets = (arm.street for arm in self.arms)
        return list({id(street): street for street in streets if not street.is_path}.values())

    def _stress_of(self, street: Street) -> Stress:
        traffic, island = street.traffic, self._has_island(street)
        if self.type == "signalised" or self._is_all_way_stop:
            level = signal_stress(self._width_m(street), two_stages=island)
            return Stress(level, tuple(one for one in traffic.assumptions if one == LANES), 1)
        level = crossing_stress(
            speed_kmh=traffic.speed_kmh, lanes=traffic.all_lanes, volume=traffic.volume,
            island_m=ISLAND_M if island else 0.0)  # fmt: skip
        depth = (ISLAND_DEPTH,) if island else ()
        return Stress(level, (*traffic.assumptions, VOLUME, *depth), 3 + island)

    @cached_property
    def _is_all_way_stop(self) -> bool:
        return any(tags.get("stop") == "all" for tags in self._tags_around.values())

    def _width_m(self, street: Street) -> float:
        """Return how far it is across a street, with what lies between its carriageways."""
        lanes = street.traffic.all_lanes * LANE_M
        if not (street.is_oneway and street.name):
            return lanes
        spots = [
            self.graph.metres[node]
            for node in self.heart
            if any(one.is_oneway and one.name == street.name for one in self._streets_at(node))
        ]
        return lanes + max((_distance(a, b) for a in spots for b in spots), default=0.0)

    def _has_island(self, street: Street) -> bool:
        """Say whether a refuge is mapped where one crosses this street."""
        return any(
            one is street or (one.name and one.name == street.name)
            for node in self._islands
            for one in self._streets_at(node)
        )

    @cached_property
    def _islands(self) -> list[int]:
        return [node for node, tags in self._tags_around.items() if has_island(tags)]


def _leads_on(arm: Arm, graph: StreetGraph) -> bool:
    is_dead_end = len(graph.neighbours[arm.chain.nodes[-1]]) == 1
    return not (is_dead_end and arm.chain.length_m < STUB_M and not arm.street.name)


def _distance(start: tuple[float, float], end: tuple[float, float]) -> float:
    return hypot(end[0] - start[0], end[1] - start[1])


def clusters(graph: StreetGraph, chains: Iterable[Chain]) -> list[Cluster]:
    """Return the intersections of the graph, as `geo.joining.junction_groups` has them."""
    groups = junction_groups(graph)
    owner = {node: number for number, nodes in enumerate(groups) for node in nodes}
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
        Cluster(nodes, tuple(arms[number]), tuple(within[number]), graph)
        for number, nodes in enumerate(groups)
        if arms[number]
    ]
    return [cluster for cluster in found if cluster.is_crossing]


def _is_within(chain: Chain) -> bool:
    return chain.length_m <= WIDEST_M or chain.pieces[0].street.is_roundabout
