"""A release's values in sentences: what to look at first, and what is known of a place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

from .actions import to_do
from .evidence import evidence_sentences, weight_words
from .words import reason_words, state_words, type_words

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from .report_values import PlaceRow, SafetyReport

    Words = Callable[[str], str]

IN_SUMMARY = 3
REASONS_SHOWN = 3
IN_ROW = ("crashes", "local", "cluster")


def day_words(day: date, report: SafetyReport) -> str:
    """Return a day as people of the report's language write it."""
    return format_date(day, "long", locale=report.language)


def number_words(value: float, report: SafetyReport, digits: int = 0) -> str:
    """Return a number with as many decimals as asked for, also where they are zero."""
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(value, format=pattern, locale=report.language)


def interval_words(
    low: float | None, high: float | None, report: SafetyReport, digits: int = 0
) -> str:
    """Return the two ends of an interval, or nothing if it is not known."""
    if low is None or high is None:
        return ""
    return f"{number_words(low, report, digits)}–{number_words(high, report, digits)}"


def place_name(place: PlaceRow, _: Words) -> str:
    """Return the name of a place, or say that it has none."""
    if place.name:
        return place.name
    return (
        _("Crossing without a name") if place.kind == "intersection" else _("Street without a name")
    )


def place_type(place: PlaceRow, _: Words) -> str:
    """Return the words of a place's type; a street's own code says nothing to a reader."""
    known = type_words(_).get(place.type)
    return known or (_("crossing") if place.kind == "intersection" else _("street"))


def summary(report: SafetyReport, _: Words) -> dict[str, Any]:
    """Say what to look at first, or what is missing before anything can be claimed."""
    if report.mode == "perception":
        chosen = [place for place in report.places if place.danger is not None][:IN_SUMMARY]
        title = _("Where students feel least safe")
        lead = _too_little(report, _)
    else:
        chosen = [place for place in report.places if place.state != "unknown"][:IN_SUMMARY]
        title = _("Three things to fix first")
        lead = _(
            "Ranked by how many reported conflicts a fix could spare students in a school year."
        )
    if not chosen:
        title = _("No place stands out yet")
        lead = lead if report.mode == "perception" else _nothing(report, _)
    places = [
        {
            "rank": str(place.rank),
            "name": place_name(place, _),
            "text": _sentences(place, report, _),
            "facts": to_do(place, report, _),
        }
        for place in chosen
    ]
    return {"title": title, "lead": lead, "places": places}


def _too_little(report: SafetyReport, _: Words) -> str:
    words = {
        "conflicts": _("reported near misses and falls: {there} of {needed}"),
        "eligible": _("places with enough riders: {there} of {needed}"),
    }
    lacking = [
        words[what].format(there=there, needed=needed)
        for what, (there, needed) in report.missing.items()
    ]
    return _(
        "There is too little data to compute a risk ({lacking}). This report therefore shows how "
        "safe students feel. It does not claim that any place is a hotspot."
    ).format(lacking=format_list(lacking, locale=report.language) if lacking else "–")


def _nothing(report: SafetyReport, _: Words) -> str:
    if not report.places:
        return _(
            "No place was passed by at least {n} students. That does not mean that the ways to "
            "school are safe: it means that nobody can tell yet."
        ).format(n=report.at_least)
    return _(
        "Nothing reported so far is enough to call a place a hotspot. That does not mean that the "
        "ways to school are safe: more answers may still show it."
    )


def _sentences(place: PlaceRow, report: SafetyReport, _: Words) -> str:
    """Say in sentences what is known of a place."""
    said = []
    if report.mode == "risk":
        said.append(f"{place_type(place, _)}, {state_words(_)[place.state]}.")
    else:
        said.append(f"{place_type(place, _)}.")
    said[0] = said[0][:1].upper() + said[0][1:]
    said.append(_("{sentence}.").format(sentence=reported(place, _)))
    if report.mode == "risk" and place.index is not None:
        said.append(
            _("Risk index {index}, where 50 is the average of the area.").format(
                index=_with_interval(place.index, place.index_low, place.index_high, report)
            )
        )
    elif place.danger is not None:
        said.append(
            _("Perceived danger {danger} on a scale from 0 (safe) to 1.").format(
                danger=_with_interval(
                    place.danger, place.danger_low, place.danger_high, report, digits=2
                )
            )
        )
    if report.mode == "risk":
        said.append(row_sentence(place, report, _, ("local",)))
    said += reasons_sentence(place, report, _)
    return " ".join(said)


def place_sentences(place: PlaceRow, report: SafetyReport, _: Words) -> dict[str, str]:
    """Return what stands behind the figures of a place, by topic."""
    # Severities never reach a school: of few crashes one is soon known by name.
    return evidence_sentences({**vars(place), "crashes_ksi": None}, report.mode, report.language, _)


def row_sentence(
    place: PlaceRow, report: SafetyReport, _: Words, topics: tuple[str, ...] = IN_ROW
) -> str:
    """Return the sentence under a row of the table: what its figures rest on, and what follows."""
    sentences = place_sentences(place, report, _)
    if report.mode != "risk":
        return sentences.get("danger", "")
    weight = weight_words(place.weight, report.language, _)
    said = [sentences[topic] for topic in topics if topic in sentences]
    return " ".join([*([_("{sentence}.").format(sentence=weight)] if weight else []), *said])


def _with_interval(
    value: float, low: float | None, high: float | None, report: SafetyReport, digits: int = 0
) -> str:
    interval = interval_words(low, high, report, digits)
    number = number_words(value, report, digits)
    return f"{number} ({interval})" if interval else number


def reported(place: PlaceRow, _: Words) -> str:
    """Say how many of the riders reported a conflict."""
    return _("{reporters} of {participants} riders had a near miss or fall").format(
        reporters=place.reporters, participants=place.participants
    )


LOWERED = {"en", "nl", "id"}
"""Languages in which a word that begins a label loses its capital inside a sentence."""


def reasons_sentence(place: PlaceRow, report: SafetyReport, _: Words) -> list[str]:
    """Return the sentence that names the reasons given most, or none where none may be named."""
    if not place.reasons:
        return []
    words = [reason_words(_)[code] for code in place.reasons[:REASONS_SHOWN]]
    # German nouns keep their capital inside a sentence, Thai has none.
    if report.language in LOWERED:
        words = [word[:1].lower() + word[1:] for word in words]
    return [_("Named most: {reasons}.").format(reasons=", ".join(words))]
