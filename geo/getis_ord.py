"""Whether high values lie beside high values: the local statistics of Getis and Ord."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# Sums of the same values in another order differ by less than this part of their size.
SUM_TOLERANCE = 1e-9


def gi_star(values: Floats, weights: sparse.csr_array) -> Floats:
    """Return Gi*: the sum over each place and its neighbours, in standard deviations.

    The general formula, ``(Σ w x - W mean) / (s √((n Σ w² - W²) / (n - 1)))`` with the mean and
    the standard deviation `s` (divided by n) of all values. NaN where every place is a
    neighbour, or where all values are the same.

    Parameters
    ----------
    values
        (n,) finite values.
    weights
        (n, n) weights; with themselves on the diagonal. Binary weights give the `B` form; with
        them a neighbourhood of many counts for more than one of few.

    References
    ----------
    Ord and Getis (1995), Geographical Analysis 27(4), 286-306,
    doi:10.1111/j.1538-4632.1995.tb00912.x.
    """
    n = len(values)
    if not n:
        return np.empty(0)
    total, squares = weights.sum(axis=1), weights.multiply(weights).sum(axis=1)
    spread = values.std() ** 2 * (n * squares - total**2) / max(1, n - 1)
    return _standardised(weights @ values - total * values.mean(), spread)


def gi(values: Floats, weights: sparse.csr_array) -> Floats:
    """Return Gi: as `gi_star`, but without the place itself in sums, mean and deviation."""
    n = len(values)
    others = sparse.csr_array(weights - sparse.diags_array(weights.diagonal()))
    total, squares = others.sum(axis=1), others.multiply(others).sum(axis=1)
    left = max(1, n - 1)
    mean = (values.sum() - values) / left
    variance = np.maximum(((values**2).sum() - values**2) / left - mean**2, 0)
    spread = variance * (left * squares - total**2) / max(1, n - 2)
    return _standardised(others @ values - total * mean, spread)


def _standardised(difference: Floats, variance: Floats) -> Floats:
    # What rounding leaves of a variance of nothing is none.
    there = variance > SUM_TOLERANCE * max(1.0, variance.max(initial=0))
    return np.divide(
        difference, np.sqrt(variance, where=there, out=np.ones_like(variance)),
        where=there, out=np.full_like(difference, np.nan),
    )  # fmt: skip


def permutation_p(
    values: Floats, neighbours: sparse.csr_array, *, permutations: int, seed: int
) -> Floats:
    """Return how rarely neighbours drawn at random have a sum as high as the real ones.

    A place keeps its own value; its neighbours are replaced by as many of all other places,
    drawn without replacement (conditional permutation). Its own value therefore says nothing
    here, and Gi and Gi* with binary weights have the same p: (1 + sums not lower) / (1 +
    permutations). A place without neighbours has p = 1.

    One shuffle of all values serves every place: the first k of it that are not the place's own.
    Memory is that of a few copies of `values`. The shuffles belong to positions; values sorted
    by place id give results that do not hang on the order in which places came.

    Parameters
    ----------
    values
        (n,) finite values.
    neighbours
        (n, n) sparse; stored entries other than 0 are neighbours, the diagonal is left out.

    References
    ----------
    Anselin (1995), Geographical Analysis 27(2), 93-115, doi:10.1111/j.1538-4632.1995.tb00338.x.
    """
    others = sparse.csr_array(neighbours - sparse.diags_array(neighbours.diagonal()))
    others.eliminate_zeros()
    others.data = np.ones_like(others.data)
    count = np.diff(others.indptr)
    tolerance = SUM_TOLERANCE * max(1.0, np.abs(values).sum())
    observed = others @ values - tolerance
    generator = np.random.default_rng(seed)
    longest = int(count.max(initial=0)) + 1
    sums = np.zeros(longest + 1)
    position = np.empty(len(values), dtype=np.intp)
    numbers = np.arange(len(values))
    as_high = np.zeros(len(values), dtype=np.int64)
    for _ in range(permutations):
        order = generator.permutation(len(values))
        position[order] = numbers
        drawn = values[order[:longest]]
        np.cumsum(drawn, out=sums[1 : len(drawn) + 1])
        itself = position < count
        as_high += sums[count + itself] - itself * values >= observed
    return (1 + as_high) / (1 + permutations)
