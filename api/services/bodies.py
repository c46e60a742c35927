"""The authorities of an area: found, made and changed, and what they answer for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

import shapely
from shapely.geometry.base import BaseGeometry

from api.errors import InvalidBodyError, NotFoundError
from api.store import areas, audit, bodies
from api.store.authorities import Body
from api.store.engine import Session
from api.store.models import Area, User
from geo.causes import CAUSES, UNKNOWN

from .areas import require_area

KINDS = ("police", "municipality", "province")
ASSIGNABLE = tuple(cause for cause in CAUSES if cause != UNKNOWN)
"""Causes that a body can answer for: nobody is given what is not known."""
MAX_NAME = 80
MOST_DAYS = 365


@dataclass(frozen=True)
class BodyForm:
    """What an administrator says of a body."""

    name: str
    causes: tuple[str, ...]
    answer_days: int | None = 30
    """None: what was typed is no whole number."""
    territory: BaseGeometry | None = None
    """None: the whole area for a new body, as it was for one that is there."""


def require_body(session: Session, body_id: int) -> Body:
    """Return a body by its number, or raise what the outside reads as "not found"."""
    body = bodies.find(session, body_id)
    if body is None:
        raise NotFoundError("no such body")
    return body


def add_body(
    session: Session, area_name: str, kind: str, form: BodyForm, *, by: User | None
) -> Body:
    """Make a body of an area.

    Raises
    ------
    InvalidBodyError
        With what was expected and what came.
    AreaNotFoundError
        If the area has not been imported.
    """
    area = require_area(session, area_name)
    if kind not in KINDS:
        raise InvalidBodyError(f"expected a kind of {', '.join(KINDS)}, got {kind!r}", "kind")
    _check(session, area, form, None)
    body = Body(
        area_id=area.id,
        name=form.name.strip(),
        kind=kind,
        territory=form.territory or area.extent,
        causes=sorted(set(form.causes)),
        answer_days=form.answer_days,
        created_at=datetime.now(UTC),
    )
    session.add(body)
    session.flush()
    audit.record(session, by.id if by else None, "add body", f"body {body.id}", kind=kind)
    return body


def change_body(
    session: Session, body: Body, form: BodyForm, *, whole_area: bool, by: User
) -> None:
    """Change what a body is called and answers for, and perhaps where.

    Raises
    ------
    InvalidBodyError
        With what was expected and what came.
    """
    area = require_area(session, body.area_id)
    _check(session, area, form, body)
    body.name, body.causes = form.name.strip(), sorted(set(form.causes))
    body.answer_days = form.answer_days or body.answer_days
    moved = area.extent if whole_area else form.territory
    if moved is not None:
        body.territory = moved
    audit.record(session, by.id, "change body", f"body {body.id}", territory=int(moved is not None))


def covers_area(body: Body, area: Area) -> bool:
    """Return whether a body's territory is all of its area."""
    return bool(shapely.covers(body.territory, area.extent))


def follow_extent(session: Session, area: Area, before: BaseGeometry | None) -> None:
    """Let bodies of the whole of an area stay so when its map becomes another one."""
    for body in bodies.of_area(session, area.id):
        if before is not None and shapely.covers(body.territory, before):
            body.territory = shapely.union(body.territory, area.extent)


def area_titles(session: Session) -> dict[str, str]:
    """Return the titles of all areas by name."""
    return {area.id: area.title or area.id for area in areas.all_areas(session)}


def _check(session: Session, area: Area, form: BodyForm, body: Body | None) -> None:
    name = form.name.strip()
    if not (0 < len(name) <= MAX_NAME and name.isprintable()):
        raise InvalidBodyError(f"expected a name of 1 to {MAX_NAME} letters", "name")
    _check_causes(form.causes)
    if form.answer_days is None or not 0 < form.answer_days <= MOST_DAYS:
        raise InvalidBodyError(f"expected 1 to {MOST_DAYS} days for a first answer", "days")
    same = bodies.by_name(session, area.id, name)
    if same is not None and (body is None or same.id != body.id):
        raise InvalidBodyError(f"there is a body {name!r} in {area.id!r} already", "taken")
    if form.territory is not None and not _share_ground(form.territory, area.extent):
        raise InvalidBodyError("expected a territory that lies in the area", "territory")


def _check_causes(causes: Collection[str]) -> None:
    if not set(causes) <= set(ASSIGNABLE):
        unknown = ", ".join(sorted(set(causes) - set(ASSIGNABLE)))
        expected = ", ".join(ASSIGNABLE)
        raise InvalidBodyError(f"expected causes of {expected}, got {unknown}", "causes")


def _share_ground(one: BaseGeometry, other: BaseGeometry) -> bool:
    # Bodies beside each other share a border, which is no ground.
    return bool(shapely.intersects(one, other) and not shapely.touches(one, other))
