"""Who may see a case, who may change it, and who may take it on."""

from dataclasses import dataclass

from api.errors import NotFoundError, NotYourCaseError
from api.store import cases
from api.store.authorities import ApiKey, Case
from api.store.engine import Session
from api.store.models import User

from .areas import LoadedArea
from .campaigns import today
from .tables import place_middle
from .territory import Territory, territory_of, territory_of_bodies

AUTHORITIES = frozenset({"police", "officer", "admin"})
"""Roles whose work cases are; a school reads of them on its own page."""

Who = User | ApiKey
"""A member of staff, or a program of a body."""


@dataclass(frozen=True)
class Actor:
    """Who looks at cases or changes them, and for which bodies."""

    role: str
    """police, officer or admin; `program` of a body."""
    user_id: int | None
    area_id: str | None
    """None: every area."""
    territory: Territory

    @property
    def bodies(self) -> tuple[int, ...]:
        """Return the ids of the bodies for which it acts, its own first."""
        return tuple(body.id for body in self.territory.bodies)

    def name_on(self, case: Case) -> str:
        """Return what the history of a case calls it: a body, or else the role."""
        own = {body.id: body.name for body in self.territory.bodies}
        if case.body_id in own:
            return own[case.body_id]
        return next(iter(own.values()), self.role)

    def sees(self, case: Case, area: LoadedArea) -> bool:
        """Return whether a case is its own or lies where it may look."""
        if self.role not in AUTHORITIES | {"program"} or self.area_id not in {None, case.area_id}:
            return False
        return case.body_id in self.bodies or self._covers(case, area)

    def decides(self, case: Case) -> bool:
        """Return whether a case that it sees is its own to change.

        Without a body police answer for what is nobody's: so it is where no bodies were set up.
        """
        if self.role == "admin" or case.body_id in self.bodies:
            return True
        return self.role == "police" and not self.bodies and case.body_id is None

    def may_take(self, case: Case, area: LoadedArea) -> bool:
        """Return whether it may make a case of nobody that of its body."""
        return case.body_id is None and bool(self.bodies) and self._covers(case, area)

    def _covers(self, case: Case, area: LoadedArea) -> bool:
        if self.territory.polygon is None:
            return True
        middles = [place_middle(area, place) for place in case.places]
        return any(self.territory.covers(lon=at.x, lat=at.y) for at in middles if at is not None)


def actor_of(session: Session, who: Who) -> Actor:
    """Return as whom a member of staff or a program of a body deals with cases today."""
    if isinstance(who, ApiKey):
        territory = territory_of_bodies([who.body])
        return Actor("program", None, who.body.area_id, territory)
    area_id = None if who.role == "admin" else who.area_id or ""
    return Actor(who.role, who.id, area_id, territory_of(session, who, today()))


def require_case(session: Session, actor: Actor, case_id: int, area: LoadedArea) -> Case:
    """Return a case that may be seen.

    Raises
    ------
    NotFoundError
        The same for a case of others and for one that does not exist.
    """
    case = cases.find(session, case_id)
    if case is None or case.area_id != area.id or not actor.sees(case, area):
        raise NotFoundError("no such case")
    return case


def require_own(actor: Actor, case: Case) -> None:
    """Raise `NotYourCaseError` if a case that may be seen is not the actor's to change."""
    if not actor.decides(case):
        raise NotYourCaseError(
            "another body decides on this case" if case.body_id else "take the case on first"
        )
