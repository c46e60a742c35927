"""Crashes in one schema, whatever the files they come from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.crs import WGS84

from .cells import (
    codes,
    days,
    hours,
    hours_of_days,
    numbers,
    weekdays,
    whole,
    years,
)
from .coordinates import Placed, are_degrees, guess_place, place
from .errors import CrashMappingError
from .features import GEOMETRY
from .profiles import read_mapped, read_parts
from .words import SEVERITIES, names_bicycle, says_bicycle, severity_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .coordinates import Extent
    from .files import CrashFile
    from .profiles import Part, Profile

CHILD_BELOW = 18
OLDEST_PERSON = 115
# Before 2019 French files give whole numbers of this part of a degree.
HUNDRED_THOUSANDTH = 1e-5
HIGHEST_DEGREE = 90
COUNTS = ("n_fatal", "n_serious", "n_slight")

NO_PLACE, NO_YEAR = "no coordinates on Earth", "no year from 1950 to 2100"
NO_SEVERITY = "its severity has no meaning yet"
UNSURE_DAY = "day and month of the dates cannot be told apart: the first number is taken as the day"


@dataclass(frozen=True)
class Reading:
    """How files are to be read; everything left out is recognised or guessed."""

    profile: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Of files that follow no profile: the column of each field."""
    severity: Mapping[str, str] = field(default_factory=dict)
    """What values mean; a value of a file that is not named here means what its profile says."""
    bicycle: tuple[str, ...] = ()
    """Values of the column `bicycle` that mean one; `*` if all crashes of the file had one."""
    epsg: int | None = None
    year: int | None = None
    """The year of rows that tell none."""


@dataclass(frozen=True)
class Records:
    """Every row of the files of crashes, and what could not be read of it.

    `cells` has the columns crash_id, year, month, day, hour, weekday, severity, n_fatal,
    n_serious, n_slight, bicycle, child, lon, lat, row, and reason, which is blank for a crash
    that can be used.
    """

    cells: pd.DataFrame
    broken: Mapping[str, int]
    placed: Placed
    severities: Mapping[str, tuple[str | None, int]]
    """What each value was taken for, and how often it comes."""
    notes: tuple[str, ...]


@dataclass
class _Draft:
    """Crashes in the making."""

    main: Part
    reading: Reading
    cells: pd.DataFrame
    notes: list[str] = field(default_factory=list)
    severities: dict[str, tuple[str | None, int]] = field(default_factory=dict)

    def fill(self, name: str, values: pd.Series) -> None:
        self.cells[name] = values


def read_official(files: Sequence[CrashFile], profile: Profile, reading: Reading) -> Records:
    """Return the crashes of files that follow an official profile."""
    parts = read_parts(files, profile)
    main, build = _BUILDERS[profile.name]
    draft = _begin(parts[main], reading)
    build(draft, profile, parts)
    placed = _profile_place(draft, profile, parts)
    if profile.parts.keys() - parts.keys():
        _name_missing(draft, profile, parts)
    notes = [*profile.content["warnings"], *draft.notes]
    notes += [f"not verified: {note}" for note in profile.content["unverified"]]
    return _finish(draft, placed, notes, keep_unknown=True)


def read_generic(files: Sequence[CrashFile], reading: Reading, extent: Extent) -> Records:
    """Return the crashes of files whose columns are named by `reading`.

    Raises
    ------
    CrashMappingError
        If no columns are named for the place, the year or the severity.
    """
    part = read_mapped(files, reading.columns)
    _require_fields(part, reading)
    draft = _begin(part, reading)
    _when(draft)
    for name in COUNTS:
        draft.fill(name, whole(part[name]))
    _generic_severity(draft)
    _generic_bicycle(draft)
    placed = _generic_place(part, reading, extent)
    return _finish(draft, placed, [*draft.notes, *filter(None, [placed.note])], keep_unknown=False)


def _require_fields(part: Part, reading: Reading) -> None:
    has_place = any({x, y} <= set(part.cells) for x, y in (("lon", "lat"), ("x", "y"), GEOMETRY))
    missing = [
        name
        for name, there in {
            "lon and lat, or x and y": has_place,
            "date or year": "date" in part or "year" in part or reading.year is not None,
            "severity": "severity" in part or any(name in part for name in COUNTS),
        }.items()
        if not there
    ]
    if missing:
        raise CrashMappingError(f"expected a column for {'; '.join(missing)}: say which it is")


