"""Decide that a release becomes open data: who may, which release, and the job that makes it."""

from datetime import UTC, datetime

from api.errors import NotEnoughError, OlderReleaseError
from api.store import audit, editions, jobs
from api.store.engine import Session
from api.store.models import User

from .public_rows import public_places
from .read_release import require_release
from .release_content import K_PUBLIC


def may_publish(user: User | None) -> bool:
    """Return whether an account decides on open data: for a whole area, not for a part of it."""
    if user is None:
        return False
    return user.role == "admin" or (user.role == "police" and user.body_id is None)


def decide_edition(session: Session, user: User, area_id: str, seen: int) -> None:
    """Record that an account decided on the newest release of an area, and queue its edition.

    A release that is open data already stays as it is.

    Raises
    ------
    NoReleaseError
        If there is none yet.
    OlderReleaseError
        If the newest release is another one than the account has seen.
    NotEnoughError
        If it has no place that the public may see.
    """
    release = require_release(session, area_id)
    if release.number != seen:
        raise OlderReleaseError(f"release {release.number} is the newest by now: look at it first")
    if next(public_places(release), None) is None:
        raise NotEnoughError(
            f"not enough yet: no place was ridden by {K_PUBLIC} students of two classes"
        )
    if any(one.release == seen for one in editions.of_area(session, area_id)):
        return
    audit.record(session, user.id, "decide open data", f"area {area_id}", release=seen)
    jobs.enqueue(session, jobs.OPEN_DATA, f"{area_id}/{seen}", datetime.now(UTC))
