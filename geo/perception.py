"""How dangerous each place feels, freed from how lenient its raters are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from .crossed import fit_crossed
from .weights import weigh

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .policy import Policy

# Ratings beyond the number of type means that three variances need to be told apart.
SPARE_RATINGS = 10


@dataclass(frozen=True)
class Perception:
    """Perceived danger of each rated place and what it was estimated with.

    `places` is indexed by place id: `ratings` (how many), `mean_rating` (0 to 10, as given),
    `effect` (of the place), `danger`, `danger_low`, `danger_high` (0 safe to 1 unsafe),
    `standard_error` (of the danger), `evidence` (0 to 1: the share of what was said here in the
    score; the rest is what is normal for its type). With too few ratings the variances and the
    columns after `mean_rating` are NaN.
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

    def standardised(self, index: pd.Index) -> pd.Series:
        """Return place effects in standard deviations; 0, what is normal, where nobody rated."""
        if not self.place_variance > 0:
            return pd.Series(0.0, index=index)
        effect = self.places["effect"] / np.sqrt(self.place_variance)
        return effect.reindex(index).fillna(0.0)


def perceive(ratings: pd.DataFrame, types: pd.Series, policy: Policy) -> Perception:
    """Return the perceived danger of every rated place.

    Danger x = (10 - rating) / 10 is the mean of the type of place plus a place effect, a rater
    effect and an error, all normal. A place scores its type mean plus its effect.

    Parameters
    ----------
    ratings
        Columns `participant`, `place`, `rating` (0 to 10), `seconds` and perhaps `group` (see
        `weigh`); one row per participant and place.
    types
        Type of each place, indexed by place id.
    """
    # Sums of floats depend on their order. The result must not, nor on anybody's name.
    by_place = ratings.sort_values("rating").groupby("place", sort=True)["rating"]
    places = pd.DataFrame({"ratings": by_place.size(), "mean_rating": by_place.mean()})
    place_types = types.reindex(places.index)
    names = sorted(place_types.unique())
    if len(ratings) < len(names) + SPARE_RATINGS:
        columns = (
            "effect", "danger", "standard_error", "danger_low", "danger_high", "evidence",
        )  # fmt: skip
        unknown = places.assign(**dict.fromkeys(columns, np.nan))
        return Perception(unknown, {}, np.nan, np.nan, np.nan)

    weighed = ratings.assign(weight=weigh(ratings, policy)).reset_index(drop=True)
    place = np.asarray(places.index.get_indexer(weighed["place"]), dtype=np.intp)
    rater = _raters(weighed)
    order = np.lexsort((rater, place))
    type_of_place = np.asarray(pd.Index(names).get_indexer(place_types), dtype=np.intp)
    fit = fit_crossed(
        danger=1 - weighed["rating"].to_numpy(float)[order] / 10,
        weight=weighed["weight"].to_numpy(float)[order],
        place=place[order],
        rater=rater[order],
        type_of_place=type_of_place,
    )
    margin = stats.norm.ppf(0.5 + policy.interval / 2) * fit.standard_error
    score = fit.type_mean[type_of_place] + fit.place_effect
    scored = places.assign(
        effect=fit.place_effect,
        danger=np.clip(score, 0, 1),
        standard_error=fit.standard_error,
        danger_low=np.clip(score - margin, 0, 1),
        danger_high=np.clip(score + margin, 0, 1),
        evidence=fit.evidence,
    )
    type_danger = dict(zip(names, fit.type_mean.tolist(), strict=True))
    return Perception(scored, type_danger, *fit.variances)


def _raters(ratings: pd.DataFrame) -> NDArray[np.intp]:
    """Return a number for the participant of each rating, counted from 0.

    They are numbered by what they said. Those who said the same, and whose ratings weigh the
    same, may change places without anybody noticing.
    """
    said = ratings[["place", "rating", "seconds", "weight"]]
    each = pd.util.hash_pandas_object(said, index=False)
    # Unsigned integers wrap round: their sum is the same in every order.
    fingerprints = each.groupby(ratings["participant"]).sum().sort_values(kind="stable")
    return np.asarray(fingerprints.index.get_indexer(ratings["participant"]), dtype=np.intp)
