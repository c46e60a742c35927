import subprocess
import sys
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("api", "geo", "web")


@pytest.fixture(scope="module")
def wheel_files(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_every_file_of_the_program(wheel_files: set[str]) -> None:
    here = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert here - wheel_files == set()
    assert {"web/static/vendor/leaflet.js", "web/typst/report.typ"} <= wheel_files
    assert any(name.endswith(".csv") for name in wheel_files)


def test_the_wheel_holds_nothing_but_the_program(wheel_files: set[str]) -> None:
    tops = {name.split("/")[0] for name in wheel_files}

    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


def test_no_dependency_claims_our_generic_import_names() -> None:
    owners = packages_distributions()

    assert all(set(owners.get(name, [])) <= {"bicycle-barometer"} for name in PACKAGES)
