"""What is planned and done at a case; once done it is a measure that releases compare."""

from dataclasses import dataclass
from datetime import date

from api.errors import CaseRefusedError
from api.store import cases, measures
from api.store.authorities import CaseMeasure
from geo.countermeasures import KINDS

from .campaigns import today
from .case_rights import Who
from .changing_case import Changing, Seen, changing_case, plain_text
from .installation import Installation
from .record_measure import MAX_PLACES, MAX_WHAT, NewMeasure, add_measure, delete_measure

COSTS = ("small", "medium", "large", "unknown")
MOST_MEASURES = 30


@dataclass(frozen=True)
class NewCaseMeasure:
    """What is to be done, and by when if that is known."""

    what: str
    kind: str
    cost: str = "unknown"
    planned_on: date | None = None


def plan_measure(here: Installation, who: Who, case_id: int, new: NewCaseMeasure) -> CaseMeasure:
    """Add a measure to a case.

    Raises
    ------
    CaseRefusedError
        If it has no words, is of no known kind or cost, or the case has too many.
    """
    with changing_case(here, who, Seen(case_id)) as changing:
        _require_workable(changing)
        what = plain_text(new.what, "measure", most=MAX_WHAT)
        if not what or "\n" in what:
            raise CaseRefusedError("measure", f"expected in 1 to {MAX_WHAT} letters what to do")
        if new.kind not in KINDS or new.cost not in COSTS:
            raise CaseRefusedError("measure kind", "expected a kind and a class of cost")
        if len(cases.measures_of(changing.session, [case_id])) >= MOST_MEASURES:
            raise CaseRefusedError("too many", f"expected at most {MOST_MEASURES} measures")
        measure = CaseMeasure(
            case_id=case_id, what=what, kind=new.kind, cost=new.cost, planned_on=new.planned_on
        )
        changing.session.add(measure)
        _record(changing, measure, "planned")
    return measure


def finish_measure(
    here: Installation, who: Who, case_id: int, measure_id: int, done_on: date
) -> CaseMeasure:
    """Say that a measure was carried out: from the next release on before and after are compared.

    Raises
    ------
    CaseRefusedError
        If the day lies ahead, or it was done before.
    """
    with changing_case(here, who, Seen(case_id)) as changing:
        _require_workable(changing)
        measure = _find(changing, measure_id)
        if measure.done_on is not None:
            raise CaseRefusedError("measure done", "expected a measure that is not done yet")
        if done_on > today():
            raise CaseRefusedError("done ahead", "expected a day that is not ahead")
        measure.done_on = done_on
        measure.measure_id = _compared(changing, measure, done_on)
        _record(changing, measure, "done")
    return measure


def take_back_measure(here: Installation, who: Who, case_id: int, measure_id: int) -> None:
    """Say that a measure was not done after all, or remove one that is only planned."""
    with changing_case(here, who, Seen(case_id)) as changing:
        _require_workable(changing)
        measure = _find(changing, measure_id)
        if measure.done_on is None:
            _record(changing, measure, "removed")
            changing.session.delete(measure)
            return
        _record(changing, measure, "not done")
        compared, measure.done_on, measure.measure_id = measure.measure_id, None, None
        changing.session.flush()
        if compared is not None and not cases.count_with_measure(changing.session, compared):
            delete_measure(changing.session, compared, changing.actor.user_id)


def _require_workable(changing: Changing) -> None:
    if changing.case.state == "merged":
        raise CaseRefusedError("ended", "expected a case that was not merged")


def _find(changing: Changing, measure_id: int) -> CaseMeasure:
    measure = cases.find_measure(changing.session, changing.case.id, measure_id)
    if measure is None:
        raise CaseRefusedError("no measure", "expected a measure of the case")
    return measure


def _compared(changing: Changing, measure: CaseMeasure, done_on: date) -> int | None:
    """Return the measure of the area by which releases compare it, None without a place left."""
    known = changing.area.network.places.index
    places = sorted(place for place in changing.case.places if place in known)[:MAX_PLACES]
    if not places:
        return None
    for one in measures.of_area(changing.session, changing.case.area_id):
        if (one.places, one.done_on) == (places, done_on):
            return one.id  # what is done on one day has one effect
    new = NewMeasure(measure.what, places, done_on)
    user_id = changing.actor.user_id
    return add_measure(changing.session, changing.case.area_id, new, user_id).id


def _record(changing: Changing, measure: CaseMeasure, step: str) -> None:
    day = measure.done_on if step == "done" else measure.planned_on
    details = {"step": step, "what": measure.what, "kind": measure.kind, "cost": measure.cost}
    changing.record("measure", details | {"day": day.isoformat() if day else ""})
