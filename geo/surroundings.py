"""What lies around each place: clusters of conflicts along the network, and a heat layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from .clusters import Cluster, find_clusters
from .kernel_density import heat

if TYPE_CHECKING:
    from .network_distance import Neighbours
    from .place_graph import PlaceGraph
    from .policy import Policy
    from .summary import Summary

SURROUNDINGS = ["cluster", "cluster_p", "heat"]


class Surroundings(NamedTuple):
    """By place `cluster` (its id, missing for most), `cluster_p` and `heat`; and the clusters.

    `heat` is conflicts around the place over those that the area's average would give, NaN where
    nobody rides; a layer to look at, from which nothing follows.
    """

    places: pd.DataFrame
    clusters: tuple[Cluster, ...]


def surround(
    summary: Summary,
    places: pd.DataFrame,
    graph: PlaceGraph,
    neighbours: Neighbours,
    policy: Policy,
) -> Surroundings:
    """Return clusters and heat around the places of a summary.

    In perception-only mode there are none.

    Parameters
    ----------
    places
        `kind` by place id.
    graph, neighbours
        Of the network, the latter up to the radius and the joining distance of the policy.
    """
    found = summary.places
    if summary.mode == "perception" or found.empty:
        return Surroundings(pd.DataFrame(index=found.index, columns=SURROUNDINGS), ())
    kind = places.loc[found.index, "kind"]
    shape, reference = summary.parameters["normal_shape"], summary.parameters["reference_rate"]
    evidence = pd.DataFrame({
        "conflicts": found["reporters"].astype(float),
        "expected": found["normal"] * found["at_risk"],
        "shape": kind.map(shape) * found["length_km"],
        "eligible": found["participants"] >= policy.eligible_participants,
        # In units that an intersection and a stretch of street share: conflicts on average.
        "exposure": found["exposure"] * kind.map(reference),
    })  # fmt: skip
    clusters = find_clusters(
        evidence,
        neighbours,
        radius_m=policy.cluster_radius_m,
        join_m=policy.cluster_join_m,
        permutations=policy.cluster_permutations,
        false_discovery=policy.cluster_false,
    )
    member = {place: cluster.id for cluster in clusters.found for place in cluster.places}
    columns = pd.DataFrame({
        "cluster": pd.Series(member, dtype=object).reindex(found.index),
        "cluster_p": clusters.places["p"],
        "heat": heat(evidence, graph, bandwidth_m=policy.cluster_radius_m),
    })  # fmt: skip
    return Surroundings(columns, clusters.found)
