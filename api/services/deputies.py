"""Who acts for a member of a body while that one is away."""

from collections.abc import Sequence
from datetime import date, timedelta

from api.errors import InvalidUserError, NotFoundError
from api.store import audit, bodies, users
from api.store.authorities import Body, Deputy
from api.store.engine import Session
from api.store.models import User

from .campaigns import today
from .territory import bodies_of

LONGEST = timedelta(days=366)


def name_deputy(
    session: Session, user: User, email: str, from_day: date | None, to_day: date | None
) -> Deputy:
    """Let a colleague of the same area see and act for the account's body on some days.

    Raises
    ------
    InvalidUserError
        The same sentence for whoever is not such a colleague, known here or not.
    """
    if from_day is None or to_day is None or not _may_be(from_day, to_day):
        raise InvalidUserError(
            f"expected days from today on, at most {LONGEST.days} of them, the first one first",
            "days",
        )
    colleague = users.by_email(session, email.strip())
    if colleague is None or not _may_stand_in(colleague, user):
        raise InvalidUserError(
            "expected the address of a colleague who is member of a body of your area", "colleague"
        )
    deputy = Deputy(user_id=user.id, deputy_id=colleague.id, from_day=from_day, to_day=to_day)
    session.add(deputy)
    session.flush()
    audit.record(session, user.id, "name deputy", f"user {colleague.id}", deputy=deputy.id)
    return deputy


def end_deputy(session: Session, user: User, deputy_id: int) -> None:
    """Take back that a colleague acts for the account.

    Raises
    ------
    NotFoundError
        The same for somebody else's deputy and for none.
    """
    if not bodies.end_deputy(session, user.id, deputy_id):
        raise NotFoundError("no such deputy")
    audit.record(session, user.id, "end deputy", f"deputy {deputy_id}")


def deputies_of(session: Session, user: User) -> Sequence[tuple[Deputy, str]]:
    """Return who acts for the account today or later, with the address of each."""
    return bodies.deputies_of(session, user.id, today())


def stands_in_for(session: Session, user: User) -> list[Body]:
    """Return the bodies, but its own, for which the account acts today."""
    return bodies_of(session, user, today())[1:]


def _may_be(from_day: date, to_day: date) -> bool:
    return today() <= to_day and from_day <= to_day <= from_day + LONGEST


def _may_stand_in(colleague: User, user: User) -> bool:
    return (
        user.body_id is not None
        and colleague.body_id is not None
        and colleague.id != user.id
        and colleague.area_id == user.area_id
    )
