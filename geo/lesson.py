"""What a geography class can find out from its map: the streets around a school, and answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .crs import require_metres

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    import shapely

NEAREST_M, FARTHEST_M = 1500.0, 5000.0
BESIDE_SCHOOL_M = 300.0
CALM = 2
"""Up to this level of traffic stress a street is calm."""
FELT_UNSAFE = 0.5
"""Ratings of 5 and worse."""
METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True)
class StreetFacts:
    """What the streets around a school are like, from the map alone.

    `km_by_stress` has every level from 1 to 4; `busy` are the names of streets with a higher
    stress than calm within 300 m of the school.
    """

    km_by_stress: dict[int, float]
    calm_share: float
    busy: tuple[str, ...]


@dataclass(frozen=True)
class PlaceFacts:
    """What a class can read from the places it may see; places are named by their id.

    `most_ridden` are the streets with the highest count, more than one where counts are equal.
    `least_safe` are the places that feel least safe, the worst first. `overlap` tells whether the
    ranges of the first two overlap, None with fewer. `danger_calm` and `danger_busy` are means of
    felt danger at calm places and at others. `calm_but_unsafe` is the calm place that feels least
    safe, `busy_but_fine` the busy one that feels safest: None if there is none on that side of the
    middle of the scale.
    """

    most_ridden: tuple[str, ...]
    most_students: int
    least_safe: tuple[str, ...]
    overlap: bool | None
    danger_calm: float | None
    danger_busy: float | None
    calm_but_unsafe: str | None
    busy_but_fine: str | None
    known_km: float


def streets_around(
    segments: gpd.GeoDataFrame, school: shapely.Point, places: gpd.GeoSeries
) -> gpd.GeoDataFrame:
    """Return the segments around a school, far enough out to hold the places.

    At least 1.5 km and at most 5 km to each side, so that a city does not become a lesson. All in
    WGS 84.
    """
    across = METRES_PER_DEGREE * np.cos(np.radians(school.y))
    reach = NEAREST_M
    if len(places):
        west, south, east, north = places.total_bounds
        reach = max(
            (school.x - west) * across, (east - school.x) * across,
            (school.y - south) * METRES_PER_DEGREE, (north - school.y) * METRES_PER_DEGREE,
        ) + 200  # fmt: skip
    reach = min(max(reach, NEAREST_M), FARTHEST_M)
    x, y = reach / across, reach / METRES_PER_DEGREE
    near = segments.cx[school.x - x : school.x + x, school.y - y : school.y + y]
    return near.reset_index(drop=True)


def street_facts(streets: gpd.GeoDataFrame, school: gpd.GeoSeries) -> StreetFacts:
    """Return what the columns name, stress, length_m and geometry of `streets` say.

    Streets and school are in the same projected CRS.
    """
    require_metres(streets)
    km = (streets.groupby("stress")["length_m"].sum() / 1000).to_dict()
    by_stress = {level: float(km.get(level, 0.0)) for level in range(1, 5)}
    whole = sum(by_stress.values())
    busy = streets[streets["stress"] > CALM]
    beside = busy[busy.distance(school.iloc[0]) <= BESIDE_SCHOOL_M]
    calm = sum(length for level, length in by_stress.items() if level <= CALM)
    return StreetFacts(
        km_by_stress=by_stress,
        calm_share=calm / whole if whole else 0.0,
        busy=tuple(sorted({name for name in beside["name"] if name})),
    )


def place_facts(places: pd.DataFrame, known_km: float) -> PlaceFacts:
    """Return what `places` say.

    Parameters
    ----------
    places
        Columns id, kind, students, stress, danger, danger_low, danger_high; danger is NaN where
        too few rated the place.
    known_km
        Length of the streets among them.
    """
    streets = places[places["kind"] == "segment"]
    most = int(streets["students"].max()) if len(streets) else 0
    rated = places[places["danger"].notna()].sort_values(["danger", "id"], ascending=[False, True])
    calm, busy = rated[rated["stress"] <= CALM], rated[rated["stress"] > CALM]
    first_two = rated.head(2)
    return PlaceFacts(
        most_ridden=tuple(streets.loc[streets["students"] == most, "id"]),
        most_students=most,
        least_safe=tuple(rated["id"].head(5)),
        overlap=_overlap(first_two) if len(first_two) > 1 else None,
        danger_calm=float(calm["danger"].mean()) if len(calm) else None,
        danger_busy=float(busy["danger"].mean()) if len(busy) else None,
        calm_but_unsafe=_first(calm[calm["danger"] > FELT_UNSAFE]),
        busy_but_fine=_first(busy[busy["danger"] < FELT_UNSAFE].iloc[::-1]),
        known_km=known_km,
    )


def _overlap(two: pd.DataFrame) -> bool:
    """Return whether the ranges of two places, the worse first, share a value."""
    return bool(two["danger_low"].iloc[0] <= two["danger_high"].iloc[1])


def _first(places: pd.DataFrame) -> str | None:
    return str(places["id"].iloc[0]) if len(places) else None
