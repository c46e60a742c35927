"""Maps of the pages: folium composes them, every foreign asset is dropped, one table says which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import folium
import geopandas as gpd
import shapely
from branca.element import CssLink, Figure, JavascriptLink
from markupsafe import Markup

from geo.crs import BBox

from .assets import static_address
from .care_words import LETTERS
from .draw import (
    ScriptControl,
    base_map,
    check_control,
    convoy_control,
    draw_control,
    hotspot_control,
    inspection_control,
    opening_view,
    parents_control,
    patrol_control,
    place_control,
    rate_control,
    school_control,
    thanks_control,
)
from .parents_values import ParentsMap
from .scale import scale_json, scales
from .tiles import LOWEST_ZOOM

# Assets of stock folium by their name: where they are served from, None for those not needed.
ASSETS: dict[str, str | None] = {
    "leaflet": "/static/vendor/leaflet.js",
    "leaflet_css": "/static/vendor/leaflet.css",
    "jquery": None,
    "bootstrap": None,
    "bootstrap_css": None,
    "awesome_markers": None,
    "awesome_markers_css": None,
    "awesome_rotate_css": None,
    "glyphicons_css": None,
    "awesome_markers_font_css": None,
}

LOWEST = LOWEST_ZOOM + 1
"""Zoom of a map that the lowest level of tiles is drawn at: their sides are 512 pixels long."""
LINK = Markup('<link rel="stylesheet" href="{}">')


class ForeignAssetError(ValueError):
    """A map asks for a file from another host that the table does not know."""


@dataclass(frozen=True)
class MapParts:
    """What a page needs of a map: style files, a box, script files in order, a script."""

    styles: tuple[str, ...]
    body: Markup
    files: tuple[str, ...]
    script: Markup

    @property
    def head(self) -> Markup:
        """Links to the style files, for the head of a page."""
        return Markup("").join(
            LINK.format(static_address(style.removeprefix("/static/"))) for style in self.styles
        )


def asset_address(name: str, url: str) -> str | None:
    """Return the own address of an asset, None if it is not needed."""
    if name in ASSETS:
        return ASSETS[name]
    parts = urlsplit(url)
    if parts.scheme or parts.netloc:
        raise ForeignAssetError(f"asset {name!r} would be loaded from {parts.netloc or url}")
    return url


def draw_map(area: Mapping[str, Any], *, language: str) -> MapParts:
    """Return the map on which a student draws."""
    return _compose(area, draw_control(), language=language)


def rate_map(area: Mapping[str, Any], *, language: str) -> MapParts:
    """Return the map that follows the rating list."""
    return _compose(area, rate_control(), language=language)


def check_map(area: Mapping[str, Any], *, language: str) -> MapParts:
    """Return the map that shows the route as it will be stored."""
    return _compose(area, check_control(), language=language)


def thanks_map(area: Mapping[str, Any], *, language: str) -> MapParts:
    """Return the map that shows a student what is known of the own ride."""
    network = f"{_folder(area)}/network.pmtiles"
    control = thanks_control(network=network, scale=scale_json(scales(str)))
    return _compose(area, control, language=language)


def hotspot_map(
    area: Mapping[str, Any], *, language: str, whole: BBox, view: BBox | None = None
) -> MapParts:
    """Return the map of hotspots, opened on the box `view`, without one on the `whole` streets."""
    network = f"{_folder(area)}/network.pmtiles"
    # The script needs the looks only: the words of the legend stand on the page.
    control = hotspot_control(network=network, lowest=LOWEST, scale=scale_json(scales(str)))
    first = opening_view(bounds=_corners(view or whole))
    return _compose(area, control, language=language, first=first, whole=whole)


def place_map(
    area: Mapping[str, Any], *, lon: float, lat: float, name: str, language: str
) -> MapParts:
    """Return the map of one place."""
    return _compose(area, place_control(center=_lat_lon(lon, lat), name=name), language=language)


def school_map(
    area: Mapping[str, Any], schools: Sequence[Mapping[str, Any]], *, language: str
) -> MapParts:
    """Return the map on which a teacher picks one of the schools (id, name, lon, lat)."""
    return _compose(area, school_control(schools=list(schools)), language=language)


def convoy_map(
    area: Mapping[str, Any], convoys: Sequence[Mapping[str, Any]], *, language: str
) -> MapParts:
    """Return the map of a school's convoys (coordinates, stops)."""
    return _compose(area, convoy_control(convoys=list(convoys)), language=language)


