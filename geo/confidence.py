"""How sure a match is: from how well it fits and from what else lies as near."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .candidates import Candidates
    from .drawn import Drawn
    from .ridden import Rides

FAR_M = 50.0
LEVEL_M = 5.0
# Fitted to the F1 of simulated routes in Neubrandenburg, checked in Göteborg: see RESULTS.md.
WEIGHTS = np.array([5.8, -0.15, -4.1])


def confidence(drawn: Drawn, found: Candidates, rides: Rides) -> NDArray[np.float64]:
    """Return the share of each route that is expected to be right, from 0 to 1.

    Expected from the mean distance of the vertices from the ride and from the share of vertices
    with a rival: a segment that is not ridden and at most 5 m farther away than one that is.
    """
    # Not a matrix product: on some processors its last bit hangs on how many routes there are.
    weighted = (features(drawn, found, rides) * WEIGHTS).cumsum(axis=1)[:, -1]
    return np.asarray(special.expit(weighted), dtype=np.float64)


def features(drawn: Drawn, found: Candidates, rides: Rides) -> NDArray[np.float64]:
    """Return (n, 3): one, mean distance in metres, share of vertices with a rival."""
    count = len(drawn.first) - 1
    vertices = np.diff(drawn.first)
    line = drawn.line
    vertex = np.repeat(np.arange(len(line)), np.diff(found.first))
    names = int(max(found.segment.max(initial=0), rides.segment.max(initial=0))) + 1
    ridden = np.isin(line[vertex] * names + found.segment, _keys(rides, names))
    own, other = np.full(len(line), FAR_M), np.full(len(line), FAR_M + LEVEL_M)
    np.minimum.at(own, vertex[ridden], found.distance_m[ridden])
    np.minimum.at(other, vertex[~ridden], found.distance_m[~ridden])
    rival = (other <= own + LEVEL_M).astype(np.float64)
    return np.column_stack(
        [
            np.ones(count),
            np.bincount(line, own, minlength=count) / vertices,
            np.bincount(line, rival, minlength=count) / vertices,
        ]
    )


def _keys(rides: Rides, names: int) -> NDArray[np.int64]:
    on = rides.segment >= 0
    return np.unique(rides.route[on] * names + rides.segment[on])
