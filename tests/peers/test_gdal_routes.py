"""Routes on their way through GDAL: GPX and GeoJSON that it writes, and answers that it reads."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from geo.route_files import read_routes

LINES = [
    shapely.LineString([(13.25, 53.55), (13.26, 53.56), (13.27, 53.56)]),
    shapely.MultiLineString([[(13.25, 53.55), (13.26, 53.56)], [(13.28, 53.56), (13.29, 53.57)]]),
]


@pytest.fixture
def ogr2ogr(program: Callable[[str, str], str]) -> str:
    return program("ogr2ogr", "gdal-bin")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.geojson"
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": shapely.geometry.mapping(one)}
        for name, one in zip(["first", "second"], LINES, strict=True)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("tracks.gpx", ["-f", "GPX", "-nlt", "MULTILINESTRING", "-nln", "tracks"]),
        ("tracks.gpx", ["-f", "GPX", "-nlt", "MULTILINESTRING", "-lco", "FORCE_GPX_TRACK=YES"]),
        ("new.geojson", ["-f", "GeoJSON", "-lco", "RFC7946=YES"]),
        ("metres.geojson", ["-f", "GeoJSON", "-t_srs", "EPSG:25833"]),
        ("lines.geojsonl", ["-f", "GeoJSONSeq"]),
        ("separated.geojsons", ["-f", "GeoJSONSeq", "-lco", "RS=YES"]),
    ],
)
def test_what_gdal_writes_is_read(
    ogr2ogr: str, source: Path, tmp_path: Path, name: str, options: list[str]
) -> None:
    path = tmp_path / name
    subprocess.run([ogr2ogr, *options, str(path), str(source)], check=True, capture_output=True)

    found = list(read_routes(path))

    assert [one.id for one in found] == ["first", "second"]
    for one, line in zip(found, LINES, strict=True):
        assert one.problem is None
        assert np.abs(one.coordinates - shapely.get_coordinates(line)).max() < 1e-6


def test_gpx_of_the_gdal_in_our_own_wheel_is_read(tmp_path: Path, source: Path) -> None:
    path = tmp_path / "routes.gpx"
    frame = pyogrio.read_dataframe(source).iloc[:1]
    pyogrio.write_dataframe(frame, path, driver="GPX", layer="routes", geometry_type="LineString")

    (found,) = read_routes(path)

    assert found.id == "first"
    assert found.coordinates == pytest.approx(shapely.get_coordinates(LINES[0]))
