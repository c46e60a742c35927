"""What is kept of OpenStreetMap, whether it came from a file or from a server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import geopandas as gpd

    from .crs import BBox

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Way:
    """One OSM way with a highway tag, or a part of it where the extract was clipped."""

    id: int
    tags: Mapping[str, str]
    nodes: tuple[int, ...]


@dataclass(frozen=True)
class Restriction:
    """One OSM turn restriction that binds cyclists: no turn, or no other turn (`only`)."""

    id: int
    only: bool
    from_ways: tuple[int, ...]
    via_nodes: tuple[int, ...]
    via_ways: tuple[int, ...]
    to_ways: tuple[int, ...]


@dataclass(frozen=True)
class OsmData:
    """Streets as OSM has them, and the features a base map needs."""

    ways: tuple[Way, ...]
    nodes: Mapping[int, tuple[float, float]]
    """Longitude and latitude of every node of `ways`."""
    node_tags: Mapping[int, Mapping[str, str]]
    features: gpd.GeoDataFrame
    """Columns id, layer, kind, name, geometry: see `geo.features`."""
    bbox: BBox
    osm_date: date | None
    sha256: str
    restrictions: tuple[Restriction, ...] = ()
    """Those that bind cyclists, by id."""
    countries: Mapping[str, int] = field(default_factory=dict)
    """How often addresses and places say that they lie in a country, by its code."""


def quiet(_stage: str, _share: float) -> None:
    """Report progress to nobody."""
