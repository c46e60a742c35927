"""GDAL and an Open311 client from PyPI read a running site, with a body's key."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import georeport
import pytest
from starlette.testclient import TestClient

from api.store.authorities import Case


@pytest.fixture
def template(published: str) -> str:
    return published


def test_gdal_reads_the_places_of_a_body_page_by_page(
    program: Callable[[str, str], str], officer: TestClient, served: str, key: str, tmp_path: Path
) -> None:
    places = officer.get("/api/hotspots").json()["places"]
    environment = {
        "GDAL_HTTP_HEADERS": f"Authorization: Bearer {key}", "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
    }  # fmt: skip

    def run(*words: str) -> str:
        done = subprocess.run(
            words, capture_output=True, text=True, check=True, timeout=120, env=environment
        )
        assert "ERROR" not in done.stderr + done.stdout
        return done.stdout

    listed = run(program("ogrinfo", "gdal-bin"), "-ro", f"OAPIF:{served}/ogc")
    for name in ("segments (", "intersections (", "hotspots (", "cases ("):
        assert name in listed
    assert "crashes" not in listed
    copy = tmp_path / "copy.geojson"
    source = f"OAPIF:{served}/ogc"
    options = ("-oo", "PAGE_SIZE=3", "-oo", "INITIAL_REQUEST_PAGE_SIZE=3")
    ogr2ogr = program("ogr2ogr", "gdal-bin")
    run(ogr2ogr, "-f", "GeoJSON", *options, str(copy), source, "intersections")
    taken = {
        one["properties"]["id"]: one["properties"]["passages"]
        for one in json.loads(copy.read_text(encoding="utf-8"))["features"]
    }
    crossings = {
        one["id"]: one["passages"] for one in places if one["kind"] == "intersection"
    }  # fmt: skip
    assert len(taken) > 3  # more than a page
    assert taken == crossings


def test_an_open311_client_reads_services_and_requests(
    served: str, police: TestClient, open_case: Callable[..., Case]
) -> None:
    places = police.get("/api/hotspots").json()["places"]
    public = next(at for at, one in enumerate(places) if one["participants"] >= 10)
    case = open_case(public, answer="A lamp & a hedge")

    read = []
    for form in ("json", "xml"):
        town = georeport.GeoReport(f"{served}/open311/v2", output_format=form)
        codes = [one["service_code"] for one in town.get_service_list()]
        definition = town.get_service_definition(codes[0])
        one = town.get_service_request(str(case.id))
        listed = town.get_service_requests(status="open")
        # With one request in it, XML has no list.
        assert [one] == (listed if isinstance(listed, list) else [listed])
        read.append((
            codes, definition["service_code"], one["service_request_id"], one["status"],
            one["status_notes"], float(one["lat"]),
        ))  # fmt: skip
    assert read[0] == read[1]
    assert read[0][2:5] == (str(case.id), "open", "new: A lamp & a hedge")
