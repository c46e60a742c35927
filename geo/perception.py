"""How dangerous each place feels, freed from how lenient its raters are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from .crossed import fit_crossed

if TYPE_CHECKING:
    from .policy import Policy

# Ratings beyond the number of type means that three variances need to be told apart.
SPARE_RATINGS = 10


@dataclass(frozen=True)
class Perception:
    """Perceived danger of each rated place and what it was estimated with.

    `places` is indexed by place id: `ratings` (how many), `mean_rating` (0 to 10, as given),
    `effect` (of the place), `danger`, `danger_low`, `danger_high` (0 safe to 1 unsafe). With too
    few ratings the variances and the columns after `mean_rating` are NaN.
    """

    places: pd.DataFrame
    type_danger: dict[str, float]
    place_variance: float
    rater_variance: float
    error_variance: float

    @property
    def ghost_ratings(self) -> float:
        """How many ratings of what is normal for its type a place's own are mixed with."""
        return self.error_variance / self.place_variance if self.place_variance > 0 else np.nan


def reliability(ratings: pd.DataFrame, policy: Policy) -> pd.Series:
    """Return the weight of each participant's ratings: 1, or less for a lazy rater.

    Parameters
    ----------
    ratings
        Columns `participant`, `rating` and `seconds` (answer time, NaN where not measured).
    """
    by = ratings.groupby("participant", sort=True)
    monotonous = (by["rating"].nunique() <= policy.lazy_values) & (by.size() >= policy.lazy_ratings)
    hasty = by["seconds"].median() < policy.lazy_seconds
    return (monotonous | hasty).map({True: policy.lazy_weight, False: 1.0}).astype(float)


def perceive(ratings: pd.DataFrame, types: pd.Series, policy: Policy) -> Perception:
    """Return the perceived danger of every rated place.

    Danger x = (10 - rating) / 10 is the mean of the type of place plus a place effect, a rater
    effect and an error, all normal. A place scores its type mean plus its effect.

    Parameters
    ----------
    ratings
        Columns `participant`, `place`, `rating` (0 to 10) and `seconds`; one row per
        participant and place.
    types
        Type of each place, indexed by place id.
    """
    by_place = ratings.groupby("place", sort=True)["rating"]
    places = pd.DataFrame({"ratings": by_place.size(), "mean_rating": by_place.mean()})
    place_types = types.reindex(places.index)
    names = sorted(place_types.unique())
    if len(ratings) < len(names) + SPARE_RATINGS:
        columns = ("effect", "danger", "danger_low", "danger_high")
        unknown = places.assign(**dict.fromkeys(columns, np.nan))
        return Perception(unknown, {}, np.nan, np.nan, np.nan)

    # Sums of floats depend on their order. The result must not, nor on anybody's name.
    ordered = ratings.assign(rater=_fingerprints(ratings)).sort_values(["place", "rater"])
    weight = ordered["participant"].map(reliability(ratings, policy))
    type_of_place = np.asarray(pd.Index(names).get_indexer(place_types), dtype=np.intp)
    fit = fit_crossed(
        danger=1 - ordered["rating"].to_numpy(float) / 10,
        weight=weight.to_numpy(float),
        place=np.asarray(places.index.get_indexer(ordered["place"]), dtype=np.intp),
        rater=np.asarray(pd.factorize(ordered["participant"])[0], dtype=np.intp),
        type_of_place=type_of_place,
    )
    margin = stats.norm.ppf(0.5 + policy.interval / 2) * fit.standard_error
    score = fit.type_mean[type_of_place] + fit.place_effect
    scored = places.assign(
        effect=fit.place_effect,
        danger=np.clip(score, 0, 1),
        danger_low=np.clip(score - margin, 0, 1),
        danger_high=np.clip(score + margin, 0, 1),
    )
    type_danger = dict(zip(names, fit.type_mean.tolist(), strict=True))
    return Perception(scored, type_danger, *fit.variances)


def _fingerprints(ratings: pd.DataFrame) -> pd.Series:
    """Return a number for the participant of each rating that hangs on their ratings alone."""
    each = pd.util.hash_pandas_object(ratings[["place", "rating", "seconds"]], index=False)
    # Unsigned integers wrap round: their sum is the same in every order.
    return each.groupby(ratings["participant"]).transform("sum")
