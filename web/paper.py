"""Drawing on paper: millimetres, lines and words as SVG."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

# Coordinates are whole steps of 1/20 mm, which no eye or office printer resolves, and which keeps
# a town below 200 kB.
STEPS = 20
INK, PAPER = "#1d2733", "#ffffff"


@dataclass(frozen=True)
class Frame:
    """The piece of the plane that the paper shows; y grows downwards on paper."""

    west: float
    north: float
    mm_per_metre: float
    width: float
    height: float

    def to_paper(self, coordinates: np.ndarray) -> np.ndarray:
        """Return (n, 2) metres as (n, 2) millimetres."""
        return (coordinates - (self.west, self.north)) * (self.mm_per_metre, -self.mm_per_metre)


def round_length(frame: Frame) -> int:
    """Return the longest 1, 2 or 5 times a power of ten, in metres, in a quarter of the width."""
    longest = frame.width / 4 / frame.mm_per_metre
    round_ones = [d * int(10**p) for p in range(7) for d in (1, 2, 5)]
    return max(metres for metres in round_ones if metres <= longest)


def path_data(lines: np.ndarray, frame: Frame) -> str:
    """Return lines in metres as the data of one SVG path, in steps and relative."""
    coordinates, line = shapely.get_coordinates(lines, return_index=True)
    steps = np.rint(frame.to_paper(coordinates) * STEPS).astype(int)
    first = np.r_[True, line[1:] != line[:-1]] if len(line) else np.zeros(0, bool)
    moved = np.r_[steps[:1], np.diff(steps, axis=0)]
    kept = first | (moved != 0).any(axis=1)
    return "".join(
        f"M{x} {y}" if start else f"l{dx} {dy}"
        for start, (x, y), (dx, dy) in zip(first[kept], steps[kept], moved[kept], strict=True)
    )


def stroke(lines: np.ndarray, frame: Frame, color: str, width: float) -> str:
    """Draw lines in metres, `width` mm wide."""
    return (
        f'<path transform="scale({1 / STEPS})" d="{path_data(lines, frame)}" fill="none" '
        f'stroke="{color}" stroke-width="{width * STEPS:g}" stroke-linecap="round" '
        'stroke-linejoin="round"/>'
    )


def text_line(  # noqa: PLR0913 - what a line of text needs
    x: float,
    y: float,
    text: str,
    *,
    size: float,
    anchor: str = "start",
    bold: bool = False,
    color: str = INK,
    halo: bool = False,
) -> str:
    """Return one line of text; its words are the catalogue's or numbers, escaped all the same."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    where = f'x="{x:.2f}" y="{y:.2f}" font-size="{size}" text-anchor="{anchor}"'
    weight = ' font-weight="700"' if bold else ""
    edge = f' stroke="{PAPER}" stroke-width="0.8" stroke-linejoin="round"'
    # The edge is a copy beneath, because not every renderer knows paint-order.
    below = f'<text {where}{weight} fill="{PAPER}"{edge}>{escaped}</text>' if halo else ""
    return f'{below}<text {where}{weight} fill="{color}">{escaped}</text>'
