"""Queries on the texts of students, sealed as they lie."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .models import Campaign, Remark, Route, School


def of_campaign(session: Session, campaign_id: int) -> Sequence[Remark]:
    """Return the texts of a campaign, also those of rides that are withdrawn.

    Were those left out, withdrawing a card would show which texts are its own.
    """
    query = select(Remark).join(Route).where(Route.campaign_id == campaign_id)
    return session.scalars(query).all()


def senders(session: Session, campaign_id: int) -> int:
    """Return how many of a campaign have sent a ride, withdrawn or not."""
    query = select(func.count(func.distinct(Route.participant_id)))
    return session.scalar(query.where(Route.campaign_id == campaign_id)) or 0


def waiting(session: Session, campaign_id: int) -> int:
    """Return how many texts of a campaign wait for a decision."""
    query = select(func.count(Remark.id)).join(Route)
    found = query.where(Route.campaign_id == campaign_id, Remark.state == "waiting")
    return session.scalar(found) or 0


def decided(session: Session, area_id: str) -> Sequence[tuple[Remark, UUID, bool]]:
    """Return every text of an area that was decided on, with its author and if its ride counts."""
    query = (
        select(Remark, Route.participant_id, Route.withdrawn_on.is_(None))
        .join(Route)
        .join(Campaign, Route.campaign_id == Campaign.id)
        .join(School)
        .where(School.area_id == area_id, Remark.state != "waiting")
    )
    return [(remark, who, counts) for remark, who, counts in session.execute(query)]
