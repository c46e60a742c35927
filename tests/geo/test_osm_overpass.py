"""Overpass and Nominatim, recorded in style and played by a server on this machine."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus
from xml.etree.ElementTree import Element, SubElement, tostring

import osmium
import osmnx as ox
import pytest
from geopandas.testing import assert_geodataframe_equal
from pandas.testing import assert_frame_equal

from geo import overpass
from geo.area import build_network
from geo.crs import BBox
from geo.errors import NoStreetsError, OverpassUnavailableError, PlaceNotFoundError
from geo.extract import OsmData, Restriction
from geo.network import Network
from geo.osm import base_map, fetch_osm, read_osm, schools

SAMPLE = Path(__file__).parents[2] / "data" / "samples" / "neubrandenburg.osm.pbf"
BOX = BBox(west=10.0, south=50.0, east=10.01, north=50.01)
NODES = {
    1: (10.001, 50.002), 2: (10.003, 50.002), 3: (10.006, 50.002), 4: (10.003, 50.005),
    5: (10.003, 50.001), 11: (10.007, 50.007), 12: (10.008, 50.007), 13: (10.008, 50.008),
}  # fmt: skip
WAYS: list[tuple[int, list[int], dict[str, str]]] = [
    (100, [1, 2, 3], {"highway": "residential", "name": "Lange Straße", "maxspeed": "30"}),
    (101, [2, 4], {"highway": "residential", "name": "Gasse", "oneway": "-1"}),
    (102, [5, 2], {"highway": "residential", "name": "Gasse"}),
]
SCHOOL = (200, [11, 12, 13, 11], {"amenity": "school", "name": "Schule am Tor"})


def elements(
    ways: list[tuple[int, list[int], dict[str, str]]],
) -> list[dict[str, Any]]:
    used = sorted({node for _, nodes, _ in ways for node in nodes})
    return [
        *({"type": "node", "id": n, "lon": NODES[n][0], "lat": NODES[n][1]} for n in used),
        *({"type": "way", "id": i, "nodes": nodes, "tags": tags} for i, nodes, tags in ways),
    ]


def answer(query: str) -> dict[str, Any]:
    found = elements(WAYS) if "highway" in query else elements([SCHOOL])
    return {
        "version": 0.6,
        "osm3s": {"timestamp_osm_base": "2026-03-01T00:00:00Z"},
        "elements": found,
    }


Reply = Callable[[BaseHTTPRequestHandler, str], None]


def reply_json(handler: BaseHTTPRequestHandler, content: object) -> None:
    body = json.dumps(content).encode()
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def serving(reply: Reply) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            reply(self, self.rfile.read(length).decode())

        def do_GET(self) -> None:
            reply(self, self.path)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def _good_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with serving(lambda handler, query: reply_json(handler, answer(query))) as url:
        monkeypatch.setattr(ox.settings, "overpass_url", url)
        yield


def fetch_from(monkeypatch: pytest.MonkeyPatch, reply: Reply) -> None:
    with serving(reply) as url:
        monkeypatch.setattr(ox.settings, "overpass_url", url)
        monkeypatch.setattr(ox.settings, "nominatim_url", url)
        fetch_osm(bbox=BOX)


@pytest.mark.usefixtures("_good_server")
def test_a_box_gives_streets_schools_and_the_date() -> None:
    data = fetch_osm(bbox=BOX)

    assert {way.id: way.nodes for way in data.ways} == {100: (1, 2, 3), 101: (2, 4), 102: (5, 2)}
    assert data.osm_date is not None
    assert data.osm_date.isoformat() == "2026-03-01"
    assert schools(data)["name"].tolist() == ["Schule am Tor"]
    assert schools(data)["id"].tolist() == ["way/200"]
    assert len(base_map(data)["roads"]) == 3


@pytest.mark.usefixtures("_good_server")
def test_the_one_build_path_serves_overpass_too() -> None:
    network = build_network(fetch_osm(bbox=BOX))

    assert network.intersections["name"].tolist() == ["Gasse × Lange Straße"]
    # Way 101 is drawn from 2 to 4 but one-way against that: it leads away from 4 only.
    one_way = network.segments.query("not (forward and backward)")
    leaves = one_way["start"].where(one_way["forward"], one_way["end"])
    assert 4 in leaves.tolist()


@pytest.mark.usefixtures("_good_server")
def test_the_settings_of_osmnx_are_put_back() -> None:
    before = {name: getattr(ox.settings, name) for name in ("use_cache", "all_oneway")}
    fetch_osm(bbox=BOX)
    assert {name: getattr(ox.settings, name) for name in before} == before


def as_overpass(path: Path) -> list[dict[str, Any]]:
    """Return streets, their nodes and all relations of a file as Overpass sends them."""
    here: dict[int, dict[str, Any]] = {}
    found = []
    for element in osmium.FileProcessor(str(path)).with_locations():
        tags = {tag.k: tag.v for tag in element.tags}
        if element.is_node():
            at = {"lon": element.location.lon, "lat": element.location.lat}
            here[element.id] = {"type": "node", "id": element.id, **at, "tags": tags}
        elif element.is_way() and "highway" in tags:
            refs = [node.ref for node in element.nodes if node.ref in here]
            found.append({"type": "way", "id": element.id, "nodes": refs, "tags": tags})
        elif element.is_relation():
            members = [
                {"type": {"n": "node", "w": "way", "r": "relation"}[member.type],
                 "ref": member.ref, "role": member.role}
                for member in element.members
            ]  # fmt: skip
            found.append({"type": "relation", "id": element.id, "members": members, "tags": tags})
    used = {node for element in found for node in element.get("nodes", ())}
    return [*(here[node] for node in sorted(used)), *found]


def test_a_file_and_overpass_give_the_same_network(
    sample: Network, sample_data: OsmData, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = as_overpass(SAMPLE)
    relations = [element for element in everything if element["type"] == "relation"]
    streets = [element for element in everything if element["type"] != "relation"]
    # Larger than the extract, whose ways end at its own edge: nothing is clipped a second time.
    box = BBox(west=13.1, south=53.4, east=13.4, north=53.7)

    def reply(handler: BaseHTTPRequestHandler, query: str) -> None:
        asked = unquote_plus(query)
        found = streets if '["highway"]' in asked else relations if "restriction" in asked else []
        reply_json(handler, {"elements": found})

    with serving(reply) as url:
        monkeypatch.setattr(ox.settings, "overpass_url", url)
        data = fetch_osm(bbox=box)

    assert data.restrictions == sample_data.restrictions
    assert data.node_tags == sample_data.node_tags
    network = build_network(data)
    assert_geodataframe_equal(network.segments, sample.segments)
    assert_geodataframe_equal(network.intersections, sample.intersections)
    assert_frame_equal(network.turns, sample.turns)


def test_restrictions_come_from_overpass_too(monkeypatch: pytest.MonkeyPatch) -> None:
    relation = {
        "type": "relation", "id": 7, "tags": {"type": "restriction", "restriction": "no_left_turn"},
        "members": [
            {"type": "way", "ref": 102, "role": "from"}, {"type": "node", "ref": 2, "role": "via"},
            {"type": "way", "ref": 100, "role": "to"},
        ],
    }  # fmt: skip

    def reply(handler: BaseHTTPRequestHandler, query: str) -> None:
        asked = "restriction" in query
        reply_json(handler, {"elements": [relation]} if asked else answer(query))

    with serving(reply) as url:
        monkeypatch.setattr(ox.settings, "overpass_url", url)
        data = fetch_osm(bbox=BOX)
    assert data.restrictions == (Restriction(7, False, (102,), (2,), (), (100,)),)  # noqa: FBT003


# METHOD section 9 reads these, the network how a way may be ridden.
NEEDED = (
    "highway", "name", "ref", "junction", "bridge", "tunnel", "layer", "service", "footway",
    "access", "vehicle", "bicycle", "foot", "motor_vehicle", "motorcycle", "motorroad", "indoor",
    "ramp:bicycle", "oneway:bicycle", "cycleway", "cycleway:left", "cycleway:right",
    "cycleway:both", "cycleway:oneway", "cycleway:left:oneway", "cycleway:right:oneway",
    "cycleway:both:oneway", "cycleway:width", "cycleway:left:width", "cycleway:right:width",
    "cycleway:both:width", "maxspeed", "maxspeed:forward", "maxspeed:backward", "maxspeed:type",
    "zone:traffic", "zone:maxspeed", "source:maxspeed", "lanes", "lanes:forward",
    "lanes:backward", "turn:lanes", "turn:lanes:forward", "turn:lanes:backward", "lane_markings",
    "width", "parking:both", "parking:left", "parking:right", "parking:lane:both",
    "parking:lane:left", "parking:lane:right", "segregated", "surface", "smoothness", "lit",
    "traffic_calming", "crossing:island", "dual_carriageway",
)  # fmt: skip
NEEDED_AT_NODES = (
    "highway", "crossing", "crossing:island", "crossing:markings", "crossing:signals",
    "crossing_ref", "traffic_signals", "traffic_signals:direction", "direction", "stop",
    "traffic_calming", "railway", "barrier", "access", "vehicle", "bicycle", "foot",
)  # fmt: skip


def test_the_tags_that_stress_and_riding_need_survive_both_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = {"highway": "residential", "oneway": "yes", **dict.fromkeys(NEEDED[1:], "x")}
    node = dict.fromkeys(NEEDED_AT_NODES, "x")
    drawn = elements([(100, [1, 2, 4], way)])
    drawn[1]["tags"] = node
    path = tmp_path / "one.osm"
    path.write_text(as_xml(drawn))

    def reply(handler: BaseHTTPRequestHandler, query: str) -> None:
        reply_json(handler, {"elements": drawn if "highway" in query else []})

    with serving(reply) as url:
        monkeypatch.setattr(ox.settings, "overpass_url", url)
        fetched = fetch_osm(bbox=BOX)
    for data in (fetched, read_osm(path)):
        assert data.ways[0].tags == way
        assert data.node_tags == {2: node}


def as_xml(drawn: list[dict[str, Any]]) -> str:
    osm = Element("osm", version="0.6")
    for element in drawn:
        kept = {key: str(element[key]) for key in ("id", "lon", "lat") if key in element}
        item = SubElement(osm, element["type"], version="1", **kept)
        for node in element.get("nodes", ()):
            SubElement(item, "nd", ref=str(node))
        for key, value in element.get("tags", {}).items():
            SubElement(item, "tag", k=key, v=value)
    return tostring(osm, encoding="unicode")


def refuse(status: int) -> Reply:
    def reply(handler: BaseHTTPRequestHandler, _: str) -> None:
        handler.send_error(status)

    return reply


@pytest.mark.parametrize("status", [400, 429, 500, 503, 504])
def test_a_server_that_refuses_is_reported_at_once(
    monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    began = time.monotonic()
    with pytest.raises(OverpassUnavailableError, match=str(status)):
        fetch_from(monkeypatch, refuse(status))
    assert time.monotonic() - began < 10


def test_html_is_no_osm_data(monkeypatch: pytest.MonkeyPatch) -> None:
    def reply(handler: BaseHTTPRequestHandler, _: str) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"<html>please come back later</html>")

    with pytest.raises(OverpassUnavailableError, match="other than OSM data"):
        fetch_from(monkeypatch, reply)


def test_broken_json_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def reply(handler: BaseHTTPRequestHandler, _: str) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b'{"elements": [')

    with pytest.raises(OverpassUnavailableError):
        fetch_from(monkeypatch, reply)


def test_a_query_that_timed_out_on_the_server_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    late = {"elements": [], "remark": "runtime error: Query timed out"}
    with pytest.raises(OverpassUnavailableError, match="timed out"):
        fetch_from(monkeypatch, lambda handler, _: reply_json(handler, late))


def test_a_server_that_trickles_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overpass, "LONGEST_DOWNLOAD_S", 1)

    def reply(handler: BaseHTTPRequestHandler, _: str) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _second in range(20):
            try:
                handler.wfile.write(b" ")
                handler.wfile.flush()
            except OSError:
                return
            time.sleep(0.2)

    began = time.monotonic()
    with pytest.raises(OverpassUnavailableError, match="too slowly"):
        fetch_from(monkeypatch, reply)
    assert time.monotonic() - began < 4


def test_a_flood_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overpass, "LARGEST_DOWNLOAD", 1000)
    with pytest.raises(OverpassUnavailableError, match="too much"):
        fetch_from(monkeypatch, lambda handler, _: reply_json(handler, ["x" * 10_000]))


def test_nobody_there(monkeypatch: pytest.MonkeyPatch) -> None:
    # Port 9 (discard) is closed wherever this runs.
    monkeypatch.setattr(ox.settings, "overpass_url", "http://127.0.0.1:9")
    with pytest.raises(OverpassUnavailableError, match="no answer"):
        fetch_osm(bbox=BOX)


def test_a_box_without_streets(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoStreetsError):
        fetch_from(monkeypatch, lambda handler, _: reply_json(handler, {"elements": []}))


def test_an_unknown_place(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(lambda handler, _: reply_json(handler, [])) as url:
        monkeypatch.setattr(ox.settings, "nominatim_url", url)
        with pytest.raises(PlaceNotFoundError, match="Atlantis"):
            fetch_osm(place="Atlantis")


def test_a_named_place_is_fetched_within_its_outline(monkeypatch: pytest.MonkeyPatch) -> None:
    outline = [[10.0, 50.0], [10.01, 50.0], [10.01, 50.01], [10.0, 50.01], [10.0, 50.0]]
    found = {
        "lat": "50.005", "lon": "10.005", "display_name": "Torstadt", "importance": 0.5,
        "boundingbox": ["50.0", "50.01", "10.0", "10.01"], "class": "boundary",
        "type": "administrative", "osm_type": "relation", "osm_id": 1, "place_id": 1,
        "place_rank": 16, "addresstype": "town", "name": "Torstadt", "licence": "ODbL",
        "geojson": {"type": "Polygon", "coordinates": [outline]},
    }  # fmt: skip

    def reply(handler: BaseHTTPRequestHandler, query: str) -> None:
        reply_json(handler, [found] if query.startswith("/search") else answer(query))

    with serving(reply) as url:
        monkeypatch.setattr(ox.settings, "overpass_url", url)
        monkeypatch.setattr(ox.settings, "nominatim_url", url)
        data = fetch_osm(place="Torstadt")

    assert len(data.ways) == 3
    assert data.bbox == BOX
