"""A map of streets as the sheets on paper draw it: ground, streets, their names, north, edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from geo.crs import WGS84

from .figures import FONT, MAIN_ROADS
from .paper import INK, PAPER, STEPS, Frame, path_data, stroke, text_line
from .street_labels import place_labels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from geo.network import Network

GROUND_COLOURS = {"green": "#e4efdb", "water": "#c9e1ef"}
"""By layer of the base map."""
GROUND_LAYERS = tuple(GROUND_COLOURS)
PATHS = ("path", "footway", "steps", "track", "bridleway", "cycleway")
EDGE, PATH = "#8f979e", "#a3927a"
MAIN_FILL, STREET_FILL = "#fff1c9", "#ffffff"


def seen(frame_of: gpd.GeoDataFrame, centre: gpd.GeoSeries, frame: Frame) -> gpd.GeoDataFrame:
    """Return the rows that are on the paper, in the metres of the paper."""
    west, north = frame.west, frame.north
    east, south = west + frame.width / frame.mm_per_metre, north - frame.height / frame.mm_per_metre
    box = gpd.GeoSeries([shapely.box(west, south, east, north)], crs=centre.crs)
    w, s, e, n = box.to_crs(WGS84).total_bounds
    near = frame_of.cx[w:e, s:n].to_crs(centre.crs)
    return near[near.intersects(box.iloc[0])]


def joined_streets(segments: gpd.GeoDataFrame, crossings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the segments drawn on to the middle of the intersections at their ends.

    Wide intersections lie between segments: without this a street would be cut there, and so
    would its name.
    """
    coordinates = shapely.get_coordinates(crossings.geometry.to_numpy())
    middle = dict(zip(crossings["id"], coordinates, strict=True))
    points, line = shapely.get_coordinates(segments.geometry.to_numpy(), return_index=True)
    number = np.arange(len(segments))
    parts, owners, order = [points], [line], [np.zeros(len(points))]
    for column, side in (("start_intersection", -1), ("end_intersection", 1)):
        there = segments[column].isin(middle.keys()).to_numpy()
        at = [middle[one] for one in segments.loc[there, column]]
        parts.append(np.array(at).reshape(-1, 2))
        owners.append(number[there])
        order.append(np.full(len(at), side))
    whole, owner = np.concatenate(parts), np.concatenate(owners)
    # Stable: the points of a line stay in their order between its two ends.
    along = np.lexsort((np.concatenate(order), owner))
    lines = shapely.linestrings(whole[along], indices=owner[along])
    thin = shapely.simplify(lines, 1.0)
    return segments.set_geometry(gpd.GeoSeries(thin, index=segments.index, crs=segments.crs))


def whole_streets(network: Network, centre: gpd.GeoSeries, frame: Frame) -> gpd.GeoDataFrame:
    """Return the streets that are on the paper, joined at its crossings."""
    crossings = seen(network.intersections, centre, frame)
    return joined_streets(seen(network.segments, centre, frame), crossings)


def draw_ground(
    layers: Mapping[str, gpd.GeoDataFrame], centre: gpd.GeoSeries, frame: Frame
) -> Iterator[str]:
    """Draw the layers green and water."""
    for layer, colour in GROUND_COLOURS.items():
        yield _fill(seen(layers[layer], centre, frame), frame, colour)


def _fill(shapes: gpd.GeoDataFrame, frame: Frame, colour: str) -> str:
    """Fill polygons; what is a line, such as a stream, is drawn."""
    kinds = shapes.geom_type
    polygons = shapes[kinds.isin({"Polygon", "MultiPolygon"})].geometry
    lines = shapes[kinds.isin({"LineString", "MultiLineString"})].explode().geometry
    rings = shapely.get_rings(
        shapely.get_parts(polygons.simplify(0.15 / frame.mm_per_metre).to_numpy())
    )
    return (
        f'<path transform="scale({1 / STEPS})" d="{path_data(rings, frame)}" fill="{colour}" '
        'fill-rule="evenodd"/>' + stroke(lines.to_numpy(), frame, colour, 0.6)
    )


