"""Speed, lanes and volume of motor traffic: from tags where there are any, else assumed."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from .reference import read_table
from .streets import is_path, road_class

if TYPE_CHECKING:
    from collections.abc import Mapping

KMH_PER_MPH = 1.609344
KMH_PER_KNOT = 1.852
WALKING_KMH = 7.0
UNLIMITED_KMH = 130.0
WIDE_ONE_WAY_M = 4.6
# Furth's 15 feet without parking.
DEFAULT_LANE_M = 1.5
DEFAULT_REACH_M = 4.0
PARKING_M = 2.1
ZONES = {
    "urban": 50.0,
    "rural": 90.0,
    "living_street": 20.0,
    "nsl_single": 97.0,
    "walk": WALKING_KMH,
}
CALM = frozenset({"service", "living_street", "pedestrian"})
MAIN = frozenset({"primary", "secondary", "tertiary"})
NO_PARKING = frozenset({"no", "no_parking", "no_stopping", "separate", "fire_lane"})


@dataclass(frozen=True)
class Traffic:
    """What the stress tables ask of a street."""

    speed_kmh: float
    speed_assumed: bool
    lanes: int
    """Through lanes per direction."""
    lanes_assumed: bool
    oneway: bool
    wide: bool
    centre_line: bool
    volume: float
    """Motor vehicles a day, always assumed."""


@dataclass(frozen=True)
class BikeLane:
    """What the stress tables ask of a cycle lane."""

    width_m: float
    width_assumed: bool
    beside_parking: bool
    parking_assumed: bool

    @property
    def reach_m(self) -> float:
        """Width of the lane and of the parking beside it."""
        return self.width_m + PARKING_M if not self.width_assumed else DEFAULT_REACH_M


def read_traffic(tags: Mapping[str, str], *, oneway: bool) -> Traffic:
    """Return the traffic of a street, from its tags and else from its class."""
    road = road_class(tags)
    tagged_speed, tagged_lanes = posted_speed(tags), lanes_per_direction(tags, oneway=oneway)
    lanes = tagged_lanes or 1
    wide = _is_wide(tags, road)
    centre_line = _has_centre_line(tags, road)
    return Traffic(
        speed_kmh=tagged_speed if tagged_speed is not None else default_speed(road),
        speed_assumed=tagged_speed is None,
        lanes=lanes,
        lanes_assumed=tagged_lanes is None,
        oneway=oneway,
        wide=wide,
        centre_line=centre_line,
        volume=_volume(road, lanes, oneway=oneway, wide=wide, centre_line=centre_line),
    )


def posted_speed(tags: Mapping[str, str]) -> float | None:
    """Return the posted speed in km/h, or None where no tag gives one."""
    for keys in (
        ("maxspeed", "maxspeed:forward", "maxspeed:backward"),
        ("maxspeed:type",), ("zone:traffic",), ("source:maxspeed",), ("zone:maxspeed",),
    ):  # fmt: skip
        speeds = [parse_speed(tags[key]) for key in keys if key in tags]
        known = [speed for speed in speeds if speed is not None]
        if known:
            return max(known)
    return None


def parse_speed(value: str) -> float | None:
    """Return km/h for `50`, `30 mph`, `walk`, `none`, `DE:urban` or `FR:zone30`, else None."""
    value = value.strip().lower()
    if value in {"walk", "none"}:
        return WALKING_KMH if value == "walk" else UNLIMITED_KMH
    number = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph|knots)?", value)
    if number:
        unit = {"mph": KMH_PER_MPH, "knots": KMH_PER_KNOT}.get(number[2] or "", 1.0)
        return float(number[1]) * unit
    zone = re.fullmatch(r"(?:[a-z]{2}:)?(?:zone:?|bicycle_road:?)?(\d+)", value)
    if zone:
        return float(zone[1])
    return ZONES.get(value.split(":")[-1])


def lanes_per_direction(tags: Mapping[str, str], *, oneway: bool) -> int | None:
    """Return the through lanes of the fuller direction, or None where no tag gives them."""
    for keys in (
        ("turn:lanes", "turn:lanes:forward", "turn:lanes:backward"),
        ("lanes:forward", "lanes:backward"),
    ):
        counts = [_count_lanes(tags[key]) for key in keys if key in tags]
        if any(counts):
            return max(counts)
    total = _count_lanes(tags.get("lanes", ""))
    if not total:
        return None
    return total if oneway else math.ceil(total / 2)


def _count_lanes(value: str) -> int:
    if value.isdigit():
        return int(value)
    if "|" not in value:
        return 0
    through = [turn for turn in value.split("|") if turn in {"", "none"} or "through" in turn]
    return max(1, len(through))


@cache
def _default_speeds() -> dict[str, float]:
    lines = read_table("stress_defaults")
    return {line["road_class"]: float(line["speed_kmh"]) for line in lines}


def default_speed(road: str) -> float:
    """Return the speed assumed for a road class without a posted one."""
    return _default_speeds()[road]


def _is_wide(tags: Mapping[str, str], road: str) -> bool:
    width = parse_metres(tags.get("width", ""))
    return road in MAIN if width is None else width >= WIDE_ONE_WAY_M


def _has_centre_line(tags: Mapping[str, str], road: str) -> bool:
    marked = tags.get("lane_markings")
    if marked in {"yes", "no"}:
        return marked == "yes"
    return road in MAIN | {"trunk"} or _count_lanes(tags.get("lanes", "")) > 1


def _volume(road: str, lanes: int, *, oneway: bool, wide: bool, centre_line: bool) -> float:
    """Return vehicles a day as METHOD 9 assumes them."""
    if road in CALM or is_path(road):
        return 100
    if lanes >= 3 or road == "trunk":  # noqa: PLR2004
        return 8001
    if road in MAIN:
        return _main_volume(road, lanes, narrow=oneway and not wide)
    if oneway and lanes == 1:
        return 1001 if wide else 599
    return 2501 if centre_line else 1501


def _main_volume(road: str, lanes: int, *, narrow: bool) -> float:
    if road == "primary" or lanes > 1:
        return 3001
    return 1001 if narrow else 1501


def parse_metres(value: str) -> float | None:
    """Return metres for `3`, `3.5 m` or `12'`, else None."""
    number = re.fullmatch(r"(\d+(?:[.,]\d+)?)\s*(m|ft|')?", value.strip())
    if not number:
        return None
    metres = float(number[1].replace(",", "."))
    return metres * 0.3048 if number[2] in {"ft", "'"} else metres


def bike_lane(tags: Mapping[str, str]) -> BikeLane:
    """Return width and parking of the cycle lanes of a street, the narrowest that is tagged."""
    sides = ("", ":both", ":right", ":left")
    widths = [parse_metres(tags.get(f"cycleway{side}:width", "")) for side in sides]
    known = [width for width in widths if width is not None]
    parking = [
        value
        for side in (":both", ":right", ":left")
        for key in (f"parking:lane{side}", f"parking{side}")
        if (value := tags.get(key))
    ]
    return BikeLane(
        width_m=min(known, default=DEFAULT_LANE_M),
        width_assumed=not known,
        beside_parking=any(value not in NO_PARKING for value in parking),
        parking_assumed=not parking,
    )
