"""The map for those who draw at home on paper: streets around the school, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import WGS84, BBox, to_metres

from .figures import FONT, MAIN_ROADS
from .marks import school_mark
from .paper import INK, PAPER, STEPS, Frame, path_data, round_length, stroke, text_line
from .street_labels import place_labels
from .translation import translations
from .typesetting import typeset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from geo.network import Network

Paper = Literal["a4", "a3"]

GROUND_LAYERS = ("green", "water")
RADII_M = (1500, 3000)
SIZES_MM: Mapping[Paper, tuple[float, float]] = {"a4": (200.0, 184.0), "a3": (318.0, 271.0)}
"""Width and height of the map on each paper."""
PATHS = ("path", "footway", "steps", "track", "bridleway", "cycleway")
GROUND, GREEN, WATER = "#ffffff", "#e4efdb", "#c9e1ef"
EDGE, PATH = "#8f979e", "#a3927a"
MAIN_FILL, STREET_FILL = "#fff1c9", "#ffffff"
STREETS_MEET = 3
METRES_PER_DEGREE = 111_000.0


@dataclass(frozen=True)
class MapSheet:
    """What is printed around the map; `day` is the date in the file."""

    language: str
    simulated: bool
    school: str
    campaign: str
    paper: Paper
    radius_m: int
    day: date


def paper_map(
    sheet: MapSheet,
    network: Network,
    ground: Mapping[str, gpd.GeoDataFrame],
    school: shapely.Point,
) -> bytes:
    """Return one landscape sheet as PDF/UA-1: the map around the school, and how to draw on it.

    `ground` holds the layers green and water of the base map.
    """
    _ = translations(sheet.language).gettext
    width, height = SIZES_MM[sheet.paper]
    data = {
        "language": sheet.language,
        "author": "Bicycle Barometer",
        "title": _("Map around {school}").format(school=sheet.school),
        "simulated": _("Simulated data: made by a program, not by students.")
        if sheet.simulated
        else "",
        "paper": sheet.paper,
        "map": area_map(
            network, ground, school, language=sheet.language, radius_m=sheet.radius_m,
            width=width, height=height,
        ),
        "map-width": width,
        "map-alt": _("Map of the streets around {school}, to draw on").format(school=sheet.school),
        "heading": _("Draw your way to school"),
        "school": sheet.school or "?",
        "campaign": sheet.campaign or "?",
        "card": _("Number of your card:"),
        "no-name": _("Do not write your name or address."),
        "steps": [
            _("Start at a corner near you, not at your house."),
            _("Draw the way you really ride, street by street, up to the school, with a pencil."),
            _("Mark in blue where you feel safe, and in red where you do not."),
            _("Put a red cross on every crossing where something nearly happened, or did."),
            _("Bring the map to school. There you type your way in yourself."),
        ],
        "colours": [
            {"colour": "blue", "words": _("blue: safe")},
            {"colour": "red", "words": _("red: not safe")},
        ],
        "destroyed": _(
            "After that the school destroys this paper: nobody else keeps or copies it."
        ),
        "legend": [
            {"sign": "signals", "words": _("crossing with traffic lights")},
            {"sign": "crossing", "words": _("crossing")},
            {"sign": "path", "words": _("path")},
        ],
        "attribution": _("© OpenStreetMap contributors, ODbL"),
    }  # fmt: skip
    return typeset("paper_map.typ", data, day=sheet.day)


def bounds_around(school: shapely.Point, *, radius_m: int, paper: Paper) -> BBox:
    """Return in degrees what is on the map of this radius and paper, and a little more."""
    width, height = SIZES_MM[paper]
    across = radius_m * max(1.0, width / height) * 1.05
    up = radius_m * max(1.0, height / width) * 1.05
    lat = up / METRES_PER_DEGREE
    lon = across / METRES_PER_DEGREE / np.cos(np.radians(min(abs(school.y) + lat, 85)))
    return BBox(school.x - lon, school.y - lat, school.x + lon, school.y + lat)


def area_map(  # noqa: PLR0913 - one figure, each part of it handed in
    network: Network,
    ground: Mapping[str, gpd.GeoDataFrame],
    school: shapely.Point,
    *,
    language: str,
    radius_m: int,
    width: float,
    height: float,
) -> str:
    """Return the map around a school as an SVG of `width` by `height` mm; all is in WGS 84."""
    _ = translations(language).gettext
    centre = to_metres(gpd.GeoSeries([school], crs=WGS84))
    mm_per_metre = min(width, height) / (2 * radius_m)
    frame = Frame(
        west=centre.iloc[0].x - width / mm_per_metre / 2,
        north=centre.iloc[0].y + height / mm_per_metre / 2,
        mm_per_metre=mm_per_metre,
        width=width,
        height=height,
    )
    segments = seen(network.segments, centre, frame)
    crossings = seen(network.intersections, centre, frame)
    streets = joined_streets(segments, crossings)
    body = [
        *(fill_areas(seen(ground[layer], centre, frame), frame, colour)
          for layer, colour in (("green", GREEN), ("water", WATER))),
        *street_lines(streets, frame),
        *_crossings(_of_streets(crossings, streets), frame),
        *_names(streets, frame),
        school_mark(width / 2, height / 2),
        *_scale_bar(frame),
        *north_arrow(frame, _),
        text_line(width - 1.5, height - 1.6, _("© OpenStreetMap contributors, ODbL"), size=2.4,
                  anchor="end", halo=True),
    ]  # fmt: skip
    return framed(body, frame)


def framed(body: Iterable[str], frame: Frame) -> str:
    """Return what is drawn in a frame as a whole SVG, cut off at its edge."""
    width, height = frame.width, frame.height
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" '
        f'viewBox="0 0 {width} {height}" font-family="{FONT}" fill="{INK}">'
        f'<defs><clipPath id="frame"><rect width="{width}" height="{height}"/></clipPath></defs>'
        f'<g clip-path="url(#frame)"><rect width="{width}" height="{height}" fill="{GROUND}"/>'
        f'{"".join(body)}</g><rect x="0.2" y="0.2" width="{width - 0.4}" height="{height - 0.4}" '
        f'fill="none" stroke="{EDGE}" stroke-width="0.4"/></svg>'
    )


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


def fill_areas(shapes: gpd.GeoDataFrame, frame: Frame, colour: str) -> str:
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


def _of_streets(crossings: gpd.GeoDataFrame, streets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return where streets meet, or have lights: at every driveway a mark would hide the map."""
    real = streets[~streets["road_class"].isin((*PATHS, "service"))]
    ends = pd.concat([real["start_intersection"], real["end_intersection"]]).value_counts()
    meeting = crossings["id"].map(ends).fillna(0) >= STREETS_MEET
    return crossings[meeting | crossings["type"].eq("signalised")]


