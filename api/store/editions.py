"""Queries on the published editions of open data."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from .authorities import OpenEdition


def of_area(session: Session, area_id: str) -> Sequence[OpenEdition]:
    """Return the editions of an area, newest release first."""
    return session.scalars(
        select(OpenEdition)
        .where(OpenEdition.area_id == area_id)
        .order_by(OpenEdition.release.desc())
    ).all()


def find(session: Session, area_id: str, period: str, release: int) -> OpenEdition | None:
    """Return one edition."""
    return session.scalar(
        select(OpenEdition).where(
            OpenEdition.area_id == area_id,
            OpenEdition.period == period,
            OpenEdition.release == release,
        )
    )
