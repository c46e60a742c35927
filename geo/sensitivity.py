"""How far the ranking hangs on the settings, and on which half of the students answered."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, NamedTuple, cast

import pandas as pd

from .official import Severity, count_crashes
from .summary import PREPARING, Prepared, Summary, conclude, prepare

if TYPE_CHECKING:
    from .evidence import Evidence
    from .policy import Policy

HALVED, RAISED = 0.5, 1.5
# What only sets the words, the width of an interval or how long a computation takes.
NOT_VARIED = frozenset({
    "interval", "draws", "top", "min_conflicts", "min_eligible", "min_crashes",
    "slight_weight", "serious_weight", "fatal_weight", "cluster_radius_m", "cluster_join_m",
    "cluster_permutations", "cluster_false", "change_least", "change_probability",
    # Of what is proposed to a school, which ranks nothing.
    "convoy_share", "convoy_least_m", "convoy_near_m", "convoy_stop_near_m", "convoy_stop_far_m",
    "convoy_speed_kmh", "convoy_stop_min", "convoy_riders", "meter_junction_m", "meter_known",
    "meter_ratings", "meter_dependence",
})  # fmt: skip
SHARES = frozenset({
    "lazy_weight", "group_share", "false_share", "watch_probability",
})  # fmt: skip
LARGEST_SHARE = 0.99
SEVERITIES = (Severity(1, 1, 1), Severity(1, 3, 5), Severity(1, 10, 10))
HEAD = 20


class Varied(NamedTuple):
    """What became of the list when one setting was halved or raised by half.

    `top_kept` of `top` places stay at the head of the priority list; `confirmed_kept` of
    `confirmed` hotspots stay confirmed and `confirmed_new` are added; `correlation` is Spearman's
    of the relative risks of all places that enough participants pass.
    """

    setting: str
    usual: float
    value: float
    top: int
    top_kept: int
    confirmed: int
    confirmed_kept: int
    confirmed_new: int
    correlation: float


def vary_settings(
    places: pd.DataFrame,
    evidence: Evidence,
    policy: Policy,
    prepared: Prepared,
    usual: Summary,
) -> list[Varied]:
    """Return what ±50 % of every setting does to the lists, against the frozen reference.

    Parameters
    ----------
    places, evidence, policy
        As for `geo.summary.summarise`.
    prepared, usual
        What they give with the usual settings, in mode "risk".
    """
    reference = cast("dict[str, float]", usual.parameters["reference_rate"])
    quick = replace(policy, draws=1)
    found = []
    for field in fields(policy):
        if field.name in NOT_VARIED:
            continue
        for factor in (HALVED, RAISED):
            value = _scaled(field.name, getattr(policy, field.name), factor)
            changed = replace(quick, **{field.name: value})  # type: ignore[arg-type]
            again = (
                prepare(places, evidence, changed, like=prepared)
                if field.name in PREPARING
                else prepared
            )
            # With more weeks the same conflicts are fewer per passage, and so is the reference.
            unit = factor if field.name == "school_weeks" else 1.0
            frozen = {kind: rate / unit for kind, rate in reference.items()}
            other = conclude(again, changed, reference_rate=frozen)
            found.append(_compare(field.name, getattr(policy, field.name), value, usual, other,
                                  policy.top))  # fmt: skip
    return found


def _scaled(name: str, value: float, factor: float) -> float:
    if isinstance(value, int):
        return max(1, round(value * factor + (0.01 if factor > 1 else -0.01)))
    return min(value * factor, LARGEST_SHARE) if name in SHARES else value * factor


def _compare(  # noqa: PLR0913, PLR0917 - one row of a table
    name: str, was: float, value: float, usual: Summary, other: Summary, top: int
) -> Varied:
    before, after = set(head(usual, top)), set(head(other, top))
    confirmed, then = (
        set(one.places.index[one.places["state"] == "confirmed"]) for one in (usual, other)
    )
    return Varied(
        name, was, value,
        len(before), len(before & after),
        len(confirmed), len(confirmed & then), len(then - confirmed),
        _correlation(usual.places["relative"], other.places["relative"], usual),
    )  # fmt: skip


def head(summary: Summary, count: int) -> list[str]:
    """Return the first places of the priority list: where a fix helps most."""
    useful = summary.places["avoidable"].dropna()
    return list(useful[useful > 0].nlargest(count).index)


def _correlation(one: pd.Series, other: pd.Series, eligible: Summary) -> float:
    return _rank_correlation(
        one, other, eligible.places.index[eligible.places["avoidable"].notna()]
    )


class Halves(NamedTuple):
    """How well the odd and the even participants agree, and the whole by Spearman–Brown.

    Correlations are Spearman's over `places` that enough of both halves pass; NaN where a half
    alone has too little data. `head_shared` of `head` places lead both priority lists.
    """

    places: int
    danger: float
    risk: float
    danger_whole: float
    risk_whole: float
    head: int
    head_shared: int


def split_halves(places: pd.DataFrame, evidence: Evidence, policy: Policy) -> Halves:
    """Return how stable the results are between two halves of the participants.

    Participants are numbered in the order of what they answered, so that names do not matter.

    References
    ----------
    Spearman (1910) and Brown (1910), British Journal of Psychology 3, for the whole: 2r / (1 + r).
    """
    odd = _every_second(evidence)
    quick = replace(policy, draws=1)
    one, other = (
        conclude(prepare(places, evidence.of(chosen), quick), quick)
        for chosen in (lambda who: who.isin(odd), lambda who: ~who.isin(odd))
    )
    enough = [
        half.places.index[half.places["participants"] >= policy.eligible_participants]
        for half in (one, other)
    ]
    both = enough[0].intersection(enough[1])
    danger = _rank_correlation(one.places["danger"], other.places["danger"], both)
    risk = _rank_correlation(one.places["relative"], other.places["relative"], both)
    count = min(HEAD, len(both))
    first, second = (
        set(half.places.loc[both, "avoidable"].astype(float).nlargest(count).index)
        for half in (one, other)
    )
    return Halves(
        len(both), danger, risk, _whole(danger), _whole(risk), len(first), len(first & second)
    )


def _every_second(evidence: Evidence) -> frozenset[object]:
    columns = ["place", "trips_per_week"]
    marks = pd.util.hash_pandas_object(evidence.visits[columns], index=False)
    said = pd.util.hash_pandas_object(evidence.ratings[["place", "rating"]], index=False)
    key = marks.groupby(evidence.visits["participant"].to_numpy()).sum()
    answers = said.groupby(evidence.ratings["participant"].to_numpy()).sum()
    order = (key + answers.reindex(key.index, fill_value=0)).sort_values(kind="stable")
    return frozenset(order.index[::2])


def _rank_correlation(one: pd.Series, other: pd.Series, at: pd.Index) -> float:
    both = pd.DataFrame({"one": one.reindex(at), "other": other.reindex(at)}).dropna()
    if len(both) < 3 or both.nunique().min() < 2:  # noqa: PLR2004
        return float("nan")
    return float(both["one"].rank().corr(both["other"].rank()))


def _whole(half: float) -> float:
    """Return the correlation that two samples as large as the whole would have."""
    return 2 * half / (1 + half) if half > 0 else float("nan")


def severity_ranks(crashes: pd.DataFrame, count: int = HEAD) -> pd.DataFrame:
    """Return the places with most crashes, and their ranks under other weights of severity.

    Returns
    -------
    ranked
        By place id, the first `count` under the second set of weights of `SEVERITIES`: `crashes`,
        `crashes_ksi`, `crashes_slight`, and a rank (ties share the best) under each set, named
        like ``rank_1_3_5``.
    """
    counted = [count_crashes(crashes, weights) for weights in SEVERITIES]
    ranked = counted[0].drop(columns="crashes_weighted")
    for weights, one in zip(SEVERITIES, counted, strict=True):
        rank = one["crashes_weighted"].rank(ascending=False, method="min").astype(int)
        ranked["rank_" + "_".join(f"{weight:g}" for weight in weights)] = rank
    names = [name for name in ranked.columns if name.startswith("rank_")]
    order = ranked.sort_index().sort_values([names[1], names[2], names[0]], kind="stable")
    return order.head(count)
