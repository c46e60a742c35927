"""Queries on the cards of campaigns."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from .models import Card, ParticipantSession


def of_campaign(session: Session, campaign_id: int) -> Sequence[Card]:
    """Return the cards of a campaign by number."""
    return session.scalars(
        select(Card).where(Card.campaign_id == campaign_id).order_by(Card.number)
    ).all()


def by_hash(session: Session, hashes: Sequence[str]) -> Card | None:
    """Return the card whose code has one of these hashes."""
    return session.scalar(select(Card).where(Card.code_hash.in_(hashes)))


def sign_out(session: Session, participant_id: UUID | None) -> None:
    """Forget every device of a participant."""
    session.execute(
        delete(ParticipantSession).where(ParticipantSession.participant_id == participant_id)
    )
