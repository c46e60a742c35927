"""Many symmetric positive definite systems with one matrix, by conjugate gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LONGEST = 2_000


def solve_columns(
    apply: Callable[[Floats], Floats],
    right: Floats,
    *,
    diagonal: Floats,
    start: Floats,
    tolerance: float,
) -> Floats:
    """Return the solutions of many right sides at once, none of which knows of the others.

    One product with a sparse matrix serves all columns, which is what makes it quick.

    Parameters
    ----------
    apply
        The product of the matrix with (n, k) columns.
    right, start
        (n, k) right sides and where to start.
    diagonal
        (n,) of the matrix, the preconditioner; positive.
    tolerance
        Residual at which a column is solved, as a share of its right side; both in the norm of
        the preconditioner. After `LONGEST` steps the best so far is taken.

    References
    ----------
    Hestenes and Stiefel (1952), Journal of Research of the NBS 49(6), 409-436,
    doi:10.6028/jres.049.044.
    """
    over = 1 / diagonal[:, None]
    solution = start.copy()
    residual = right - apply(solution)
    enough = tolerance**2 * _dots(right, right * over)
    conditioned = residual * over
    left = _dots(residual, conditioned)
    direction = conditioned
    for _ in range(LONGEST):
        if (left <= enough).all():
            break
        product = apply(direction)
        curvature = _dots(direction, product)
        # A column that is solved to the last bit has nothing left to divide by.
        step = np.divide(left, curvature, out=np.zeros_like(left), where=curvature > 0)
        solution += step * direction
        residual -= step * product
        conditioned = residual * over
        before, left = left, _dots(residual, conditioned)
        direction = conditioned + direction * np.divide(
            left, before, out=np.zeros_like(left), where=before > 0
        )
    return solution


def _dots(one: Floats, other: Floats) -> Floats:
    return np.asarray(np.einsum("ij,ij->j", one, other))
