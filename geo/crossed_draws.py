"""Errors of estimates on simulated data, in place of the inverse of a matrix too large to make.

Ratings are simulated from the model and the equations solved for them; how far the estimates lie
from the simulated effects has the variance that the inverse would give. What can be worked out
exactly, the part of an effect's variance that is left when all others are known, is: draws
only supply the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .crossed_sparse import Design, Sides, System

if TYPE_CHECKING:
    from .crossed_effects import Floats

SEED = 20261121
BATCH = 16  # draws in memory at once


@dataclass(frozen=True)
class Draws:
    """Simulated errors of ratings, summed as the equations need them, and simulated effects.

    They follow the order of the ratings, and draw number i is the same however many there are.
    """

    errors: Sides
    place: Floats  # spherical effects
    rater: Floats

    @classmethod
    def of(cls, design: Design, numbers: range) -> Draws:
        """Return the draws of the given numbers."""
        root = np.sqrt(design.weight)
        sizes = design.members.shape[::-1] + design.rater_weight.shape
        errors = Sides(*(np.empty((sizes[i], len(numbers))) for i in (0, 2, 1)))
        place, rater = np.empty_like(errors.place), np.empty_like(errors.rater)
        for column, number in enumerate(numbers):
            generator = np.random.default_rng([SEED, number])
            sums = design.sums(root * generator.standard_normal(len(root)))
            for all_, one in zip(errors, sums, strict=True):
                all_[:, column] = one[:, 0]
            place[:, column] = generator.standard_normal(len(place))
            rater[:, column] = generator.standard_normal(len(rater))
        return cls(errors, place, rater)

    def right(self, system: System) -> Sides:
        """Return the right sides of which the solutions are the errors of estimates."""
        right = system.spherical(self.errors)
        return Sides(right.place - self.place, right.rater - self.rater, right.type)


def expected_squares(system: System, drawn: Floats) -> Floats:
    """Return what the squares of residual sums, by place and by rater, add up to on average.

    These are the traces of Z'PZ for the two groups, in units of the error variance.

    Parameters
    ----------
    drawn
        Solutions of the system for `Draws.right`.
    """
    design = system.design
    effect, left, response = system.split(drawn)
    place = design.place_weight[:, None] / system.diagonal
    place_less = ((response / system.diagonal) ** 2).mean(axis=1)
    rater = system.rater_left / system.rater_diagonal
    others = design.crossed @ left + (design.rater_weight[:, None] - system.rater_left) * effect
    rater_less = ((others / system.rater_diagonal) ** 2).mean(axis=1)
    return np.array([place.sum() - place_less.sum(), rater.sum() - rater_less.sum()])


class PlaceErrors(NamedTuple):
    """By place: squared error of type mean + place effect, over the errors'; and `evidence`."""

    squared: Floats
    evidence: Floats


def place_errors(system: System, draws: int, tolerance: float) -> PlaceErrors:
    """Return the errors of places, of which the part due to others is a mean of `draws`."""
    design, places = system.design, len(system.diagonal)
    left_squares, pull_squares = np.zeros(places), np.zeros(places)
    for first in range(0, draws, BATCH):
        batch = Draws.of(design, range(first, min(first + BATCH, draws)))
        _, left, response = system.split(system.solve(batch.right(system), None, tolerance))
        left_squares += (left**2).sum(axis=1)
        pull_squares += ((response / system.diagonal) ** 2).sum(axis=1)
    between, diagonal = system.place_ratio**2, system.diagonal[:, 0]
    evidence = between * (design.place_weight / diagonal - pull_squares / draws)
    return PlaceErrors(between / diagonal + left_squares / draws, np.clip(evidence, 0, 1))
