"""What changed where something was done: conflicts, felt danger and crashes, before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .change import compare_danger
from .crash_effects import CrashYears
from .effect_rows import NOT_ENOUGH, not_enough, study_row
from .periods import split_at
from .protection import K_STAFF

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence
    from datetime import date

    import pandas as pd

    from .evidence import Evidence
    from .periods import Periods
    from .policy import Policy
    from .protection import Row

COMPARED = "compared"
PERIODS = ("before", "after")
PREFIX = "measure:"
LEAST_ELSEWHERE = 10


class Measure(NamedTuple):
    """What was done against danger, where, and on which day it was done."""

    id: int
    places: tuple[str, ...]
    done_on: date
    what: str = ""


class Effects(NamedTuple):
    """What a release says of measures, and who stands behind what of it.

    `rows` are ordered by the id of the measure. `parts` has who passed its places in which period,
    by `part_key`.
    """

    rows: list[Row]
    parts: Mapping[str, frozenset[Hashable]]


NOTHING = Effects([], {})


def part_key(measure: int, period: str, place: str) -> str:
    """Return under which key a ledger has those who passed a place of a measure in a period."""
    return f"{PREFIX}{measure}/{period}/{place}"


def effects(
    measures: Iterable[Measure],
    places: pd.DataFrame,
    evidence: Evidence,
    days: Mapping[Hashable, date],
    policy: Policy,
) -> Effects:
    """Return what changed at the places of each measure (METHOD §8).

    Those who last answered before the day of a measure are compared with those who answered on
    it or later. Of a measure only those places count that 5 participants (R2) passed in either
    period; others are compared with places of the same kinds, passed by enough in either period,
    at which no measure was ever taken.

    Parameters
    ----------
    measures
        In any order; a place may have had several.
    places, evidence
        As for `geo.summary.summarise`; `evidence.crashes` with `year`.
    days
        When each participant last answered.

    Returns
    -------
    effects
        A row has `id`, `what`, `done_on`, `places`, `lost` (those that the network no longer has),
        `also` (ids of other measures at these places), `state` ("compared" or "not enough data"),
        `lacking` ("before", "after": no place with 5 participants in this period), `counted`
        (places), `participants_before`, `participants_after`, `reports_before` and `reports_after`
        (distinct reporters, added up over places), `conflicts` (see `geo.effect_rows.study_row`),
        `ratings` (`places` as `geo.change.compare_danger` tells, each with its numbers of ratings,
        and `elsewhere`: mean `delta` of so many untreated `places`) and `crashes` (see
        `geo.crash_effects.CrashYears`; None without an official file).

    Raises
    ------
    InvalidEvidenceError
        If the day of a participant is not known.
    UnknownPlaceError, UnvisitedPlaceError, DuplicateEvidenceError
        If the evidence contradicts itself.
    """
    ordered = sorted(measures)
    touched = {place for measure in ordered for place in measure.places}
    untouched = places.index[~places.index.isin(touched)].sort_values()
    periods: dict[date, Periods] = {}
    years: dict[int, CrashYears] = {}
    rows: list[Row] = []
    parts: dict[str, frozenset[Hashable]] = {}
    for measure in ordered:
        if measure.done_on not in periods:
            periods[measure.done_on] = split_at(measure.done_on, places, evidence, days, policy)
        done_in = measure.done_on.year
        if done_in not in years and evidence.crashes is not None and len(evidence.crashes):
            years[done_in] = CrashYears(done_in, places, evidence.crashes, policy)
        split = periods[measure.done_on]
        own = sorted({place for place in measure.places if place in places.index})
        rows.append(
            _about(measure, own, ordered)
            | _by_students(own, split, untouched)
            | {"crashes": years[done_in].row(own, untouched) if own and years else None}
        )
        parts |= {
            part_key(measure.id, period, place): visitors[place]
            for period, visitors in zip(PERIODS, split.visitors, strict=True)
            for place in own
            if place in visitors
        }
    return Effects(rows, parts)


def _about(measure: Measure, own: Sequence[str], measures: Iterable[Measure]) -> Row:
    there = set(measure.places)
    return {
        "id": measure.id,
        "what": measure.what,
        "done_on": measure.done_on.isoformat(),
        "places": sorted(there),
        "lost": sorted(there.difference(own)),
        "also": [one.id for one in measures if one.id != measure.id and there & set(one.places)],
    }


def silent(row: Row, lacking: Sequence[str]) -> Row:
    """Return `row` without anything that students said, and what it lacks."""
    return row | {
        "state": NOT_ENOUGH,
        "lacking": list(lacking),
        "counted": [],
        "participants_before": None,
        "participants_after": None,
        "reports_before": None,
        "reports_after": None,
        "conflicts": None,
        "ratings": None,
    }


def _by_students(own: Sequence[str], split: Periods, untouched: pd.Index) -> Row:
    people = [
        {place: visitors.get(place, frozenset()) for place in own} for visitors in split.visitors
    ]
    enough = [
        {place for place, those in period.items() if len(those) >= K_STAFF} for period in people
    ]
    counted = sorted(enough[0] & enough[1])
    if not counted:
        lacking = [name for name, found in zip(PERIODS, enough, strict=True) if not found]
        return silent({}, lacking or PERIODS)
    kinds = split.before.loc[counted, "kind"].unique()
    like = untouched.intersection(split.eligible)
    like = like[split.before.loc[like, "kind"].isin(kinds)]
    met = [frozenset().union(*(period[place] for place in counted)) for period in people]
    conflicts = (
        not_enough(split.missing)
        if split.missing
        else study_row(split.conflicts.loc[counted], split.conflicts.loc[like])
    )
    return {
        "state": COMPARED,
        "lacking": [],
        "counted": counted,
        "participants_before": len(met[0]),
        "participants_after": len(met[1]),
        "reports_before": int(split.before.loc[counted, "reporters"].sum()),
        "reports_after": int(split.after.loc[counted, "reporters"].sum()),
        "conflicts": conflicts,
        "ratings": _ratings(counted, like, split),
    }


def _ratings(counted: Sequence[str], like: pd.Index, split: Periods) -> Row:
    before, after = split.perceived
    policy = split.policy
    rated = before["ratings"].ge(K_STAFF) & after["ratings"].reindex(before.index).ge(K_STAFF)
    known = before.index[rated & before["danger"].notna()]
    known = known[after.loc[known, "danger"].notna()]
    change = compare_danger(
        before.loc[known.intersection(counted)],
        after.loc[known.intersection(counted)],
        draws=policy.draws,
        interval=policy.interval,
        probability=policy.change_probability,
        least=policy.change_least,
    )
    others = known.intersection(like)
    moved = (after.loc[others, "danger"] - before.loc[others, "danger"]).mean()
    told = ("before", "after", "delta", "delta_low", "delta_high", "probability")
    return {
        "places": [
            {
                "place": place,
                "state": row["state"],
                **{name: round(float(row[name]), 2) for name in told},
                "ratings_before": int(before.loc[place, "ratings"]),
                "ratings_after": int(after.loc[place, "ratings"]),
            }
            for place, row in change.iterrows()
        ],
        "elsewhere": {"places": len(others), "delta": round(float(moved), 2)}
        if len(others) >= LEAST_ELSEWHERE
        else None,
    }
