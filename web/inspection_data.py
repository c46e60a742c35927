"""A network as short arrays of JSON: a city of 25,000 segments in a page of a few megabytes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from .assumptions import assumptions_in_words

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    from geo.network import Network

# About 10 cm, written as whole numbers and as steps from point to point.
PRECISION = 1e-6
DECIMALS = 3
# Beyond, a script rounds: a number that stands for no OSM node is worth nothing to look up.
LARGEST_EXACT = 2**53
# What a script writes inside a page must not end it, whatever a street is called.
ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028",
           "\u2029": "\\u2029"}  # fmt: skip


def inspection_data(network: Network, left_out: gpd.GeoDataFrame | None) -> dict[str, Any]:
    """Return the network as tables of columns; `lines` are lon, lat and then steps, in 1e-6°."""
    return {
        "segments": _table(_in_words(network.segments)),
        "intersections": _table(_in_words(network.intersections)),
        "left_out": _table(left_out) if left_out is not None else None,
        "turns": _turns(network),
    }


def _in_words(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the frame with its assumptions as one text per row, of which there are few."""
    texts = ["; ".join(assumptions_in_words(codes, str)) for codes in frame["assumptions"]]
    return frame.assign(assumptions=pd.Series(texts, index=frame.index, dtype=object))


def page_json(value: object) -> str:
    """Return compact JSON that can stand inside a script element."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign, escape in ESCAPES.items():
        text = text.replace(sign, escape)
    return text


def _table(frame: gpd.GeoDataFrame) -> dict[str, Any]:
    columns = [name for name in frame.columns if name != frame.geometry.name]
    return {
        "columns": {name: _column(frame[name]) for name in columns},
        "lines": _lines(frame.geometry.to_numpy()),
    }


def _column(values: pd.Series) -> list[Any] | dict[str, list[Any]]:
    """Return the values, or each different one once with its number per row where that is shorter.

    A number of a row is -1 where there is no value.
    """
    if isinstance(values.dtype, np.dtype) and values.dtype.kind in "bif":
        return [_plain(value) for value in values.tolist()]
    plain = [_plain(value) for value in values]
    if any(isinstance(value, list | dict) for value in plain):
        return plain
    codes, words = pd.factorize(pd.Series(plain, dtype=object))
    if len(words) > len(plain) / 2:
        return plain
    return {"words": words.tolist(), "codes": codes.tolist()}


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a column of the network holds
    """Return a value as JSON has it; what is missing, or too large to be exact, is null."""
    if isinstance(value, np.ndarray | list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items() if one is not None}
    single = value.item() if isinstance(value, np.generic) else value
    if isinstance(single, float):
        return round(single, DECIMALS) if np.isfinite(single) else None
    if isinstance(single, int):
        return int(single) if abs(single) < LARGEST_EXACT else None
    return single if isinstance(single, str) else None


def _lines(shapes: npt.NDArray[np.object_]) -> list[list[int]]:
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    steps = np.rint(points / PRECISION).astype(np.int64)
    begins = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]]) if len(owner) else owner
    rows: list[list[int]] = [[] for _ in shapes]
    for row, line in zip(owner[begins], np.split(steps, begins[1:]), strict=True):
        line[1:] -= line[:-1].copy()
        rows[row] = line.ravel().tolist()
    return rows


def _turns(network: Network) -> list[list[int]]:
    """Return forbidden turns as arriving row, forward, leaving row, forward."""
    row = {name: number for number, name in enumerate(network.segments["id"])}
    return [
        [
            row[turn.arriving],
            int(turn.arriving_forward),
            row[turn.leaving],
            int(turn.leaving_forward),
        ]
        for turn in network.turns.itertuples()
        if turn.arriving in row and turn.leaving in row
    ]
