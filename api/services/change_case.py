"""Change what is decided on a case: its state, public answer, due day and cause."""

from dataclasses import dataclass
from datetime import date, timedelta

from api.errors import CaseRefusedError
from api.store.authorities import Case
from geo.causes import CAUSES

from .campaigns import today
from .case_rights import Who
from .case_states import CLOSED, OPEN, is_reopening, may_follow
from .changing_case import Changing, Seen, changing_case, plain_text
from .installation import Installation
from .open_cases import ANSWER_DAYS, open_at

LONGEST_REASON = 500
FARTHEST = timedelta(days=20 * 365)
"""A day that lies further ahead was mistyped."""


@dataclass(frozen=True)
class Change:
    """What is to be different; None leaves it as it is."""

    state: str | None = None
    answer: str | None = None
    """For everybody, in plain words; a case is not done or declined without."""
    reason: str = ""
    """Why a case that was closed is taken up again; for the authorities alone."""
    due_on: date | None = None
    cause: str | None = None


def change_case(here: Installation, who: Who, seen: Seen, change: Change) -> Case:
    """Carry out a change and return the case, as it was if nothing differs.

    Raises
    ------
    NotFoundError, NotYourCaseError, CaseChangedError
        As `changing_case` has it.
    CaseRefusedError
        If a state cannot follow, words are missing, or a day or cause is none.
    """
    with changing_case(here, who, seen) as changing:
        apply_change(changing, change)
    return changing.case


def apply_change(changing: Changing, change: Change) -> None:
    """Carry out a change within one that has begun, or raise `CaseRefusedError`."""
    _answer(changing, change)
    _state(changing, change)
    _cause(changing, change.cause)
    _due(changing, change.due_on)


def _answer(changing: Changing, change: Change) -> None:
    case = changing.case
    if change.answer is None:
        return
    answer = plain_text(change.answer, "answer")
    if answer == case.answer:
        return
    if not answer and case.state in CLOSED:
        raise CaseRefusedError("answer missing", "expected an answer for everybody, got none")
    case.answer = answer
    if answer and case.answered_on is None:
        case.answered_on = today()
    changing.record("answer", {"answer": answer})


def _state(changing: Changing, change: Change) -> None:
    case, before = changing.case, changing.case.state
    if change.state is None or change.state == before:
        return
    if not may_follow(change.state, before):
        raise CaseRefusedError(
            "state", f"expected a state that may follow {before}, got {change.state!r}"
        )
    if change.state in CLOSED and not case.answer:
        raise CaseRefusedError("answer missing", "expected an answer for everybody, got none")
    reason = plain_text(change.reason, "reason", most=LONGEST_REASON)
    if is_reopening(change.state, before):
        _reopen(changing, reason)
    case.state = change.state
    case.closed_on = today() if change.state in CLOSED else None
    changing.record("state", {"from": before, "to": change.state, "reason": reason})


def _reopen(changing: Changing, reason: str) -> None:
    case = changing.case
    if not reason:
        raise CaseRefusedError("reason missing", "expected why the case is taken up again")
    elsewhere = open_at(changing.session, case.area_id)
    for place in case.places:
        if place in elsewhere:
            raise CaseRefusedError(
                "open elsewhere", f"case {elsewhere[place].id} about this place is open"
            )
    days = case.body.answer_days if case.body else ANSWER_DAYS
    _set_due(changing, today() + timedelta(days=days))


def _cause(changing: Changing, cause: str | None) -> None:
    before = changing.case.cause
    if cause is None or cause == before:
        return
    if cause not in CAUSES:
        raise CaseRefusedError("cause", f"expected a cause of {', '.join(CAUSES)}, got {cause!r}")
    changing.case.cause = cause
    changing.record("cause", {"from": before, "to": cause})


def _due(changing: Changing, due_on: date | None) -> None:
    if due_on is None or due_on == changing.case.due_on or changing.case.state not in OPEN:
        return
    if not today() <= due_on <= today() + FARTHEST:
        raise CaseRefusedError("due", f"expected a day from today on, got {due_on.isoformat()}")
    _set_due(changing, due_on)


def _set_due(changing: Changing, due_on: date) -> None:
    before = changing.case.due_on
    changing.case.due_on = due_on
    told = {"from": before.isoformat() if before else "", "to": due_on.isoformat()}
    changing.record("due", told)
