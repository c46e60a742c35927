"""What a release may show, seen from outside: joins, erasures and releases over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.errors import WrongKeyError
from api.schemas.ride import RouteIn
from api.services.installation import Installation
from api.services.keys import area_key
from api.store.engine import Store, UtcDateTime
from api.store.models import Campaign, Card, Participant, ParticipantSession, School

Body = dict[str, Any]
Rows = Callable[[], dict[str, int]]
Send = Callable[..., list[str]]
K, CHANGE, BATCH = 5, 10, 20


def shown(police: TestClient) -> dict[str, Body]:
    response = police.get("/api/hotspots")
    return {row["id"]: row for row in response.json()["places"]} if response.is_success else {}


def figures(row: Body) -> Body:
    """A row without its rank, which depends on the others."""
    return {name: value for name, value in row.items() if name != "rank"}


def passing(rides: list[RouteIn]) -> dict[str, int]:
    found: dict[str, int] = {}
    for sent in rides:
        for place in {step.id for step in sent.steps if step.kind != "free"}:
            found[place] = found.get(place, 0) + 1
    return found


def close(teacher: TestClient, campaign: Campaign, work: Callable[[], int]) -> int:
    assert teacher.post(f"/teach/campaigns/{campaign.id}/close").is_redirect
    return work()


def test_places_of_four_are_not_shown_and_those_of_five_are(
    teacher: TestClient,
    police: TestClient,
    open_class: Callable[..., Campaign],
    send: Send,
    work: Callable[[], int],
    rides: list[RouteIn],
) -> None:
    campaign = open_class()
    send(campaign, 25)
    close(teacher, campaign, work)

    people = passing(rides[:25])
    rows = shown(police)

    assert set(rows) == {place for place, count in people.items() if count >= K}
    assert {place: row["participants"] for place, row in rows.items()} == {
        place: count for place, count in people.items() if count >= K
    }
    few = next(place for place, count in people.items() if count == K - 1)
    hidden, missing = police.get(f"/places/{few}"), police.get("/places/saaaaaaaaaa")
    assert hidden.status_code == missing.status_code == 404


def test_a_few_beside_one_class_wait_until_they_are_ten(
    police: TestClient,
    open_class: Callable[..., Campaign],
    send: Send,
    work: Callable[[], int],
    rides: list[RouteIn],
) -> None:
    def counted() -> int:
        release: Body = police.get("/api/hotspots").json()["release"]
        return int(release["participants"])

    class_of_strangers, other = open_class(), open_class()
    send(other, CHANGE - 1)
    send(class_of_strangers, BATCH)
    assert work() == 1
    assert counted() == BATCH
    people = passing(rides[CHANGE - 1 : CHANGE - 1 + BATCH])
    assert {place: row["participants"] for place, row in shown(police).items()} == {
        place: count for place, count in people.items() if count >= K
    }

    # Ten of them with a batch are as many as R4 asks for, and all are counted.
    send(other, 1)
    send(open_class(), CHANGE)
    assert work() == 1
    assert counted() == 2 * BATCH


def test_a_class_of_nineteen_is_not_published_when_it_closes(
    teacher: TestClient,
    police: TestClient,
    open_class: Callable[..., Campaign],
    send: Send,
    work: Callable[[], int],
    count_rows: Rows,
) -> None:
    campaign = open_class()
    send(campaign, BATCH - 1)
    close(teacher, campaign, work)

    assert count_rows()["releases"] == 0
    assert police.get("/api/hotspots").status_code == 404
    page = teacher.get(f"/teach/campaigns/{campaign.id}")
    assert "not enough yet for a release: 19 new participants" in page.text


def test_the_twentieth_new_participant_makes_a_release_and_the_next_does_not(
    open_class: Callable[..., Campaign], send: Send, work: Callable[[], int], count_rows: Rows
) -> None:
    campaign = open_class()
    send(campaign, BATCH)
    work()
    assert count_rows()["releases"] == 1

    send(campaign, BATCH - 1)
    work()
    assert count_rows()["releases"] == 1

    send(campaign, 1)
    work()
    assert count_rows()["releases"] == 2


def test_one_more_participant_changes_no_published_cell(
    teacher: TestClient,
    police: TestClient,
    open_class: Callable[..., Campaign],
    join: Callable[[Campaign], TestClient],
    send: Send,
    ride: Callable[..., Body],
    work: Callable[[], int],
    count_rows: Rows,
) -> None:
    campaign = open_class()
    send(campaign, BATCH)
    work()
    before = shown(police)
    place = next(iter(before))
    one_more = ride(0, rest=0)
    assert join(campaign).post("/api/routes", json=one_more).status_code == 201

    close(teacher, campaign, work)

    after = shown(police)
    assert count_rows()["releases"] == 2
    assert {step["id"] for step in one_more["steps"]} & set(before)
    assert after.keys() == before.keys()
    assert figures(after[place]) == figures(before[place])
    assert [figures(row) for row in after.values()] == [figures(row) for row in before.values()]


def test_ten_more_participants_change_the_cell_they_pass(
    teacher: TestClient,
    police: TestClient,
    open_class: Callable[..., Campaign],
    join: Callable[[Campaign], TestClient],
    send: Send,
    ride: Callable[..., Body],
    work: Callable[[], int],
) -> None:
    campaign = open_class()
    send(campaign, BATCH)
    work()
    before = shown(police)
    for _ in range(CHANGE):
        join(campaign).post("/api/routes", json=ride(0, rest=0, ratings=[]))

    close(teacher, campaign, work)

    after = shown(police)
    common = {step["id"] for step in ride(0)["steps"]} & set(before)
    assert common
    assert all(after[one]["participants"] == before[one]["participants"] + CHANGE for one in common)


def test_a_phrase_erases_all_of_one_participant_and_nothing_else(
    open_class: Callable[..., Campaign],
    join: Callable[[Campaign], TestClient],
    send: Send,
    ride: Callable[..., Body],
    client: TestClient,
    count_rows: Rows,
) -> None:
    campaign = open_class()
    send(campaign, 2)
    others = count_rows()
    student, body = join(campaign), ride(5)
    body["ratings"] = [{"place": body["steps"][0]["id"], "rating": 3, "comment": "hedge"}]
    phrase = student.post("/api/routes", json=body).json()["phrase"]
    student.post("/api/routes", json=ride(6))
    assert count_rows()["remarks"] == others["remarks"] + 1

    response = client.post("/mine", data={"phrase": f"  {phrase.upper().replace(' ', '-')} "})

    assert response.status_code == 200
    assert count_rows() == others
    assert student.get("/draw").headers["location"] == "/"
    assert student.post("/api/routes", json=ride(7)).status_code == 401


def test_a_wrong_phrase_gets_the_same_answer(
    open_class: Callable[..., Campaign], send: Send, client: TestClient
) -> None:
    (phrase,) = send(open_class(), 1)

    def page(typed: str) -> tuple[int, str]:
        response = client.post("/mine", data={"phrase": typed})
        nonce = response.headers["content-security-policy"].split("'nonce-")[1].split("'")[0]
        return response.status_code, response.text.replace(nonce, "")

    assert page("bamot bamot bamot bamot bamot bamot") == page(phrase) == page("")


def test_guessing_phrases_has_to_wait(client: TestClient) -> None:
    answers = [client.post("/mine", data={"phrase": f"wrong {n}"}) for n in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0


def test_the_erased_are_gone_from_the_next_release(
    teacher: TestClient,
    police: TestClient,
    open_class: Callable[..., Campaign],
    send: Send,
    client: TestClient,
    work: Callable[[], int],
    rides: list[RouteIn],
) -> None:
    campaign = open_class()
    phrases = send(campaign, 2 * BATCH - 1)
    work()
    before = passing(rides[: 2 * BATCH - 1])
    for phrase in phrases[:12]:
        client.post("/mine", data={"phrase": phrase})

    close(teacher, campaign, work)

    assert police.get("/api/hotspots").json()["release"]["participants"] == 2 * BATCH - 1 - 12
    after = passing(rides[12 : 2 * BATCH - 1])
    rows = shown(police)
    gone = {place for place in before if before[place] - after.get(place, 0) >= CHANGE}
    assert gone
    for place in gone:
        count = rows[place]["participants"] if place in rows else 0
        assert count == (after[place] if after.get(place, 0) >= K else 0)


def test_participants_of_another_school_are_named_only_from_five(
    teacher: TestClient,
    open_class: Callable[..., Campaign],
    other_school: School,
    other_teacher: TestClient,
    send: Send,
    work: Callable[[], int],
) -> None:
    own, other = open_class(), open_class(school_id=other_school.id)
    send(own, 21)
    send(other, K - 1)
    close(teacher, own, work)

    assert teacher.get(f"/teach/campaigns/{own.id}/report.pdf").status_code == 200
    refused = other_teacher.get(f"/teach/campaigns/{other.id}/report.pdf")
    assert refused.status_code == 409
    assert "too few students" in refused.text


def test_a_lost_key_is_an_error_and_never_replaced(here: Installation) -> None:
    with pytest.raises(WrongKeyError, match="missing"):
        area_key(here.settings, "atlantis", "seal")

    assert not (here.settings.keys / "atlantis.key").exists()


def test_nothing_finer_than_the_day_is_stored_of_a_student(
    open_class: Callable[..., Campaign], send: Send, store: Store
) -> None:
    send(open_class(), 1)

    with store.read() as session:
        student = session.query(Participant).one()
    kinds = {name: type(value).__name__ for name, value in vars(student).items()}
    assert "datetime" not in kinds.values()
    assert set(kinds) - {"_sa_instance_state"} == {
        "id", "campaign_id", "number", "phrase_hash", "joined_on", "stage", "redraw_on",
        "released_in",
    }  # fmt: skip
    for table in (Participant, ParticipantSession, Card):
        names = [type(column.type) for column in table.__table__.columns]
        assert UtcDateTime not in names
