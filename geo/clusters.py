"""Hotspots that are groups: where places with too many conflicts lie beside each other."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats
from scipy.sparse import csgraph

from .errors import InvalidEvidenceError
from .getis_ord import gi_star, permutation_p
from .network import stable_id
from .network_distance import NEIGHBOURHOOD_M

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .network_distance import Neighbours

    Floats = NDArray[np.float64]

logger = logging.getLogger(__name__)

JOIN_M = 150.0
PERMUTATIONS = 9_999
FALSE_DISCOVERY = 0.10
GROUP_CONFIDENCE = 0.95


@dataclass(frozen=True)
class Cluster:
    """Flagged places that lie close together along the network.

    How many participants reported here cannot be told from counts by place: who reported at two
    of them is one person. `ratio` is too high on average, because the cluster was found by it.
    """

    id: str
    """The same for the same places."""
    places: tuple[str, ...]
    """Sorted ids."""
    observed: float
    """Conflicts, added up over the places."""
    expected: float
    """Conflicts that are normal for such places and so many passages."""
    p: float
    """The smallest of its places."""

    @property
    def ratio(self) -> float:
        """Conflicts for each one that is normal."""
        return self.observed / self.expected


@dataclass(frozen=True)
class Clusters:
    """What the surroundings of each place say, and the clusters, the surest first.

    `places` has the index of the input and `z` (conflicts above what is normal, in standard
    deviations), `gi`, `p` (not corrected for the number of places) and `flagged` (which does not
    make it a member of a cluster yet); NaN and not flagged where a place is not eligible.
    """

    places: pd.DataFrame
    found: tuple[Cluster, ...]


def find_clusters(  # noqa: PLR0913 - each is a setting of the method
    places: pd.DataFrame,
    neighbours: Neighbours,
    *,
    radius_m: float = NEIGHBOURHOOD_M,
    join_m: float = JOIN_M,
    permutations: int = PERMUTATIONS,
    false_discovery: float = FALSE_DISCOVERY,
    seed: int = 0,
) -> Clusters:
    """Return groups of places whose surroundings have more conflicts than is normal for them.

    ``z = (y - m) / √(m + m² / shape)`` of eligible places, Gi* over those within `radius_m`
    along the network, p from permutations, one-sided. Places are flagged at a false discovery
    rate of `false_discovery` (Benjamini-Hochberg), and flagged ones at most `join_m` apart
    along the network make a cluster. The order of `places` does not matter.

    It is the surroundings that flag a place: one with no conflicts between two that have many
    belongs to the cluster, a single bad place among good ones is none. A group that itself has
    no more conflicts than chance gives like places (one-sided, 5 %) is no cluster, however bad
    its surroundings are: most of the groups that arise by chance are of that kind.

    Of simulated towns without clusters 1 to 4 % show one. Five times the normal rate within
    150 m is found in 28 to 56 % of towns, in 14 % where the rates of short segments differ much,
    and in up to 83 % where it lies on a busy street (see `tests/geo/test_clusters.py`).

    Parameters
    ----------
    places
        By place id: `conflicts`, `expected` (conflicts, what is normal for its type and stress
        times its exposure), `shape` (of the gamma distribution of rates) and `eligible` (bool).
    neighbours
        Of the network, up to `radius_m` and `join_m` at least; may hold more places.

    Raises
    ------
    UnknownPlaceError
        If an eligible place is not in the network.
    InvalidRadiusError
        If a radius is beyond what was measured.
    InvalidEvidenceError
        If an eligible place has no positive `expected` or `shape`, or conflicts below 0, or if
        an id occurs twice.

    References
    ----------
    Getis and Ord (1992), Geographical Analysis 24(3), 189-206; Benjamini and Hochberg (1995),
    Journal of the Royal Statistical Society B 57(1), 289-300; Caldas de Castro and Singer
    (2006), Geographical Analysis 38(2), 180-208, doi:10.1111/j.0016-7363.2006.00682.x.
    """
    eligible = places[places["eligible"].astype(bool)].sort_index()
    _check(eligible)
    near = neighbours.among(eligible.index)
    around = near.within(radius_m)
    z = residuals(eligible)
    p = permutation_p(z, around, permutations=permutations, seed=seed)
    flagged = stats.false_discovery_control(p) <= false_discovery if len(p) else p > 1
    surroundings = pd.DataFrame(
        {"z": z, "gi": gi_star(z, around), "p": p, "flagged": flagged}, index=eligible.index
    )
    found = _join(eligible.join(surroundings)[flagged], near, join_m)
    logger.info("found %d clusters among %d places", len(found), len(eligible))
    every = surroundings.reindex(places.index)
    return Clusters(every.assign(flagged=every["flagged"].eq(other=True)), found)


def residuals(places: pd.DataFrame) -> Floats:
    """Return conflicts above what is normal, in standard deviations of like places."""
    normal = places["expected"].to_numpy(float)
    variance = normal + normal**2 / places["shape"].to_numpy(float)
    return np.asarray((places["conflicts"].to_numpy(float) - normal) / np.sqrt(variance))


def _check(eligible: pd.DataFrame) -> None:
    if eligible.index.has_duplicates:
        raise InvalidEvidenceError("expected every place once")
    positive = eligible[["expected", "shape"]].to_numpy(float)
    conflicts = eligible["conflicts"].to_numpy(float)
    if not (np.isfinite(positive).all() and (positive > 0).all()):
        raise InvalidEvidenceError("expected conflicts and shape must be positive where eligible")
    if not (np.isfinite(conflicts).all() and (conflicts >= 0).all()):
        raise InvalidEvidenceError("conflicts must be finite and not negative")


def _join(flagged: pd.DataFrame, near: Neighbours, join_m: float) -> tuple[Cluster, ...]:
    together = near.among(flagged.index).within(join_m)
    _, group = csgraph.connected_components(together, directed=False)
    clusters = [
        Cluster(
            id=stable_id("c", members.index),
            places=tuple(members.index),
            observed=float(members["conflicts"].sum()),
            expected=float(members["expected"].sum()),
            p=float(members["p"].min()),
        )
        for _, members in flagged.groupby(group)
        if _stands_out(members)
    ]
    return tuple(sorted(clusters, key=lambda cluster: (cluster.p, -cluster.ratio, cluster.id)))


def _stands_out(members: pd.DataFrame) -> bool:
    """Say whether a group as a whole has more conflicts than such places have by chance."""
    normal = members["expected"].to_numpy(float)
    variance = (normal + normal**2 / members["shape"].to_numpy(float)).sum()
    excess = members["conflicts"].sum() - normal.sum()
    return bool(excess > stats.norm.ppf(GROUP_CONFIDENCE) * np.sqrt(variance))
