"""Queries on staff accounts and their sessions."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select, update
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


def end_sessions(session: Session, user_id: int, *, but: str = "") -> None:
    """Forget every signed-in browser of an account, but the one with this hash."""
    session.execute(
        delete(StaffSession).where(StaffSession.user_id == user_id, StaffSession.token_hash != but)
    )


def end_old_sessions(session: Session, now: datetime) -> None:
    """Forget every session that has run out."""
    session.execute(delete(StaffSession).where(StaffSession.expires_at <= now))


def find(session: Session, user_id: int) -> User | None:
    """Return one account with its school and body."""
    return session.get(User, user_id)


def all_users(session: Session) -> Sequence[User]:
    """Return every account by its address, with its school and body."""
    return session.scalars(
        select(User).order_by(User.email).options(joinedload(User.school), joinedload(User.body))
    ).all()


def of_body(session: Session, body_id: int) -> Sequence[User]:
    """Return the members of a body by their addresses."""
    return session.scalars(select(User).where(User.body_id == body_id).order_by(User.email)).all()


def take_step(session: Session, user_id: int, step: int) -> bool:
    """Take a code's time step if it is later than the last one taken; return whether it was."""
    taken = session.scalar(
        update(User)
        .where(User.id == user_id, or_(User.totp_step.is_(None), User.totp_step < step))
        .values(totp_step=step)
        .returning(User.id)
    )
    return taken is not None


def is_empty(session: Session) -> bool:
    """Return whether there is no account yet."""
    return session.scalar(select(User.id).limit(1)) is None
