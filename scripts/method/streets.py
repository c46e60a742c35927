"""Section 9 by hand: the stress of the place, from the tags of its arms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.intersections import ISLAND_M, clusters
from geo.stress import MIXED, crossing_stress, mixed_lanes, table_stress
from web.assumptions import assumption_words

from .figures import table

if TYPE_CHECKING:
    from geo.chains import Street
    from geo.intersections import Cluster

    from .example import Example

LANES_IN_WORDS = {
    "unlaned_2way": "two ways, no centre line",
    "narrow_1way_1lane": "narrow, one way, one lane",
    "2way_1lane_each_centerline_or_wide_1way_1lane": "one lane each way, or one wide one way",
    "2_thru_lanes_per_dir": "two lanes per direction",
    "3plus_thru_lanes_per_dir": "three or more lanes per direction",
}


def stress(example: Example) -> dict[str, object]:
    """Return the arms of the place with the cell of Furth's table of each."""
    found = clusters(example.streets, example.streets.chains())
    place = next(cluster for cluster in found if cluster.id == example.place)
    words = assumption_words(str)
    tags = example.network.places.loc[example.place, "assumptions"]
    columns = (
        "arm", "lanes", "posted km/h", "vehicles a day (assumed)", "riding up", "assumed",
        "crossing it",
    )  # fmt: skip
    return {
        "arms": table(columns, _arms(place)),
        "level": int(example.exposed["stress"]),
        "place_type": place.type,
        "assumptions": "; ".join(f"`{one}` ({words[one]})" for one in tags) or "nothing",
        "assumed_percent": round(100 * place.stress.assumed),
        "codes": "; ".join(f"`{one}` ({text})" for one, text in words.items()),
    }


def _arms(place: Cluster) -> list[tuple[object, ...]]:
    streets = {id(arm.street): arm.street for arm in place.arms if not arm.is_foot}
    lines = {(*_arm(street), _crossing(place, street)): None for street in streets.values()}
    return sorted(lines, key=str)


def _arm(street: Street) -> tuple[object, ...]:
    name = f"{street.name or 'unnamed'} ({street.road_class}/{street.facility})"
    level = street.stress.level
    if street.is_path or street.facility in {"path", "track"} or street.road_class == "pedestrian":
        return name, "apart from traffic", "–", "–", level, "–"
    traffic = street.traffic
    row = mixed_lanes(traffic)
    cell = table_stress(MIXED, row, traffic.volume, traffic.speed_kmh)
    if cell != level or street.facility == "lane":
        lanes = f"cycle lane beside {LANES_IN_WORDS[row]}"
    else:
        lanes = LANES_IN_WORDS[row]
    assumed = ", ".join(f"`{one}`" for one in street.stress.assumptions) or "–"
    return name, lanes, f"{traffic.speed_kmh:g}", f"{traffic.volume:,.0f}", level, assumed


def _crossing(place: Cluster, street: Street) -> str:
    if street.is_path:
        return "–"
    if place.is_signalised and not place.is_roundabout:
        return "1 or 2: signals"
    traffic = street.traffic
    return str(crossing_stress(
        speed_kmh=traffic.speed_kmh, lanes=traffic.all_lanes, volume=traffic.volume,
        island_m=ISLAND_M if place.island else 0.0,
    ))  # fmt: skip
