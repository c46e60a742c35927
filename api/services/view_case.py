"""One case with all that hangs on it, for who may see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from api.errors import NotFoundError
from api.store import bodies, cases
from api.store.authorities import Body, Case, CaseAttachment, CaseEvent, CaseMeasure
from api.store.engine import Session
from api.store.models import User

from .areas import LoadedArea, require_area
from .campaigns import today
from .case_rights import Actor, actor_of, require_case
from .case_states import OPEN
from .installation import Installation
from .students_verdict import Verdict, verdicts
from .tables import is_overdue
from .view_cases import Row, require_authority, visible_cases
from .view_release import View, view_release


@dataclass(frozen=True)
class CaseView:
    """What an account sees of a case, and what it may do."""

    case: Case
    area: LoadedArea
    view: View
    rows: dict[str, Row]
    """What the newest release shows of its places, as far as they lie in the territory."""
    measures: Sequence[CaseMeasure]
    images: Sequence[CaseAttachment]
    events: Sequence[CaseEvent]
    broken: int | None
    """The first step of the history that does not fit the one before it, None if all do."""
    earlier: Case | None
    later: Sequence[Case]
    """What came after it, was split from it or merged into it, as far as it may be seen."""
    merged_into: Case | None
    bodies: Sequence[Body]
    """The bodies that it may be handed over to."""
    mergeable: Sequence[Case]
    """Other open cases of the account."""
    overdue: bool
    students: Verdict | None
    """What students say of a case that is called done."""
    decides: bool
    may_take: bool

    @property
    def effects(self) -> list[dict[str, Any]]:
        """Return what the newest release tells of what was done here."""
        own = {one.measure_id for one in self.measures}
        rows = self.view.newest.effects if self.view.newest else []
        return [row for row in rows if row["id"] in own]


def view_case(here: Installation, user: User, case_id: int, *, action: str) -> CaseView:
    """Return a case and record that it was seen.

    Raises
    ------
    NotFoundError
        The same for a case of others, for one that does not exist, and for schools.
    """
    require_authority(user)
    area = _seen_area(here, user, case_id)
    view = view_release(here.store, user, area.id, action=f"{action} {case_id}")
    shown = {row["id"]: row for row in view.newest.places} if view.newest else {}
    with here.store.read() as session:
        actor = actor_of(session, user)
        case = require_case(session, actor, case_id, area)
        events = cases.history(session, case_id)
        seen = {one.id: one for one in visible_cases(session, actor, area)}
        return CaseView(
            case=case,
            area=area,
            view=view,
            rows={place: shown[place] for place in case.places if place in shown},
            measures=cases.measures_of(session, [case_id]),
            images=cases.attachments_of(session, case_id),
            events=events,
            broken=cases.first_broken_event(events),
            earlier=seen.get(case.earlier_id or 0),
            later=[one for one in cases.linked_to(session, case_id) if one.id in seen],
            merged_into=seen.get(case.merged_into_id or 0),
            bodies=_others(session, case),
            mergeable=[
                one
                for one in seen.values()
                if one.state in OPEN and one.id != case_id and actor.decides(one)
            ],
            overdue=is_overdue(case, today()),
            students=verdicts(session, [case]).get(case_id),
            decides=actor.decides(case),
            may_take=_may_take(actor, case, area),
        )


def view_image(here: Installation, user: User, case_id: int, image_id: int) -> CaseAttachment:
    """Return an image of a case for who may see the case.

    Raises
    ------
    NotFoundError
        The same for an image of others and for one that does not exist.
    """
    require_authority(user)
    area = _seen_area(here, user, case_id)
    with here.store.read() as session:
        require_case(session, actor_of(session, user), case_id, area)
        image = cases.find_attachment(session, case_id, image_id)
    if image is None:
        raise NotFoundError("no such image")
    return image


def _seen_area(here: Installation, user: User, case_id: int) -> LoadedArea:
    """Return the area of a case that may be seen: nothing is recorded of what was refused."""
    with here.store.read() as session:
        case = cases.find(session, case_id)
        if case is None:
            raise NotFoundError("no such case")
        area = here.library.get(require_area(session, case.area_id))
        require_case(session, actor_of(session, user), case_id, area)
    return area


def _others(session: Session, case: Case) -> list[Body]:
    return [one for one in bodies.of_area(session, case.area_id) if one.id != case.body_id]


def _may_take(actor: Actor, case: Case, area: LoadedArea) -> bool:
    return case.state in OPEN and actor.may_take(case, area)
