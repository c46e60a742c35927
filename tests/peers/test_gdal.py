"""GDAL, as police and towns have it, opens the files of a release."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

ENDS = 2


@pytest.fixture
def template(published: str) -> str:
    return published


@pytest.fixture
def ogrinfo(program: Callable[[str, str], str]) -> str:
    return program("ogrinfo", "gdal-bin")


def described(ogrinfo: str, path: Path) -> str:
    run = subprocess.run(
        [ogrinfo, "-al", "-so", str(path)], capture_output=True, text=True, check=True
    )
    assert "ERROR" not in run.stderr + run.stdout
    assert "Warning" not in run.stderr, run.stderr
    return run.stdout


def test_geopackage_has_both_layers_with_as_many_places(
    ogrinfo: str, police: TestClient, tmp_path: Path
) -> None:
    places = police.get("/api/hotspots").json()["places"]
    path = tmp_path / "hotspots.gpkg"
    path.write_bytes(police.get("/hotspots/neubrandenburg.gpkg").content)

    text = described(ogrinfo, path)

    for kind in ("segment", "intersection"):
        layer = text.split(f"Layer name: {kind}s")[1].split("Layer name:")[0]
        count = sum(place["kind"] == kind for place in places)
        assert f"Feature Count: {count}" in layer
        assert 'ID["EPSG",4326]' in layer


def test_geojson_is_what_the_standard_says(
    ogrinfo: str, police: TestClient, tmp_path: Path
) -> None:
    # RFC 7946: WGS 84, longitude first, no `crs` member, every feature with an id of its own.
    path = tmp_path / "hotspots.geojson"
    path.write_bytes(police.get("/hotspots/neubrandenburg.geojson").content)
    collection = json.loads(path.read_text(encoding="utf-8"))

    assert collection["type"] == "FeatureCollection"
    assert "crs" not in collection
    ids = [feature["id"] for feature in collection["features"]]
    assert len(set(ids)) == len(ids) > 0
    for feature in collection["features"]:
        geometry = feature["geometry"]
        points = [geometry["coordinates"]]
        if geometry["type"] == "LineString":
            points = geometry["coordinates"]
            assert len(points) >= ENDS
        assert all(13.2 < lon < 13.4 and 53.5 < lat < 53.6 for lon, lat in points)
    assert f"Feature Count: {len(ids)}" in described(ogrinfo, path)


def test_csv_has_a_row_for_every_place(ogrinfo: str, police: TestClient, tmp_path: Path) -> None:
    places = police.get("/api/hotspots").json()["places"]
    path = tmp_path / "hotspots.csv"
    path.write_bytes(police.get("/hotspots/neubrandenburg.csv").content)

    assert f"Feature Count: {len(places)}" in described(ogrinfo, path)
