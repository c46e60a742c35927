"""A network to look at: one file that opens by a double click and asks nobody for anything."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from .assets import STATIC
from .inspection_data import inspection_data, page_json
from .maps import inspection_map
from .pages import render

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from geo.network import Network

# Fonts lie in files of their own: a page that is one file has the reader's.
FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}\s*")
# Leaflet's own pictures are of controls that the page does not have.
PICTURE = re.compile(r"url\((?!\s*[\"']?(?:#|data:))[^)]*\)")
STYLES = ("css/style.css", "css/inspection.css")


def inspection_page(
    area: Mapping[str, Any],
    network: Network,
    *,
    left_out: gpd.GeoDataFrame | None,
    base_map: bytes | None,
) -> str:
    """Return the page with everything in it: scripts, styles, values and the base map's tiles.

    `area` has name, title, version, osm_date and bbox; `base_map` is a PMTiles file.
    """
    parts = inspection_map(area)
    scripts = [_text(file) for file in parts.files] + [str(parts.script)]
    style = "\n".join(_style(file) for file in (*parts.styles, *STYLES))
    return render(
        "inspection.html",
        language="en",
        nonce="",
        area=area,
        map=parts,
        scripts=[Markup(script) for script in scripts],  # noqa: S704 - our own files
        style=Markup(style),  # noqa: S704 - our own files
        policy=_policy(scripts, style),
        data=Markup(page_json(inspection_data(network, left_out))),  # noqa: S704 - escaped there
        tiles=base64.b64encode(base_map).decode() if base_map else "",
    )


def _text(address: str) -> str:
    text = (STATIC / address.removeprefix("/static/")).read_text(encoding="utf-8")
    # Nothing of ours says so, a library may: it would end the script in the middle.
    return text.replace("</script", "<\\/script")


def _style(file: str) -> str:
    text = (STATIC / file.removeprefix("/static/")).read_text(encoding="utf-8")
    return PICTURE.sub("none", FONT_FACE.sub("", text))


def _policy(scripts: list[str], style: str) -> str:
    """Return the policy by which nothing else can run, even if a name slipped through."""
    allowed = " ".join(_hash(script) for script in scripts)
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_hash(style)}; img-src data: blob:; "
        "form-action 'none'; base-uri 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
