"""The calendar of due days, as another program reads it: own cases only, revocable, stable."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import icalendar
import pytest
from sqlalchemy import delete, select
from starlette.testclient import TestClient

from api.services.campaigns import today
from api.services.read_release import newest_release
from api.store.authorities import Body, Case, Deputy
from api.store.engine import Store
from api.store.models import User

AREA = "neubrandenburg"


@pytest.fixture
def template(published: str) -> str:
    return published


@pytest.fixture
def due(store: Store) -> Callable[..., int]:
    """Makes a case of a body that is due at the newest release's first place."""

    def made(owner: str | None = "Town", days: int = 5, **fields: object) -> int:
        with store.write() as session:
            release = newest_release(session, AREA)
            assert release is not None
            place = next(row for row in release.places if row["name"])["id"]
            bodies = {body.name: body for body in session.scalars(select(Body))}
            case = Case(
                area_id=AREA, place_id=place, places=[place], opened_in=1, state="planned",
                due_on=today() + timedelta(days=days), body=bodies.get(owner or ""),
            )  # fmt: skip
            for name, value in fields.items():
                setattr(case, name, value)
            session.add(case)
            session.flush()
            return case.id

    return made


def make(browser: TestClient) -> str:
    page = browser.post("/account/calendar")
    assert page.status_code == 200
    address = page.text.partition('id="feed">')[2].partition("<")[0]
    assert address.startswith("http://testserver/calendar/")
    return address.removeprefix("http://testserver")


def events(browser: TestClient, address: str) -> dict[str, icalendar.Event]:
    answer = browser.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "no-store" in answer.headers["cache-control"]
    calendar: Any = icalendar.Calendar.from_ical(answer.content)
    return {str(event["UID"]): event for event in calendar.walk("VEVENT")}


def test_another_program_reads_due_days_state_and_link_without_signing_in(
    officer: TestClient, visitor: Callable[[], TestClient], due: Callable[..., int], store: Store
) -> None:
    case_id = due()
    address = make(officer)

    [(uid, event)] = events(visitor(), address).items()

    day = today() + timedelta(days=5)
    assert uid == f"case-{case_id}@testserver"
    assert event.decoded("DTSTART") == day
    assert type(event.decoded("DTSTART")) is date
    assert event.decoded("DTEND") == day + timedelta(days=1)
    assert event["URL"] == f"http://testserver/cases/{case_id}"
    assert "State: planned" in event["DESCRIPTION"]
    assert "Owner: Town" in event["DESCRIPTION"]
    with store.write() as session:
        case = session.get_one(Case, case_id)
        case.due_on, case.version = day + timedelta(days=9), 2
    moved = events(visitor(), address)[uid]
    assert moved.decoded("DTSTART") == day + timedelta(days=9)
    assert moved["SEQUENCE"] > event["SEQUENCE"]


def test_it_holds_what_the_account_answers_for_today(
    officer: TestClient, other_officer: TestClient, admin: TestClient, police: TestClient,
    visitor: Callable[[], TestClient], due: Callable[..., int], store: Store,
) -> None:  # fmt: skip
    towns, nobodys = due("Town"), due(None)
    due("Town", state="done", closed_on=today())
    due("Town", due_on=None)
    addresses = [make(one) for one in (officer, other_officer, police, admin)]

    def listed() -> list[set[int]]:
        return [
            {int(uid.split("@")[0].removeprefix("case-")) for uid in events(visitor(), address)}
            for address in addresses
        ]

    assert listed() == [{towns}, set(), {nobodys}, {towns, nobodys}]
    with store.write() as session:
        users = {user.email: user.id for user in session.scalars(select(User))}
        session.add(
            Deputy(
                user_id=users["officer@town.example"], deputy_id=users["officer@county.example"],
                from_day=today(), to_day=today(),
            )
        )  # fmt: skip
    assert listed()[1] == {towns}
    with store.write() as session:
        county = session.scalars(select(Body).where(Body.name == "County")).one()
        session.get_one(Case, towns).body = county
        session.execute(delete(Deputy))
    assert listed()[:2] == [set(), {towns}]


def test_an_address_is_shown_once_and_dies_with_the_next_one_or_when_revoked(
    officer: TestClient, visitor: Callable[[], TestClient], store: Store
) -> None:
    first = make(officer)
    page = officer.get("/account/calendar").text
    assert first not in page
    assert "You have a calendar" in page
    with store.read() as session:
        stored = {user.calendar_hash for user in session.scalars(select(User))}
    assert first.split("/")[-1].removesuffix(".ics") not in stored

    second = make(officer)
    missing = visitor().get("/calendar/nothing.ics")
    assert visitor().get(first).status_code == missing.status_code == 404
    assert visitor().get(first).text.replace(first, "") == missing.text.replace(
        "/calendar/nothing.ics", ""
    )
    assert visitor().get(second).status_code == 200

    assert officer.post("/account/calendar/revoke").status_code == 303
    assert visitor().get(second).status_code == 404


def test_who_is_no_authority_any_more_has_no_calendar(
    officer: TestClient, visitor: Callable[[], TestClient], store: Store
) -> None:
    address = make(officer)
    with store.write() as session:
        user = session.scalars(select(User).where(User.email == "officer@town.example")).one()
        user.role = "teacher"

    assert visitor().get(address).status_code == 404
