"""The tables: what is known of places in plain columns, what students sent only sealed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from shapely.geometry.base import BaseGeometry
from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .authorities import Body
from .model import Model as Model  # noqa: PLC0414 - importing it from here loads every table


class Area(Model):
    """A place with one network; its files lie under `data/areas/<id>/<version>/`."""

    __tablename__ = "areas"

    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    version: Mapped[str]
    country: Mapped[str] = mapped_column(default="generic", server_default="generic")
    """Whose profile of speeds and rules the stress was read with: ISO 3166 code, or generic."""
    osm_date: Mapped[date | None]
    extent: Mapped[BaseGeometry]
    imported_at: Mapped[datetime]
    reference_rate: Mapped[dict[str, float] | None] = mapped_column(JSON)
    """λ_ref of METHOD §5 by kind of place: set by the first release in risk mode, then frozen."""


class School(Model):
    """A school found in OSM inside an area."""

    __tablename__ = "schools"
    __table_args__ = (UniqueConstraint("area_id", "osm_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[str] = mapped_column(ForeignKey("areas.id"), index=True)
    osm_id: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    location: Mapped[BaseGeometry]

    area: Mapped[Area] = relationship()


class User(Model):
    """A member of staff: of a school, of a body, of the police of an area, or an administrator."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    role: Mapped[str]
    """teacher, police, officer (of a body that is not police) or admin."""
    area_id: Mapped[str | None] = mapped_column(ForeignKey("areas.id"))
    body_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    """Whose territory it sees; police without a body see their whole area."""
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"))
    created_at: Mapped[datetime]
    language: Mapped[str] = mapped_column(default="en", server_default="en")
    """Of the mails it gets."""
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The secret of the second factor, sealed with the installation's key; None without one."""
    totp_step: Mapped[int | None]
    """The time step of the last code that was taken: none is taken twice."""
    digest: Mapped[str] = mapped_column(default="weekly", server_default="weekly")
    """How often it gets a digest: daily, weekly or never."""
    digest_on: Mapped[date | None]
    """When it last got one."""
    calendar_hash: Mapped[str | None] = mapped_column(unique=True)
    """Hash of the secret in the address of its calendar feed."""

    school: Mapped[School | None] = relationship()
    body: Mapped[Body | None] = relationship()


class StaffSession(Model):
    """A signed-in browser; only the hash of its token is stored."""

    __tablename__ = "staff_sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime]

    user: Mapped[User] = relationship()


class Campaign(Model):
    """One class or school collecting in one period."""

    __tablename__ = "campaigns"

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    title: Mapped[str]
    language: Mapped[str]
    """Of the students' pages and of everything printed for the class."""
    other_languages: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    """In which posters and cards are printed as well."""
    code: Mapped[str] = mapped_column(unique=True)
    from_day: Mapped[date]
    to_day: Mapped[date]
    roster: Mapped[int]
    state: Mapped[str] = mapped_column(default="open")
    simulated: Mapped[bool] = mapped_column(default=False)
    consent_policy: Mapped[str]
    """Version of the consent text that the school attested, with the day below."""
    consent_day: Mapped[date]
    consent_kind: Mapped[str] = mapped_column(default="form", server_default="form")
    """How guardians agree: "form" (the school has signed forms of all), "cards" (ticked card by
    card before it works) or "of_age" (every student is old enough to decide)."""
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    school: Mapped[School] = relationship()


