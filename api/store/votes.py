"""Queries on what students say of cases that were called done; a voter is a keyed hash only."""

import secrets
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from .authorities import Case, CaseEvent, CaseVote

LARGEST_ID = 2**31 - 1


def cast(session: Session, case_id: int, voter_hash: str, answer: str, day: date) -> None:
    """Store the answer of one voter, in the place of an earlier one."""
    vote = session.scalar(
        select(CaseVote).where(CaseVote.case_id == case_id, CaseVote.voter_hash == voter_hash)
    )
    if vote is None:
        # Numbered as they come, the answers of one visit would stand next to each other, and show
        # which places one student passes.
        vote = CaseVote(
            id=1 + secrets.randbelow(LARGEST_ID), case_id=case_id, voter_hash=voter_hash
        )
        session.add(vote)
    vote.answer, vote.day = answer, day
    session.flush()


def tally(session: Session, case_id: int, since: date) -> dict[str, int]:
    """Return how many gave each answer to a case since a day."""
    query = (
        select(CaseVote.answer, func.count())
        .where(CaseVote.case_id == case_id, CaseVote.day >= since)
        .group_by(CaseVote.answer)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def counted(session: Session, case_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Return what was last counted of each of these cases, by the case."""
    events = session.scalars(
        select(CaseEvent)
        .where(CaseEvent.case_id.in_(case_ids), CaseEvent.kind == "students")
        .order_by(CaseEvent.id)
    )
    return {event.case_id: event.details for event in events}


def of_voter(session: Session, hashes: Collection[str]) -> dict[int, CaseVote]:
    """Return the votes under these hashes by their case."""
    votes = session.scalars(select(CaseVote).where(CaseVote.voter_hash.in_(hashes)))
    return {vote.case_id: vote for vote in votes}


def voted(session: Session, area_id: str) -> Sequence[Case]:
    """Return the cases of an area on which anybody has voted."""
    has_votes = select(CaseVote.id).where(CaseVote.case_id == Case.id).exists()
    return session.scalars(select(Case).where(Case.area_id == area_id, has_votes)).all()


def forget(session: Session, hashes: Collection[str]) -> list[int]:
    """Delete the votes under these hashes; return the cases they were about."""
    gone = delete(CaseVote).where(CaseVote.voter_hash.in_(hashes)).returning(CaseVote.case_id)
    return list(session.scalars(gone))
