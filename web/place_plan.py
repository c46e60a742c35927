"""The plan of a place: its arms with their names and cycle facilities, lights, and movements."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely
from shapely import ops

from geo.compass import OPPOSITE, Eighth, eighth
from geo.crs import WGS84, to_metres

from .figures import FLOW_COLORS, FONT, MAIN_ROADS, scale_bar
from .paper import INK, PAPER, STEPS, Frame, stroke, text_line
from .street_map import (
    EDGE,
    MAIN_FILL,
    PATHS,
    STREET_FILL,
    north_arrow,
    on_paper,
    seen,
    street_names,
)
from .translation import translations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from geo.network import Network

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
GROUND, CYCLING, HERE = "#eef0f2", FLOW_COLORS[2], "#8b0f1a"
FLOW, FLOW_MM = FLOW_COLORS[3], (0.6, 2.4)
WIDE_M = {"path": 2.6, "service": 4.0, "street": 6.5, "main": 10.0}
"""How wide streets are drawn, main roads last: the map rarely knows it."""
LEAST_M, AROUND_M = 40.0, 28.0
"""Half of what the plan shows at least, and what it shows around the place."""
LIGHTS = ("#8b0f1a", "#d9730d", "#2f6f4f")


@dataclass(frozen=True)
class Arm:
    """A street that leads away from a place; of a street piece its two ends are its arms.

    `rides_in` and `rides_out` count rides in a school year, None where they may not be told.
    """

    letter: str
    id: str
    name: str
    type: str
    facility: str
    towards: Eighth
    outward: shapely.LineString
    rides_in: float | None
    rides_out: float | None


def arms_of(network: Network, place_id: str, rows: Mapping[str, Mapping[str, Any]]) -> list[Arm]:
    """Return the arms of a place, clockwise from the north; none of one the network lacks.

    Parameters
    ----------
    rows
        Places of a release, by id: what may be told of movements stands in "passages_by".
    """
    segments = network.segments
    own = segments[segments["id"].eq(place_id)]
    if len(own):
        street = next(own.itertuples())
        found = [_arm(street, rows, outward=True), _arm(street, rows, outward=False)]
    else:
        outside = segments[segments["within"].isna()]
        leaving = outside[outside["start_intersection"].eq(place_id)]
        arriving = outside[outside["end_intersection"].eq(place_id)]
        found = [_arm(one, rows, outward=True) for one in leaving.itertuples()]
        found += [_arm(one, rows, outward=False) for one in arriving.itertuples()]
    turning = sorted(found, key=lambda arm: (_bearing(arm.outward), arm.id))
    return [replace(arm, letter=letter) for letter, arm in zip(LETTERS, turning, strict=False)]


def place_plan(  # noqa: PLR0913 - one figure, each part of it handed in
    network: Network,
    place_id: str,
    arms: Sequence[Arm],
    *,
    language: str,
    drives_on: str = "right",
    width: float = 92.0,
    height: float = 80.0,
) -> str:
    """Return the plan as an SVG of `width` by `height` mm, north up.

    `drives_on` says on which side of an arm a movement is drawn. The text in it is drawn, not
    read: whoever embeds the figure gives it an alternative text, and explains it with
    `plan_legend`.
    """
    _ = translations(language).gettext
    place = network.places.loc[place_id]
    shape = to_metres(gpd.GeoSeries([place.geometry], crs=WGS84))
    frame = _frame_around(shape, width, height)
    streets = seen(network.segments, shape, frame)
    outward = gpd.GeoSeries([arm.outward for arm in arms], crs=WGS84).to_crs(shape.crs)
    lines = [_on_paper(line, frame) for line in outward]
    middle = frame.to_paper(shapely.get_coordinates(shape.interpolate(0.5, normalized=True)
                            if place["kind"] == "segment" else shape))[0]  # fmt: skip
    letters = [_letter_point(line, frame) for line in lines]
    body = [
        *_streets(streets, frame),
        *_facilities(streets, frame),
        _here(shape.iloc[0], place, frame),
        *_names(streets, frame, letters),
        *_movements(arms, lines, 1 if drives_on == "right" else -1),
        *(_letter(arm.letter, *at) for arm, at in zip(arms, letters, strict=True)),
        *(_lights(*middle) if place["control"] == "signals" else ()),
        *scale_bar(frame),
        *north_arrow(frame, _),
    ]  # fmt: skip
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" '
        f'viewBox="0 0 {width} {height}" font-family="{FONT}" fill="{INK}">'
        f'<defs><clipPath id="plan"><rect width="{width}" height="{height}" rx="1.5"/>'
        f'</clipPath></defs><g clip-path="url(#plan)"><rect width="{width}" height="{height}" '
        f'fill="{GROUND}"/>{"".join(body)}</g></svg>'
    )


def plan_legend(arms: Sequence[Arm], _: Callable[[str], str]) -> list[dict[str, str]]:
    """Return a sample of each line of a plan as SVG, with what it means."""
    shown = [
        (_sample(HERE, "2.4 1.4"), _("this place")),
        (_sample(CYCLING, ""), _("cycle track or path")),
        (_sample(CYCLING, "2.2 1.2"), _("cycle lane")),
        (_sample(CYCLING, "0.2 1.4"), _("shared lane")),
    ]
    if any(arm.rides_in or arm.rides_out for arm in arms):
        shown.append((_drawn(_arrow(shapely.LineString([(0, 2), (8.4, 2)]), 0.5)),
                      _("rides, the wider the more")))  # fmt: skip
    return [{"svg": svg, "words": words} for svg, words in shown]


def _sample(color: str, dash: str) -> str:
    broken = f' stroke-dasharray="{dash}"' if dash else ""
    return _drawn(
        f'<path d="M0.6 2H10.4" stroke="{color}" stroke-width="0.9" '
        f'stroke-linecap="round"{broken}/>'
    )


def _drawn(body: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="11mm" height="4mm" viewBox="0 0 11 4">'
        f"{body}</svg>"
    )


def _arm(street: Any, rows: Mapping[str, Mapping[str, Any]], *, outward: bool) -> Arm:  # noqa: ANN401 - a row of pandas
    """Return the arm that leads along a street, or against it."""
    leads = eighth(street.geometry)
    rides = rows.get(street.id, {}).get("passages_by", {})
    away, back = ("forward", "backward") if outward else ("backward", "forward")
    return Arm(
        letter="",
        id=street.id,
        name=street.name,
        type=street.type,
        facility=street.facility,
        towards=leads if outward else OPPOSITE[leads],
        outward=street.geometry if outward else street.geometry.reverse(),
        rides_in=_yearly(rides.get(back)),
        rides_out=_yearly(rides.get(away)),
    )


def _yearly(thousands: float | None) -> float | None:
    return None if thousands is None else thousands * 1000


def _bearing(line: shapely.LineString) -> float:
    (lon, lat), (to_lon, to_lat) = (line.coords[end][:2] for end in (0, -1))
    east = (to_lon - lon) * np.cos(np.radians((lat + to_lat) / 2))
    return float(np.degrees(np.arctan2(east, to_lat - lat)) % 360)


def _frame_around(shape: gpd.GeoSeries, width: float, height: float) -> Frame:
    west, south, east, north = shape.total_bounds
    half = max(LEAST_M, max(east - west, north - south) / 2 + AROUND_M)
    scale = min(width, height) / (2 * half)
    x, y = (west + east) / 2, (south + north) / 2
    return Frame(x - width / scale / 2, y + height / scale / 2, scale, width, height)


def _on_paper(line: shapely.LineString, frame: Frame) -> shapely.LineString:
    """Return the part of a line that the paper shows, from its start on."""
    whole = shapely.transform(line, frame.to_paper)
    inside = whole.intersection(shapely.box(0, 0, frame.width, frame.height))
    parts = [part for part in shapely.get_parts(inside) if part.geom_type == "LineString"]
    return min(parts, key=lambda part: part.distance(shapely.Point(whole.coords[0])), default=whole)


def _streets(streets: gpd.GeoDataFrame, frame: Frame) -> Iterator[str]:
    """Draw streets with both edges, about as wide as such streets are, main roads last."""
    kinds = streets["road_class"].map(_width_class)
    lines = {kind: streets.geometry[kinds == kind].to_numpy() for kind in WIDE_M}
    for kind, own in lines.items():
        yield stroke(own, frame, EDGE, WIDE_M[kind] * frame.mm_per_metre + 0.5)
    for kind, own in lines.items():
        fill = MAIN_FILL if kind == "main" else STREET_FILL
        yield stroke(own, frame, fill, WIDE_M[kind] * frame.mm_per_metre)


def _width_class(road: str) -> str:
    if road in PATHS:
        return "path"
    if road == "service":
        return "service"
    return "main" if road in MAIN_ROADS else "street"


def _facilities(streets: gpd.GeoDataFrame, frame: Frame) -> Iterator[str]:
    """Draw cycle tracks as lines beside a street, lanes broken within it, shared lanes dotted."""
    for facility, dash, out_m in (("track", "", 0.6), ("lane", "2.2 1.2", -1.1)):
        own = streets[streets["facility"].eq(facility)]
        wide = np.array([WIDE_M[_width_class(road)] for road in own["road_class"]], dtype=float)
        sides = [
            shapely.offset_curve(own.geometry.to_numpy(), side * (wide / 2 + out_m))
            for side in (1, -1)
        ]
        yield _broken(stroke(shapely.get_parts(np.concatenate(sides)), frame, CYCLING, 0.7), dash)
    shared = streets.geometry[streets["facility"].eq("shared")].to_numpy()
    yield _broken(stroke(shared, frame, CYCLING, 0.6), "0.2 1.4")
    path = streets.geometry[streets["facility"].eq("path")].to_numpy()
    yield stroke(path, frame, CYCLING, 0.7)


def _broken(drawn: str, dash: str) -> str:
    if not dash:
        return drawn
    steps = " ".join(f"{float(part) * STEPS:g}" for part in dash.split())
    return drawn.replace("/>", f' stroke-dasharray="{steps}"/>')


def _here(shape: shapely.Geometry, place: Any, frame: Frame) -> str:  # noqa: ANN401 - a row of pandas
    """Mark the place itself: a broken ring around a crossing, a band along a street."""
    if place["kind"] == "segment":
        return _broken(stroke(np.array([shape]), frame, HERE, 0.8), "3 1.6")
    x, y = frame.to_paper(shapely.get_coordinates(shape))[0]
    r = 13.0 * frame.mm_per_metre
    return (
        f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{r:.2f}" fill="none" stroke="{HERE}" '
        'stroke-width="0.7" stroke-dasharray="2.4 1.4"/>'
    )


def _names(
    streets: gpd.GeoDataFrame, frame: Frame, letters: Sequence[tuple[float, float]]
) -> Iterator[str]:
    w, h = frame.width, frame.height
    corners = [shapely.box(0, h - 8, w / 3, h), shapely.box(w - 11, 0, w, 17)]
    marks = (shapely.Point(*at).buffer(3.4) for at in letters)
    yield from street_names(
        on_paper(streets, frame), frame, sizes=(2.8, 2.5), taken=[*corners, *marks]
    )


def _movements(
    arms: Sequence[Arm], lines: Sequence[shapely.LineString], side: int
) -> Iterator[str]:
    """Draw how many ride in and out of each arm, as far as it may be told, wider for more."""
    told = [rides for arm in arms for rides in (arm.rides_in, arm.rides_out) if rides]
    most = max(told, default=0.0)
    for arm, line in zip(arms, lines, strict=True):
        start = min(0.3 * line.length, 12.0)
        piece = ops.substring(line, start, min(start + 13.0, 0.8 * line.length))
        for rides, out in ((arm.rides_out, True), (arm.rides_in, False)):
            if rides and piece.length > 1:
                # y grows downwards on paper: who rides away keeps to its own side.
                shifted = shapely.offset_curve(piece, -side * (1.5 if out else -1.5))
                yield _arrow(shifted if out else shifted.reverse(), rides / most)


def _arrow(line: shapely.LineString, share: float) -> str:
    (x, y), (before_x, before_y) = line.coords[-1], line.interpolate(-1.5).coords[0]
    turn = np.degrees(np.arctan2(y - before_y, x - before_x))
    wide = FLOW_MM[0] + (FLOW_MM[1] - FLOW_MM[0]) * share
    points = "L".join(f"{px:.2f} {py:.2f}" for px, py in line.coords)
    head = 1.3 + wide * 0.7
    return (
        f'<path d="M{points}" fill="none" stroke="{FLOW}" stroke-width="{wide:.2f}"/>'
        f'<path d="M{head:.2f} 0L{-head * 0.3:.2f} {head * 0.8:.2f}V{-head * 0.8:.2f}Z" '
        f'fill="{FLOW}" transform="translate({x:.2f} {y:.2f}) rotate({turn:.1f})"/>'
    )


def _letter_point(line: shapely.LineString, frame: Frame) -> tuple[float, float]:
    at = line.interpolate(min(line.length * 0.85, min(frame.width, frame.height) * 0.4))
    return (
        float(np.clip(at.x, 4, frame.width - 4)),
        float(np.clip(at.y, 4, frame.height - 4)),
    )


def _letter(letter: str, x: float, y: float) -> str:
    words = text_line(x, y + 1.15, letter, size=3.2, anchor="middle", bold=True, color=PAPER)
    return (
        f'<circle cx="{x:.2f}" cy="{y:.2f}" r="2.7" fill="{INK}" stroke="{PAPER}" '
        f'stroke-width="0.4"/>{words}'
    )


def _lights(x: float, y: float) -> Iterator[str]:
    """Draw traffic lights."""
    yield (
        f'<rect x="{x - 1.5:.2f}" y="{y - 3.6:.2f}" width="3" height="7.2" rx="0.8" fill="{INK}" '
        f'stroke="{PAPER}" stroke-width="0.4"/>'
    )
    for step, color in zip((-2.2, 0.0, 2.2), LIGHTS, strict=True):
        yield f'<circle cx="{x:.2f}" cy="{y + step:.2f}" r="0.85" fill="{color}"/>'
