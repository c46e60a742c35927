"""One change of a case: seen, allowed, current, in one transaction with its history and the log."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from api.errors import CaseChangedError, CaseRefusedError, NotFoundError
from api.schemas.plain import PlainText
from api.store import audit, cases
from api.store.authorities import Case
from api.store.engine import Session

from .areas import LoadedArea, require_area
from .case_rights import Actor, Who, actor_of, require_case, require_own
from .installation import Installation

LONGEST_TEXT = 2000
_LINE: TypeAdapter[str] = TypeAdapter(PlainText)


@dataclass(frozen=True)
class Seen:
    """Which case, and as which of its versions it was read by who changes it."""

    case_id: int
    version: int | None = None
    """None for what only adds something: that never overwrites what another has written."""


@dataclass
class Changing:
    """A case while it is being changed."""

    session: Session
    actor: Actor
    case: Case
    area: LoadedArea
    changed: bool = False

    def record(self, kind: str, details: dict[str, Any], *, of: Case | None = None) -> None:
        """Append a step to the history of the case, or of another that changes with it."""
        case = of or self.case
        by = self.actor.name_on(case)
        cases.append_event(self.session, case, kind, details, cases.Author(self.actor.user_id, by))
        told = {name: str(value) for name, value in details.items() if name in {"from", "to"}}
        audit.record(
            self.session, self.actor.user_id, f"case {kind}", f"case {case.id}", by=by, **told
        )
        if of is None:
            self.changed = True


@contextmanager
def changing_case(
    here: Installation, who: Who, seen: Seen, *, own: bool = True
) -> Iterator[Changing]:
    """Give a case to change; at the end it has a new version, its history and the log its steps.

    Parameters
    ----------
    seen
        The case and the version that the change was decided on.
    own
        Whether only who decides on the case may make the change.

    Raises
    ------
    NotFoundError
        The same for a case of others and for one that does not exist.
    NotYourCaseError
        If it may be seen, but not changed.
    CaseChangedError
        If somebody has changed it since.
    """
    case_id, version = seen.case_id, seen.version
    area = _area_of(here, case_id)
    with here.store.write() as session:
        actor = actor_of(session, who)
        cases.find_to_change(session, case_id)
        case = require_case(session, actor, case_id, area)
        if own:
            require_own(actor, case)
        if version is not None and version != case.version:
            raise CaseChangedError(
                f"expected a change of version {case.version} of case {case_id}, got one of "
                f"version {version}: somebody has changed the case since"
            )
        change = Changing(session, actor, case, area)
        yield change
        if change.changed and version is not None:
            case.version += 1


def plain_text(text: str, code: str, *, most: int = LONGEST_TEXT) -> str:
    """Return a text of several lines without what no text needs.

    Raises
    ------
    CaseRefusedError
        If it is too long, or has markup or control characters.
    """
    lines = text.strip().replace("\r\n", "\n").split("\n")
    if len(text) <= most:
        try:
            return "\n".join(_LINE.validate_python(line) for line in lines)
        except ValidationError:
            pass
    raise CaseRefusedError(code, f"expected plain text of at most {most} letters")


def _area_of(here: Installation, case_id: int) -> LoadedArea:
    # Before the transaction: an area that is read first would hold up every other writer.
    with here.store.read() as session:
        case = cases.find(session, case_id)
        if case is None:
            raise NotFoundError("no such case")
        return here.library.get(require_area(session, case.area_id))
