"""Perceived danger of a nation, and of a town: how long, how much memory, how true.

    PYTHONPATH=. python tests/benchmarks/bench_perception.py

Ratings are simulated with known variances; places are known unevenly, so that some are rated by
hundreds. "Towns" has every rater stay among 400 places, "anywhere" none. Each row is a process of
its own. The peer is the textbook solution: the covariance of all ratings as one dense matrix,
maximised without a gradient. It gets as many ratings as it can do in about a minute.
"""

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import linalg, optimize

from geo.perception import perceive
from geo.policy import load_policy

PLACE, RATER, ERROR = 0.029, 0.019, 0.022
TYPES, TOWN, SEED = 12, 400, 20261121
POLICY = load_policy()
Floats = NDArray[np.float64]

# How, ratings, places, raters, places within reach of a rater, runs.
ROWS = [
    ("ours", 1_000_000, 100_000, 100_000, TOWN, 3),
    ("ours", 1_000_000, 100_000, 100_000, 100_000, 3),
    ("ours", 100_000, 10_000, 10_000, TOWN, 3),
    ("ours", 23_000, 4_000, 1_256, 4_000, 3),
    ("ours", 4_000, 700, 350, 700, 3),
    ("dense covariance", 4_000, 700, 350, 700, 1),
]


class Simulated(NamedTuple):
    ratings: pd.DataFrame
    types: pd.Series
    score: pd.Series  # type mean + place effect, by place


def main() -> None:
    line("how", "ratings", "places", "raters", "reach", "most at a place", "s, median", "s, all",
         "peak MB (before)", "variance of places / raters / errors over the true one",
         "correlation with the truth (raw mean's)", "coverage of 90 %")  # fmt: skip
    line(*["---"] * 12)
    for row in ROWS:
        subprocess.run([sys.executable, __file__, *map(str, row)], check=True)


def line(*cells: object) -> None:
    sys.stdout.write(f"| {' | '.join(map(str, cells))} |\n")
    sys.stdout.flush()


def measure(how: str, ratings: int, places: int, raters: int, reach: int, runs: int) -> None:
    simulated = simulate(ratings, places, raters, reach)
    before = peak_mb()
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        score, error, variances = METHODS[how](simulated)
        seconds.append(time.perf_counter() - start)
    by_place = simulated.ratings.groupby("place")["rating"]
    raw = np.corrcoef(1 - by_place.mean() / 10, simulated.score)[0, 1]
    covered = np.abs(score - simulated.score) < 1.6448536 * error
    ratios = " / ".join(
        f"{variance / true:.3f}"
        for variance, true in zip(variances, (PLACE, RATER, ERROR), strict=True)
    )
    line(
        how,
        f"{len(simulated.ratings):,}",
        f"{len(score):,}",
        f"{simulated.ratings['participant'].nunique():,}",
        f"{reach:,}",
        by_place.size().max(),
        f"{statistics.median(seconds):.2f}",
        ", ".join(f"{s:.2f}" for s in seconds),
        f"{peak_mb():,.0f} ({before:,.0f})",
        ratios,
        f"{np.corrcoef(score, simulated.score)[0, 1]:.4f} ({raw:.4f})",
        f"{covered.mean():.3f}",
    )


