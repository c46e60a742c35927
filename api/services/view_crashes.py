"""Police or an administrator look at the official crashes of an area, and that is recorded."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.errors import NotFoundError
from api.store import audit, campaigns, crashes
from api.store.crashes import Stored
from api.store.engine import Session, Store
from api.store.models import Area, Crash, User

from .areas import own_area
from .campaigns import today
from .territory import territory_of
from .view_release import CRASH_ROLES

SHOWN = 200
"""Crashes without a place that a page lists."""


@dataclass(frozen=True)
class CrashView:
    """What an account sees of the crashes of one area."""

    area: Area
    own: list[Area]
    stored: Sequence[Stored]
    unlocated: Sequence[Crash]
    simulated: bool

    @property
    def all_unlocated(self) -> int:
        """Return how many crashes have no place, shown or not."""
        return sum(one.unlocated for one in self.stored)


def require_police(user: User) -> User:
    """Return the account if crashes are its to see; for others these pages do not exist."""
    if user.role not in CRASH_ROLES:
        raise NotFoundError("no such page")
    return user


def require_crashes(session: Session, user: User, area_name: str) -> tuple[Area, list[Area]]:
    """Return one of the account's areas, and all of them, if its crashes are the account's.

    A file replaces those of its years in all of an area: who sees only a part of it neither
    imports nor lists them, and reads of those in its territory in the releases.
    """
    area, own = own_area(session, require_police(user), area_name)
    if not territory_of(session, user, today()).covers_area(area):
        raise NotFoundError("no such page")
    return area, own


def sees_crashes(store: Store, user: User) -> bool:
    """Return whether the pages of crashes are for this account."""
    try:
        with store.read() as session:
            require_crashes(session, user, "")
    except NotFoundError:
        return False
    return True


def view_crashes(store: Store, user: User, area_name: str) -> CrashView:
    """Return the crashes of one of the account's areas and record that they were seen."""
    with store.read() as session:
        area, own = require_crashes(session, user, area_name)
        view = CrashView(
            area=area,
            own=own,
            stored=crashes.summary(session, area.id),
            unlocated=crashes.unlocated(session, area.id, SHOWN),
            simulated=campaigns.has_simulated(session, area.id),
        )
    record_view(store, user, area.id, "see crashes")
    return view


def record_view(store: Store, user: User, area_id: str, action: str) -> None:
    """Record that an account did something with the crashes of an area."""
    with store.write() as session:
        audit.record(session, user.id, action, f"area {area_id}")
