"""The cases of an area that an account may see: what is overdue first, then where it helps most."""

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

from api.errors import NotFoundError
from api.store import bodies, cases
from api.store.authorities import Body, Case
from api.store.engine import Session
from api.store.models import User

from .areas import LoadedArea
from .campaigns import today
from .case_rights import AUTHORITIES, Actor, actor_of
from .case_states import CLOSED, OPEN
from .installation import Installation
from .students_verdict import NOTHING, Verdict, verdicts
from .tables import is_overdue
from .view_release import View, view_release

Row = dict[str, Any]
STATES = {"open": OPEN, "closed": CLOSED}
"""What a filter may ask for beside a single state and all."""
DISPUTED = "disputed"
"""Asks for what was called done although students say that it is not."""
MINE, NOBODY = "mine", "none"


@dataclass(frozen=True)
class Wanted:
    """Which cases are asked for; empty asks for all of them."""

    state: str = "open"
    owner: str = ""
    """`mine`, `none` or the id of a body."""
    cause: str = ""
    overdue: bool = False


@dataclass(frozen=True)
class Listed:
    """A case in the list."""

    case: Case
    row: Row | None
    """What the newest release shows of its place that ranks first, None if nothing."""
    overdue: bool
    disputed: bool
    """Whether students say that it is not fixed."""


@dataclass(frozen=True)
class CaseList:
    """What an account sees of the cases of an area."""

    view: View
    area: LoadedArea
    listed: list[Listed]
    counts: Counter[str]
    """Of all it may see, by state, `overdue` and `disputed`."""
    owners: list[Body]
    """The bodies that have cases among all it may see."""
    has_body: bool


def require_authority(user: User) -> User:
    """Return the account if cases are its work; for others these pages do not exist."""
    if user.role not in AUTHORITIES:
        raise NotFoundError("no such page")
    return user


def view_cases(
    here: Installation, user: User, area_name: str, wanted: Wanted, *, action: str
) -> CaseList:
    """Return the cases that are asked for, and record that they were seen."""
    view = view_release(here.store, require_authority(user), area_name, action=action)
    area = here.library.get(view.area)
    rows = {row["id"]: row for row in view.newest.places} if view.newest else {}
    with here.store.read() as session:
        actor = actor_of(session, user)
        seen = visible_cases(session, actor, area)
        owners = bodies.of_area(session, area.id)
        said = verdicts(session, seen)
    listed = [_listed(case, rows, said.get(case.id, NOTHING)) for case in seen]
    having = {case.body_id for case in seen}
    return CaseList(
        view=view,
        area=area,
        listed=sorted((one for one in listed if _is_wanted(one, wanted, actor)), key=_order),
        counts=Counter(one.case.state for one in listed)
        + Counter(overdue=sum(one.overdue for one in listed))
        + Counter(disputed=sum(one.disputed for one in listed)),
        owners=[body for body in owners if body.id in having],
        has_body=bool(actor.bodies),
    )


def visible_cases(session: Session, actor: Actor, area: LoadedArea) -> list[Case]:
    """Return the cases of an area that somebody may see, in the order in which they were opened."""
    return [case for case in cases.of_area(session, area.id) if actor.sees(case, area)]


def _listed(case: Case, rows: dict[str, Row], said: Verdict) -> Listed:
    known = [rows[place] for place in case.places if place in rows]
    row = min(known, key=_rank, default=None)
    late = is_overdue(case, today())
    return Listed(case, row, overdue=late, disputed=said.word == "disagree")


def _is_wanted(one: Listed, wanted: Wanted, actor: Actor) -> bool:
    case, states = one.case, STATES.get(wanted.state, {wanted.state})
    return (
        (one.disputed if wanted.state == DISPUTED else not wanted.state or case.state in states)
        and (not wanted.owner or _is_owned(case, wanted.owner, actor))
        and (not wanted.cause or case.cause == wanted.cause)
        and (not wanted.overdue or one.overdue)
    )


def _is_owned(case: Case, owner: str, actor: Actor) -> bool:
    if owner == MINE:
        return case.body_id in actor.bodies
    return str(case.body_id or NOBODY) == owner


def _order(one: Listed) -> tuple[bool, float, int]:
    return not (one.overdue or one.disputed), _rank(one.row), one.case.id


def _rank(row: Row | None) -> float:
    return row["rank"] or math.inf if row else math.inf
