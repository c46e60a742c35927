"""The map of recommended ways as SVG: their streets, meeting points, and places to take care."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from geo.crs import WGS84, to_metres

from .care_words import LETTERS
from .figures import FONT, fit_frame, scale_bar
from .marks import school_mark, spread
from .paper import INK, PAPER, Frame, stroke, text_line
from .parents_values import SCHOOL_ZONE_M
from .street_map import (
    beside_marks,
    draw_ground,
    framed,
    on_paper,
    street_lines,
    street_names,
    whole_streets,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from geo.network import Network

    from .parents_values import CarePlace, Meeting, ParentsMap, WayLine

CALM, CARE = "#1f5fa8", "#b34700"
WIDTHS = (1.3, 2.0, 2.9)
"""Of a line in mm, by how many neighbourhoods share the street."""
START_MM, MARK_MM = 1.9, 2.2


def parents_figure(
    shown: ParentsMap,
    ways: gpd.GeoDataFrame,
    network: Network,
    ground: Mapping[str, gpd.GeoDataFrame],
    *,
    size: tuple[float, float],
) -> str:
    """Return the map of `size` mm as SVG; its text is drawn, not read.

    `ways` are corridors (look, width, geometry), `ground` the layers green and water; all is in
    WGS 84.
    """
    width, height = size
    school = shapely.Point(shown.lon, shown.lat)
    shapes = [*ways.geometry, school, *_points(shown)]
    at = to_metres(gpd.GeoSeries(shapes, crs=WGS84))
    frame = fit_frame(at, width, height)
    lines = at.iloc[: len(ways)].to_numpy()
    middle = frame.to_paper(shapely.get_coordinates(at.iloc[len(ways)]))[0]
    marks = frame.to_paper(shapely.get_coordinates(at.iloc[len(ways) + 1 :].to_numpy()))
    streets = whole_streets(network, at, frame)
    taken = beside_marks(np.vstack([middle, marks]), MARK_MM + 0.6, frame)
    body = [
        *draw_ground(ground, at, frame),
        *street_lines(streets, frame),
        *_zone(middle, frame),
        *way_lines(ways["look"].tolist(), ways["width"].tolist(), lines, frame),
        *street_names(on_paper(streets, frame), frame, sizes=(2.6, 2.1), taken=taken),
        *scale_bar(frame),
        text_line(width - 1.5, height - 1.6, "© OpenStreetMap contributors, ODbL", size=2.4,
                  anchor="end", halo=True),
        school_mark(*middle),
        *_marks(shown, marks, middle, frame),
    ]  # fmt: skip
    return framed(body, frame)


def _points(shown: ParentsMap) -> list[shapely.Point]:
    marked: list[WayLine | Meeting | CarePlace] = [*shown.ways, *shown.meetings, *shown.care]
    return [shapely.Point(one.lon, one.lat) for one in marked]


def _zone(middle: np.ndarray, frame: Frame) -> Iterator[str]:
    """Draw the ring of the school zone."""
    x, y = middle
    r = SCHOOL_ZONE_M * frame.mm_per_metre
    yield (
        f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{r:.2f}" fill="#ffe9a8" fill-opacity="0.5" '
        f'stroke="{INK}" stroke-width="0.5" stroke-dasharray="1.6 1"/>'
    )


def way_lines(
    looks: list[str], widths: list[int], shapes: np.ndarray, frame: Frame
) -> Iterator[str]:
    """Draw streets of ways on a white edge, each look with colour and pattern of its own."""
    drawn = [shapely.get_parts(shape) for shape in shapes]
    for width, lines in zip(widths, drawn, strict=True):
        yield stroke(lines, frame, PAPER, WIDTHS[width] + 0.9)
    for look, width, lines in zip(looks, widths, drawn, strict=True):
        mm = WIDTHS[width]
        if look == "care":
            yield _dashed(stroke(lines, frame, CARE, mm), 2.4, mm + 0.9)
        else:
            yield stroke(lines, frame, CALM, mm)
        if look == "map":
            yield _dashed(stroke(lines, frame, PAPER, mm * 0.45), 0.1, mm * 1.1)


def _dashed(path: str, on: float, off: float) -> str:
    # The coordinates of a path are steps of 1/20 mm.
    return path.replace("/>", f' stroke-dasharray="{on * 20:g} {off * 20:g}"/>')


def sample_line(look: str) -> str:
    """Return a line as the legend shows it, as an SVG of 16 by 4 mm."""
    frame = Frame(west=0, north=4, mm_per_metre=1, width=16, height=4)
    line = np.array([shapely.LineString([(1.5, 2), (14.5, 2)])], dtype=object)
    body = "".join(way_lines([look], [1], line, frame))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="16mm" height="4mm" viewBox="0 0 16 4">'
        f"{body}</svg>"
    )


def _marks(
    shown: ParentsMap, points: np.ndarray, school: np.ndarray, frame: Frame
) -> Iterator[str]:
    """Draw where ways begin, meeting points and places to take care, none over another."""
    if not len(points):
        return
    moved = spread(points, school, frame)
    for (x, y), (to_x, to_y) in zip(points, moved, strict=True):
        if np.hypot(x - to_x, y - to_y) > 1:
            yield (
                f'<path d="M{x:.2f} {y:.2f}L{to_x:.2f} {to_y:.2f}" stroke="{INK}" '
                'stroke-width="0.3"/>'
            )
    first, second = len(shown.ways), len(shown.ways) + len(shown.meetings)
    for number, (x, y) in enumerate(moved[:first], start=1):
        yield start_mark(x, y, str(number))
    for letter, (x, y) in zip(LETTERS, moved[first:second], strict=False):
        yield meeting_mark(x, y, letter)
    for number, (x, y) in enumerate(moved[second:], start=1):
        yield care_mark(x, y, str(number))


def start_mark(x: float, y: float, text: str) -> str:
    """Draw where a way begins: a blue number on white."""
    return (
        f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{START_MM}" fill="{PAPER}" stroke="{CALM}" '
        'stroke-width="0.5"/>'
        + text_line(x, y + 0.85, text, size=2.3, anchor="middle", bold=True, color=CALM)
    )


def meeting_mark(x: float, y: float, text: str) -> str:
    """Draw a meeting point: a white letter on a dark square."""
    r = MARK_MM
    return (
        f'<rect x="{x - r:.2f}" y="{y - r:.2f}" width="{2 * r}" height="{2 * r}" rx="0.8" '
        f'fill="{INK}" stroke="{PAPER}" stroke-width="0.5"/>'
        + text_line(x, y + 1.0, text, size=2.8, anchor="middle", bold=True, color=PAPER)
    )


def care_mark(x: float, y: float, text: str) -> str:
    """Draw a place to take care: a number in a triangle."""
    return (
        f'<path d="M{x:.2f} {y - 3.0:.2f}L{x + 2.9:.2f} {y + 2.1:.2f}H{x - 2.9:.2f}Z" '
        f'fill="{PAPER}" stroke="{CARE}" stroke-width="0.7" stroke-linejoin="round"/>'
        + text_line(x, y + 1.5, text, size=2.4, anchor="middle", bold=True, color=CARE)
    )


def sample_mark(kind: str) -> str:
    """Return a mark as the legend shows it, as an SVG of 7 by 7 mm."""
    draw = {"start": start_mark, "meeting": meeting_mark, "care": care_mark}[kind]
    sign = "A" if kind == "meeting" else "1"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="7mm" height="7mm" viewBox="0 0 7 7" '
        f'font-family="{FONT}">{draw(3.5, 3.7, sign)}</svg>'
    )
