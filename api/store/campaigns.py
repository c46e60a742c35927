"""Queries on campaigns, their participants and what these sent, as numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from .models import Campaign, Participant, Route, School


@dataclass(frozen=True)
class Progress:
    """What a class has done so far: numbers only, nothing on a map."""

    participants: int
    senders: int
    routes: int
    km: float
    km_rated: float
    ratings: int

    @property
    def share_rated(self) -> float | None:
        """Return the rated share of the length drawn; None before the first route."""
        return self.km_rated / self.km if self.km else None


def by_code(session: Session, code: str) -> Campaign | None:
    """Return the campaign with this join code."""
    return session.scalar(select(Campaign).where(Campaign.code == code))


def find(session: Session, campaign_id: int) -> Campaign | None:
    """Return one campaign."""
    return session.get(Campaign, campaign_id)


def of_school(session: Session, school_id: int | None) -> Sequence[Campaign]:
    """Return the campaigns of a school, or of all schools, newest first."""
    query = select(Campaign).order_by(Campaign.id.desc())
    if school_id is not None:
        query = query.where(Campaign.school_id == school_id)
    return session.scalars(query).all()


def in_area(session: Session, area_id: str) -> Sequence[Campaign]:
    """Return the campaigns of an area, oldest first."""
    return session.scalars(
        select(Campaign).join(School).where(School.area_id == area_id).order_by(Campaign.id)
    ).all()


def has_simulated(session: Session, area_id: str | None = None) -> bool:
    """Return whether an area (or any) holds simulated participants."""
    query = select(Campaign.id).join(School).where(Campaign.simulated).limit(1)
    if area_id is not None:
        query = query.where(School.area_id == area_id)
    return session.scalar(query) is not None


def participant_by_session(session: Session, session_hash: str) -> Participant | None:
    """Return whose class session this is, with class, school and area."""
    way = joinedload(Participant.campaign).joinedload(Campaign.school).joinedload(School.area)
    return session.scalar(
        select(Participant).where(Participant.session_hash == session_hash).options(way)
    )


def participant_by_phrase(session: Session, phrase_hash: str) -> Participant | None:
    """Return whose delete phrase this is."""
    return session.scalar(select(Participant).where(Participant.phrase_hash == phrase_hash))


def joined(session: Session, campaign_id: int) -> int:
    """Return how many have joined."""
    query = select(func.count()).select_from(Participant)
    return session.scalar(query.where(Participant.campaign_id == campaign_id)) or 0


def progress(session: Session, campaign_id: int) -> Progress:
    """Return the numbers of one campaign."""
    row = session.execute(
        select(
            func.count(func.distinct(Route.participant_id)),
            func.count(Route.id),
            func.coalesce(func.sum(Route.metres), 0.0),
            func.coalesce(func.sum(Route.metres_rated), 0.0),
            func.coalesce(func.sum(Route.rated), 0),
        ).where(Route.campaign_id == campaign_id)
    ).one()
    return Progress(
        participants=joined(session, campaign_id),
        senders=row[0],
        routes=row[1],
        km=row[2] / 1000,
        km_rated=row[3] / 1000,
        ratings=row[4],
    )


def routes_of(session: Session, area_id: str) -> Sequence[Route]:
    """Return every sealed contribution of an area in a fixed order."""
    return session.scalars(
        select(Route)
        .join(Campaign, Route.campaign_id == Campaign.id)
        .join(School)
        .where(School.area_id == area_id)
        .order_by(Route.id)
    ).all()


def find_route(session: Session, route_id: UUID) -> Route | None:
    """Return one sealed contribution."""
    return session.get(Route, route_id)


def routes_by(session: Session, participant_id: UUID) -> int:
    """Return how many routes a participant has sent."""
    query = select(func.count()).select_from(Route)
    return session.scalar(query.where(Route.participant_id == participant_id)) or 0


def count_new_senders(session: Session, area_id: str) -> int:
    """Return how many participants with a route no release has counted yet."""
    return session.scalar(select(func.count()).select_from(_new_senders(area_id).subquery())) or 0


def new_senders(session: Session, area_id: str) -> Sequence[Participant]:
    """Return the participants with a route whom no release has counted yet."""
    return session.scalars(
        select(Participant).where(Participant.id.in_(_new_senders(area_id)))
    ).all()


def _new_senders(area_id: str) -> Select[UUID]:
    # After every release there are few: a submission asks this, so it must not grow with the area.
    return (
        select(Participant.id)
        .join(Route, Route.participant_id == Participant.id)
        .join(Campaign, Participant.campaign_id == Campaign.id)
        .join(School)
        .where(School.area_id == area_id, Participant.released_in.is_(None))
        .distinct()
    )
