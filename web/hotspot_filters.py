"""The filters of the map of hotspots in words: what each can be set to, and what nothing means."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from .school_words import case_words
from .words import reason_words, state_words, type_words

Words = Callable[[str], str]
Options = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Filter:
    """One filter: its name in the address, its words, and what it can be set to."""

    name: str
    label: str
    everything: str
    """What it says when it leaves nothing out."""
    options: Options


@dataclass(frozen=True)
class Occurring:
    """What occurs in a release, so that no filter offers what finds nothing."""

    years: Sequence[int]
    schools: Mapping[str, str]
    times: Sequence[str]
    reasons: Sequence[str]
    types: Sequence[str]
    cases: Sequence[str]


def filters(found: Occurring, asked: Mapping[str, str], translate: Words) -> list[Filter]:
    """Return the filters that can be set, and those that are set in the address."""
    _ = translate
    all_filters = (
        Filter("period", _("School year"), _("the newest"), _years(found.years)),
        Filter("school", _("Passed by students of"), _("all schools"), [*found.schools.items()]),
        Filter("time", _("Passed"), _("at any time"), _some(found.times, _times(_))),
        Filter(
            "reason", _("Reason given"), _("any or none"), _some(found.reasons, reason_words(_))
        ),
        Filter("evidence", _("Evidence"), _("all places"), [*_evidence(_).items()]),
        Filter("case", _("Case"), _("with or without"), _cases(found.cases, _)),
        Filter("kind", _("Kind of place"), _("all kinds"), _kinds(found.types, _)),
    )
    return [one for one in all_filters if one.options or asked[one.name]]


def _years(years: Sequence[int]) -> Options:
    return [(str(year), f"{year}–{year + 1}") for year in years] if len(years) > 1 else []


def _times(_: Words) -> dict[str, str]:
    return {"before_school": _("before school"), "after_school": _("after school")}


def _evidence(_: Words) -> dict[str, str]:
    return {"claimed": _("confirmed or watch")} | state_words(_)


def _cases(states: Sequence[str], _: Words) -> Options:
    if not states:
        return []
    some = {"any": _("with a case"), "none": _("without a case")}
    return [*some.items(), *_some(states, case_words(_))]


def _kinds(types: Sequence[str], _: Words) -> Options:
    both = {"intersection": _("all crossings"), "segment": _("all streets and paths")}
    return [*both.items(), *sorted(_some(types, type_words(_)), key=lambda pair: pair[1])]


def _some(codes: Sequence[str], words: Mapping[str, str]) -> Options:
    return [(code, words.get(code, code)) for code in codes]
