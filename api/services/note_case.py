"""Add an internal note to a case: for the authorities, never for the public."""

from api.errors import CaseRefusedError
from api.store.authorities import Case

from .case_rights import Who
from .changing_case import Seen, changing_case, plain_text
from .installation import Installation


def note_case(here: Installation, who: Who, case_id: int, text: str) -> Case:
    """Append a note; whoever may see the case may add one, also where another body decides.

    Raises
    ------
    CaseRefusedError
        If it is empty, too long or no plain text.
    """
    with changing_case(here, who, Seen(case_id), own=False) as changing:
        note = plain_text(text, "note")
        if not note:
            raise CaseRefusedError("note", "expected a note, got an empty text")
        changing.record("note", {"text": note})
    return changing.case
