"""How much each rating counts: less from a lazy rater, and no class holds a place by numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from .policy import Policy


def weigh(ratings: pd.DataFrame, policy: Policy) -> pd.Series:
    """Return the weight of each rating, above 0 and at most 1.

    It is the reliability of the participant. Where more than one group rated a place, those of a
    group that would hold more than `policy.group_share` of the weight there are scaled down until
    it holds that share.

    Parameters
    ----------
    ratings
        Columns as for `reliability`, `place`, and perhaps `group`: the class or campaign of the
        participant. Those without one are a group as well.
    """
    weight = ratings["participant"].map(reliability(ratings, policy)).astype(float)
    if "group" not in ratings or policy.group_share >= 1:
        return weight
    return weight * group_scale(ratings.assign(weight=weight), policy.group_share)


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


def group_scale(ratings: pd.DataFrame, share: float) -> pd.Series:
    """Return by what each rating's weight is multiplied, so that no group holds more than `share`.

    Parameters
    ----------
    ratings
        Columns `place`, `group` and `weight`, one row per rating.
    share
        From 0.5, so that at most one group of a place is above it, to less than 1.
    """
    # Summed in the order of the weights, sums hang neither on the order of rows nor on names.
    rows = ratings[["place", "group", "weight"]].reset_index(drop=True).sort_values("weight")
    own = rows.groupby(["place", "group"], dropna=False)["weight"].transform("sum")
    others = rows.groupby("place")["weight"].transform("sum") - own
    scale = (share / (1 - share) * others / own).clip(upper=1).where(others > 0, 1.0)
    return pd.Series(scale.sort_index().to_numpy(), index=ratings.index)
