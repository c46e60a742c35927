"""The map for those who draw at home on paper: streets around the school, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import WGS84, BBox, to_metres

from .marks import school_mark
from .paper import INK, PAPER, Frame, round_length, text_line
from .street_map import (
    PATHS,
    draw_ground,
    framed,
    joined_streets,
    north_arrow,
    on_paper,
    seen,
    street_lines,
    street_names,
)
from .translation import translations
from .typesetting import typeset

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from geo.network import Network

Paper = Literal["a4", "a3"]

RADII_M = (1500, 3000)
SIZES_MM: Mapping[Paper, tuple[float, float]] = {"a4": (200.0, 184.0), "a3": (318.0, 271.0)}
"""Width and height of the map on each paper."""
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
        *draw_ground(ground, centre, frame),
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
