"""Editions of open data as collections of features: what is in the published files, no more."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np

from api.errors import DamagedEditionError
from api.settings import Settings
from api.store.engine import Session
from web.feature_documents import Collection, Document, extent
from web.open_columns import GEOMETRY
from web.open_features import open_collection

from .edition_facts import LICENCE
from .edition_files import LAYERS, sha256
from .features import Days, Features
from .list_editions import ListedEdition, edition_file, open_areas
from .open_rows import COLUMNS, Row
from .read_edition import read_parquet
from .tables import Record

TOLD = tuple(name for name in COLUMNS if name != GEOMETRY)


@dataclass(frozen=True)
class OpenLayer:
    """The streets or the crossings of one edition."""

    edition: ListedEdition
    layer: str
    """A key of `LAYERS`."""

    @property
    def id(self) -> str:
        """Its name for good: that of the edition's files, and of their layer."""
        return f"{self.edition.package['name']}-{self.layer}"

    @property
    def extent(self) -> Document:
        """Return where and when its features are."""
        package = self.edition.package
        days = package["temporal"]
        return extent(package["spatial"]["bbox"], days["start"], days["end"])

    def collection(self, settings: Settings) -> Collection:
        """Return what it is."""
        page = f"{settings.base_url}{self.edition.path}"
        return open_collection(self.id, self.layer, self.edition.facts, LICENCE, page)

    def features(self, settings: Settings, session: Session) -> Features:
        """Return its features.

        Raises
        ------
        DamagedEditionError
            If the file they are in is not as it was published.
        """
        edition = self.edition
        (name,) = (one.name for one in edition.data if one.format == "parquet")
        path, known = edition_file(settings, session, edition.area_id, edition.name, name)
        days = edition.package["temporal"]
        between = date.fromisoformat(days["start"]), date.fromisoformat(days["end"])
        return _read(path, known.sha256, self.layer, between)


def open_layers(settings: Settings, session: Session, area: str = "") -> Iterator[OpenLayer]:
    """Yield the layers of every edition, of one area if it is named, the newest first."""
    for one in open_areas(settings, session):
        if area in {"", one.area.id}:
            yield from (OpenLayer(edition, layer) for edition in one.editions for layer in LAYERS)


@lru_cache(maxsize=8)
def _read(path: Path, checksum: str, layer: str, days: Days) -> Features:
    if sha256(path.read_bytes()) != checksum:
        raise DamagedEditionError(f"{path.name} is not as it was published")
    rows = [row for row in read_parquet(path) if row["kind"] == LAYERS[layer]]
    shapes = np.empty(len(rows), dtype=object)
    shapes[:] = [row[GEOMETRY] for row in rows]
    return Features(rows, [row["id"] for row in rows], shapes, [days] * len(rows), _record)


def _record(row: Row) -> Record:
    return {name: row[name] for name in TOLD}
