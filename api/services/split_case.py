"""Take some places of a case out into a case of their own."""

from collections.abc import Iterable

from api.errors import CaseRefusedError
from api.store.authorities import Case

from .case_rights import Who
from .case_states import ENDED
from .changing_case import Seen, changing_case
from .installation import Installation


def split_case(here: Installation, who: Who, seen: Seen, places: Iterable[str]) -> Case:
    """Return a new case with some of the places; it starts as the old one stands, and names it.

    Measures and images stay with the old one.

    Raises
    ------
    CaseRefusedError
        If the case is not open, or not some but not all of its places are named.
    """
    with changing_case(here, who, seen) as changing:
        case = changing.case
        asked = set(places)
        leaving = [place for place in case.places if place in asked]
        staying = [place for place in case.places if place not in asked]
        if not leaving or not staying or len(leaving) < len(asked):
            raise CaseRefusedError("split", "expected some, but not all, places of the case")
        if case.state in ENDED:
            raise CaseRefusedError("ended", "expected an open case")
        new = Case(
            area_id=case.area_id,
            place_id=leaving[0],
            places=leaving,
            opened_in=case.opened_in,
            opened_on=case.opened_on,
            state=case.state,
            cause=case.cause,
            body=case.body,
            due_on=case.due_on,
            answer=case.answer,
            answered_on=case.answered_on,
            earlier_id=case.id,
        )
        changing.session.add(new)
        changing.session.flush()
        changing.record("split", {"from": case.id, "places": leaving}, of=new)
        changing.record("split", {"case": new.id, "places": leaving})
        case.places, case.place_id = staying, staying[0]
    return new
