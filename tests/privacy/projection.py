"""The attacker of releases: homes spread just so that the published numbers come out.

Who came between the same two releases is alike to the attacker, so all that can be known of one
of them is how the homes of all are spread. Of all spreads that agree with what was published, the
likeliest by far is the one nearest to what was known before (the projection of the prior onto
the constraints: Csiszár 1984, Annals of Probability 12(3), 768-793, doi:10.1214/aop/1176993227).
Every place gives constraints: between two updates of its row, came less went is what the numbers
differ by; after the last, too few moved.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, stats

from tests.privacy.suspects import Suspects

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
EXACT = 1.0
"""Variance that is granted to a published number; with less, too much is read into accidents."""
UNKNOWN = 1e9
STEPS = 300


@dataclass(frozen=True)
class Seen:
    """What releases show of places: (releases + 1, places), with a release 0 that shows nothing.

    `updated` is where a row tells the present number, `counts` is what it tells. A place that is
    not updated has fewer than `k` participants if it was never shown, else fewer than `change` came
    or went (0: that tells nothing). `of` is the school whose participants are counted, None for
    those of all.
    """

    updated: NDArray[np.bool_]
    counts: Floats
    k: int
    change: int
    of: int | None = None


@dataclass(frozen=True)
class _Group:
    """Rides of one school that came and went at the same times."""

    school: int
    came: int
    went: int
    size: int


@dataclass(frozen=True)
class _Windows:
    """The constraints of one `Seen`, numbered from `first` on.

    `window` is (releases + 1, places): the window in which what happened before a release falls.
    """

    of: int | None
    window: Ints
    target: Floats
    variance: Floats
    sign: Floats
    """Of who went: -1 where they count against who came, 1 where both are few."""

    def of_group(self, group: _Group) -> Iterator[tuple[Ints, Floats | float]]:
        """Yield the constraints on each place to which a group adds, and with which sign."""
        if self.of in {None, group.school}:
            yield self.window[group.came], 1.0
            if group.went < len(self.window):
                yield self.window[group.went], self.sign[self.window[group.went]]


def project(
    suspects: Sequence[Suspects], homes: pd.DataFrame, shown: Sequence[Seen]
) -> list[Floats]:
    """Return, for each row of `homes`, how likely each address of its school is.

    Parameters
    ----------
    homes
        `school`, `came` and `went` of every ride; nothing else is read.
    shown
        What the releases show; of the same places as `Suspects.stored`.
    """
    keys = ["school", "came", "went"]
    sizes = homes.groupby(keys).size()
    groups = [_Group(*key, size) for key, size in sizes.items()]
    passing = np.array([one.passing for one in suspects])
    windows = [_windows(one, groups, passing) for one in shown]
    fitted = _fit(suspects, groups, windows)
    found = {
        (one.school, one.came, one.went): _addresses(suspects[one.school], score)
        for one, score in zip(groups, fitted, strict=True)
    }
    return [found[key] for key in homes[keys].itertuples(index=False, name=None)]


def _windows(shown: Seen, groups: Sequence[_Group], passing: Floats) -> _Windows:
    last, places = shown.updated.shape[0] - 1, shown.updated.shape[1]
    # Each update closes a window; the number of updates before a release tells which it is in.
    closed = np.cumsum(shown.updated, axis=0)
    order = np.vstack([np.zeros((1, places), dtype=np.int64), closed[:-1]]) - 1
    order[0] = 0
    count = closed[-1]
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    window = (first + order).astype(np.int64)
    total = int(count.sum())
    target, variance, sign = np.zeros(total), np.full(total, EXACT), np.full(total, -1.0)
    mean = np.zeros(total)
    for group in groups:
        if shown.of in {None, group.school}:
            moved = [group.came] + [group.went] * (group.went <= last)
            for time in moved:
                np.add.at(mean, window[time], group.size * passing[group.school])
    for place in range(places):
        times = np.flatnonzero(shown.updated[:, place])
        own = slice(first[place], first[place] + count[place])
        values = shown.counts[times, place]
        quiet = first[place] + count[place] - 1
        target[own] = np.append(np.diff(values), 0.0)
        most = shown.k if count[place] == 1 else shown.change
        if not most:
            variance[quiet] = UNKNOWN
            continue
        few = np.arange(most)
        weight = stats.poisson.pmf(few, mean[quiet])
        weight = weight / max(weight.sum(), 1e-300)
        if mean[quiet] > 0:
            target[quiet] = (few * weight).sum()
            variance[quiet] = max(((few - target[quiet]) ** 2 * weight).sum(), EXACT)
        sign[quiet] = 1.0
    return _Windows(shown.of, window, target, variance, sign)


def _fit(
    suspects: Sequence[Suspects], groups: Sequence[_Group], windows: Sequence[_Windows]
) -> list[Floats]:
    """Return for each group the score of each row of `Suspects.stored`."""
    size = np.concatenate([[0], np.cumsum([len(one.target) for one in windows])])
    target = np.concatenate([one.target for one in windows])
    variance = np.concatenate([one.variance for one in windows])
    base = [np.log(np.maximum(one.sending_each, 1e-300)) for one in suspects]

    def tilt(group: _Group, force: Floats) -> Floats:
        total = np.zeros(suspects[group.school].stored.shape[1])
        for one, first in zip(windows, size[:-1], strict=True):
            for at, sign in one.of_group(group):
                total += sign * force[first + at]
        return total

    def scores(force: Floats) -> list[Floats]:
        return [suspects[one.school].stored @ tilt(one, force) for one in groups]

    def dual(force: Floats) -> tuple[float, Floats]:
        value = float(-force @ target + 0.5 * (variance * force) @ force)
        slope = variance * force - target
        for group, score in zip(groups, scores(force), strict=True):
            odds = base[group.school] + score
            top = odds.max()
            weight = np.exp(odds - top)
            value += group.size * (top + np.log(weight.sum()))
            mean = group.size * ((weight / weight.sum()) @ suspects[group.school].stored)
            for one, first in zip(windows, size[:-1], strict=True):
                for at, sign in one.of_group(group):
                    np.add.at(slope, first + at, sign * mean)
        return value, slope

    done = optimize.minimize(
        dual, np.zeros(len(target)), jac=True, method="L-BFGS-B", options={"maxiter": STEPS}
    )
    return scores(done.x)


def _addresses(suspects: Suspects, score: Floats) -> Floats:
    likely = suspects.prior * (suspects.chance @ np.exp(score - score.max()))
    return np.asarray(likely / likely.sum())
