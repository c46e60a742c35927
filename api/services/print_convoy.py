"""What the adult who leads a convoy takes along: one sheet with map, stops and times."""

from collections.abc import Iterable, Mapping
from datetime import time
from typing import Any

import shapely

from api.settings import Settings
from api.store.models import School
from geo.base_layers import read_base_layers
from geo.convoy_times import stop_times
from geo.convoys import Convoy, published_convoys
from geo.crs import BBox
from geo.policy import load_policy
from geo.protection import K_STAFF
from web.convoys import ConvoySheet, Mind, StopLine, convoy_sheet
from web.street_map import GROUND_LAYERS
from web.tiles import BASEMAP

from .areas import LoadedArea, area_folder
from .read_release import Published

MARGIN_MIN = 10
"""How long before the bell a convoy arrives."""
AROUND = 0.01
"""Degrees of ground around a convoy that its map may show."""

Row = Mapping[str, Any]


def convoy_times(rows: Iterable[Row], bell: time) -> list[list[time]]:
    """Return when each convoy leaves each of its stops."""
    return [stop_times(one, bell, MARGIN_MIN) for one in _read(rows)]


def print_convoy(  # noqa: PLR0913 - what a person may choose, by name
    release: Published,
    school: School,
    row: Row,
    area: LoadedArea,
    settings: Settings,
    *,
    number: int,
    bell: time,
    language: str,
) -> bytes:
    """Return the sheet of one convoy as PDF, all of it from one release."""
    (convoy,) = _read([row])
    line = shapely.LineString(convoy.coordinates)
    west, south, east, north = shapely.union(line, school.location).bounds
    box = BBox(west - AROUND, south - AROUND, east + AROUND, north + AROUND)
    tiles = area_folder(settings, area.id, area.version) / BASEMAP
    ring = bell.hour * 60 + bell.minute - MARGIN_MIN
    return convoy_sheet(
        ConvoySheet(
            language=language,
            simulated=release.content["simulated"],
            school=school.name,
            number=number,
            members=convoy.members,
            at_least=K_STAFF,
            adults=convoy.adults,
            riders=load_policy().convoy_riders,
            length_m=convoy.length_m,
            stops=tuple(
                StopLine(stop.name, stop.lon, stop.lat, left, stop.ahead_m)
                for stop, left in zip(
                    convoy.stops, stop_times(convoy, bell, MARGIN_MIN), strict=True
                )
            ),
            arrival=time(ring // 60 % 24, ring % 60),
            bell=bell,
            mind=_mind(convoy, area),
            release_number=release.number,
            release_day=release.day,
        ),
        area.network,
        read_base_layers(tiles, GROUND_LAYERS, box),
        line=line,
        school=school.location,
    )


def _mind(convoy: Convoy, area: LoadedArea) -> tuple[Mind, ...]:
    """Return the worst places of the way with where they are, if the network still has them."""
    places = area.network.places.geometry
    found = []
    for passed in convoy.passes:
        if passed.id in places.index:
            shape = places[passed.id]
            point = (
                shape if passed.kind == "intersection" else shape.interpolate(0.5, normalized=True)
            )
            found.append(
                Mind(passed.name, passed.kind, passed.danger, passed.stress, point.x, point.y)
            )
    return tuple(found)


def _read(rows: Iterable[Row]) -> tuple[Convoy, ...]:
    return published_convoys(0, rows, {}).convoys
