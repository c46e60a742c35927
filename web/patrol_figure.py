"""The map of a patrol plan as SVG: its places with their numbers, in lines that need no colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from geo.crs import WGS84, to_metres

from .figures import fit_frame, scale_bar
from .marks import mark_points, spread
from .paper import INK, PAPER, Frame, stroke, text_line
from .street_map import (
    beside_marks,
    draw_ground,
    framed,
    north_arrow,
    on_paper,
    street_lines,
    street_names,
    whole_streets,
)
from .translation import translations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from geo.network import Network

WIDTH_MM, HEIGHT_MM = 180.0, 205.0
MARK_MM, RING_MM = 2.8, 2.4
EDGE_MM = 15.0
BESIDE_MM = 5.0
"""How far a number stands from its place, which it would hide, to the right and up."""


def patrol_figure(
    places: Mapping[int, shapely.Geometry],
    network: Network,
    ground: Mapping[str, gpd.GeoDataFrame],
    *,
    language: str,
) -> str:
    """Return the map around numbered places, crossings and streets; its text is drawn, not read.

    `ground` holds the layers green and water of the base map; all is in WGS 84.
    """
    _ = translations(language).gettext
    at = to_metres(gpd.GeoSeries([*places.values()], crs=WGS84))
    frame = _framed_within(at)
    streets = whole_streets(network, at, frame)
    points = mark_points(at.to_frame("geometry"), frame)
    beside = np.array([BESIDE_MM, -BESIDE_MM])
    marks = spread(points + beside, np.empty((0, 2)), frame)
    arrow = shapely.box(WIDTH_MM - 11, 0, WIDTH_MM, 17)
    taken = [*beside_marks(np.vstack([points, marks]), MARK_MM + 0.6, frame), arrow]
    body = [
        *draw_ground(ground, at, frame),
        *street_lines(streets, frame),
        *_here(at.to_numpy(), points, frame),
        *street_names(on_paper(streets, frame), frame, sizes=(2.7, 2.3), taken=taken),
        *scale_bar(frame),
        *north_arrow(frame, _),
        text_line(WIDTH_MM - 1.5, HEIGHT_MM - 1.6, _("© OpenStreetMap contributors, ODbL"),
                  size=2.4, anchor="end", halo=True),
        *_numbers(list(places), points, marks),
    ]  # fmt: skip
    return framed(body, frame)


def _framed_within(shapes: gpd.GeoSeries) -> Frame:
    """Return the frame of the paper with its edge kept free for numbers, arrow and bar."""
    inner = fit_frame(shapes, WIDTH_MM - 2 * EDGE_MM, HEIGHT_MM - 2 * EDGE_MM)
    edge_m = EDGE_MM / inner.mm_per_metre
    west, north = inner.west - edge_m, inner.north + edge_m
    return Frame(west, north, inner.mm_per_metre, WIDTH_MM, HEIGHT_MM)


def _here(shapes: np.ndarray, points: np.ndarray, frame: Frame) -> Iterator[str]:
    """Draw where the places are: a black line along a street, a ring around a crossing."""
    for shape, (x, y) in zip(shapes, points, strict=True):
        if shape.geom_type == "LineString":
            line = np.array([shape], dtype=object)
            yield stroke(line, frame, PAPER, 2.8)
            yield stroke(line, frame, INK, 1.6)
        else:
            ring = f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{RING_MM}" fill="none"'
            yield f'{ring} stroke="{PAPER}" stroke-width="2"/>'
            yield f'{ring} stroke="{INK}" stroke-width="0.9"/>'


def _numbers(numbers: list[int], points: np.ndarray, marks: np.ndarray) -> Iterator[str]:
    """Draw each number in a black disc, with a line to its place."""
    for (x, y), (to_x, to_y) in zip(points, marks, strict=True):
        for colour, width in ((PAPER, 1.2), (INK, 0.5)):
            yield (
                f'<path d="M{x:.2f} {y:.2f}L{to_x:.2f} {to_y:.2f}" stroke="{colour}" '
                f'stroke-width="{width}"/>'
            )
    for number, (x, y) in zip(numbers, marks, strict=True):
        yield (
            f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{MARK_MM}" fill="{INK}" stroke="{PAPER}" '
            'stroke-width="0.5"/>'
            + text_line(x, y + 1.15, str(number), size=3.3, anchor="middle", bold=True, color=PAPER)
        )
