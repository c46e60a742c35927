"""How far a class is: numbers only, for the students, the teacher and the board."""

from uuid import UUID

from api.schemas.lesson import ClassOut
from api.store import campaigns
from api.store.engine import Session
from api.store.models import Campaign
from geo.protection import BATCH

from .next_release import next_release


def class_progress(session: Session, campaign: Campaign) -> ClassOut:
    """Return the numbers of a campaign and how many students its next results wait for."""
    numbers = campaigns.progress(session, campaign.id)
    return ClassOut(
        title=campaign.title,
        school=campaign.school.name,
        simulated=campaign.simulated,
        participants=numbers.participants,
        drawing=numbers.drawing,
        rating=numbers.rating,
        senders=numbers.senders,
        ratings=numbers.ratings,
        routes=numbers.routes,
        km=round(numbers.km, 1),
        km_rated=round(numbers.km_rated, 1),
        share_rated=numbers.share_rated,
        needed=max(0, BATCH - numbers.senders),
        next_release_in=next_release(session, campaign.school.area_id).missing,
    )


def reach_stage(session: Session, participant_id: UUID, stage: str) -> None:
    """Note how far a participant has come, for the counts on the board."""
    participant = campaigns.find_participant(session, participant_id)
    if participant is not None:
        participant.stage = stage
