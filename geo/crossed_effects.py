"""What is estimated of crossed place and rater effects, whichever way it is computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.intp]
    Flags = NDArray[np.bool_]

# Ratings move in steps of 0.1: an error variance below that of rounding is not believable.
ROUNDING = 0.1**2 / 12
LARGEST_RATIO = 100.0


class Variances(NamedTuple):
    """Variances of place effects, rater effects and errors."""

    place: float
    rater: float
    error: float


@dataclass(frozen=True)
class CrossedEffects:
    """Estimates by place.

    `standard_error` is that of type mean + place effect. `evidence` (0 to 1) is the share of the
    variance between places that the ratings of this place explain; the rest of its score is what
    is normal for its type.
    """

    type_mean: Floats
    place_effect: Floats
    standard_error: Floats
    evidence: Floats
    variances: Variances
