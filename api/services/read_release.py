"""The newest release as pages, files and API show it: no figure is computed here."""

import gzip
import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from api.errors import NoReleaseError, NotFoundError
from api.store import releases
from api.store.engine import Session
from api.store.models import Case


@dataclass(frozen=True)
class Published:
    """One release, read."""

    area_id: str
    number: int
    day: date
    content_hash: str
    content: dict[str, Any]

    @property
    def places(self) -> list[dict[str, Any]]:
        """Return the places it shows, ranked."""
        return self.content["places"]  # type: ignore[no-any-return]

    @property
    def mode(self) -> str:
        """Return "risk" or "perception"."""
        return str(self.content["mode"])

    def heading(self) -> dict[str, Any]:
        """Return what a page says about the release itself."""
        return {
            "number": self.number,
            "date": self.day.isoformat(),
            "hash": self.content_hash,
            "simulated": self.content["simulated"],
            "mode": self.mode,
            "participants": self.content["participants"],
            "missing": self.content["missing"],
        }


def newest_release(session: Session, area_id: str) -> Published | None:
    """Return the newest release of an area, or None before the first."""
    head = releases.newest(session, area_id)
    if head is None:
        return None
    content = _parse(head.content_hash, head.content)
    return Published(area_id, head.number, head.day, head.content_hash, content)


def require_release(session: Session, area_id: str) -> Published:
    """Return the newest release of an area.

    Raises
    ------
    NoReleaseError
        Before the first one.
    """
    release = newest_release(session, area_id)
    if release is None:
        raise NoReleaseError(f"nothing has been published for {area_id!r} yet")
    return release


def require_place(release: Published, place_id: str) -> dict[str, Any]:
    """Return the row of a place; one below k and one that does not exist read the same."""
    for row in release.places:
        if row["id"] == place_id:
            return row
    raise NotFoundError("no such place in the newest release")


def cases(session: Session, area_id: str) -> dict[str, Case]:
    """Return the cases of an area by place."""
    return releases.cases_of(session, area_id)


@lru_cache(maxsize=8)
def _parse(content_hash: str, content: bytes) -> dict[str, Any]:
    # A release never changes: its hash is all that a cache needs.
    del content_hash
    return json.loads(gzip.decompress(content))  # type: ignore[no-any-return]