def parents_map(
    area: Mapping[str, Any], ways: gpd.GeoDataFrame, shown: ParentsMap, *, language: str
) -> MapParts:
    """Return the map of the recommended ways to a school."""
    lines = [
        {"look": look, "width": int(width), "parts": _rounded(shape)}
        for look, width, shape in zip(ways["look"], ways["width"], ways.geometry, strict=True)
    ]
    marks: list[dict[str, Any]] = [
        *({"kind": "start", "text": str(n), "at": [one.lon, one.lat]}
          for n, one in enumerate(shown.ways, start=1)),
        *({"kind": "meeting", "text": letter, "at": [one.lon, one.lat]}
          for letter, one in zip(LETTERS, shown.meetings, strict=False)),
        *({"kind": "care", "text": str(n), "at": [one.lon, one.lat]}
          for n, one in enumerate(shown.care, start=1)),
    ]  # fmt: skip
    return _compose(area, parents_control(lines=lines, marks=marks), language=language)


def _rounded(shape: shapely.Geometry) -> list[list[list[float]]]:
    """Return the lines of a shape to the metre."""
    return [shapely.get_coordinates(part).round(5).tolist() for part in shapely.get_parts(shape)]


def patrol_map(
    area: Mapping[str, Any], marks: Sequence[Mapping[str, Any]], *, language: str, whole: BBox
) -> MapParts:
    """Return the map of the numbered places (at: longitude and latitude, text) of a plan."""
    control = patrol_control(marks=[dict(mark) for mark in marks])
    return _compose(area, control, language=language, whole=whole)


def inspection_map(area: Mapping[str, Any]) -> MapParts:
    """Return the map of a network as it was built; what it shows stands in its own page."""
    page = _page(area)
    inspection_control(bounds=_bounds(area)).add_to(page)
    return _parts(page)


def _compose(
    area: Mapping[str, Any],
    control: ScriptControl,
    *,
    language: str,
    first: ScriptControl | None = None,
    whole: BBox | None = None,
) -> MapParts:
    """Return a map; it goes out as far as a whole box needs if one is named."""
    page = _page(area)
    if first is not None:
        first.add_to(page)
    base_map(
        {
            "url": f"{_folder(area)}/basemap.pmtiles",
            "bounds": _bounds(area),
            "language": language,
            "lowest": LOWEST,
            "whole": _corners(whole) if whole else None,
        }
    ).add_to(page)
    control.add_to(page)
    return _parts(page)


def _page(area: Mapping[str, Any]) -> folium.Map:
    west, south, east, north = area["bbox"]
    # One map a page: a fixed id and variable keep the page the same on every request.
    page = folium.Map(
        location=_lat_lon((west + east) / 2, (south + north) / 2),
        tiles=None,
        zoom_start=14,
        min_zoom=0,
        max_zoom=18,
        zoom_control=False,
        attribution_control=False,
    )
    page._name, page._id = "map", "area"  # noqa: SLF001 - folium has no public way to name a map
    return page


def _bounds(area: Mapping[str, Any]) -> list[list[float]]:
    return _corners(BBox(*area["bbox"]))


def _corners(box: BBox) -> list[list[float]]:
    return [_lat_lon(box.west, box.south), _lat_lon(box.east, box.north)]


def _folder(area: Mapping[str, Any]) -> str:
    return f"/areas/{area['name']}/{area['version']}"


def _lat_lon(lon: float, lat: float) -> list[float]:
    """Return the order that Leaflet wants: the only swap of the project's Python."""
    return [lat, lon]


def _parts(page: folium.Map) -> MapParts:
    figure = page.get_root()
    if not isinstance(figure, Figure):
        raise TypeError("a map is composed inside a figure")
    figure.render()
    styles: list[str] = []
    files: list[str] = []
    for name, child in figure.header._children.items():  # noqa: SLF001 - no public access
        if not isinstance(child, CssLink | JavascriptLink):
            continue  # folium's own meta and style tags: they forbid zoom and break the policy
        address = asset_address(name, child.url)
        if address:
            if isinstance(child, CssLink):
                styles.append(address)
            else:
                files.append(address)
    return MapParts(
        styles=tuple(styles),
        body=Markup(figure.html.render()),  # noqa: S704 - folium's box: nothing from people in it
        files=tuple(files),
        script=Markup(figure.script.render()),  # noqa: S704 - values passed through script_json
    )
