"""Cases as Open311 tells of them to everybody: what is done about a place, and no count."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from api.errors import AreaNotFoundError, BadQueryError
from api.store import areas, cases
from api.store.authorities import Case
from api.store.engine import Session
from geo.causes import CAUSES
from web.case_words import cause_words
from web.school_words import case_words
from web.words import place_title

from .campaigns import today
from .case_states import CLOSED, OPEN
from .public_rows import public_places
from .read_release import newest_release

Row = dict[str, Any]
Words = Callable[[str], str]
SPAN, MOST = timedelta(days=90), 1000
STATUSES = {"open": OPEN, "closed": CLOSED}


@dataclass(frozen=True)
class Asked:
    """Which requests are asked for; empty asks for all of them."""

    ids: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    first: date = date.min
    last: date = date.max


def read_asked(given: Mapping[str, str]) -> Asked:
    """Return what the parameters of GeoReport v2 ask for.

    Named requests override all else; without days, those of the last 90 are meant.

    Raises
    ------
    BadQueryError
        If one is not what the standard says, or asks for more than 90 days.
    """
    if given.get("service_request_id"):
        return Asked(ids=_listed(given["service_request_id"]))
    statuses = _listed(given.get("status", ""))
    if not statuses <= STATUSES.keys():
        raise BadQueryError("expected status as open, closed or both")
    codes = _listed(given.get("service_code", ""))
    if not codes <= set(CAUSES):
        raise BadQueryError("expected service_code as the service list has them")
    first, last = (_day(given.get(name, ""), name) for name in ("start_date", "end_date"))
    last = last or (min(today(), first + SPAN) if first else today())
    first = first or max(last, date.min + SPAN) - SPAN
    if not timedelta() <= last - first <= SPAN:
        raise BadQueryError("expected start_date before end_date, and at most 90 days between")
    return Asked(codes=codes, statuses=statuses, first=first, last=last)


def service_requests(session: Session, area: str, asked: Asked, _: Words) -> list[Row]:
    """Return the requests of one area, or of all, the newest first.

    Raises
    ------
    AreaNotFoundError
        If there is no such area.
    """
    named = [one.id for one in areas.all_areas(session) if area in {"", one.id}]
    if area and not named:
        raise AreaNotFoundError(f"no area {area!r}")
    found = [row for one in named for row in _of_area(session, one, asked, _)]
    return sorted(found, key=_age, reverse=True)[:MOST]


def _age(row: Row) -> tuple[str, int]:
    return row["requested_datetime"] or "", int(row["service_request_id"])


def _of_area(session: Session, area: str, asked: Asked, _: Words) -> Iterable[Row]:
    release = newest_release(session, area)
    if release is None:
        return
    # That a place has a case tells of who rides there: it needs what a public place needs.
    places = {row["id"]: row for row in public_places(release)}
    for case in cases.of_area(session, area):
        place = next((places[one] for one in case.places or [case.place_id] if one in places), None)
        if place is not None and _is_asked(case, asked):
            yield _request(case, place, _)


def _is_asked(case: Case, asked: Asked) -> bool:
    if case.state not in OPEN | CLOSED:
        return False
    if asked.ids:
        return str(case.id) in asked.ids
    states = frozenset[str]().union(*(STATUSES[one] for one in asked.statuses or STATUSES))
    return (
        case.state in states
        and (not asked.codes or case.cause in asked.codes)
        and asked.first <= (case.opened_on or date.min) <= asked.last
    )


def _request(case: Case, place: Row, _: Words) -> Row:
    dates = [day for day in (case.opened_on, case.answered_on, case.closed_on) if day]
    name, state = place_title(place, _), case_words(_)[case.state]
    return {
        "service_request_id": str(case.id),
        "status": "closed" if case.state in CLOSED else "open",
        "status_notes": f"{state}: {case.answer}" if case.answer else state,
        "service_name": cause_words(_)[case.cause],
        "service_code": case.cause,
        "description": _("A hotspot that students reported on their way to school: {place}").format(
            place=name
        ),
        "agency_responsible": case.owner or "",
        "service_notice": None,
        "requested_datetime": _moment(case.opened_on),
        "updated_datetime": _moment(max(dates, default=None)),
        "expected_datetime": _moment(case.due_on),
        "address": name,
        "address_id": place["id"],
        "zipcode": None,
        "lat": place["lat"],
        "long": place["lon"],
        "media_url": None,
    }


def _listed(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(",") if part.strip())


def _moment(day: date | None) -> str | None:
    return f"{day.isoformat()}T00:00:00Z" if day else None


def _day(text: str, name: str) -> date | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo is None else moment.astimezone(UTC)).date()
    except (ValueError, OverflowError):
        raise BadQueryError(f"expected {name} like 2026-11-28T00:00:00Z") from None
