"""Queries on measures by area."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from .models import Measure


def of_area(session: Session, area_id: str) -> Sequence[Measure]:
    """Return the measures of an area in the order in which they were recorded."""
    return session.scalars(
        select(Measure).where(Measure.area_id == area_id).order_by(Measure.id)
    ).all()


def find(session: Session, measure_id: int) -> Measure | None:
    """Return one measure."""
    return session.get(Measure, measure_id)


def remove(session: Session, measure: Measure) -> None:
    """Delete a measure; its id is never given again."""
    session.delete(measure)
