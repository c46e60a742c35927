"""Words of cases: causes, costs, what happened, and why something was refused."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from babel.dates import format_date

from .countermeasures import measure_kind_words
from .school_words import case_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Words = Callable[[str], str]


def cause_words(_: Words) -> dict[str, str]:
    """Return the words of the causes of hotspots: who can act."""
    return {
        "enforcement": _("Rules are not kept"),
        "maintenance": _("Upkeep is missing"),
        "engineering": _("The way it is built"),
        "education": _("People need to learn"),
        "unknown": _("Cause not clear yet"),
    }


def cost_words(_: Words) -> dict[str, str]:
    """Return the words of the classes of cost."""
    return {
        "small": _("small (a working day)"),
        "medium": _("medium (this year's budget)"),
        "large": _("large (needs a budget of its own)"),
        "unknown": _("not known yet"),
    }


def actor_words(by: str, _: Words) -> str:
    """Return who acted: a body by its name, or a role in words."""
    roles = {"": _("The program"), "admin": _("Administrator"), "police": _("Police")}
    return roles.get(by, by)


def event_words(kind: str, details: Mapping[str, Any], language: str, _: Words) -> list[str]:
    """Return what one step of a case's history was, a sentence a line."""
    said = _EVENTS[kind](details, language, _) if kind in _EVENTS else [kind]
    reason = details.get("reason")
    return [*said, _("Reason: {reason}").format(reason=reason)] if reason else said


def refused_words(code: str, _: Words) -> str:
    """Return what to do about a change of a case that was refused."""
    return _refusals(_).get(code, _("This cannot be done with the case as it is."))


def _refusals(_: Words) -> dict[str, str]:
    return {
        "state": _("The case cannot go from its present state to that one."),
        "answer": _("Write the answer in at most 2,000 letters, without < and >."),
        "answer missing": _("Write an answer for everybody first: what was done, or why not."),
        "reason": _("Write the reason in at most 500 letters, without < and >."),
        "reason missing": _("Write why the case is taken up again."),
        "hand over reason": _("Write why you hand the case over."),
        "open elsewhere": _("Another open case is about the same place. Work on that one."),
        "cause": _("Choose one of the causes."),
        "due": _("Give a day from today on."),
        "body": _("Choose another body."),
        "note": _("Write a note of at most 2,000 letters, without < and >."),
        "measure": _("Write in at most 200 letters what is to be done, without < and >."),
        "measure day": _("Give the day as year, month and day, or leave it empty."),
        "measure kind": _("Choose a kind of measure and a class of cost."),
        "measure done": _("This measure is done already."),
        "done ahead": _("Give the day on which it was done. It cannot lie ahead."),
        "no measure": _("This measure is not there any more."),
        "too many": _("A case holds at most 30 measures."),
        "merge": _("Choose another open case."),
        "split": _("Tick some of the places, but not all."),
        "ended": _("This case is closed."),
        "image": _("This is no image that can be read. Send a JPEG, PNG or WebP file."),
        "image size": _("This image is too large. Send one of at most 64 megapixels."),
        "image words": _("Say in at most 200 letters what the image shows, without < and >."),
        "too many images": _("A case holds at most 10 images. Remove one first."),
        "no image": _("This image is not there any more."),
    }


def _opened(told: Mapping[str, Any], _language: str, _: Words) -> list[str]:
    said = [_("Release {n} confirmed the hotspot.").format(n=told["release"])]
    if told["cause"] != "unknown":
        said.append(_("Likely cause: {cause}.").format(cause=cause_words(_)[told["cause"]]))
    if told["owner"]:
        said.append(_("In the hands of {owner}.").format(owner=told["owner"]))
    return said


def _state(told: Mapping[str, Any], _language: str, _: Words) -> list[str]:
    words = case_words(_)
    return [_("State: {now} (before: {before}).").format(
        now=words[told["to"]], before=words[told["from"]]
    )]  # fmt: skip


def _owner(told: Mapping[str, Any], _language: str, _: Words) -> list[str]:
    if not told["from"]:
        return [_("Taken on by {owner}.").format(owner=told["to"])]
    if not told["to"]:
        return [_("Given back by {owner}: nobody has it now.").format(owner=told["from"])]
    return [_("Handed over from {giver} to {owner}.").format(giver=told["from"], owner=told["to"])]


def _due(told: Mapping[str, Any], language: str, _: Words) -> list[str]:
    now = _day(told["to"], language)
    if not told["from"]:
        return [_("Due on {day}.").format(day=now)]
    before = _day(told["from"], language)
    return [_("Due on {day} (before: {before}).").format(day=now, before=before)]


def _cause(told: Mapping[str, Any], _language: str, _: Words) -> list[str]:
    words = cause_words(_)
    return [_("Cause: {now} (before: {before}).").format(
        now=words[told["to"]], before=words[told["from"]]
    )]  # fmt: skip


def _answer(told: Mapping[str, Any], _language: str, _: Words) -> list[str]:
    if not told["answer"]:
        return [_("The public answer was taken away.")]
    return [_("Public answer: {text}").format(text=told["answer"])]


def _note(told: Mapping[str, Any], _language: str, _: Words) -> list[str]:
    return [_("Internal note: {text}").format(text=told["text"])]


def _measure(told: Mapping[str, Any], language: str, _: Words) -> list[str]:
    steps = {
        "planned": _("Measure planned: {what}"),
        "done": _("Measure done: {what}"),
        "not done": _("Measure not done after all: {what}"),
        "removed": _("Measure removed: {what}"),
    }
    about = [measure_kind_words(_)[told["kind"]]]
    if told["day"]:
        about.append(_day(told["day"], language))
    return [steps[told["step"]].format(what=told["what"]) + f" ({', '.join(about)})"]


def _attachment(told: Mapping[str, Any], _language: str, _: Words) -> list[str]:
    said = _("Image added: {words}") if told["step"] == "added" else _("Image removed: {words}")
    return [said.format(words=told["words"])]


def _merged(told: Mapping[str, Any], _language: str, _: Words) -> list[str]:
    if "into" in told:
        return [_("Merged into case {n}.").format(n=told["into"])]
    return [_("Case {n} was merged into this one.").format(n=told["case"])]


def _split(told: Mapping[str, Any], _language: str, _: Words) -> list[str]:
    if "from" in told:
        return [_("Split from case {n}.").format(n=told["from"])]
    return [_("Some places were taken out into case {n}.").format(n=told["case"])]


def _day(text: str, language: str) -> str:
    return format_date(date.fromisoformat(text), "long", locale=language)


def _students(details: Mapping[str, Any], _language: str, _: Words) -> list[str]:
    if not details["answers"]:
        return [_("Students have taken their answers back")]
    words = _("Answers of students: {better} better, {same} the same, {worse} worse")
    return [words.format_map(details)]


_EVENTS: Mapping[str, Callable[[Mapping[str, Any], str, Words], list[str]]] = {
    "opened": _opened,
    "state": _state,
    "owner": _owner,
    "due": _due,
    "cause": _cause,
    "answer": _answer,
    "note": _note,
    "measure": _measure,
    "attachment": _attachment,
    "merged": _merged,
    "split": _split,
    "students": _students,
}
