"""The sheet of a convoy: map, stops with times, what to mind, and what every ride must keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import shapely
from babel.dates import format_date
from babel.numbers import format_decimal

from geo.crs import WGS84, to_metres

from .figures import fit_frame, scale_bar
from .marks import school_mark
from .paper import PAPER, Frame, stroke, text_line
from .scale import scales
from .street_map import (
    beside_marks,
    draw_ground,
    framed,
    on_paper,
    street_lines,
    street_names,
    whole_streets,
)
from .translation import translations
from .typesetting import typeset
from .words import place_title

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date, time

    import numpy as np

    from geo.network import Network

    Words = Callable[[str], str]

WIDTH_MM, HEIGHT_MM = 180.0, 110.0
LINE, MIND = "#1f5fa8", "#8b0f1a"
LINE_MM = 1.7
STOP_MM = 2.3
LETTERS = "ABC"


class StopLine(NamedTuple):
    """A stop, when the convoy leaves it, and how far it still is."""

    name: str
    lon: float
    lat: float
    leaves: time
    ahead_m: int


class Mind(NamedTuple):
    """A place on the way that deserves care."""

    name: str
    kind: str
    danger: float | None
    stress: int
    lon: float
    lat: float


@dataclass(frozen=True)
class ConvoySheet:
    """What the sheet says."""

    language: str
    simulated: bool
    school: str
    number: int
    members: int
    at_least: int
    adults: int
    riders: int
    """How many students an adult leads at most."""
    length_m: int
    stops: tuple[StopLine, ...]
    arrival: time
    bell: time
    mind: tuple[Mind, ...]
    release_number: int
    release_day: date


def convoy_sheet(
    sheet: ConvoySheet,
    network: Network,
    ground: Mapping[str, gpd.GeoDataFrame],
    *,
    line: shapely.LineString,
    school: shapely.Point,
) -> bytes:
    """Return one sheet of A4 as PDF/UA-1.

    `ground` holds the layers green and water of the base map; all is in WGS 84.
    """
    catalogue = translations(sheet.language)
    _, ngettext = catalogue.gettext, catalogue.ngettext
    title = _("Convoy {n} to {school}").format(n=sheet.number, school=sheet.school)
    day = format_date(sheet.release_day, format="long", locale=sheet.language)
    data = {
        "language": sheet.language,
        "author": "Bicycle Barometer",
        "title": title,
        "simulated": _("Simulated data: made by a program, not by students.")
        if sheet.simulated
        else "",
        "heading": title,
        "facts": [
            _("At least {n} students").format(n=sheet.members),
            ngettext("{n} adult or trainer", "{n} adults or trainers", sheet.adults).format(
                n=sheet.adults
            ),
            _("{km} km").format(km=_km(sheet.length_m, sheet.language)),
            _("At school at {arrival}, lessons begin at {bell}").format(
                arrival=_clock(sheet.arrival), bell=_clock(sheet.bell)
            ),
        ],
        "map": convoy_figure(sheet, network, ground, line=line, school=school),
        "map-alt": _(
            "Map of the convoy's way to {school} with its numbered stops. The table that follows "
            "lists the same stops."
        ).format(school=sheet.school),
        "stops": _stops(sheet, _),
        "mind": {
            "title": _("Take care here"),
            "items": [
                {"letter": letter, "text": _mind(place, _)}
                for letter, place in zip(LETTERS, sheet.mind, strict=False)
            ],
            "none": _("No place on this way is known to be worse. That does not mean it is safe."),
        },
        "rules": {"title": _("What this ride keeps to"), "items": _rules(sheet, _)},
        "adults": _("Adults who ride along:"),
        "footer": _("Release {number} of {day}").format(number=sheet.release_number, day=day),
        "attribution": _("© OpenStreetMap contributors, ODbL"),
    }
    return typeset("convoy.typ", data, day=sheet.release_day)


def _stops(sheet: ConvoySheet, _: Words) -> dict[str, object]:
    rows = [
        [str(n), _clock(stop.leaves), _stop_name(stop.name, _),
         _("{km} km").format(km=_km(stop.ahead_m, sheet.language))]
        for n, stop in enumerate(sheet.stops, start=1)
    ]  # fmt: skip
    return {
        "title": _("Stops"),
        "header": ["#", _("Leaves at"), _("Where"), _("Still to ride")],
        "rows": [*rows, ["", _clock(sheet.arrival), sheet.school or "?", "–"]],
    }


def _mind(place: Mind, _: Words) -> str:
    felt = (
        scales(_)["danger"].band(place.danger).words
        if place.danger is not None
        else _("too few ratings")
    )
    return _("{name}: {felt}, traffic stress {stress} of 4").format(
        name=place_title({"name": place.name, "kind": place.kind}, _),
        felt=felt,
        stress=place.stress,
    )


def _rules(sheet: ConvoySheet, _: Words) -> list[str]:
    rules = [
        _("Wait at the stops, off the road. The convoy leaves on time."),
        _("An adult rides where all can be seen. The slowest sets the pace."),
        _("Everybody obeys the traffic rules. At a place that feels wrong, get off and walk."),
        _(
            "Every street of this way is ridden by at least {n} of the students anyway. The stops "
            "are public crossings: nobody's address is known, and none belongs on this sheet."
        ).format(n=sheet.at_least),
    ]
    if sheet.adults > 1:
        rules.insert(
            2,
            _("It leaves as {n} groups of at most {riders} students, each with an adult.").format(
                n=sheet.adults, riders=sheet.riders
            ),
        )
    return rules


def _stop_name(name: str, _: Words) -> str:
    return place_title({"name": name, "kind": "intersection"}, _)


def _clock(moment: time) -> str:
    return f"{moment:%H:%M}"


def _km(metres: float, language: str) -> str:
    return format_decimal(metres / 1000, format="0.0", locale=language)


def convoy_figure(
    sheet: ConvoySheet,
    network: Network,
    ground: Mapping[str, gpd.GeoDataFrame],
    *,
    line: shapely.LineString,
    school: shapely.Point,
) -> str:
    """Return the way of a convoy on a map, as an SVG; its text is drawn, not read."""
    stops = [shapely.Point(stop.lon, stop.lat) for stop in sheet.stops]
    mind = [shapely.Point(place.lon, place.lat) for place in sheet.mind]
    at = to_metres(gpd.GeoSeries([line, school, *stops, *mind], crs=WGS84))
    frame = fit_frame(at, WIDTH_MM, HEIGHT_MM)
    streets = whole_streets(network, at, frame)
    points = frame.to_paper(shapely.get_coordinates(at.iloc[1:].to_numpy()))
    stop_points, mind_points = points[1 : 1 + len(stops)], points[1 + len(stops) :]
    way = at.iloc[:1].to_numpy()
    body = [
        *draw_ground(ground, at, frame),
        *street_lines(streets, frame),
        stroke(way, frame, PAPER, LINE_MM * 1.8),
        stroke(way, frame, LINE, LINE_MM),
        *_names(streets, points, way[0], frame),
        *scale_bar(frame),
        text_line(WIDTH_MM - 1.5, HEIGHT_MM - 1.6, "© OpenStreetMap contributors, ODbL", size=2.4,
                  anchor="end", halo=True),
        school_mark(*points[0]),
        *(_triangle(x, y, letter) for letter, (x, y) in zip(LETTERS, mind_points, strict=False)),
        *(_disc(x, y, str(n)) for n, (x, y) in enumerate(stop_points, start=1)),
    ]  # fmt: skip
    return framed(body, frame)


def _names(
    streets: gpd.GeoDataFrame, points: np.ndarray, way: shapely.LineString, frame: Frame
) -> Iterator[str]:
    """Write the names of streets, beside the marks."""
    named = on_paper(streets, frame)
    near = shapely.transform(way, frame.to_paper)
    # Names on the way would hide it.
    kept = named[~named.within(near.buffer(1.5))]
    taken = beside_marks(points, STOP_MM + 1, frame)
    return street_names(kept, frame, sizes=(2.6, 2.2), taken=taken)


def _disc(x: float, y: float, text: str) -> str:
    return (
        f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{STOP_MM}" fill="{PAPER}" stroke="{LINE}" '
        f'stroke-width="0.7"/>' + text_line(x, y + 1.0, text, size=2.8, anchor="middle", bold=True)
    )


def _triangle(x: float, y: float, text: str) -> str:
    # Beside the place, so that it covers neither the way nor a stop at the same crossing.
    x, y = x + 4.6, y - 4.6
    return (
        f'<path d="M{x - 4.6:.2f} {y + 4.6:.2f}L{x:.2f} {y:.2f}" stroke="{MIND}" '
        f'stroke-width="0.4"/><path d="M{x:.2f} {y - 3.4:.2f}L{x + 3.2:.2f} {y + 2.1:.2f}'
        f'H{x - 3.2:.2f}Z" fill="{PAPER}" stroke="{MIND}" stroke-width="0.7" '
        'stroke-linejoin="round"/>'
        + text_line(x, y + 1.4, text, size=2.8, anchor="middle", bold=True, color=MIND)
    )