class Card(Model):
    """A numbered join card of a campaign: one student, on as many devices as need be."""

    __tablename__ = "cards"
    __table_args__ = (UniqueConstraint("campaign_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    number: Mapped[int]
    code_hash: Mapped[str] = mapped_column(unique=True)
    """Keyed hash: the code itself follows from the area's key and is nowhere in the database."""
    consent_on: Mapped[date | None]
    """When the teacher ticked that this student's guardian has agreed."""
    participant_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("participants.id", ondelete="SET NULL"), index=True
    )

    campaign: Mapped[Campaign] = relationship()


class Participant(Model):
    """One pseudonymous student in one campaign: no name, no account, no time finer than the day."""

    __tablename__ = "participants"
    __table_args__ = (UniqueConstraint("campaign_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    number: Mapped[int]
    """The number of the card; above the roster for who joined with the code of the class."""
    phrase_hash: Mapped[str] = mapped_column(unique=True)
    joined_on: Mapped[date]
    stage: Mapped[str] = mapped_column(default="joined", server_default="joined")
    """How far the participant has come: joined, drawing or rating; the board counts them."""
    redraw_on: Mapped[date | None]
    """When the teacher asked for the ride to be drawn again; None once that has happened."""
    released_in: Mapped[int | None] = mapped_column(index=True)
    """Number of the first release that counted this participant: R5 asks for 20 new ones."""

    campaign: Mapped[Campaign] = relationship()


class ParticipantSession(Model):
    """A device on which a participant takes part; only the hash of its token is stored."""

    __tablename__ = "participant_sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    participant_id: Mapped[UUID] = mapped_column(
        ForeignKey("participants.id", ondelete="CASCADE"), index=True
    )
    expires_on: Mapped[date]


class Route(Model):
    """One contribution: the cut route with its ratings and incidents, sealed."""

    __tablename__ = "routes"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    participant_id: Mapped[UUID] = mapped_column(
        ForeignKey("participants.id", ondelete="CASCADE"), index=True
    )
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    day: Mapped[date]
    network_version: Mapped[str]
    metres: Mapped[float]
    metres_rated: Mapped[float]
    places: Mapped[int]
    rated: Mapped[int]
    variant: Mapped[str] = mapped_column(default="there", server_default="there")
    """Which of the participant's rides it is: there, back, rain, winter or other; one of each."""
    flags: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    """What about it asks for a second look, by the codes of `geo.plausibility`."""
    withdrawn_on: Mapped[date | None]
    """When the teacher took it out of the results; it counts again once this is None."""
    fingerprint: Mapped[str]
    """Keyed hash of what was sent: the same again is recognised, but nothing can be guessed."""
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class Remark(Model):
    """Free text waiting for moderation, sealed with the place it speaks of."""

    __tablename__ = "remarks"

    id: Mapped[int] = mapped_column(primary_key=True)
    route_id: Mapped[UUID] = mapped_column(ForeignKey("routes.id", ondelete="CASCADE"), index=True)
    about: Mapped[str] = mapped_column(default="place", server_default="place")
    """What it tells: "place" (what is wrong there), "incident" or "proposal"."""
    state: Mapped[str] = mapped_column(default="waiting")
    """waiting, accepted or refused."""
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class Release(Model):
    """An immutable publication of one area: the only source of what anyone sees."""

    __tablename__ = "releases"
    __table_args__ = (UniqueConstraint("area_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[str] = mapped_column(ForeignKey("areas.id"), index=True)
    number: Mapped[int]
    day: Mapped[date]
    participants: Mapped[int]
    content_hash: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    """Canonical JSON, compressed."""
    ledger: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    """Sealed: who stood behind every published cell when it last changed (R4)."""
    robustness: Mapped[dict[str, Any] | None] = mapped_column(JSON, deferred=True)
    """How far the ranking hangs on settings and participants; None until that is worked out."""


class Job(Model):
    """Work longer than a second, done by the worker."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_state_id", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    state: Mapped[str] = mapped_column(default="queued")
    message: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class Audit(Model):
    """What staff saw and changed, each entry bound to the one before by its hash."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    user_id: Mapped[int | None]
    action: Mapped[str]
    subject: Mapped[str]
    details: Mapped[dict[str, object]] = mapped_column(JSON)
    previous_hash: Mapped[str]
    entry_hash: Mapped[str] = mapped_column(unique=True)


class Crash(Model):
    """An official record of a crash inside an area, at its place if it has one."""

    __tablename__ = "crashes"
    __table_args__ = (UniqueConstraint("area_id", "source", "year", "crash_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[str] = mapped_column(ForeignKey("areas.id"))
    source: Mapped[str]
    year: Mapped[int]
    crash_id: Mapped[str]
    severity: Mapped[str]
    """fatal, serious, slight, damage_only, or injury if nobody knows how severe it was."""
    n_fatal: Mapped[int | None]
    n_serious: Mapped[int | None]
    n_slight: Mapped[int | None]
    bicycle: Mapped[bool | None]
    """Whether a bicycle took part; None if the file cannot tell."""
    child: Mapped[bool | None]
    hour: Mapped[int | None]
    weekday: Mapped[int | None]
    """Monday 1 to Sunday 7."""
    location: Mapped[BaseGeometry]
    place_id: Mapped[str | None]
    """A place of the network in the area's version; None if none is near enough."""
    distance_m: Mapped[float]


class Measure(Model):
    """What was done at places of an area against danger, and when."""

    __tablename__ = "measures"
    # Ledgers remember measures by id, also those that were removed: none may come again.
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - read by SQLAlchemy as declared

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[str] = mapped_column(ForeignKey("areas.id"), index=True)
    what: Mapped[str]
    places: Mapped[list[str]] = mapped_column(JSON)
    """Ids of places of the network, sorted."""
    done_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
