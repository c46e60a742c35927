"""Speed, lanes and volume of motor traffic: from tags where there are any, else assumed."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from .countries import GENERIC, country_of_tag
from .reference import read_table
from .streets import AGAINST, FACILITIES, SIDES, is_path, road_class

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .countries import Country

KMH_PER_MPH = 1.609344
KMH_PER_KNOT = 1.852
UNLIMITED_KMH = 130.0
WIDE_ONE_WAY_M = 4.6
# Furth's 15 feet without parking.
DEFAULT_LANE_M = 1.5
DEFAULT_REACH_M = 4.0
PARKING_M = 2.1
CALM = frozenset({"service", "living_street", "pedestrian"})
MAIN = frozenset({"primary", "secondary", "tertiary"})
NO_PARKING = frozenset({"no", "no_parking", "no_stopping", "separate", "fire_lane"})

# What was assumed where no tag says it. Stored with every place: few, and never renamed.
SPEED_OF_COUNTRY, SPEED_OF_CLASS = "speed:country", "speed:class"
LANES, VOLUME = "lanes:default", "volume:class"
LANE_WIDTH, PARKING = "width:default", "parking:default"
ISLAND_DEPTH, PATH_OF_COUNTRY = "island:depth", "path:country"
ASSUMPTIONS = (
    SPEED_OF_COUNTRY, SPEED_OF_CLASS, LANES, VOLUME, LANE_WIDTH, PARKING, ISLAND_DEPTH,
    PATH_OF_COUNTRY,
)  # fmt: skip


@dataclass(frozen=True)
class Traffic:
    """What the stress tables ask of a street."""

    speed_kmh: float
    lanes: int
    """Through lanes per direction, the fuller one."""
    all_lanes: int
    """What one crosses: the lanes of both directions, with those for turning."""
    oneway: bool
    wide: bool
    centre_line: bool
    volume: float
    """Motor vehicles a day, always assumed."""
    assumptions: tuple[str, ...]
    """Of `ASSUMPTIONS`: those that were made for speed and lanes."""


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


def read_traffic(tags: Mapping[str, str], *, oneway: bool, country: Country = GENERIC) -> Traffic:
    """Return the traffic of a street, from its tags and else from its country and class."""
    road = country.traffic_class(road_class(tags))
    speed, speed_assumption = _speed(tags, road, country)
    tagged_lanes = lanes_per_direction(tags, oneway=oneway)
    lanes = tagged_lanes or 1
    wide = _is_wide(tags, road)
    centre_line = _has_centre_line(tags, road)
    return Traffic(
        speed_kmh=speed,
        lanes=lanes,
        all_lanes=_all_lanes(tags, lanes, oneway=oneway),
        oneway=oneway,
        wide=wide,
        centre_line=centre_line,
        volume=_volume(tags, road, lanes, oneway=oneway, wide=wide, centre_line=centre_line),
        assumptions=(*speed_assumption, *([] if tagged_lanes else [LANES])),
    )


def _speed(tags: Mapping[str, str], road: str, country: Country) -> tuple[float, tuple[str, ...]]:
    posted = posted_speed(tags, country)
    if posted is not None:
        return posted, ()
    line = _class_defaults()[road]
    of_country = country.class_kmh(road, line["zone"])
    if of_country is not None:
        return of_country, (SPEED_OF_COUNTRY,)
    return float(line["speed_kmh"]), (SPEED_OF_CLASS,)


def posted_speed(tags: Mapping[str, str], country: Country = GENERIC) -> float | None:
    """Return the posted speed in km/h, or None where no tag gives one."""
    for keys in (
        ("maxspeed", "maxspeed:forward", "maxspeed:backward"),
        ("maxspeed:type",), ("zone:traffic",), ("source:maxspeed",), ("zone:maxspeed",),
    ):  # fmt: skip
        speeds = [parse_speed(tags[key], country) for key in keys if key in tags]
        known = [speed for speed in speeds if speed is not None]
        if known:
            return max(known)
    return None


def parse_speed(value: str, country: Country = GENERIC) -> float | None:
    """Return km/h for `50`, `30 mph`, `walk`, `none`, `DE:urban` or `FR:zone30`, else None.

    A zone is that of the country before the colon, if it has a profile; of an unknown country it
    is the generic one, and without any that of `country`.
    """
    value = value.strip().lower()
    if value == "none":
        return UNLIMITED_KMH
    number = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph|knots)?", value)
    if number:
        unit = {"mph": KMH_PER_MPH, "knots": KMH_PER_KNOT}.get(number[2] or "", 1.0)
        return float(number[1]) * unit
    named, zone = country_of_tag(value)
    limited = re.fullmatch(r"(?:zone:?|bicycle_road:?)?(\d+)", zone)
    if limited:
        in_mph = named is not None and named.zones_in_mph
        return float(limited[1]) * (KMH_PER_MPH if in_mph else 1.0)
    if named is None:
        named = country if zone == value else GENERIC
    return named.zone_kmh(zone)


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


def _all_lanes(tags: Mapping[str, str], lanes: int, *, oneway: bool) -> int:
    total = _count_lanes(tags.get("lanes", ""))
    if total:
        return max(total, lanes)
    both = [_count_lanes(tags.get(f"lanes:{way}", "")) for way in ("forward", "backward")]
    return sum(both) if all(both) else lanes if oneway else 2 * lanes


@cache
def _class_defaults() -> dict[str, dict[str, str]]:
    return {line["road_class"]: line for line in read_table("stress_defaults")}


def _is_wide(tags: Mapping[str, str], road: str) -> bool:
    width = parse_metres(tags.get("width", ""))
    return road in MAIN if width is None else width >= WIDE_ONE_WAY_M


def _has_centre_line(tags: Mapping[str, str], road: str) -> bool:
    marked = tags.get("lane_markings")
    if marked in {"yes", "no"}:
        return marked == "yes"
    return road in MAIN | {"trunk"} or _count_lanes(tags.get("lanes", "")) > 1


def _volume(  # noqa: PLR0913  # each is a column of the table
    tags: Mapping[str, str], road: str, lanes: int, *, oneway: bool, wide: bool, centre_line: bool
) -> float:
    """Return vehicles a day as METHOD 9 assumes them.

    They are the limits of Furth's rows, so that its words hold: two ways without a centre line,
    one lane each way or one wide way, one narrow way.
    """
    if road in CALM or is_path(road):
        return 100
    if lanes >= 3 or road == "trunk":  # noqa: PLR2004
        return 8001
    single = tags.get("lanes") == "1"
    if road in MAIN:
        unlaned = not (oneway or centre_line or single)
        if road == "primary" or lanes > 1 or unlaned:
            return 3001
        return 1001 if oneway and not wide else 1501
    if oneway and lanes == 1:
        return 1001 if wide else 599
    return 599 if single else 2501 if centre_line else 1501


def parse_metres(value: str) -> float | None:
    """Return metres for `3`, `3.5 m` or `12'`, else None."""
    number = re.fullmatch(r"(\d+(?:[.,]\d+)?)\s*(m|ft|')?", value.strip())
    if not number:
        return None
    metres = float(number[1].replace(",", "."))
    return metres * 0.3048 if number[2] in {"ft", "'"} else metres


def bike_lane(tags: Mapping[str, str], *, oneway: bool, country: Country = GENERIC) -> BikeLane:
    """Return width and parking of the cycle lanes of a street, the narrowest that is tagged.

    Only what is on the side of a lane counts: in a one-way street that is the nearside, on which
    the country drives, unless the tags name a side.
    """
    sides = _lane_sides(tags, oneway=oneway, country=country)
    widths = [
        width
        for key in ("", ":both", *(f":{side}" for side in sides))
        if (width := parse_metres(tags.get(f"cycleway{key}:width", ""))) is not None
    ]
    parking = [
        value
        for side in ("both", *sides)
        for key in (f"parking:lane:{side}", f"parking:{side}")
        if (value := tags.get(key))
    ]
    return BikeLane(
        width_m=min(widths, default=DEFAULT_LANE_M),
        width_assumed=not widths,
        beside_parking=any(value not in NO_PARKING for value in parking),
        parking_assumed=not parking,
    )


def _lane_sides(tags: Mapping[str, str], *, oneway: bool, country: Country) -> tuple[str, ...]:
    """Return on which sides of the street, in the direction of its nodes, it has cycle lanes."""
    both = tags.get("cycleway:both", "")
    named = tuple(
        side for side in SIDES if FACILITIES.get(tags.get(f"cycleway:{side}", both)) == "lane"
    )
    if named or not oneway:
        return named or SIDES
    return (country.offside if tags.get("oneway") in AGAINST else country.nearside,)
