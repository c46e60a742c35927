"""A town's own ticket system tells how far a case has come: once for each of its updates."""

from dataclasses import dataclass

from api.errors import BadQueryError, NotFoundError
from api.store import cases
from api.store.authorities import ApiKey, Case
from api.store.engine import Session

from .case_states import CLOSED
from .change_case import Change, apply_change
from .changing_case import Seen, changing_case
from .installation import Installation

STATES = {
    "acknowledged": "acknowledged",
    "investigating": "investigating",
    "action_scheduled": "planned",
    "planned": "planned",
    "in_progress": "in_work",
    "closed": "done",
    "fixed": "done",
    "no_further_action": "declined",
    "not_councils_responsibility": "declined",
}
"""States of updates, as FixMyStreet names them, in those of a case; `open` keeps or reopens it."""
LONGEST_ID = 60


@dataclass(frozen=True)
class Update:
    """One update as it was sent."""

    request_id: int
    update_id: str
    status: str
    description: str
    """For everybody."""


def take_update(here: Installation, key: ApiKey, update: Update) -> Case:
    """Carry an update out on a case of the key's body, unless it came before.

    Raises
    ------
    BadQueryError
        If it has no id or no state that is known.
    NotFoundError, NotYourCaseError, CaseRefusedError
        As `change_case` has it.
    """
    status = update.status.strip().lower()
    if status not in {"open", *STATES}:
        raise BadQueryError(f"expected status as open or one of {', '.join(STATES)}")
    if not (0 < len(update.update_id) <= LONGEST_ID and update.update_id.isprintable()):
        raise BadQueryError(f"expected update_id of 1 to {LONGEST_ID} letters")
    with here.store.read() as session:
        found = cases.find(session, update.request_id)
        if found is None:
            raise NotFoundError("no such case")
        seen = Seen(found.id, found.version)
    with changing_case(here, key, seen) as changing:
        if not _came_before(changing.session, update):
            state = STATES.get(status) or _kept_open(changing.case)
            told = update.description.strip()
            apply_change(changing, Change(state=state, answer=told or None, reason=told))
            note = f"Open311 {update.update_id}: {status}"
            changing.record("note", {"text": note, "update_id": update.update_id})
    return changing.case


def _kept_open(case: Case) -> str:
    """Return the state of a case that the town's system calls open: what was closed reopens."""
    if case.state in CLOSED:
        return "investigating"
    return "acknowledged" if case.state == "new" else case.state


def _came_before(session: Session, update: Update) -> bool:
    events = cases.history(session, update.request_id)
    return any(event.details.get("update_id") == update.update_id for event in events)
