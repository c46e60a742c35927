"""One before-after study as a row of a release, with no more digits than it is worth."""

from __future__ import annotations

from math import ceil, log
from typing import TYPE_CHECKING

from .before_after import (
    CONFIDENCE,
    LEAST_COMPARISONS,
    BeforeAfter,
    TooFewComparisonsError,
    compare_periods,
)
from .power import events_needed

if TYPE_CHECKING:
    import pandas as pd

    from .protection import Row

NOT_ENOUGH = "not enough data"
FALLS = (0.30, 0.50)
"""Of which falls a row says how many expected events they take to be shown."""
MOST_PER_CENT = 999
# The most events that 97.5 % of Poisson numbers of 0 have for their mean.
MOST_BEHIND_NONE = -log((1 - CONFIDENCE) / 2)


def study_row(treated: pd.DataFrame, comparison: pd.DataFrame) -> Row:
    """Return what a release says of the events at treated places.

    Arguments and errors are those of `compare_periods`, but for too few comparison places: then
    the row says what is missing, and also if nothing ever happened at the treated places.

    Returns
    -------
    row
        `state` ("fall shown", "rise shown" or "not shown"), `before`, `after` and `expected`
        (events; the last without the measure), `change`, `change_low` and `change_high` (95 %; in
        per cent, at most 999; negative: fewer), `chance` (of so few or so many if it did nothing),
        `needed_30` and `needed_50` (expected events that show a fall of so much), `detectable`
        (per cent; None: no fall would be shown) and `comparison` (`places`, `trend`: events after
        over before there).
        With state "not enough data": `missing`, what there is and what is needed.
    """
    try:
        found = compare_periods(treated, comparison)
    except TooFewComparisonsError:
        return not_enough(_lacking(comparison))
    if not (found.before or found.after):
        return not_enough({"events": (0, 1)})
    return {
        "state": found.state,
        "before": round(found.before, 1),
        "after": round(found.after, 1),
        "expected": round(found.expected_after, 1),
        **_change(found),
        "chance": round(found.chance, 3),
        **{f"needed_{fall * 100:.0f}": round(events_needed(fall)) for fall in FALLS},
        "detectable": None if found.detectable is None else ceil(100 * found.detectable),
        "comparison": {"places": found.trend.places, "trend": round(found.trend.ratio, 2)},
    }


def not_enough(missing: dict[str, tuple[int, int]]) -> Row:
    """Return the row of a study that cannot be made: `missing` as in `geo.summary.Summary`."""
    return {"state": NOT_ENOUGH, "missing": missing}


def _lacking(comparison: pd.DataFrame) -> dict[str, tuple[int, int]]:
    if len(comparison) < LEAST_COMPARISONS:
        return {"comparison_places": (len(comparison), LEAST_COMPARISONS)}
    return {
        f"comparison_{period}": (0, 1)
        for period in ("before", "after")
        if not comparison[period].sum() > 0
    }


def _change(found: BeforeAfter) -> Row:
    # Where nothing happened after, the interval of θ has no width; how little is then sure is
    # told by the largest mean that often enough gives no event.
    low = found.high
    high = found.low if found.after > 0 else 100 * (1 - MOST_BEHIND_NONE / found.expected_after)
    return {
        "change": _per_cent(found.change),
        "change_low": _per_cent(low),
        "change_high": _per_cent(high),
    }


def _per_cent(fewer: float) -> int:
    # Of a tenth of an event, twenty times as many is no more than a handful.
    return max(-100, min(MOST_PER_CENT, -round(fewer)))
