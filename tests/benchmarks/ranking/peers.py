"""How others would rank the same places from the same evidence."""

import pandas as pd

from geo.evidence import Evidence
from geo.getis_ord import gi_star
from geo.network_distance import Neighbours

SCARY_WEIGHT = 4.4
MANY_RIDES, FEW_RIDES, HIGH_SCORE = 50, 10, 0.25


def raw_mean(_: Evidence, places: pd.DataFrame) -> pd.Series:
    """The mean rating, the worst first; unrated places last."""
    return -places["mean_rating"].fillna(10)


def raw_count(_: Evidence, places: pd.DataFrame) -> pd.Series:
    """How many participants reported a conflict."""
    return places["reporters"].astype(float)


def raw_rate(_: Evidence, places: pd.DataFrame) -> pd.Series:
    """Reporters per exposure."""
    return places["reporters"] / places["exposure"]


def simra(evidence: Evidence, places: pd.DataFrame) -> pd.Series:
    """SimRa's score, hidden where it hides it.

    (4.4 x scary + other incidents) / rides, shown from 50 rides, or from 10 with a score of 0.25
    (README and code of simra-project/osmColoring). Falls count as scary. A ride is a participant's
    route: SimRa knows no rides that nobody recorded.
    """
    scary = evidence.incidents["what"].eq("fall")
    weight = scary.map({True: SCARY_WEIGHT, False: 1.0}).groupby(evidence.incidents["place"]).sum()
    rides = places["participants"]
    score = weight.reindex(places.index, fill_value=0.0) / rides
    shown = (rides >= MANY_RIDES) | ((rides >= FEW_RIDES) & (score >= HIGH_SCORE))
    return score.where(shown, -1.0)


def getis_ord(places: pd.DataFrame, neighbours: Neighbours, radius_m: float) -> pd.Series:
    """Gi* of the raw counts, as a GIS offers it."""
    near = neighbours.among(places.index)
    counts = places.sort_index()["reporters"].to_numpy(float)
    return pd.Series(gi_star(counts, near.within(radius_m)), near.places).reindex(places.index)


def crash_count(evidence: Evidence, places: pd.DataFrame) -> pd.Series:
    """Official bicycle crashes, what an authority would otherwise go by."""
    assert evidence.crashes is not None
    counts = evidence.crashes.groupby("place").size()
    return counts.reindex(places.index, fill_value=0).astype(float)
