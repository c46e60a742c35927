"""What all papers of a lesson kit say in the same words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babel.dates import format_date
from babel.numbers import format_decimal

from .words import place_title

if TYPE_CHECKING:
    from collections.abc import Callable

    from .kit_values import KitPlace, LessonKit

    Words = Callable[[str], str]


def cover(kit: LessonKit, title: str, translate: Words) -> dict[str, Any]:
    """Return what every paper begins with."""
    _ = translate
    return {
        "language": kit.language,
        "author": "Bicycle Barometer",
        "title": title,
        "school": kit.school or "?",
        "campaign": kit.campaign,
        "footer": f"{kit.school} · {source_words(kit, _)}",
        "simulated": _("Simulated data: made by a program, not by students.")
        if kit.simulated
        else "",
    }


def source_words(kit: LessonKit, translate: Words) -> str:
    """Return from which release the results are, or that there are none."""
    _ = translate
    if kit.results is None:
        return _("no results yet")
    day = format_date(kit.results.day, "long", locale=kit.language)
    return _("Release {number} of {day}").format(number=kit.results.number, day=day)


def privacy_sentences(kit: LessonKit, translate: Words) -> list[str]:
    """Return the three sentences on data protection."""
    _ = translate
    return [
        _("There are no names, no e-mail addresses and no accounts of students."),
        _("The part of the way near the home never leaves the device."),
        _(
            "Nobody sees a single ride: a place is on these maps only if at least "
            "{n} students ride there."
        ).format(n=kit.at_least),
    ]


def nothing_words(kit: LessonKit, translate: Words) -> str:
    """Return why a kit has no places to show."""
    _ = translate
    if kit.results is None:
        return _(
            "There are no results yet. At least {n} students must have sent a ride first."
        ).format(n=kit.needed)
    return _(
        "No place was ridden by at least {n} students yet, so there is nothing "
        "to show. That does not mean that the ways are safe."
    ).format(n=kit.at_least)


def number(value: float, kit: LessonKit, digits: int = 0) -> str:
    """Return a number as people of the kit's language write it."""
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(value, format=pattern, locale=kit.language)


def span(
    value: float | None, low: float | None, high: float | None, kit: LessonKit, digits: int = 0
) -> str:
    """Return a value with its range behind it, or a dash where nothing is known."""
    if value is None:
        return "–"
    if low is None or high is None:
        return number(value, kit, digits)
    return f"{number(value, kit, digits)} ({number(low, kit, digits)}–{number(high, kit, digits)})"


def named(place: KitPlace, translate: Words) -> str:
    """Return the number and the name of a place."""
    return f"{place.rank} · {place_title(vars(place), translate)}"
