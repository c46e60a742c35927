"""Programs that read open data, as others have them, read ours: all its files and its catalogue."""

import csv
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient

from api.services.edition_origin import folder_of
from api.services.installation import Installation
from api.services.make_edition import make_edition
from web.open_columns import open_columns

AREA = "neubrandenburg"
SHAPES = Path(__file__).parent / "dcat_ap_3.ttl"


@pytest.fixture
def template(published: str) -> str:
    return published


@pytest.fixture
def folder(here: Installation) -> Path:
    return folder_of(here.settings, make_edition(here, AREA))


def run(*words: str | Path, folder: Path) -> str:
    # Apart from our process: both programs warn of what their own dependencies will drop.
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def data_file(folder: Path, ending: str) -> Path:
    (path,) = [one for one in folder.glob(f"*.{ending}") if one.stem != "dictionary"]
    return path


def test_frictionless_finds_the_package_and_its_table_in_order(folder: Path) -> None:
    program = (sys.executable, "-m", "frictionless", "validate", "datapackage.json", "--json")

    report = json.loads(run(*program, folder=folder))

    assert report["valid"], report
    table = next(task for task in report["tasks"] if task["type"] == "table")
    labels = table["labels"]
    assert labels == [one.name for one in open_columns(str)]
    assert table["stats"]["rows"] == len(gpd.read_parquet(data_file(folder, "parquet")))

    # The schema can refuse: a place of five students, and one that is there twice.
    lines = data_file(folder, "csv").read_text().splitlines()
    at = labels.index("participants")
    cells = next(csv.reader([lines[1]]))
    cells[at] = "5"
    broken = folder.parents[2] / "broken"
    broken.mkdir()
    for path in folder.iterdir():
        (broken / path.name).write_bytes(path.read_bytes())
    with data_file(broken, "csv").open("a", newline="") as file:
        csv.writer(file).writerow(cells)
    done = subprocess.run(program, capture_output=True, text=True, check=False, cwd=broken)
    kinds = {error["type"] for task in json.loads(done.stdout)["tasks"] for error in task["errors"]}
    assert {"constraint-error", "primary-key", "hash-count", "byte-count"} <= kinds


def test_the_checksums_are_those_of_the_files(
    folder: Path, program: Callable[[str, str], str]
) -> None:
    told = run(program("sha256sum", "coreutils"), "--check", "SHA256SUMS", folder=folder)

    assert told.count(": OK") == len(list(folder.iterdir())) - 1


def test_the_catalogue_is_dcat_ap(folder: Path, visitor: Callable[[], TestClient]) -> None:
    answer = visitor().get("/open/catalog.jsonld")
    assert answer.headers["content-type"] == "application/ld+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    content = answer.json()

    def conforms(catalogue: dict[str, Any]) -> str:
        path = folder.parents[2] / "catalog.jsonld"
        path.write_text(json.dumps(catalogue))
        words = [sys.executable, "-m", "pyshacl", "-s", str(SHAPES), "-df", "json-ld", str(path)]
        return subprocess.run(words, capture_output=True, text=True, check=False).stdout

    assert "Conforms: True" in conforms(content)
    (dataset,) = content["dcat:dataset"]
    files = {
        one["dcat:downloadURL"]["@id"].rpartition("/")[2] for one in dataset["dcat:distribution"]
    }
    assert files == {data_file(folder, ending).name for ending in ("csv", "gpkg", "parquet")}
    # The shapes can refuse.
    del dataset["dct:title"]
    dataset["dcat:distribution"][0].pop("dcat:accessURL")
    refused = conforms(content)
    assert "Conforms: False" in refused
    assert "Results (2)" in refused


def test_gdal_reads_the_geopackage_and_the_text(
    folder: Path, program: Callable[[str, str], str]
) -> None:
    ogrinfo = program("ogrinfo", "gdal-bin")
    rows = len(gpd.read_parquet(data_file(folder, "parquet")))

    def counted(text: str) -> int:
        return sum(int(number) for number in re.findall(r"Feature Count: (\d+)", text))

    packed = run(ogrinfo, "-ro", "-al", "-so", data_file(folder, "gpkg"), folder=folder)
    text = run(
        ogrinfo, "-al", "-so", "-oo", "GEOM_POSSIBLE_NAMES=geom", "-oo", "AUTODETECT_TYPE=YES",
        data_file(folder, "csv"), folder=folder,
    )  # fmt: skip

    assert 'ID["EPSG",4326]' in packed
    about = int(re.findall(r"Layer name: about.*?Feature Count: (\d+)", packed, re.DOTALL)[0])
    assert counted(packed) - about == counted(text) == rows
    assert "participants: Integer" in text


def test_every_file_has_the_columns_of_the_dictionary(
    folder: Path, program: Callable[[str, str], str], visitor: Callable[[], TestClient]
) -> None:
    listed = json.loads((folder / "dictionary.json").read_text())["columns"]
    names = [one["name"] for one in listed]
    assert names == [one.name for one in open_columns(str)]
    with (folder / "dictionary.csv").open(newline="") as file:
        assert list(csv.DictReader(file)) == listed
    with data_file(folder, "csv").open(newline="") as file:
        assert next(csv.reader(file)) == names
    schema = pq.read_schema(data_file(folder, "parquet"))
    assert schema.names == names
    meta = json.loads(schema.metadata[b"geo"])
    assert (meta["version"], meta["primary_column"]) == ("1.1.0", "geom")
    types = {"int64": "integer", "double": "number", "bool": "boolean"}
    kinds = [types.get(str(one.type), "string") for one in schema]
    assert kinds == [one["type"] for one in listed]
    packed = run(
        program("ogrinfo", "gdal-bin"), "-ro", "-so", data_file(folder, "gpkg"), "segments",
        folder=folder,
    )  # fmt: skip
    found = re.findall(r"^(\w+): \w+(?:\(\w+\))? \(\d+\.\d+\)", packed, re.MULTILINE)
    assert [*found, "geom"] == names
    assert "Geometry Column = geom" in packed
    page = visitor().get("/open/dictionary").text
    for one in listed:
        assert f"<code>{one['name']}</code>" in page
