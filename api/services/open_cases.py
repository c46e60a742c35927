"""Open a case at every confirmed hotspot that has none: with cause, owner and due day."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import shapely

from api.store import bodies, cases, releases
from api.store.authorities import Body, Case
from api.store.engine import Session
from geo.causes import likely_cause
from geo.protection import K_STAFF

from .campaigns import today
from .case_states import OPEN

ANSWER_DAYS = 30
"""Until a case of nobody is due: it is not forgotten for want of an owner."""

Row = Mapping[str, Any]
Behind = Mapping[str, Sequence[date]]
"""The days on which those who stand behind each place sent their rides."""


def open_cases(
    session: Session, area_id: str, number: int, confirmed: Iterable[Row], behind: Behind
) -> list[Case]:
    """Open the cases of a release's confirmed hotspots and return them.

    A place with an open case gets none. One whose case was closed gets a new case, which names
    the one before, once most who stand behind it answered after that day, and at least five: the
    ratings from before are what that case was about. A new case, and not the old one again, so
    that what was promised and done, and how long it took, stays as it was.
    """
    latest = releases.cases_of(session, area_id)
    owners = bodies.of_area(session, area_id)
    opened = []
    for row in confirmed:
        earlier = latest.get(row["id"])
        if _needs_case(earlier, behind.get(row["id"], ())):
            case = _new_case(area_id, row, owners)
            case.opened_in, case.earlier_id = number, earlier.id if earlier else None
            session.add(case)
            session.flush()
            details = {"release": number, "cause": case.cause, "owner": case.owner or ""}
            cases.append_event(session, case, "opened", details)
            opened.append(case)
    return opened


def open_at(session: Session, area_id: str) -> dict[str, Case]:
    """Return the open case at each place of an area that has one."""
    found = releases.cases_of(session, area_id)
    return {place: case for place, case in found.items() if case.state in OPEN}


def owner_of(owners: Iterable[Body], cause: str, *, lon: float, lat: float) -> Body | None:
    """Return whose a new case is: the body that answers for its cause on the smallest territory.

    What lies in a town and its province is the town's if both answer for the cause.
    """
    at = shapely.Point(lon, lat)
    fitting = [
        body for body in owners if cause in body.causes and shapely.intersects(body.territory, at)
    ]
    # Degrees will do to compare areas that hold the same point.
    return min(fitting, key=lambda body: (body.territory.area, body.id), default=None)


def _needs_case(last: Case | None, days: Sequence[date]) -> bool:
    if last is None:
        return True
    if last.state in OPEN or last.closed_on is None:
        return False
    since = sum(day > last.closed_on for day in days)
    return since >= K_STAFF and 2 * since > len(days)


def _new_case(area_id: str, row: Row, owners: Iterable[Body]) -> Case:
    cause = likely_cause(row["reasons"])
    owner = owner_of(owners, cause, lon=row["lon"], lat=row["lat"])
    days = owner.answer_days if owner else ANSWER_DAYS
    return Case(
        area_id=area_id,
        place_id=row["id"],
        places=[row["id"]],
        opened_on=today(),
        cause=cause,
        body=owner,
        due_on=today() + timedelta(days=days),
    )
