"""The recommended ways to a school, for everybody: from OpenStreetMap and public rows alone.

The page and the sheet made of this are open to all, without signing in. That is safe under
PRIVACY R1-R8 because nothing but public rows goes in: places of a release with at least ten
students of several classes behind them (R2), whose values change only when enough students did
(R4). What is computed of them (which way weighs least) can tell no more than they do. Where the
ways begin comes from the streets of the map, not from where students live; no count, reason or
quote is shown, and of crashes nothing that a school may not know. Where a convoy stops is neither
called so nor given a time: a stranger must not learn where children wait. A school is on the map
anyway.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import geopandas as gpd

from api.errors import NotFoundError
from api.store import areas, campaigns
from api.store.engine import Store
from api.store.models import Area, School
from geo.burden import burden_weights
from geo.corridors import corridors, meeting_points, streets_of
from geo.crs import distance_m
from geo.network import Network
from geo.recommended import Recommended, Recommender
from web.parents_values import CarePlace, Meeting, ParentsMap, WayLine

from .areas import LoadedArea
from .public_rows import public_places, public_rows
from .read_release import Published, newest_release, without_few_crashes
from .release_content import K_PUBLIC

MOST_CARE = 10
NEAR_M = 80.0
Row = Mapping[str, Any]
Known = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class OpenSchool:
    """A school as anybody may see it, with the newest release of its area."""

    school: School
    area: Area
    release: Published | None
    simulated: bool


@dataclass(frozen=True)
class SchoolWays:
    """The ways to a school, with the segments of which it may be shown how they feel."""

    map: ParentsMap
    found: Recommended
    known: frozenset[str]

    def corridors(self, network: Network) -> gpd.GeoDataFrame:
        """Return the streets of all ways, each once, with its look and width."""
        return corridors(self.found, network, self.known)


def open_school(store: Store, school_id: int) -> OpenSchool:
    """Return a school, whoever asks.

    Raises
    ------
    NotFoundError
        If there is no such school.
    """
    with store.read() as session:
        school = areas.find_school(session, school_id)
        if school is None:
            raise NotFoundError("no such school")
        return OpenSchool(
            school=school,
            area=school.area,
            release=newest_release(session, school.area_id),
            simulated=campaigns.has_simulated(session, school.area_id),
        )


def recommend_ways(
    release: Published | None, school: School, area: LoadedArea, *, simulated: bool
) -> SchoolWays:
    """Return the recommended ways to a school by the public rows of a release, if there is one."""
    release = release and without_few_crashes(release)
    rows = {row["id"]: row for row in public_places(release)} if release else {}
    danger = _known(rows, "danger")
    at = (school.location.x, school.location.y)
    found = _ways(area.recommender, at, danger, _known(rows, "index"))
    felt = dict(danger)
    total = sum(way.streets_m for way in found.ways)
    shown = ParentsMap(
        simulated=simulated,
        school=school.name,
        lon=at[0],
        lat=at[1],
        ways=_lines(found, area),
        care=_care(found, rows, felt, area.network),
        meetings=_meetings(found, area.network, _convoy_stops(release, school) if release else []),
        known=sum(way.known_m for way in found.ways) / total if total else 0.0,
        at_least=K_PUBLIC,
        release_number=release.number if release else None,
        release_day=release.day if release else None,
    )
    return SchoolWays(shown, found, frozenset(felt))


# The same for all who ask between two releases; a search of a city takes some tenths of a second.
@lru_cache(maxsize=64)
def _ways(
    recommender: Recommender, school: tuple[float, float], danger: Known, index: Known
) -> Recommended:
    return recommender.ways(school, dict(danger), dict(index))


def _known(rows: Mapping[str, Row], name: str) -> Known:
    """Return a figure of the places of which enough students said how they feel."""
    return tuple(
        (place, float(row[name]))
        for place, row in rows.items()
        if row[name] is not None and row["ratings"] >= K_PUBLIC
    )


def _lines(found: Recommended, area: LoadedArea) -> tuple[WayLine, ...]:
    segments, crossings = area.network.segments, area.network.intersections
    names = dict(zip(segments["id"], segments["name"], strict=True))
    of_crossing = dict(zip(crossings["id"], crossings["name"], strict=True))
    lines = []
    for way in found.ways:
        streets = streets_of(way, names, area.metres)
        named = (street.name for street in streets if street.name)
        lines.append(
            WayLine(
                start=of_crossing[way.start] or next(named, ""),
                streets=tuple(streets),
                length_m=way.length_m,
                shortest_m=way.shortest_m,
                calm=way.calm_m / way.streets_m if way.streets_m else 0.0,
                lon=way.coordinates[0][0],
                lat=way.coordinates[0][1],
                care=len(way.care),
            )
        )
    return tuple(lines)


def _care(
    found: Recommended, rows: Mapping[str, Row], felt: Mapping[str, float], network: Network
) -> tuple[CarePlace, ...]:
    """Return the places that ask for care: confirmed hotspots, then those of most ways."""
    passing: dict[str, int] = {}
    passed: dict[str, int] = {}
    for way in found.ways:
        for place in dict.fromkeys(way.places):
            passed[place] = passed.get(place, 0) + 1
        for place in way.care:
            passing[place] = passing.get(place, 0) + 1
    confirmed = {
        place for place, row in rows.items() if row["state"] == "confirmed" and place in passed
    }
    about = network.places
    high = burden_weights()["danger_high"]
    ordered = sorted(
        (place for place in passing.keys() | confirmed if place in about.index),
        key=lambda one: (one not in confirmed, -passed[one], one),
    )
    places: list[CarePlace] = []
    for place in ordered:
        of = about.loc[place]
        shape = of.geometry
        at = shape if of["kind"] == "intersection" else shape.interpolate(0.5, normalized=True)
        # A crossing and the street before it are one place to whoever rides there.
        near = any(distance_m((at.x, at.y), (one.lon, one.lat)) < NEAR_M for one in places)
        if len(places) < MOST_CARE and not near:
            places.append(
                CarePlace(
                    of["name"] or "", of["kind"], of["type"], at.x, at.y, place in confirmed,
                    passed[place], int(of["stress"]), felt.get(place, 0.0) >= high,
                )
            )  # fmt: skip
    return tuple(places)


def _meetings(found: Recommended, network: Network, convoys: Sequence[str]) -> tuple[Meeting, ...]:
    chosen = meeting_points(found, network, convoys)
    own = network.intersections.set_index("id").loc[chosen]
    return tuple(
        Meeting(name or "", shape.x, shape.y)
        for name, shape in zip(own["name"], own.geometry, strict=True)
    )


def _convoy_stops(release: Published, school: School) -> list[str]:
    """Return the stops of the school's convoys that are public: ten behind the place and it."""
    public = {row["id"] for row in public_rows(release, school.id)}
    return [
        stop["id"]
        for convoy in release.convoys.get(str(school.id), [])
        if convoy["members"] >= K_PUBLIC
        for stop in convoy["stops"]
        if stop["id"] in public
    ]
