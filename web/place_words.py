"""The figures of a place with interval and n, and what the official rule says, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from babel.numbers import format_decimal, format_percent

from .translation import translations

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .place_values import BlackSpot, PlaceSheet

    Words = Callable[[str], str]


class Figure(NamedTuple):
    """One figure: what it is, its value, its 90 % interval, and what it rests on."""

    label: str
    value: str
    interval: str
    rests_on: str


def figures(sheet: PlaceSheet) -> list[Figure]:
    """Return every figure that is known of a place."""
    catalogue = translations(sheet.language)
    _, row = catalogue.gettext, sheet.row
    number = _number(sheet.language)
    students = catalogue.ngettext("{n} student", "{n} students", row["participants"]).format(
        n=row["participants"]
    )
    ratings = catalogue.ngettext("{n} rating", "{n} ratings", row["ratings"]).format(
        n=row["ratings"]
    )
    reports = catalogue.ngettext("{n} report", "{n} reports", row["reporters"]).format(
        n=row["reporters"]
    )
    per = (
        _("Reported conflicts per 1,000 rides")
        if row["kind"] == "intersection"
        else _("Reported conflicts per 1,000 km")
    )
    shown = (
        (_("Risk index (50 = average)"), "index", 0, reports),
        (per, "rate", 1, reports),
        (_("Conflicts in a school year, all cyclists of the schools"), "yearly", 1, reports),
        (_("More or fewer than normal for its type"), "excess", 1, reports),
        (_("Conflicts a fix could spare in a school year"), "avoidable", 1, reports),
        (_("Perceived danger (0–1)"), "danger", 2, ratings),
    )
    rides = number(row["passages"] * 1000, 0)
    reported = f"{number(row['reporters'], 0)} / {number(row['participants'], 0)}"
    return [
        Figure(_("Rides in a school year"), rides, "", students),
        Figure(_("Had a near miss or fall"), reported, "", students),
        *(
            Figure(label, number(row[name], digits), _interval(row, name, digits, number), rests_on)
            for label, name, digits, rests_on in shown
            if row.get(name) is not None
        ),
        *_top(sheet, _),
    ]


def black_spot_sentence(spot: BlackSpot, _: Words) -> str:
    """Return whether the official rule of the country is met: yes, no, or that nobody can tell."""
    if spot.rule is None or spot.judged is None:
        return _("Official rule for black spots: none is known here for the whole country.")
    found, rule = spot.judged, spot.rule
    words = {
        "name": rule.name, "crashes": rule.crashes, "years": rule.years, "score": rule.score,
        "fatal": rule.fatal, "serious": rule.serious, "slight": rule.slight,
        "there": found.crashes, "first": found.first_year, "last": found.last_year,
        "scored": found.score,
    }  # fmt: skip
    said = (
        _(
            "Official rule for black spots ({name}): at least {crashes} crashes with injuries in "
            "{years} years and a score of {score} (death {fatal}, serious {serious}, slight "
            "{slight}). Here: {there} from {first} to {last}, score {scored}."
        )
        if rule.score
        else _(
            "Official rule for black spots ({name}): at least {crashes} crashes with injuries in "
            "{years} years. Here: {there} from {first} to {last}."
        )
    ).format(**words)
    verdict = {
        "yes": _("Met: yes."),
        "no": _("Met: no."),
        "unknown": _(
            "Met: cannot be told, because the file lacks crashes, years or kinds that the rule "
            "counts."
        ),
    }[found.verdict]
    return f"{said} {verdict}"


def _top(sheet: PlaceSheet, _: Words) -> list[Figure]:
    chance = sheet.row["top10"]
    if chance is None:
        return []
    label = _("Probability of being among the ten where a fix helps most")
    return [Figure(label, format_percent(chance, locale=sheet.language), "", "")]


def _number(language: str) -> Callable[[float, int], str]:
    def number(value: float, digits: int) -> str:
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return format_decimal(value, format=pattern, locale=language)

    return number


def _interval(
    row: Mapping[str, Any], name: str, digits: int, number: Callable[[float, int], str]
) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    if low is None or high is None:
        return ""
    # A dash before a minus cannot be read.
    between = "–" if low >= 0 else " … "
    return f"{number(low, digits)}{between}{number(high, digits)}"
