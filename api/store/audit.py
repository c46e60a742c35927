"""The log of what staff saw and changed: each entry carries the hash of the one before."""

import hashlib
import json
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from .models import Audit

FIRST = "0" * 64


def record(
    session: Session, user_id: int | None, action: str, subject: str, **details: str | int
) -> None:
    """Append one entry; the caller's transaction keeps it together with what it describes."""
    last = session.scalar(select(Audit).order_by(Audit.id.desc()).limit(1))
    entry = Audit(
        at=datetime.now(UTC).replace(microsecond=0),
        user_id=user_id,
        action=action,
        subject=subject,
        details=dict(details),
        previous_hash=last.entry_hash if last else FIRST,
    )
    entry.entry_hash = _digest(entry)
    session.add(entry)


def first_broken(session: Session) -> int | None:
    """Return the id of the first entry that was changed or lost its predecessor."""
    previous = FIRST
    for entry in session.scalars(select(Audit).order_by(Audit.id)):
        if entry.previous_hash != previous or entry.entry_hash != _digest(entry):
            return entry.id
        previous = entry.entry_hash
    return None


def _digest(entry: Audit) -> str:
    content = [
        entry.previous_hash,
        entry.at.isoformat(),
        entry.user_id,
        entry.action,
        entry.subject,
        entry.details,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