def _begin(part: Part, reading: Reading) -> _Draft:
    wrong = set(reading.severity.values()) - set(SEVERITIES)
    if wrong:
        raise CrashMappingError(
            f"expected a severity of {', '.join(SEVERITIES)}, got {', '.join(sorted(wrong))}"
        )
    cells = pd.DataFrame(index=part.cells.index)
    cells["crash_id"] = codes(part["id"]).str.replace(r"[\x00-\x1f]", "", regex=True)
    cells["row"] = part["row"]
    cells["reason"] = ""
    for name in COUNTS:
        cells[name] = pd.Series(pd.NA, index=cells.index, dtype="Int64")
    for name in ("bicycle", "child"):
        cells[name] = pd.Series(pd.NA, index=cells.index, dtype="boolean")
    return _Draft(part, reading, cells)


def _when(
    draft: _Draft, *, is_clock: bool = False, weekday: Mapping[str, int] | None = None
) -> None:
    part, cells = draft.main, draft.cells
    date, unsure = days(part["date"])
    if unsure:
        draft.notes.append(UNSURE_DAY)
    year = date["year"].fillna(years(part["year"]))
    cells["year"] = year if draft.reading.year is None else year.fillna(draft.reading.year)
    month, day = date["month"].fillna(whole(part["month"])), date["day"].fillna(whole(part["day"]))
    cells["month"] = month.where(month.between(1, 12))
    cells["day"] = day.where(day.between(1, 31))
    given = hours(part["time"], is_clock=is_clock)
    cells["hour"] = given if "time" in part else hours_of_days(part["date"])
    named = pd.to_numeric(codes(part["weekday"]).map(dict(weekday or {}))).astype("Int64")
    cells["weekday"] = weekdays(cells["year"], cells["month"], cells["day"]).fillna(named)


def _graded(
    draft: _Draft, cells: pd.Series, meaning: Callable[[pd.Series], pd.Series]
) -> pd.Series:
    """Return what values of severity mean: first what was said, then what the profile says."""
    values = codes(cells)
    different = pd.Series(values.unique(), dtype="str")
    means = dict(zip(different, meaning(different), strict=True)) | dict(draft.reading.severity)
    means = {value: None if pd.isna(one) else str(one) for value, one in means.items()}
    counts = values[values != ""].value_counts()
    draft.severities.update(
        {str(value): (means[value], int(count)) for value, count in counts.items()}
    )
    return values.map(means).astype(object)


def _by_code(known: Mapping[str, str]) -> Callable[[pd.Series], pd.Series]:
    return lambda values: values.map(dict(known))


def _from_counts(cells: pd.DataFrame) -> pd.Series:
    """Return the severity that numbers of people say; missing where none is given."""
    found = pd.Series(np.nan, index=cells.index, dtype=object)
    given = cells[list(COUNTS)].notna().any(axis=1)
    found[given] = "damage_only"
    for name, severity in reversed(list(zip(COUNTS, SEVERITIES[:3], strict=True))):
        found[(cells[name] > 0).fillna(value=False).astype(bool)] = severity
    return found


def _people(part: Part, known: Mapping[str, str], ids: pd.Series) -> dict[str, pd.Series]:
    """Return how many people of each grade every crash has."""
    grade = codes(part["severity"]).map(dict(known))
    whose = codes(part["id"])
    return {
        name: ids.map(whose[grade == severity].value_counts())
        .fillna(0)
        .astype("Int64")
        .where(ids.isin(set(whose)))
        for name, severity in zip(COUNTS, SEVERITIES[:3], strict=True)
    }


def _any_by_crash(ids: pd.Series, whose: pd.Series, says: pd.Series) -> pd.Series:
    """Return for each crash whether any row of it says so; missing where it has no row."""
    found = ids.isin(set(whose[says.fillna(value=False).astype(bool)])).astype("boolean")
    return found.where(ids.isin(set(whose[says.notna()])), pd.NA)


def _stats19(draft: _Draft, profile: Profile, parts: Mapping[str, Part]) -> None:
    _when(draft)
    ids, content = draft.cells["crash_id"], profile.content
    enhanced = codes(draft.main["enhanced"]).map(content["enhanced"])
    plain = _graded(draft, draft.main["severity"], _by_code(content["severity"]))
    draft.fill("severity", enhanced.astype(object).fillna(plain))
    bicycle = draft.cells["bicycle"]
    if "vehicle" in parts:
        part = parts["vehicle"]
        bicycle = _any_by_crash(
            ids, codes(part["id"]), codes(part["type"]).isin(content["bicycle"])
        )
    if "casualty" in parts:
        part = parts["casualty"]
        cyclist = codes(part["type"]).isin(content["bicycle"])
        hurt = ids.isin(set(codes(part["id"])[cyclist]))
        bicycle = bicycle.mask(hurt, True)  # noqa: FBT003 - a value, not a flag
        age = numbers(part["age"].mask(codes(part["age"]).isin(content["nulls"][:1])))
        young = _is_child(age.where(cyclist))
        draft.fill("child", _any_by_crash(ids, codes(part["id"]), young))
        for name, values in _people(part, content["severity"], ids).items():
            draft.fill(name, values)
    draft.fill("bicycle", bicycle)


