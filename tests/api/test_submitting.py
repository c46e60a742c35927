"""Sending a ride: stored whole and once, or not at all."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from api.services.installation import Installation
from api.services.keys import area_key
from api.services.opening import open_sealed
from api.store.engine import Store
from api.store.models import Campaign, Job, Remark, Route

Body = dict[str, Any]
Rows = Callable[[], dict[str, int]]
Problem = Callable[[Response], str]


def test_a_ride_is_stored_with_its_numbers(
    student: TestClient, store: Store, ride: Callable[..., Body]
) -> None:
    body = ride(0, rest=8)

    response = student.post("/api/routes", json=body)

    assert response.status_code == 201
    receipt = response.json()
    with store.read() as session:
        stored = session.scalars(select(Route)).one()
    places = {step["id"] for step in body["steps"]}
    assert receipt["id"] == body["id"] == str(stored.id)
    assert receipt["km"] == pytest.approx(stored.metres / 1000, abs=0.01)
    assert receipt["places"] == receipt["rated"] == stored.places == len(places)
    assert stored.metres_rated == pytest.approx(stored.metres)
    assert len(receipt["phrase"].split()) == 6


def test_what_is_sealed_is_what_was_sent(
    student: TestClient, here: Installation, ride: Callable[..., Body]
) -> None:
    body = ride(0, rest=None)
    place = body["steps"][0]["id"]
    body["ratings"] = [{"place": place, "rating": 2, "reasons": ["speed"], "incident": "fall"}]
    student.post("/api/routes", json=body)

    with here.store.read() as session:
        stored = session.scalars(select(Route)).one()
    key = area_key(here.settings, "neubrandenburg", "seal")
    content = open_sealed(key, stored.sealed, bound_to=f"{stored.id}/{stored.participant_id}")

    assert content["places"] == list(dict.fromkeys(step["id"] for step in body["steps"]))
    assert content["rides_per_week"] == body["rides_per_week"]
    assert content["ratings"] == [
        {
            "place": place, "rating": 2, "seconds": None, "reasons": ["speed"], "likes": [],
            "times": [], "incident": "fall", "counterpart": None, "helps": [], "bulk": False,
        }
    ]  # fmt: skip


def test_the_same_ride_sent_twice_is_stored_once(
    student: TestClient, ride: Callable[..., Body], count_rows: Rows
) -> None:
    body = ride(0)
    first = student.post("/api/routes", json=body)
    stored = count_rows()

    again = student.post("/api/routes", json=body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert count_rows() == stored


def test_the_same_ride_is_still_answered_after_the_class_is_closed(
    join: Callable[[Campaign], TestClient],
    open_class: Callable[..., Campaign],
    teacher: TestClient,
    ride: Callable[..., Body],
) -> None:
    campaign, body = open_class(), ride(0)
    student = join(campaign)
    first = student.post("/api/routes", json=body)
    teacher.post(f"/teach/campaigns/{campaign.id}/close")

    assert student.post("/api/routes", json=body).json() == first.json()
    assert student.post("/api/routes", json=ride(1)).status_code == 410


def test_a_changed_ride_under_the_same_id_is_refused(
    student: TestClient, ride: Callable[..., Body], count_rows: Rows, problem: Problem
) -> None:
    body = ride(0, rides_per_week=2)
    student.post("/api/routes", json=body)
    stored = count_rows()

    response = student.post("/api/routes", json=body | {"rides_per_week": 3})

    assert response.status_code == 409
    assert "sent before" in problem(response)
    assert count_rows() == stored


def test_an_id_of_somebody_else_is_refused_without_telling_their_ride(
    join: Callable[[Campaign], TestClient],
    open_class: Callable[..., Campaign],
    ride: Callable[..., Body],
    count_rows: Rows,
    problem: Problem,
) -> None:
    campaign, body = open_class(), ride(0)
    phrase = join(campaign).post("/api/routes", json=body).json()["phrase"]
    other = join(campaign)
    stored = count_rows()

    response = other.post("/api/routes", json=body)

    assert response.status_code == 409
    assert phrase not in problem(response)
    assert count_rows() == stored


def backwards(body: Body) -> Body:
    """Return the ride home by the same streets, as a device sends it: the home end last."""
    turn = {"forward": "backward", "backward": "forward"}
    steps = [
        step | ({"direction": turn[step["direction"]]} if step["kind"] == "segment" else {})
        for step in body["steps"][::-1]
    ]
    return body | {"variant": "back", "steps": steps}


def test_a_student_has_one_ride_of_each_kind(
    student: TestClient, ride: Callable[..., Body], problem: Problem
) -> None:
    kinds = ("there", "rain", "winter", "other")
    answers = [student.post("/api/routes", json=ride(i, variant=v)) for i, v in enumerate(kinds)]
    again = student.post("/api/routes", json=ride(5))

    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.json()["phrase"] for answer in answers}) == 1
    assert again.status_code == 409
    assert again.json()["type"] == "urn:barometer:already-sent"
    assert "replaced" in problem(again)


def test_a_ride_drawn_anew_takes_the_place_of_the_first(
    student: TestClient, store: Store, ride: Callable[..., Body]
) -> None:
    first, second = ride(0), ride(1, replaces=True)
    student.post("/api/routes", json=first)

    assert student.post("/api/routes", json=second).status_code == 201
    assert student.post("/api/routes", json=second).status_code == 200  # its answer got lost
    with store.read() as session:
        assert [str(one.id) for one in session.scalars(select(Route))] == [second["id"]]
    assert student.get("/api/class").json()["routes"] == 1


def test_a_ride_home_is_cut_at_its_end(
    student: TestClient, ride: Callable[..., Body], problem: Problem
) -> None:
    home = backwards(ride(0))

    assert student.post("/api/routes", json=home).status_code == 201
    uncut = backwards(ride(1)) | {"replaces": True}
    uncut["steps"].pop()
    assert "not cut" in problem(student.post("/api/routes", json=uncut))


def test_a_ride_too_short_to_store_gives_only_ratings_of_safe_intersections(
    student: TestClient, store: Store, ride: Callable[..., Body], problem: Problem
) -> None:
    body = ride(0, rest=None)
    safe, segment = body["steps"][0]["id"], body["steps"][1]["id"]
    short = body | {"steps": [], "ratings": [{"place": safe, "rating": 3}]}
    unsafe = short | {"id": str(uuid.uuid4()), "ratings": [{"place": segment, "rating": 3}]}

    response = student.post("/api/routes", json=short)
    refused = student.post("/api/routes", json=unsafe)

    assert response.status_code == 201
    assert (response.json()["km"], response.json()["places"]) == (0.0, 1)
    assert refused.status_code == 422
    assert "safe intersections alone" in problem(refused)
    with store.read() as session:
        assert session.scalars(select(Route)).one().metres == 0


def test_a_comment_waits_for_moderation_and_goes_nowhere_else(
    student: TestClient, store: Store, ride: Callable[..., Body]
) -> None:
    body = ride(0)
    place = body["steps"][0]["id"]
    body["ratings"] = [{"place": place, "rating": 2, "comment": "Kürze die Hecke! 🚲"}]

    assert student.post("/api/routes", json=body).status_code == 201

    with store.read() as session:
        assert [remark.state for remark in session.scalars(select(Remark))] == ["waiting"]


def test_the_class_page_counts_what_was_sent(
    open_class: Callable[..., Campaign],
    join: Callable[[Campaign], TestClient],
    send: Callable[..., list[str]],
) -> None:
    campaign = open_class()
    send(campaign, 3, rest=8)

    numbers = join(campaign).get("/api/class").json()

    assert numbers.pop("ratings") > 3
    assert numbers | {"km": 0, "km_rated": 0} == {
        "title": "Class 9b", "school": "Albert-Einstein-Gymnasium", "simulated": False,
        "participants": 4, "drawing": 0, "rating": 0, "senders": 3, "routes": 3,
        "km": 0, "km_rated": 0, "share_rated": 1.0,
        "needed": 17, "next_release_in": 17,
    }  # fmt: skip
    assert numbers["km"] == numbers["km_rated"] > 1


def test_the_twentieth_new_participant_queues_one_release(
    open_class: Callable[..., Campaign], send: Callable[..., list[str]], store: Store
) -> None:
    campaign = open_class()

    def queued() -> int:
        with store.read() as session:
            return len(session.scalars(select(Job)).all())

    send(campaign, 19)
    assert queued() == 0
    send(campaign, 3)
    assert queued() == 1
