"""The report's map as SVG: streets in grey, cycling flows in blue, and the numbered places."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import geopandas as gpd
import numpy as np
import shapely
from babel.numbers import format_decimal

from geo.crs import to_metres

from .marks import mark, mark_points, place_marks, school_mark
from .paper import INK, PAPER, Frame, round_length, stroke, text_line
from .translation import translations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from geo.network import Network

FLOW_COLORS = ("#9cc3e6", "#5b9bd5", "#2166ac", "#0b3c74")
FLOW_WIDTHS = (0.6, 1.0, 1.5, 2.1)
MAIN_ROADS = ("trunk", "primary", "secondary", "tertiary")
GROUND, GREY_STREET, GREY_MAIN = "#f7f8f9", "#d3d7db", "#b4bac1"
FONT = "Noto Sans Latin, Noto Sans Latin Ext, Noto Sans Greek, Noto Sans Cyrillic, Noto Sans Thai"
SMALLEST_M = 800.0
LEGEND_MM = 13.0


def flow_map(  # noqa: PLR0913 - one figure, each part of it handed in
    network: Network,
    flows: pd.Series[float],
    places: gpd.GeoDataFrame,
    school: shapely.Point,
    *,
    language: str = "en",
    mode: Literal["risk", "perception"] = "risk",
    width: float = 174.0,
    height: float = 205.0,
    around: Literal["all", "places"] = "all",
) -> str:
    """Return the map as an SVG of `width` by `height` mm.

    `flows` holds student trips a week by segment id, only those that may be shown. `places` has
    the columns rank and state. It shows all of them, or is cut out `around` the places and the
    school. Everything is in WGS 84. The text in it is drawn, not read: whoever
    embeds the figure gives it an alternative text.
    """
    _ = translations(language).gettext
    segments = network.segments
    ridden = segments[segments["id"].isin(flows.index)]
    shown = ridden.geometry if around == "all" else ()
    focus = gpd.GeoSeries([*shown, *places.geometry, school], crs=segments.crs)
    west, south, east, north = focus.total_bounds
    # Wide enough to fill the paper whatever its shape, small enough to leave a city's rest alone.
    pad = max(east - west, north - south) + 0.02
    near = to_metres(segments.cx[west - pad : east + pad, south - pad : north + pad])
    frame = fit_frame(focus.to_crs(near.crs), width, height - LEGEND_MM)
    points = mark_points(places.to_crs(near.crs), frame)
    at_school = frame.to_paper(shapely.get_coordinates(focus.to_crs(near.crs).iloc[-1]))[0]
    breaks = _breaks(flows)
    body = [
        *draw_streets(near, frame),
        *_flows(near, network.intersections.to_crs(near.crs), flows, breaks, frame),
        *scale_bar(frame),
        text_line(
            frame.width - 1.5,
            frame.height - 1.6,
            _("© OpenStreetMap contributors"),
            size=2.3,
            anchor="end",
            halo=True,
        ),
        school_mark(*at_school),
        *place_marks(places, points, at_school, frame),
    ]
    legend = _legend(_, breaks, set(places["state"]), mode, frame, language)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" '
        f'viewBox="0 0 {width} {height}" font-family="{FONT}" fill="{INK}">'
        f'<defs><clipPath id="frame"><rect width="{width}" height="{frame.height}" rx="1.5"/>'
        f'</clipPath></defs><g clip-path="url(#frame)"><rect width="{width}" '
        f'height="{frame.height}" fill="{GROUND}"/>{"".join(body)}</g>{"".join(legend)}</svg>'
    )


def fit_frame(focus: gpd.GeoSeries, width: float, height: float) -> Frame:
    """Return the frame around everything in `focus`, with a margin, in the shape of the paper."""
    west, south, east, north = focus.total_bounds
    across, up = max(east - west, SMALLEST_M) * 1.12, max(north - south, SMALLEST_M) * 1.12
    mm_per_metre = min(width / across, height / up)
    return Frame(
        west=(west + east - width / mm_per_metre) / 2,
        north=(south + north + height / mm_per_metre) / 2,
        mm_per_metre=mm_per_metre,
        width=width,
        height=height,
    )


def draw_streets(segments: gpd.GeoDataFrame, frame: Frame) -> Iterator[str]:
    """Draw every street, the main roads wider."""
    west, north = frame.west, frame.north
    east, south = west + frame.width / frame.mm_per_metre, north - frame.height / frame.mm_per_metre
    seen = segments[segments.intersects(shapely.box(west, south, east, north))]
    thin = seen.geometry.simplify(0.05 / frame.mm_per_metre)
    main = seen["road_class"].isin(MAIN_ROADS)
    yield stroke(thin[~main].to_numpy(), frame, GREY_STREET, 0.3)
    yield stroke(thin[main].to_numpy(), frame, GREY_MAIN, 0.6)


def _breaks(flows: pd.Series[float]) -> list[float]:
    """Return up to three round numbers that part the flows into classes.

    A few streets at the school carry most of the trips, so the classes follow the ranks: half of
    the streets in the lowest, one in twenty in the highest.
    """
    if flows.empty:
        return []
    wished = np.quantile(flows, [0.5, 0.8, 0.95])
    steps = np.array([digit * 10.0**power for power in range(7) for digit in (1, 2, 5)])
    nearest = {float(steps[np.abs(np.log(steps / value)).argmin()]) for value in wished}
    return sorted(step for step in nearest if flows.min() < step < flows.max())


def _flows(
    segments: gpd.GeoDataFrame,
    intersections: gpd.GeoDataFrame,
    flows: pd.Series[float],
    breaks: list[float],
    frame: Frame,
) -> Iterator[str]:
    """Draw where students ride, the busiest streets last and widest."""
    ridden = segments[segments["id"].isin(flows.index)]
    centre = intersections.set_index("id").geometry
    lines = np.array([_through(row, centre) for row in ridden.itertuples()], dtype=object)
    classes = np.digitize(flows.loc[ridden["id"]].to_numpy(), breaks)
    for number in range(len(breaks) + 1):
        if (classes == number).any():
            yield stroke(lines[classes == number], frame, *_flow_look(number, breaks))


def _flow_look(number: int, breaks: list[float]) -> tuple[str, float]:
    """Return colour and width of a class; with few classes the strong ones are used."""
    look = number + len(FLOW_COLORS) - 1 - len(breaks)
    return FLOW_COLORS[look], FLOW_WIDTHS[look]


def _through(row: pd.Series, centre: gpd.GeoSeries) -> shapely.LineString:
    """Return a segment drawn on to the middle of the intersections at its ends.

    A wide intersection lies between segments, and would be a hole in a street that is ridden.
    """
    line = list(row.geometry.coords)
    if row.start_intersection in centre.index:
        line.insert(0, centre[row.start_intersection].coords[0])
    if row.end_intersection in centre.index:
        line.append(centre[row.end_intersection].coords[0])
    return shapely.LineString(line)


def scale_bar(frame: Frame) -> Iterator[str]:
    """Draw a bar of a round length, at most a quarter of the width."""
    metres = round_length(frame)
    length, y = metres * frame.mm_per_metre, frame.height - 2.2
    words = f"{metres} m" if metres < 1000 else f"{metres // 1000} km"  # noqa: PLR2004
    yield (
        f'<path d="M2 {y - 1.2}V{y}H{2 + length:.2f}V{y - 1.2}" fill="none" stroke="{PAPER}" '
        'stroke-width="1.4"/>'
        f'<path d="M2 {y - 1.2}V{y}H{2 + length:.2f}V{y - 1.2}" fill="none" stroke="{INK}" '
        'stroke-width="0.4"/>'
    )
    yield text_line(2, y - 2, words, size=2.5, halo=True)


def _ranges(ends: list[str]) -> list[str]:
    """Return the words of the classes between `ends`."""
    if not ends:
        return [""]
    between = [f"{low}–{high}" for low, high in pairwise(ends)]
    return [f"< {ends[0]}", *between, f"{ends[-1]}+"]


def _legend(
    _: Callable[[str], str],
    breaks: list[float],
    states: set[str],
    mode: str,
    frame: Frame,
    language: str,
) -> Iterator[str]:
    """Explain the lines in a first row and the marks in a second."""
    y, x = frame.height + 4.6, 0.0
    yield text_line(x, y, _("Student trips a week:"), size=2.7)
    ends = [format_decimal(value, locale=language) for value in breaks]
    for number, words in enumerate(_ranges(ends)):
        color, line = _flow_look(number, breaks)
        x = 38.0 + number * 30
        yield (
            f'<path d="M{x} {y - 0.9}h9" stroke="{color}" stroke-width="{line}" '
            'stroke-linecap="round"/>'
        )
        yield text_line(x + 11.5, y, words, size=2.7)
    y, x = y + 6.4, 0.0
    yield f'<g transform="translate(2.5 {y - 0.9}) scale(0.8) translate(-2.5 {-(y - 0.9)})">'
    yield school_mark(2.5, y - 0.9) + "</g>"
    yield text_line(6.5, y, _("School"), size=2.7)
    words_of = {
        "confirmed": _("Confirmed hotspot"),
        "watch": _("Watch"),
        "unknown": _("Not enough data"),
    }
    if mode == "perception":
        words_of["unknown"] = _("Felt least safe; not enough data for a risk")
    x = 38.0
    for state in (state for state in words_of if state in states):
        yield mark(x + 2.5, y - 0.9, state, "")
        yield text_line(x + 6.5, y, words_of[state], size=2.7)
        x += 12 + 1.75 * len(words_of[state])
