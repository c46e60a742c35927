"""OpenStreetMap from Overpass and Nominatim through osmnx, never waiting for ever."""

from __future__ import annotations

import hashlib
import json
import socket
import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field
from datetime import date, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import osmnx as ox
import requests
from osmnx._errors import InsufficientResponseError, ResponseStatusCodeError

from .crs import BBox
from .errors import NoStreetsError, OverpassUnavailableError, PlaceNotFoundError
from .extract import OsmData, Progress, Way, quiet
from .features import FEATURE_KEYS, area_layers, feature_frame, line_layers, point_layers
from .restrictions import read_restriction
from .tags import NODE_TAGS, WAY_TAGS, node_tags, way_tags

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import networkx as nx

    from .extract import Restriction
    from .restrictions import Member

PATIENCE_S = 180
LONGEST_DOWNLOAD_S = 600
LARGEST_DOWNLOAD = 512 * 1024 * 1024
CHUNK = 65_536
REFUSED = 400
OSMNX_TURNED = frozenset({"-1", "reverse", "T"})
FEATURE_TAGS: dict[str, bool | str | list[str]] = dict.fromkeys(FEATURE_KEYS, True)
# osmnx keeps its settings for the whole process: one import at a time.
_settings_in_use = Lock()


@dataclass
class _Guard:
    """A response hook: refuses what osmnx would wait for, and stops what does not end."""

    deadline: float
    osm_date: date | None = field(default=None)

    def __call__(self, response: requests.Response, **_: object) -> requests.Response:
        host = response.url.split("/")[2]
        if response.status_code >= REFUSED:
            raise OverpassUnavailableError(
                f"{host} answered {response.status_code} {response.reason}; try again later"
            )
        body = self._read(response, host)
        # requests hands the hook a response whose body is still on its way; this is how it is
        # given one that has arrived.
        response._content = body  # noqa: SLF001
        response._content_consumed = True  # noqa: SLF001
        self._require_answer(body, host)
        return response

    def _require_answer(self, body: bytes, host: str) -> None:
        try:
            answer = json.loads(body)
        except ValueError as error:
            raise OverpassUnavailableError(
                f"{host} answered with something other than OSM data"
            ) from error
        if isinstance(answer, dict):
            # Overpass reports its own time-outs with status 200 and half an answer.
            if "error" in str(answer.get("remark", "")):
                raise OverpassUnavailableError(f"{host} gave up: {answer['remark']}")
            stamp = str(answer.get("osm3s", {}).get("timestamp_osm_base", ""))
            if stamp:
                self.osm_date = datetime.fromisoformat(stamp).date()

    def _read(self, response: requests.Response, host: str) -> bytes:
        chunks, size = [], 0
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            size += len(chunk)
            if size > LARGEST_DOWNLOAD or time.monotonic() > self.deadline:
                raise OverpassUnavailableError(f"{host} sends too much or too slowly; take a file")
            chunks.append(chunk)
        return b"".join(chunks)


def fetch_osm(
    *, place: str | None = None, bbox: BBox | None = None, progress: Progress | None = None
) -> OsmData:
    """Return the streets and base-map features of a named place or a box.

    One of `place` and `bbox` is needed; a box wins. The same shape of data as `read_osm` gives.

    Raises
    ------
    PlaceNotFoundError
        If the geocoder knows no such place, or none with an outline.
    OverpassUnavailableError
        If a server does not answer, refuses, or answers with something else. Nothing is retried.
    NoStreetsError
        If there are no streets there.
    """
    report = progress or quiet
    guard = _Guard(time.monotonic() + LONGEST_DOWNLOAD_S)
    with _osmnx_settings(guard):
        try:
            outline = _outline(place, bbox)
            report("asking Overpass for streets", 0.2)
            streets = ox.graph_from_polygon(
                outline, simplify=False, retain_all=True, custom_filter='["highway"]'
            )
            report("asking Overpass for turn restrictions", 0.5)
            restrictions = _restrictions(outline)
            report("asking Overpass for the base map", 0.6)
            features = _features(outline)
        except InsufficientResponseError as error:
            raise NoStreetsError(f"there are no streets in {place or bbox}") from error
        except (requests.RequestException, ResponseStatusCodeError) as error:
            raise OverpassUnavailableError(f"no answer from the OSM server: {error}") from error
    report("asking Overpass for the base map", 1.0)
    return _convert(streets, restrictions, features, outline, guard.osm_date)


@contextmanager
def _osmnx_settings(guard: _Guard) -> Iterator[None]:
    """Set what is needed for one import and put everything back afterwards."""
    wanted = {
        "useful_tags_way": list(WAY_TAGS),
        "useful_tags_node": list(NODE_TAGS),
        # Keeps ways in the direction in which they are drawn, and the oneway tag as it is.
        "all_oneway": True,
        "use_cache": False,
        # Asking for a free slot may wait for ever; the hook reports a busy server instead.
        "overpass_rate_limit": False,
        "doh_url_template": None,
        "requests_timeout": PATIENCE_S,
        "requests_kwargs": {"hooks": {"response": guard}, "stream": True},
    }
    with _settings_in_use:
        before = {name: getattr(ox.settings, name) for name in wanted}
        resolve = socket.getaddrinfo
        try:
            for name, value in wanted.items():
                setattr(ox.settings, name, value)
            yield
        finally:
            for name, value in before.items():
                setattr(ox.settings, name, value)
            socket.getaddrinfo = resolve  # osmnx pins the server's address for the process


