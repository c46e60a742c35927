"""A QGIS project over a GeoPackage, and the styles that stand in the file itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from pyproj import CRS

from geo.crs import WGS84, require_metres

from .scale import BLUE, DARK_RED, GREY, ORANGE, scales

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import geopandas as gpd

    Words = Callable[[str], str]

VERSION = "3.22.0-Białowieża"
DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
INK, WHITE = "#1d2733", "#ffffff"
BESIDE_SCHOOL_M = 900.0
LABELLED = 10
STREET_MM = {"high": 1.8, "middle": 1.3, "low": 0.9}
CROSSING_MM = {"high": 4.0, "middle": 3.2, "low": 2.6}
# Never green: a calm street is not a safe one.
STRESS = {1: (BLUE[1], 0.4), 2: (BLUE[0], 0.6), 3: (ORANGE[0], 1.0), 4: (DARK_RED[0], 1.4)}
# Symbols of layers, as QGIS names their properties.
Symbol = tuple[str, str, dict[str, str]]


@dataclass(frozen=True)
class Category:
    """One class of a layer: the value of its column, what the legend says, how it is drawn."""

    value: str
    words: str
    symbol: Symbol


@dataclass(frozen=True)
class ProjectLayer:
    """One layer of the project: its table in the GeoPackage, and how it is drawn.

    Without `column`, which may be an expression, all of it is drawn as the only category.
    """

    table: str
    title: str
    geometry: str
    categories: tuple[Category, ...]
    column: str = ""
    label: str = ""
    shown: bool = True
    key: str = ""
    project: str = "way_to_school"
    always_named: bool = False

    @property
    def id(self) -> str:
        """Return its name inside the project; QGIS takes none of ten letters or fewer."""
        return f"{self.project}_{self.key or self.table}"


def kit_layers(translate: Words) -> tuple[ProjectLayer, ...]:
    """Return the layers of the project, the topmost first."""
    _ = translate
    label = f'CASE WHEN "number" <= {LABELLED} THEN "number" || \' \' || "name" END'
    grey = _("grey: unknown, not safe")
    return (
        ProjectLayer(
            "school", _("School"), "Point", (Category("", "", square(INK, 5.0)),), label='"name"',
            always_named=True,
        ),
        ProjectLayer(
            "crossings", _("Crossings: how they feel"), "Point",
            tuple(_felt(translate, dot)), column="felt", label=label,
        ),
        ProjectLayer(
            "streets", _("Streets: how they feel"), "Line",
            tuple(_felt(translate, line)), column="felt", label=label,
        ),
        ProjectLayer(
            "network", _("Traffic stress"), "Line", tuple(stress_categories(translate)),
            column="stress", shown=False, key="stress",
        ),
        ProjectLayer(
            "network", _("All streets"), "Line",
            (Category("", grey, line(GREY[0], 0.35, dashed=True)),),
        ),
    )  # fmt: skip


def layer_styles(layers: Iterable[ProjectLayer]) -> dict[str, str]:
    """Return the QML document of each table; where two layers show it, that of the last."""
    found = {}
    for layer in layers:
        root = ET.Element(
            "qgis", {"version": VERSION, "styleCategories": "Symbology|Labeling"}
        )  # fmt: skip
        _draw(root, layer)
        found[layer.table] = DOCTYPE + ET.tostring(root, encoding="unicode")
    return found


def qgis_project(
    layers: tuple[ProjectLayer, ...],
    *,
    title: str,
    geopackage: str,
    around: gpd.GeoSeries,
    meanings: Mapping[str, str],
) -> bytes:
    """Return a project for QGIS 3.22 and later that opens `geopackage` beside it.

    Parameters
    ----------
    around
        Where the map opens, in metres, so that the ruler measures metres.
    meanings
        What each column means, shown as its name in forms and tables; empty for plain names.
    """
    require_metres(around)
    root = ET.Element("qgis", {"version": VERSION, "projectname": title})
    ET.SubElement(root, "homePath", {"path": ""})
    ET.SubElement(root, "title").text = title
    _crs(ET.SubElement(root, "projectCrs"), around.crs)
    tree = ET.SubElement(root, "layer-tree-group")
    for layer in layers:
        ET.SubElement(tree, "layer-tree-layer", {
            "id": layer.id, "name": layer.title, "providerKey": "ogr", "expanded": "1",
            "checked": "Qt::Checked" if layer.shown else "Qt::Unchecked",
            "source": _source(geopackage, layer),
        })  # fmt: skip
    _canvas(root, around)
    found = ET.SubElement(root, "projectlayers")
    for layer in layers:
        _layer(found, layer, geopackage, meanings)
    order = ET.SubElement(root, "layerorder")
    for layer in layers:
        ET.SubElement(order, "layer", {"id": layer.id})
    _properties(root, around)
    return (DOCTYPE + ET.tostring(root, encoding="unicode")).encode()


def _layer(
    parent: ET.Element, layer: ProjectLayer, geopackage: str, meanings: Mapping[str, str]
) -> None:
    element = ET.SubElement(
        parent, "maplayer", {"type": "vector", "geometry": layer.geometry, "readOnly": "0"}
    )
    for tag, words in (
        ("id", layer.id), ("datasource", _source(geopackage, layer)), ("layername", layer.title),
    ):  # fmt: skip
        ET.SubElement(element, tag).text = words
    _crs(ET.SubElement(element, "srs"), CRS(WGS84))
    ET.SubElement(element, "provider", {"encoding": "UTF-8"}).text = "ogr"
    _draw(element, layer)
    aliases = ET.SubElement(element, "aliases")
    for number, (column, meaning) in enumerate(meanings.items()):
        ET.SubElement(
            aliases, "alias", {"index": str(number), "field": column, "name": meaning}
        )  # fmt: skip


def _source(geopackage: str, layer: ProjectLayer) -> str:
    return f"./{geopackage}|layername={layer.table}"


def _draw(parent: ET.Element, layer: ProjectLayer) -> None:
    """Add the renderer and the labels of a layer."""
    kind = "categorizedSymbol" if layer.column else "singleSymbol"
    renderer = ET.SubElement(parent, "renderer-v2", {"type": kind, "enableorderby": "0"})
    if layer.column:
        renderer.set("attr", layer.column)
        listed = ET.SubElement(renderer, "categories")
        for number, one in enumerate(layer.categories):
            ET.SubElement(listed, "category", {
                "value": one.value, "symbol": str(number), "label": one.words, "render": "true",
            })  # fmt: skip
    symbols = ET.SubElement(renderer, "symbols")
    for number, one in enumerate(layer.categories):
        _symbol(symbols, str(number), one.symbol)
    if layer.label:
        _label(parent, layer)


def _symbol(parent: ET.Element, name: str, symbol: Symbol) -> None:
    kind, drawn_by, properties = symbol
    element = ET.SubElement(
        parent, "symbol", {"type": kind, "name": name, "alpha": "1", "clip_to_extent": "1"}
    )  # fmt: skip
    layer = ET.SubElement(
        element, "layer", {"class": drawn_by, "enabled": "1", "locked": "0", "pass": "0"}
    )  # fmt: skip
    _options(layer, properties)


def _options(parent: ET.Element, properties: Mapping[str, str]) -> None:
    found = ET.SubElement(parent, "Option", {"type": "Map"})
    for name, value in properties.items():
        ET.SubElement(found, "Option", {"type": "QString", "name": name, "value": value})


def _label(parent: ET.Element, layer: ProjectLayer) -> None:
    """Write the names beside the places, readable on any ground."""
    labeling = ET.SubElement(parent, "labeling", {"type": "simple"})
    settings = ET.SubElement(labeling, "settings", {"calloutType": "simple"})
    style = ET.SubElement(settings, "text-style", {
        "fieldName": layer.label, "isExpression": "1", "fontSize": "9", "fontSizeUnit": "Point",
        "fontFamily": "Noto Sans", "textColor": _rgb(INK), "textOpacity": "1",
        "fontWeight": "75" if layer.always_named else "50",
    })  # fmt: skip
    ET.SubElement(style, "text-buffer", {
        "bufferDraw": "1", "bufferSize": "0.8", "bufferSizeUnits": "MM",
        "bufferColor": _rgb(WHITE), "bufferOpacity": "1",
    })  # fmt: skip
    # 6: around a point, the nearest side first. 2: along a line.
    placement = {"placement": "6", "dist": "1"} if layer.geometry == "Point" else {"placement": "2"}
    ET.SubElement(settings, "placement", {"distUnits": "MM", "placementFlags": "10"} | placement)
    rendering = {"mergeLines": "1", "drawLabels": "1", "obstacle": "1"}
    # The school has its name whatever is in the way.
    always = {"displayAll": "1"} if layer.always_named else {}
    ET.SubElement(settings, "rendering", rendering | always)


def _felt(translate: Words, draw: Callable[[str, float], Symbol]) -> Iterable[Category]:
    _ = translate
    size = STREET_MM if draw is line else CROSSING_MM
    for band in reversed(scales(_)["danger"].bands):
        yield Category(band.key, band.words, draw(band.color, size[band.key]))
    thin = line(GREY[0], 0.6, dashed=True) if draw is line else dot(GREY[0], 2.0)
    yield Category("unknown", _("too few ratings to tell"), thin)


def stress_categories(translate: Words) -> Iterable[Category]:
    """Yield the levels of traffic stress."""
    _ = translate
    words = {1: _("1 calm"), 2: _("2 mostly calm"), 3: _("3 busy"), 4: _("4 very busy")}
    for level, (color, width) in STRESS.items():
        yield Category(str(level), words[level], line(color, width))


def line(color: str, width: float, *, dashed: bool = False) -> Symbol:
    """Return a line `width` millimetres wide."""
    dashes = {"use_custom_dash": "1", "customdash": "3;2", "customdash_unit": "MM"}
    return "line", "SimpleLine", {
        "line_color": _rgb(color), "line_width": f"{width:g}", "line_width_unit": "MM",
        "line_style": "solid", "capstyle": "flat" if dashed else "round", "joinstyle": "round",
    } | (dashes if dashed else {})  # fmt: skip


def dot(color: str, size: float) -> Symbol:
    """Return a disc with a light rim, `size` millimetres wide."""
    return "marker", "SimpleMarker", {
        "name": "circle", "color": _rgb(color), "outline_color": _rgb(WHITE),
        "outline_width": "0.4", "outline_width_unit": "MM", "size": f"{size:g}", "size_unit": "MM",
    }  # fmt: skip


def square(color: str, size: float) -> Symbol:
    """Return a square with a light rim, `size` millimetres wide."""
    return "marker", "SimpleMarker", {
        "name": "square", "color": _rgb(color), "outline_color": _rgb(WHITE),
        "outline_width": "0.6", "outline_width_unit": "MM", "size": f"{size:g}", "size_unit": "MM",
    }  # fmt: skip


def _rgb(color: str) -> str:
    return ",".join(str(int(color[at : at + 2], 16)) for at in (1, 3, 5)) + ",255"


def _crs(parent: ET.Element, crs: CRS) -> None:
    found = ET.SubElement(parent, "spatialrefsys")
    # QGIS reads the definition first, and the code only where it knows its own number for it.
    ET.SubElement(found, "wkt").text = crs.to_wkt()
    ET.SubElement(found, "authid").text = crs.to_string()


def _canvas(root: ET.Element, around: gpd.GeoSeries) -> None:
    canvas = ET.SubElement(root, "mapcanvas", {"name": "theMapCanvas", "annotationsVisible": "1"})
    ET.SubElement(canvas, "units").text = "meters"
    _box(ET.SubElement(canvas, "extent"), around)
    _crs(ET.SubElement(canvas, "destinationsrs"), around.crs)
    view = ET.SubElement(root, "ProjectViewSettings", {"UseProjectScales": "0"})
    box = ET.SubElement(view, "DefaultViewExtent")
    west, south, east, north = around.buffer(BESIDE_SCHOOL_M).total_bounds
    for name, value in (("xmin", west), ("ymin", south), ("xmax", east), ("ymax", north)):
        box.set(name, f"{value:.1f}")
    _crs(box, around.crs)


def _box(parent: ET.Element, around: gpd.GeoSeries) -> None:
    west, south, east, north = around.buffer(BESIDE_SCHOOL_M).total_bounds
    for name, value in (("xmin", west), ("ymin", south), ("xmax", east), ("ymax", north)):
        ET.SubElement(parent, name).text = f"{value:.1f}"


def _properties(root: ET.Element, around: gpd.GeoSeries) -> None:
    """Keep the path to the GeoPackage relative, and let the ruler measure on the Earth."""
    properties = ET.SubElement(root, "properties")
    # Without this QGIS ignores the CRS of the project.
    system = ET.SubElement(properties, "SpatialRefSys")
    ET.SubElement(system, "ProjectionsEnabled", {"type": "int"}).text = "1"
    paths = ET.SubElement(properties, "Paths")
    ET.SubElement(paths, "Absolute", {"type": "bool"}).text = "false"
    measure = ET.SubElement(properties, "Measure")
    ellipsoid = around.crs.ellipsoid.to_json_dict()["id"]
    ET.SubElement(
        measure, "Ellipsoid", {"type": "QString"}
    ).text = f"{ellipsoid['authority']}:{ellipsoid['code']}"
    units = ET.SubElement(properties, "Measurement")
    ET.SubElement(units, "DistanceUnits", {"type": "QString"}).text = "meters"
