"""What the report says about itself: how its figures are made, and what they cannot show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Words = Callable[[str], str]


def method_page(mode: str, _: Words) -> dict[str, Any]:
    """Explain every number of the report in words."""
    items = [
        (
            _("Perceived danger"),
            _(
                "Students rate a place from 0 (unsafe) to 10 (safe); danger is (10 − rating) / 10. "
                "Some students are stricter than others: a model with an effect for each place and "
                "each student takes that out. A place with few ratings is drawn towards what is "
                "normal for its type."
            ),
        ),
        (
            _("Conflict rate"),
            _(
                "Reported conflicts are the students who had a near miss or fall at the place in "
                "this period, each counted once. The rate is conflicts per 1,000 rides, combined "
                "with the rate that is normal for places of this type, stress and perceived danger "
                "(empirical Bayes, as in the Highway Safety Manual). The more students ride there, "
                "the more their own reports count."
            ),
        ),
        (
            _("Risk index"),
            _(
                "50 + 25 × the binary logarithm of the rate divided by the average of the area, "
                "between 0 and 100."
            ),
        ),
        (
            _("Confirmed, watch, not enough data"),
            _(
                "Confirmed: the rate is very probably more than one and a half times the average, "
                "and enough different students say so; of ten confirmed places at most one is "
                "expected to be wrong. Watch: probable, not yet certain. Everything else is not "
                "enough data."
            ),
        ),
        (
            _("Order of the list"),
            _(
                "By the conflicts in a school year that could be spared if the place were as calm "
                "as calm places of its kind."
            )
            if mode == "risk"
            else _("By perceived danger, because there is too little data for a risk."),
        ),
    ]
    return {
        "title": _("How the figures are made"),
        "items": [{"title": title, "text": text} for title, text in items],
    }


def limits(at_least: int, _: Words) -> dict[str, Any]:
    """Say what a reader must not conclude."""
    items = [
        _(
            "A place that is not in this report is unknown, not safe. Only places that at least "
            "{n} students pass are shown, so that nobody can be recognised."
        ).format(n=at_least),
        _("The part of each route near the home is never stored, so it cannot be shown."),
        _(
            "Students report near misses and falls from memory. These are reported conflicts, not "
            "police accident figures."
        ),
        _(
            "The students who answered are not all students. Those who do not ride, perhaps "
            "because of a dangerous place, are missing."
        ),
        _("The figures compare places inside this area. They do not compare schools or towns."),
    ]
    return {"title": _("What this cannot show"), "items": items}
