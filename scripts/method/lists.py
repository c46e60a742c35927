"""Sections 5 and 6 by hand: the risk index, the lists and the states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .figures import Step, code, exact, lower_end, steps_table, table, tails

if TYPE_CHECKING:
    from .example import Example
    from .rates import Rates


def index(example: Example, known: Rates) -> dict[str, object]:
    """Return the steps to the risk index and the probability of danger."""
    row, policy = example.row, example.policy
    at = example.summary.places.index.get_loc(example.place)
    s, t, reference = known.updated.shape[at], known.updated.exposure[at], known.reference
    kind = example.prepared.exposed["kind"] == example.exposed["kind"]
    exposure = example.prepared.exposed.loc[kind, "exposure"]
    burden = float((exposure * example.summary.places.loc[kind, "rate"]).sum())
    threshold = policy.relative_threshold
    low, high = tails(policy.interval)
    steps = [
        Step("λ_ref", "the area's rate, all intersections together",
             code("{} / {}", burden, float(exposure.sum())), reference),
        Step("RR", "relative risk: exp of the mean of ln λ, over it",
             code("exp({}) / {}", float(known.updated.log_mean[at]), reference), row["relative"]),
        Step("RR low", lower_end(example.policy.interval),
             code("GAMMA.INV({}; {}; 1 / {}) / {}", low, s, t, reference), row["relative_low"]),
        Step("RR high", "upper end",
             code("GAMMA.INV({}; {}; 1 / {}) / {}", high, s, t, reference), row["relative_high"]),
        Step("index", "risk index, 0 to 100", code("50 + 25 × log2({})", row["relative"]),
             row["index"]),
        Step("P", f"probability that RR is more than {exact(threshold)}",
             code("1 − GAMMA.DIST({} × {}; {}; 1 / {})", exact(threshold), reference, s, t),
             row["probability"]),
    ]  # fmt: skip
    return {"index": steps_table(steps)}


def lists(example: Example, known: Rates) -> dict[str, object]:
    """Return the list of confirmed hotspots, and the steps to avoidable conflicts."""
    row, exposed = example.row, example.exposed
    at = example.summary.places.index.get_loc(example.place)
    s, t, exposure = known.updated.shape[at], known.updated.exposure[at], exposed["exposure"]
    calm, rate = known.calm, s / t
    low, high = tails(example.policy.interval)
    places = example.prepared.exposed
    quiet = (places["kind"] == exposed["kind"]) & (places["stress"] <= example.policy.calm_stress)
    burden = (places["exposure"] * example.summary.places["normal"])[quiet].sum()
    normal = row["normal"]
    steps = [
        Step("λ_low", "normal rate of calm intersections, by their passages",
             code("{} / {}", float(burden), float(places.loc[quiet, "exposure"].sum())), calm),
        Step("burden", "conflicts a school year", code("{} × {}", rate, exposure), row["yearly"]),
        Step("avoidable", "conflicts a school year that a calm design would avoid",
             code("({} − {}) × {}", rate, calm, exposure), row["avoidable"]),
        Step("avoidable low", lower_end(example.policy.interval),
             code("MAX(0; GAMMA.INV({}; {}; 1 / {}) − {}) × {}", low, s, t, calm, exposure),
             row["avoidable_low"]),
        Step("avoidable high", "upper end",
             code("MAX(0; GAMMA.INV({}; {}; 1 / {}) − {}) × {}", high, s, t, calm, exposure),
             row["avoidable_high"]),
        Step("P(top 10)", "probability of being among the first ten",
             f"{example.policy.draws:,} draws", row["top10"]),
        Step("excess", "conflicts a school year above the type's",
             code("({} − {}) × {}", rate, normal, exposure), row["excess"]),
    ]  # fmt: skip
    return {
        "avoidable": steps_table(steps),
        "false_discovery": _false_discovery(example),
        "states": example.summary.places["state"].value_counts(),
        "ranks": _ranks(example),
    }


def _false_discovery(example: Example) -> str:
    found, policy = example.summary.places, example.policy
    reporters = found["reporters"] >= policy.confirmed_reporters
    candidate = (found["participants"] >= policy.eligible_participants) & (
        reporters | (found["crashes"] >= 1)
    )
    listed = found[candidate].sort_values("probability", ascending=False, kind="stable")
    mean = (1 - listed["probability"]).expanding().mean()
    position = listed.index.get_loc(example.place)
    last = int((listed["state"] == "confirmed").sum()) - 1
    shown = sorted({0, 1, position - 1, position, last, last + 1})
    lines = [
        (number + 1, _name(example, listed.index[number]), int(listed["reporters"].iloc[number]),
         int(listed["crashes"].iloc[number]), listed["probability"].iloc[number],
         mean.iloc[number], listed["state"].iloc[number])
        for number in shown if 0 <= number < len(listed)
    ]  # fmt: skip
    columns = ("no.", "place", "reporters", "crashes", "P", "mean of 1 − P down to here", "state")
    return table(columns, lines)


def _ranks(example: Example) -> str:
    found = example.summary.places[example.summary.places["avoidable"].notna()]
    rankings = {
        "avoidable conflicts (the priority list)": found["avoidable"],
        "relative risk per passage": found["relative"],
        "conflicts a school year": found["yearly"],
        "excess over its type": found["excess"],
        "perceived danger": found["danger"],
        "reporters, simply counted": found["reporters"],
        "official crashes, simply counted": found["crashes"],
    }
    lines = [
        (name, int(values.rank(ascending=False, method="min")[example.place]))
        for name, values in rankings.items()
    ]
    return table((f"ranked by ({len(found)} places that enough students pass)", "rank"), lines)


def _name(example: Example, place: object) -> str:
    name = example.network.places.loc[place, "name"] or "unnamed"
    mark = f"**{name}**" if place == example.place else name
    kind = example.network.places.loc[place, "kind"]
    return f"{mark} (street)" if kind == "segment" else str(mark)
