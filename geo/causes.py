"""What kind of cause the reasons of students point to, and so who can act: `tables/causes.csv`."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources

UNKNOWN = "unknown"
CAUSES = ("enforcement", "maintenance", "engineering", "education", UNKNOWN)
"""What enforcement treats, what upkeep ends soon, what must be built, what is learned."""


def likely_cause(reasons: Mapping[str, int]) -> str:
    """Return the cause to which most of the reasons point, `UNKNOWN` without one that tells.

    Parameters
    ----------
    reasons
        How many participants gave each reason, by its code.
    """
    counts = dict.fromkeys(CAUSES, 0)
    for reason, count in reasons.items():
        counts[cause_of(reason)] += count
    del counts[UNKNOWN]
    # Of equal counts the first in CAUSES: the one that is acted on soonest.
    best = max(counts, key=counts.__getitem__)
    return best if counts[best] else UNKNOWN


def cause_of(reason: str) -> str:
    """Return the cause of one reason, `UNKNOWN` of one that does not tell."""
    return _table().get(reason, UNKNOWN)


@cache
def _table() -> dict[str, str]:
    text = resources.files("geo").joinpath("tables/causes.csv").read_text(encoding="utf-8")
    return {row["reason"]: row["cause"] for row in csv.DictReader(text.splitlines())}
