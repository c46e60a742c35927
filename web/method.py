"""What the report says about itself: how its figures are made, and what they cannot show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babel.numbers import format_decimal, format_percent

if TYPE_CHECKING:
    from collections.abc import Callable

    from .report_values import SafetyReport

    Words = Callable[[str], str]


def method_page(mode: str, _: Words) -> dict[str, Any]:
    """Explain every number of the report in words."""
    items = [
        (
            _("Perceived danger"),
            _(
                "Students rate a place from 0 (unsafe) to 10 (safe); danger is (10 − rating) / 10. "
                "Some students are stricter than others: a model with an effect for each place and "
                "each student takes that out: rating = type + place + student + chance. A place "
                "with few ratings is drawn towards what is normal for its type: (ratings × their "
                "mean + ghost ratings × mean of the type) / (ratings + ghost ratings)."
            ),
        ),
        (
            _("Conflict rate"),
            _(
                "Reported conflicts are the students who had a near miss or fall at the place in "
                "this period, each counted once. The rate is conflicts per 1,000 rides, combined "
                "with the rate that is normal for places of this type, stress and perceived danger "
                "(empirical Bayes, as in the Highway Safety Manual): rate = weight × normal rate + "
                "(1 − weight) × conflicts / rides, where weight = 1 / (1 + normal rate × rides / "
                "spread). The more students ride there, the more their own reports count."
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
            _("Official crashes"),
            _(
                "Where at least 20 crashes with a bicycle are known, they count too: how far they "
                "depart from what is normal for the type, stress and flow of a place is averaged "
                "with how far the reports do, each weighted with how sure it is. How many crashes "
                "there were at a place is told to a school only from 5 on."
            ),
        ),
        (
            _("Confirmed, watch, not enough data"),
            _(
                "Confirmed: the rate is very probably more than one and a half times the average, "
                "and enough different students say so or a crash is known; of twenty confirmed "
                "places at most one is expected to be wrong. Watch: probable, not yet certain. "
                "Everything else is not enough data."
            ),
        ),
        (
            _("Order of the list"),
            _(
                "By state, then by the conflicts in a school year that could be spared if the "
                "place were as calm as calm places of its kind: (rate − calm rate) × rides of all "
                "cyclists of the schools. What is more than normal for the type of a place is a "
                "local fault; the rest is the design of such places."
            )
            if mode == "risk"
            else _("By perceived danger, because there is too little data for a risk."),
        ),
    ]
    return {
        "title": _("How the figures are made"),
        "items": [{"title": title, "text": text} for title, text in items],
    }


def rests_on(report: SafetyReport, _: Words) -> dict[str, Any]:
    """Say how much was said and counted, and how much of the figures it makes up."""

    def number(name: str) -> str:
        return format_decimal(report.known.get(name, 0), format="#,##0", locale=report.language)

    said = [
        _(
            "{ratings} ratings and {conflicts} reported conflicts in the whole area, at {places} "
            "places; {eligible} of these were passed by enough students to be judged."
        ).format(**{name: number(name) for name in ("ratings", "conflicts", "places", "eligible")})
    ]
    if report.mode == "risk":
        said.append(
            _("{n} official crashes with a bicycle count as well.").format(n=number("crashes"))
            if report.known.get("crashes")
            else _("No official crashes count.")
        )
        own = [1 - place.weight for place in report.places if place.weight is not None]
        if own:
            low, high = (
                format_percent(end, locale=report.language) for end in (min(own), max(own))
            )
            said.append(
                _(
                    "Of the conflict rates in the table, between {low} and {high} were reported at "
                    "the place itself; the rest is what is normal for its kind."
                ).format(low=low, high=high)
            )
    return {"title": _("What the figures rest on"), "text": " ".join(said)}


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
