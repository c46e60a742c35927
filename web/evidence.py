"""The plain sentence behind a figure: what is normal here, what was reported, how certain."""

from collections.abc import Callable, Mapping
from typing import Any

from babel.numbers import format_percent

NEARLY_CERTAIN = 0.99


def evidence_sentence(
    row: Mapping[str, Any], mode: str, language: str, translate: Callable[[str], str]
) -> str:
    """Return how the figures of a place came about, in words for somebody who acts on them."""
    _ = translate
    riders = _("{reporters} of {participants} riders had a near miss or a fall here.").format(
        reporters=row["reporters"], participants=row["participants"]
    )
    if mode != "risk" or row["weight"] is None:
        return riders
    share = _(
        "This value is {prior} what is normal for this kind of place and {reported} what was "
        "reported here; the more students ride here, the more their own reports count."
    ).format(
        prior=format_percent(row["weight"], locale=language),
        reported=format_percent(1 - row["weight"], locale=language),
    )
    certainty = _(
        "The probability that a ride here is more than one and a half times as risky as the "
        "area's average is {p}."
    ).format(p=format_percent(min(row["probability"], NEARLY_CERTAIN), locale=language))
    return f"{riders} {share} {certainty}"
