"""Crossed place and rater effects, estimated by restricted maximum likelihood (REML)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .crossed_dense import fit_dense
from .crossed_large import fit_large

if TYPE_CHECKING:
    from .crossed_effects import Codes, CrossedEffects, Floats

# Places or raters, whichever are fewer, up to which the exact way is taken. There it takes 6 s and
# 0.3 GB, at 3,000 16 s and 0.5 GB; the other way takes 1 s, but its errors of places are estimates.
DENSE_WIDTH = 2_000


def fit_crossed(
    danger: Floats, weight: Floats, *, place: Codes, rater: Codes, type_of_place: Codes
) -> CrossedEffects:
    """Return the REML estimates of danger = type mean + place effect + rater effect + error.

    Parameters
    ----------
    danger, weight
        (n,) values, and the precision of each relative to a full one.
    place, rater
        (n,) which place and rater each value is of, counted from 0 without gaps.
    type_of_place
        Type of each place, counted from 0 without gaps.

    Notes
    -----
    `fit_dense` and `fit_large` say how it is done and how exactly.
    """
    fewer = min(len(type_of_place), int(rater.max()) + 1)
    fit = fit_dense if fewer <= DENSE_WIDTH else fit_large
    return fit(danger, weight, place=place, rater=rater, type_of_place=type_of_place)
