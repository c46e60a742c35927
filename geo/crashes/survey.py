"""Official crash files: what is in them, how much of it lies in an area, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .coordinates import Extent
from .errors import CrashesOutsideAreaError, CrashFileUnreadableError
from .files import look_into
from .locating import locate_crashes
from .profiles import GENERIC, assign, recognise, require_profile, suggest_columns
from .records import Reading, read_generic, read_official
from .words import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from geo.network import Network

    from .files import CrashFile
    from .profiles import Profile
    from .records import Records

SHOWN_ROWS = 5
SHOWN = (
    "row", "crash_id", "year", "month", "day", "hour", "severity", "bicycle", "child", "lon", "lat",
)  # fmt: skip
STORED = (
    "year", "crash_id", "severity", "n_fatal", "n_serious", "n_slight", "bicycle", "child", "hour",
    "weekday", "lon", "lat", "place", "distance_m",
)  # fmt: skip


@dataclass(frozen=True)
class Survey:
    """What some files are, before any row is read."""

    files: tuple[CrashFile, ...]
    profile: Profile | None
    columns: Mapping[str, str]
    """Of files that follow no profile: the column that may hold each field, by its name."""

    @property
    def name(self) -> str:
        """Return the name of the profile."""
        return self.profile.name if self.profile else GENERIC


@dataclass(frozen=True)
class Preview:
    """What an import would store, and what it would not, and why."""

    profile: str
    title: str
    crs: str
    crs_guessed: bool
    rows: int
    usable: int
    duplicates: int
    inside: int
    with_bicycle: int
    bicycle_unknown: int
    at_intersections: int
    on_segments: int
    unlocated: int
    years: Mapping[int, int]
    """Crashes inside the area by year; a year of the file without any has 0."""
    reasons: Mapping[str, int]
    """Rows that cannot be used, by the reason."""
    columns: Mapping[str, str]
    severities: Mapping[str, tuple[str | None, int]]
    """What each value was taken for (None: nothing yet), and how often it comes."""
    first_rows: tuple[Mapping[str, Any], ...]
    warnings: tuple[str, ...]

    @property
    def share_inside(self) -> float:
        """Return the share of the usable crashes that lies inside the area."""
        return self.inside / self.usable if self.usable else 0.0


@dataclass(frozen=True)
class Crashes:
    """The crashes of some files inside an area, and the preview of their import.

    `frame` has the columns `STORED`: weekday is Monday 1 to Sunday 7, bicycle and child are
    missing where nobody knows, lon and lat are degrees, place is None where the crash is farther
    than 30 m from every place, and distance_m is how far it is from its place, or the nearest.
    """

    frame: pd.DataFrame
    preview: Preview

    def require_some(self) -> None:
        """Refuse files of another area, or of another coordinate system than was said.

        Raises
        ------
        CrashesOutsideAreaError
            If no crash lies inside the area.
        """
        if not self.preview.inside:
            raise CrashesOutsideAreaError(
                "expected crashes inside the area, got none: 0 % of "
                f"{self.preview.usable:,} usable rows lie there, read as {self.preview.crs}"
            )


def survey_files(paths: Sequence[tuple[Path, str]], reading: Reading) -> Survey:
    """Return what the files (path, and name for people) are, from their columns.

    Raises
    ------
    CrashFileUnreadableError, UnknownCrashProfileError
        If one cannot be read, or they do not belong together.
    """
    if not paths:
        raise CrashFileUnreadableError("expected at least one file")
    files = tuple(look_into(path, name) for path, name in paths)
    asked = reading.profile or (GENERIC if reading.columns else "")
    profile = require_profile(asked) if asked else recognise(files)
    if profile is not None:
        assign(files, profile)
    suggested = {} if profile else {**suggest_columns(files), **reading.columns}
    return Survey(files, profile, {field: column for field, column in suggested.items() if column})


def read_crashes(
    survey: Survey, reading: Reading, network: Network, shape: BaseGeometry
) -> Crashes:
    """Return the crashes of the files that lie in an area, each at its place.

    Parameters
    ----------
    shape
        Extent of the area, in degrees; up to 30 m outside count as inside.

    Raises
    ------
    GeoError
        If the files cannot be read, or it is not said what their columns mean.
    """
    extent = Extent(shape)
    if survey.profile is None:
        named = Reading(**{**vars(reading), "columns": survey.columns})
        records = read_generic(survey.files, named, extent)
    else:
        records = read_official(survey.files, survey.profile, reading)
    usable = records.cells[records.cells["reason"] == ""]
    single, alike = _without_duplicates(usable)
    lon, lat = single["lon"].to_numpy(), single["lat"].to_numpy()
    inside = single[extent.holds(lon, lat)].reset_index(drop=True)
    located = locate_crashes(network, inside["lon"].to_numpy(), inside["lat"].to_numpy())
    frame = pd.concat([inside, located], axis=1)
    preview = _preview(survey, records, single, frame, alike)
    return Crashes(frame[list(STORED)], preview)


def _without_duplicates(usable: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return each crash once, and how many only look alike because their day is not known.

    The same id in the same year is the same crash, of which the gravest row counts, and so are
    rows without an id of the same day, hour, place and severity.
    """
    grade = usable["severity"].map({name: number for number, name in enumerate(SEVERITIES)})
    ranked = usable.assign(grade=grade).sort_values("grade", kind="stable")
    named = ranked["crash_id"] != ""
    keys = ["year", "crash_id"]
    cycled = ranked[named & ranked["bicycle"].fillna(value=False)].set_index(keys).index
    with_bicycle = pd.MultiIndex.from_frame(ranked[keys]).isin(cycled)
    ranked["bicycle"] = ranked["bicycle"].mask(with_bicycle, True)  # noqa: FBT003 - a value
    same = [*keys, "month", "day", "hour", "weekday", "lon", "lat", "severity"]
    dated = ranked["day"].notna() | ranked[["month", "weekday", "hour"]].notna().all(axis=1)
    twice = np.where(named, ranked.duplicated(keys), ranked.duplicated(same))
    single = ranked[~(twice & (named | dated))].sort_index()
    alike = int((twice & ~named & ~dated).sum())
    numbered = "#" + pd.Series(single.index + 1, index=single.index).astype("str")
    single["crash_id"] = single["crash_id"].where(single["crash_id"] != "", numbered)
    return single.drop_duplicates(keys).drop(columns="grade"), alike