def _is_child(age: pd.Series) -> pd.Series:
    return (age < CHILD_BELOW).astype("boolean").where(age.between(0, OLDEST_PERSON), pd.NA)


def _unfallatlas(draft: _Draft, profile: Profile, _parts: Mapping[str, Part]) -> None:
    _when(draft, weekday=profile.content["weekday"])
    draft.fill(
        "severity",
        _graded(draft, draft.main["severity"], _by_code(profile.content["severity"])),
    )
    cell = codes(draft.main["bicycle"])
    says = cell.isin(profile.content["bicycle"]).astype("boolean")
    draft.fill("bicycle", says.where(cell != "", pd.NA))


def _statbel(draft: _Draft, _profile: Profile, _parts: Mapping[str, Part]) -> None:
    _when(draft)
    words = draft.main["severity"] if "severity" in draft.main else draft.main["class"]
    draft.fill("severity", _graded(draft, words, severity_of))
    users = draft.main["users"]
    says = names_bicycle(users).astype("boolean")
    # Codes without words, or nothing at all, say nothing of bicycles.
    draft.fill("bicycle", says.where(users.str.contains(r"[^\W\d_]", regex=True), pd.NA))


def _bron(draft: _Draft, profile: Profile, parts: Mapping[str, Part]) -> None:
    _when(draft, weekday=profile.content["weekday"])
    draft.fill(
        "severity",
        _graded(draft, draft.main["severity"], _by_code(profile.content["severity"])),
    )
    if "partijen" in parts and "objecttypen" in parts:
        kinds, parties = parts["objecttypen"], parts["partijen"]
        cycles = set(codes(kinds["object"])[names_bicycle(kinds["words"])])
        says = codes(parties["object"]).isin(cycles)
        draft.fill("bicycle", _any_by_crash(draft.cells["crash_id"], codes(parties["id"]), says))


def _baac(draft: _Draft, profile: Profile, parts: Mapping[str, Part]) -> None:
    _when(draft, is_clock=True)
    ids, content = draft.cells["crash_id"], profile.content
    draft.fill("severity", pd.Series(pd.NA, index=ids.index, dtype=object))
    if "usagers" in parts:
        people = parts["usagers"]
        grade = _graded(draft, people["severity"], _by_code(content["severity"]))
        order = {name: number for number, name in enumerate(SEVERITIES)}
        worst = grade.map(order).groupby(codes(people["id"])).min()
        draft.fill("severity", ids.map(worst).map(dict(enumerate(SEVERITIES))).astype(object))
        for name, values in _people(people, content["severity"], ids).items():
            draft.fill(name, values)
    if "vehicules" in parts:
        vehicles = parts["vehicules"]
        is_cycle = codes(vehicles["type"]).isin(content["bicycle"])
        draft.fill("bicycle", _any_by_crash(ids, codes(vehicles["id"]), is_cycle))
        if "usagers" in parts:
            _french_children(draft, vehicles, is_cycle, parts["usagers"])


def _french_children(draft: _Draft, vehicles: Part, is_cycle: pd.Series, people: Part) -> None:
    by = "vehicle" if "vehicle" in vehicles and "vehicle" in people else "letter"
    cycles = set((codes(vehicles["id"]) + "/" + codes(vehicles[by]))[is_cycle])
    rides = (codes(people["id"]) + "/" + codes(people[by])).isin(cycles)
    year = draft.cells.drop_duplicates("crash_id").set_index("crash_id")["year"]
    age = codes(people["id"]).map(year).astype(float) - numbers(people["born"])
    child = _any_by_crash(draft.cells["crash_id"], codes(people["id"]), _is_child(age.where(rides)))
    draft.fill("child", child)


def _thai(draft: _Draft, _profile: Profile, _parts: Mapping[str, Part]) -> None:
    _when(draft)
    for name in COUNTS:
        draft.fill(name, whole(draft.main[name]))
    draft.fill("severity", _from_counts(draft.cells))
    named = names_bicycle(draft.main["words"]).astype("boolean")
    draft.fill("bicycle", named.where(named, pd.NA))


_BUILDERS: Mapping[str, tuple[str, Callable[[_Draft, Profile, Mapping[str, Part]], None]]] = {
    "stats19_gb": ("collision", _stats19),
    "unfallatlas_de": ("crashes", _unfallatlas),
    "statbel_be": ("crashes", _statbel),
    "bron_nl": ("ongevallen", _bron),
    "baac_fr": ("caract", _baac),
    "thai_mot": ("crashes", _thai),
}


