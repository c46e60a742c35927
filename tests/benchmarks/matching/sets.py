"""Sets of drawn lines on disk: a matcher in another process reads them and leaves its answers."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np


def write_lines(path: Path, lines: Sequence[np.ndarray]) -> None:
    """Write lines of (n, 2) degrees; an empty line stays empty."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lengths = [len(line) for line in lines]
    points = np.vstack([np.reshape(line, (-1, 2)) for line in lines])
    np.savez(path, points=points, first=np.concatenate([[0], np.cumsum(lengths)]))


def read_lines(path: Path) -> list[np.ndarray]:
    """Return the lines written by `write_lines`."""
    with np.load(path) as stored:
        points, first = stored["points"], stored["first"]
    return np.split(points, first[1:-1])
