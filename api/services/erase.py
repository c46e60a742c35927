"""Erase everything a participant sent, by the phrase that only this participant knows."""

from api.auth import digest, read_phrase
from api.settings import Settings
from api.store import campaigns
from api.store.engine import Session

from .confirm_fixed import forget_votes


def erase(session: Session, settings: Settings, typed: str) -> bool:
    """Delete the participant of this phrase with all that was sent; return if there was one.

    The next release that the rules allow counts one participant less.
    """
    participant = campaigns.participant_by_phrase(session, digest(read_phrase(typed)))
    if participant is None:
        return False
    forget_votes(session, settings, participant)
    session.delete(participant)
    return True
