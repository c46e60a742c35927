"""Queries on campaigns, their participants and what these sent, as numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session, joinedload

from .models import Campaign, Participant, ParticipantSession, Route, School


@dataclass(frozen=True)
class Progress:
    """What a class has done so far: numbers only, nothing on a map."""

    participants: int
    drawing: int
    rating: int
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


def participant_by_session(session: Session, token_hash: str, today: date) -> Participant | None:
    """Return whose device this is, with class, school and area."""
    way = joinedload(Participant.campaign).joinedload(Campaign.school).joinedload(School.area)
    return session.scalar(
        select(Participant)
        .join(ParticipantSession)
        .where(ParticipantSession.token_hash == token_hash, ParticipantSession.expires_on >= today)
        .options(way)
    )


def end_session(session: Session, token_hash: str) -> None:
    """Forget a device."""
    session.execute(delete(ParticipantSession).where(ParticipantSession.token_hash == token_hash))


def highest_number(session: Session, campaign_id: int) -> int:
    """Return the highest number a participant of a campaign has, 0 without any."""
    query = select(func.max(Participant.number)).where(Participant.campaign_id == campaign_id)
    return session.scalar(query) or 0


def find_participant(session: Session, participant_id: UUID | None) -> Participant | None:
    """Return one participant."""
    return session.get(Participant, participant_id) if participant_id else None


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
        ).where(Route.campaign_id == campaign_id, Route.withdrawn_on.is_(None))
    ).one()
    stages = _stages(session, campaign_id)
    return Progress(
        participants=joined(session, campaign_id),
        drawing=stages.get("drawing", 0),
        rating=stages.get("rating", 0),
        senders=row[0],
        routes=row[1],
        km=row[2] / 1000,
        km_rated=row[3] / 1000,
        ratings=row[4],
    )


def _stages(session: Session, campaign_id: int) -> dict[str, int]:
    """Return how many participants without a ride have come how far."""
    query = (
        select(Participant.stage, func.count())
        .where(Participant.campaign_id == campaign_id)
        .where(~select(Route.id).where(Route.participant_id == Participant.id).exists())
        .group_by(Participant.stage)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def routes_of(session: Session, area_id: str) -> Sequence[Route]:
    """Return every sealed contribution of an area that counts, in a fixed order."""
    return session.scalars(
        select(Route)
        .join(Campaign, Route.campaign_id == Campaign.id)
        .join(School)
        .where(School.area_id == area_id, Route.withdrawn_on.is_(None))
        .order_by(Route.id)
    ).all()


def find_route(session: Session, route_id: UUID) -> Route | None:
    """Return one sealed contribution."""
    return session.get(Route, route_id)


def route_of_variant(session: Session, participant_id: UUID, variant: str) -> Route | None:
    """Return a participant's ride of one kind, if it was sent."""
    return session.scalar(
        select(Route).where(Route.participant_id == participant_id, Route.variant == variant)
    )


def variants_of(session: Session, participant_id: UUID) -> list[str]:
    """Return which kinds of rides a participant has sent."""
    query = select(Route.variant).where(Route.participant_id == participant_id)
    return sorted(session.scalars(query))


def new_senders(session: Session, area_id: str) -> Sequence[Participant]:
    """Return the participants with a route whom no release has counted yet."""
    found = select(Participant).where(Participant.id.in_(_new_senders(area_id)))
    return session.scalars(found).all()


def new_classes(session: Session, area_id: str) -> dict[UUID, int]:
    """Return the campaign of each participant with a route whom no release has counted yet."""
    found = select(Participant.id, Participant.campaign_id)
    rows = session.execute(found.where(Participant.id.in_(_new_senders(area_id))))
    return {row[0]: row[1] for row in rows}


def _new_senders(area_id: str) -> Select[UUID]:
    # After every release there are few: a submission asks this, so it must not grow with the area.
    return (
        select(Participant.id)
        .join(Route, Route.participant_id == Participant.id)
        .join(Campaign, Participant.campaign_id == Campaign.id)
        .join(School)
        .where(
            School.area_id == area_id,
            Participant.released_in.is_(None),
            Route.withdrawn_on.is_(None),
        )
    )


@dataclass(frozen=True)
class Looked:
    """What may be said to staff about one ride of a numbered participant, or that there is none."""

    number: int
    redraw_on: date | None
    flags: list[str]
    withdrawn_on: date | None


def looks(session: Session, campaign_id: int) -> Sequence[Looked]:
    """Return the flags and states of a campaign's rides by number; no ride itself is read."""
    query = (
        select(Participant.number, Participant.redraw_on, Route.flags, Route.withdrawn_on)
        .outerjoin(Route, Route.participant_id == Participant.id)
        .where(Participant.campaign_id == campaign_id)
        .order_by(Participant.number)
    )
    return [
        Looked(number, redraw_on, flags or [], withdrawn_on)
        for number, redraw_on, flags, withdrawn_on in session.execute(query)
    ]


def participant_by_number(session: Session, campaign_id: int, number: int) -> Participant | None:
    """Return the participant of a campaign with this number."""
    return session.scalar(
        select(Participant).where(
            Participant.campaign_id == campaign_id, Participant.number == number
        )
    )


def rides_of(session: Session, participant_id: UUID) -> Sequence[Route]:
    """Return every sealed contribution of a participant, withdrawn or not."""
    return session.scalars(select(Route).where(Route.participant_id == participant_id)).all()
