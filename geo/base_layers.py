"""The base map of a stored area, read back from its tiles for maps on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pyogrio
import shapely

from .crs import WGS84
from .errors import AreaFileUnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from .crs import BBox

# Tiles of this zoom are drawn to a metre, which is a tenth of a millimetre on any paper, and one of
# them covers what sixteen of the finest do.
ZOOM = 13


def read_base_layers(
    path: Path, layers: Iterable[str], bounds: BBox
) -> dict[str, gpd.GeoDataFrame]:
    """Return layers of a PMTiles file in EPSG:4326 by name, each with kind, name and geometry.

    Shapes come in pieces, cut along the edges of tiles with some overlap. A layer that the file
    does not have is empty.

    Raises
    ------
    AreaFileUnreadableError
        If the file is missing or damaged.
    """
    box = shapely.box(bounds.west, bounds.south, bounds.east, bounds.north)
    within = gpd.GeoSeries([box], crs=WGS84)
    try:
        there = set(pyogrio.list_layers(path)[:, 0])
        return {
            layer: gpd.read_file(path, layer=layer, bbox=within, ZOOM_LEVEL=ZOOM).to_crs(WGS84)
            if layer in there
            else gpd.GeoDataFrame({"kind": [], "name": [], "geometry": []}, crs=WGS84)
            for layer in layers
        }
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise AreaFileUnreadableError(
            f"{path.name} cannot be read, import the area again: {error}"
        ) from error
