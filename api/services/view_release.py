"""A member of staff, or a program of a body, looks at a release, and that is recorded."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.store import areas, audit, campaigns, releases
from api.store.authorities import ApiKey, Body, Case
from api.store.engine import Session, Store
from api.store.models import Area, School, User

from .areas import own_area, require_area
from .campaigns import today
from .read_release import (
    Published,
    newest_release,
    release_of_year,
    require_published,
    years_of,
)
from .seen_content import seen_content
from .territory import Territory, territory_of, territory_of_bodies

CRASH_ROLES = frozenset({"police", "admin"})
"""Who may see how many official crashes there are at a place."""


@dataclass(frozen=True)
class View:
    """What an account, or a program, sees of one area."""

    area: Area
    own: list[Area]
    """Every area that the account may choose from."""
    newest: Published | None
    """Of the school year that was asked for, cut to the territory."""
    years: list[int]
    """The school years of which there is a release, the newest first."""
    cases: dict[str, Case]
    """By place, of the places that the release shows in the territory, or all of the area."""
    simulated: bool
    territory: Territory
    crashes: bool
    """Whether few official crashes at a place may be told."""

    @property
    def release(self) -> Published:
        """Return the release, or raise `NoReleaseError` before the first."""
        return require_published(self.newest, self.area.id)

    @property
    def body(self) -> Body | None:
        """Return the body for which it is seen, None for schools and administrators."""
        return self.territory.bodies[0] if self.territory.bodies else None


def view_release(
    store: Store, user: User, area_name: str, *, action: str, year: int | None = None
) -> View:
    """Return the newest release of one of the account's areas and record that it was seen.

    Who is neither police nor administrator sees it without few crashes, and a member of a body
    sees what lies in its territory: all else is not in it.

    Parameters
    ----------
    area_name
        Empty for the account's first area.
    year
        The school year, by the year it began in, whose newest release it is; else of all.

    Raises
    ------
    AreaNotFoundError
        The same for a foreign area and for one that does not exist.
    """
    with store.read() as session:
        area, own = own_area(session, user, area_name)
        territory = territory_of(session, user, today())
        found = release_of_year(session, area.id, year)
        view = _view(session, area, own, territory, found, crashes=user.role in CRASH_ROLES)
    if view.newest is not None:
        with store.write() as session:
            audit.record(session, user.id, action, f"area {area.id}", release=view.newest.number)
    return view


def view_for_key(store: Store, key: ApiKey, *, action: str) -> View:
    """Return the newest release as the members of a key's body see it, and record that."""
    with store.read() as session:
        area = require_area(session, key.body.area_id)
        territory = territory_of_bodies([key.body])
        found = newest_release(session, area.id)
        view = _view(session, area, [area], territory, found, crashes=key.body.kind == "police")
    if view.newest is not None:
        with store.write() as session:
            number = view.newest.number
            audit.record(session, None, action, f"area {area.id}", release=number, key=key.id)
    return view


def seen_of(
    session: Session, release: Published | None, territory: Territory, *, crashes: bool
) -> Published | None:
    """Return what may be seen of a release in a territory, with or without few crashes."""
    if release is None:
        return None
    whole = territory.polygon is None
    schools = set[int]() if whole else schools_in(session, release.area_id, territory)
    return seen_content(release, territory, frozenset(schools), crashes=crashes)


def schools_in(session: Session, area_id: str, territory: Territory) -> set[int]:
    """Return the ids of the schools of an area that lie in a territory."""
    found = areas.schools_of(session, area_id)
    inside = territory.mask(*_coordinates(found))
    return {school.id for school, kept in zip(found, inside, strict=True) if kept}


def _view(  # noqa: PLR0913  # what one look consists of
    session: Session,
    area: Area,
    own: list[Area],
    territory: Territory,
    found: Published | None,
    *,
    crashes: bool,
) -> View:
    newest = seen_of(session, found, territory, crashes=crashes)
    return View(
        area=area,
        own=own,
        newest=newest,
        years=years_of(session, area.id),
        cases=cases_in(session, area.id, newest, territory),
        simulated=campaigns.has_simulated(session, area.id),
        territory=territory,
        crashes=crashes,
    )


def cases_in(
    session: Session, area_id: str, seen: Published | None, territory: Territory
) -> dict[str, Case]:
    """Return the cases of an area by place, in a territory of the places shown there alone."""
    found = releases.cases_of(session, area_id)
    if territory.polygon is None:
        return found
    shown = {row["id"] for row in seen.places} if seen else set()
    return {place: case for place, case in found.items() if place in shown}


def _coordinates(schools: Sequence[School]) -> tuple[list[float], list[float]]:
    return [one.location.x for one in schools], [one.location.y for one in schools]