def _preview(
    survey: Survey, records: Records, single: pd.DataFrame, frame: pd.DataFrame, alike: int
) -> Preview:
    cells = records.cells
    unusable = cells.loc[cells["reason"] != "", "reason"].value_counts()
    reasons = {str(reason): int(count) for reason, count in unusable.items()}
    years = frame["year"].value_counts()
    duplicates = int((cells["reason"] == "").sum()) - len(single)
    warnings = list(records.notes)
    if alike:
        warnings.append(
            f"{alike:,} crashes have the year, place and severity of another one; without a day "
            "nobody can tell whether they are the same, so they are kept"
        )
    bicycle, kind = frame["bicycle"], frame["kind"]
    return Preview(
        profile=survey.name,
        title=survey.profile.title if survey.profile else "",
        crs=records.placed.system,
        crs_guessed=records.placed.is_guess,
        rows=len(cells) + sum(records.broken.values()),
        usable=len(single),
        duplicates=duplicates,
        inside=len(frame),
        with_bicycle=int(bicycle.fillna(value=False).sum()),
        bicycle_unknown=int(bicycle.isna().sum()),
        at_intersections=int((kind == "intersection").sum()),
        on_segments=int((kind == "segment").sum()),
        unlocated=int(kind.isna().sum()),
        years={int(year): int(years.get(year, 0)) for year in sorted(single["year"].unique())},
        reasons=reasons | dict(records.broken),
        columns=survey.columns,
        severities=records.severities,
        first_rows=_first_rows(frame if len(frame) else single),
        warnings=tuple(warnings),
    )


def _first_rows(frame: pd.DataFrame) -> tuple[Mapping[str, Any], ...]:
    first = frame.head(SHOWN_ROWS)[list(SHOWN)].astype(object)
    return tuple(
        {name: None if pd.isna(value) else value for name, value in row.items()}
        for row in first.to_dict("records")
    )
