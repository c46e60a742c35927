"""Queries on cases, what hangs on them, and their history that nobody can rewrite."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, undefer

from .audit import FIRST
from .authorities import Case, CaseAttachment, CaseEvent, CaseMeasure


class Author(NamedTuple):
    """Who acted: an account, if it was one, and the name by which the history calls it."""

    user_id: int | None
    name: str


PROGRAM = Author(None, "")


def find(session: Session, case_id: int) -> Case | None:
    """Return one case with its body."""
    return session.get(Case, case_id, options=[joinedload(Case.body)])


def find_to_change(session: Session, case_id: int) -> Case | None:
    """Return one case that nobody else changes until this transaction ends."""
    return session.get(Case, case_id, with_for_update={"of": Case}, populate_existing=True)


def of_area(session: Session, area_id: str) -> Sequence[Case]:
    """Return every case of an area in the order in which they were opened, with its body."""
    return session.scalars(
        select(Case).where(Case.area_id == area_id).order_by(Case.id).options(joinedload(Case.body))
    ).all()


def linked_to(session: Session, case_id: int) -> Sequence[Case]:
    """Return the cases that came after one at its place, were split from it or merged into it."""
    return session.scalars(
        select(Case)
        .where(or_(Case.earlier_id == case_id, Case.merged_into_id == case_id))
        .order_by(Case.id)
    ).all()


def measures_of(session: Session, case_ids: Iterable[int]) -> Sequence[CaseMeasure]:
    """Return the measures of cases in the order in which they were planned."""
    return session.scalars(
        select(CaseMeasure).where(CaseMeasure.case_id.in_(case_ids)).order_by(CaseMeasure.id)
    ).all()


def find_measure(session: Session, case_id: int, measure_id: int) -> CaseMeasure | None:
    """Return one measure of a case."""
    return session.scalar(
        select(CaseMeasure).where(CaseMeasure.case_id == case_id, CaseMeasure.id == measure_id)
    )


def count_with_measure(session: Session, measure_id: int) -> int:
    """Return how many measures of cases were recorded as this one measure of the area."""
    return session.scalars(
        select(func.count(CaseMeasure.id)).where(CaseMeasure.measure_id == measure_id)
    ).one()


def attachments_of(session: Session, case_id: int) -> Sequence[CaseAttachment]:
    """Return the images of a case without their content, the oldest first."""
    return session.scalars(
        select(CaseAttachment).where(CaseAttachment.case_id == case_id).order_by(CaseAttachment.id)
    ).all()


def find_attachment(session: Session, case_id: int, image_id: int) -> CaseAttachment | None:
    """Return one image of a case with its content."""
    return session.scalar(
        select(CaseAttachment)
        .where(CaseAttachment.case_id == case_id, CaseAttachment.id == image_id)
        .options(undefer(CaseAttachment.content))
    )


def history(session: Session, case_id: int) -> Sequence[CaseEvent]:
    """Return what happened to a case, the oldest first."""
    return session.scalars(
        select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.id)
    ).all()


def append_event(
    session: Session,
    case: Case,
    kind: str,
    details: dict[str, Any],
    author: Author = PROGRAM,
) -> CaseEvent:
    """Append a step to a case's history, bound to the step before by its hash.

    The case must be new, or found to be changed: two writers would bind to the same step.
    """
    last = session.scalar(
        select(CaseEvent.entry_hash)
        .where(CaseEvent.case_id == case.id)
        .order_by(CaseEvent.id.desc())
        .limit(1)
    )
    event = CaseEvent(
        case_id=case.id,
        at=_now(kind),
        user_id=author.user_id,
        by=author.name,
        kind=kind,
        details=details,
        previous_hash=last or FIRST,
    )
    event.entry_hash = _digest(event)
    session.add(event)
    session.flush()
    return event


def first_broken_event(events: Sequence[CaseEvent]) -> int | None:
    """Return the id of the first step of one case that was changed or lost the step before it."""
    previous = FIRST
    for event in events:
        if event.previous_hash != previous or event.entry_hash != _digest(event):
            return event.id
        previous = event.entry_hash
    return None


def _now(kind: str) -> datetime:
    now = datetime.now(UTC).replace(microsecond=0)
    # What students do is dated by its day alone.
    return now.replace(hour=0, minute=0, second=0) if kind == "students" else now


def _digest(event: CaseEvent) -> str:
    content = [
        event.previous_hash,
        event.case_id,
        event.at.isoformat(),
        event.user_id,
        event.by,
        event.kind,
        event.details,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
