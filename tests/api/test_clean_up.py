"""Cleaning up a class by number: what counts, what comes back, and that nobody's ride is shown."""

from collections.abc import Callable
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from api.schemas.ride import RouteIn
from api.store import audit
from api.store.engine import Store
from api.store.models import Audit, Campaign

Body = dict[str, Any]
Send = Callable[..., list[str]]
FIRST = 61
"""The number of the first student of a class of 60 who joins with the code of the class."""


@pytest.fixture
def act(teacher: TestClient) -> Callable[[Campaign, int, str], Response]:
    def done(campaign: Campaign, number: int, action: str) -> Response:
        form = {"number": str(number), "action": action}
        return teacher.post(f"/teach/campaigns/{campaign.id}/contributions", data=form)

    return done


def page(teacher: TestClient, campaign: Campaign) -> str:
    return teacher.get(f"/teach/campaigns/{campaign.id}/contributions").text


def numbers(teacher: TestClient, campaign: Campaign) -> Body:
    found: Body = teacher.get(f"/teach/campaigns/{campaign.id}/board.json").json()
    return found


def publish(teacher: TestClient, campaign: Campaign, work: Callable[[], int]) -> None:
    assert teacher.post(f"/teach/campaigns/{campaign.id}/close").is_redirect
    assert work()


def reopen(store: Store, campaign: Campaign) -> None:
    with store.write() as session:
        session.get_one(Campaign, campaign.id).state = "open"


def shown(police: TestClient) -> dict[str, int]:
    return {row["id"]: row["participants"] for row in police.get("/api/hotspots").json()["places"]}


def test_an_unusual_ride_is_listed_by_number_in_words(
    teacher: TestClient,
    open_class: Callable[..., Campaign],
    join: Callable[[Campaign], TestClient],
    ride: Callable[..., Body],
) -> None:
    campaign = open_class()
    usual, unusual = ride(0), ride(1, confirmed=["detour", "fast"])
    for body in (usual, unusual):
        assert join(campaign).post("/api/routes", json=body).status_code == 201

    text = page(teacher, campaign)

    assert f"Card {FIRST + 1}" in text
    assert f"Card {FIRST}<" not in text
    assert "with a large detour" in text
    assert "faster than usual" in text
    assert "longer than usual" not in text
    for place in {step["id"] for step in unusual["steps"]}:
        assert place not in text


def test_a_redraw_is_asked_for_until_a_new_ride_comes(
    teacher: TestClient,
    open_class: Callable[..., Campaign],
    join: Callable[[Campaign], TestClient],
    ride: Callable[..., Body],
    act: Callable[[Campaign, int, str], Response],
) -> None:
    campaign = open_class()
    student = join(campaign)
    assert student.post("/api/routes", json=ride(0)).status_code == 201

    assert act(campaign, FIRST, "redraw").is_redirect
    assert "Asked to draw again" in page(teacher, campaign)

    again = ride(1, replaces=True)
    assert student.post("/api/routes", json=again).status_code == 201
    assert f"Card {FIRST}" not in page(teacher, campaign)


def test_a_request_to_draw_again_can_be_taken_back(
    teacher: TestClient,
    open_class: Callable[..., Campaign],
    join: Callable[[Campaign], TestClient],
    act: Callable[[Campaign, int, str], Response],
) -> None:
    campaign = open_class()
    join(campaign)
    act(campaign, FIRST, "redraw")
    act(campaign, FIRST, "no_redraw")

    assert f"Card {FIRST}" not in page(teacher, campaign)


def test_withdrawn_rides_leave_the_numbers_and_come_back(
    teacher: TestClient,
    open_class: Callable[..., Campaign],
    send: Send,
    act: Callable[[Campaign, int, str], Response],
) -> None:
    campaign = open_class()
    send(campaign, 6)
    before = numbers(teacher, campaign)

    act(campaign, FIRST, "withdraw")
    without = numbers(teacher, campaign)
    assert without["senders"] == before["senders"] - 1 == 5
    assert without["km"] < before["km"]
    assert without["missing"] == before["missing"] + 1
    assert "Withdrawn on" in page(teacher, campaign)

    act(campaign, FIRST, "restore")
    assert numbers(teacher, campaign) == before
    assert "Withdrawn on" not in page(teacher, campaign)


