"""Queries on staff accounts and their sessions."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from .models import StaffSession, User


def by_email(session: Session, email: str) -> User | None:
    """Return the account with this e-mail address."""
    return session.scalar(select(User).where(User.email == email.casefold()))


def of_area(session: Session, area_id: str) -> Sequence[User]:
    """Return the accounts of an area's authorities, the oldest first."""
    return session.scalars(select(User).where(User.area_id == area_id).order_by(User.id)).all()


def by_token(session: Session, token_hash: str, now: datetime) -> User | None:
    """Return who is signed in with this token, with school and body, unless it has run out."""
    return session.scalar(
        select(User)
        .join(StaffSession)
        .where(StaffSession.token_hash == token_hash, StaffSession.expires_at > now)
        .options(joinedload(User.school), joinedload(User.body))
    )


def end_session(session: Session, token_hash: str) -> None:
    """Forget one signed-in browser."""
    session.execute(delete(StaffSession).where(StaffSession.token_hash == token_hash))


def end_old_sessions(session: Session, now: datetime) -> None:
    """Forget every session that has run out."""
    session.execute(delete(StaffSession).where(StaffSession.expires_at <= now))


def is_empty(session: Session) -> bool:
    """Return whether there is no account yet."""
    return session.scalar(select(User.id).limit(1)) is None
