"""When and where patrols meet the most conflicts that enforcement treats: slots, and a plan."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .causes import likely_cause
from .exposure import PARTS_OF_DAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SCHOOL_DAYS = 5
"""Monday to Friday: how rides spread over them is not asked, so each has a fifth."""
WINDOW_HOURS = 1.0
"""How long a patrol stays: the hour before school begins, or the hour after it ends."""
WHOLE_DAY = "whole_day"
"""Where a release does not tell the parts of the day apart: both hours together."""


@dataclass(frozen=True)
class Slot:
    """A place on a weekday (Monday 0 to Friday 4) in one part of the day.

    `expected` conflicts in `hours` of it, between `low` and `high` nine times in ten.
    """

    place: str
    weekday: int
    part: str
    hours: float
    expected: float
    low: float
    high: float

    @property
    def hourly(self) -> float:
        """Return the expected conflicts in an hour of patrol."""
        return self.expected / self.hours


def patrol_slots(rows: Iterable[Mapping[str, Any]], school_weeks: float) -> list[Slot]:
    """Return every slot that a patrol could take, most conflicts an hour first.

    A slot's conflicts are the rate of its place times the passages in it, of the students who took
    part: passages of a school year, over its weeks and their five days. Only places whose likely
    cause is enforcement have slots, and only those whose rate is known.

    Parameters
    ----------
    rows
        Places of a release: "reasons", "rate" with "rate_low" and "rate_high" (per 1,000 passages,
        on a segment per 1,000 km), "passages" and "exposure" (1,000 a year), "passages_by".
    school_weeks
        Weeks of a school year, as the release was computed with.
    """
    found = [
        slot
        for row in rows
        if row["rate"] is not None
        and row["exposure"]
        and likely_cause(row["reasons"]) == "enforcement"
        for slot in _slots_of(row, school_weeks * SCHOOL_DAYS)
    ]
    return sorted(found, key=lambda one: (-one.hourly, one.place, one.weekday, _hours(one.part)))


def plan_patrols(slots: Sequence[Slot], patrols: int) -> list[Slot]:
    """Return the slots that so many patrols a week should take, in the order of the week.

    Greedy: the slot with the most conflicts an hour that is still free is taken next. There is one
    team: nothing else is taken at an hour that has a slot. A place is not visited twice on a day,
    and comes again only after all others had their turn, because presence works beyond its hour.
    """
    taken: list[Slot] = []
    while len(taken) < patrols:
        free = [slot for slot in slots if _is_free(slot, taken)]
        if not free:
            break
        places = Counter(one.place for one in taken)
        days = Counter(one.weekday for one in taken)
        taken.append(min(free, key=lambda slot: _in_turn(slot, places, days)))
    return sorted(taken, key=lambda one: (one.weekday, _hours(one.part), one.place))


def _in_turn(slot: Slot, places: Counter[str], days: Counter[int]) -> tuple[object, ...]:
    """Return what makes a slot the next to take; of equal ones that of the emptiest day."""
    day = slot.weekday
    return places[slot.place], -slot.hourly, days[day], day, _hours(slot.part), slot.place


def _slots_of(row: Mapping[str, Any], days: float) -> list[Slot]:
    told = row["passages_by"]
    parts = {part: told[part] for part in PARTS_OF_DAY if told.get(part)}
    # A part of none, or of too few to tell, leaves no hour to send a patrol to.
    if not parts or sum(parts.values()) < row["passages"] * (1 - 1e-6):
        parts = {WHOLE_DAY: row["passages"]}
    slots = []
    for part, passages in parts.items():
        # On a segment the rate is per kilometre: exposure is passages times its length.
        share = passages / row["passages"] * row["exposure"] / days
        figures = [row[name] * share for name in ("rate", "rate_low", "rate_high")]
        hours = WINDOW_HOURS * len(_hours(part))
        slots += [Slot(row["id"], day, part, hours, *figures) for day in range(SCHOOL_DAYS)]
    return slots


def _hours(part: str) -> tuple[int, ...]:
    """Return which of the two hours of a school day a part is."""
    return (0, 1) if part == WHOLE_DAY else (PARTS_OF_DAY.index(part),)


def _is_free(slot: Slot, taken: Iterable[Slot]) -> bool:
    return not any(
        one.weekday == slot.weekday
        and (one.place == slot.place or set(_hours(one.part)) & set(_hours(slot.part)))
        for one in taken
    )
