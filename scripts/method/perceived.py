"""Sections 1 and 2 by hand: who passes the place, and how dangerous it feels."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import stats

from geo.evidence import onlookers
from geo.perception import Perception, perceive
from geo.weights import reliability, weigh

from .figures import Step, added, code, exact, lower_end, steps_table, table

if TYPE_CHECKING:
    import pandas as pd

    from .example import Example


def exposure(example: Example) -> dict[str, object]:
    """Return the table of rides a week, and the steps to the exposure."""
    policy, place = example.policy, example.exposed
    visits = example.evidence.visits
    rides = visits.loc[visits["place"] == example.place, "trips_per_week"].value_counts()
    rides = rides.sort_index()
    weeks = int(policy.school_weeks)
    trips = int((rides.index * rides).sum())
    steps = [
        Step("n", "participants who pass", "counted", int(place["participants"])),
        Step("T", "trips a week, all of them",
             added((exact(often), exact(people)) for often, people in rides.items()), trips),
        Step("E", "exposure, 1,000 passages a school year", code("{} × {} / 1000", trips, weeks),
             place["exposure"]),
    ]  # fmt: skip
    return {
        "rides": table(("rides a week", *rides.index), [("participants", *rides)]),
        "exposure": steps_table(steps),
        "weeks": weeks,
    }


class Sums(NamedTuple):
    """What the ratings of the place add up to, by rating."""

    by_rating: pd.DataFrame
    perception: Perception
    type_mean: float
    effect: float


def perceived(example: Example) -> dict[str, object]:
    """Return the ratings of the place, and the steps to its perceived danger."""
    types = example.prepared.exposed["type"]
    every = _sums(example, example.evidence.ratings, example.prepared.perception)
    quiet = onlookers(example.evidence)
    unhurt = _sums(example, quiet, perceive(quiet, types, example.policy))
    fit, row = every.perception, example.row
    margin = float(stats.norm.ppf(0.5 + example.policy.interval / 2))
    danger, width = row["danger"], row["danger_high"] - row["danger_low"]
    error = width / 2 / margin
    weight, ghosts = every.by_rating["weight"].sum(), fit.ghost_ratings
    strict = every.by_rating["strict"].sum()
    said = every.by_rating["weighed"].sum()
    steps = [
        Step("β", "mean danger of the type", "fitted", every.type_mean),
        Step("σ²a", "variance between places", "fitted", fit.place_variance),
        Step("σ²b", "variance between raters", "fitted", fit.rater_variance),
        Step("σ²e", "variance of errors", "fitted", fit.error_variance),
        Step("A", "ghost ratings of what is normal",
             code("{} / {}", fit.error_variance, fit.place_variance), ghosts),
        *_placed(every, ""),
        Step("D", "perceived danger, 0 to 1", code("{} + {}", every.type_mean, every.effect),
             danger),
        Step("D₁", "the same if raters were not told apart: the mean, and A ghosts",
             code("({} + {} × {}) / ({} + {})", said, ghosts, every.type_mean, weight, ghosts),
             (said + ghosts * every.type_mean) / (weight + ghosts)),
        Step("√PEV", "standard error of D", "fitted", error),
        Step("D low", lower_end(example.policy.interval),
             code("{} − {} × {}", danger, margin, error), row["danger_low"]),
        Step("D high", "upper end", code("{} + {} × {}", danger, margin, error),
             row["danger_high"]),
        Step("share", "of what was said here in D", "fitted", row["evidence"]),
    ]  # fmt: skip
    again = unhurt.perception
    without = [
        Step("βᵤ", "mean danger of the type", "fitted", unhurt.type_mean),
        Step("σ²aᵤ", "variance between places", "fitted", again.place_variance),
        Step("Aᵤ", "ghost ratings of what is normal", "fitted", again.ghost_ratings),
        *_placed(unhurt, "ᵤ"),
        Step("R", "perceived danger as predictor, in standard deviations",
             code("{} / √({})", unhurt.effect, again.place_variance),
             example.exposed["effect"]),
    ]  # fmt: skip
    ratings = every.by_rating.join(unhurt.by_rating.add_suffix("_u")).fillna(0)
    columns = ("rating", "danger x", "raters", "Σ w", "Σ w·b", "raters ᵤ", "Σ w ᵤ", "Σ w·b ᵤ")
    lines = [
        (int(rating), exact(line["danger"]), int(line["raters"]), exact(line["weight"]),
         line["strict"], int(line["raters_u"]), exact(line["weight_u"]), line["strict_u"])
        for rating, line in ratings.iterrows()
    ]  # fmt: skip
    mine = reliability(example.evidence.ratings, example.policy)
    lazy = int((mine < 1).sum())
    return {
        "ratings": table(columns, lines),
        "danger": steps_table(steps),
        "predictor": steps_table(without),
        "lazy": lazy,
        "lazy_here": int((mine[_here(example)["participant"]] < 1).sum()),
        "rated": int(row["ratings"]),
        "strict": strict,
        "largest_group": _largest_group(example),
        "closest": np.sqrt(fit.error_variance / (weight + ghosts)),
        "about": weight / (weight + ghosts),
        "mean_rating": row["mean_rating"],
    }


def _here(example: Example) -> pd.DataFrame:
    ratings = example.evidence.ratings
    return ratings[ratings["place"] == example.place]


def _largest_group(example: Example) -> float:
    here = _here(example)
    weight = weigh(example.evidence.ratings, example.policy)[here.index]
    return float(weight.groupby(here["group"]).sum().max() / weight.sum())


def _sums(example: Example, ratings: pd.DataFrame, fit: Perception) -> Sums:
    """Return the sums over the ratings of the place, with the strictness of each rater.

    The effect b of a rater solves the same equation as that of a place: the mean of what the
    rater's ratings leave, drawn towards 0.
    """
    weighed = ratings.assign(
        weight=weigh(ratings, example.policy), danger=1 - ratings["rating"] / 10
    )
    types = example.prepared.exposed["type"]
    usual = types[weighed["place"]].map(fit.type_danger).to_numpy(float)
    left = weighed["danger"] - usual - fit.places["effect"][weighed["place"]].to_numpy(float)
    by = weighed["participant"]
    drawn = fit.error_variance / fit.rater_variance
    strictness = (weighed["weight"] * left).groupby(by).sum() / (
        weighed["weight"].groupby(by).sum() + drawn
    )
    here = weighed[weighed["place"] == example.place]
    here = here.assign(
        strict=here["weight"] * strictness[here["participant"]].to_numpy(float),
        weighed=here["weight"] * here["danger"],
    )
    by_rating = here.groupby("rating").agg(
        danger=("danger", "first"), raters=("danger", "size"), weight=("weight", "sum"),
        strict=("strict", "sum"), weighed=("weighed", "sum"),
    )  # fmt: skip
    return Sums(
        by_rating,
        fit,
        fit.type_danger[types[example.place]],
        float(fit.places["effect"][example.place]),
    )


def _placed(sums: Sums, mark: str) -> list[Step]:
    by, ghosts = sums.by_rating, sums.perception.ghost_ratings
    weight, said, strict = (float(by[name].sum()) for name in ("weight", "weighed", "strict"))
    danger_and_weight = zip(map(exact, by["danger"]), map(exact, by["weight"]), strict=True)
    return [
        Step(f"W{mark}", "sum of the weights",
             added((exact(one),) for one in by["weight"]), weight),
        Step(f"X{mark}", "weighted sum of danger",
             added(danger_and_weight), said),
        Step(f"B{mark}", "weighted sum of the raters' strictness",
             added((one,) for one in by["strict"]), strict),
        Step(f"a{mark}", "place effect: what is left, drawn towards 0",
             code("({} − {} × {} − {}) / ({} + {})", said, weight, sums.type_mean, strict,
                  weight, ghosts), sums.effect),
    ]  # fmt: skip
