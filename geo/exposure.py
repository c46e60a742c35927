"""How often students pass each place in a school year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .errors import DuplicateEvidenceError, InvalidEvidenceError, UnknownPlaceError

if TYPE_CHECKING:
    import pandas as pd

    from .policy import Policy


def expose(places: pd.DataFrame, visits: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Return the exposure of every visited place, indexed by place id in sorted order.

    Parameters
    ----------
    places
        Indexed by place id: `kind`, `type`, `stress`, `length_m`.
    visits
        `participant`, `place`, `trips_per_week`; one row per participant and place.

    Returns
    -------
    exposed
        The columns of `places` and `participants` (how many pass), `passages` (1,000 per school
        year), `length_km` (1 for intersections) and `exposure` (their product): what rates are
        per. A rate is therefore per 1,000 passages of an intersection and per 1,000 kilometres
        ridden on a segment.

    Raises
    ------
    UnknownPlaceError, DuplicateEvidenceError, InvalidEvidenceError
        If a visit is not at a place of the network, comes twice, or has no trips.
    """
    unknown = ~visits["place"].isin(places.index)
    if unknown.any():
        raise UnknownPlaceError(f"no place {visits.loc[unknown, 'place'].min()!r} in the network")
    if visits.duplicated(["participant", "place"]).any():
        raise DuplicateEvidenceError("expected one visit per participant and place")
    trips = visits["trips_per_week"].to_numpy(float)
    if not (np.isfinite(trips) & (trips > 0)).all():
        raise InvalidEvidenceError("trips per week must be finite and more than 0")

    by_place = visits.sort_values(["place", "participant"]).groupby("place", sort=True)
    weekly = by_place["trips_per_week"].sum()
    exposed = places.loc[weekly.index].copy()
    exposed["participants"] = by_place.size()
    exposed["passages"] = weekly * policy.school_weeks / 1000
    length_km = exposed["length_m"].clip(lower=policy.shortest_m) / 1000
    exposed["length_km"] = length_km.where(exposed["kind"] == "segment", 1.0)
    exposed["exposure"] = exposed["passages"] * exposed["length_km"]
    return exposed
