"""Set up campaigns, close them and open them again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal, get_args

from api.auth import new_code
from api.errors import CampaignClosedError, InvalidCampaignError, NotFoundError
from api.store import areas, audit, campaigns, jobs
from api.store.engine import Session
from api.store.models import Campaign, School, User
from geo.consent import CHILD, age_of_consent

ConsentKind = Literal["form", "cards", "of_age"]

CONSENT_POLICY = "2026-11b"
"""Version of the consent text on the form; it changes whenever that text does."""
MAX_ROSTER = 500
MAX_TITLE = 80
AGES = range(4, 100)
OF_A_CLASS = ("title", "roster")
"""Fields that each of several classes has for itself."""


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
    other_languages: tuple[str, ...] = ()
    consent_kind: str = "form"
    youngest: int = 14
    """Age of the youngest student: the form asks, and it is not stored."""
    children_told: bool = False
    """What schools confirm beyond the rest where students are younger than `CHILD`."""


def create_campaigns(
    session: Session, user: User | None, classes: Sequence[NewCampaign], languages: tuple[str, ...]
) -> list[Campaign]:
    """Open a campaign for each of several classes: all of them or none.

    Raises
    ------
    InvalidCampaignError
        With a reason for each field; `title` and `roster` carry the number of the class behind a
        dash, from 1.
    """
    problems: dict[str, str] = {}
    for number, new in enumerate(classes, start=1):
        for field, reason in _problems(session, user, new, languages).items():
            problems[f"{field}-{number}" if field in OF_A_CLASS else field] = reason
    if problems:
        raise InvalidCampaignError(problems)
    return [create_campaign(session, user, new, languages) for new in classes]


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
        other_languages=[one for one in new.other_languages if one != new.language],
        consent_kind=new.consent_kind,
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
    audit.record(
        session,
        campaign.created_by,
        "open campaign",
        f"campaign {campaign.id}",
        consent=new.consent_kind,
        children=new.youngest < CHILD,
    )
    return campaign


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


def reopen_campaign(session: Session, user: User, campaign_id: int) -> Campaign:
    """Let a closed campaign of the user's school take rides again, until its last day.

    Raises
    ------
    CampaignClosedError
        If the last day is over.
    """
    campaign = own_campaign(session, user, campaign_id)
    if campaign.to_day < today():
        raise CampaignClosedError(f"this class ended on {campaign.to_day.isoformat()}")
    if campaign.state == "closed":
        campaign.state = "open"
        audit.record(session, user.id, "reopen campaign", f"campaign {campaign.id}")
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
        "language": (
            {new.language, *new.other_languages} <= set(languages),
            f"expected one of {', '.join(languages)}",
        ),
        "roster": (0 < new.roster <= MAX_ROSTER, f"expected 1 to {MAX_ROSTER} students"),
        "youngest": (new.youngest in AGES, "expected the age of the youngest student"),
        "consent_kind": (
            new.consent_kind in get_args(ConsentKind) and _may_decide(school, new),
            "expected how guardians agree: students decide alone only from the age of the law",
        ),
        "children_told": (
            new.youngest >= CHILD or new.children_told,
            f"expected one more confirmation for students under {CHILD}",
        ),
        "consent": (new.consent, "expected the school's confirmation: without it no class opens"),
    }
    return {field: reason for field, (fine, reason) in checks.items() if not fine}


def _may_decide(school: School | None, new: NewCampaign) -> bool:
    """Return whether nobody needs a guardian, where the form says so."""
    if new.consent_kind != "of_age":
        return True
    return school is not None and new.youngest >= age_of_consent(school.area.country)
