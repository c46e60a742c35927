"""Overpass and Nominatim, recorded in style and played by a server on this machine."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import osmnx as ox
import pytest

from geo import overpass
from geo.area import build_network
from geo.crs import BBox
from geo.errors import NoStreetsError, OverpassUnavailableError, PlaceNotFoundError
from geo.extract import OsmData
from geo.network import Network
from geo.osm import base_map, fetch_osm, schools

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


def test_a_file_and_overpass_give_the_same_network(
    sample: Network, sample_data: OsmData, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = [
        {"type": "way", "id": way.id, "nodes": list(way.nodes), "tags": dict(way.tags)}
        for way in sample_data.ways
    ]
    corners = [
        {"type": "node", "id": node, "lon": lon, "lat": lat, "tags": dict(tags)}
        for node, (lon, lat) in sample_data.nodes.items()
        for tags in [sample_data.node_tags.get(node, {})]
    ]
    streets = {"elements": [*corners, *drawn]}
    box = BBox(west=13.2, south=53.5, east=13.33, north=53.6)

    def reply(handler: BaseHTTPRequestHandler, query: str) -> None:
        reply_json(handler, streets if "highway" in query else {"elements": []})

    with serving(reply) as url:
        monkeypatch.setattr(ox.settings, "overpass_url", url)
        network = build_network(fetch_osm(bbox=box))

    columns = ["id", "name", "type", "forward", "backward", "stress", "assumed"]
    assert network.segments[columns].equals(sample.segments[columns])
    columns = ["id", "name", "type", "arms", "safe", "stress"]
    assert network.intersections[columns].equals(sample.intersections[columns])


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
