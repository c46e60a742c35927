"""The patrol plan of a week: when to be where, what to look for, what to expect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from babel.dates import format_date, format_time, get_day_names
from babel.numbers import format_decimal

from geo.patrol import WHOLE_DAY, WINDOW_HOURS

from .countermeasures import measure_words
from .translation import translations
from .typesetting import typeset
from .words import place_title

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from geo.patrol import Slot

    Words = Callable[[str], str]

OF_PATROLS = 100
"""One hour meets few conflicts: figures are for so many like it."""
LOOK_FOR = 2
"""Things to look for that a patrol can keep in mind."""


@dataclass(frozen=True)
class Stop:
    """A slot with its place as a release tells it, and the measures of enforcement for it."""

    slot: Slot
    row: Mapping[str, Any]
    measures: tuple[str, ...]
    number: int = 0
    """Of the place on the map."""


@dataclass(frozen=True)
class PatrolWeek:
    """What the plan of a week says; `begin` and `end` are when lessons begin and end."""

    language: str
    simulated: bool
    area: str
    begin: time
    end: time
    patrols: int
    stops: tuple[Stop, ...]
    release_number: int
    release_day: date
    mode: str


def stop_words(stop: Stop, week: PatrolWeek) -> dict[str, Any]:
    """Return one line of a plan or list in words."""
    _ = translations(week.language).gettext
    words, slot = measure_words(_), stop.slot
    return {
        "number": str(stop.number),
        "id": stop.row["id"],
        "day": get_day_names("wide", locale=week.language)[slot.weekday],
        "time": window_words(slot.part, week),
        "place": place_title(stop.row, _),
        "look": "; ".join(words[code] for code in stop.measures[:LOOK_FOR]),
        "expected": _number(slot.expected, week),
        "interval": f"{_number(slot.low, week)}–{_number(slot.high, week)}",
        "hourly": _number(slot.hourly, week),
        "whole": slot.part == WHOLE_DAY,
    }


def window_words(part: str, week: PatrolWeek) -> str:
    """Return when a patrol stands there: the hour before lessons begin, or after they end."""
    hour = timedelta(hours=WINDOW_HOURS)
    before = _span(_moved(week.begin, -hour), week.begin, week)
    after = _span(week.end, _moved(week.end, hour), week)
    return {"before_school": before, "after_school": after}.get(part, f"{before}, {after}")


def patrol_notes(week: PatrolWeek, _: Words) -> list[str]:
    """Return what the figures of a plan mean, and what they cannot tell."""
    notes = [
        _(
            "Expected: near misses and falls of the students who took part, in 100 patrols like "
            "this one, with the range that holds the true value nine times in ten."
        ),
        _(
            "Nobody asked on which weekdays students ride: every school day has a fifth of the "
            "week's rides, so days differ only in how the plan spreads the patrols."
        ),
        _(
            "The plan is for one team: first every place once, those with the most conflicts an "
            "hour of patrol before the others."
        ),
    ]
    if 0 < len(week.stops) < week.patrols:
        notes.append(
            _("There are no more hours to plan: each place once a day, and one place at a time.")
        )
    if any(stop.slot.part == WHOLE_DAY for stop in week.stops):
        notes.append(
            _(
                "Where two times stand, too few students ride at one of them to tell the two "
                "apart: the figure is for both together."
            )
        )
    return notes


def patrol_sheet(week: PatrolWeek, plan: str = "") -> bytes:
    """Return the plan as PDF/UA-1; the same plan gives the same bytes.

    The list has a page, and so has the map `plan`, an SVG of it; a plan without patrols has none.
    """
    _ = translations(week.language).gettext
    release = _("Release {number} of {day}").format(
        number=week.release_number, day=format_date(week.release_day, "long", locale=week.language)
    )
    data = {
        "language": week.language,
        "author": "Bicycle Barometer",
        "title": _("Patrol plan: {area}").format(area=week.area),
        "simulated": _("Simulated data: made by a program, not by students.")
        if week.simulated
        else "",
        "kind": _("Patrol plan of a week"),
        "heading": week.area,
        "facts": [
            _("Lessons from {begin} to {end}").format(
                begin=_clock(week.begin, week), end=_clock(week.end, week)
            ),
            translations(week.language)
            .ngettext("{n} patrol", "{n} patrols", len(week.stops))
            .format(n=len(week.stops)),
        ],
        "header": [
            _("Day"),
            _("Time"),
            _("Place"),
            _("What to look for"),
            _("Expected in 100 patrols"),
        ],
        "rows": [stop_words(stop, week) for stop in week.stops],
        "none": "" if week.stops else nothing_words(week, _),
        "done": _("Done, and what was seen"),
        "notes": patrol_notes(week, _),
        "map": {
            "svg": plan,
            "title": _("Where it is"),
            "alt": _(
                "Map of the places of the plan, north up, numbered as in the list: {places}"
            ).format(places="; ".join(_numbered(week, _))),
            "legend": [
                {"sign": "crossing", "words": _("crossing")},
                {"sign": "street", "words": _("piece of street")},
                {"sign": "number", "words": _("number as in the list")},
            ],
        },
        "footer": f"{week.area} · {release}",
    }
    return typeset("patrol.typ", data, day=week.release_day)


def _numbered(week: PatrolWeek, _: Words) -> list[str]:
    titles = {stop.number: place_title(stop.row, _) for stop in week.stops}
    return [f"{number} {title}" for number, title in titles.items()]


def nothing_words(week: PatrolWeek, _: Words) -> str:
    """Return why there is nothing to patrol."""
    if week.mode != "risk":
        return _(
            "There are not enough reports yet to say where conflicts are to be expected. More "
            "classes are needed."
        )
    return _("At no place do the reasons that students give point to enforcement.")


def _number(value: float, week: PatrolWeek) -> str:
    return format_decimal(value * OF_PATROLS, format="#,##0.0", locale=week.language)


def _clock(moment: time, week: PatrolWeek) -> str:
    return format_time(moment, "short", locale=week.language)


def _span(first: time, last: time, week: PatrolWeek) -> str:
    return f"{_clock(first, week)}–{_clock(last, week)}"


def _moved(moment: time, by: timedelta) -> time:
    # Any day does; none of the windows crosses midnight.
    return (datetime.combine(date(2000, 1, 2), moment) + by).time()
