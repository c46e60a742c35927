"""Level of traffic stress 1–4 by Furth's criteria, from OSM tags alone, with what was assumed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from .countries import GENERIC
from .reference import read_table
from .streets import is_oneway, is_path, road_class
from .traffic import (
    LANE_WIDTH,
    PARKING,
    PATH_OF_COUNTRY,
    VOLUME,
    BikeLane,
    Traffic,
    bike_lane,
    read_traffic,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .countries import Country

KMH_PER_MPH = 1.609344
FEET_PER_METRE = 3.28084
SLOW_CROSSING_KMH = 62
LONG_SIGNAL_M = 30
MANY_LANES = 4
LOWEST, HIGHEST = 1, 4

MIXED = "mixed"
LANE = "bikelane_no_parking_width_ft"
LANE_BESIDE_PARKING = "bikelane_beside_parking_reach_ft"


# A class of its own, never "stress 4": a motorway, or where bicycles are forbidden.
NOT_RIDEABLE = "not rideable"
# Motorcycles at arm's length are not calm, and slow and few enough not to be worse.
AMONG_MOTORCYCLES = 2


@dataclass(frozen=True)
class Stress:
    """A level of traffic stress with what no tag gave, out of how many inputs."""

    level: int
    assumptions: tuple[str, ...] = ()
    """Of `geo.traffic.ASSUMPTIONS`."""
    inputs: int = 0

    @property
    def assumed(self) -> float:
        """Share of the inputs that no tag gave."""
        return len(self.assumptions) / self.inputs if self.inputs else 0.0


def route_stress(levels: Iterable[int | None]) -> int | None:
    """Return the stress of a route: that of its worst element.

    A level is None where the element is not rideable; then the route is not either.
    """
    found = list(levels)
    known = [level for level in found if level is not None]
    return max(known) if found and len(known) == len(found) else None


def segment_stress(tags: Mapping[str, str], facility: str, country: Country = GENERIC) -> Stress:
    """Return the stress of riding along a street with the facility it has.

    Tracks and paths are 1 whatever runs beside them, but for paths that motorcycles use. For a
    lane the width (or the reach, beside parked cars) decides, in mixed traffic the volume; both
    with lanes and posted speed.

    References
    ----------
    Furth (2022), Level of Traffic Stress Criteria, version 2.2.
    """
    road = road_class(tags)
    if is_path(road):
        return _path_stress(tags, road, country)
    if facility in {"path", "track"} or road == "pedestrian":
        return Stress(LOWEST)
    oneway = is_oneway(tags)
    traffic = read_traffic(tags, oneway=oneway, country=country)
    if facility == "lane":
        found = _lane_stress(bike_lane(tags, oneway=oneway, country=country), traffic)
        if found:
            return found
    level = table_stress(MIXED, mixed_lanes(traffic), traffic.volume, traffic.speed_kmh)
    # No tag of OSM gives a volume: it is always assumed.
    return Stress(level, (*traffic.assumptions, VOLUME), 3)


def _path_stress(tags: Mapping[str, str], road: str, country: Country) -> Stress:
    barred = "no" in {tags.get("motor_vehicle"), tags.get("motorcycle")}
    if barred or not country.carries_motorcycles(road):
        return Stress(LOWEST)
    return Stress(AMONG_MOTORCYCLES, (PATH_OF_COUNTRY,), 1)


def mixed_lanes(traffic: Traffic) -> str:
    """Return the row of the mixed-traffic table."""
    if traffic.lanes >= 3:  # noqa: PLR2004  # the table's own words
        return "3plus_thru_lanes_per_dir"
    if traffic.lanes == 2:  # noqa: PLR2004
        return "2_thru_lanes_per_dir"
    if traffic.oneway and not traffic.wide:
        return "narrow_1way_1lane"
    if traffic.oneway or traffic.centre_line:
        return "2way_1lane_each_centerline_or_wide_1way_1lane"
    return "unlaned_2way"


def _lane_stress(lane: BikeLane, traffic: Traffic) -> Stress | None:
    if lane.beside_parking:
        table, row, amount = LANE_BESIDE_PARKING, _parking_lanes(traffic), lane.reach_m
    else:
        table, row, amount = LANE, _lane_lanes(traffic), lane.width_m
    feet = amount * FEET_PER_METRE
    if feet < min(least for least, _, _ in _rows()[table, row]):
        return None  # a lane in the door zone: Furth has it as mixed traffic
    level = table_stress(table, row, feet, traffic.speed_kmh)
    flags = {LANE_WIDTH: lane.width_assumed, PARKING: lane.parking_assumed}
    assumed = (code for code, is_assumed in flags.items() if is_assumed)
    return Stress(level, (*traffic.assumptions, *assumed), 4)


def _lane_lanes(traffic: Traffic) -> str:
    rows = {
        1: "1_thru_lane_per_dir_or_contraflow",
        2: "2_thru_lanes_per_dir",
    }
    return rows.get(traffic.lanes, "3plus_lanes_per_dir")


def _parking_lanes(traffic: Traffic) -> str:
    if traffic.lanes == 1:
        return "1_thru_lane_per_dir_or_contraflow"
    if traffic.oneway:
        return "1way_multilane"
    return "2way_2_lanes_per_dir" if traffic.lanes == 2 else "other_2way_multilane"  # noqa: PLR2004


@cache
def table_stress(table: str, row: str, amount: float, speed_kmh: float) -> int:
    """Return one cell of Furth's tables: the last line whose lower limits are reached.

    `amount` is vehicles a day in mixed traffic, else the width or reach in feet.
    """
    cells = _rows()[table, row]
    speed_mph = speed_kmh / KMH_PER_MPH
    least = max(low for low, _, _ in cells if low <= amount)
    column = max(low for _, low, _ in cells if low <= speed_mph)
    # Width tables of one row may have fewer columns: take the last one that is reached there.
    line = [(speed, level) for low, speed, level in cells if low == least and speed <= column]
    return max(line)[1]


@cache
def _rows() -> dict[tuple[str, str], list[tuple[float, float, int]]]:
    rows: dict[tuple[str, str], list[tuple[float, float, int]]] = {}
    for cell in read_table("furth_segments"):
        rows.setdefault((cell["table"], cell["lanes"]), []).append(
            (float(cell["adt_or_width_min"]), float(cell["speed_mph_from"]), int(cell["lts"]))
        )
    return rows


def crossing_stress(*, speed_kmh: float, lanes: int, volume: float, island_m: float = 0.0) -> int:
    """Return the stress of crossing a street without signals.

    Parameters
    ----------
    speed_kmh
        Of the street that is crossed.
    lanes
        All lanes to cross, in both directions.
    volume
        Vehicles a day.
    island_m
        Depth of a refuge in the middle; zero where there is none.

    References
    ----------
    Furth's crossing criteria as coded by BostonCyclistsUnion/StressMap.
    """
    speed = "<=62" if speed_kmh <= SLOW_CROSSING_KMH else ">62"
    island = "none" if island_m <= 0 else "0<depth<1.8m" if island_m < 1.8 else ">=1.8m"  # noqa: PLR2004
    across = "any" if island != "none" else "4+" if lanes >= MANY_LANES else "1-3"
    cells = _crossing_rows()[speed, island, across]
    return max((least, level) for least, level in cells if least <= volume)[1]


@cache
def _crossing_rows() -> dict[tuple[str, str, str], list[tuple[float, int]]]:
    rows: dict[tuple[str, str, str], list[tuple[float, int]]] = {}
    for cell in read_table("furth_crossings"):
        row = (cell["p85_speed_kmh_of_road_crossed"], cell["crossing_island"],
               cell["lanes_crossed"])  # fmt: skip
        rows.setdefault(row, []).append((float(cell["adt_min"]), int(cell["xlts"])))
    return rows


def signal_stress(width_m: float, *, two_stages: bool = False) -> int:
    """Return the stress of crossing with a signal or where all traffic stops.

    It is 1, or 2 where the way across is longer than 30 m or has a stop halfway.
    """
    return 2 if two_stages or width_m > LONG_SIGNAL_M else LOWEST
