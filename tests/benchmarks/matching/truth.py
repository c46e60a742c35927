"""Known routes: what somebody rode, exactly, before it is drawn again with an unsteady hand."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely

from geo.network import Network

from .streets import NEVER, Ride, Spot, Streets, WaysTo, along, joined, polyline, stepped

SCHOOLS = 8
HOMES_PER_VIEW = 20
SHORTEST_M, LONGEST_M = 500.0, 6000.0
SPREAD = 0.15
MOST_VIEWS = 4000


@dataclass(frozen=True)
class Truth:
    """What was ridden: (n, 2) degrees, from mid-street to mid-street.

    `loose` are the (k, 2) degrees of the places around which nobody can know better: both ends,
    where the rider turned round, and where the route leaves the network.
    """

    kind: str
    coordinates: np.ndarray
    loose: np.ndarray


@dataclass(frozen=True)
class View:
    """The streets as a group of neighbours sees them, and the ways to their school."""

    streets: Streets
    ways: WaysTo
    school: Spot
    rng: np.random.Generator

    @cached_property
    def mirrored(self) -> WaysTo:
        """The ways to school with all directions turned round: read backward, the ways home.

        The streets are seen anew, so that who comes back does so by another way.
        """
        ahead, back = self.streets.noisy(self.rng, SPREAD)
        return WaysTo(self.streets, (back, ahead), self.school)


Maker = Callable[[View, Spot], Truth | None]


def truths(network: Network, count: int, seed: int, kind: str = "plain") -> list[Truth]:
    """Return known routes on our network: see `known_routes`."""
    return known_routes(Streets.of_network(network), count, seed, kind)


def known_routes(streets: Streets, count: int, seed: int, kind: str = "plain") -> list[Truth]:
    """Return `count` routes of 0.5 to 6 km from random homes to eight schools.

    Each is a cheapest way where every street costs its length times lognormal noise, drawn anew
    for every twenty homes; one-way streets are obeyed, pushing costs three times as much. Kinds:
    plain; gap (1.5 km at least, to have a piece to lose); contraflow (40 to 600 m against a
    one-way street); cut (60 to 250 m straight across a block); there-and-back (out and back the
    same way, or a round trip). Fewer come back where a town has too few such places.
    """
    rng = np.random.default_rng([seed, sorted(MAKERS).index(kind)])
    schools = streets.random_spots(SCHOOLS, rng)
    found: list[Truth] = []
    for number in range(MOST_VIEWS):
        school = schools[number % SCHOOLS]
        against = 1.0 if kind == "contraflow" else NEVER
        costs = streets.noisy(rng, SPREAD, against)
        view = View(streets, WaysTo(streets, costs, school), school, rng)
        homes = streets.random_spots(HOMES_PER_VIEW, rng)
        found.extend(_made(view, homes, MAKERS[kind]))
        if len(found) >= count:
            break
    return found[:count]


def _made(view: View, homes: list[Spot], make: Maker) -> Iterator[Truth]:
    for home in homes:
        truth = make(view, home)
        if truth is not None and SHORTEST_M <= length_m(view.streets, truth) <= LONGEST_M:
            yield truth


def length_m(streets: Streets, truth: Truth) -> float:
    """Return the length of a known route."""
    return float(along(in_metres(streets, truth.coordinates))[-1])


def in_metres(streets: Streets, degrees: np.ndarray) -> np.ndarray:
    """Return (n, 2) degrees as metres."""
    return np.column_stack(streets.transformer.transform(*degrees.T))


def _truth(kind: str, line: np.ndarray, loose: np.ndarray | None = None) -> Truth:
    return Truth(kind, line, line[[0, -1]] if loose is None else loose)


def _plain(view: View, home: Spot) -> Truth | None:
    rides = view.ways.from_spot(home)
    return _truth("plain", polyline(view.streets, rides)) if rides else None


def _gap(view: View, home: Spot) -> Truth | None:
    truth = _plain(view, home)
    if truth is None or length_m(view.streets, truth) < 1500:
        return None
    return _truth("gap", truth.coordinates)


def _contraflow(view: View, home: Spot) -> Truth | None:
    rides = view.ways.from_spot(home)
    if not rides:
        return None
    wrong = sum(_against_m(view.streets, ride) for ride in rides)
    return _truth("contraflow", polyline(view.streets, rides)) if 40 <= wrong <= 600 else None


def _against_m(streets: Streets, ride: Ride) -> float:
    allowed = streets.forward if ride.finish > ride.begin else streets.backward
    length = abs(ride.finish - ride.begin) * float(streets.length_m[ride.street])
    return 0.0 if allowed[ride.street] else length


def _cut(view: View, home: Spot) -> Truth | None:
    """Leave the way at a node, cross a block where nothing leads, and go on from there."""
    streets, rng = view.streets, view.rng
    rides = view.ways.from_spot(home)
    if not rides or len(rides) < 9:
        return None
    number = int(rng.integers(3, len(rides) - 4))
    leave = _last_node(streets, rides[number])
    away = np.hypot(*(streets.node_xy - streets.node_xy[leave]).T)
    saved = view.ways.cost[leave] - view.ways.cost[: streets.nodes]
    arrivals = np.flatnonzero((away >= 60) & (away <= 250) & (saved > 1.3 * away))
    for arrive in rng.permutation(arrivals)[:10].tolist():
        if not _crosses_a_block(streets, leave, arrive):
            continue
        rest = view.ways.from_node(arrive)
        if rest is None or len(rest) < 3:
            continue
        before, after = polyline(streets, rides[: number + 1]), polyline(streets, rest)
        line = joined([before, after])
        return _truth("cut", line, np.vstack([line[[0, -1]], before[-1:], after[:1]]))
    return None


def _last_node(streets: Streets, ride: Ride) -> int:
    return int((streets.end if ride.finish > ride.begin else streets.start)[ride.street])


def _crosses_a_block(streets: Streets, leave: int, arrive: int) -> bool:
    points = shapely.points(stepped(streets.node_xy[[leave, arrive]], 5.0))
    beside, _ = streets.tree.query(points, predicate="dwithin", distance=12.0)
    return len(np.unique(beside)) <= 0.4 * len(points)


def _there_and_back(view: View, home: Spot) -> Truth | None:
    """Ride to school and home another way, or as far as all is two-way and back the same way."""
    streets = view.streets
    rides = view.ways.from_spot(home)
    if not rides:
        return None
    if view.rng.random() < 0.5:
        both_ways = (streets.forward & streets.backward)[[ride.street for ride in rides]]
        turning = len(rides) if both_ways.all() else int(np.argmin(both_ways))
        if not turning:
            return None
        out = polyline(streets, rides[:turning])
        return _returning(out, out[::-1])
    mirrored = view.mirrored.from_spot(home)
    if not mirrored or {ride.street for ride in rides} == {ride.street for ride in mirrored}:
        return None
    back = polyline(streets, mirrored)[::-1]
    return _returning(polyline(streets, rides), back)


def _returning(out: np.ndarray, back: np.ndarray) -> Truth:
    line = joined([out, back])
    return _truth("there-and-back", line, np.vstack([line[[0, -1]], out[-1:]]))


MAKERS: dict[str, Maker] = {
    "plain": _plain,
    "gap": _gap,
    "contraflow": _contraflow,
    "cut": _cut,
    "there-and-back": _there_and_back,
}
