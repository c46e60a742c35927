"""Parts of the report beside its table: reasons, recommended ways, official crashes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babel.numbers import format_percent

from .actions import quick_fixes
from .care_words import way_words
from .sentences import number_words, place_name
from .translation import translations
from .words import reason_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .report_values import PlaceRow, SafetyReport

    Words = Callable[[str], str]

FIXES = 6


def reasons(report: SafetyReport, _: Words) -> dict[str, Any]:
    """Return which reasons were given how often on the ways of the school, and quick fixes."""
    words = reason_words(_)
    most = sorted(report.reasons.items(), key=lambda item: (-item[1], item[0]))
    top = most[0][1] if most else 1
    return {
        "title": _("Why it feels unsafe"),
        "text": _(
            "How often each reason was given on the streets and crossings that this school's "
            "students pass, where at least {n} gave it at a place."
        ).format(n=report.at_least)
        if most
        else _("No reason was given by at least {n} students at one place.").format(
            n=report.at_least
        ),
        "bars": [
            {"words": words[code], "count": number_words(count, report), "share": count / top}
            for code, count in most
        ],
        "quick": {"title": _("Quick fixes"), "items": quick_fixes(report, _)[:FIXES]},
    }


def ways(report: SafetyReport, _: Words) -> dict[str, Any]:
    """Return how many of the recommended ways are calm, and how much of what is ridden is."""
    empty: dict[str, Any] = {"title": "", "text": "", "list-title": "", "rows": []}
    if report.ways is None:
        return empty
    said = []
    if report.ways.ways:
        said.append(
            _(
                "From {n} neighbourhoods around the school a way was sought that is as calm as "
                "the streets allow and at most 30% farther than the shortest one: {calm} of them "
                "are calm all along, the others ask for care somewhere. Together {share} of their "
                "length is calm."
            ).format(
                n=len(report.ways.ways),
                calm=report.ways.calm_ways,
                share=format_percent(report.ways.calm, locale=report.language),
            )
        )
    else:
        said.append(_("No street that leads on from this school is on the map for cycling."))
    if report.stressful is not None:
        said.append(
            _(
                "Of what students ride today, where it may be told, {share} is on calm streets."
            ).format(share=format_percent(1 - report.stressful, locale=report.language))
        )
    said.append(
        _(
            "The map of these ways is for parents: it is open to everybody, and rests only on the "
            "street map and on what at least {n} students said."
        ).format(n=report.ways.at_least)
    )
    catalogue = translations(report.language)
    return {
        "title": _("Recommended ways to school"),
        "text": " ".join(said),
        "list-title": _("Ways by neighbourhood"),
        "rows": [way_words(way, report.language, catalogue) for way in report.ways.ways],
    }


def crashes(report: SafetyReport, _: Words) -> dict[str, Any]:
    """Return where the official file and the students agree, as far as a school may know."""
    n = report.known.get("crashes", 0)
    title = _("Official crashes")
    if report.mode != "risk" or not n:
        text = _(
            "No official crash file counts in these figures: what students report is not compared "
            "with what the police recorded."
        )
        return {"title": title, "text": text, "items": []}
    both = [one for one in report.places if one.crashes is not None and one.state != "unknown"]
    file_only = [one for one in report.places if one.crashes and one.state == "unknown"]
    students = [one for one in report.places if one.crashes is None and one.state == "confirmed"]
    lines = (
        (_("Both point to: {places}."), both),
        (_("The file alone points to: {places}."), file_only),
        (
            _(
                "Students alone point to: {places}. There the file has fewer than {n} crashes or "
                "none; how many, only the police may know."
            ),
            students,
        ),
    )
    return {
        "title": title,
        "text": _(
            "{n} official crashes with a bicycle in the whole area count in the risk. Near misses "
            "are in no official file, and many falls are not either."
        ).format(n=number_words(n, report)),
        "items": [
            words.format(places=_named(places, _), n=report.at_least)
            for words, places in lines
            if places
        ]
        or [_("At no place on these ways does either of the two point to a hotspot.")],
    }


def _named(places: Iterable[PlaceRow], _: Words) -> str:
    return ", ".join(f"{place_name(place, _)} ({place.rank})" for place in places)
