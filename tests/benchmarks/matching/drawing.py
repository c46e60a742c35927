"""Known routes drawn again: tapped on a map with few vertices, or recorded with many."""

from math import sqrt

import numpy as np
from pyproj import Transformer

from .streets import along, at
from .truth import Truth

SPARSE, DENSE = "sparse", "dense"
SPARSE_STEP_M, SPARSE_NOISE_M = (60.0, 250.0), (5.0, 12.0)
DENSE_STEP_M, DENSE_NOISE_M = (10.0, 15.0), (5.0, 10.0)
GAP_M = (300.0, 600.0)
CORNER_DEGREES = 35.0
CORNERS_CUT = 0.25


def drawn(
    truth: Truth, kind: str, rng: np.random.Generator, transformer: Transformer
) -> np.ndarray:
    """Return the (n, 2) degrees of a route as somebody draws it.

    Sparse: taps at corners, of which a quarter is cut, and every 60 to 250 m along the way.
    Dense: a point every 10 to 15 m; the kind "gap" loses 300 to 600 m of them. Each vertex is
    off by Gaussian noise, independent in x and y; the root mean square of the distance is drawn
    once per route: 5 to 12 m sparse, 5 to 10 m dense. `transformer` turns degrees into metres.
    """
    xy = np.column_stack(transformer.transform(*truth.coordinates.T))
    distances = _tapped(xy, rng) if kind == SPARSE else _recorded(xy, rng)
    if truth.kind == "gap":
        distances = _with_gap(distances, rng)
    noise = rng.uniform(*(SPARSE_NOISE_M if kind == SPARSE else DENSE_NOISE_M))
    points = at(xy, distances)
    points = points + rng.normal(0.0, noise / sqrt(2), points.shape)
    return np.column_stack(transformer.transform(*points.T, direction="INVERSE"))


def _tapped(xy: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the distances of corners that are not cut, and of taps between them."""
    reached = along(xy)
    corners = [place for place in _corners(xy) if rng.random() >= CORNERS_CUT]
    chosen = [0.0]
    for goal in [*corners, reached[-1]]:
        while goal - chosen[-1] > SPARSE_STEP_M[1]:
            chosen.append(chosen[-1] + rng.uniform(*SPARSE_STEP_M))
        if goal - chosen[-1] >= SPARSE_STEP_M[0]:
            chosen.append(goal)
    if chosen[-1] < reached[-1]:
        # The end takes the place of a corner that is too close to it.
        chosen = [*(chosen[:-1] if len(chosen) > 2 else chosen), reached[-1]]
    return np.array(chosen)


def _corners(xy: np.ndarray) -> list[float]:
    """Return the distances at which the way turns by more than 35 degrees within 20 m."""
    reached = along(xy)
    inner = reached[1:-1]
    before, here, after = (at(xy, np.clip(inner + d, 0, reached[-1])) for d in (-10, 0, 10))
    heading_in = np.arctan2(*(here - before).T)
    heading_out = np.arctan2(*(after - here).T)
    turn = np.degrees(np.abs((heading_out - heading_in + np.pi) % (2 * np.pi) - np.pi))
    return inner[turn > CORNER_DEGREES].tolist()


def _recorded(xy: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    total = along(xy)[-1]
    steps = rng.uniform(*DENSE_STEP_M, int(total / DENSE_STEP_M[0]) + 1)
    distances = np.cumsum(steps)
    return np.concatenate([[0.0], distances[distances < total - DENSE_STEP_M[0] / 2], [total]])


def _with_gap(distances: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    gap = rng.uniform(*GAP_M)
    begin = rng.uniform(300.0, distances[-1] - gap - 300.0)
    return distances[(distances <= begin) | (distances >= begin + gap)]
