"""The board of the classroom: totals of the class, and places that a release may name."""

import html
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from api.schemas.ride import RouteIn
from api.services.board import MOST_THIN, ThinPlace, thin_places
from api.store.engine import Store
from api.store.models import Audit, Campaign

Body = dict[str, Any]
Send = Callable[..., list[str]]
SCHOOL, WIDE = 3, 0.125
NAMES = {
    "roster", "participants", "drawing", "rating", "senders", "km", "km_rated", "share_rated",
    "missing", "batch", "computing", "release",
}  # fmt: skip


def board(teacher: TestClient, campaign: Campaign) -> Body:
    response = teacher.get(f"/teach/campaigns/{campaign.id}/board.json")
    assert response.headers["cache-control"] == "no-store"
    found: Body = response.json()
    return found


def main_of(page: str) -> str:
    return html.unescape(page.split("<main")[1].split("</main>", maxsplit=1)[0])


def test_the_board_counts_who_joined_draws_rates_and_sent(
    teacher: TestClient,
    open_class: Callable[..., Campaign],
    join: Callable[[Campaign], TestClient],
    send: Send,
) -> None:
    campaign = open_class()
    join(campaign)
    for stage in ("drawing", "rating", "rating"):
        assert join(campaign).post("/api/stage", json={"stage": stage}).status_code == 204
    send(campaign, 2)

    found = board(teacher, campaign)

    assert set(found) == NAMES
    assert {name: found[name] for name in ("participants", "drawing", "rating", "senders")} == {
        "participants": 6, "drawing": 1, "rating": 2, "senders": 2,
    }  # fmt: skip
    assert found["km"] >= found["km_rated"] > 0
    assert (found["missing"], found["batch"], found["release"]) == (18, 20, None)


def test_the_board_shows_code_and_numbers_and_nobody_alone(
    teacher: TestClient, open_class: Callable[..., Campaign], send: Send
) -> None:
    campaign = open_class()
    send(campaign, 1)

    text = teacher.get(f"/teach/campaigns/{campaign.id}/board").text

    assert f"{campaign.code[:4]}-{campaign.code[4:]}" in text
    assert "Students still missing until there are results: 19" in text
    assert "61" not in main_of(text), "the number of a student"
    assert "leaflet" not in text


@pytest.mark.parametrize("changes", [{"state": "closed"}, {"consent_kind": "cards"}])
def test_a_code_that_does_not_work_is_not_shown(
    teacher: TestClient, open_class: Callable[..., Campaign], changes: dict[str, str]
) -> None:
    campaign = open_class(**changes)

    text = teacher.get(f"/teach/campaigns/{campaign.id}/board").text

    assert campaign.code[4:] not in text


def test_after_a_release_the_board_names_only_places_that_students_may_see(
    teacher: TestClient,
    police: TestClient,
    store: Store,
    open_class: Callable[..., Campaign],
    send: Send,
    work: Callable[[], int],
    rides: list[RouteIn],
) -> None:
    campaign = open_class()
    send(campaign, 25)
    assert teacher.post(f"/teach/campaigns/{campaign.id}/close").is_redirect
    assert work()

    text = teacher.get(f"/teach/campaigns/{campaign.id}/board").text

    named = {row["name"] for row in police.get("/api/hotspots").json()["places"]
             if row["participants"] >= 10}  # fmt: skip
    asked = [line for line in main_of(text).splitlines() if "too few ratings" in line]
    assert 0 < len(asked) <= MOST_THIN
    assert all(any(name and name in line for name in named) for line in asked)
    ids = {step.id for sent in rides for step in sent.steps if step.kind != "free"}
    assert not any(one in text for one in ids)
    assert board(teacher, campaign)["release"] == 2
    with store.read() as session:
        seen = session.scalars(select(Audit).where(Audit.action == "see board")).all()
    assert [entry.details for entry in seen] == [{"release": 2}]


def test_a_class_with_enough_new_students_waits_for_the_computer(
    teacher: TestClient, open_class: Callable[..., Campaign], send: Send, work: Callable[[], int]
) -> None:
    campaign = open_class()
    send(campaign, 20)
    assert (board(teacher, campaign)["missing"], board(teacher, campaign)["computing"]) == (0, True)

    work()
    found = board(teacher, campaign)
    assert (found["missing"], found["computing"], found["release"]) == (0, False, 1)


def row(name: str, **changes: object) -> Body:
    same = {"id": f"i{name}", "kind": "intersection", "name": name, "schools": {str(SCHOOL): 12},
            "danger_low": 0.1, "danger_high": 0.6, "passages": 1.0}  # fmt: skip
    return same | changes


def named(rows: list[Body]) -> list[str]:
    return [place.name for place in thin_places(rows, SCHOOL, WIDE)]


def test_most_missing_information_comes_first() -> None:
    # Widths 0.5, 1 (nobody rated it) and 0.3, times passages 4, 1 and 10: missing 2, 1 and 3.
    rows = [
        row("A", passages=4.0),
        row("B", danger_low=None, danger_high=None),
        row("C", danger_low=0.2, danger_high=0.5, passages=10.0),
    ]

    assert named(rows) == ["C", "A", "B"]


def test_places_that_are_known_elsewhere_or_without_a_name_are_not_asked_about() -> None:
    rows = [
        row("known", danger_low=0.3, danger_high=0.4),
        row("of another school", schools={"4": 12}),
        row("", id="i1"),
        row("asked"),
    ]

    assert named(rows) == ["asked"]


def test_a_street_in_many_pieces_is_named_once_and_the_list_is_short() -> None:
    pieces = [row("Long Street", id=f"s{n}", kind="segment", passages=9.0) for n in range(4)]
    others = [row(f"Crossing {n}", passages=float(n)) for n in range(8)]

    found = thin_places(pieces + others, SCHOOL, WIDE)

    assert len(found) == MOST_THIN
    assert found[0] == ThinPlace("segment", "Long Street")
    assert found.count(found[0]) == 1
