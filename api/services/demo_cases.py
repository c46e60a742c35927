"""Give the cases of the demo some life, through the same services as the pages."""

from collections.abc import Callable
from datetime import timedelta

from api.store import cases, users
from api.store.authorities import Case
from api.store.engine import Session
from api.store.models import User

from .campaigns import today
from .case_measures import NewCaseMeasure, finish_measure, plan_measure
from .case_states import OPEN
from .change_case import Change, change_case
from .changing_case import Seen
from .hand_over_case import take_on_case
from .installation import Installation
from .note_case import note_case
from .read_release import newest_release

Act = Callable[[Installation, User, Case], None]


def live_cases(here: Installation, area_id: str) -> None:
    """Let the demo's authorities act on the cases that rank first, each in another way."""
    acts: tuple[Act, ...] = (_in_work, _acknowledged, _done, _planned, _declined, _investigating)
    with here.store.read() as session:
        found = [(case, _who_acts(session, case)) for case in _by_rank(session, area_id)]
    known = ((case, who) for case, who in found if who is not None)
    for act, (case, who) in zip(acts, known, strict=False):
        taken = case
        if case.body_id is None and who.body_id is not None:
            taken = take_on_case(here, who, Seen(case.id, case.version))
        act(here, who, taken)
    left = [case for case, _ in found[len(acts) :]]
    if left:
        _let_run_out(here, left[0])


def _by_rank(session: Session, area_id: str) -> list[Case]:
    release = newest_release(session, area_id)
    rank = {row["id"]: place for place, row in enumerate(release.places)} if release else {}
    opened = [case for case in cases.of_area(session, area_id) if case.state in OPEN]
    return sorted(opened, key=lambda case: rank.get(case.place_id, len(rank)))


def _who_acts(session: Session, case: Case) -> User | None:
    """Return an account that may act: of the owner, or police for what is nobody's."""
    staff = users.of_area(session, case.area_id)
    own = (one for one in staff if case.body_id is not None and one.body_id == case.body_id)
    police = (one for one in staff if case.body_id is None and one.role == "police")
    return next(own, next(police, None))


def _acknowledged(here: Installation, who: User, case: Case) -> None:
    answer = (
        "Thank you. We have read what you told us and will come and look in the next two weeks."
    )
    change_case(here, who, Seen(case.id, case.version), Change("acknowledged", answer))
    note_case(here, who, case.id, "Look at it between 7:15 and 7:50, when the students come.")


def _investigating(here: Installation, who: User, case: Case) -> None:
    answer = "We are counting the cars and measuring how fast they go. Then we decide."
    change = Change("investigating", answer, due_on=today() + timedelta(days=21))
    change_case(here, who, Seen(case.id, case.version), change)


def _planned(here: Installation, who: User, case: Case) -> None:
    by = today() + timedelta(days=45)
    answer = "The crossing gets new markings, and plants that block the view are cut."
    change = Change("planned", answer, due_on=by)
    change_case(here, who, Seen(case.id, case.version), change)
    for what, kind, cost in (("Cut the plants at the corner", "quick", "small"),
                             ("Renew the markings", "quick", "medium")):  # fmt: skip
        plan_measure(here, who, case.id, NewCaseMeasure(what, kind, cost, by))


def _in_work(here: Installation, who: User, case: Case) -> None:
    answer = (
        "We check speeds here on school mornings, and an island in the middle is being planned."
    )
    change = Change("in_work", answer, due_on=today() + timedelta(days=60))
    change_case(here, who, Seen(case.id, case.version), change)
    checks = NewCaseMeasure("Speed checks on ten mornings", "enforcement", "small", today())
    plan_measure(here, who, case.id, checks)
    island = NewCaseMeasure(
        "An island to cross in two steps", "long", "large", today() + timedelta(days=300)
    )
    plan_measure(here, who, case.id, island)


def _done(here: Installation, who: User, case: Case) -> None:
    lamp = NewCaseMeasure("Repair the lamp and the edge of the path", "quick", "small", today())
    finish_measure(here, who, case.id, plan_measure(here, who, case.id, lamp).id, today())
    answer = (
        "The lamp works again and the edge of the path is repaired. Tell us if it is not better."
    )
    change_case(here, who, Seen(case.id, case.version), Change("done", answer))


def _declined(here: Installation, who: User, case: Case) -> None:
    answer = (
        "We cannot change this now: the street is rebuilt in two years, with a cycle track. Until "
        "then please use the parallel street."
    )
    change_case(here, who, Seen(case.id, case.version), Change("declined", answer))


def _let_run_out(here: Installation, case: Case) -> None:
    """Leave a case overdue; no service does that, as nobody may promise a day that is over."""
    with here.store.write() as session:
        late = cases.find_to_change(session, case.id)
        if late is not None and late.due_on is not None:
            days = {
                "from": late.due_on.isoformat(),
                "to": (today() - timedelta(days=3)).isoformat(),
            }
            late.due_on = today() - timedelta(days=3)
            cases.append_event(session, late, "due", days)
