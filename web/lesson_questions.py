"""The questions of the geography lesson, in the order in which sheet and key number them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from .kit_values import LessonKit

    Words = Callable[[str], str]


@dataclass(frozen=True)
class Question:
    """One question, how to find the answer, and how many lines it takes to write down."""

    key: str
    text: str
    in_qgis: str = ""
    on_paper: str = ""
    lines: int = 2


def questions(kit: LessonKit, translate: Words) -> list[Question]:
    """Return what can be asked: without places only what the map itself answers."""
    return [*_of_the_map(translate), *(_of_the_places(translate) if kit.places else [])]


def _of_the_map(translate: Words) -> list[Question]:
    _ = translate
    return [
        Question(
            "stress",
            _(
                "Traffic stress says how unpleasant a street is to ride, worked out from the map "
                "alone: 1 is calm, 4 is very busy. How many kilometres of each are there around "
                "your school?"
            ),
            in_qgis=_(
                "Open View, Panels, Statistics. Choose the layer “{layer}” and type {formula}. "
                "Read the sum. Then do the same for 2, 3 and 4."
            ).format(layer=_("All streets"), formula="if(stress = 1, length_m, NULL)"),
        ),
        Question(
            "busy",
            _("Which streets with traffic stress 3 or 4 are within 300 metres of the school?"),
            in_qgis=_("Switch on the layer “{layer}”, and measure with the ruler.").format(
                layer=_("Traffic stress")
            ),
            on_paper=_("Ask those who know the streets: where are many and fast cars?"),
        ),
    ]


def _of_the_places(translate: Words) -> list[Question]:
    _ = translate
    return [
        Question(
            "ridden",
            _("Which street do most of you ride on?"),
            in_qgis=_("Open the table of the layer “{layer}”. Sort it by {column}.").format(
                layer=_("Streets: how they feel"), column="students"
            ),
            on_paper=_("Read the table below the map."),
            lines=1,
        ),
        Question(
            "unsafe",
            _(
                "Which place feels least safe, and which one comes second? Compare their ranges: "
                "can you be sure that the first is worse?"
            ),
            in_qgis=_("Sort the tables by {column}. Read {low} and {high}, too.").format(
                column="felt_danger", low="felt_low", high="felt_high"
            ),
            on_paper=_("Read the table below the map."),
        ),
        Question(
            "compare",
            _(
                "Do calm streets feel safer than busy ones? Find a place where the map says calm, "
                "but riders feel unsafe. What does the map not know?"
            ),
            in_qgis=_("Compare {one} and {other}.").format(one="felt_danger", other="stress"),
            on_paper=_("Compare felt danger and stress in the table."),
            lines=3,
        ),
        Question(
            "grey",
            _("How many kilometres of the streets around your school are still grey? Why is grey "
              "not safe?"),
            in_qgis=_("Add up {column} of the layer “{whole}”, and of “{part}”.").format(
                column="length_m", whole=_("All streets"), part=_("Streets: how they feel")
            ),
            on_paper=_("Estimate: more than half of the streets, or less?"),
        ),
        Question(
            "choose",
            _(
                "Choose three places and argue to the council: what is wrong there, what would "
                "help, who has to act, and how sure are you?"
            ),
            lines=0,
        ),
    ]  # fmt: skip
