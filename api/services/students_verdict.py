"""What students say of a place that was called fixed: counted in fives, never who or when."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from api.store import cases, votes
from api.store.authorities import Case
from api.store.engine import Session

from .public_rows import STEP, round_down
from .release_content import K_PUBLIC

Word = Literal["few", "confirm", "disagree", "divided"]


@dataclass(frozen=True)
class Verdict:
    """The answers as they were last counted; all 0 as long as fewer than five were given."""

    answers: int = 0
    better: int = 0
    same: int = 0
    worse: int = 0

    @property
    def word(self) -> Word:
        """Return what most of them say, "few" before anything may be told."""
        if not self.answers:
            return "few"
        if 2 * self.better == self.answers:
            return "divided"
        return "confirm" if 2 * self.better > self.answers else "disagree"

    @property
    def public_better(self) -> int:
        """Return how many say that it is better, as students may read it: 0 tells nothing."""
        return round_down(self.better) if self.answers >= K_PUBLIC else 0


NOTHING = Verdict()


def verdicts(session: Session, of: Collection[Case]) -> dict[int, Verdict]:
    """Return the verdict on each of these cases that is called done."""
    done = {case.id: case.closed_on for case in of if case.state == "done" and case.closed_on}
    counted = votes.counted(session, done)
    return {
        case_id: _read(counted[case_id])
        if counted.get(case_id, {}).get("closed_on") == closed_on.isoformat()
        else NOTHING
        for case_id, closed_on in done.items()
    }


def recount(session: Session, case: Case) -> None:
    """Count the votes on a case anew once five have come or gone since they were last counted.

    In between nothing changes, so that no single answer shows. The count is a step of the case's
    history, dated by its day only; what it means for the case is for the owner to decide.
    """
    if case.state != "done" or case.closed_on is None:
        return
    tally = votes.tally(session, case.id, case.closed_on)
    found = Verdict(answers=sum(tally.values()), **tally)
    if found.answers % STEP == 0 and found.answers != verdicts(session, [case])[case.id].answers:
        _record(session, case, found)


def _record(session: Session, case: Case, found: Verdict) -> None:
    details = {
        "closed_on": case.closed_on.isoformat() if case.closed_on else None,
        "answers": found.answers,
        "better": found.better,
        "same": found.same,
        "worse": found.worse,
    }
    cases.append_event(session, case, "students", details)


def _read(details: dict[str, int | str]) -> Verdict:
    return Verdict(*(int(details[name]) for name in ("answers", "better", "same", "worse")))