def street_lines(streets: gpd.GeoDataFrame, frame: Frame) -> Iterator[str]:
    """Draw paths as broken lines, streets with both edges, main roads last."""
    wide = min(1.0, max(0.55, frame.mm_per_metre / 0.06))
    lines = streets.geometry
    path = streets["road_class"].isin(PATHS)
    main = streets["road_class"].isin(MAIN_ROADS)
    lane = streets["road_class"].eq("service")
    yield stroke(lines[path].to_numpy(), frame, PATH, 0.3).replace(
        "/>", f' stroke-dasharray="{0.9 * STEPS:g} {0.7 * STEPS:g}"/>'
    )
    yield stroke(lines[lane].to_numpy(), frame, EDGE, 0.7 * wide)
    yield stroke(lines[~path & ~lane].to_numpy(), frame, EDGE, 1.5 * wide)
    yield stroke(lines[main].to_numpy(), frame, EDGE, 2.2 * wide)
    yield stroke(lines[lane].to_numpy(), frame, STREET_FILL, 0.4 * wide)
    yield stroke(lines[~path & ~lane].to_numpy(), frame, STREET_FILL, 1.1 * wide)
    yield stroke(lines[main].to_numpy(), frame, MAIN_FILL, 1.7 * wide)


def on_paper(streets: gpd.GeoDataFrame, frame: Frame) -> gpd.GeoDataFrame:
    """Return streets in millimetres, with what their names need."""
    moved = shapely.transform(streets.geometry.to_numpy(), frame.to_paper)
    named = streets[["name", "road_class"]].assign(geometry=moved)
    return gpd.GeoDataFrame(named, geometry="geometry")


def street_names(
    streets: gpd.GeoDataFrame,
    frame: Frame,
    *,
    sizes: tuple[float, float],
    taken: Sequence[shapely.Polygon],
) -> Iterator[str]:
    """Write the names of streets on paper along them, where nothing else is."""
    w, h = frame.width, frame.height
    within = shapely.box(1.5, 1.5, w - 1.5, h - 1.5)
    for one in place_labels(streets, sizes=sizes, within=within, taken=taken):
        turned = f'transform="translate({one.x:.2f} {one.y:.2f}) rotate({one.turn:.1f})"'
        words = text_line(0, one.size * 0.36, one.name, size=one.size, anchor="middle", halo=True)
        yield f"<g {turned}>{words}</g>"


def beside_marks(marks: np.ndarray, radius: float, frame: Frame) -> list[shapely.Polygon]:
    """Return where marks, scale bar and source stand, which no name may cover."""
    w, h = frame.width, frame.height
    return [
        *(shapely.Point(x, y).buffer(radius) for x, y in marks),
        shapely.box(0, h - 9, w / 4 + 4, h),
        shapely.box(w - 52, h - 5, w, h),
    ]


def north_arrow(frame: Frame, _: Callable[[str], str]) -> Iterator[str]:
    """Draw an arrow to the north."""
    x = frame.width - 6
    yield f'<rect x="{x - 4.5}" y="1" width="9" height="15" rx="1" fill="{PAPER}"/>'
    yield f'<path d="M{x} 2.5L{x + 2.6} 10L{x} 8.4L{x - 2.6} 10Z" fill="{INK}"/>'
    yield text_line(x, 14.2, _("N"), size=3.2, anchor="middle", bold=True)


def framed(body: Iterable[str], frame: Frame) -> str:
    """Return what is drawn in a frame as a whole SVG, cut off at its edge."""
    width, height = frame.width, frame.height
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" '
        f'viewBox="0 0 {width} {height}" font-family="{FONT}" fill="{INK}">'
        f'<defs><clipPath id="frame"><rect width="{width}" height="{height}"/></clipPath></defs>'
        f'<g clip-path="url(#frame)"><rect width="{width}" height="{height}" fill="{PAPER}"/>'
        f'{"".join(body)}</g><rect x="0.2" y="0.2" width="{width - 0.4}" height="{height - 0.4}" '
        f'fill="none" stroke="{EDGE}" stroke-width="0.4"/></svg>'
    )
