"""The network of an area: segments, intersections, and the places that are rated."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa

from .crs import WGS84
from .errors import AreaFileUnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

SEGMENTS = "segments.parquet"
INTERSECTIONS = "intersections.parquet"
TURNS = "turns.parquet"
SEGMENT_COLUMNS = (
    "id", "start", "end", "start_intersection", "end_intersection", "within", "name",
    "road_class", "facility", "forward", "backward", "push", "length_m", "type", "stress",
    "assumed", "assumptions", "stretch", "geometry",
)  # fmt: skip
INTERSECTION_COLUMNS = (
    "id", "name", "type", "control", "crossing", "island", "arms", "safe", "stress", "assumed",
    "assumptions", "osm_nodes", "radius_m", "geometry",
)  # fmt: skip
TURN_COLUMNS = ("arriving", "arriving_forward", "leaving", "leaving_forward")
PLACE_COLUMNS = (
    "kind", "type", "control", "stress", "assumed", "assumptions", "name", "length_m", "geometry",
)  # fmt: skip
ID_LENGTH = 10


def no_turns() -> pd.DataFrame:
    """Return the turns of a network in which none is forbidden."""
    kinds = ("str", bool, "str", bool)
    return pd.DataFrame(
        {name: pd.Series(dtype=kind) for name, kind in zip(TURN_COLUMNS, kinds, strict=True)}
    )


@dataclass(frozen=True)
class Network:
    """Segments and intersections in EPSG:4326; columns as in `SEGMENT_COLUMNS` and below."""

    segments: gpd.GeoDataFrame
    intersections: gpd.GeoDataFrame
    turns: pd.DataFrame = field(default_factory=no_turns)
    """Forbidden turns: segment ids, and whether each is ridden in its own direction."""

    @cached_property
    def places(self) -> gpd.GeoDataFrame:
        """Everything that can be rated, by id: intersections, and segments outside of them.

        Columns kind, type, control (None of a segment), stress, assumed (the share of its inputs
        that no tag gives), assumptions (which: a list of `geo.traffic.ASSUMPTIONS`), name,
        length_m (0 for intersections), geometry.
        """
        segments = self.segments[self.segments["within"].isna()].assign(
            kind="segment", control=None
        )
        intersections = self.intersections.assign(kind="intersection", length_m=0.0)
        columns = ["id", *PLACE_COLUMNS]
        both = pd.concat([intersections[columns], segments[columns]], ignore_index=True)
        return gpd.GeoDataFrame(both.set_index("id"), geometry="geometry", crs=WGS84)


def stable_id(prefix: str, parts: Iterable[int | str]) -> str:
    """Return an id that depends on the parts alone: a letter and ten of a–z, 2–7.

    They are OSM node ids, or what depends on these.
    """
    return prefix + base64.b32encode(_digest(parts)[:ID_LENGTH]).decode().lower()[:ID_LENGTH]


def stable_number(parts: Iterable[int]) -> int:
    """Return a number from 1 to 2**62 that depends on OSM node ids alone."""
    return (int.from_bytes(_digest(parts)[:8], "big") >> 2) + 1


def _digest(parts: Iterable[int | str]) -> bytes:
    return hashlib.sha256(",".join(str(part) for part in parts).encode()).digest()


def write_network(network: Network, folder: Path) -> None:
    """Write the network as two GeoParquet files and one of forbidden turns."""
    folder.mkdir(parents=True, exist_ok=True)
    network.segments.to_parquet(folder / SEGMENTS)
    network.intersections.to_parquet(folder / INTERSECTIONS)
    network.turns.to_parquet(folder / TURNS)


def read_network(folder: Path) -> Network:
    """Return the network written by `write_network`.

    Raises
    ------
    AreaFileUnreadableError
        If a file is missing, damaged, or lacks a column.
    """
    segments = read_stored(folder / SEGMENTS, SEGMENT_COLUMNS, gpd.read_parquet)
    for column in ("start_intersection", "end_intersection", "within", "stretch"):
        segments[column] = segments[column].astype(object).where(segments[column].notna(), None)
    return Network(
        segments,
        read_stored(folder / INTERSECTIONS, INTERSECTION_COLUMNS, gpd.read_parquet),
        read_stored(folder / TURNS, TURN_COLUMNS, pd.read_parquet),
    )


def read_stored(path: Path, columns: tuple[str, ...], read: Callable[[Path], Any]) -> Any:  # noqa: ANN401  # geopandas has no types
    """Return a table of a stored area through `read`; it must have the columns.

    Raises
    ------
    AreaFileUnreadableError
        If the file is missing, damaged, or lacks a column.
    """
    try:
        frame = read(path)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise AreaFileUnreadableError(
            f"{path.name} cannot be read, import the area again: {error}"
        ) from error
    missing = set(columns) - set(frame.columns)
    if missing:
        raise AreaFileUnreadableError(
            f"{path.name} lacks {', '.join(sorted(missing))}, import the area again"
        )
    return frame
