"""The slides of the lesson: what to do, what came out, and what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babel.dates import format_date
from babel.numbers import format_percent

from .figures import flow_map
from .kit_maps import NUMBERED, felt_map
from .kit_words import cover, named, nothing_words, number, privacy_sentences, span
from .lesson_layers import place_frame
from .translation import translations
from .typesetting import typeset
from .words import reason_words, state_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from .kit_values import KitPlace, KitResults, LessonKit

    Words = Callable[[str], str]
    Slide = dict[str, Any]

MAP_MM = (250.0, 122.0)
"""Drawn smaller than it is shown, so that its words are large."""
REASONS_SHOWN = 2


def slides(kit: LessonKit) -> bytes:
    """Return the slides, 16:9, as PDF/UA-1; the same kit gives the same bytes."""
    _ = translations(kit.language).gettext
    day = kit.results.day if kit.results else kit.day
    data = cover(kit, _("How safe is our way to school?"), _) | {
        "day": format_date(day, "long", locale=kit.language),
        "slides": [*_before(kit, _), *_results(kit, _), *_after(kit, _)],
    }
    return typeset("slides.typ", data, day=kit.day)


def _before(kit: LessonKit, _: Words) -> list[Slide]:
    """Return what needs no results."""
    return [
        _list(
            _("Why you?"),
            [
                _("You ride here every day. Nobody knows these streets better."),
                _("The police know accidents. You know where it nearly happened."),
                _("Your list goes to the council."),
            ],
        ),
        _list(
            _("Draw your way"),
            [
                _("Open {address} and enter your code.").format(address=kit.address),
                _("Start at a corner near your home, not at your house."),
                _("Tap along your way, up to the school."),
                _("Is the line right? If not, move a point."),
            ],
            numbered=True,
        ),
        _list(
            _("Rate your way"),
            [
                _("Is all fine? Say so first, then choose what is not."),
                _("Choose a face for each crossing and street, and say why."),
                _("Was there a near miss or a fall? Tell us where."),
                _("Check, send, and write down your six words."),
            ],
            numbered=True,
        ),
        _list(_("Your data"), privacy_sentences(kit, _)),
    ]


def _results(kit: LessonKit, _: Words) -> list[Slide]:
    found = kit.results
    if found is None:
        return [_list(_("What we found"), [nothing_words(kit, _)])]
    shown = [_what_we_did(found, kit, _)]
    if not kit.places:
        return [*shown, _list(_("What we found"), [nothing_words(kit, _)])]
    if not found.flows.empty:
        shown.append(_where_we_ride(found, kit, _))
    return [*shown, _how_it_feels(kit, _), _first_places(found, kit, _), *_explained(found, kit, _)]


def _what_we_did(found: KitResults, kit: LessonKit, _: Words) -> Slide:
    title = _("What we did")
    if found.students is None:
        return _list(
            title,
            [_("Fewer than {n} students of our school are in the results.").format(n=kit.at_least)],
        )
    share = format_percent(found.share_rated or 0.0, locale=kit.language)
    return {
        "form": "figures",
        "title": title,
        "figures": [
            {"value": number(found.students, kit), "label": _("students took part")},
            {"value": number(found.routes or 0, kit), "label": _("routes drawn")},
            {"value": number(found.km or 0, kit), "label": _("kilometres drawn")},
            {"value": share, "label": _("of them rated")},
        ],
        "note": " ".join(
            [
                _("All students of our school. Counts are rounded down to 5, 10, 15 and so on."),
                *([_("All answers come from one class.")] if found.one_class else []),
            ]
        ),
    }


def _where_we_ride(found: KitResults, kit: LessonKit, _: Words) -> Slide:
    width, height = MAP_MM
    return {
        "form": "map",
        "title": _("Where we ride"),
        "svg": flow_map(
            kit.network,
            found.flows,
            place_frame(kit.places[:NUMBERED]),
            kit.location,
            language=kit.language,
            mode=found.mode,
            width=width,
            height=height,
        ),
        "alt": _(
            "Map of the streets around {school}: the wider and darker a line, the more students "
            "ride there."
        ).format(school=kit.school),
    }


def _how_it_feels(kit: LessonKit, _: Words) -> Slide:
    width, height = MAP_MM
    return {
        "form": "map",
        "title": _("How it feels"),
        "svg": felt_map(kit, _, width=width, height=height),
        "alt": _(
            "Map of the streets around {school}: how safe each street and crossing feels. The next "
            "slide lists the numbered places."
        ).format(school=kit.school),
    }


def _first_places(found: KitResults, kit: LessonKit, _: Words) -> Slide:
    risk = found.mode == "risk"
    return {
        "form": "table",
        "title": _("These places come first"),
        "header": [
            _("Place"),
            *([_("State"), _("Risk index")] if risk else []),
            _("Felt danger"),
            _("Why"),
        ],
        "rows": [_place_row(place, kit, _, risk=risk) for place in kit.places[:NUMBERED]],
        "note": _("Risk index: 50 is the average of the area. Felt danger: 0 is safe, 1 is unsafe.")
        if risk
        else _("Felt danger: 0 is safe, 1 is unsafe."),
    }


def _place_row(place: KitPlace, kit: LessonKit, _: Words, *, risk: bool) -> list[str]:
    reasons = [reason_words(_)[code] for code in place.reasons[:REASONS_SHOWN]]
    return [
        named(place, _),
        *(
            [
                state_words(_)[place.state],
                span(place.index, place.index_low, place.index_high, kit),
            ]
            if risk
            else []
        ),
        span(place.danger, place.danger_low, place.danger_high, kit, 2),
        ", ".join(reasons) or "–",
    ]


def _explained(found: KitResults, kit: LessonKit, _: Words) -> list[Slide]:
    """Return what a value and its range mean, shown with the first place that has them."""
    place = next((one for one in kit.places if one.danger_low is not None), None)
    if place is None or place.danger is None:
        return []
    scale = {"low": 0.0, "high": 1.0, "from": place.danger_low, "to": place.danger_high}
    lines = [
        _("{place} feels like {value}.").format(
            place=named(place, _), value=number(place.danger, kit, 2)
        ),
        _(
            "Not everybody has answered, so we cannot know it exactly. The bar shows "
            "the range: nine times in ten the true value is in it."
        ),
        _("Where two bars overlap, do not say that one place is worse."),
    ]
    if found.mode == "risk":
        lines.append(
            _("Risk index: 50 is the average, 75 is twice the risk, 100 is four times or more.")
        )
    return [
        {
            "form": "range",
            "title": _("How sure are we?"),
            "items": lines,
            "scale": scale | {"value": place.danger},
            "ends": [_("0 safe"), _("1 unsafe")],
        }
    ]


def _after(kit: LessonKit, _: Words) -> list[Slide]:
    return [
        _list(
            _("Grey is not safe"),
            [
                _("Grey means: we do not know."),
                _("Perhaps few of us ride there. Perhaps nobody dares to."),
                _(
                    "A place is shown only if at least {n} students ride there. So nobody "
                    "can find out where one of us lives."
                ).format(n=kit.at_least),
            ],
        ),
        _list(
            _("What happens next"),
            [
                _("We choose three places and say why."),
                _("The council gets our report."),
                _("We ask: who takes on this place, and by when?"),
                _("We look again in a few months."),
            ],
            numbered=True,
        ),
    ]


def _list(title: str, items: list[str], *, numbered: bool = False) -> Slide:
    return {"form": "list", "title": title, "items": items, "numbered": numbered}
