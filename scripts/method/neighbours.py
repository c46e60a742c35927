"""Section 7 by hand: what lies around the place along the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geo.clusters import find_clusters

from .figures import Step, code, exact, figure, steps_table, table

if TYPE_CHECKING:
    from .example import Example


def surroundings(example: Example) -> dict[str, object]:
    """Return the steps from residuals to the probability of a cluster, and the clusters."""
    policy, place = example.policy, example.place
    expected = _expected(example)
    found = find_clusters(
        expected,
        example.neighbours,
        radius_m=policy.cluster_radius_m,
        join_m=policy.cluster_join_m,
        permutations=policy.cluster_permutations,
        false_discovery=policy.cluster_false,
    ).places
    known = found[found["z"].notna()].sort_index()
    near = example.neighbours.among(known.index).within(policy.cluster_radius_m)
    around = near[[known.index.get_loc(place)]].indices
    z, n, k = known["z"].to_numpy(float), len(known), len(around)
    total = float(z[around].sum())
    here, own = known.loc[place], expected.loc[place]
    mean, spread = float(z.mean()), float(z.std())
    y, normal, shape = int(own["conflicts"]), float(own["expected"]), float(own["shape"])
    rank = int((known["p"] <= here["p"]).sum())
    steps = [
        Step("m₀", "conflicts that are normal for type and stress",
             code("{} × {}", example.row["normal"], example.row["at_risk"]), normal),
        Step("z", "conflicts above that, in standard deviations",
             code("({} − {}) / √({} + {}^2 / {})", y, normal, normal, normal, shape),
             float(here["z"])),
        Step("N", "places that enough students pass", "counted", n),
        Step("z̄", "mean of their z", "all places", mean),
        Step("sd", "their standard deviation", "all places", spread),
        Step("k", f"of these, within {policy.cluster_radius_m:g} m along the streets, with itself",
             "counted", k),
        Step("Σz", "sum of their z", "these places", total),
        Step("Gi*", "that sum, in standard deviations",
             code("({} − {} × {}) / ({} × √({} × ({} − {}) / ({} − 1)))",
                  total, k, mean, spread, k, n, k, n), float(here["gi"])),
        Step("p", "share of shuffles with a sum as high",
             f"{policy.cluster_permutations:,} shuffles", float(here["p"])),
        Step("rank", "places with a p as small", "counted", rank),
        Step("bound", "what p may be at that rank",
             code("{} × {} / {}", rank, exact(policy.cluster_false), n),
             rank * policy.cluster_false / n),
    ]  # fmt: skip
    return {
        "cluster_steps": steps_table(steps),
        "in_cluster": isinstance(example.around.places.loc[place, "cluster"], str),
        "flagged": int(known["flagged"].sum()),
        "heat": figure(float(example.around.places.loc[place, "heat"]), 3),
        "clusters": _clusters(example),
    }


def _expected(example: Example) -> pd.DataFrame:
    """Return conflicts as reported and as normal for type and stress, as `surround` does."""
    found, exposed = example.summary.places, example.prepared.exposed
    shape = exposed["kind"].map(example.summary.parameters["normal_shape"])
    return pd.DataFrame({
        "conflicts": found["reporters"].astype(float),
        "expected": found["normal"] * found["at_risk"],
        "shape": shape * exposed["length_km"],
        "eligible": exposed["eligible"],
    })  # fmt: skip


def _clusters(example: Example) -> str:
    if not example.around.clusters:
        return "The sample has no cluster."
    places = example.network.places
    lines = []
    for cluster in example.around.clusters:
        names = places.loc[list(cluster.places), "name"]
        common = names[names != ""].value_counts()
        name = common.index[0] if len(common) else "unnamed"
        lines.append(
            (name, len(cluster.places), int(cluster.observed), cluster.expected, cluster.p)
        )
    columns = ("around", "places", "reports", "normal", "smallest p")
    return table(columns, lines)
