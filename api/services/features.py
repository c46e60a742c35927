"""What an account or a program may read as features: collections, and what is in each."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from api.errors import AreaNotFoundError
from api.store import crashes
from api.store.authorities import ApiKey
from api.store.engine import Store
from api.store.models import Crash, User
from web import feature_documents as documents
from web.columns import case_columns, crash_columns, place_columns
from web.feature_documents import Collection, Document

from .areas import LoadedArea
from .campaigns import today
from .tables import Record, case_record, distinct_cases, place_geometry, place_middle, place_record
from .territory import Territory
from .view_release import View, view_for_key, view_release

DIGITS = 7
"""Decimals of degrees: a centimetre."""
Days = tuple[date | None, date | None]
"""From when to when something is true; None is open."""
COLLECTIONS: dict[str, Collection] = {
    one.id: one
    for one in (
        Collection("segments", ("LineString",), place_columns, documents.segments),
        Collection("intersections", ("Point",), place_columns, documents.intersections),
        Collection("hotspots", ("Point",), place_columns, documents.hotspots),
        Collection("cases", ("Point",), case_columns, documents.cases),
        Collection("crashes", ("Point",), crash_columns, documents.crashes),
    )
}


@dataclass(frozen=True)
class Features:
    """Everything in one collection that somebody may see, in its order."""

    rows: Sequence[Any]
    ids: Sequence[str]
    shapes: NDArray[np.object_]
    days: Sequence[Days]
    record: Callable[[Any], Record]
    """Makes a row what its columns say; only those that are shown need it."""
    texts: dict[str, str] = field(default_factory=dict)
    """By id, those that have been written before: a release never changes."""

    def text(self, at: int) -> str:
        """Return one as a feature of GeoJSON."""
        name = self.ids[at]
        if name not in self.texts:
            self.texts[name] = self._write(at)
        return self.texts[name]

    def _write(self, at: int) -> str:
        shape = shapely.transform(self.shapes[at], lambda xy: xy.round(DIGITS))
        properties = json.dumps(
            self.record(self.rows[at]), ensure_ascii=False, allow_nan=False, default=date.isoformat
        )
        return (
            f'{{"type": "Feature", "id": {json.dumps(self.ids[at])}, '
            f'"geometry": {shapely.to_geojson(shape)}, "properties": {properties}}}'
        )


def view_features(store: Store, who: User | ApiKey, area: str, *, action: str) -> View:
    """Return what an account or a program sees of an area, and record that it was read.

    Raises
    ------
    AreaNotFoundError
        The same for a foreign area and for one that does not exist.
    """
    if isinstance(who, User):
        return view_release(store, who, area, action=action)
    if area not in {"", who.body.area_id}:
        raise AreaNotFoundError(f"no area {area!r}")
    return view_for_key(store, who, action=action)


def collections_of(view: View) -> list[Collection]:
    """Return the collections that exist for somebody: crashes are for the police alone."""
    return [one for one in COLLECTIONS.values() if one.id != "crashes" or view.crashes]


def extent_of(view: View) -> Document:
    """Return where the features of an area are that somebody sees, and since when."""
    day = view.newest.day.isoformat() if view.newest else None
    area = view.territory.polygon or view.area.extent
    return documents.extent([round(one, DIGITS) for one in area.bounds], day, None)


def features_of(store: Store, view: View, area: LoadedArea, name: str) -> Features:
    """Return what is in a collection; before the first release that is nothing."""
    if name == "cases":
        return _cases(view, area)
    if name == "crashes":
        return _crashes(store, view)
    return _places(view, area, name)


def _places(view: View, area: LoadedArea, name: str) -> Features:
    release = view.newest
    rows = release.places if release else []
    chosen = [row for row in rows if _belongs(row, name)]
    middles = name == "hotspots"
    shapes = [
        shapely.Point(row["lon"], row["lat"]) if middles else _shape(row, area) for row in chosen
    ]
    day = release.day if release else today()
    return Features(
        chosen, [row["id"] for row in chosen], _array(shapes), [(day, day)] * len(chosen),
        place_record, _written(*_seen_as(view, area), name),
    )  # fmt: skip


def _seen_as(view: View, area: LoadedArea) -> tuple[str, str, bool, bytes]:
    """Return on what depends how a viewer sees the places of a release."""
    polygon = view.territory.polygon
    release = view.newest.content_hash if view.newest else ""
    return release, area.version, view.crashes, b"" if polygon is None else polygon.wkb


@lru_cache(maxsize=8)
def _written(*_seen: object) -> dict[str, str]:
    """Return where the features that some see in a release are kept once they are written."""
    return {}


def _belongs(row: Mapping[str, Any], name: str) -> bool:
    if name == "hotspots":
        return bool(row["state"] != "unknown")
    return bool(row["kind"] == name.removesuffix("s"))


def _shape(row: Mapping[str, Any], area: LoadedArea) -> BaseGeometry:
    return place_geometry(area, row["id"]) or shapely.Point(row["lon"], row["lat"])


def _cases(view: View, area: LoadedArea) -> Features:
    names, day = area.network.places["name"], today()
    at = [(case, place_middle(area, case.place_id)) for case in distinct_cases(view.cases)]
    known = [(case, point) for case, point in at if point is not None]
    return Features(
        [case for case, _ in known],
        [str(case.id) for case, _ in known],
        _array([point for _, point in known]),
        [(case.opened_on, case.closed_on) for case, _ in known],
        lambda case: case_record(case, names, day),
    )


def _crashes(store: Store, view: View) -> Features:
    with store.read() as session:
        stored = crashes.of_area(session, view.area.id)
    kept = _inside(stored, view.territory)
    return Features(
        kept, [str(crash.id) for crash in kept], _array([crash.location for crash in kept]),
        [(date(crash.year, 1, 1), date(crash.year, 12, 31)) for crash in kept], _crash_record,
    )  # fmt: skip


def _inside(stored: Sequence[Crash], territory: Territory) -> list[Crash]:
    inside = territory.mask(
        (crash.location.x for crash in stored), (crash.location.y for crash in stored)
    )
    return [crash for crash, kept in zip(stored, inside, strict=True) if kept]


def _crash_record(crash: Crash) -> Record:
    return {column.name: getattr(crash, column.name) for column in crash_columns(str)}


def _array(shapes: Sequence[BaseGeometry]) -> NDArray[np.object_]:
    found = np.empty(len(shapes), dtype=object)
    found[:] = shapes
    return found
