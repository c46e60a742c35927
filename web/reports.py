"""The school's safety report: values of one release in, a PDF for the council out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babel.numbers import format_percent

from .actions import register, what_changed
from .method import limits, method_page, rests_on
from .place_sheet import sheet_words
from .report_parts import crashes, reasons, ways
from .school_words import case_words
from .sentences import (
    day_words,
    interval_words,
    number_words,
    place_name,
    place_type,
    reasons_sentence,
    reported,
    row_sentence,
    summary,
)
from .stability import stability
from .translation import translations
from .typesetting import typeset
from .words import state_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from .report_values import SafetyReport

    Words = Callable[[str], str]


IN_MAIN = 6
"""Places in the table that everybody reads; the others stand in the annex."""


def safety_report(report: SafetyReport) -> bytes:
    """Return the report as PDF/UA-1; the same report gives the same bytes."""
    _ = translations(report.language).gettext
    title = _("Safety report: {school}").format(school=report.school)
    release = _("Release {number} of {day}").format(
        number=report.release_number, day=day_words(report.release_day, report)
    )
    data = {
        "language": report.language,
        "author": "Bicycle Barometer",
        "title": title,
        "kind": _("Safety report of the way to school"),
        "school": report.school or "?",
        "campaign": report.campaign,
        "period": f"{day_words(report.from_day, report)} – {day_words(report.to_day, report)}",
        "simulated": _("Simulated data: made by a program, not by students.")
        if report.simulated
        else "",
        "footer": f"{report.school} · {release}",
        "summary": summary(report, _),
        "answered": _answered(report, _),
        "limits": limits(report.at_least, _),
        "map": _map(report, _),
        "places": _places(report, _),
        "reasons": reasons(report, _),
        "ways": ways(report, _),
        "crashes": crashes(report, _),
        "register": register(report, _),
        "changed": what_changed(report, _),
        "annex": _("Annex"),
        "sheets": [sheet_words(sheet) for sheet in report.sheets],
        "method": method_page(report.mode, _),
        "rests": rests_on(report, _),
        "stability": _stability(report, _),
        "settings": _settings(report, _),
        "sources": _sources(report, _, release),
    }
    return typeset("report.typ", data, day=report.release_day)


def _answered(report: SafetyReport, _: Words) -> dict[str, Any]:
    share = format_percent(report.share_rated, locale=report.language)
    figures = [
        {"value": number_words(report.participants, report), "label": _("students took part")},
        {"value": number_words(report.routes, report), "label": _("routes drawn")},
        {"value": number_words(report.km, report, 1), "label": _("kilometres drawn")},
        {"value": share, "label": _("of them rated")},
    ]
    text = _("Answers came in from {first} to {last}. {km} kilometres were rated.").format(
        first=day_words(report.from_day, report),
        last=day_words(report.to_day, report),
        km=number_words(report.km_rated, report, 1),
    )
    if report.roster:
        part = format_percent(report.participants / report.roster, locale=report.language)
        text += " " + _("{share} of the {roster} students invited took part.").format(
            share=part, roster=number_words(report.roster, report)
        )
    return {"title": _("Who answered"), "figures": figures, "text": text}


def _map(report: SafetyReport, _: Words) -> dict[str, str]:
    if not report.map_svg:
        text = _("No street was used by at least {n} students, so there is nothing to draw.")
        return {
            "svg": "",
            "title": _("Where students ride"),
            "text": text.format(n=report.at_least),
            "alt": "",
            "note": "",
        }
    return {
        "svg": report.map_svg,
        "title": _("Where students ride"),
        "text": _(
            "The wider and darker a line, the more students ride there. Numbers are the "
            "places of the table."
        ),
        "alt": _(
            "Map of the streets around {school}: where students ride, and the numbered places. "
            "The table that follows lists the same places."
        ).format(school=report.school),
        "note": _(
            "Streets with fewer than {n} students stay grey: grey is unknown, not safe. "
            "Map data © OpenStreetMap contributors."
        ).format(n=report.at_least),
    }


def _places(report: SafetyReport, _: Words) -> dict[str, Any]:
    words, cases, risk = state_words(_), case_words(_), report.mode == "risk"
    rows = [
        {
            "rank": str(place.rank),
            "name": place_name(place, _),
            "type": place_type(place, _),
            "state": place.state,
            "state-words": words[place.state],
            "index": _cell(place.index, place.index_low, place.index_high, report, 0),
            "spared": _cell(place.avoidable, place.avoidable_low, place.avoidable_high, report, 1),
            "danger": _cell(place.danger, place.danger_low, place.danger_high, report, 2),
            "reported": reported(place, _),
            "sentence": " ".join(
                [*reasons_sentence(place, report, _), row_sentence(place, report, _)]
            ),
            "case": ": ".join(
                part
                for part in (place.owner, cases.get(place.case_state, place.case_state))
                if part
            )
            or "–",
        }
        for place in report.places
    ]
    return {
        "title": _("The places"),
        "text": _("Every place with enough answers, in order of rank.")
        if rows
        else _("No place has enough answers yet."),
        "risk": risk,
        "main": IN_MAIN,
        "others": _("The other places"),
        "header": [
            "#",
            _("Place"),
            *([_("State"), _("Risk index"), _("Spared a year")] if risk else []),
            _("Perceived danger"),
            _("What riders reported"),
            _("Case"),
        ],
        "rows": rows,
        "note": " ".join(
            [
                _("Below each value stands its 90 % interval."),
                *(
                    [
                        _(
                            "Risk index: 50 is the average of the area, 75 twice as much, 100 four "
                            "times or more."
                        ),
                        _(
                            "Spared a year: reported conflicts that a fix could spare all cyclists "
                            "of the schools in a school year."
                        ),
                    ]
                    if risk
                    else []
                ),
                _("Perceived danger: 0 safe, 1 unsafe."),
            ]
        ),
    }


def _cell(
    value: float | None, low: float | None, high: float | None, report: SafetyReport, digits: int
) -> list[str]:
    if value is None:
        return ["–", ""]
    return [number_words(value, report, digits), interval_words(low, high, report, digits)]


def _settings(report: SafetyReport, _: Words) -> dict[str, Any]:
    return {
        "title": _("Settings"),
        "text": _("Every number that is a decision rather than a measurement, with its source."),
        "header": [_("Setting"), _("Value"), _("Unit"), _("Source")],
        "rows": [
            [name.replace("_", " "), value, unit, source]
            for name, value, unit, source in report.settings
        ],
    }


def _stability(report: SafetyReport, _: Words) -> dict[str, Any]:
    title = _("How stable is this ranking?")
    empty = {"title": title, "text": "", "header": [], "rows": [], "after": []}
    if report.mode != "risk":
        return empty | {"title": ""}
    if report.robustness is None:
        return empty | {
            "text": _("This is being worked out. It takes some minutes after a release.")
        }
    found = stability(report.robustness, report.language, _)
    after = [found.unchanged, *found.halves] if found.unchanged else found.halves
    return {
        "title": title,
        "text": found.intro,
        "header": [_("Setting"), _("Usual"), _("Halved"), _("Raised by half")],
        "rows": [list(one) for one in found.changed],
        "after": after,
    }


def _sources(report: SafetyReport, _: Words, release: str) -> dict[str, Any]:
    osm_day = day_words(report.osm_date, report) if report.osm_date else _("date unknown")
    rows = [
        (_("Release"), release),
        (_("Content hash"), report.release_hash),
        (_("Network version"), report.network_version),
        (_("Map data"), f"© OpenStreetMap contributors, ODbL 1.0, {osm_day}"),
        (_("Software"), f"Bicycle Barometer {report.software_version}"),
    ]
    return {"title": _("Sources and versions"), "rows": rows}
