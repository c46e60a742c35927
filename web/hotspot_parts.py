"""Which figures of a view are of the chosen school or part of the day, and which of the whole.

A release tells a part of rides, and how many students of a school ride somewhere, where the split
shows nobody (PRIVACY R6); of reports, ratings and crashes it tells no part.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

from babel.numbers import format_decimal

from .scale import Layer

Row = Mapping[str, Any]
Words = Callable[[str], str]


def part_notes(
    shown: Sequence[Row], query: Mapping[str, str], language: str, translate: Words
) -> dict[Layer, str]:
    """Return for each layer of whom and when its values are; empty if no part is chosen.

    Parameters
    ----------
    shown
        The places that fit the choice.
    query
        What the address says; of it `school` and `time` choose a part.
    """
    if not (query["time"] or query["school"]):
        return dict.fromkeys(get_args(Layer), "")
    return {
        layer: " ".join(_sentences(layer, shown, query, language, translate))
        for layer in get_args(Layer)
    }


def part_of(row: Row, query: Mapping[str, str], language: str, translate: Words) -> list[str]:
    """Return what a release tells of the chosen part of a place."""
    _, found = translate, []
    if query["time"]:
        words = {
            "before_school": _("Rides before school: {part} of {whole} a year."),
            "after_school": _("Rides after school: {part} of {whole} a year."),
        }
        rides = (row["passages_by"].get(query["time"], 0.0), row["passages"])
        part, whole = (_number(thousand * 1000, language) for thousand in rides)
        found.append(words[query["time"]].format(part=part, whole=whole))
    if query["school"]:
        counts = (row["schools"].get(query["school"], 0), row["participants"])
        part, whole = (_number(count, language) for count in counts)
        words_of = _("{part} of the {whole} students who ride here are of this school.")
        found.append(words_of.format(part=part, whole=whole))
    return found


def _sentences(
    layer: Layer, shown: Sequence[Row], query: Mapping[str, str], language: str, _: Words
) -> list[str]:
    if layer == "stress":
        return [_("The same for everybody and at any time of the day.")]
    if layer == "crashes":
        return [_("Of every crash at the place, whoever rode and at any time of the day.")]
    said = []
    if query["time"]:
        said.append(
            _("Of the rides in this part of the day alone.")
            if layer == "exposure"
            else _("Of the whole day: a release does not tell this by part of the day.")
        )
    if query["school"]:
        said += _of_school(layer, shown, query["school"], language, _)
    return said


def _of_school(
    layer: Layer, shown: Sequence[Row], school: str, language: str, _: Words
) -> list[str]:
    own = sum(row["schools"].get(school) == row["participants"] for row in shown)
    if shown and own == len(shown):
        alone = _("Of this school's students: nobody else rides there.")
        return [alone, _("Crashes of anybody count as well.")] if layer == "risk" else [alone]
    every = _("Of all students who ride there, not of this school alone.")
    if not own or layer == "risk":
        return [every]
    words = _("At {n} of the {all} places only students of this school ride: there the values "
              "are their own.")  # fmt: skip
    counts = _number(own, language), _number(len(shown), language)
    return [every, words.format(n=counts[0], all=counts[1])]


def _number(value: float, language: str) -> str:
    return format_decimal(round(value), locale=language)
