"""GDAL, as police and towns have it, opens the files of a release."""

import json
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient

ENDS = 2
WGS84_CODE = 4326


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


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_tables_have_a_row_for_every_place(
    ogrinfo: str, police: TestClient, tmp_path: Path, ending: str
) -> None:
    places = police.get("/api/hotspots").json()["places"]
    path = tmp_path / f"hotspots.{ending}"
    path.write_bytes(police.get(f"/hotspots/neubrandenburg.{ending}").content)

    assert f"Feature Count: {len(places)}" in described(ogrinfo, path)


def test_ogr2ogr_takes_the_figures_of_every_file_over(
    program: Callable[[str, str], str], police: TestClient, tmp_path: Path
) -> None:
    places = police.get("/api/hotspots").json()["places"]
    passages = round(sum(place["passages"] for place in places), 6)
    path, told = program("ogr2ogr", "gdal-bin"), []
    for ending, layers in (
        ("gpkg", ("segments", "intersections")), ("geojson", ("hotspots",)),
        ("xlsx", ("places",)), ("csv", ("hotspots",)),
    ):  # fmt: skip
        source, target = tmp_path / f"hotspots.{ending}", tmp_path / f"{ending}.sqlite"
        source.write_bytes(police.get(f"/hotspots/neubrandenburg.{ending}").content)
        options = ["-oo", "AUTODETECT_TYPE=YES"] if ending == "csv" else []
        command = [path, "-f", "SQLite", *options, target, source]
        subprocess.run(command, check=True, capture_output=True)
        with closing(sqlite3.connect(target)) as copy:
            listed = {name for (name,) in copy.execute("SELECT name FROM sqlite_master")}
            assert set(layers) <= listed
            sums = [copy.execute(f"SELECT sum(passages) FROM {one}").fetchone() for one in layers]  # noqa: S608
        told.append(round(sum(value for (value,) in sums), 6))
    assert told == [passages] * 4


def test_geoparquet_opens_in_geopandas_with_types_and_meanings(
    police: TestClient, tmp_path: Path
) -> None:
    places = police.get("/api/hotspots").json()["places"]
    path = tmp_path / "hotspots.parquet"
    path.write_bytes(police.get("/hotspots/neubrandenburg.parquet").content)

    frame = gpd.read_parquet(path)
    metadata = pq.read_schema(path).metadata

    assert frame.crs.to_epsg() == WGS84_CODE
    assert list(frame["id"]) == [place["id"] for place in places]
    assert list(frame["passages"]) == [place["passages"] for place in places]
    # Nothing is known of crashes here, and still they are numbers and not text.
    assert frame["crashes"].dtype.kind in "if"
    about = json.loads(metadata[b"barometer"])
    assert set(about["columns"]) == set(frame.columns) - {"geometry"}
    assert about["about"]["attribution"] == "© OpenStreetMap contributors, ODbL 1.0"
