"""Queries on releases and the cases that hang on their hotspots."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, undefer

from .authorities import Case
from .models import Release


def newest(session: Session, area_id: str) -> Release | None:
    """Return the newest release of an area without its content."""
    return session.scalar(
        select(Release).where(Release.area_id == area_id).order_by(Release.number.desc()).limit(1)
    )


def newest_whole(session: Session, area_id: str) -> Release | None:
    """Return the newest release of an area with its content and ledger."""
    return session.scalar(
        select(Release)
        .where(Release.area_id == area_id)
        .order_by(Release.number.desc())
        .options(undefer(Release.content), undefer(Release.ledger))
        .limit(1)
    )


def find(session: Session, area_id: str, number: int) -> Release | None:
    """Return one release of an area."""
    return session.scalar(
        select(Release).where(Release.area_id == area_id, Release.number == number)
    )


def robustness(session: Session, area_id: str, number: int) -> dict[str, Any] | None:
    """Return how robust a release is, None as long as that has not been worked out."""
    return session.scalar(
        select(Release.robustness).where(Release.area_id == area_id, Release.number == number)
    )


def of_area(session: Session, area_id: str) -> Sequence[Release]:
    """Return the releases of an area, newest first."""
    return session.scalars(
        select(Release).where(Release.area_id == area_id).order_by(Release.number.desc())
    ).all()


def cases_of(session: Session, area_id: str) -> dict[str, Case]:
    """Return the case at each place of an area, with its body: the open one, or the last closed."""
    rows = session.scalars(
        select(Case)
        .where(Case.area_id == area_id, Case.state != "merged")
        .order_by(Case.closed_on.is_(None), Case.id)
        .options(joinedload(Case.body))
    )
    return {place: row for row in rows for place in row.places or [row.place_id]}
