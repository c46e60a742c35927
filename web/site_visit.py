"""What to look at on a visit to a place: by what students said and by what the map only assumes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .assumptions import assumptions_in_words
from .words import time_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Words = Callable[[str], str]


def visit_checks(row: Mapping[str, Any], _: Words) -> list[str]:
    """Return what to check at a place, the most important first."""
    checks = _checks(_)
    named = sorted(row["reasons"], key=lambda code: (-row["reasons"][code], code))
    return [
        _when(row, _),
        _("Look from the height of a child's eyes, about 1.2 metres, and ride it yourself."),
        *(checks[code] for code in named if code in checks),
        *(
            _("The map only assumes this, so look: {what}.").format(what=what)
            for what in assumptions_in_words(row["assumptions"], _)
        ),
        _("Take a picture from each side, without faces and number plates."),
    ]


def _when(row: Mapping[str, Any], _: Words) -> str:
    times = row["times"]
    if not times:
        return _("Come while students ride by, before or after school.")
    worst = max(sorted(times), key=lambda code: times[code])
    return _("Come when it is worst, as students say: {time}.").format(time=time_words(_)[worst])


def _checks(_: Words) -> dict[str, str]:
    return {
        "traffic": _("Count cars, lorries and bicycles for 15 minutes."),
        "speed": _("Measure the speed of 50 cars; note how many are faster than the limit."),
        "obstacles": _("Note what stands in the way, when, and whose it is."),
        "surface": _("Measure holes, kerbs and rails; mark them on the plan."),
        "lighting": _("Come back after dark: which lamps are out or missing?"),
        "space": _("Measure the width for cycling at the narrowest point."),
        "behaviour": _("Watch who gives way and who does not for 15 minutes."),
        "signs": _("Check that signs, markings and lights can be seen and understood."),
        "sight": _("Measure how far one can see cars, and what hides them."),
    }
