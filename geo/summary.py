"""Everything a release says about the places of an area, from visits, ratings and incidents."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from .assessment import RISK, assess, lacking
from .evidence import check_evidence, onlookers
from .exposure import DIRECTIONS, PARTS_OF_DAY, expose_evidence
from .merging import merge_types
from .official import COUNTS, count_crashes, severity_of
from .perception import Perception, perceive
from .weights import weigh

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .evidence import Evidence
    from .policy import Policy

logger = logging.getLogger(__name__)

PASSED = [
    "participants", "passages", "length_km", "exposure", "expanded",
    *(f"passages_{share}" for share in (*DIRECTIONS, *PARTS_OF_DAY)),
    *(f"participants_{share}" for share in (*DIRECTIONS, *PARTS_OF_DAY)),
]  # fmt: skip
PERCEIVED = [
    "ratings", "mean_rating", "danger", "danger_low", "danger_high", "evidence",
]  # fmt: skip
PREPARING = frozenset({
    "school_weeks", "shortest_m", "lazy_values", "lazy_ratings", "lazy_seconds", "lazy_weight",
    "group_share", "type_places", "eligible_participants",
})  # fmt: skip
"""The settings that `prepare` reads; all others only matter to `conclude`."""


@dataclass(frozen=True)
class Summary:
    """What is known about each visited place, in what mode, and what it was computed with.

    `places` is indexed by place id, in sorted order; a place that is not in it is unknown.
    `missing` maps what the mode "risk" lacks to (what there is, what is needed).
    """

    places: pd.DataFrame
    mode: Literal["risk", "perception"]
    missing: dict[str, tuple[int, int]]
    parameters: dict[str, object]


@dataclass(frozen=True)
class Prepared:
    """The evidence by place, before anything is concluded from it: see `prepare`."""

    exposed: pd.DataFrame
    perception: Perception
    weights: pd.Series
    """Of each rating, in the order of the evidence."""
    parameters: dict[str, object]


def summarise(
    places: pd.DataFrame,
    evidence: Evidence,
    policy: Policy,
    *,
    reference_rate: Mapping[str, float] | None = None,
    seed: int = 0,
) -> Summary:
    """Return what routes, ratings, incidents and crashes say about every visited place.

    Parameters
    ----------
    places
        Indexed by place id: `kind` ("segment" or "intersection"), `type`, `stress` (1 to 4),
        `length_m`.
    reference_rate
        Average conflict rate by kind that relative risks refer to, as an earlier summary of the
        area gave it in ``parameters["reference_rate"]``; without it, that of these visits.
    seed
        Of the draws behind `top10`.

    Returns
    -------
    summary
        `places` has the columns of exposure (`PASSED`; passages are in 1,000 per school year,
        rates are per `exposure`), of perception (`PERCEIVED`), `reporters`, the counts of crashes
        (NaN where too few are known to count), `state` ("confirmed", "watch" or "unknown"), and in
        mode "risk" those of the risk (`geo.assessment.RISK`): `at_risk` (the exposure in which a
        first conflict could be reported), `rate`, `expected` (what is normal, given how dangerous
        the place feels), `weight` (of that normal), `crash_share` (weight of official crashes),
        `relative`, `index`, `probability` (of more than `policy.relative_threshold` times the
        average), `normal` (for type and stress); `yearly` (conflicts a school year), `avoidable`,
        `top10` and `excess` where enough participants pass. NaN: not known.

    Raises
    ------
    UnknownPlaceError, UnvisitedPlaceError, DuplicateEvidenceError, InvalidEvidenceError
        If the evidence contradicts itself or lies out of range.
    """
    prepared = prepare(places, evidence, policy)
    return conclude(prepared, policy, reference_rate=reference_rate, seed=seed)


def prepare(
    places: pd.DataFrame, evidence: Evidence, policy: Policy, like: Prepared | None = None
) -> Prepared:
    """Return exposure, perceived danger and counts of every visited place.

    Arguments and errors are those of `summarise`. `like` is the same evidence prepared under
    another policy: where types and weights agree, its perceived danger is not fitted again.
    """
    exposed = expose_evidence(places, evidence, policy)
    check_evidence(evidence)
    exposed["type"] = merge_types(exposed, exposed["eligible"], policy.type_places)
    weights = weigh(evidence.ratings, policy)
    if like and like.exposed["type"].equals(exposed["type"]) and like.weights.equals(weights):
        perception, exposed["effect"] = like.perception, like.exposed["effect"]
    else:
        perception = perceive(evidence.ratings, exposed["type"], policy)
        unhurt = perceive(onlookers(evidence), exposed["type"], policy)
        exposed["effect"] = unhurt.standardised(exposed.index)
    crashes = _crashes(evidence, exposed.index, policy)
    exposed = exposed.join(crashes)
    return Prepared(exposed, perception, weights, {
        "participants": int(evidence.visits["participant"].nunique()),
        "places": len(exposed),
        "eligible": int(exposed["eligible"].sum()),
        "ratings": len(evidence.ratings),
        "conflicts": int(exposed["reporters"].sum()),
        "crashes": int(crashes["crashes"].sum()),
        "place_variance": perception.place_variance,
        "rater_variance": perception.rater_variance,
        "error_variance": perception.error_variance,
        "ghost_ratings": perception.ghost_ratings,
        "type_danger": perception.type_danger,
    })  # fmt: skip


def conclude(
    prepared: Prepared,
    policy: Policy,
    *,
    reference_rate: Mapping[str, float] | None = None,
    seed: int = 0,
) -> Summary:
    """Return the summary of prepared evidence; arguments are those of `summarise`."""
    exposed, perception = prepared.exposed, prepared.perception
    known = exposed[PASSED].join(perception.places[PERCEIVED])
    known["ratings"] = known["ratings"].fillna(0).astype(int)
    known = known.join(exposed[["reporters", *COUNTS]])
    missing = lacking(exposed, policy)
    if missing:
        known[RISK] = np.nan
        return Summary(known.assign(state="unknown"), "perception", missing, prepared.parameters)
    risk, fitted = assess(exposed, policy, reference_rate, seed)
    logger.info(
        "summarised %d places, %d confirmed", len(risk), (risk["state"] == "confirmed").sum()
    )
    known = known.join(risk[[*RISK, "state"]])
    return Summary(known, "risk", {}, prepared.parameters | fitted)


def _crashes(evidence: Evidence, index: pd.Index, policy: Policy) -> pd.DataFrame:
    """Return the crashes at every visited place; NaN where the network has too few to count."""
    if evidence.crashes is None:
        return pd.DataFrame(np.nan, index=index, columns=COUNTS)
    counts = count_crashes(evidence.crashes, severity_of(policy))
    if counts["crashes"].sum() < policy.min_crashes:
        return pd.DataFrame(np.nan, index=index, columns=COUNTS)
    return counts.reindex(index).fillna(0.0)
