"""Our own matcher, one line at a time and many at once."""

import sys
import time
from pathlib import Path

import numpy as np
import shapely

from geo.matching import Matcher
from geo.network import read_network


class Own:
    """geo.matching with its compiled kernel."""

    def __init__(self, folder: Path) -> None:
        self._matcher = Matcher(read_network(folder / "network"))
        self.compile_s: float | None = None

    def match(self, line: np.ndarray, _kind: str) -> np.ndarray:
        """Return the coordinates of one matched line."""
        return np.array(self._matcher.match(line).coordinates)

    def match_all(self, lines: list[np.ndarray], *, table_only: bool = False) -> list[np.ndarray]:
        """Return the coordinates of all lines, or just let them be matched."""
        if self.compile_s is None:
            began = time.perf_counter()
            self._matcher.match_all(lines[:1], fast=True)
            self.compile_s = time.perf_counter() - began
        table = self._matcher.match_all(lines, fast=True)
        if table_only:
            return []
        # An empty line stands for a failure: a missing geometry has no coordinates.
        shapes = shapely.from_wkb(table["geometry"].to_pylist())
        return [shapely.get_coordinates(shape) for shape in shapes]


class PlainOwn(Own):
    """geo.matching where numba is not installed."""

    def __init__(self, folder: Path) -> None:
        sys.modules["numba"] = None  # type: ignore[assignment]  # how Python marks what is absent
        super().__init__(folder)
