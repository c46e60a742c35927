"""The letter to the council: three things to fix first, by whom, by when, and why; two pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .actions import changes_in_short, promises
from .sentences import day_words, number_words, place_name, summary
from .translation import translations
from .typesetting import typeset
from .words import reason_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from .report_values import SafetyReport

    Words = Callable[[str], str]

FIRST = 3
QUOTES = 2
"""Quotes of each of the first places; each has at least three students behind it."""
PROMISES = 5
REASONS = 4


def council_letter(report: SafetyReport, area: str) -> bytes:
    """Return the letter as PDF/UA-1; the same report gives the same bytes.

    Parameters
    ----------
    area
        The name of the town whose council it goes to. The map of the report is a cut-out around
        the first places.
    """
    _ = translations(report.language).gettext
    release = _("Release {number} of {day}").format(
        number=report.release_number, day=day_words(report.release_day, report)
    )
    asked = summary(report, _)
    data = {
        "language": report.language,
        "author": "Bicycle Barometer",
        "title": _("Letter to the council: {school}").format(school=report.school),
        "simulated": _("Simulated data: made by a program, not by students.")
        if report.simulated
        else "",
        "sender": report.school or "?",
        "receiver": _("To the council of {area}").format(area=area),
        "subject": _subject(report, asked, _),
        "opening": _opening(report, _),
        "lead": asked["lead"],
        "brackets": _(
            "The numbers in brackets are an interval: nine times in ten the true value lies in it."
        )
        if asked["places"]
        else "",
        "places": asked["places"],
        "map": report.map_svg if asked["places"] else "",
        "map-alt": _(
            "Cut-out of the map around {school} with the numbered places of this letter."
        ).format(school=report.school),
        "map-note": _("Map data © OpenStreetMap contributors."),
        "said": _said(report, {one["rank"] for one in asked["places"]}, _),
        "promised": {
            "title": _("What was promised before, and what became of it"),
            "items": promises(report, _)[:PROMISES],
            "none": _("Nothing has been promised for the ways to this school so far."),
            "changed": changes_in_short(report, _),
        },
        "request": {
            "title": _("What we ask of you"),
            "items": [
                _("Tell us who takes on each of these places."),
                _("Give us a date for each, and tell the students when it has passed."),
                _(
                    "If you decide against it, tell us why: students who get an answer take part "
                    "again."
                ),
            ],
        },
        "signatures": [
            _("For the school"),
            _("For the students"),
            _("For the parents"),
            _("Received for the council"),
        ],
        "day": _("Date"),
        "footer": f"{report.school} · {release}",
    }
    return typeset("letter.typ", data, day=report.release_day)


def _subject(report: SafetyReport, asked: dict[str, Any], _: Words) -> str:
    if not asked["places"]:
        return _("The way to school: what students told us, and what nobody can tell yet")
    if report.mode == "perception":
        return _("Please look at these places on the way to school")
    return _("Please fix these places on the way to school first")


def _opening(report: SafetyReport, _: Words) -> str:
    return _(
        "{n} students of {school} have drawn how they ride to school and rated {km} kilometres of "
        "it, from {first} to {last}. They told where they feel unsafe, and where they had a near "
        "miss or a fall. No figure here is about a single student; each rests on at least "
        "{least} of them. These are reported conflicts, not police records."
    ).format(
        n=number_words(report.participants, report),
        school=report.school,
        km=number_words(report.km_rated, report),
        first=day_words(report.from_day, report),
        last=day_words(report.to_day, report),
        least=report.at_least,
    )


def _said(report: SafetyReport, asked: set[str], _: Words) -> dict[str, Any]:
    """Return what students say: the reasons given most, and quotes from the places `asked` for."""
    words = reason_words(_)
    most = sorted(report.reasons.items(), key=lambda item: (-item[1], item[0]))[:REASONS]
    named = ", ".join(f"{words[code]} ({number_words(count, report)})" for code, count in most)
    return {
        "title": _("What students say"),
        "reasons": _("Given most often on the ways to this school: {reasons}.").format(
            reasons=named
        )
        if named
        else _("No reason was given by at least {n} students at one place.").format(
            n=report.at_least
        ),
        "quotes": [
            {"place": place_name(place, _), "text": quote}
            for place in report.places
            if str(place.rank) in asked
            for quote in place.quotes[:QUOTES]
        ],
    }
