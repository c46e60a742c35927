"""Queries on who gets a digest, for whom somebody stands in, and what happened to cases."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from .authorities import Case, CaseEvent, Deputy
from .models import User


def accounts(session: Session) -> Sequence[User]:
    """Return every account with its school and body, the oldest first."""
    return session.scalars(
        select(User).order_by(User.id).options(joinedload(User.school), joinedload(User.body))
    ).all()


def find_account(session: Session, user_id: int) -> User | None:
    """Return one account that nobody else changes until this transaction ends."""
    return session.get(User, user_id, with_for_update=True, populate_existing=True)


def by_calendar(session: Session, calendar_hash: str) -> User | None:
    """Return whose calendar has this secret in its address."""
    return session.scalar(select(User).where(User.calendar_hash == calendar_hash))


def absent(session: Session, user_id: int, day: date) -> Sequence[User]:
    """Return the colleagues for whom an account stands in on a day."""
    return session.scalars(
        select(User)
        .join(Deputy, Deputy.user_id == User.id)
        .where(Deputy.deputy_id == user_id, Deputy.from_day <= day, Deputy.to_day >= day)
        .distinct()
    ).all()


def events_between(
    session: Session, area_id: str, kinds: Collection[str], first: date, before: date
) -> Sequence[CaseEvent]:
    """Return what happened to cases of an area from a day on and before another, oldest first."""
    start, end = (datetime.combine(day, time(), UTC) for day in (first, before))
    return session.scalars(
        select(CaseEvent)
        .join(Case, CaseEvent.case_id == Case.id)
        .where(Case.area_id == area_id, CaseEvent.kind.in_(kinds))
        .where(CaseEvent.at >= start, CaseEvent.at < end)
        .order_by(CaseEvent.id)
    ).all()
