"""The newest release as pages, files and API show it: no figure is computed here."""

import gzip
import json
import math
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from api.errors import NoReleaseError, NotFoundError
from api.store import releases
from api.store.authorities import Case
from api.store.engine import Session
from api.store.models import Release
from geo.protection import K_STAFF

from .school_years import newest_of_each_year

Order = Literal["priority", "danger"]
"""Where a fix helps most, or where a ride is most dangerous."""
NEWER: dict[str, Any] = dict.fromkeys((
    "yearly", "yearly_low", "yearly_high", "normal", "excess", "excess_low", "excess_high",
    "evidence", "exposure", "crashes", "crashes_ksi",
    "crashes_slight", "crash_share", "cluster", "cluster_p", "heat", "control",
)) | {
    "assumptions": [], "passages_by": {}, "several_classes": False, "quotes": [],
    "likes": {}, "times": {}, "helps": {}, "counterparts": {}, "schools": {},
}  # fmt: skip
"""What releases did not have at first, as it reads in those that are that old."""
COARSE = {
    "relative": 1, "relative_low": 1, "relative_high": 1, "probability": 2,
    "index": 0, "index_low": 0, "index_high": 0,
    "yearly": 1, "yearly_low": 1, "yearly_high": 1, "excess": 1, "excess_low": 1, "excess_high": 1,
    "avoidable": 1, "avoidable_low": 1, "avoidable_high": 1,
}  # fmt: skip
"""Decimals a school sees of what crashes enter: with all of them their number could be solved."""
COUNTS = ("crashes", "crashes_ksi", "crashes_slight")


@dataclass(frozen=True)
class Published:
    """One release, read."""

    area_id: str
    number: int
    day: date
    content_hash: str
    content: dict[str, Any]
    robustness: dict[str, Any] | None = None
    """How far the ranking hangs on the settings, None as long as that is being worked out."""

    @property
    def places(self) -> list[dict[str, Any]]:
        """Return the places it shows, ranked."""
        return self.content["places"]  # type: ignore[no-any-return]

    @property
    def clusters(self) -> list[dict[str, Any]]:
        """Return the groups of places with more conflicts than is normal, the surest first."""
        return self.content["clusters"]  # type: ignore[no-any-return]

    def ordered(self, order: Order) -> list[dict[str, Any]]:
        """Return the places in one of the two orders."""
        if order == "priority" or self.mode != "risk":
            return self.places
        return sorted(self.places, key=lambda row: row["rank_danger"] or math.inf)

    @property
    def convoys(self) -> dict[str, list[dict[str, Any]]]:
        """Return the convoys of each school that has some, by its id."""
        return self.content.get("convoys", {})  # type: ignore[no-any-return]

    @property
    def effects(self) -> list[dict[str, Any]]:
        """Return what changed where something was done."""
        return self.content.get("effects", [])  # type: ignore[no-any-return]

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
    return None if head is None else _read(head)


def release_of_year(session: Session, area_id: str, year: int | None) -> Published | None:
    """Return the newest release of a school year, or of all without one; None if there is none."""
    if year is None:
        return newest_release(session, area_id)
    head = newest_of_each_year(releases.of_area(session, area_id)).get(year)
    return None if head is None else _read(head)


def years_of(session: Session, area_id: str) -> list[int]:
    """Return the school years of which there is a release, the newest first."""
    return list(newest_of_each_year(releases.of_area(session, area_id)))


def last_release_before(session: Session, area_id: str, day: date) -> Published | None:
    """Return the newest release of an area that is older than a day, None without one."""
    earlier = (head for head in releases.of_area(session, area_id) if head.day < day)
    head = next(earlier, None)
    return None if head is None else _read(head)


def find_release(session: Session, area_id: str, number: int) -> Published:
    """Return one release of an area by its number.

    Raises
    ------
    NoReleaseError
        If there is none with this number.
    """
    head = releases.find(session, area_id, number)
    if head is None:
        raise NoReleaseError(f"there is no release {number} of {area_id!r}")
    return _read(head)


def without_few_crashes(release: Published) -> Published:
    """Return the release as a school may see it: few crashes near it are personal data.

    Of fewer than k crashes at a place not even none is told, and severities never, because one
    of a few is soon known by name.
    """
    hidden = dict.fromkeys(("crashes_ksi", "crashes_slight", "crash_share"))
    rows = [
        row
        | hidden
        | {
            name: round(row[name], digits)
            for name, digits in COARSE.items()
            if row.get(name) is not None
        }
        | ({} if (row["crashes"] or 0) >= K_STAFF else {"crashes": None})
        for row in release.places
    ]
    effects = [row | {"crashes": None} for row in release.effects]
    robustness = release.robustness and release.robustness | {"severities": []}
    content = release.content | {"places": rows, "effects": effects}
    return replace(release, content=content, robustness=robustness)


def require_release(session: Session, area_id: str) -> Published:
    """Return the newest release of an area.

    Raises
    ------
    NoReleaseError
        Before the first one.
    """
    return require_published(newest_release(session, area_id), area_id)


def require_published(release: Published | None, area_id: str) -> Published:
    """Return the release, or raise `NoReleaseError` if there is none of the area yet."""
    if release is None:
        raise NoReleaseError(f"nothing has been published for {area_id!r} yet")
    return release


def only_places(release: Published, rows: list[dict[str, Any]]) -> Published:
    """Return a release with some of its places alone.

    Raises
    ------
    NotFoundError
        If there is none: there are programs that cannot read a file without rows.
    """
    if not rows:
        raise NotFoundError("no place of the release fits this choice")
    return replace(release, content=release.content | {"places": rows})


def require_place(release: Published, place_id: str) -> dict[str, Any]:
    """Return the row of a place; one below k and one that does not exist read the same."""
    for row in release.places:
        if row["id"] == place_id:
            return row
    raise NotFoundError("no such place in the newest release")


def cases(session: Session, area_id: str) -> dict[str, Case]:
    """Return the cases of an area by place."""
    return releases.cases_of(session, area_id)


def _read(head: Release) -> Published:
    content = _parse(head.content_hash, head.content)
    return Published(
        head.area_id, head.number, head.day, head.content_hash, content, head.robustness
    )


@lru_cache(maxsize=8)
def _parse(content_hash: str, content: bytes) -> dict[str, Any]:
    # A release never changes: its hash is all that a cache needs.
    del content_hash
    release: dict[str, Any] = json.loads(gzip.decompress(content))
    release.setdefault("clusters", [])
    rows = [NEWER | row for row in release["places"]]
    for row in rows:
        row.update((name, round(row[name])) for name in COUNTS if row[name] is not None)
    release["places"] = _rank_by_danger(rows)
    return release


def _rank_by_danger(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows with their rank by relative risk; those that claim nothing come last."""

    def key(row: dict[str, Any]) -> tuple[bool, float, str]:
        return row["state"] == "unknown", -(row["relative"] or 0.0), row["id"]

    rank = {row["id"]: place for place, row in enumerate(sorted(rows, key=key), start=1)}
    known = {row["id"] for row in rows if row["relative"] is not None}
    return [row | {"rank_danger": rank[row["id"]] if row["id"] in known else None} for row in rows]
