"""Queries on bodies, who stands in for whom in them, and their keys."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from .authorities import ApiKey, Body, Deputy
from .models import User


def find(session: Session, body_id: int) -> Body | None:
    """Return one body."""
    return session.get(Body, body_id)


def of_area(session: Session, area_id: str) -> Sequence[Body]:
    """Return the bodies of an area, the oldest first."""
    return session.scalars(select(Body).where(Body.area_id == area_id).order_by(Body.id)).all()


def all_bodies(session: Session) -> Sequence[Body]:
    """Return every body by area and name."""
    return session.scalars(select(Body).order_by(Body.area_id, Body.name)).all()


def by_name(session: Session, area_id: str, name: str) -> Body | None:
    """Return the body of this name in an area."""
    return session.scalar(select(Body).where(Body.area_id == area_id, Body.name == name))


def stood_in_for(session: Session, user_id: int, day: date) -> Sequence[Body]:
    """Return the bodies of the colleagues for whom an account acts on a day."""
    # Not DISTINCT: PostgreSQL compares no JSON, of which bodies have a column.
    theirs = (
        select(User.body_id)
        .join(Deputy, Deputy.user_id == User.id)
        .where(Deputy.deputy_id == user_id, Deputy.from_day <= day, Deputy.to_day >= day)
    )
    return session.scalars(select(Body).where(Body.id.in_(theirs)).order_by(Body.id)).all()


def deputies_of(session: Session, user_id: int, day: date) -> Sequence[tuple[Deputy, str]]:
    """Return who acts for an account from a day on, with the address of each."""
    rows = session.execute(
        select(Deputy, User.email)
        .join(User, User.id == Deputy.deputy_id)
        .where(Deputy.user_id == user_id, Deputy.to_day >= day)
        .order_by(Deputy.from_day, Deputy.id)
    )
    return [(deputy, email) for deputy, email in rows]


def end_deputy(session: Session, user_id: int, deputy_id: int) -> bool:
    """Forget one deputy of an account; return whether there was one."""
    gone = session.scalar(
        delete(Deputy).where(Deputy.id == deputy_id, Deputy.user_id == user_id).returning(Deputy.id)
    )
    return gone is not None


def key_by_hash(session: Session, key_hash: str) -> ApiKey | None:
    """Return the key with this hash, and its body, unless it was revoked."""
    return session.scalar(
        select(ApiKey)
        .where(ApiKey.key_hash == key_hash, ApiKey.revoked_at.is_(None))
        .options(joinedload(ApiKey.body))
    )


def keys_of(session: Session, body_id: int) -> Sequence[ApiKey]:
    """Return the keys of a body, the newest first."""
    return session.scalars(
        select(ApiKey).where(ApiKey.body_id == body_id).order_by(ApiKey.id.desc())
    ).all()


def require_key(session: Session, key_id: int) -> ApiKey:
    """Return a key that is known to be there: none is ever removed."""
    return session.get_one(ApiKey, key_id)


def find_key(session: Session, key_id: int) -> ApiKey | None:
    """Return one key."""
    return session.get(ApiKey, key_id)
