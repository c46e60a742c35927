"""Open311 GeoReport v2: what everybody may know of cases, and updates of a town's own system."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from defusedxml import ElementTree
from httpx2 import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from api.services.api_keys import add_key
from api.services.campaigns import today
from api.store import cases
from api.store.authorities import Body, Case
from api.store.engine import Store
from geo.causes import CAUSES

ROOT = "/open311/v2"


@pytest.fixture
def template(published: str) -> str:
    return published


@pytest.fixture
def public(police: TestClient) -> list[int]:
    """The numbers of the places that everybody may see."""
    places = police.get("/api/hotspots").json()["places"]
    return [number for number, place in enumerate(places) if place["participants"] >= 10]


@pytest.fixture
def case(open_case: Callable[..., Case], public: list[int]) -> Case:
    """A case of the town whose answer is nothing that XML or a page could stumble over."""
    return open_case(
        public[0], owner="Town", cause="maintenance", answer="A <b>lamp</b> & a hedge",
        due_on=today() + timedelta(days=30), opened_on=today(),
    )  # fmt: skip


@pytest.fixture
def send(store: Store, visitor: Callable[[], TestClient]) -> Callable[..., Response]:
    """`send(7, "a", "fixed", "Done")`: an update of a program with a key of this body."""

    def sent(
        number: object, update: str, status: str, words: str = "", body: str = "Town",
        *, may_write: bool = True, ending: str = "json",
    ) -> Response:  # fmt: skip
        with store.write() as session:
            found = session.scalars(select(Body).where(Body.name == body)).one()
            _, secret = add_key(session, found, "tickets", may_write=may_write, by=None)
        form = {
            "service_request_id": str(number), "update_id": update, "status": status,
            "description": words, "api_key": secret,
            "updated_datetime": "2026-11-28T12:00:00+01:00",
        }  # fmt: skip
        return visitor().post(f"{ROOT}/servicerequestupdates.{ending}", data=form)

    return sent


def requests(browser: TestClient, query: str = "") -> list[dict[str, Any]]:
    answer = browser.get(f"{ROOT}/requests.json?{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


def failure(answer: Response) -> tuple[int, str]:
    (error,) = answer.json()
    assert error["code"] == answer.status_code
    return answer.status_code, error["description"]


def test_everybody_reads_of_a_case_what_is_done_and_no_count(
    visitor: Callable[[], TestClient], case: Case
) -> None:
    browser = visitor()
    (one,) = requests(browser)

    assert one["service_request_id"] == str(case.id)
    assert (one["status"], one["service_code"]) == ("open", "maintenance")
    assert one["agency_responsible"] == "Town"
    assert one["status_notes"] == "new: A <b>lamp</b> & a hedge"
    assert one["expected_datetime"] == f"{today() + timedelta(days=30)}T00:00:00Z"
    assert 53 < one["lat"] < 54
    assert 13 < one["long"] < 14
    assert not any(letter.isdigit() for letter in one["description"])
    assert browser.get(f"{ROOT}/requests/{case.id}.json").json() == [one]

    told = ElementTree.fromstring(browser.get(f"{ROOT}/requests/{case.id}.xml").content)
    (request,) = told.findall("request")
    assert told.tag == "service_requests"
    assert {child.tag: child.text or None for child in request} == {
        name: None if value in {None, ""} else str(value) for name, value in one.items()
    }


def test_filters_are_those_of_the_standard(
    visitor: Callable[[], TestClient],
    case: Case,
    open_case: Callable[..., Case],
    public: list[int],
) -> None:
    browser = visitor()
    before = {"answer": "Done", "opened_on": today() - timedelta(days=200)}
    old = open_case(public[1], state="done", cause="engineering", **before)
    both = f"service_request_id={case.id},{old.id}"
    found = {
        query: {int(one["service_request_id"]) for one in requests(browser, query)}
        for query in (
            "", both, "status=closed", "status=open,closed", "service_code=maintenance,education",
            "service_code=engineering", "jurisdiction_id=neubrandenburg", "jurisdiction_id=waren",
            f"start_date={old.opened_on}T00:00:00Z",
            f"start_date={old.opened_on}&end_date={old.opened_on}&status=closed",
        )
    }  # fmt: skip

    # Without days, those of the last 90 are meant.
    assert list(found.values()) == [
        {case.id}, {case.id, old.id}, set(), {case.id}, {case.id}, set(), {case.id}, set(),
        {old.id}, {old.id},
    ]  # fmt: skip
    for query in (
        "status=wrong", "service_code=potholes", "start_date=yesterday",
        "start_date=2020-01-01&end_date=2021-01-01", "start_date=2021-01-01&end_date=2020-01-01",
    ):  # fmt: skip
        code, words = failure(browser.get(f"{ROOT}/requests.json?{query}"))
        assert (code, words[:8]) == (400, "expected")
    assert failure(browser.get(f"{ROOT}/requests.json?jurisdiction_id=atlantis"))[0] == 404


def test_a_case_where_few_ride_is_not_told(
    store: Store, visitor: Callable[[], TestClient], police: TestClient, case: Case
) -> None:
    places = police.get("/api/hotspots").json()["places"]
    few = next(place["id"] for place in places if place["participants"] < 10)
    with store.write() as session:
        session.get_one(Case, case.id).places = [few]

    browser = visitor()
    assert requests(browser) == []
    hidden = browser.get(f"{ROOT}/requests/{case.id}.json")
    missing = browser.get(f"{ROOT}/requests/999999.json")
    assert hidden.json() == missing.json() == [{"code": 404, "description": "no such request"}]


def test_services_are_the_causes_and_take_no_reports(visitor: Callable[[], TestClient]) -> None:
    browser = visitor()
    listed = browser.get(f"{ROOT}/services.json").json()

    assert [one["service_code"] for one in listed] == list(CAUSES)
    for code in CAUSES:
        told = browser.get(f"{ROOT}/services/{code}.json").json()
        assert told == {"service_code": code, "attributes": []}
    assert failure(browser.get(f"{ROOT}/services/potholes.json"))[0] == 404
    (endpoint,) = browser.get(f"{ROOT}/discovery.json").json()["endpoints"]
    assert endpoint["url"] == "http://testserver/open311/v2"

    refused = browser.post(f"{ROOT}/requests.json", data={"service_code": "maintenance"})
    code, words = failure(refused)
    assert (code, refused.headers["allow"]) == (405, "GET")
    assert "rides of students" in words
    in_xml = ElementTree.fromstring(browser.post(f"{ROOT}/requests.xml").content)
    assert in_xml.findtext("error/code") == "405"


def test_an_update_of_the_town_changes_its_case_once_and_stays_in_its_history(
    store: Store, visitor: Callable[[], TestClient], case: Case, send: Callable[..., Response]
) -> None:
    assert send(case.id, "u1", "IN_PROGRESS", "The crew is there").json() == [{"update_id": "u1"}]
    assert send(case.id, "u2", "fixed", "A new lamp").status_code == 200
    again = send(case.id, "u1", "IN_PROGRESS", "The crew is there", ending="xml")

    assert ElementTree.fromstring(again.content).findtext("request_update/update_id") == "u1"
    (told,) = requests(visitor())
    assert (told["status"], told["status_notes"]) == ("closed", "fixed: A new lamp")
    with store.read() as session:
        history = cases.history(session, case.id)
        assert cases.first_broken_event(history) is None
    steps = [(one.kind, one.by) for one in history if one.kind != "opened"]
    assert steps == [(kind, "Town") for kind in ("answer", "state", "note") * 2]

    # What the town's system calls open is taken up again, and its words are the reason.
    assert send(case.id, "u3", "open", "The lamp is broken").status_code == 200
    assert requests(visitor())[0]["status_notes"] == "being looked into: The lamp is broken"


def test_who_may_not_change_a_case_changes_nothing(
    store: Store, visitor: Callable[[], TestClient], case: Case, send: Callable[..., Response]
) -> None:
    refusals = [
        send(case.id, "u1", "fixed", "Done", body="County").status_code,
        send(case.id, "u1", "fixed", "Done", may_write=False).status_code,
        send(999_999, "u1", "fixed", "Done").status_code,
        send("99999999999999999999", "u1", "fixed", "Done").status_code,
        send("x", "u1", "fixed", "Done").status_code,
        send(case.id, "", "fixed", "Done").status_code,
        send(case.id, "u1", "perfect", "Done").status_code,
        send(case.id, "u1", "fixed", "D\u202eone").status_code,
        visitor().post(f"{ROOT}/servicerequestupdates.json", data={"status": "fixed"}).status_code,
    ]

    assert refusals == [404, 403, 404, 404, 400, 400, 400, 422, 401]
    with store.read() as session:
        same = session.get_one(Case, case.id)
        assert (same.state, same.version) == (case.state, case.version)
