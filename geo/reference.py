"""The constants in `geo/tables`, as they are printed at their source."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources


@cache
def read_table(name: str) -> tuple[dict[str, str], ...]:
    """Return the lines of a CSV file of `geo/tables`."""
    source = resources.files("geo").joinpath("tables", f"{name}.csv")
    return tuple(csv.DictReader(source.read_text(encoding="utf-8").splitlines()))
