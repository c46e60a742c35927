"""QGIS connects to a running site as an analyst does, and reads the layers of a body."""

import gzip
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely
from starlette.testclient import TestClient

from api.services.edition_origin import folder_of
from api.services.installation import Installation
from api.services.make_edition import make_edition
from api.services.publish_area import read_content
from api.services.read_edition import edition_rows
from api.services.release_content import canonical
from api.store import releases
from api.store.authorities import Case
from api.store.engine import Store

AREA = "neubrandenburg"
PAGE = 3
SCRIPT = """
import json, sys
from qgis.core import QgsApplication, QgsAuthMethodConfig, QgsDataItem, QgsFeatureRequest
from qgis.core import QgsRectangle, QgsSettings, QgsVectorLayer
address, key, page, box, *names = sys.argv[1:]
application = QgsApplication([], False)
QgsApplication.setPrefixPath("/usr", True)
application.initQgis()
login = ""
if key:
    keeper = QgsApplication.authManager()
    keeper.setMasterPassword("of this test", True)
    kept = QgsAuthMethodConfig("Basic")
    kept.setName("key")
    kept.setConfig("username", "GIS")
    kept.setConfig("password", key)
    keeper.storeAuthenticationConfig(kept)
    login = kept.id()
saved = "qgis/connections-wfs/barometer/"
QgsSettings().setValue(saved + "url", address)
QgsSettings().setValue("qgis/WFS/barometer/version", "OGC_API_FEATURES")
QgsSettings().setValue("qgis/WFS/barometer/authcfg", login)
providers = QgsApplication.dataItemProviderRegistry().providers()
(panel,) = [one for one in providers if one.name() == "WFS"]
(connection,) = panel.createDataItem("", None).createChildren()
listed = [one for one in connection.createChildren() if one.type() == QgsDataItem.Layer]
found = {"listed": {one.name(): one.uri() for one in listed}}
for name in names:
    source = f"typename='{name}' url='{address}' pagingEnabled='true' pageSize='{page}'"
    source += " restrictToRequestBBOX='1'" + (f" authcfg={login}" if login else "")
    layer = QgsVectorLayer(source, name, "OAPIF")
    rows = list(layer.getFeatures()) if layer.isValid() else []
    inside = QgsFeatureRequest().setFilterRect(QgsRectangle(*map(float, box.split(","))))
    found[name] = {
        "valid": layer.isValid(),
        "count": layer.featureCount(),
        "crs": layer.crs().authid(),
        "names": {row["id"]: row["name"] for row in rows},
        "shapes": {row["id"]: row.geometry().asWkt(7) for row in rows},
        "inside": [row["id"] for row in layer.getFeatures(inside)] if rows else [],
    }
print(json.dumps(found))
"""

Found = dict[str, Any]


@pytest.fixture
def template(published: str) -> str:
    return published


@pytest.fixture
def places(store: Store, officer: TestClient) -> list[dict[str, Any]]:
    """What the town sees of a release with hotspots."""
    with store.write() as session:
        release = releases.newest_whole(session, AREA)
        assert release is not None
        content = read_content(release)
        for number, row in enumerate(content["places"]):
            row["state"] = ("confirmed", "watch", "watch", "unknown")[number % 4]
        text, release.content_hash = canonical(content)
        release.content = gzip.compress(text)
    found: list[dict[str, Any]] = officer.get("/api/hotspots").json()["places"]
    return found


def connect(qgis: str, folder: Path, address: str, key: str, box: str, *names: str) -> Found:
    """What QGIS says of a service in its browser, and of some of its layers."""
    run = subprocess.run(
        [qgis, "-c", SCRIPT, address, key, str(PAGE), box, *names],
        capture_output=True, text=True, timeout=120, check=True,
        env={"QT_QPA_PLATFORM": "offscreen", "HOME": str(folder), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    found: Found = json.loads(run.stdout.splitlines()[-1])
    return found


def test_an_analyst_opens_the_layers_of_a_body_with_its_key(
    qgis: str,
    served: str,
    key: str,
    tmp_path: Path,
    places: list[dict[str, Any]],
    open_case: Callable[..., Case],
) -> None:
    case = open_case(answer="A lamp is ordered")
    wanted = {
        "segments": [one for one in places if one["kind"] == "segment"],
        "intersections": [one for one in places if one["kind"] == "intersection"],
        "hotspots": [one for one in places if one["state"] != "unknown"],
    }
    some = wanted["hotspots"][0]
    box = shapely.Point(some["lon"], some["lat"]).buffer(0.001).envelope
    bounds = ",".join(map(str, box.bounds))

    found = connect(qgis, tmp_path, f"{served}/ogc", key, bounds, *wanted, "cases")

    assert found["listed"].keys() == {"Streets", "Crossings", "Hotspots", "Cases"}
    for name, rows in wanted.items():
        layer = found[name]
        assert layer["valid"], name
        assert layer["crs"] in {"EPSG:4326", "OGC:CRS84"}
        assert layer["count"] == len(rows) > PAGE
        assert layer["names"] == {one["id"]: one["name"] for one in rows}
        shapes = {id_: shapely.from_wkt(shape) for id_, shape in layer["shapes"].items()}
        inside = {id_ for id_, shape in shapes.items() if shape.intersects(box)}
        assert set(layer["inside"]) == inside
    inside = set(found["hotspots"]["inside"])
    assert {some["id"]} <= inside < found["hotspots"]["names"].keys()
    assert found["cases"]["count"] == 1
    assert found["cases"]["names"].keys() == {str(case.id)}


def test_anybody_opens_the_streets_of_an_edition(
    qgis: str, served: str, here: Installation, tmp_path: Path
) -> None:
    folder = folder_of(here.settings, make_edition(here, AREA))
    rows = edition_rows(folder)
    (file,) = folder.glob("*.parquet")
    name = f"{file.stem}-segments"

    found = connect(qgis, tmp_path, f"{served}/ogc/", "", "0,0,1,1", name)

    assert [title.partition(": ")[2] for title in found["listed"]] == [
        "Streets (open data)", "Crossings (open data)",
    ]  # fmt: skip
    assert found[name]["valid"]
    assert found[name]["names"] == {
        id_: row["name"] for id_, row in rows.items() if row["kind"] == "segment"
    }
    assert found[name]["count"] == len(found[name]["names"]) > PAGE


def test_without_a_key_or_with_a_wrong_one_no_layer_opens(
    qgis: str, served: str, tmp_path: Path
) -> None:
    for key in ("", "bbk_wrong"):
        found = connect(qgis, tmp_path, f"{served}/ogc", key, "0,0,1,1", "segments")
        assert (found["listed"], found["segments"]["valid"]) == ({}, False)
