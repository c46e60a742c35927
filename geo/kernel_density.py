"""A heat layer along the network: conflicts spread over the streets around them.

A picture of where to look, without words of significance: `clusters` says what is sure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from scipy import sparse

from .errors import InvalidEvidenceError, UnknownPlaceError
from .network_distance import InvalidRadiusError
from .place_graph import NO_PLACE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .network_distance import Neighbours
    from .place_graph import PlaceGraph

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.intp]

BANDWIDTH_M = 300.0
RESOLUTION_M = 2.0
ROUNDING = 1e-9

Split = Literal["discontinuous", "continuous"]


def quartic(distance_m: Floats, bandwidth_m: float) -> Floats:
    """Return the quartic kernel, per metre: ``15/16 (1 - u²)² / bandwidth`` for u up to 1."""
    share = np.minimum(distance_m / bandwidth_m, 1)
    return np.asarray(15 / 16 * (1 - share**2) ** 2 / bandwidth_m)


def simple_density(
    mass: Floats, neighbours: Neighbours, bandwidth_m: float = BANDWIDTH_M
) -> Floats:
    """Return the kernel of the shortest distance, added up over all places with mass.

    Mass is multiplied at every fork, so that crossings look denser than they are; for
    comparison only.

    Parameters
    ----------
    mass
        (n,) at the places of `neighbours`, in their order.

    Raises
    ------
    InvalidRadiusError
        If the bandwidth is not positive or beyond what was measured.
    """
    near = neighbours.within(bandwidth_m)
    inside = neighbours.distance_m.data <= bandwidth_m
    near.data = quartic(neighbours.distance_m.data[inside], bandwidth_m)
    return np.asarray(near @ mass)


def split_density(
    mass: Floats,
    graph: PlaceGraph,
    split: Split = "continuous",
    *,
    bandwidth_m: float = BANDWIDTH_M,
    resolution_m: float = RESOLUTION_M,
) -> Floats:
    """Return the equal-split kernel density at each place, per metre.

    What walks along a segment and comes to a point with n arms goes on, "discontinuous", into
    the n - 1 others with a share of 1 / (n - 1) each; or, "continuous", with 2 / n, and
    2 / n - 1 returns where it came from, which makes the density the same on all arms near the
    point. Mass is kept, but for what reaches a dead end: there it leaves the network, as at the
    edge of the area. All ways are followed, not only the shortest. Mass in an intersection
    starts with 2 / n into each arm, and the density there is the mean over its arms.

    All mass walks at once, a step of `resolution_m` at a time: lengths of half a segment are
    rounded to steps, at least one.

    Parameters
    ----------
    mass
        (n,) at the places of `graph`, in their order.

    Raises
    ------
    InvalidRadiusError
        If the bandwidth is shorter than a step, or either is not positive.

    References
    ----------
    Okabe, Satoh and Sugihara (2009), International Journal of Geographical Information Science
    23(1), 7-32, doi:10.1080/13658810802475491; McSwiggan, Baddeley and Nair (2017),
    Scandinavian Journal of Statistics 44(2), 324-345, doi:10.1111/sjos.12255.
    """
    if not 0 < resolution_m <= bandwidth_m < np.inf:
        raise InvalidRadiusError(
            f"expected 0 < step <= bandwidth, got {resolution_m:g} m and {bandwidth_m:g} m"
        )
    streets = _Streets.of(graph, split, resolution_m)
    steps = int(bandwidth_m / resolution_m + ROUNDING)
    kernel = quartic(np.arange(steps + 1, dtype=np.float64) * resolution_m, bandwidth_m)
    starting = mass[graph.place_of_segment]
    standing = np.where(graph.place_of_point != NO_PLACE, mass[graph.place_of_point], 0.0)
    points, middles = streets.walk(np.tile(starting, 2), streets.share * standing, kernel)
    known = graph.place_of_point != NO_PLACE
    density = np.empty(len(graph.places))
    density[graph.place_of_point[known]] = (points + kernel[0] * streets.share * standing)[known]
    density[graph.place_of_segment] = kernel[0] * starting + middles
    return density


@dataclass(frozen=True)
class _Streets:
    """Segments in both directions, first all forwards, then all backwards."""

    origin: Numbers
    target: Numbers
    half: Numbers
    """Steps from an end to the middle."""
    share: Floats
    """By point: what mass on it is worth on each of its arms."""
    scatter: sparse.csr_array
    """What of that which comes out of a segment (column) enters each (row)."""

    @classmethod
    def of(cls, graph: PlaceGraph, split: Split, resolution_m: float) -> _Streets:
        origin = np.concatenate([graph.start, graph.end])
        target = np.concatenate([graph.end, graph.start])
        half = np.maximum(1, np.rint(graph.length_m / 2 / resolution_m)).astype(np.intp)
        arms = np.bincount(origin, minlength=graph.points)
        share = 2 / np.maximum(arms, 1)
        scatter = _scatter(origin, target, arms, split)
        return cls(origin, target, np.tile(half, 2), share, scatter)

    def walk(self, starting: Floats, standing: Floats, kernel: Floats) -> tuple[Floats, Floats]:
        """Return what is seen at the points and in the middles of the segments.

        `starting` are the walkers from the middle of each directed segment, `standing` those
        that enter each arm of a point; `kernel` is what one is worth after each step.
        """
        arrived = np.zeros(len(standing))
        seen = np.zeros(len(starting))
        entered = np.zeros((len(kernel), len(starting)))
        entered[0] = standing[self.origin]
        segments = np.arange(len(starting))
        for step, worth in enumerate(kernel):
            begun = step - 2 * self.half
            arriving = np.where(begun >= 0, entered[np.maximum(begun, 0), segments], 0.0)
            arriving += np.where(self.half == step, starting, 0.0)
            entered[step] += self.scatter @ arriving
            arrived += worth * np.bincount(self.target, arriving, len(arrived))
            halfway = np.minimum(step + self.half, len(kernel) - 1)  # where it is worth nothing
            seen += kernel[halfway] * entered[step]
        # At a dead end there is one arm and nothing comes back.
        return arrived * np.minimum(self.share, 1), seen.reshape(2, -1).sum(axis=0)


def _scatter(origin: Numbers, target: Numbers, arms: Numbers, split: Split) -> sparse.csr_array:
    """Return the share of what comes out of a directed segment (column) that enters others."""
    number = np.arange(len(origin))
    ones = np.ones(len(origin))
    entering = sparse.csr_array((ones, (number, origin)), shape=(len(origin), len(arms)))
    coming = sparse.csr_array((ones, (target, number)), shape=(len(arms), len(origin)))
    back = sparse.csr_array((ones, (np.roll(number, len(origin) // 2), number)))
    if split == "continuous":
        onward = 2 / np.maximum(arms, 1)
        returning = ones
    else:
        onward = 1 / np.maximum(arms - 1, 1)
        returning = onward[target]
    ends = (arms[target] > 1).astype(float)
    onto = entering @ sparse.diags_array(onward) @ coming - back @ sparse.diags_array(returning)
    return sparse.csr_array(onto @ sparse.diags_array(ends))


def heat(
    places: pd.DataFrame,
    graph: PlaceGraph,
    split: Split = "discontinuous",
    *,
    bandwidth_m: float = BANDWIDTH_M,
) -> pd.Series:
    """Return conflicts for each unit of exposure around every place of `places`.

    The density of conflicts over the density of exposure, with the same kernel: NaN where
    nobody rides within the bandwidth. With "discontinuous" it is a weighted mean of what the
    places around have; what returns in "continuous" weighs negatively and can leave that range.
    Colours may follow it; no place may be called dangerous for it.

    Parameters
    ----------
    places
        By place id: `conflicts` and `exposure`, both at least 0.

    Raises
    ------
    UnknownPlaceError
        If a place is not one of the network.
    InvalidEvidenceError
        If a number is negative or not finite, or an id occurs twice.
    """
    evidence = places[["conflicts", "exposure"]].to_numpy(float)
    at = graph.places.get_indexer(places.index)
    if (at < 0).any():
        raise UnknownPlaceError(f"{(at < 0).sum()} of {len(at)} places are not in the network")
    if places.index.has_duplicates:
        raise InvalidEvidenceError("expected every place once")
    if not (np.isfinite(evidence) & (evidence >= 0)).all():
        raise InvalidEvidenceError("conflicts and exposure must be finite and not negative")
    mass = np.zeros((2, len(graph.places)))
    mass[:, at] = evidence.T
    conflicts, exposure = (
        split_density(each, graph, split, bandwidth_m=bandwidth_m)[at] for each in mass
    )
    ratio = np.divide(
        np.maximum(conflicts, 0), exposure, where=exposure > 0, out=np.full(len(at), np.nan)
    )
    return pd.Series(ratio, index=places.index, name="heat")
