"""What a place would need to become a confirmed hotspot, by the settings of its release."""

from collections.abc import Callable, Mapping
from typing import Any

from babel.numbers import format_percent


def missing_to_confirm(
    row: Mapping[str, Any],
    mode: str,
    policy: Mapping[str, Any],
    language: str,
    translate: Callable[[str], str],
) -> list[str]:
    """Return a sentence for each thing that is missing; none where nothing is or can be."""
    _ = translate
    if mode != "risk" or row["state"] == "confirmed" or row["probability"] is None:
        return []
    missing = []
    if row["participants"] < policy["eligible_participants"]:
        missing.append(
            _("It needs at least {n} different students who ride here; so far: {there}.").format(
                n=policy["eligible_participants"], there=row["participants"]
            )
        )
    if row["reporters"] < policy["confirmed_reporters"] and not row["crashes"]:
        missing.append(
            _(
                "It needs at least {n} different students who report a near miss or a fall here, "
                "or an official crash; students so far: {there}."
            ).format(n=policy["confirmed_reporters"], there=row["reporters"])
        )
    return missing or [
        _(
            "The probability that it is dangerous, {p}, must be so high that of all confirmed "
            "places at most {share} are expected to be wrong."
        ).format(
            p=format_percent(row["probability"], locale=language),
            share=format_percent(policy["false_share"], locale=language),
        )
    ]
