"""What the map for parents says in words: ways, where to take care and what to do there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babel.numbers import format_decimal, format_percent

from .parents_values import SCHOOL_ZONE_M
from .translation import translations
from .words import place_title, type_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from babel.support import NullTranslations

    from .parents_values import CarePlace, ParentsMap, WayLine

    Words = Callable[[str], str]

LETTERS = "ABCDEFGHIJ"
STRESSFUL = 3


def parents_words(shown: ParentsMap, language: str) -> dict[str, Any]:
    """Return every sentence of the map, for the page and for the sheet alike."""
    catalogue = translations(language)
    _ = catalogue.gettext
    return {
        "title": _("Calm ways to {school}").format(school=shown.school or "?"),
        "lead": _(
            "How to ride to school from the neighbourhoods around it: as calmly as the streets "
            "allow, and at most 30% farther than the shortest way."
        ),
        "rests": _rests(shown, language, _),
        "caution": _(
            "A recommended way is not a promise that it is safe. Ride it together first, and "
            "decide for yourselves."
        ),
        "none": _("No street that leads on from this school is on the map for cycling."),
        "legend": legend_words(_),
        "width": _("The wider a line, the more neighbourhoods share the street."),
        "ways": {
            "title": _("Ways by neighbourhood"),
            "text": _(
                "Each way begins at the numbered crossing. The streets stand in riding order."
            ),
            "rows": [way_words(way, language, catalogue) for way in shown.ways],
        },
        "care": {
            "title": _("Take care here"),
            "rows": [
                {
                    "mark": str(number),
                    "name": place_title({"name": place.name, "kind": place.kind}, _),
                    "why": care_reason(place, _),
                }
                for number, place in enumerate(shown.care, start=1)
            ],
            "advice": _advice(shown, _),
            "none": _(
                "No place on these ways is known to be worse. That does not mean they are safe."
            ),
        },
        "meetings": {
            "title": _("Meeting points"),
            "text": _(
                "Public crossings where ways come together: from here students can ride on "
                "together."
            ),
            "rows": [
                {
                    "mark": letter,
                    "name": place_title({"name": one.name, "kind": "intersection"}, _),
                }
                for letter, one in zip(LETTERS, shown.meetings, strict=False)
            ],
        },
        "zone": {
            "title": _("School zone"),
            "text": _(
                "The ring on the map is {n} m around the school. Whoever must come by car stops "
                "outside of it: the last metres are walked, and the street at the school stays "
                "free."
            ).format(n=SCHOOL_ZONE_M),
        },
    }


def legend_words(_: Words) -> dict[str, str]:
    """Return what each look of a street means."""
    return {
        "calm": _("Calm, and students feel so too"),
        "map": _("Calm by the map; too few students rated it"),
        "care": _("With care: more traffic, or it feels unsafe"),
    }


def way_words(way: WayLine, language: str, catalogue: NullTranslations) -> dict[str, str]:
    """Return a way as a row of a list: from where, along which streets, how far and how calm."""
    _ = catalogue.gettext
    nameless = _("path without a name")
    names = list(dict.fromkeys(street.name or nameless for street in way.streets))
    km = format_decimal(way.length_m / 1000, format="0.0", locale=language)
    # What asks for care somewhere is not calm altogether, however it rounds.
    calm = format_percent(min(way.calm, 0.99), locale=language)
    care = catalogue.ngettext(
        "{share} calm, care at {n} place", "{share} calm, care at {n} places", way.care
    )
    return {
        "start": way.start or nameless[:1].upper() + nameless[1:],
        "streets": ", ".join(names),
        "km": _("{km} km").format(km=km),
        "calm": _("all of it calm") if way.care == 0 else care.format(share=calm, n=way.care),
    }


def care_reason(place: CarePlace, _: Words) -> str:
    """Return why a place asks for care."""
    why = [type_words(_).get(place.type, "")]
    if place.confirmed:
        why.append(_("many conflicts were reported here"))
    if place.felt_unsafe:
        why.append(_("students feel unsafe here"))
    if place.stress >= STRESSFUL:
        why.append(_("much traffic stress"))
    return "; ".join(word for word in why if word)


def care_advice(place: CarePlace, _: Words) -> str:
    """Return what to do at a place, by what kind of place it is."""
    if place.kind == "segment":
        return _(
            "Ride one behind the other, at an arm's length from parked cars, or walk on the "
            "pavement."
        )
    return _at_crossing(_).get(place.type) or _("Slow down, look both ways and be ready to stop.")


def _at_crossing(_: Words) -> Mapping[str, str]:
    return {
        "signalised": _(
            "Wait for green, then look again: turning drivers may not see you. Unsure? Walk."
        ),
        "uncontrolled": _(
            "Stop, look both ways, and cross only when you have seen that drivers have seen you. "
            "Unsure? Walk."
        ),
        "roundabout": _("Ride in the middle of the lane, or get off and walk across each arm."),
    }


def _advice(shown: ParentsMap, _: Words) -> list[dict[str, str]]:
    """Return each piece of advice once, with the numbers of the places that it is for."""
    numbers: dict[str, list[str]] = {}
    for number, place in enumerate(shown.care, start=1):
        numbers.setdefault(care_advice(place, _), []).append(str(number))
    return [{"marks": ", ".join(marks), "do": do} for do, marks in numbers.items()]


def _rests(shown: ParentsMap, language: str, _: Words) -> str:
    if shown.release_day is None:
        return _("No students have answered yet: everything here comes from the street map alone.")
    return _(
        "Of these streets, {share} have been rated by at least {n} students. The rest counts by "
        "the street map alone: how it feels is not known."
    ).format(share=format_percent(shown.known, locale=language), n=shown.at_least)
