"""Profiles of official crash files: which file is which, and which column holds what."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from .errors import CrashMappingError, UnknownCrashProfileError
from .features import GEOMETRY
from .files import keys_of, read_rows
from .words import table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .files import CrashFile

GENERIC = "generic"
FIELDS = (
    "id", "lon", "lat", "x", "y", "date", "year", "month", "time", "severity", "bicycle", "age",
    "n_fatal", "n_serious", "n_slight",
)  # fmt: skip
"""What a column of a file that follows no profile can hold."""
JOINED = " | "


@dataclass(frozen=True)
class Part:
    """The rows of the files of one kind, each column under the field it holds."""

    cells: pd.DataFrame
    broken: Mapping[str, int]
    crs: str | None = None

    def __getitem__(self, field: str) -> pd.Series:
        """Return the cells of a field, blank if no file has it."""
        if field in self.cells:
            return self.cells[field]
        return pd.Series("", index=self.cells.index, dtype="str")

    def __contains__(self, field: str) -> bool:
        """Say whether a file has the field."""
        return field in self.cells


@dataclass(frozen=True)
class Profile:
    """One profile of `tables/crash_profiles.json`."""

    name: str
    content: Mapping[str, Any]

    @property
    def title(self) -> str:
        """Return what people call it."""
        return str(self.content["title"])

    @property
    def parts(self) -> Mapping[str, Any]:
        """Return its kinds of files."""
        return self.content["parts"]  # type: ignore[no-any-return]

    @property
    def required(self) -> set[str]:
        """Return the kinds of files without which no crash can be read."""
        return {
            name
            for name, part in self.parts.items()
            if not (part.get("optional") or part.get("unused"))
        }


@cache
def profiles() -> Mapping[str, Profile]:
    """Return the official profiles by name."""
    return {name: Profile(name, content) for name, content in table("crash_profiles").items()}


def require_profile(name: str) -> Profile | None:
    """Return the official profile of this name; None for `generic`.

    Raises
    ------
    UnknownCrashProfileError
        If there is none.
    """
    if name == GENERIC:
        return None
    if name not in profiles():
        known = ", ".join([*profiles(), GENERIC])
        raise UnknownCrashProfileError(f"expected a profile of {known}, got {name!r}")
    return profiles()[name]


def recognise(files: Sequence[CrashFile]) -> Profile | None:
    """Return the profile whose columns the files have; None if they follow none.

    Raises
    ------
    UnknownCrashProfileError
        If some of the files belong to a profile, but not all, or not all that it needs.
    """
    fitting, almost = [], []
    for profile in profiles().values():
        kinds = [_kind_of(file, profile) for file in files]
        if None not in kinds and profile.required <= set(kinds):
            fitting.append((sum(_known(file, profile) for file in files), profile))
        elif any(kinds):
            almost.append((sum(_known(file, profile) for file in files), profile))
    if fitting:
        return max(fitting, key=lambda pair: pair[0])[1]
    if almost:
        assign(files, max(almost, key=lambda pair: pair[0])[1])
    return None


def _known(file: CrashFile, profile: Profile) -> int:
    kind = _kind_of(file, profile)
    return 0 if kind is None else len(_columns_of(file, profile.parts[kind]))


def _kind_of(file: CrashFile, profile: Profile) -> str | None:
    found = [
        (len(columns), name)
        for name, part in profile.parts.items()
        if set(part["needs"]) <= (columns := _columns_of(file, part)).keys()
    ]
    return max(found)[1] if found else None


def _columns_of(file: CrashFile, part: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the columns of a file for each field it has; a field with `*` may have several."""
    known = keys_of(file)
    found = {}
    for field, names in part["fields"].items():
        matching = [column for name in names for column in known if fnmatchcase(column, name)]
        if matching:
            several = any("*" in name for name in names)
            found[field] = list(dict.fromkeys(matching)) if several else matching[:1]
    return found


