"""A member of staff looks at one school: its meter, who answered, its cases and its convoys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.errors import NotFoundError
from api.store import areas, audit, campaigns
from api.store import cases as case_store
from api.store.authorities import Case, CaseMeasure
from api.store.engine import Session, Store
from api.store.models import Area, Campaign, School, User
from geo.policy import load_policy
from geo.school_meter import Meter, MeterChange, meter_change, school_meter

from .campaigns import today
from .case_states import ENDED
from .read_release import Published, last_release_before, newest_release, require_published
from .school_years import SCHOOL_YEAR_MONTH, school_year
from .territory import WHOLE, Territory, territory_of
from .view_release import CRASH_ROLES, cases_in, seen_of


@dataclass(frozen=True)
class SchoolView:
    """What an account sees of one school."""

    school: School
    area: Area
    newest: Published | None
    earlier: Published | None
    """The last release of an earlier school year."""
    cases: dict[str, Case]
    steps: dict[int, list[CaseMeasure]]
    """What the owners of these cases plan or have done, by case."""
    public: Published | None
    """The newest release as a whole: only for what is open to everybody."""
    campaigns: Sequence[Campaign]
    simulated: bool

    @property
    def release(self) -> Published:
        """Return the release, or raise `NoReleaseError` before the first."""
        return require_published(self.newest, self.area.id)

    @property
    def convoys(self) -> list[dict[str, Any]]:
        """Return the convoys of the school."""
        return self.newest.convoys.get(str(self.school.id), []) if self.newest else []


@dataclass(frozen=True)
class SchoolYear:
    """What the last release of a school year tells of a school."""

    first: int
    """The calendar year in which it began."""
    number: int
    day: date
    meter: Meter
    about: dict[str, Any]


def view_school(store: Store, user: User, school_id: int, *, action: str) -> SchoolView:
    """Return a school with the newest release of its area, and record that it was seen.

    Raises
    ------
    NotFoundError
        The same for a foreign school and for one that does not exist.
    """
    with store.read() as session:
        school = areas.find_school(session, school_id)
        territory = territory_of(session, user, today())
        if school is None or not may_see_school(user, school, territory):
            raise NotFoundError("no such school")
        view = whole_view(session, school, territory, crashes=user.role in CRASH_ROLES)
    if view.newest is not None:
        with store.write() as session:
            audit.record(
                session, user.id, action, f"school {school_id}", release=view.newest.number
            )
    return view


def whole_view(
    session: Session, school: School, territory: Territory = WHOLE, *, crashes: bool = False
) -> SchoolView:
    """Return a school with the newest release of its area; nothing is recorded."""
    newest = newest_release(session, school.area_id)
    earlier = (
        last_release_before(session, school.area_id, _year_begins(newest.day)) if newest else None
    )
    seen = seen_of(session, newest, territory, crashes=crashes)
    cases = cases_in(session, school.area_id, seen, territory)
    return SchoolView(
        school=school,
        area=school.area,
        newest=seen,
        earlier=seen_of(session, earlier, territory, crashes=crashes),
        cases=cases,
        steps=_steps(session, cases),
        public=newest,
        campaigns=campaigns.of_school(session, school.id),
        simulated=campaigns.has_simulated(session, school.area_id),
    )


def _steps(session: Session, cases: Mapping[str, Case]) -> dict[int, list[CaseMeasure]]:
    found: dict[int, list[CaseMeasure]] = {}
    for measure in case_store.measures_of(session, {case.id for case in cases.values()}):
        found.setdefault(measure.case_id, []).append(measure)
    return found


def may_see_school(user: User, school: School, territory: Territory) -> bool:
    """Return whether an account works for a school: its teachers, who acts there, admins."""
    if user.role in {"police", "officer"}:
        at = school.location
        return user.area_id == school.area_id and territory.covers(lon=at.x, lat=at.y)
    return user.role == "admin" or (user.role == "teacher" and user.school_id == school.id)


def tell_year(release: Published, school: School) -> SchoolYear:
    """Return what a release tells of a school, for the school year that it was made in."""
    about = release.content["schools"].get(str(school.id), {})
    return SchoolYear(
        first=school_year(release.day),
        number=release.number,
        day=release.day,
        meter=school_meter(_measured(release), school.id, about, load_policy()),
        about=about,
    )


def tell_change(view: SchoolView) -> MeterChange | None:
    """Return how the way to the school changed, None without an earlier school year."""
    if view.newest is None or view.earlier is None:
        return None
    now, before = _measured(view.newest), _measured(view.earlier)
    return meter_change(now, before, view.school.id, load_policy())


def open_cases(view: SchoolView) -> list[tuple[dict[str, Any], Case]]:
    """Return the places that the school's students pass and that somebody must still act on."""
    rows = view.newest.places if view.newest else []
    passed = (row for row in rows if str(view.school.id) in row["schools"])
    return [
        (row, view.cases[row["id"]])
        for row in passed
        if row["id"] in view.cases and view.cases[row["id"]].state not in ENDED
    ]


def require_convoy(view: SchoolView, number: int) -> dict[str, Any]:
    """Return a convoy of the school by its number, which counts from 1."""
    if not 0 < number <= len(view.convoys):
        raise NotFoundError("no such convoy in the newest release")
    return view.convoys[number - 1]


def _year_begins(day: date) -> date:
    return date(school_year(day), SCHOOL_YEAR_MONTH, 1)


def _measured(release: Published) -> list[dict[str, Any]]:
    # The first releases did not say how much is ridden on a place.
    return [row for row in release.places if row["exposure"] is not None and row["passages"]]