def _outline(place: str | None, bbox: BBox | None) -> Any:  # noqa: ANN401  # a polygon
    if bbox is not None:
        return ox.utils_geo.bbox_to_poly((bbox.west, bbox.south, bbox.east, bbox.north))
    try:
        return ox.geocode_to_gdf(place or "").union_all()
    except (InsufficientResponseError, TypeError) as error:
        raise PlaceNotFoundError(f"no place called {place!r} with an outline") from error


def _restrictions(outline: Any) -> list[Restriction]:  # noqa: ANN401
    """Return the turn restrictions of the outline's box, which osmnx does not ask for."""
    west, south, east, north = outline.bounds
    query = (
        f"[out:json][timeout:{PATIENCE_S}];"
        f'relation["type"="restriction"]({south:.6f},{west:.6f},{north:.6f},{east:.6f});out body;'
    )
    response = requests.post(
        ox.settings.overpass_url.rstrip("/") + "/interpreter",
        data={"data": query},
        timeout=PATIENCE_S,
        headers={"User-Agent": ox.settings.http_user_agent, "Referer": ox.settings.http_referer},
        **ox.settings.requests_kwargs,
    )
    answer = response.json()
    if not isinstance(answer, dict):
        raise OverpassUnavailableError("the OSM server answered with something other than OSM data")
    found = (
        read_restriction(element["id"], element.get("tags", {}), _members(element))
        for element in answer.get("elements", ())
        if element["type"] == "relation"
    )
    return sorted(filter(None, found), key=lambda restriction: restriction.id)


def _members(relation: Mapping[str, Any]) -> Iterator[Member]:
    for member in relation["members"]:
        yield member["type"][:1], member["ref"], member["role"]


def _convert(
    streets: nx.MultiDiGraph[int],
    restrictions: list[Restriction],
    features: Any,  # noqa: ANN401
    outline: Any,  # noqa: ANN401
    osm_date: date | None,
) -> OsmData:
    nodes = {int(node): (data["x"], data["y"]) for node, data in streets.nodes(data=True)}
    tags = {int(node): node_tags(data) for node, data in streets.nodes(data=True)}
    ways = _ways(streets)
    content = json.dumps([[way.id, dict(way.tags), way.nodes] for way in ways], sort_keys=True)
    content += json.dumps([astuple(restriction) for restriction in restrictions])
    west, south, east, north = outline.bounds
    return OsmData(
        ways=tuple(ways),
        nodes=nodes,
        node_tags={node: kept for node, kept in tags.items() if kept},
        features=feature_frame(list(_feature_rows(features))),
        bbox=BBox(west, south, east, north),
        osm_date=osm_date,
        sha256=hashlib.sha256((content + json.dumps(sorted(nodes.items()))).encode()).hexdigest(),
        restrictions=tuple(restrictions),
    )


def _ways(streets: nx.MultiDiGraph[int]) -> list[Way]:
    """Return the ways of a graph that has one edge for every two neighbouring nodes."""
    tags: dict[int, dict[str, str]] = {}
    after: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for first, second, data in streets.edges(data=True):
        way = int(data["osmid"])
        tags[way] = way_tags(data)
        # osmnx turns ways around that are one-way against their direction.
        turned = data.get("oneway") in OSMNX_TURNED
        after[way][second if turned else first].append(first if turned else second)
    return [Way(way, tags[way], run) for way in sorted(after) for run in sorted(_runs(after[way]))]


def _runs(after: Mapping[int, list[int]]) -> list[tuple[int, ...]]:
    """Join directed pairs of nodes into runs that are as long as possible."""
    left = {node: sorted(following) for node, following in after.items()}
    reached = {node for following in left.values() for node in following}
    runs = []
    # First from where nothing arrives; what is then left are rings.
    for start in [*sorted(set(left) - reached), *sorted(left)]:
        while left[start]:
            run = [start]
            while left.get(run[-1]):
                run.append(left[run[-1]].pop())
            runs.append(tuple(run))
    return runs


def _features(outline: Any) -> Any:  # noqa: ANN401
    """Return the base-map features; an area may well have none."""
    try:
        return ox.features_from_polygon(outline, FEATURE_TAGS)
    except InsufficientResponseError:
        return gpd.GeoDataFrame()


def _feature_rows(features: Any) -> Iterator[tuple[str, str, str, str, object]]:  # noqa: ANN401
    layers_of = {
        "Point": point_layers, "LineString": line_layers, "MultiLineString": line_layers,
        "Polygon": area_layers, "MultiPolygon": area_layers,
    }  # fmt: skip
    for (element, number), row in features.iterrows():
        tags = _tags(row)
        for layer, kind in layers_of.get(row.geometry.geom_type, point_layers)(tags):
            yield f"{element}/{number}", layer, kind, tags.get("name", ""), row.geometry


def _tags(row: Any) -> Mapping[str, str]:  # noqa: ANN401
    return {key: value for key, value in row.items() if isinstance(value, str)}
