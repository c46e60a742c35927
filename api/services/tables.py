"""A release, its cases and the official crashes as flat tables, by the columns of `web.columns`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from api.store.authorities import Case
from geo.crs import WGS84
from web.columns import Column, case_columns, place_columns

from .areas import LoadedArea
from .case_states import ENDED
from .read_release import Published

Record = dict[str, Any]
DTYPES = {
    "string": "string", "integer": "Int64", "number": "float64", "boolean": "boolean",
    "date": "object",
}  # fmt: skip
SHARES = ("forward", "backward", "before_school", "after_school")
PLACES = tuple(column.name for column in place_columns(str))
CASES = tuple(column.name for column in case_columns(str))


def place_record(row: Mapping[str, Any]) -> Record:
    """Return what a release nests as one row: a GIS has no columns within columns."""
    flat = dict(row) | {f"passages_{share}": row["passages_by"].get(share) for share in SHARES}
    flat["assumptions"] = " ".join(row["assumptions"])
    for counted in ("reasons", "schools"):
        flat[counted] = " ".join(f"{code}:{count}" for code, count in row[counted].items())
    return {name: flat[name] for name in PLACES}


def place_frame(release: Published, area: LoadedArea) -> gpd.GeoDataFrame:
    """Return the places of a release in its order, with their lines and points."""
    records = [place_record(row) for row in release.places]
    geometry = [
        place_geometry(area, row["id"]) or shapely.Point(row["lon"], row["lat"])
        for row in release.places
    ]
    return gpd.GeoDataFrame(typed(records, place_columns(str)), geometry=geometry, crs=WGS84)


def case_record(case: Case, names: Mapping[str, str], today: date) -> Record:
    """Return a case as everybody of staff may see it, without notes and history."""
    places = case.places or [case.place_id]
    flat = {name: getattr(case, name, None) for name in CASES} | {
        "places": " ".join(places),
        "name": names.get(places[0], ""),
        "owner": case.owner,
        "overdue": is_overdue(case, today),
    }
    return {name: flat[name] for name in CASES}


def is_overdue(case: Case, today: date) -> bool:
    """Return whether the day a case was due has passed and nobody has closed it."""
    return case.due_on is not None and case.due_on < today and case.state not in ENDED


def distinct_cases(cases: Mapping[str, Case]) -> list[Case]:
    """Return cases known by place, each once, in the order of their numbers."""
    return sorted({case.id: case for case in cases.values()}.values(), key=lambda case: case.id)


def case_frame(cases: Iterable[Case], area: LoadedArea, today: date) -> gpd.GeoDataFrame:
    """Return cases at the middle of their first place; one the streets no longer have is left out.

    Its place is part of an older network, so nobody can say where it would lie today.
    """
    names = area.network.places["name"]
    at = [(case, place_middle(area, case.place_id)) for case in cases]
    known = [(case, point) for case, point in at if point is not None]
    records = [case_record(case, names, today) for case, _ in known]
    geometry = [point for _, point in known]
    return gpd.GeoDataFrame(typed(records, case_columns(str)), geometry=geometry, crs=WGS84)


def place_geometry(area: LoadedArea, place_id: str) -> shapely.Geometry | None:
    """Return the line or point of a place, None if the network has no such place."""
    return area.shapes.get(place_id)


def place_middle(area: LoadedArea, place_id: str) -> shapely.Point | None:
    """Return the middle of a place, None if the network has no such place."""
    shape = place_geometry(area, place_id)
    if isinstance(shape, shapely.LineString):
        return shape.interpolate(0.5, normalized=True)
    return shape


def typed(records: Iterable[Record], columns: Sequence[Column]) -> pd.DataFrame:
    """Return rows with the types of their columns, also where nothing at all is known."""
    frame = pd.DataFrame(list(records), columns=[column.name for column in columns])
    return frame.astype({column.name: DTYPES[column.type] for column in columns})
