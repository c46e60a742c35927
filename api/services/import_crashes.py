"""Import official crashes into an area: read, shown before it happens, all of it or nothing."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from api.store import areas, audit, crashes
from api.store.engine import Session, Store
from api.store.models import Area, User
from geo.crashes.errors import CrashMappingError
from geo.crashes.files import example_values
from geo.crashes.profiles import GENERIC
from geo.crashes.records import Reading
from geo.crashes.survey import Crashes, Survey, read_crashes, survey_files
from geo.errors import GeoError
from geo.network import read_network

from .areas import LoadedArea
from .locate_crashes import locate_again

logger = logging.getLogger(__name__)

LONGEST_SOURCE = 40
COLUMNS = (
    "year", "crash_id", "severity", "n_fatal", "n_serious", "n_slight", "bicycle", "child", "hour",
    "weekday", "distance_m",
)  # fmt: skip


@dataclass(frozen=True)
class Order:
    """What somebody wants imported, and how."""

    area_id: str
    reading: Reading
    source: str = ""
    """Under which name the crashes will stand; empty for that of the profile."""


@dataclass(frozen=True)
class CrashImport:
    """An import that was prepared and can be looked at: nothing is stored yet."""

    area_id: str
    version: str
    """The version of the network on which the crashes were located."""
    source: str
    crashes: Crashes
    replaces: Mapping[int, int]
    """Crashes stored now of each year of the files: they go when these come."""


@dataclass(frozen=True)
class FilesRead:
    """What files are, their crashes on a network or why they have none, and what columns hold."""

    survey: Survey
    found: Crashes | GeoError
    examples: Mapping[str, str]
    """A value of each column, of files that follow no profile."""

    @property
    def crashes(self) -> Crashes:
        """Return the crashes, or raise what keeps the files from being read."""
        if isinstance(self.found, GeoError):
            raise self.found
        return self.found


def read_files(
    paths: Sequence[tuple[Path, str]], reading: Reading, folder: Path, shape: BaseGeometry
) -> FilesRead:
    """Read files on the network that lies in `folder`.

    It needs nothing but files, so that it can be done by another process.
    """
    survey = survey_files(paths, reading)
    examples: dict[str, str] = {}
    found: Crashes | GeoError
    try:
        if survey.profile is None:
            for file in survey.files:
                examples |= example_values(file)
        found = read_crashes(survey, reading, read_network(folder), shape)
    except GeoError as error:
        found = error
    return FilesRead(survey, found, examples)


def prepare_import(
    store: Store, area: Area, version: str, found: Crashes, order: Order
) -> CrashImport:
    """Say what an import would replace; nothing is stored.

    `version` is that of the network on which the crashes were located.

    Raises
    ------
    CrashMappingError
        If nobody says who gave the files.
    """
    profile = found.preview.profile
    name = check_source(order.source or ("" if profile == GENERIC else profile))
    with store.read() as session:
        stored = crashes.summary(session, area.id)
    now = {one.year: one.rows for one in stored if one.source == name}
    replaces = {year: now.get(year, 0) for year in found.preview.years}
    return CrashImport(area.id, version, name, found, replaces)


def check_source(name: str) -> str:
    """Return the name of a source if it can stand in a table and an address.

    Raises
    ------
    CrashMappingError
        If it is empty, too long, or holds signs that cannot be seen.
    """
    text = name.strip()
    if not text or len(text) > LONGEST_SOURCE or not text.isprintable():
        raise CrashMappingError(
            f"expected the name of the source, at most {LONGEST_SOURCE} letters: who gave the file"
        )
    return text


def import_crashes(store: Store, user: User | None, ready: CrashImport, loaded: LoadedArea) -> int:
    """Store a prepared import in the place of what the source had for its years.

    Raises
    ------
    CrashesOutsideAreaError
        If none of the crashes lies inside the area; then nothing changes.
    """
    ready.crashes.require_some()
    years = ready.crashes.preview.years
    with store.write() as session:
        crashes.replace(session, ready.area_id, ready.source, years, _rows(ready.crashes.frame))
        area = areas.find(session, ready.area_id)
        if area is not None and area.version != ready.version:
            # The area was imported anew while the files were read.
            locate_again(session, ready.area_id, loaded.network)
        audit.record(
            session,
            user.id if user else None,
            "import crashes",
            f"area {ready.area_id}",
            source=ready.source,
            years=f"{min(years)}-{max(years)}",
            crashes=ready.crashes.preview.inside,
        )
    logger.info("imported %d crashes of %s", ready.crashes.preview.inside, ready.area_id)
    return ready.crashes.preview.inside


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    plain = frame[list(COLUMNS)].astype(object).where(frame[list(COLUMNS)].notna(), None)
    points = shapely.points(frame["lon"].to_numpy(), frame["lat"].to_numpy())
    places = frame["place"].astype(object).where(frame["place"].notna(), None)
    return [
        {**{str(name): _plain(value) for name, value in row.items()}, "location": point,
         "place_id": place}
        for row, point, place in zip(plain.to_dict("records"), points, places, strict=True)
    ]  # fmt: skip


def _plain(value: object) -> object:
    return value.item() if hasattr(value, "item") else value


def stored_crashes(session: Session, area_id: str) -> pd.DataFrame:
    """Return the crashes of an area in a fixed order.

    Columns source, year, crash_id, severity ("fatal", "serious", "slight", "injury" = unknown,
    "damage_only"), bicycle and child (missing = not known), hour, weekday, lon, lat, place (None
    = not located), distance_m. A mask of `bicycle` takes a missing value for False.
    """
    rows = crashes.of_area(session, area_id)
    columns = ("source", "year", "crash_id", "severity", "bicycle", "child", "hour", "weekday")
    frame = pd.DataFrame({name: [getattr(row, name) for row in rows] for name in columns})
    points = [row.location for row in rows]
    frame["lon"], frame["lat"] = shapely.get_x(points), shapely.get_y(points)
    frame["place"] = pd.Series([row.place_id for row in rows], dtype=object)
    frame["distance_m"] = pd.Series([row.distance_m for row in rows], dtype=float)
    kinds = {"year": "int64", "bicycle": "boolean", "child": "boolean", "hour": "Int64",
             "weekday": "Int64"}  # fmt: skip
    return frame.astype(kinds)