def _name_missing(draft: _Draft, profile: Profile, parts: Mapping[str, Part]) -> None:
    missing = [
        name for name, part in profile.parts.items() if name not in parts and not part.get("unused")
    ]
    if missing:
        draft.notes.append(
            f"without {', '.join(missing)} it is not known of every crash whether a bicycle took "
            "part, or how severe it was: give all files of the year at once"
        )


def _profile_place(draft: _Draft, profile: Profile, parts: Mapping[str, Part]) -> Placed:
    main = draft.main
    if "puntlocaties" in parts:
        spots = parts["puntlocaties"]
        by_spot = spots.cells.assign(spot=codes(spots["spot"])).drop_duplicates("spot")
        where = codes(main["spot"])
        axes = {axis: where.map(by_spot.set_index("spot")[axis]).fillna("") for axis in ("x", "y")}
        main = type(main)(main.cells.assign(**axes), main.broken)
    found: Placed | None = None
    for option in profile.content["coordinates"]:
        x = numbers(main[option["x"]]).to_numpy(copy=True)
        y = numbers(main[option["y"]]).to_numpy(copy=True)
        one = _in_system(x, y, option["epsg"])
        if found is None or not np.isfinite(found.lon).any():
            found = one
        else:
            gap = ~np.isfinite(found.lon)
            found = Placed(
                np.where(gap, one.lon, found.lon), np.where(gap, one.lat, found.lat), found.system
            )
    assert found is not None  # noqa: S101 - every profile says where its coordinates are
    return found


def _in_system(x: np.ndarray, y: np.ndarray, epsg: int) -> Placed:
    if f"EPSG:{epsg}" == WGS84:
        tiny = np.abs(y) > HIGHEST_DEGREE
        return place(
            np.where(tiny, x * HUNDRED_THOUSANDTH, x),
            np.where(tiny, y * HUNDRED_THOUSANDTH, y), WGS84,
        )  # fmt: skip
    if are_degrees(x, y):
        return place(x, y, WGS84)
    return place(x, y, epsg)


def _generic_place(part: Part, reading: Reading, extent: Extent) -> Placed:
    pairs = (("lon", "lat"), ("x", "y"), GEOMETRY)
    pair = next(pair for pair in pairs if set(pair) <= set(part.cells))
    x, y = (numbers(part[axis]).to_numpy(copy=True) for axis in pair)
    if reading.epsg is not None:
        return place(x, y, reading.epsg)
    if pair == GEOMETRY and part.crs and _fits(x, y, part.crs):
        return place(x, y, part.crs)
    return guess_place(x, y, extent)


def _fits(x: np.ndarray, y: np.ndarray, crs: str) -> bool:
    """Say whether coordinates can be of the system a file names: metres are no degrees."""
    return are_degrees(x, y) or crs not in {WGS84, "OGC:CRS84"}


def _generic_severity(draft: _Draft) -> None:
    counted = _from_counts(draft.cells)
    if "severity" not in draft.main:
        draft.fill("severity", counted)
        return
    said = _graded(draft, draft.main["severity"], severity_of)
    blank = draft.main["severity"].str.strip() == ""
    draft.fill("severity", said.mask(blank & counted.notna(), counted))
    unknown = said.isna() & ~blank
    draft.cells["reason"] = draft.cells["reason"].mask(unknown, NO_SEVERITY)


def _generic_bicycle(draft: _Draft) -> None:
    if draft.reading.bicycle == ("*",):
        draft.fill("bicycle", pd.Series(True, index=draft.cells.index, dtype="boolean"))  # noqa: FBT003 - a value, not a flag
    elif "bicycle" in draft.main:
        draft.fill("bicycle", says_bicycle(draft.main["bicycle"], draft.reading.bicycle))
    else:
        draft.notes.append("no column tells whether a bicycle took part: it stays unknown")
    young = _is_child(numbers(draft.main["age"]))
    draft.fill("child", young.where(draft.cells["bicycle"].fillna(value=False), pd.NA))


def _finish(draft: _Draft, placed: Placed, notes: list[str], *, keep_unknown: bool) -> Records:
    cells = draft.cells.assign(lon=placed.lon, lat=placed.lat)
    cells["severity"] = cells["severity"].where(cells["severity"].notna(), "injury")
    nowhere = ~(np.isfinite(placed.lon) & np.isfinite(placed.lat))
    for reason, unusable in ((NO_YEAR, cells["year"].isna()), (NO_PLACE, nowhere)):
        cells["reason"] = cells["reason"].mask(unusable, reason)
    unknown = sum(count for meaning, count in draft.severities.values() if meaning is None)
    if unknown and keep_unknown:
        notes.append(f"{unknown:,} values of severity are not in the profile: kept as injury")
    return Records(cells, draft.main.broken, placed, draft.severities, tuple(notes))
