"""Police or an administrator look at the official crashes of an area, and that is recorded."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.errors import NotFoundError
from api.store import audit, campaigns, crashes
from api.store.crashes import Stored
from api.store.engine import Store
from api.store.models import Area, Crash, User

from .areas import own_area
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


def view_crashes(store: Store, user: User, area_name: str) -> CrashView:
    """Return the crashes of one of the account's areas and record that they were seen."""
    with store.read() as session:
        area, own = own_area(session, require_police(user), area_name)
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