def assign(files: Sequence[CrashFile], profile: Profile) -> dict[str, list[CrashFile]]:
    """Return which of the files are of which kind of a profile.

    Raises
    ------
    UnknownCrashProfileError
        If a file is of none of its kinds, or a kind it needs is not among them.
    """
    found: dict[str, list[CrashFile]] = {}
    for file in files:
        kind = _kind_of(file, profile)
        if kind is None:
            raise UnknownCrashProfileError(
                f"{file.name}: expected a file of {profile.title} "
                f"({', '.join(profile.parts)}), got other columns: {_some(file)}"
            )
        found.setdefault(kind, []).append(file)
    missing = profile.required - found.keys()
    if missing:
        raise UnknownCrashProfileError(
            f"{profile.title} also needs {', '.join(sorted(missing))}: give all files at once"
        )
    return found


def _some(file: CrashFile) -> str:
    names = [name for name in file.columns if name not in GEOMETRY]
    return ", ".join(names[:8]) + (", …" if len(names) > 8 else "")  # noqa: PLR2004 - a sentence


def read_parts(files: Sequence[CrashFile], profile: Profile) -> dict[str, Part]:
    """Return the rows of every kind of file that a profile uses."""
    return {
        kind: _joined([_read(file, _columns_of(file, profile.parts[kind])) for file in some])
        for kind, some in assign(files, profile).items()
        if not profile.parts[kind].get("unused")
    }


def read_mapped(files: Sequence[CrashFile], columns: Mapping[str, str]) -> Part:
    """Return the rows of files that follow no profile; `columns` names the column of each field.

    Raises
    ------
    CrashMappingError
        If a field or a column is not known.
    """
    return _joined([_read(file, _mapped(file, columns)) for file in files])


def _mapped(file: CrashFile, columns: Mapping[str, str]) -> dict[str, list[str]]:
    known = {name: name for name in keys_of(file)}
    written = {column: name for name, column in keys_of(file).items()}
    found = {}
    for field, column in columns.items():
        if field not in FIELDS:
            raise CrashMappingError(f"expected a field of {', '.join(FIELDS)}, got {field!r}")
        name = written.get(column) or known.get(column.casefold())
        if name is None:
            raise CrashMappingError(f"{file.name}: no column {column!r}, there are {_some(file)}")
        found[field] = [name]
    return found | {name: [name] for name in GEOMETRY if name in known}


def _read(file: CrashFile, columns: Mapping[str, Sequence[str]]) -> Part:
    wanted = {name for names in columns.values() for name in names}
    rows = read_rows(file, wanted)
    cells = pd.DataFrame(index=rows.cells.index)
    for field, names in columns.items():
        cells[field] = rows.cells[names[0]]
        for name in names[1:]:
            cells[field] = cells[field] + JOINED + rows.cells[name]
    cells["row"] = [f"{file.name}:{number}" for number in rows.cells.index]
    return Part(cells, rows.broken, rows.crs)


def _joined(parts: Sequence[Part]) -> Part:
    if len(parts) == 1:
        return Part(parts[0].cells.reset_index(drop=True), parts[0].broken, parts[0].crs)
    systems = {part.crs for part in parts}
    if len(systems) > 1:
        raise CrashMappingError("expected files in one coordinate system, got several")
    broken = pd.concat([pd.Series(part.broken, dtype="int64") for part in parts])
    cells = pd.concat([part.cells for part in parts], ignore_index=True).fillna("")
    return Part(cells, broken.groupby(level=0).sum().to_dict(), parts[0].crs)


def suggest_columns(files: Sequence[CrashFile]) -> dict[str, str]:
    """Return which column of files that follow no profile may hold which field, by its name."""
    known = keys_of(files[0])
    found: dict[str, str] = {}
    for field, names in table("crash_columns").items():
        column = next((known[name] for name in names if name in known), None)
        if column is not None and column not in found.values():
            found[field] = column
    for pair in (("lon", "lat"), ("x", "y")):
        if not set(pair) <= found.keys() or set(GEOMETRY) <= known.keys():
            for field in pair:
                found.pop(field, None)
    return found
