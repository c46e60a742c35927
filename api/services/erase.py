"""Erase everything a participant sent, by the phrase that only this participant knows."""

from api.auth import digest, read_phrase
from api.store import campaigns
from api.store.engine import Session


def erase(session: Session, typed: str) -> bool:
    """Delete the participant of this phrase with all routes and remarks; return if there was one.

    The next release that the rules allow counts one participant less.
    """
    participant = campaigns.participant_by_phrase(session, digest(read_phrase(typed)))
    if participant is None:
        return False
    session.delete(participant)
    return True