def _crossings(crossings: gpd.GeoDataFrame, frame: Frame) -> Iterator[str]:
    """Mark crossings, those with traffic lights in black."""
    points = frame.to_paper(shapely.get_coordinates(crossings.geometry.to_numpy()))
    size = min(0.6, max(0.35, 10 * frame.mm_per_metre))
    for (x, y), kind in zip(points, crossings["type"], strict=True):
        fill = INK if kind == "signalised" else PAPER
        edge = PAPER if kind == "signalised" else INK
        r = size * (1.5 if kind == "signalised" else 1)
        yield (
            f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{r:.2f}" fill="{fill}" stroke="{edge}" '
            'stroke-width="0.2"/>'
        )


def _names(streets: gpd.GeoDataFrame, frame: Frame) -> Iterator[str]:
    """Write the names of streets along them."""
    middle = shapely.Point(frame.width / 2, frame.height / 2)
    taken = [middle.buffer(4.5), *_corners(frame)]
    return street_names(on_paper(streets, frame), frame, sizes=(2.7, 2.3), taken=taken)


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


def _corners(frame: Frame) -> list[shapely.Polygon]:
    """Return where scale bar, source and arrow stand."""
    w, h = frame.width, frame.height
    return [
        shapely.box(0, h - 9, w / 4 + 4, h),
        shapely.box(w - 56, h - 5, w, h),
        shapely.box(w - 11, 0, w, 17),
    ]


def _scale_bar(frame: Frame) -> Iterator[str]:
    """Draw a bar in two halves, of a round length."""
    metres = round_length(frame)
    length, y = metres * frame.mm_per_metre, frame.height - 4.2
    yield f'<rect x="1" y="{y - 4.6:.2f}" width="{length + 3:.2f}" height="8" fill="{PAPER}"/>'
    for start, fill in ((0, INK), (length / 2, PAPER)):
        yield (
            f'<rect x="{2 + start:.2f}" y="{y:.2f}" width="{length / 2:.2f}" height="1.4" '
            f'fill="{fill}" stroke="{INK}" stroke-width="0.25"/>'
        )
    yield text_line(2, y - 1, "0", size=2.6)
    yield text_line(2 + length, y - 1, f"{metres} m", size=2.6, anchor="end")


def north_arrow(frame: Frame, _: Callable[[str], str]) -> Iterator[str]:
    """Draw an arrow to the north."""
    x = frame.width - 6
    yield f'<rect x="{x - 4.5}" y="1" width="9" height="15" rx="1" fill="{PAPER}"/>'
    yield f'<path d="M{x} 2.5L{x + 2.6} 10L{x} 8.4L{x - 2.6} 10Z" fill="{INK}"/>'
    yield text_line(x, 14.2, _("N"), size=3.2, anchor="middle", bold=True)
