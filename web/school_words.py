"""Words of the school page and of convoys: the meter, its change, the states of cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.numbers import format_decimal, format_percent

from .words import rating_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from geo.school_meter import Meter, MeterChange, Safety

    Words = Callable[[str], str]


def case_words(_: Words) -> dict[str, str]:
    """Return the words of the states of a case, for staff."""
    return {
        "new": _("new"),
        "acknowledged": _("acknowledged"),
        "investigating": _("being looked into"),
        "planned": _("planned"),
        "in_work": _("in work"),
        "done": _("fixed"),
        "declined": _("declined"),
        "merged": _("merged"),
    }


def safety_words(safety: Safety, _: Words) -> str:
    """Return in which words of the rating scale the interval lies."""
    words = rating_words(_)
    low, high = words[round(safety.low)], words[round(safety.high)]
    if low == high:
        return low
    return _("{low} to {high}").format(low=low, high=high)


def meter_lead(meter: Meter, language: str, _: Words) -> str:
    """Return the meter as a sentence, or that nobody can tell."""
    if meter.safety is None:
        return _("Nobody can tell yet how safe the way to this school feels.")
    return _("{value} of 10: the way to this school feels {words}.").format(
        value=_number(meter.safety.value, language), words=safety_words(meter.safety, _)
    )


def meter_missing(meter: Meter, least: Mapping[str, float], language: str, _: Words) -> str:
    """Return what is missing before there is a figure; `least` are the settings."""
    if meter.participants is None:
        return _("Fewer than {n} students of this school are in the results.").format(
            n=round(least["participants"])
        )
    return _(
        "Of the way that the students ride, {known} is known; for a figure it must be at least "
        "{needed}. A street is known once {n} students have rated it."
    ).format(
        known=format_percent(meter.known, locale=language),
        needed=format_percent(least["known"], locale=language),
        n=round(least["ratings"]),
    )


def change_sentence(change: MeterChange | None, language: str, _: Words) -> str:
    """Return how the way to the school changed, and within which range."""
    if change is None:
        return _("There is no earlier school year to compare with yet.")
    if change.change is None or change.low is None or change.high is None:
        return _("A change cannot be told: too little of the way was rated in both school years.")
    values = {
        "points": _number(abs(change.change), language),
        "low": _signed(change.low, language),
        "high": _signed(change.high, language),
    }
    if change.state == "improved":
        said = _("It feels safer: by {points} points of 10 (range {low} to {high}).")
    elif change.state == "worsened":
        said = _("It feels less safe: by {points} points of 10 (range {low} to {high}).")
    else:
        values["points"] = _signed(change.change, language)
        said = _(
            "No change can be shown: {points} points of 10 (range {low} to {high}) is too small "
            "or too unsure."
        )
    return said.format(**values)


def _number(value: float, language: str) -> str:
    return format_decimal(value, format="0.0", locale=language)


def _signed(value: float, language: str) -> str:
    # What rounds to nothing has no sign.
    pattern = "+0.0;-0.0" if round(value, 1) else "0.0"
    return format_decimal(
        abs(value) if pattern == "0.0" else value, format=pattern, locale=language
    )
