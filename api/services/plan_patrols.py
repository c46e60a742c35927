"""The patrol plan of an area's week, from nothing but its newest release."""

from collections.abc import Iterable, Sequence
from datetime import time
from typing import Any

import shapely

from api.settings import Settings
from geo.base_layers import read_base_layers
from geo.countermeasures import suggest
from geo.crs import BBox
from geo.patrol import Slot, patrol_slots, plan_patrols
from web.patrol import PatrolWeek, Stop, patrol_sheet
from web.patrol_figure import patrol_figure
from web.street_map import GROUND_LAYERS
from web.tiles import BASEMAP

from .areas import LoadedArea, area_folder
from .view_release import View

LISTED = 20
"""Slots in the list: of each place and part of the day one, because all weekdays are alike."""

AROUND = 0.01
"""Degrees of ground around a single place that its map may show."""


def plan_week(
    view: View, patrols: int, begin: time, end: time, language: str
) -> tuple[PatrolWeek, list[Stop]]:
    """Return the plan for so many patrols, and the best slots to choose from."""
    release = view.release
    rows = {row["id"]: row for row in release.places}
    # Only in risk mode there is a rate that a conflict can be expected from.
    slots = patrol_slots(rows.values(), release.content["policy"]["school_weeks"])
    planned = plan_patrols(slots, patrols)
    numbers = {place: n for n, place in enumerate(dict.fromkeys(one.place for one in planned), 1)}
    week = PatrolWeek(
        language=language,
        simulated=view.simulated,
        area=view.area.title,
        begin=begin,
        end=end,
        patrols=patrols,
        stops=tuple(_stop(slot, rows, numbers) for slot in planned),
        release_number=release.number,
        release_day=release.day,
        mode=release.mode,
    )
    return week, [_stop(slot, rows, numbers) for slot in _one_day(slots)[:LISTED]]


def print_week(week: PatrolWeek, area: LoadedArea, settings: Settings) -> bytes:
    """Return the plan as PDF: its list, and a map of its places."""
    places = {
        stop.number: area.shapes.get(stop.slot.place)
        or shapely.Point(stop.row["lon"], stop.row["lat"])
        for stop in week.stops
    }
    if not places:
        return patrol_sheet(week)
    west, south, east, north = shapely.total_bounds([*places.values()])
    # As far as the paper can reach, whatever its shape.
    pad = max(east - west, north - south) + AROUND
    box = BBox(west - pad, south - pad, east + pad, north + pad)
    tiles = area_folder(settings, area.id, area.version) / BASEMAP
    ground = read_base_layers(tiles, GROUND_LAYERS, box)
    return patrol_sheet(week, patrol_figure(places, area.network, ground, language=week.language))


def _one_day(slots: Iterable[Slot]) -> Sequence[Slot]:
    return [slot for slot in slots if slot.weekday == 0]


def _stop(slot: Slot, rows: dict[str, dict[str, Any]], numbers: dict[str, int]) -> Stop:
    row = rows[slot.place]
    checks = (one.code for one in suggest(row) if one.kind == "enforcement")
    # That somebody is there is what a patrol is; what it looks at is the rest.
    looks = tuple(code for code in checks if code not in {"presence", "speed_camera"})
    return Stop(slot, row, looks, numbers.get(slot.place, 0))
