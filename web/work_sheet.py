"""The work sheet of the geography class: questions, a map on paper, and its table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .kit_maps import felt_map
from .kit_words import cover, named, nothing_words, number, span
from .lesson_questions import questions
from .translation import translations
from .typesetting import typeset

if TYPE_CHECKING:
    from collections.abc import Callable

    from .kit_values import KitPlace, LessonKit

    Words = Callable[[str], str]

MAP_MM = (174.0, 118.0)
IN_TABLE = 10


def work_sheet(kit: LessonKit) -> bytes:
    """Return the sheet for students as PDF/UA-1; the same kit gives the same bytes."""
    _ = translations(kit.language).gettext
    data = cover(kit, _("Work sheet: the streets around our school"), _) | {
        "day": kit.results.day.isoformat() if kit.results else "",
        "name": _("Names of your group:"),
        "open": _(
            "With a computer: open the file way-to-school.qgs in QGIS. Without one: use the map."
        ),
        "in-qgis": _("In QGIS:"),
        "on-paper": _("On paper:"),
        "questions": [vars(one) for one in questions(kit, _)],
        "choice": [_("Place"), _("What is wrong?"), _("What would help?"), _("Who has to act?")],
        "note": "" if kit.places else nothing_words(kit, _),
        "map": _map(kit, _),
    }
    day = kit.results.day if kit.results else kit.day
    return typeset("work_sheet.typ", data, day=day)


def _map(kit: LessonKit, _: Words) -> dict[str, Any]:
    width, height = MAP_MM
    return {
        "title": _("Map"),
        "svg": felt_map(kit, _, width=width, height=height),
        "alt": _(
            "Map of the streets around {school}. The table below it, if there is one, lists the "
            "places."
        ).format(school=kit.school),
        "header": [_("Place"), _("Students"), _("Felt danger"), _("Stress")],
        "rows": [_row(place, kit, _) for place in in_table(kit)],
        "note": _(
            "Felt danger: 0 is safe, 1 is unsafe, with its range. At least {n} students ride at "
            "each place; counts are rounded down to 5, 10, 15 and so on."
        ).format(n=kit.at_least)
        if kit.places
        else "",
    }


def in_table(kit: LessonKit) -> list[KitPlace]:
    """Return the places that the table on paper needs to answer the questions.

    The first of the release, the most ridden streets, and those that feel least safe.
    """
    rated = [place for place in kit.places if place.danger is not None]
    streets = [place for place in kit.places if place.kind == "segment"]
    chosen = [
        *sorted(rated, key=lambda place: (-(place.danger or 0), place.id))[:4],
        *sorted(streets, key=lambda place: (-place.students, place.id))[:3],
        *kit.places,
    ]
    unique = list({place.id: place for place in chosen}.values())[:IN_TABLE]
    return sorted(unique, key=lambda place: place.rank)


def _row(place: KitPlace, kit: LessonKit, _: Words) -> list[str]:
    return [
        named(place, _),
        number(place.students, kit),
        span(place.danger, place.danger_low, place.danger_high, kit, 2),
        number(place.stress, kit),
    ]
