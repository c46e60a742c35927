"""Convoys: students whose rides overlap, grouped into rides with an adult."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

from .convoy_lines import Rides, best_line, carry
from .convoy_stops import stop_positions
from .convoy_times import minutes_ahead
from .network import stable_id
from .protection import K_STAFF

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from .convoy_lines import Carried
    from .convoy_streets import Line, LonLat, Streets
    from .policy import Policy
    from .protection import Row

ROUNDED_TO = 5
WORST = 3
"""How many places a convoy names that it passes."""
UNSAFE = 0.5
"""From this perceived danger on, the half of the scale that is unsafe, a place is named."""


class Stop(NamedTuple):
    """A safe intersection at which a convoy waits."""

    id: str
    name: str
    """Of the intersection, else of the street that leads on; empty if neither has one."""
    lon: float
    lat: float
    ahead_m: int
    """Metres to the school along the line."""
    minutes: float
    """How long before its arrival the convoy leaves."""


class Passed(NamedTuple):
    """A place on the way that deserves care."""

    id: str
    kind: str
    name: str
    danger: float | None
    stress: int


@dataclass(frozen=True)
class Convoy:
    """A ride to one school that students share, as it may be published.

    `members` and `least` (how many members ride the segment that fewest of them ride) are
    rounded down to 5: with exact numbers, two releases, or a convoy beside the counts of its
    places, could be subtracted. `adults` are enough for the most members that the rounded number
    may stand for; with more than one, the convoy leaves as that many groups.
    """

    id: str
    members: int
    least: int
    adults: int
    length_m: int
    stops: tuple[Stop, ...]
    segments: tuple[str, ...]
    directions: tuple[str, ...]
    coordinates: tuple[LonLat, ...]
    passes: tuple[Passed, ...] = ()

    @property
    def line(self) -> Line:
        """The segments with the direction in which each is ridden."""
        return tuple(zip(self.segments, self.directions, strict=True))

    def row(self) -> Row:
        """Return the convoy as a release holds it."""
        return asdict(self) | {
            "stops": [stop._asdict() for stop in self.stops],
            "passes": [place._asdict() for place in self.passes],
        }


class Convoys(NamedTuple):
    """The convoys of one school, and who stands behind each (and `everyone_key`)."""

    convoys: tuple[Convoy, ...]
    people: dict[str, frozenset[Hashable]]


NO_CONVOYS = Convoys((), {})


class School(NamedTuple):
    """Where a convoy goes."""

    id: int
    lon: float
    lat: float


def plan_convoys(  # noqa: PLR0913 - what is ridden, where, and what was published
    rides: Mapping[Hashable, Sequence[tuple[str, str | None]]],
    school: School,
    streets: Streets,
    policy: Policy,
    before: Convoys = NO_CONVOYS,
    *,
    k: int = K_STAFF,
) -> Convoys:
    """Return the convoys of a school that may be published now.

    Lines are found one after the other, each time the one on which those who are left together
    ride the farthest; who rides at least `policy.convoy_share` of the stored ride on it, from a
    stop on, becomes a member. At least `k` members ride every segment of a line, in its
    direction, so that no street and no stop speaks of fewer. Nobody is in two convoys.

    No difference of two releases speaks of fewer than `k` either (R4). A published convoy stands
    as it was unless at least `k` participants were added to those who ride its line or removed
    from them, and then only may it change or vanish. New convoys are looked for only if one did,
    or if at least `k` participants of the school came or went since the last look, among those
    who are in no convoy that stands. Whatever fewer than `k` do, nothing changes.

    Parameters
    ----------
    rides
        By participant, the places of the morning ride after the home cut, in riding order, each
        with its direction ("forward" or "backward"; None at intersections).
    before
        What this function returned for the release before: see `published_convoys`.
    """
    every = {who: streets.ridden(steps) for who, steps in rides.items()}
    ridden: Rides = {who: ride for who, ride in every.items() if ride}
    everyone = frozenset(ridden)
    key = everyone_key(school.id)
    looked_at = before.people.get(key, frozenset())
    standing, involved = _standing(before, ridden, streets, policy, k)
    if len(standing) == len(before.convoys) and len(everyone ^ looked_at) < k:
        return before
    free = {who: ridden[who] for who in everyone - involved}
    found = find_convoys(free, school, streets, policy, k=k)
    stand = {one.id: before.people[one.id] for one in standing}
    # On the very line of a convoy that stands, another one waits until that may change.
    fresh = [one for one in found.convoys if one.id not in stand]
    return Convoys((*standing, *fresh), {
        **stand, **{one.id: found.people[one.id] for one in fresh}, key: everyone
    })  # fmt: skip


def find_convoys(
    rides: Rides, school: School, streets: Streets, policy: Policy, *, k: int = K_STAFF
) -> Convoys:
    """Return convoys as if none had been published before; `plan_convoys` says how."""
    left = dict(rides)
    found: list[Convoy] = []
    people: dict[str, frozenset[Hashable]] = {}
    to = (school.lon, school.lat)
    while len(left) >= k and (carried := best_line(left, streets, to, policy, k=k)):
        convoy = _convoy(carried, school, streets, policy, k)
        found.append(convoy)
        people[convoy.id] = carried.people
        left = {who: ride for who, ride in left.items() if who not in carried.people}
    return Convoys(tuple(found), people)


def everyone_key(school: int) -> str:
    """Return under which key a ledger holds all participants that were last looked at."""
    return f"convoys:{school}"


def published_convoys(
    school: int, rows: Iterable[Mapping[str, Any]], ledger: Mapping[str, frozenset[Hashable]]
) -> Convoys:
    """Return the convoys of a school from the rows and the ledger of an earlier release."""
    convoys = tuple(_read(row) for row in rows)
    keys = [everyone_key(school), *(one.id for one in convoys)]
    return Convoys(convoys, {key: ledger[key] for key in keys if key in ledger})


def name_passed(convoy: Convoy, streets: Streets, rows: Mapping[str, Row], calm: int) -> Convoy:
    """Return the convoy with the worst places that it passes.

    Parameters
    ----------
    rows
        What the same release shows of places, by id: `kind`, `name`, `danger`, `stress`. A place
        without a row is not named: nothing may be told of it.
    calm
        Up to this stress a place is calm; it is named only if it feels unsafe.
    """
    crossed = [streets.ways[way].start for way in convoy.line if way in streets.ways]
    places = [rows[place] for place in dict.fromkeys((*crossed, *convoy.segments)) if place in rows]
    told = [Passed(*(row[name] for name in Passed._fields)) for row in places]  # type: ignore[arg-type]
    grave = [one for one in told if one.stress > calm or (one.danger or 0) >= UNSAFE]
    worst = sorted(grave, key=lambda one: (-(one.danger or 0), -one.stress, one.id))
    return replace(convoy, passes=tuple(worst[:WORST]))


def _standing(
    before: Convoys, rides: Rides, streets: Streets, policy: Policy, k: int
) -> tuple[list[Convoy], frozenset[Hashable]]:
    """Return the published convoys that stand as they were, and who must not join another."""
    own = {
        one.id: before.people[one.id] & carry(one.line, rides, streets, policy)
        for one in before.convoys
    }
    standing: list[Convoy] = []
    involved: set[Hashable] = set()
    for convoy in before.convoys:
        elsewhere = {who for one, those in own.items() if one != convoy.id for who in those}
        free = {who: ride for who, ride in rides.items() if who not in elsewhere}
        then, now = before.people[convoy.id], carry(convoy.line, free, streets, policy)
        if len(now ^ then) < k:
            standing.append(convoy)
            involved |= now | then
    return standing, frozenset(involved)


def _convoy(carried: Carried, school: School, streets: Streets, policy: Policy, k: int) -> Convoy:
    line = carried.line
    ahead = streets.ahead_m(line)
    positions = stop_positions(line, streets, policy)
    stops = []
    for later, i in enumerate(reversed(positions)):
        way = streets.ways[line[i]]
        name, lon, lat = streets.safe[way.start]
        minutes = round(minutes_ahead(float(ahead[i]), later, policy), 1)
        stops.append(Stop(way.start, name or way.name, lon, lat, round(float(ahead[i])), minutes))
    members = _rounded(len(carried.people), k)
    return Convoy(
        id=stable_id("c", [school.id, *(part for way in line for part in way)]),
        members=members,
        least=_rounded(carried.least, k),
        adults=ceil((members + ROUNDED_TO - 1) / policy.convoy_riders),
        length_m=round(float(ahead[0])),
        stops=tuple(reversed(stops)),
        segments=tuple(segment for segment, _ in line),
        directions=tuple(direction for _, direction in line),
        coordinates=streets.coordinates(line),
    )


def _rounded(count: int, k: int) -> int:
    return max(k, count // ROUNDED_TO * ROUNDED_TO)


def _read(row: Mapping[str, Any]) -> Convoy:
    return Convoy(**{
        **row,
        "stops": tuple(Stop(**stop) for stop in row["stops"]),
        "passes": tuple(Passed(**place) for place in row["passes"]),
        "segments": tuple(row["segments"]),
        "directions": tuple(row["directions"]),
        "coordinates": tuple((lon, lat) for lon, lat in row["coordinates"]),
    })  # fmt: skip
