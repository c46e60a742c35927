"""How often students pass each place in a school year, which way and at which time of day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .errors import DuplicateEvidenceError, InvalidEvidenceError, UnknownPlaceError
from .evidence import reporters

if TYPE_CHECKING:
    import pandas as pd

    from .evidence import Evidence
    from .policy import Policy

DIRECTIONS = ("forward", "backward")
PARTS_OF_DAY = ("before_school", "after_school")
OF_ONE_VISIT = ["participant", "place", "direction", "part_of_day"]
USUAL = {"direction": "", "part_of_day": PARTS_OF_DAY[0], "expansion": 1.0}


def expose(places: pd.DataFrame, visits: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Return the exposure of every visited place, indexed by place id in sorted order.

    Parameters
    ----------
    places
        Indexed by place id: `kind`, `type`, `stress`, `length_m`.
    visits
        `participant`, `place`, `trips_per_week`, and where they are known `direction` (one of
        `DIRECTIONS`, empty at intersections), `part_of_day` (one of `PARTS_OF_DAY`, before school
        where it is missing) and `expansion` (cyclists of the school for each participant, at
        least 1); one row per participant, place, direction and part of the day.

    Returns
    -------
    exposed
        The columns of `places` and `participants` (how many pass), `passages` (1,000 per school
        year), `length_km` (1 for intersections) and `exposure` (their product): what rates are
        per. A rate is therefore per 1,000 passages of an intersection and per 1,000 kilometres
        ridden on a segment. `expanded` is the exposure of all cyclists of the schools. For each
        direction and part of the day `passages_…` and `participants_…` tell its share.

    Raises
    ------
    UnknownPlaceError, DuplicateEvidenceError, InvalidEvidenceError
        If a visit is not at a place of the network, comes twice, or has no trips.
    """
    visits = visits.assign(**{
        name: value for name, value in USUAL.items() if name not in visits.columns
    })  # fmt: skip
    _check(places, visits)
    # Sums of floats depend on their order, which must not hang on anybody's name.
    ordered = visits.sort_values(["place", "trips_per_week", "expansion"])
    weekly = ordered.groupby("place", sort=True)["trips_per_week"].sum()
    all_cyclists = (ordered["trips_per_week"] * ordered["expansion"]).groupby(ordered["place"])
    exposed = places.loc[weekly.index].copy()
    exposed["participants"] = ordered.groupby("place")["participant"].nunique()
    exposed["passages"] = weekly * policy.school_weeks / 1000
    length_km = exposed["length_m"].clip(lower=policy.shortest_m) / 1000
    exposed["length_km"] = length_km.where(exposed["kind"] == "segment", 1.0)
    exposed["exposure"] = exposed["passages"] * exposed["length_km"]
    exposed["expanded"] = all_cyclists.sum() * policy.school_weeks / 1000 * exposed["length_km"]
    return _add_shares(exposed, ordered, policy)


def expose_evidence(places: pd.DataFrame, evidence: Evidence, policy: Policy) -> pd.DataFrame:
    """Return the exposure of every visited place with `eligible` and `reporters`.

    Enough participants pass an eligible place for a verdict. Arguments and errors are those of
    `expose`, for the visits of the evidence.
    """
    exposed = expose(places, evidence.visits, policy)
    return exposed.assign(
        eligible=exposed["participants"] >= policy.eligible_participants,
        reporters=reporters(evidence).reindex(exposed.index, fill_value=0).astype(int),
    )


def _add_shares(exposed: pd.DataFrame, visits: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    for column, values in (("direction", DIRECTIONS), ("part_of_day", PARTS_OF_DAY)):
        for value in values:
            own = visits[visits[column] == value].groupby("place")
            trips, people = own["trips_per_week"].sum(), own["participant"].nunique()
            passages = trips * policy.school_weeks / 1000
            exposed[f"passages_{value}"] = passages.reindex(exposed.index, fill_value=0.0)
            exposed[f"participants_{value}"] = people.reindex(exposed.index, fill_value=0)
    return exposed


def _check(places: pd.DataFrame, visits: pd.DataFrame) -> None:
    unknown = ~visits["place"].isin(places.index)
    if unknown.any():
        raise UnknownPlaceError(f"no place {visits.loc[unknown, 'place'].min()!r} in the network")
    if visits.duplicated(OF_ONE_VISIT).any():
        raise DuplicateEvidenceError(
            "expected one visit per participant, place, direction and part of the day"
        )
    trips = visits["trips_per_week"].to_numpy(float)
    if not (np.isfinite(trips) & (trips > 0)).all():
        raise InvalidEvidenceError("trips per week must be finite and more than 0")
    expansion = visits["expansion"].to_numpy(float)
    if not (np.isfinite(expansion) & (expansion >= 1)).all():
        raise InvalidEvidenceError("an expansion must be finite and at least 1")
    for column, values in (("direction", ("", *DIRECTIONS)), ("part_of_day", PARTS_OF_DAY)):
        if not visits[column].isin(values).all():
            raise InvalidEvidenceError(f"expected a {column} among {', '.join(values)}")