def test_withdrawn_rides_are_missing_in_the_next_release_and_come_back(
    teacher: TestClient,
    police: TestClient,
    store: Store,
    open_class: Callable[..., Campaign],
    send: Send,
    work: Callable[[], int],
    rides: list[RouteIn],
    act: Callable[[Campaign, int, str], Response],
) -> None:
    passed = [{step.id for step in sent.steps if step.kind != "free"} for sent in rides[:25]]
    who, place = next(
        (number, place)
        for number, own in enumerate(passed)
        for place in sorted(own)
        if sum(place in other for other in passed) == 5
    )
    campaign = open_class()
    send(campaign, 25)
    act(campaign, FIRST + who, "withdraw")
    publish(teacher, campaign, work)
    assert place not in shown(police)

    act(campaign, FIRST + who, "restore")
    reopen(store, campaign)
    publish(teacher, campaign, work)
    assert shown(police)[place] == 5


def test_a_published_place_does_not_tell_of_one_withdrawal(
    teacher: TestClient,
    police: TestClient,
    store: Store,
    open_class: Callable[..., Campaign],
    send: Send,
    work: Callable[[], int],
    act: Callable[[Campaign, int, str], Response],
) -> None:
    campaign = open_class()
    send(campaign, 25)
    publish(teacher, campaign, work)
    before = shown(police)

    act(campaign, FIRST, "withdraw")
    reopen(store, campaign)
    publish(teacher, campaign, work)

    assert police.get("/api/hotspots").json()["release"]["participants"] == 24
    assert shown(police) == before


def test_the_answer_does_not_tell_whether_a_card_was_used(
    teacher: TestClient,
    open_class: Callable[..., Campaign],
    join: Callable[[Campaign], TestClient],
    ride: Callable[..., Body],
    act: Callable[[Campaign, int, str], Response],
) -> None:
    campaign = open_class()
    assert join(campaign).post("/api/routes", json=ride(0)).status_code == 201
    join(campaign)  # and sends nothing
    sent, joined, nobody = FIRST, FIRST + 1, 7

    for action in ("redraw", "no_redraw", "withdraw", "restore"):
        answers = []
        for number in (sent, joined, nobody):
            response = act(campaign, number, action)
            where = response.headers["location"].replace(str(number), "N")
            answers.append((response.status_code, where, response.text))
        assert answers[0] == answers[1] == answers[2]

    pages = []
    for number in (sent, joined):
        act(campaign, number, "redraw")
        response = teacher.get(f"/teach/campaigns/{campaign.id}/contributions?number={number}")
        nonce = response.headers["content-security-policy"].split("'nonce-")[1].split("'")[0]
        pages.append(response.text.replace(nonce, "").replace(f"{number}", "N"))
        act(campaign, number, "no_redraw")
    assert pages[0] == pages[1]


@pytest.mark.parametrize("typed", ["", "0", "-1", "seven", "1e3", "99999", "\u0667"])
def test_what_is_no_number_is_said_on_the_page(
    teacher: TestClient,
    open_class: Callable[..., Campaign],
    count_rows: Callable[[], dict[str, int]],
    typed: str,
) -> None:
    campaign = open_class()
    before = count_rows()
    form = {"number": typed, "action": "withdraw"}

    response = teacher.post(f"/teach/campaigns/{campaign.id}/contributions", data=form)

    assert response.status_code == 422
    assert "Type the number that is printed on the card." in response.text
    assert count_rows() == before


def test_every_decision_is_recorded_and_none_is_forgotten(
    store: Store,
    open_class: Callable[..., Campaign],
    send: Send,
    act: Callable[[Campaign, int, str], Response],
) -> None:
    campaign = open_class()
    send(campaign, 1)
    for action in ("redraw", "no_redraw", "withdraw", "restore"):
        act(campaign, FIRST, action)

    with store.read() as session:
        entries = session.scalars(select(Audit).order_by(Audit.id)).all()[-4:]
        assert audit.first_broken(session) is None
    assert [entry.action for entry in entries] == [
        "ask for redraw", "take back redraw", "withdraw rides", "take back withdrawal",
    ]  # fmt: skip
    assert {entry.subject for entry in entries} == {f"campaign {campaign.id}"}
    assert all(entry.details == {"number": FIRST} and entry.user_id for entry in entries)


def test_nobody_cleans_up_a_foreign_class(
    other_teacher: TestClient,
    police: TestClient,
    teacher: TestClient,
    open_class: Callable[..., Campaign],
    send: Send,
) -> None:
    campaign = open_class()
    send(campaign, 1)
    form = {"number": str(FIRST), "action": "withdraw"}

    for browser in (other_teacher, police):
        answer = browser.post(f"/teach/campaigns/{campaign.id}/contributions", data=form)
        missing = browser.post("/teach/campaigns/999999/contributions", data=form)
        assert answer.status_code == missing.status_code == 404
    foreign = {"origin": "https://elsewhere.example"}
    address = f"/teach/campaigns/{campaign.id}/contributions"
    assert teacher.post(address, data=form, headers=foreign).status_code == 403
    assert numbers(teacher, campaign)["senders"] == 1
