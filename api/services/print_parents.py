"""Print the map for parents: the recommended ways to a school, on A4 or A3."""

from functools import lru_cache
from pathlib import Path

from api.settings import Settings
from geo.base_layers import read_base_layers
from geo.crs import BBox
from web.paper_map import Paper
from web.parents import parents_sheet
from web.street_map import GROUND_LAYERS
from web.tiles import BASEMAP

from .areas import LoadedArea, area_folder
from .recommend_ways import SchoolWays

AROUND = 0.01
"""Degrees of ground around the ways that the map may show."""


def print_parents(
    ways: SchoolWays, area: LoadedArea, settings: Settings, *, paper: Paper, language: str
) -> bytes:
    """Return the map for parents as PDF."""
    tiles = area_folder(settings, area.id, area.version) / BASEMAP
    return _printed(ways, area, tiles, paper, language)


# Anybody may ask for it, and drawing takes half a second: each is drawn once.
@lru_cache(maxsize=64)
def _printed(ways: SchoolWays, area: LoadedArea, tiles: Path, paper: Paper, language: str) -> bytes:
    shown, lines = ways.map, ways.corridors(area.network)
    west, south, east, north = lines.total_bounds if len(lines) else (shown.lon, shown.lat) * 2
    box = BBox(west - AROUND, south - AROUND, east + AROUND, north + AROUND)
    return parents_sheet(
        shown,
        lines,
        area.network,
        read_base_layers(tiles, GROUND_LAYERS, box),
        paper=paper,
        language=language,
    )
