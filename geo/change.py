"""Whether places feel safer than before: perceived danger of two campaigns compared."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .errors import DuplicateEvidenceError, InvalidEvidenceError

DRAWS = 4_000
INTERVAL = 0.90
PROBABILITY = 0.95
LEAST_CHANGE = 0.0625
IMPROVED, WORSENED, NO_CHANGE_SHOWN = "improved", "worsened", "no change shown"


def compare_danger(  # noqa: PLR0913 - each is a setting of the method
    before: pd.DataFrame,
    after: pd.DataFrame,
    *,
    draws: int = DRAWS,
    interval: float = INTERVAL,
    probability: float = PROBABILITY,
    least: float = LEAST_CHANGE,
    seed: int = 0,
) -> pd.DataFrame:
    """Return how perceived danger changed at the places that were rated both times.

    Danger is drawn from its normal posterior at either time, independently, and clipped to 0 to
    1 as it is shown. Every place uses the same standard normal draws: its result hangs neither
    on the order of places nor on which others there are. Draws of different places are
    therefore not independent of each other and must not be added up.

    A place whose danger stayed the same is called improved with a probability of at most
    1 - `probability`, and as often worsened; among hundreds of places some will be.

    Parameters
    ----------
    before, after
        By place id: `danger` (0 safe to 1 unsafe) and `standard_error`; NaN where not known.
    least
        The smallest difference of `danger` that is called a change.

    Returns
    -------
    change
        Sorted by place id: `before`, `after`, `delta` (after - before, negative is safer),
        `delta_low`, `delta_high`, `probability` (that the place is felt safer than before) and
        `state` ("improved", "worsened" or "no change shown"). Places known only once are left
        out: nothing can be said of them.

    Raises
    ------
    DuplicateEvidenceError
        If a place occurs twice in one campaign.
    InvalidEvidenceError
        If danger is outside 0 to 1 or a standard error negative or not finite.
    """
    both = pd.concat([_known(before), _known(after)], axis=1, join="inner").sort_index()
    generator = np.random.default_rng(seed)
    drawn = [generator.standard_normal(draws) for _ in range(2)]
    tail = (1 - interval) / 2
    rows = [_place(row, drawn, tail) for row in both.to_numpy(float)]
    columns = ["before", "after", "delta", "delta_low", "delta_high", "probability", "rise"]
    change = pd.DataFrame(rows, index=both.index, columns=columns, dtype=float)
    large = change["delta"].abs() >= least
    change["state"] = np.select(
        [
            large & (change["delta"] < 0) & (change["probability"] >= probability),
            large & (change["delta"] > 0) & (change.pop("rise") >= probability),
        ],
        [IMPROVED, WORSENED],
        NO_CHANGE_SHOWN,
    )
    return change


def _known(campaign: pd.DataFrame) -> pd.DataFrame:
    known = campaign[["danger", "standard_error"]].dropna()
    if known.index.has_duplicates:
        raise DuplicateEvidenceError("expected every place once in a campaign")
    if not known["danger"].between(0, 1).all():
        raise InvalidEvidenceError("danger must lie between 0 and 1")
    error = known["standard_error"].to_numpy(float)
    if not (np.isfinite(error).all() and (error >= 0).all()):
        raise InvalidEvidenceError("standard errors must be finite and not negative")
    return known


def _place(row: np.ndarray, drawn: list[np.ndarray], tail: float) -> list[float]:
    """Return the row of one place; one at a time, so that draws take no more memory."""
    danger, error = row[0::2], row[1::2]
    before, after = (
        np.clip(mean + spread * draw, 0, 1)
        for mean, spread, draw in zip(danger, error, drawn, strict=True)
    )
    delta = after - before
    low, high = np.quantile(delta, [tail, 1 - tail])
    safer, less_safe = (delta < 0).mean(), (delta > 0).mean()
    return [*danger, danger[1] - danger[0], low, high, safer, less_safe]
