"""The maps of a lesson kit as SVG: how the places feel, with the first of them numbered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import shapely

from geo.crs import WGS84

from .figures import FONT, GROUND, draw_streets, fit_frame, scale_bar
from .lesson_layers import place_frame
from .marks import LOOKS, mark, mark_points, place_marks, school_mark
from .paper import INK, PAPER, Frame, stroke, text_line
from .scale import GREY, Band, scales

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .kit_values import KitPlace, LessonKit

    Words = Callable[[str], str]

NUMBERED = 5
MM_PER_PIXEL = 0.22
UNKNOWN_MM = 0.7
ROW_MM = 6.4
LEGEND_MM = 3 * ROW_MM
LETTER_MM = 1.75
"""About how wide a letter of the legend is."""


def felt_map(kit: LessonKit, translate: Words, *, width: float, height: float) -> str:
    """Return how the places of a kit feel, as an SVG of `width` by `height` mm.

    Blue, orange and dark red grow in width; grey is unknown. The text in it is drawn, not read:
    whoever embeds it gives it an alternative text.
    """
    _ = translate
    crs = kit.streets_in_metres.crs
    focus = gpd.GeoSeries([*(place.geometry for place in kit.places), kit.location], crs=WGS84)
    at = focus.to_crs(crs)
    frame = fit_frame(at, width, height - LEGEND_MM)
    school = frame.to_paper(shapely.get_coordinates(at.iloc[-1]))[0]
    first = place_frame(kit.places[:NUMBERED]).to_crs(crs)
    body = [
        *draw_streets(_ground(kit, focus, width / height), frame),
        *_places(kit.places, at, frame, _),
        *scale_bar(frame),
        text_line(
            frame.width - 1.5, frame.height - 1.6, _("© OpenStreetMap contributors"),
            size=2.3, anchor="end", halo=True,
        ),
        school_mark(*school),
        *place_marks(first, mark_points(first, frame), school, frame),
    ]  # fmt: skip
    legend = _legend(set(first["state"]), frame, _, coloured=bool(kit.places))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" '
        f'viewBox="0 0 {width} {height}" font-family="{FONT}" fill="{INK}">'
        f'<defs><clipPath id="frame"><rect width="{width}" height="{frame.height}" rx="1.5"/>'
        f'</clipPath></defs><g clip-path="url(#frame)"><rect width="{width}" '
        f'height="{frame.height}" fill="{GROUND}"/>{"".join(body)}</g>'
        f"{''.join(legend)}</svg>"
    )


def _ground(kit: LessonKit, focus: gpd.GeoSeries, shape: float) -> gpd.GeoDataFrame:
    """Return the streets that a map of this shape around `focus` can show."""
    west, south, east, north = focus.total_bounds
    up = max(north - south, (east - west) / shape) + 0.01
    across = up * shape * 2
    near = kit.network.segments.cx[
        west - across / 2 : east + across / 2, south - up / 2 : north + up / 2
    ]
    return near.to_crs(kit.streets_in_metres.crs)


def _places(
    places: tuple[KitPlace, ...], at: gpd.GeoSeries, frame: Frame, translate: Words
) -> Iterator[str]:
    """Draw streets below crossings, and what feels worst last."""
    bands = scales(translate)["danger"].bands
    shapes = at.iloc[:-1].to_numpy()
    for kind in ("segment", "intersection"):
        for band in (None, *bands):
            chosen = [
                shape
                for place, shape in zip(places, shapes, strict=True)
                if place.kind == kind and _band(place, bands) is band
            ]
            if chosen and kind == "segment":
                color, line = _look(band)
                yield stroke(gpd.GeoSeries(chosen).to_numpy(), frame, color, line)
            else:
                yield from (_dot(shape, band, frame) for shape in chosen)


def _band(place: KitPlace, bands: tuple[Band, ...]) -> Band | None:
    if place.danger is None:
        return None
    return next((band for band in bands if place.danger < band.high), bands[-1])


def _look(band: Band | None) -> tuple[str, float]:
    return (band.color, band.width * MM_PER_PIXEL) if band else (GREY[0], UNKNOWN_MM)


def _dot(point: shapely.Point, band: Band | None, frame: Frame) -> str:
    ((x, y),) = frame.to_paper(shapely.get_coordinates(point))
    color, line = _look(band)
    return (
        f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{line * 0.7:.2f}" fill="{color}" '
        f'stroke="{PAPER}" stroke-width="0.25"/>'
    )


def _legend(states: set[str], frame: Frame, translate: Words, *, coloured: bool) -> Iterator[str]:
    """Explain the lines, then the marks, in as many rows as the words take."""
    _ = translate
    named = {
        "confirmed": _("Confirmed hotspot"), "watch": _("Watch"), "unknown": _("Not enough data"),
    }  # fmt: skip
    bands = scales(_)["danger"].bands if coloured else ()
    items = [
        *((_sample(band), 12.0, band.words) for band in bands),
        (_sample(None), 12.0, _("grey: unknown, not safe")),
        (school_mark(2.9, -0.9), 7.0, _("School")),
        *((mark(2.5, -0.9, state, ""), 6.5, named[state]) for state in LOOKS if state in states),
    ]
    x, y = 0.0, frame.height + 4.6
    for drawing, indent, words in items:
        width = indent + LETTER_MM * len(words)
        if x and x + width > frame.width:
            x, y = 0.0, y + ROW_MM
        yield f'<g transform="translate({x:.2f} {y:.2f})">{drawing}'
        yield text_line(indent, 0, words, size=2.9) + "</g>"
        x += width + 6


def _sample(band: Band | None) -> str:
    color, line = _look(band)
    return (
        f'<path d="M1 -0.9h8" stroke="{color}" stroke-width="{line:.2f}" stroke-linecap="round"/>'
    )