def simulate(ratings: int, places: int, raters: int, reach: int) -> Simulated:
    """Ratings from the model, unrounded and not cut to the scale, so that the truth is known."""
    generator = np.random.default_rng(SEED)
    towns = places // reach
    known = np.exp(generator.normal(0, 1, reach))
    pairs = np.empty(0, dtype=np.int64)
    while len(pairs) < ratings:
        rater = generator.integers(0, raters, ratings)
        place = rater % towns * reach + generator.choice(reach, ratings, p=known / known.sum())
        pairs = np.unique(np.concatenate([pairs, place * raters + rater]))
    place, rater = np.divmod(np.sort(generator.choice(pairs, ratings, replace=False)), raters)
    types = generator.integers(0, TYPES, places)
    score = generator.uniform(0.2, 0.5, TYPES)[types] + generator.normal(0, PLACE**0.5, places)
    felt = (
        score[place]
        + generator.normal(0, RATER**0.5, raters)[rater]
        + generator.normal(0, ERROR**0.5, ratings)
    )
    names = np.array([f"way/{i}" for i in range(places)])
    # As they come from the store: in no order, named by strings.
    ratings_frame = pd.DataFrame({
        "participant": np.array([f"{i:032x}" for i in range(raters)])[rater],
        "place": names[place],
        "rating": 10 * (1 - felt),
        "seconds": np.nan,
    }).sample(frac=1, random_state=1)  # fmt: skip
    truth = pd.Series(score, index=names)
    rated = truth[np.isin(np.arange(places), place)].sort_index()
    return Simulated(ratings_frame, pd.Series(types, index=names).astype(str), rated)


Found = tuple[Floats, Floats, tuple[float, ...]]


def ours(simulated: Simulated) -> Found:
    found = perceive(simulated.ratings, simulated.types, POLICY)
    # From the frame a score outside 0 to 1 comes cut off: take it from its parts.
    types = simulated.types.reindex(found.places.index)
    score = types.map(found.type_danger) + found.places["effect"]
    low, high = found.places["danger_low"], found.places["danger_high"]
    error = np.maximum(high - score, score - low) / 1.6448536
    variances = found.place_variance, found.rater_variance, found.error_variance
    return score.to_numpy(float), error.to_numpy(float), variances


def dense_covariance(simulated: Simulated) -> Found:
    ratings = simulated.ratings
    place, rater = (
        pd.factorize(ratings[column], sort=True)[0] for column in ("place", "participant")
    )
    names = np.sort(ratings["place"].unique())
    type_of_place = pd.factorize(simulated.types.reindex(names))[0]
    x = 1 - ratings["rating"].to_numpy(float) / 10
    fixed = np.eye(type_of_place.max() + 1)[type_of_place[place]]
    same_place = (place[:, None] == place).astype(float)
    same_rater = (rater[:, None] == rater).astype(float)

    def factored(log: Floats) -> tuple[tuple[Floats, bool], float, Floats, Floats]:
        variances = np.exp(log)
        covariance = variances[0] * same_place + variances[1] * same_rater
        covariance[np.diag_indices(len(x))] += variances[2]
        factor = linalg.cho_factor(covariance, lower=True)
        solved = linalg.cho_solve(factor, fixed)
        information = fixed.T @ solved
        mean = np.linalg.solve(information, solved.T @ x)
        residual = linalg.cho_solve(factor, x - fixed @ mean)
        deviance = (
            2 * np.log(np.diag(factor[0])).sum()
            + np.linalg.slogdet(information)[1]
            + residual @ (x - fixed @ mean)
        )
        return factor, float(deviance), mean, residual

    best = optimize.minimize(lambda log: factored(log)[1], np.log([0.02] * 3), method="Nelder-Mead")
    variances = np.exp(best.x)
    factor, _, mean, residual = factored(best.x)
    inverse = linalg.cho_solve(factor, np.eye(len(x)))
    z = (place[:, None] == np.arange(len(names))).astype(float)
    own = np.eye(fixed.shape[1])[type_of_place]
    pulled = variances[0] * z.T @ inverse
    rest = own - pulled @ fixed
    left = variances[0] - variances[0] * (pulled * z.T).sum(axis=1)
    left += (rest @ np.linalg.inv(fixed.T @ inverse @ fixed) * rest).sum(axis=1)
    score = own @ mean + variances[0] * z.T @ residual
    return score, np.sqrt(left), tuple(variances)


METHODS: dict[str, Callable[[Simulated], Found]] = {
    "ours": ours,
    "dense covariance": dense_covariance,
}


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(sys.argv[1], *map(int, sys.argv[2:]))
    else:
        main()
