"""What a way weighs on its rider: its metres, and more where it is stressful or felt dangerous."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from .reference import read_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from .network import Network

    Floats = NDArray[np.float64]

LEVELS = (1, 2, 3, 4)


@cache
def burden_weights() -> dict[str, float]:
    """Return the weights by name; the table says where each is from."""
    return {row["name"]: float(row["value"]) for row in read_table("burden")}


@dataclass(frozen=True)
class Weighed:
    """What is added to the metres ridden."""

    metre: Floats
    """(segments,) for each metre of a segment."""
    crossing: Floats
    """(intersections,) for each passage of an intersection."""


class BurdenIndex:
    """Segments and intersections by number, with what their stress weighs; made once."""

    def __init__(self, network: Network) -> None:
        weights = burden_weights()
        by_metre = np.array([weights[f"stress_{level}"] for level in LEVELS])
        by_crossing = np.array([weights[f"crossing_{level}"] for level in LEVELS])
        self.stress = network.segments["stress"].to_numpy(dtype=np.int64)
        self.crossing_stress = network.intersections["stress"].to_numpy(dtype=np.int64)
        self.segment = _numbers(network.segments["id"].tolist())
        self.intersection = _numbers(network.intersections["id"].tolist())
        self._stress = Weighed(by_metre[self.stress - 1], by_crossing[self.crossing_stress - 1])

    def weigh(self, danger: Mapping[str, float], index: Mapping[str, float]) -> Weighed:
        """Return the weights with what is known of places by id.

        What lies above the middle of `danger` (0 to 1) or of the risk `index` (0 to 100) adds to
        them. A place without an entry has its stress alone: unknown is not safe, and neither is
        one that is felt safe any shorter for it.
        """
        weights = burden_weights()
        metre, crossing = self._stress.metre.copy(), self._stress.crossing.copy()
        for known, name in ((danger, "danger"), (index, "index")):
            middle = weights[f"{name}_middle"]
            for place, value in known.items():
                if value > middle:
                    above = value - middle
                    if (segment := self.segment.get(place)) is not None:
                        metre[segment] += weights[f"{name}_metre"] * above
                    elif (intersection := self.intersection.get(place)) is not None:
                        crossing[intersection] += weights[f"{name}_crossing"] * above
        return Weighed(metre, crossing)


def _numbers(ids: list[str]) -> dict[str, int]:
    return {label: number for number, label in enumerate(ids)}
