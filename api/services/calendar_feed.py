"""The calendar of due days: by a secret address, of the cases that are the account's today."""

from datetime import UTC, date, datetime

from api.auth import digest, new_token
from api.errors import NotFoundError
from api.store import audit, cases, digests
from api.store.authorities import Case
from api.store.engine import Session
from api.store.models import User
from web.calendar import DueDay, due_calendar

from .areas import LoadedArea, own_areas
from .case_rights import AUTHORITIES, actor_of
from .case_states import OPEN
from .installation import Installation


def make_calendar(session: Session, user_id: int) -> str:
    """Return the secret of a new address of the account's calendar; the one before is dead.

    Raises
    ------
    NotFoundError
        If cases are not the account's work.
    """
    user = _require(session, user_id)
    token = new_token()
    user.calendar_hash = digest(token)
    audit.record(session, user.id, "make calendar", f"user {user.id}")
    return token


def revoke_calendar(session: Session, user_id: int) -> None:
    """Make the address of the account's calendar useless."""
    user = _require(session, user_id)
    user.calendar_hash = None
    audit.record(session, user.id, "revoke calendar", f"user {user.id}")


def calendar_feed(here: Installation, token: str) -> bytes:
    """Return the calendar under a secret address.

    Raises
    ------
    NotFoundError
        The same for an address that never was, was revoked, or whose account has other work now.
    """
    with here.store.read() as session:
        user = digests.by_calendar(session, digest(token))
        if user is None or user.role not in AUTHORITIES:
            raise NotFoundError("no such calendar")
        found = [
            due
            for area in own_areas(session, user)
            for due in _due_days(session, user, here.library.get(area))
        ]
        language = user.language
    now = datetime.now(UTC).replace(microsecond=0)
    return due_calendar(found, language=language, site=here.settings.base_url, now=now)


def _require(session: Session, user_id: int) -> User:
    user = digests.find_account(session, user_id)
    if user is None or user.role not in AUTHORITIES:
        raise NotFoundError("no such page")
    return user


def _due_days(session: Session, user: User, area: LoadedArea) -> list[DueDay]:
    actor = actor_of(session, user)
    return [
        _due_day(case, case.due_on, area)
        for case in cases.of_area(session, area.id)
        if case.state in OPEN and case.due_on and actor.sees(case, area) and actor.decides(case)
    ]


def _due_day(case: Case, day: date, area: LoadedArea) -> DueDay:
    places = area.network.places
    return DueDay(
        case_id=case.id,
        version=case.version,
        name=str(places["name"].get(case.place_id) or ""),
        kind=str(places["kind"].get(case.place_id) or ""),
        state=case.state,
        owner=case.owner or "",
        day=day,
    )
