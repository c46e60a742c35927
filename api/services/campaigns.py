"""Set up a campaign, let students join it, and close it."""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime

from api.auth import digest, new_code, new_token, phrase_of, read_code
from api.errors import (
    CampaignClosedError,
    InvalidCampaignError,
    NotFoundError,
    RosterFullError,
    UnknownCodeError,
)
from api.settings import Settings
from api.store import areas, audit, campaigns, jobs
from api.store.engine import Session
from api.store.models import Campaign, Participant, User

from .keys import area_key

CONSENT_POLICY = "2026-11"
"""Version of the consent text on the form; it changes whenever that text does."""
MAX_ROSTER = 500
MAX_TITLE = 80


@dataclass(frozen=True)
class NewCampaign:
    """What a teacher fills in."""

    title: str
    school_id: int
    from_day: date | None
    to_day: date | None
    language: str
    roster: int
    consent: bool


def create_campaign(
    session: Session,
    user: User | None,
    new: NewCampaign,
    languages: tuple[str, ...],
    *,
    simulated: bool = False,
) -> Campaign:
    """Open a campaign for a school and return it with its join code.

    Raises
    ------
    InvalidCampaignError
        With a reason for each field that cannot be taken; without attested consent none opens.
    """
    problems = _problems(session, user, new, languages)
    if problems or new.from_day is None or new.to_day is None:
        raise InvalidCampaignError(problems)
    campaign = Campaign(
        title=new.title.strip(),
        school_id=new.school_id,
        language=new.language,
        code=new_code(),
        from_day=new.from_day,
        to_day=new.to_day,
        roster=new.roster,
        simulated=simulated,
        consent_policy=CONSENT_POLICY,
        consent_day=today(),
        created_by=user.id if user else None,
    )
    session.add(campaign)
    session.flush()
    audit.record(session, campaign.created_by, "open campaign", f"campaign {campaign.id}")
    return campaign


def join_class(session: Session, settings: Settings, typed: str) -> tuple[Participant, str]:
    """Make a participant of the class with this code; return them with their session token.

    Raises
    ------
    UnknownCodeError, CampaignClosedError, RosterFullError
    """
    campaign = campaigns.by_code(session, read_code(typed))
    if campaign is None:
        raise UnknownCodeError("no class has this code: check the letters on the poster")
    require_open(campaign)
    if campaigns.joined(session, campaign.id) >= campaign.roster:
        raise RosterFullError(
            f"this class is full: {campaign.roster} students have joined, ask your teacher"
        )
    token, participant_id = new_token(), uuid.uuid4()
    key = area_key(settings, campaign.school.area_id, "phrase")
    participant = Participant(
        id=participant_id,
        campaign=campaign,
        session_hash=digest(token),
        phrase_hash=digest(phrase_of(key, str(participant_id))),
        joined_on=today(),
    )
    session.add(participant)
    return participant, token


def require_open(campaign: Campaign) -> None:
    """Refuse a campaign that was closed, has not begun or is over."""
    if campaign.state != "open":
        raise CampaignClosedError("your teacher has closed this class")
    if today() < campaign.from_day:
        raise CampaignClosedError(f"this class starts on {campaign.from_day.isoformat()}")
    if today() > campaign.to_day:
        raise CampaignClosedError(f"this class ended on {campaign.to_day.isoformat()}")


def close_campaign(session: Session, user: User, campaign_id: int) -> Campaign:
    """Close a campaign of the user's school and queue the release that follows from it."""
    campaign = own_campaign(session, user, campaign_id)
    if campaign.state == "open":
        campaign.state = "closed"
        audit.record(session, user.id, "close campaign", f"campaign {campaign.id}")
        subject = f"{campaign.school.area_id}/{campaign.id}"
        jobs.enqueue(session, "publish", subject, datetime.now(UTC))
    return campaign


def own_campaign(session: Session, user: User, campaign_id: int) -> Campaign:
    """Return the campaign if it is the user's to see; foreign and missing read the same."""
    campaign = campaigns.find(session, campaign_id)
    if campaign is None or not may_see(user, campaign):
        raise NotFoundError("no such campaign")
    return campaign


def may_see(user: User, campaign: Campaign) -> bool:
    """Return whether the account may run this campaign."""
    return user.role == "admin" or (user.role == "teacher" and user.school_id == campaign.school_id)


def today() -> date:
    """Return the day in UTC: nothing finer than it is stored of a student."""
    return datetime.now(UTC).date()


def _is_ahead(from_day: date | None, to_day: date | None) -> bool:
    return from_day is not None and to_day is not None and to_day >= max(from_day, today())


def _problems(
    session: Session, user: User | None, new: NewCampaign, languages: tuple[str, ...]
) -> dict[str, str]:
    school = areas.find_school(session, new.school_id)
    foreign = user is not None and user.role == "teacher" and user.school_id != new.school_id
    checks = {
        "title": (
            0 < len(new.title.strip()) <= MAX_TITLE and new.title.isprintable(),
            f"expected a name of 1 to {MAX_TITLE} letters",
        ),
        "school_id": (school is not None and not foreign, "expected one of your schools"),
        "from_day": (new.from_day is not None, "expected a day"),
        "to_day": (
            _is_ahead(new.from_day, new.to_day),
            "expected a day that is not over and not before the first",
        ),
        "language": (new.language in languages, f"expected one of {', '.join(languages)}"),
        "roster": (0 < new.roster <= MAX_ROSTER, f"expected 1 to {MAX_ROSTER} students"),
        "consent": (new.consent, "expected the school's confirmation: without it no class opens"),
    }
    return {field: reason for field, (fine, reason) in checks.items() if not fine}
