"""What is published as open data: areas, their editions and files, for everybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from api.errors import DamagedEditionError, NotFoundError
from api.settings import Settings
from api.store import areas, editions
from api.store.authorities import OpenEdition
from api.store.engine import Session
from api.store.models import Area

from .edition_files import CHECKSUMS, PACKAGE
from .edition_origin import folder_of
from .edition_package import media_type
from .read_edition import read_package


@dataclass(frozen=True)
class EditionFile:
    """One file of an edition."""

    name: str
    size: int
    sha256: str
    media_type: str

    @property
    def format(self) -> str:
        """The end of its name, by which people know the format."""
        return self.name.rpartition(".")[2]


@dataclass(frozen=True)
class ListedEdition:
    """One edition as its page and the catalogue show it."""

    area_id: str
    period: str
    release: int
    content_hash: str
    package: dict[str, Any]
    files: tuple[EditionFile, ...]
    superseded_by: str | None
    """The name of the newest edition of the same area and period, if this is not it."""

    @property
    def name(self) -> str:
        """The last part of its address."""
        return f"{self.period}-{self.release}"

    @property
    def path(self) -> str:
        """Where its page is on this site."""
        return f"/open/{self.area_id}/{self.name}"

    @property
    def facts(self) -> dict[str, Any]:
        """What it says about itself, as `edition_files.about` wrote it."""
        return self.package["barometer"]  # type: ignore[no-any-return]

    @property
    def data(self) -> list[EditionFile]:
        """The files with the rows."""
        return [one for one in self.files if one.name.startswith(self.package["name"])]

    @property
    def papers(self) -> list[EditionFile]:
        """The files that explain, license and prove the rows."""
        return [one for one in self.files if one not in self.data]


@dataclass(frozen=True)
class OpenArea:
    """An area with its editions, the newest first."""

    area: Area
    editions: Sequence[ListedEdition]


def open_areas(settings: Settings, session: Session) -> list[OpenArea]:
    """Return every area with what is published of it."""
    return [
        OpenArea(area, _listed(settings, editions.of_area(session, area.id)))
        for area in areas.all_areas(session)
    ]


def find_edition(settings: Settings, session: Session, area_id: str, name: str) -> ListedEdition:
    """Return one edition by area and name.

    Raises
    ------
    NotFoundError
        If there is none.
    """
    for one in _listed(settings, editions.of_area(session, area_id)):
        if one.name == name:
            return one
    raise NotFoundError("no such edition")


def edition_file(
    settings: Settings, session: Session, area_id: str, name: str, file: str
) -> tuple[Path, EditionFile]:
    """Return where a file of an edition lies, and what is known of it.

    Raises
    ------
    NotFoundError
        If the edition has no such file.
    DamagedEditionError
        If it is not there with the size that was published.
    """
    period, _, number = name.rpartition("-")
    edition = editions.find(session, area_id, period, int(number))
    known = next((one for one in _files(edition) if one.name == file), None) if edition else None
    if edition is None or known is None:
        raise NotFoundError("no such file")
    path = folder_of(settings, edition) / file
    if not path.is_file() or path.stat().st_size != known.size:
        raise DamagedEditionError(f"{file} is not as it was published")
    return path, known


def _listed(settings: Settings, found: Sequence[OpenEdition]) -> list[ListedEdition]:
    newest: dict[str, OpenEdition] = {}
    for one in found:
        newest.setdefault(one.period, one)
    return [
        ListedEdition(
            area_id=one.area_id,
            period=one.period,
            release=one.release,
            content_hash=one.content_hash,
            package=_package(folder_of(settings, one), one.files[PACKAGE]["sha256"]),
            files=_files(one),
            superseded_by=None
            if newest[one.period] is one
            else f"{one.period}-{newest[one.period].release}",
        )
        for one in found
    ]


def _files(edition: OpenEdition) -> tuple[EditionFile, ...]:
    found = [
        EditionFile(name, about["bytes"], about["sha256"], media_type(name))
        for name, about in edition.files.items()
    ]
    return tuple(sorted(found, key=lambda one: (one.name == CHECKSUMS, one.name.lower())))


@lru_cache(maxsize=256)
def _package(folder: Path, sha256: str) -> dict[str, Any]:
    # It never changes: its hash is all that a cache needs.
    del sha256
    return read_package(folder)
