"""The numbered places and the school on a map, pushed apart until every number can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from .paper import INK, PAPER, Frame, text_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd

# Shape and colour together, so that the states differ on a grey print too.
LOOKS = {
    "confirmed": ("circle", "#8b0f1a", "#8b0f1a", "#ffffff"),
    "watch": ("square", "#f0a04b", "#9a4b00", "#1b1b1b"),
    "unknown": ("circle", "#ffffff", "#5c6370", "#1b1b1b"),
}
MARK_MM = 5.0


def mark_points(places: gpd.GeoDataFrame, frame: Frame) -> np.ndarray:
    """Return where each place is on paper: the point itself, or the middle of a segment."""
    middles = [
        shape.interpolate(0.5, normalized=True) if shape.geom_type == "LineString" else shape
        for shape in places.geometry
    ]
    return frame.to_paper(shapely.get_coordinates(middles).reshape(-1, 2))


def spread(points: np.ndarray, school: np.ndarray, frame: Frame) -> np.ndarray:
    """Push marks apart that would cover each other; the school stays where it is."""
    angle = np.arange(len(points)) * 2.4
    # Two places at one point need some direction to part in.
    marks = points + 0.01 * np.column_stack([np.cos(angle), np.sin(angle)])
    distance = MARK_MM * 1.08
    for _round in range(80):
        every = np.vstack([marks, school])
        apart = marks[:, None] - every[None]
        length = np.hypot(apart[..., 0], apart[..., 1])
        np.fill_diagonal(length, np.inf)
        overlap = np.clip(distance - length, 0, None)
        if not overlap.any():
            break
        away = apart / np.maximum(length, 1e-9)[..., None]
        marks = marks + (np.where(np.isfinite(away), away, 0) * overlap[..., None]).sum(axis=1) / 2
        edge = MARK_MM / 2 + 0.5
        marks = np.clip(marks, edge, (frame.width - edge, frame.height - edge))
    return marks


def place_marks(
    places: gpd.GeoDataFrame, points: np.ndarray, school: np.ndarray, frame: Frame
) -> Iterator[str]:
    """Draw the numbered places, the first on top, with a line to where each one is."""
    marks = spread(points, school, frame)
    for (x, y), (mark_x, mark_y) in zip(points, marks, strict=True):
        if np.hypot(x - mark_x, y - mark_y) > 1:
            yield (
                f'<path d="M{x:.2f} {y:.2f}L{mark_x:.2f} {mark_y:.2f}" stroke="{INK}" '
                f'stroke-width="0.25"/><circle cx="{x:.2f}" cy="{y:.2f}" r="0.6"/>'
            )
    drawn = zip(places["rank"], places["state"], marks, strict=True)
    for rank, state, (x, y) in sorted(drawn, key=lambda mark: -mark[0]):
        yield mark(x, y, state, str(rank))


def mark(x: float, y: float, state: str, text: str) -> str:
    """Draw one mark, in the look of its state, with `text` in it."""
    shape, fill, edge, ink = LOOKS[state]
    style = f'fill="{fill}" stroke="{edge}" stroke-width="0.4"'
    r = MARK_MM / 2 - 0.2
    body = (
        f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{r}" {style}/>'
        if shape == "circle"
        else f'<rect x="{x - r + 0.2:.2f}" y="{y - r + 0.2:.2f}" width="{2 * r - 0.4}" '
        f'height="{2 * r - 0.4}" rx="0.5" {style}/>'
    )
    halo = f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{MARK_MM / 2 + 0.25}" fill="{PAPER}"/>'
    return (
        halo + body + text_line(x, y + 1.0, text, size=2.8, anchor="middle", bold=True, color=ink)
    )


def school_mark(x: float, y: float) -> str:
    """Draw a flag on a dark square."""
    return (
        f'<g transform="translate({x:.2f} {y:.2f})">'
        f'<rect x="-2.9" y="-2.9" width="5.8" height="5.8" rx="1" fill="{PAPER}"/>'
        f'<rect x="-2.5" y="-2.5" width="5" height="5" rx="0.8" fill="{INK}"/>'
        f'<path d="M-1.1 -1.7V1.7M-1.1 -1.5L1.5 -0.6L-1.1 0.3" fill="{PAPER}" stroke="{PAPER}" '
        'stroke-width="0.35" stroke-linejoin="round" stroke-linecap="round"/></g>'
    )
