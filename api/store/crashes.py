"""Queries on official crashes, by area, source and year."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, delete, func, insert, select, update
from sqlalchemy.orm import Session

from .models import Crash

BATCH = 5_000


@dataclass(frozen=True)
class Stored:
    """What is stored of one source and year."""

    source: str
    year: int
    rows: int
    with_bicycle: int
    bicycle_unknown: int
    located: int

    @property
    def unlocated(self) -> int:
        """Return how many have no place."""
        return self.rows - self.located


def replace(
    session: Session,
    area_id: str,
    source: str,
    years: Collection[int],
    rows: Iterable[Mapping[str, Any]],
) -> None:
    """Put rows in the place of what is stored of these years of a source."""
    session.execute(
        delete(Crash).where(
            Crash.area_id == area_id, Crash.source == source, Crash.year.in_(sorted(years))
        )
    )
    new = [{"area_id": area_id, "source": source, **row} for row in rows]
    for first in range(0, len(new), BATCH):
        session.execute(insert(Crash), new[first : first + BATCH])


def summary(session: Session, area_id: str) -> list[Stored]:
    """Return what is stored of an area, by source and year."""
    rows = session.execute(
        select(
            Crash.source,
            Crash.year,
            func.count(),
            func.sum(case((Crash.bicycle.is_(True), 1), else_=0)),
            func.sum(case((Crash.bicycle.is_(None), 1), else_=0)),
            func.count(Crash.place_id),
        )
        .where(Crash.area_id == area_id)
        .group_by(Crash.source, Crash.year)
        .order_by(Crash.source, Crash.year)
    )
    return [Stored(*row) for row in rows]


def of_area(session: Session, area_id: str) -> Sequence[Crash]:
    """Return the crashes of an area in a fixed order."""
    return session.scalars(
        select(Crash)
        .where(Crash.area_id == area_id)
        .order_by(Crash.source, Crash.year, Crash.crash_id)
    ).all()


def at_place(session: Session, area_id: str, place_id: str) -> Sequence[Crash]:
    """Return the crashes at one place of an area."""
    return session.scalars(
        select(Crash).where(Crash.area_id == area_id, Crash.place_id == place_id).order_by(Crash.id)
    ).all()


def unlocated(session: Session, area_id: str, most: int) -> Sequence[Crash]:
    """Return crashes without a place, those with a bicycle and the nearest first."""
    return session.scalars(
        select(Crash)
        .where(Crash.area_id == area_id, Crash.place_id.is_(None))
        .order_by(
            case((Crash.bicycle.is_(True), 0), else_=1),
            Crash.distance_m,
            Crash.source,
            Crash.year,
            Crash.crash_id,
        )
        .limit(most)
    ).all()


def move(session: Session, places: Sequence[tuple[int, str | None, float]]) -> None:
    """Give crashes (by their row's id) another place and distance."""
    rows = [{"id": row, "place_id": place, "distance_m": away} for row, place, away in places]
    for first in range(0, len(rows), BATCH):
        session.execute(update(Crash), rows[first : first + BATCH])
