"""The tables of those who act: bodies with a territory, their cases, and what they did."""

from datetime import date, datetime
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import JSON, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .model import Model


class Body(Model):
    """An authority with a territory inside an area: a police zone, a municipality, a province."""

    __tablename__ = "bodies"
    __table_args__ = (UniqueConstraint("area_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[str] = mapped_column(ForeignKey("areas.id"))
    name: Mapped[str]
    kind: Mapped[str]
    """police, municipality or province."""
    territory: Mapped[BaseGeometry]
    """Its members see and change nothing outside of this polygon."""
    causes: Mapped[list[str]] = mapped_column(JSON)
    """Causes (`geo.causes`) whose new cases inside its territory are its own, sorted."""
    answer_days: Mapped[int] = mapped_column(default=30, server_default="30")
    """Days until a new case is due for its first answer."""
    created_at: Mapped[datetime]


class Deputy(Model):
    """Who acts for a member of staff for a while, on the cases of that member's body."""

    __tablename__ = "deputies"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    deputy_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    from_day: Mapped[date]
    to_day: Mapped[date]


class ApiKey(Model):
    """A program of a body that reads, or also writes, without a person; only its hash is stored."""

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"), index=True)
    name: Mapped[str]
    key_hash: Mapped[str] = mapped_column(unique=True)
    may_write: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    used_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None]

    body: Mapped[Body] = relationship()


class Case(Model):
    """The authority's handling of one hotspot."""

    __tablename__ = "cases"

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[str] = mapped_column(ForeignKey("areas.id"), index=True)
    place_id: Mapped[str]
    """Where it lies: the first of its places."""
    places: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    """Every place it is about; one, until cases are merged."""
    opened_in: Mapped[int]
    """Number of the release that first confirmed the hotspot."""
    opened_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(default="new")
    """new, acknowledged, investigating, planned, in_work, done, declined or merged."""
    cause: Mapped[str] = mapped_column(default="unknown", server_default="unknown")
    """A cause of `geo.causes`."""
    body_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"), index=True)
    """Who owns it; None as long as no body's territory and causes fit."""
    due_on: Mapped[date | None]
    answer: Mapped[str] = mapped_column(default="", server_default="")
    """What everybody may read, in plain words; of a declined case with its reason."""
    answered_on: Mapped[date | None]
    """When the owner first said something: what the days to a first answer count to."""
    closed_on: Mapped[date | None]
    """When it was done or declined; None again if it is reopened."""
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    earlier_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    """The case at this place before, or the one it was split from."""
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    """Counts its changes, so that nobody overwrites what somebody else has just changed."""

    body: Mapped[Body | None] = relationship()

    @property
    def owner(self) -> str | None:
        """The name of the body that owns it."""
        return self.body.name if self.body else None


class CaseEvent(Model):
    """One step of a case's history, bound to the one before by its hash; never changed."""

    __tablename__ = "case_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    by: Mapped[str]
    """The name of the body that acted, as it was then; empty for the program itself."""
    kind: Mapped[str]
    """opened, state, owner, due, cause, answer, note, measure, attachment, merged, split or
    students."""
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous_hash: Mapped[str]
    entry_hash: Mapped[str] = mapped_column(unique=True)


class CaseMeasure(Model):
    """What a case's owner plans to do or has done; once done it is a measure of the area too."""

    __tablename__ = "case_measures"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    what: Mapped[str]
    kind: Mapped[str]
    """enforcement, quick (engineering), long (engineering) or education."""
    cost: Mapped[str]
    """A class of cost: small, medium, large or unknown."""
    planned_on: Mapped[date | None]
    done_on: Mapped[date | None]
    measure_id: Mapped[int | None] = mapped_column(ForeignKey("measures.id", ondelete="SET NULL"))
    """From then on a release compares before and after."""


class CaseAttachment(Model):
    """An image of a case, re-encoded so that nothing of where and who made it is left."""

    __tablename__ = "case_attachments"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    added_at: Mapped[datetime]
    added_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    words: Mapped[str]
    """What it shows, for who cannot see it."""
    width: Mapped[int]
    height: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    """JPEG."""


class CaseVote(Model):
    """A student says whether a place is fixed; who it was follows from the area's key alone."""

    __tablename__ = "case_votes"
    __table_args__ = (UniqueConstraint("case_id", "voter_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    voter_hash: Mapped[str]
    """Keyed hash of case and participant: one vote each, and no way from here to a ride."""
    answer: Mapped[str]
    """better, same or worse."""
    day: Mapped[date]


class OpenEdition(Model):
    """A published edition of an area's open data: its files lie in the data folder, unchanged."""

    __tablename__ = "open_editions"
    __table_args__ = (UniqueConstraint("area_id", "period", "release"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[str] = mapped_column(ForeignKey("areas.id"))
    period: Mapped[str]
    """The school year, as 2026-2027."""
    release: Mapped[int]
    """Number of the release it was made from."""
    made_on: Mapped[date]
    content_hash: Mapped[str]
    files: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Size and SHA-256 of every file by its name."""
