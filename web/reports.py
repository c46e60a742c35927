"""The school's safety report: values of one release in, a PDF for the council out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from babel.numbers import format_percent

from .method import limits, method_page
from .sentences import (
    day_words,
    interval_words,
    number_words,
    place_name,
    place_type,
    reasons_words,
    reported,
    summary,
)
from .translation import translations
from .typesetting import typeset
from .words import state_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    Words = Callable[[str], str]


@dataclass(frozen=True)
class PlaceRow:
    """One line of the report's table, with the values of the release; None: not known.

    `danger` is 0 (felt safe) to 1, `index` 0 to 100. `reasons` are codes, the most named first.
    `case_state` and `owner` are empty while nobody has taken the place on.
    """

    rank: int
    name: str
    kind: Literal["segment", "intersection"]
    type: str
    state: Literal["confirmed", "watch", "unknown"]
    participants: int
    reporters: int
    danger: float | None = None
    danger_low: float | None = None
    danger_high: float | None = None
    index: float | None = None
    index_low: float | None = None
    index_high: float | None = None
    reasons: tuple[str, ...] = ()
    case_state: str = ""
    owner: str = ""


@dataclass(frozen=True)
class SafetyReport:
    """Everything the report says.

    `participants` to `share_rated` are those of this school's campaign; the figures in `places`
    are the release's own, ranked. `missing` is what the mode "risk" lacks: (there, needed) by
    "conflicts" and "eligible". `map_svg` comes from `figures.flow_map`, empty without flows.
    `settings` has the columns name, value, unit and source. `roster` is the number of students
    invited, None if the school gave none; `at_least` how many must have passed a place.
    """

    language: str
    simulated: bool
    school: str
    campaign: str
    from_day: date
    to_day: date
    release_number: int
    release_day: date
    release_hash: str
    participants: int
    routes: int
    km: float
    km_rated: float
    share_rated: float
    roster: int | None
    mode: Literal["risk", "perception"]
    missing: Mapping[str, tuple[int, int]]
    places: tuple[PlaceRow, ...]
    map_svg: str
    settings: tuple[tuple[str, str, str, str], ...]
    network_version: str
    osm_date: date | None
    software_version: str
    at_least: int = 5


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
        "method": method_page(report.mode, _),
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
    words, risk = state_words(_), report.mode == "risk"
    rows = [
        {
            "rank": str(place.rank),
            "name": place_name(place, _),
            "type": place_type(place, _),
            "state": place.state,
            "state-words": words[place.state],
            "index": _cell(place.index, place.index_low, place.index_high, report, 0),
            "danger": _cell(place.danger, place.danger_low, place.danger_high, report, 2),
            "reported": reported(place, _),
            "reasons": reasons_words(place, report, _),
            "case": ": ".join(part for part in (place.owner, place.case_state) if part) or "–",
        }
        for place in report.places
    ]
    return {
        "title": _("The places"),
        "text": _("Every place with enough answers, in order of rank.")
        if rows
        else _("No place has enough answers yet."),
        "risk": risk,
        "header": [
            "#",
            _("Place"),
            *([_("State"), _("Risk index")] if risk else []),
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
                        )
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
