"""The answers to the work sheet, worked out from the same values that the class can see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from babel.lists import format_list
from babel.numbers import format_percent

from geo.lesson import place_facts, street_facts

from .kit_words import cover, named, nothing_words, number, span
from .lesson_questions import questions
from .translation import translations
from .typesetting import typeset
from .words import place_title, reason_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.lesson import PlaceFacts

    from .kit_values import KitPlace, LessonKit

    Words = Callable[[str], str]

MOST_NAMES = 6
REASONS_SHOWN = 3
TO_CHOOSE = 3


def answers(kit: LessonKit) -> bytes:
    """Return the key for the teacher as PDF/UA-1; the same kit gives the same bytes."""
    _ = translations(kit.language).gettext
    said = answer_sentences(kit, _)
    data = cover(kit, _("Answers to the work sheet"), _) | {
        "lead": _("For the teacher. Worked out from the same values that the students have."),
        "rows": [
            {"question": one.text, "answer": said[one.key]} for one in questions(kit, _)
        ],
        "note": "" if kit.places else nothing_words(kit, _),
    }  # fmt: skip
    return typeset("answers.typ", data, day=kit.results.day if kit.results else kit.day)


def answer_sentences(kit: LessonKit, translate: Words) -> dict[str, list[str]]:
    """Return the sentences of each answer by the key of its question."""
    said = _of_the_map(kit, translate)
    if kit.places:
        facts = place_facts(_frame(kit.places), _known_km(kit))
        said |= _of_the_places(kit, facts, translate)
    return said


def _of_the_map(kit: LessonKit, _: Words) -> dict[str, list[str]]:
    facts = street_facts(kit.streets_in_metres, kit.school_in_metres)
    lengths = [
        _("stress {level}: {km} km").format(level=level, km=number(km, kit, 1))
        for level, km in facts.km_by_stress.items()
    ]
    calm = format_percent(facts.calm_share, locale=kit.language)
    return {
        "stress": [
            _sentence(_join(lengths, kit)),
            _("{share} is calm or mostly calm (1 or 2).").format(share=calm),
        ],
        "busy": [_sentence(_join(list(facts.busy), kit))]
        if facts.busy
        else [_("None that has a name.")],
    }


def _of_the_places(kit: LessonKit, facts: PlaceFacts, _: Words) -> dict[str, list[str]]:
    by_id = {place.id: place for place in kit.places}
    return {
        "ridden": _ridden(facts, by_id, kit, _),
        "unsafe": _unsafe(facts, by_id, kit, _),
        "compare": _compare(facts, by_id, kit, _),
        "grey": _grey(facts, kit, _),
        "choose": _choose(kit, _),
    }


def _ridden(facts: PlaceFacts, by_id: dict[str, KitPlace], kit: LessonKit, _: Words) -> list[str]:
    if not facts.most_ridden:
        return [_("No street was ridden by enough students.")]
    names = list(dict.fromkeys(place_title(vars(by_id[one]), _) for one in facts.most_ridden))
    return [
        _("{streets}: at least {n} students.").format(
            streets=_join(names[:MOST_NAMES], kit), n=number(facts.most_students, kit)
        )
    ]


def _unsafe(facts: PlaceFacts, by_id: dict[str, KitPlace], kit: LessonKit, _: Words) -> list[str]:
    if not facts.least_safe:
        return [_("No place has enough ratings.")]
    said = [_felt(by_id[one], kit, _) for one in facts.least_safe[:2]]
    if facts.overlap is None:
        return said
    return [
        *said,
        _("The ranges overlap: nobody can say which of the two is worse.")
        if facts.overlap
        else _("The ranges do not overlap: the first one really feels worse."),
    ]


def _compare(facts: PlaceFacts, by_id: dict[str, KitPlace], kit: LessonKit, _: Words) -> list[str]:
    said = []
    if facts.danger_calm is not None and facts.danger_busy is not None:
        said.append(
            _(
                "Felt danger is {calm} on average where stress is 1 or 2, and {busy} "
                "where it is 3 or 4."
            ).format(calm=number(facts.danger_calm, kit, 2), busy=number(facts.danger_busy, kit, 2))
        )
    if facts.calm_but_unsafe:
        place = by_id[facts.calm_but_unsafe]
        said.append(
            _("Calm on the map, but it feels unsafe: {place}").format(place=_felt(place, kit, _))
        )
        said += _why(place, _)
    if facts.busy_but_fine:
        place = by_id[facts.busy_but_fine]
        said.append(
            _("Busy on the map, but it feels safe: {place}").format(place=_felt(place, kit, _))
        )
    return [
        *said,
        _(
            "The map does not know how people behave, what blocks the view, or how "
            "many cars there are at school time."
        ),
    ]


def _grey(facts: PlaceFacts, kit: LessonKit, _: Words) -> list[str]:
    whole = float(kit.streets["length_m"].sum()) / 1000
    grey = max(0.0, whole - facts.known_km)
    return [
        _("{grey} of {whole} km are grey.").format(
            grey=number(grey, kit, 1), whole=number(whole, kit, 1)
        ),
        _("Grey means that too few students ride there to tell. Perhaps nobody dares to."),
    ]


def _choose(kit: LessonKit, _: Words) -> list[str]:
    said = [
        _("There is no single right answer. The release puts these places first:"),
    ]
    for place in kit.places[:TO_CHOOSE]:
        said.append(_felt(place, kit, _))
        said += _why(place, _)
    return [
        *said,
        _(
            "A good argument names the place, the reason, what would help, who has "
            "to act, and how sure the group is."
        ),
    ]


def _felt(place: KitPlace, kit: LessonKit, _: Words) -> str:
    return _("{place}: felt danger {danger}, stress {stress}.").format(
        place=named(place, _),
        danger=span(place.danger, place.danger_low, place.danger_high, kit, 2),
        stress=place.stress,
    )


def _why(place: KitPlace, _: Words) -> list[str]:
    if not place.reasons:
        return []
    words = [reason_words(_)[code] for code in place.reasons[:REASONS_SHOWN]]
    return [_("Reasons given most: {reasons}.").format(reasons=", ".join(words))]


def _frame(places: tuple[KitPlace, ...]) -> pd.DataFrame:
    columns = ("id", "kind", "students", "stress", "danger", "danger_low", "danger_high")
    frame = pd.DataFrame([{name: vars(one)[name] for name in columns} for one in places])
    numbers = ["danger", "danger_low", "danger_high"]
    # As the students read them.
    return frame.assign(**frame[numbers].astype(float).round(2))


def _known_km(kit: LessonKit) -> float:
    known = {place.id for place in kit.places}
    return float(kit.streets.loc[kit.streets["id"].isin(known), "length_m"].sum()) / 1000


def _join(parts: list[str], kit: LessonKit) -> str:
    return format_list(parts, locale=kit.language) if parts else "–"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
