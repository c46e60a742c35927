"""GDAL and an Open311 client from PyPI read a running site, with a body's key and without."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import georeport
import pytest
import shapely
from starlette.testclient import TestClient

from api.services.edition_origin import folder_of
from api.services.installation import Installation
from api.services.make_edition import make_edition
from api.services.read_edition import edition_rows
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


def test_gdal_reads_open_data_without_a_key(
    program: Callable[[str, str], str], served: str, here: Installation, tmp_path: Path
) -> None:
    rows = edition_rows(folder_of(here.settings, make_edition(here, "neubrandenburg")))
    source, options = f"OAPIF:{served}/ogc", ("-oo", "PAGE_SIZE=3")
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}

    def run(*words: str) -> str:
        done = subprocess.run(
            words, capture_output=True, text=True, check=True, timeout=120, env=environment
        )
        assert "ERROR" not in done.stderr + done.stdout
        return done.stdout

    listed = run(program("ogrinfo", "gdal-bin"), "-ro", source)
    layers = re.findall(r"^\d+: (\S+)", listed, re.MULTILINE)
    assert [layer.rpartition("-")[2] for layer in layers] == ["segments", "intersections"]
    found: dict[str, dict[str, Any]] = {}
    for layer in layers:
        copy = tmp_path / f"{layer}.geojson"
        ogr2ogr = program("ogr2ogr", "gdal-bin")
        run(ogr2ogr, "-f", "GeoJSON", "-lco", "COORDINATE_PRECISION=7", *options, str(copy), source,
            layer)  # fmt: skip
        for one in json.loads(copy.read_text(encoding="utf-8"))["features"]:
            found[one["properties"]["id"]] = one
    assert found.keys() == rows.keys()
    for id_, row in rows.items():
        assert shapely.equals(shapely.geometry.shape(found[id_]["geometry"]), row["geom"])
        for name in ("name", "participants", "danger", "passages", "simulated"):
            assert found[id_]["properties"][name] == row[name]


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
