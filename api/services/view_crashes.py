"""Police or an administrator look at the official crashes of an area, and that is recorded."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.errors import AreaNotFoundError, NotFoundError
from api.store import areas, audit, campaigns, crashes
from api.store.crashes import Stored
from api.store.engine import Session, Store
from api.store.models import Area, Crash, User

from .areas import require_area

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
    if user.role not in {"police", "admin"}:
        raise NotFoundError("no such page")
    return user


def own_area(session: Session, user: User, name: str) -> tuple[Area, list[Area]]:
    """Return one of the account's areas (empty for the first), and all of them.

    Raises
    ------
    AreaNotFoundError
        The same for a foreign area and for one that does not exist.
    """
    require_police(user)
    if user.role == "admin":
        own = list(areas.all_areas(session))
    else:
        own = [require_area(session, user.area_id)] if user.area_id else []
    area = next((one for one in own if name in ("", one.id)), None)
    if area is None:
        raise AreaNotFoundError(f"no area {name!r}" if name else "no area has been imported yet")
    return area, own


def view_crashes(store: Store, user: User, area_name: str) -> CrashView:
    """Return the crashes of one of the account's areas and record that they were seen."""
    with store.read() as session:
        area, own = own_area(session, user, area_name)
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
