"""The patrol plan of an area's week, from nothing but its newest release."""

from collections.abc import Iterable, Sequence
from datetime import time
from typing import Any

from geo.countermeasures import suggest
from geo.patrol import Slot, patrol_slots, plan_patrols
from web.patrol import PatrolWeek, Stop

from .view_release import View

LISTED = 20
"""Slots in the list: of each place and part of the day one, because all weekdays are alike."""


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


def _one_day(slots: Iterable[Slot]) -> Sequence[Slot]:
    return [slot for slot in slots if slot.weekday == 0]


def _stop(slot: Slot, rows: dict[str, dict[str, Any]], numbers: dict[str, int]) -> Stop:
    row = rows[slot.place]
    checks = (one.code for one in suggest(row) if one.kind == "enforcement")
    # That somebody is there is what a patrol is; what it looks at is the rest.
    looks = tuple(code for code in checks if code not in {"presence", "speed_camera"})
    return Stop(slot, row, looks, numbers.get(slot.place, 0))
