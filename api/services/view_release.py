"""A member of staff looks at the newest release of an area, and that is recorded."""

from dataclasses import dataclass

from api.store import audit, campaigns, releases
from api.store.authorities import Case
from api.store.engine import Store
from api.store.models import Area, User

from .areas import own_area
from .read_release import Published, newest_release, require_published, without_few_crashes

CRASH_ROLES = frozenset({"police", "admin"})
"""Who may see how many official crashes there are at a place."""


@dataclass(frozen=True)
class View:
    """What an account sees of one area."""

    area: Area
    own: list[Area]
    """Every area that the account may choose from."""
    newest: Published | None
    cases: dict[str, Case]
    simulated: bool

    @property
    def release(self) -> Published:
        """Return the release, or raise `NoReleaseError` before the first."""
        return require_published(self.newest, self.area.id)


def view_release(store: Store, user: User, area_name: str, *, action: str) -> View:
    """Return the newest release of one of the account's areas and record that it was seen.

    Who is neither police nor administrator sees it without few crashes.

    Parameters
    ----------
    area_name
        Empty for the account's first area.

    Raises
    ------
    AreaNotFoundError
        The same for a foreign area and for one that does not exist.
    """
    with store.read() as session:
        area, own = own_area(session, user, area_name)
        view = View(
            area=area,
            own=own,
            newest=_seen_by(user, newest_release(session, area.id)),
            cases=releases.cases_of(session, area.id),
            simulated=campaigns.has_simulated(session, area.id),
        )
    if view.newest is not None:
        with store.write() as session:
            audit.record(session, user.id, action, f"area {area.id}", release=view.newest.number)
    return view


def _seen_by(user: User, release: Published | None) -> Published | None:
    may = user.role in CRASH_ROLES
    return release if release is None or may else without_few_crashes(release)
