"""Make one case of two about the same matter."""

from api.errors import CaseRefusedError
from api.store import cases
from api.store.authorities import Case

from .case_rights import Who, require_case, require_own
from .case_states import ENDED
from .changing_case import Seen, changing_case
from .installation import Installation


def merge_cases(here: Installation, who: Who, seen: Seen, other_id: int) -> Case:
    """Move the places, measures and images of another open case into a case and return that.

    The other one ends as merged and keeps its own history, number and answer.

    Raises
    ------
    NotFoundError, NotYourCaseError
        If the other case may not be seen or changed.
    CaseRefusedError
        If one of them is not open, or they are the same.
    """
    with changing_case(here, who, seen) as changing:
        case, session = changing.case, changing.session
        cases.find_to_change(session, other_id)
        other = require_case(session, changing.actor, other_id, changing.area)
        require_own(changing.actor, other)
        if other is case or case.state in ENDED or other.state in ENDED:
            raise CaseRefusedError("merge", "expected two open cases")
        changing.record("merged", {"into": case.id, "places": other.places}, of=other)
        changing.record("merged", {"case": other.id, "places": other.places})
        case.places = case.places + [one for one in other.places if one not in case.places]
        other.state, other.merged_into_id = "merged", case.id
        other.version += 1
        for measure in cases.measures_of(session, [other.id]):
            measure.case_id = case.id
        for image in cases.attachments_of(session, other.id):
            image.case_id = case.id
    return case
