"""The lesson plan: one lesson or two, minute by minute, and what can go wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .kit_words import cover, privacy_sentences
from .translation import translations
from .typesetting import typeset

if TYPE_CHECKING:
    from collections.abc import Callable

    from .kit_values import LessonKit

    Words = Callable[[str], str]
    Step = tuple[int, str, str]


def lesson_plan(kit: LessonKit) -> bytes:
    """Return the plan for the teacher as PDF/UA-1; the same kit gives the same bytes."""
    _ = translations(kit.language).gettext
    start = _start(kit, _)
    data = cover(kit, _("Lesson plan: our way to school"), _) | {
        "aims": {"title": _("Aims"), "items": _aims(_)},
        "needed": {"title": _("What you need"), "items": _needed(_)},
        "header": [_("Minutes"), _("What happens"), _("What you can say")],
        "lessons": [
            {"title": _("One lesson of 45 minutes"), "rows": _timed([*start, *_end(kit, _)])},
            {
                "title": _("Two lessons of 45 minutes: the first"),
                "rows": _timed([_same(start, _), *_talk(_)]),
            },
            {"title": _("Two lessons of 45 minutes: the second"), "rows": _timed(_second(_))},
        ],
        "problems": {
            "title": _("What can go wrong"),
            "header": [_("What happens"), _("What to do")],
            "rows": _problems(_),
        },
        "privacy": {"title": _("Data protection"), "items": privacy_sentences(kit, _)},
        "after": {"title": _("After the lesson"), "items": _after(_)},
    }
    return typeset("lesson_plan.typ", data, day=kit.day)


def _aims(_: Words) -> list[str]:
    return [
        _("Students can say which crossings and streets on their way feel unsafe, and why."),
        _("They can read a map, and say what it does not show."),
        _("The council gets a list of places from those who ride there."),
    ]


def _needed(_: Words) -> list[str]:
    return [
        _("A phone, tablet or computer for each student."),
        _("A screen for the slides and for the live board of your class."),
        _("The join cards, or the poster with the code of the class."),
        _("The paper map, for students without a device."),
        _("Before the lesson: the consent of the guardians, as you recorded it for this class."),
    ]


def _start(kit: LessonKit, _: Words) -> list[Step]:
    """Return what both plans begin with: 35 minutes from the question to the sent ride."""
    return [
        (
            5,
            _("Show the first slides. Hand out the cards."),
            _(
                "You know your way to school better than anybody. Today you tell the "
                "town where it is dangerous."
            ),
        ),
        (
            3,
            _("Students open the page and join. Put the live board on the screen."),
            _("Open {address} and enter the code. You need no name and no e-mail.").format(
                address=kit.address
            ),
        ),
        (
            10,
            _(
                "Students draw their way. Help with the technology, but do not look at a "
                "student's map."
            ),
            _(
                "Start at a corner near your home, not at your house. Then tap along "
                "your way to the school."
            ),
        ),
        (
            12,
            _("Students rate the crossings and streets of their way."),
            _(
                "Where is it not fine? Choose a face and say why. Tell us about near "
                "misses and falls, too."
            ),
        ),
        (
            5,
            _("Students check and send. They write down their six words."),
            _(
                "Read it once more, then send it. With the six words you can delete "
                "everything later."
            ),
        ),
    ]


def _end(kit: LessonKit, _: Words) -> list[Step]:
    return [
        (
            7,
            _(
                "Close the collection if at least {n} students have sent a ride. Results "
                "are ready after about a minute: show the map. Otherwise show the slide "
                "on grey places."
            ).format(n=kit.needed),
            _("Which place surprises you? What would you tell the council?"),
        ),
        (
            3,
            _("Say what happens next."),
            _("Grey does not mean safe. It means that we do not know."),
        ),
    ]


def _same(steps: list[Step], _: Words) -> Step:
    """Return the steps that both plans share as one."""
    minutes = sum(minutes for minutes, *_said in steps)
    return minutes, _("As in the one lesson: join, draw, rate, check and send."), "–"


def _talk(_: Words) -> list[Step]:
    return [
        (
            10,
            _("Talk about the ratings. Nobody has to say where he or she lives."),
            _("Which place did you rate worst? What would help there?"),
        )
    ]


def _second(_: Words) -> list[Step]:
    return [
        (
            10,
            _("Show the slides with your own numbers and maps."),
            _("What is on this map, and what is not?"),
        ),
        (
            20,
            _("In pairs: the work sheet, with QGIS or with the printed map."),
            _("Not every difference is real. Look at the ranges, too."),
        ),
        (
            10,
            _("Each group proposes three places and gives reasons. The class votes."),
            _("Why this place, and not another one? How sure are we?"),
        ),
        (
            5,
            _("Decide who takes the report to the council, and when."),
            _("Whom do we ask, and by when do we want an answer?"),
        ),
    ]


def _problems(_: Words) -> list[tuple[str, str]]:
    return [
        (
            _("A student has no phone."),
            _(
                "Two students share one: when the first ride is sent, the second joins "
                "with the other card. Or the student draws on the paper map, and you "
                "type it in."
            ),
        ),
        (
            _("There is no network."),
            _(
                "Who has opened the page can go on. The ride is sent as soon as there is "
                "a network again."
            ),
        ),
        (
            _("A ride is very short."),
            _(
                "Near the home nothing is stored, so only a few crossings may be left. "
                "They count like all others."
            ),
        ),
        (
            _("A student walks or takes the bus."),
            _(
                "Only ways that are really ridden count. This student draws a way that "
                "he or she rides at least once a week, or helps somebody who rides."
            ),
        ),
        (
            _("A ride looks wrong."),
            _(
                "Your class page shows the number of the card, never the ride. You can "
                "ask for the ride to be drawn again."
            ),
        ),
    ]


def _after(_: Words) -> list[str]:
    return [
        _("Print the safety report from the page of your class. It is made for the council."),
        _("Hand it over with the class, with the three places you chose."),
        _("Ask two questions: who takes on this place, and by when?"),
        _("Some weeks later, look together at what has happened."),
    ]


def _timed(steps: list[Step]) -> list[dict[str, Any]]:
    """Return the steps with the minutes from when to when each of them lasts."""
    rows, at = [], 0
    for minutes, happens, says in steps:
        rows.append({"minutes": f"{at}–{at + minutes}", "happens": happens, "says": says})
        at += minutes
    return rows
