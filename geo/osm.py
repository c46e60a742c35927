"""OpenStreetMap in: a file through pyosmium, a named place or a box through Overpass."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import osmium
import shapely

from .crs import BBox
from .errors import NoStreetsError, OsmFileNotFoundError, OsmFileUnreadableError
from .extract import OsmData, Progress, Way, quiet
from .features import (
    FEATURE_KEYS,
    area_layers,
    base_map,
    feature_frame,
    line_layers,
    point_layers,
    schools,
)
from .garbage import uncollected
from .overpass import fetch_osm
from .restrictions import read_restriction
from .tags import NODE_KEYS, node_tags, way_tags

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .extract import Restriction

__all__ = ["OsmData", "Progress", "Way", "base_map", "fetch_osm", "read_osm", "schools"]

SUFFIXES = (".osm", ".osm.bz2", ".osm.pbf")
# Tags whose value is the code of the country that something lies in.
COUNTRY_KEYS = ("addr:country", "is_in:country_code", "ISO3166-1", "ISO3166-1:alpha2")
KEYS = (*NODE_KEYS, "restriction", "restriction:bicycle", *FEATURE_KEYS)


@uncollected()
def read_osm(path: Path, progress: Progress | None = None) -> OsmData:
    """Return the streets and base-map features of an .osm, .osm.bz2 or .osm.pbf file.

    Ways of a clipped extract refer to nodes that are not in it: those references are dropped and
    the way is split there. Multipolygons that cannot be closed are left out.

    Raises
    ------
    OsmFileNotFoundError
        If there is no such file.
    OsmFileUnreadableError
        If it is not OSM data, or stops halfway.
    NoStreetsError
        If it holds no way with a highway tag.
    """
    report = progress or quiet
    _require_file(path)
    report("reading the OSM file", 0.0)
    reading = _Reading()
    try:
        for element in _elements(path):
            reading.take(element)
        osm_date = _header_date(path) or reading.newest
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except (RuntimeError, OSError, ValueError) as error:
        raise OsmFileUnreadableError(f"{path.name} is not readable OSM data: {error}") from error
    if not reading.ways:
        raise NoStreetsError(f"{path.name} holds no streets")
    report("reading the OSM file", 1.0)
    return OsmData(
        ways=tuple(reading.ways),
        nodes=reading.nodes,
        node_tags={node: tags for node, tags in reading.node_tags.items() if node in reading.nodes},
        features=feature_frame(reading.features),
        bbox=extent(reading.nodes),
        osm_date=osm_date,
        sha256=digest,
        restrictions=tuple(sorted(reading.restrictions, key=lambda found: found.id)),
        countries=dict(reading.countries),
    )


def extent(nodes: dict[int, tuple[float, float]]) -> BBox:
    """Return the box around the nodes."""
    lons, lats = zip(*nodes.values(), strict=True)
    return BBox(west=min(lons), south=min(lats), east=max(lons), north=max(lats))


def _require_file(path: Path) -> None:
    if not path.is_file():
        raise OsmFileNotFoundError(f"no OSM file at {path}")
    if not path.name.endswith(SUFFIXES):
        raise OsmFileUnreadableError(
            f"expected a file that ends in {', '.join(SUFFIXES)}, got {path.name}"
        )


def _elements(path: Path) -> Iterator[Any]:
    # Areas are assembled only from what is drawn as one, or a large extract takes minutes.
    yield from (
        osmium.FileProcessor(str(path))
        .with_locations()
        .with_areas(osmium.filter.KeyFilter(*FEATURE_KEYS))
        .with_filter(osmium.filter.KeyFilter(*KEYS))
    )


def _header_date(path: Path) -> date | None:
    with osmium.io.Reader(str(path)) as reader:
        stamp = reader.header().get("osmosis_replication_timestamp")
    return datetime.fromisoformat(stamp).date() if stamp else None


class _Reading:
    """What has been gathered so far while a file passes by."""

    def __init__(self) -> None:
        self.ways: list[Way] = []
        self.nodes: dict[int, tuple[float, float]] = {}
        self.node_tags: dict[int, dict[str, str]] = {}
        self.features: list[tuple[str, str, str, str, object]] = []
        self.restrictions: list[Restriction] = []
        self.countries: Counter[str] = Counter()
        self.newest: date | None = None
        self._wkb = osmium.geom.WKBFactory()

    def take(self, element: Any) -> None:  # noqa: ANN401  # one of pyosmium's untyped views
        tags = {tag.k: tag.v for tag in element.tags}
        self.countries.update(tags[key] for key in COUNTRY_KEYS if key in tags)
        if element.is_node():
            self._take_node(element, tags)
        elif element.is_way():
            self._take_way(element, tags)
        elif element.is_area():
            self._take_area(element, tags)
        elif element.is_relation():
            self._take_relation(element, tags)
        self._take_date(element)

    def _take_date(self, element: Any) -> None:  # noqa: ANN401
        stamp = element.timestamp
        if stamp.year > 1970:  # noqa: PLR2004  # pyosmium's "no timestamp"
            day = stamp.astimezone(UTC).date()
            self.newest = max(self.newest or day, day)

    def _take_node(self, node: Any, tags: dict[str, str]) -> None:  # noqa: ANN401
        if kept := node_tags(tags):
            self.node_tags[node.id] = kept
        layers = point_layers(tags)
        if layers:
            point = shapely.Point(node.location.lon, node.location.lat)
            self._keep(f"node/{node.id}", layers, tags, point)

    def _take_way(self, way: Any, tags: dict[str, str]) -> None:  # noqa: ANN401
        layers = line_layers(tags)
        # Most ways of a city are buildings, which come again as areas.
        runs = _located_runs(way) if layers or "highway" in tags else []
        if "highway" in tags:
            kept = way_tags(tags)
            for run in runs:
                self.nodes.update(run)
                self.ways.append(Way(way.id, kept, tuple(node for node, _ in run)))
        for run in runs if layers else ():
            line = shapely.LineString([position for _, position in run])
            self._keep(f"way/{way.id}", layers, tags, line)

    def _take_area(self, area: Any, tags: dict[str, str]) -> None:  # noqa: ANN401
        layers = area_layers(tags)
        if layers:
            polygon = shapely.from_wkb(bytes.fromhex(self._wkb.create_multipolygon(area)))
            kind = "way" if area.from_way() else "relation"
            self._keep(f"{kind}/{area.orig_id()}", layers, tags, polygon)

    def _take_relation(self, relation: Any, tags: dict[str, str]) -> None:  # noqa: ANN401
        members = ((member.type, member.ref, member.role) for member in relation.members)
        restriction = read_restriction(relation.id, tags, members)
        if restriction:
            self.restrictions.append(restriction)

    def _keep(
        self, element: str, layers: list[tuple[str, str]], tags: dict[str, str], geometry: object
    ) -> None:
        for layer, kind in layers:
            self.features.append((element, layer, kind, tags.get("name", ""), geometry))


def _located_runs(way: Any) -> list[list[tuple[int, tuple[float, float]]]]:  # noqa: ANN401
    """Return the stretches of a way whose nodes are all in the extract."""
    runs: list[list[tuple[int, tuple[float, float]]]] = [[]]
    for node in way.nodes:
        number, location = node.ref, node.location
        if not location.valid():
            runs.append([])
        elif not runs[-1] or runs[-1][-1][0] != number:
            runs[-1].append((number, (location.lon, location.lat)))
    return [run for run in runs if len(run) > 1]
