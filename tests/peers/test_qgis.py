"""QGIS itself opens the projects of a lesson kit and of a release."""

import json
import subprocess
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from starlette.testclient import TestClient

from api.store.models import Campaign

SCRIPT = """
import json, sys
from qgis.core import QgsApplication, QgsMapRendererParallelJob, QgsMapSettings, QgsProject
from qgis.core import QgsVectorLayer
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor
application = QgsApplication([], False)
QgsApplication.setPrefixPath("/usr", True)
application.initQgis()
project = QgsProject.instance()
opened = project.read(sys.argv[1])
tree = project.layerTreeRoot()
shown = [layer for layer in tree.layerOrder() if tree.findLayer(layer.id()).isVisible()]
view = project.viewSettings().defaultViewExtent()
settings = QgsMapSettings()
settings.setLayers(shown)
settings.setDestinationCrs(project.crs())
settings.setTransformContext(project.transformContext())
settings.setOutputSize(QSize(600, 600))
settings.setExtent(view)
settings.setBackgroundColor(QColor("white"))
job = QgsMapRendererParallelJob(settings)
job.start()
job.waitForFinished()
job.renderedImage().save(sys.argv[2])
alone = QgsVectorLayer(sys.argv[3], "alone", "ogr")
print(json.dumps({
    "opened": opened,
    "title": project.title(),
    "metres": not project.crs().isGeographic() and project.crs().isValid(),
    "ellipsoid": project.ellipsoid(),
    "width": view.width(),
    "errors": len(job.errors()),
    "layers": {
        layer.id(): [
            layer.isValid(), layer.featureCount(), layer.renderer().type(), layer.labelsEnabled(),
            layer.attributeAlias(layer.fields().indexOf("name")),
        ]
        for layer in project.mapLayers().values()
    },
    "visible": [layer.id() for layer in shown],
    "alone": [alone.isValid(), alone.renderer().type()],
}))
"""


@pytest.fixture
def template(published: str) -> str:
    return published


@pytest.fixture
def kit(teacher: TestClient, open_class: Callable[..., Campaign], tmp_path: Path) -> Path:
    campaign = open_class()
    archive = teacher.get(f"/teach/campaigns/{campaign.id}/kit.zip").content
    with zipfile.ZipFile(BytesIO(archive)) as folder:
        folder.extractall(tmp_path / "kit")
    return tmp_path / "kit" / f"lesson-kit-{campaign.id}"


def seen(qgis: str, kit: Path) -> dict[str, Any]:
    return looked_at(
        qgis, kit / "way-to-school.qgs", f"{kit / 'way-to-school.gpkg'}|layername=streets"
    )


def looked_at(qgis: str, project: Path, alone: str) -> dict[str, Any]:
    """What QGIS says of a project, which it draws to map.png beside it."""
    folder = project.parent
    run = subprocess.run(
        [qgis, "-c", SCRIPT, str(project), str(folder / "map.png"), alone],
        capture_output=True, text=True, timeout=120, check=True,
        env={"QT_QPA_PLATFORM": "offscreen", "HOME": str(folder), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found


def test_every_layer_of_the_project_is_valid_and_drawn(qgis: str, kit: Path) -> None:
    found = seen(qgis, kit)

    assert found["opened"]
    assert found["errors"] == 0
    assert found["metres"]
    assert found["title"] == "Albert-Einstein-Gymnasium: our way to school"
    assert found["width"] == pytest.approx(1800, rel=0.01)
    layers = found["layers"]
    names = ("school", "crossings", "streets", "stress", "network")
    assert set(layers) == {f"way_to_school_{name}" for name in names}
    assert all(valid and count for valid, count, *_ in layers.values())
    for name in ("crossings", "streets"):
        _valid, _count, renderer, labelled, alias = layers[f"way_to_school_{name}"]
        assert (renderer, labelled) == ("categorizedSymbol", True)
        assert alias == "Name of the street or crossing."
    assert found["visible"] == [
        f"way_to_school_{name}" for name in ("school", "crossings", "streets", "network")
    ]


def test_colours_of_the_picture_are_those_of_the_site(qgis: str, kit: Path) -> None:
    seen(qgis, kit)
    picture = Image.open(kit / "map.png").convert("RGB")
    colours = {colour for _count, colour in picture.getcolors(600 * 600) or []}

    assert {(138, 143, 148), (29, 39, 51)} <= colours  # grey streets, and the school
    assert colours & {(33, 102, 172), (217, 115, 13), (139, 15, 26)}


def test_a_layer_opened_alone_has_its_colours_from_the_file(qgis: str, kit: Path) -> None:
    assert seen(qgis, kit)["alone"] == [True, "categorizedSymbol"]


def test_the_project_of_a_release_opens_with_its_file(
    qgis: str, police: TestClient, tmp_path: Path
) -> None:
    answer = police.get("/hotspots/neubrandenburg.zip")
    with zipfile.ZipFile(BytesIO(answer.content)) as folder:
        folder.extractall(tmp_path)
    (project,) = tmp_path.glob("*/*.qgs")
    (table,) = tmp_path.glob("*/*.gpkg")

    found = looked_at(qgis, project, f"{table}|layername=segments")

    assert (found["opened"], found["errors"], found["metres"]) == (True, 0, True)
    assert found["title"] == "Hotspots in Neubrandenburg"
    assert all(valid for valid, *_ in found["layers"].values())
    # Too few conflicts for a risk: what is shown at first is how it feels.
    assert found["visible"] == [
        f"hotspots_{name}" for name in ("cases", "intersections_danger", "segments_danger")
    ]
    assert found["alone"] == [True, "categorizedSymbol"]
    picture = Image.open(project.parent / "map.png").convert("RGB")
    colours = {colour for _count, colour in picture.getcolors(600 * 600) or []}
    assert colours & {(33, 102, 172), (217, 115, 13), (139, 15, 26)}
