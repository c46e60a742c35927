"""Who does what by when: what to do at a place, and the register of what is being done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babel.dates import format_date

from .countermeasures import measure_kind_words, measure_words
from .effects import effect_sentences
from .school_words import case_words, change_sentence
from .translation import translations
from .words import place_title

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from .report_values import Action, PlaceRow, SafetyReport, Step

    Words = Callable[[str], str]

SOON = ("quick", "enforcement", "education")
"""Kinds of measures that need no plan and no budget, in the order in which they are asked for."""
ASKED = 2
"""Measures named for one of the first places: who reads more does none."""


def to_do(place: PlaceRow, report: SafetyReport, _: Words) -> list[dict[str, str]]:
    """Return what could be done at a place, by whom and by when, or that nobody has said so."""
    measures = asked_measures(place, _)
    return [
        {"label": _("What"), "text": "; ".join(measures) or _("Go and look first.")},
        {
            "label": _("By whom"),
            "text": place.owner or _("Nobody has taken this place on yet."),
        },
        {
            "label": _("By when"),
            "text": _day(place.due_on, report.language) or _("No date has been given yet."),
        },
    ]


def asked_measures(place: PlaceRow, _: Words) -> list[str]:
    """Return the words of what can be done soon, then of the first thing to plan."""
    words = measure_words(_)
    soon = [one for kind in SOON for one in place.measures if one.kind == kind][:ASKED]
    later = [one for one in place.measures if one.kind == "long"][:1]
    return [words[one.code] for one in [*soon, *later]]


def quick_fixes(report: SafetyReport, _: Words) -> list[str]:
    """Return what could be done within weeks, with the numbers of the places it is for."""
    places: dict[str, list[str]] = {}
    for place in report.places:
        for one in place.measures:
            if one.kind == "quick" and place.state != "unknown":
                places.setdefault(one.code, []).append(str(place.rank))
    words = measure_words(_)
    most = sorted(places.items(), key=lambda item: -len(item[1]))
    return [
        _("{what} (places: {numbers})").format(what=words[code], numbers=", ".join(numbers))
        for code, numbers in most
    ]


def register(report: SafetyReport, _: Words) -> dict[str, Any]:
    """Return the action register: every case with its owner, its date and what is done."""
    taken_on = _taken_on(report.actions)
    waiting = [one for one in report.actions if one not in taken_on]
    return {
        "title": _("What is being done"),
        "text": _waiting(waiting, _)
        if report.actions
        else _(
            "No case has been opened on the ways of this school: nobody has promised anything yet."
        ),
        "header": [_("Place"), _("Measure"), _("Owner"), _("By when"), _("State")],
        "rows": [_registered(one, report.language, _) for one in taken_on],
    }


def _waiting(cases: Sequence[Action], _: Words) -> str:
    if not cases:
        return _("Every case on the ways of this school, the newest first.")
    names = [place_title({"name": one.name, "kind": one.kind}, _) for one in cases]
    return _("Cases that nobody has taken on yet: {n} ({places}).").format(
        n=len(cases), places=", ".join(dict.fromkeys(names))
    )


def _registered(one: Action, language: str, _: Words) -> dict[str, Any]:
    return {
        "name": place_title({"name": one.name, "kind": one.kind}, _),
        "measures": [_step(step, language, _) for step in one.steps] or [_("none named yet")],
        "owner": one.owner or _("nobody yet"),
        "due": _day(one.due_on, language) or "–",
        "state": case_words(_).get(one.state, one.state),
        "answer": one.answer,
    }


def promises(report: SafetyReport, _: Words) -> list[str]:
    """Return what was promised in one sentence a case: what, by whom, by when, and its state."""
    return [
        _("{place}: {measures}. {owner}, {state}; {due}. {answer}")
        .format(
            place=row["name"],
            measures="; ".join(row["measures"]),
            owner=row["owner"],
            state=row["state"],
            due=_("due on {day}").format(day=row["due"]) if one.due_on else _("without a date"),
            answer=row["answer"],
        )
        .strip()
        for one, row in (
            (one, _registered(one, report.language, _)) for one in _taken_on(report.actions)
        )
    ]


def changes_in_short(report: SafetyReport, _: Words) -> str:
    """Return how the way to school changed, or nothing where no two years can be compared."""
    return change_sentence(report.change, report.language, _) if report.change else ""


def _taken_on(actions: Sequence[Action]) -> list[Action]:
    return [one for one in actions if one.owner or one.steps or one.state != "new"]


def _step(step: Step, language: str, _: Words) -> str:
    kind = measure_kind_words(_).get(step.kind, step.kind)
    if step.done_on:
        when = _("done on {day}").format(day=_day(step.done_on, language))
    elif step.planned_on:
        when = _("planned for {day}").format(day=_day(step.planned_on, language))
    else:
        when = _("without a date")
    return _("{what} ({kind}; {when})").format(what=step.what, kind=kind, when=when)


def what_changed(report: SafetyReport, _: Words) -> dict[str, Any]:
    """Return what changed since the last campaign, and at places where something was done."""
    catalogue = translations(report.language)
    return {
        "title": _("What has changed"),
        "text": change_sentence(report.change, report.language, _),
        "studies": [
            " ".join(effect_sentences(row, report.language, catalogue)) for row in report.effects
        ],
        "none": _(
            "No measure with a date is known on the ways of this school: before and after can be "
            "compared only once one is recorded."
        )
        if not report.effects
        else "",
    }


def _day(day: date | None, language: str) -> str:
    return format_date(day, "long", locale=language) if day else ""
