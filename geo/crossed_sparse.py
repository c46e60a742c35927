"""The mixed model equations of crossed effects on sparse matrices, and solutions of them.

Effects are *spherical*: over their standard deviations, which are held relative to the errors'.
Place effects have a diagonal block and are eliminated, so that raters and types remain. With w
the weight of a place, C the weights by place and rater and M the types of places, given raters b
and types m a place is left with

    e = M m + (the part of its effect that comes of b and m) = (M m - ratio² C b) / d,

where d = ratio² w + 1. Everything below is written in e and in the response r = C b + w M m.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse

from .conjugate import solve_columns

if TYPE_CHECKING:
    from .crossed_effects import Codes, Floats


class Sides(NamedTuple):
    """Sums by place, rater and type, each (size, k): right sides, or estimates."""

    place: Floats
    rater: Floats
    type: Floats

    def dot(self, other: Sides) -> Floats:
        """Return the (k, l) products of the columns with those of `other`."""
        pairs = zip(self, other, strict=True)
        return np.asarray(sum(mine.T @ theirs for mine, theirs in pairs))


@dataclass(frozen=True)
class Design:
    """Who rated what, with which weight: all that the equations need of single ratings."""

    place: Codes
    rater: Codes
    weight: Floats
    type_of_place: Codes
    place_weight: Floats
    rater_weight: Floats
    crossing: sparse.csr_matrix  # places × raters
    crossed: sparse.csr_matrix  # its transpose: products by row are the quicker ones
    members: sparse.csr_matrix  # types × places

    @classmethod
    def of(cls, weight: Floats, *, place: Codes, rater: Codes, type_of_place: Codes) -> Design:
        """Return the design of ratings, of which each has a weight, a place and a rater."""
        places, raters = len(type_of_place), int(rater.max()) + 1
        crossing = sparse.csr_matrix((weight, (place, rater)), shape=(places, raters))
        own = (type_of_place, np.arange(places))
        return cls(
            place=place,
            rater=rater,
            weight=weight,
            type_of_place=type_of_place,
            place_weight=_totals(place, weight, places),
            rater_weight=_totals(rater, weight, raters),
            crossing=crossing,
            crossed=crossing.T.tocsr(),
            members=sparse.csr_matrix((np.ones(places), own)),
        )

    def sums(self, values: Floats) -> Sides:
        """Return the sums of (n,) `values` of ratings, as one column."""
        by_place = _totals(self.place, values, len(self.place_weight))[:, None]
        by_rater = _totals(self.rater, values, len(self.rater_weight))[:, None]
        return Sides(by_place, by_rater, self.members @ by_place)

    def seen(self, by_place: Floats, by_rater: Floats) -> Sides:
        """Return the weighted sums of ratings that are the sum of a place's and a rater's."""
        place = self.place_weight[:, None] * by_place + self.crossing @ by_rater
        rater = self.rater_weight[:, None] * by_rater + self.crossed @ by_place
        return Sides(place, rater, self.members @ place)


def _totals(codes: Codes, values: Floats, size: int) -> Floats:
    return np.bincount(codes, values, size).astype(float)


class System:
    """The equations at one pair of ratios."""

    def __init__(self, design: Design, place_ratio: float, rater_ratio: float) -> None:
        self.design = design
        self.place_ratio, self.rater_ratio = place_ratio, rater_ratio
        self.diagonal = place_ratio**2 * design.place_weight[:, None] + 1
        squares = design.crossed.multiply(design.crossed)
        # What is left of a rater's weight when the places have taken their part.
        self.rater_left = design.rater_weight[:, None] - place_ratio**2 * (
            squares @ (1 / self.diagonal)
        )
        self.rater_diagonal = rater_ratio**2 * self.rater_left + 1
        self._jacobi = np.concatenate(
            [self.rater_diagonal, design.members @ (design.place_weight[:, None] / self.diagonal)]
        ).ravel()

    def solve(self, right: Sides, start: Floats | None, tolerance: float) -> Floats:
        """Return the spherical effects of raters, then type means, as (raters + types, k).

        Parameters
        ----------
        right
            Spherical right sides.
        start
            A solution nearby, if there is one.
        """
        taken = self.place_ratio * right.place / self.diagonal
        reduced = np.concatenate([
            right.rater - self.rater_ratio * (self.design.crossed @ taken),
            right.type - self.design.members @ (self.design.place_weight[:, None] * taken),
        ])  # fmt: skip
        return solve_columns(
            self._apply,
            reduced,
            diagonal=self._jacobi,
            start=np.zeros_like(reduced) if start is None else start,
            tolerance=tolerance,
        )

    def _apply(self, solution: Floats) -> Floats:
        raters = len(self.rater_left)
        effect, left, response = self.split(solution)
        rater = self.design.rater_weight[:, None] * effect + self.design.crossed @ left
        return np.concatenate([
            self.rater_ratio * rater + solution[:raters],
            self.design.members @ (response / self.diagonal),
        ])  # fmt: skip

    def split(self, solution: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the effects of raters, and e and r (see above) of each place."""
        raters = len(self.rater_left)
        effect = self.rater_ratio * solution[:raters]
        mean = solution[raters:][self.design.type_of_place]
        crossing = self.design.crossing @ effect
        left = (mean - self.place_ratio**2 * crossing) / self.diagonal
        return effect, left, crossing + self.design.place_weight[:, None] * mean

    def spherical(self, right: Sides) -> Sides:
        """Return the right sides of spherical effects from those of plain ones."""
        return Sides(self.place_ratio * right.place, self.rater_ratio * right.rater, right.type)

    def effects(self, right: Sides, solution: Floats) -> Sides:
        """Return the effects of places and raters and the type means, given the right sides."""
        effect, _, response = self.split(solution)
        place = self.place_ratio * (right.place - self.place_ratio * response) / self.diagonal
        return Sides(place, effect, solution[len(effect) :])
