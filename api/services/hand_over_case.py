"""Give a case to another body of its area, or take on one that nobody has."""

from api.errors import CaseRefusedError, NotYourCaseError
from api.store import bodies
from api.store.authorities import Body, Case

from .case_rights import Who
from .case_states import ENDED
from .change_case import LONGEST_REASON
from .changing_case import Changing, Seen, changing_case, plain_text
from .installation import Installation


def take_on_case(here: Installation, who: Who, seen: Seen) -> Case:
    """Make a case of nobody that of the account's own body; a new one is acknowledged by that.

    Raises
    ------
    NotYourCaseError
        If it has an owner, lies outside the territory, or the account has no body.
    """
    with changing_case(here, who, seen, own=False) as changing:
        case, actor = changing.case, changing.actor
        if not actor.may_take(case, changing.area) or case.state in ENDED:
            raise NotYourCaseError("expected a case that nobody has taken on yet")
        _give(changing, actor.territory.bodies[0], "")
        if case.state == "new":
            case.state = "acknowledged"
            changing.record("state", {"from": "new", "to": case.state, "reason": ""})
    return case


def hand_over_case(
    here: Installation, who: Who, seen: Seen, body_id: int | None, reason: str
) -> Case:
    """Give a case to another body, or to nobody, with a reason that goes along.

    Notes, images and measures stay with the case, and so does the due day: passing a case on
    gains nobody time. The new owner sees it wherever its territory ends.

    Raises
    ------
    CaseRefusedError
        If the reason is missing, or the body is not another one of the area.
    """
    with changing_case(here, who, seen) as changing:
        case = changing.case
        if case.state in ENDED:
            raise CaseRefusedError("ended", "expected an open case to hand over")
        told = plain_text(reason, "reason", most=LONGEST_REASON)
        if not told:
            raise CaseRefusedError("hand over reason", "expected why the case is handed over")
        _give(changing, _receiver(changing, body_id), told)
    return case


def _receiver(changing: Changing, body_id: int | None) -> Body | None:
    case = changing.case
    body = bodies.find(changing.session, body_id) if body_id is not None else None
    unknown = body_id is not None and (body is None or body.area_id != case.area_id)
    if unknown or body_id == case.body_id:
        raise CaseRefusedError("body", "expected another body of the area")
    return body


def _give(changing: Changing, body: Body | None, reason: str) -> None:
    case = changing.case
    details = {"from": case.owner or "", "to": body.name if body else "", "reason": reason}
    # Recorded first: in the history it is the giver who acts.
    changing.record("owner", details)
    case.body = body
    changing.session.flush()
