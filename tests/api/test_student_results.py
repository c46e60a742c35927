"""What students see of the results: the public rules, and a calmer way that tells of nobody."""

import gzip
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from api.schemas.ride import RouteIn
from api.services.areas import LoadedArea
from api.services.installation import Installation
from api.services.publish_area import publish_area
from api.services.release_content import K_PUBLIC, several_classes
from api.services.student_results import public_danger
from api.store import releases
from api.store.authorities import Case
from api.store.engine import Store
from api.store.models import Campaign, School
from geo.protection import K_STAFF

Body = dict[str, Any]
AREA = "neubrandenburg"
SCHOOLS = ("one", "other")


@pytest.fixture
def template(published: str) -> str:
    return published


@pytest.fixture
def rewrite(store: Store) -> Callable[[Callable[[Body], None]], Body]:
    """Changes the content of the newest release, and returns it."""

    def changed(change: Callable[[Body], None]) -> Body:
        with store.write() as session:
            release = releases.newest_whole(session, AREA)
            assert release is not None
            content: Body = json.loads(gzip.decompress(release.content))
            change(content)
            release.content = gzip.compress(json.dumps(content).encode())
            # What was read is kept by its hash.
            release.content_hash = f"{change.__qualname__:.64}".ljust(64, "0")
        return content

    return changed


def two_classes(content: Body) -> None:
    (school,) = content["schools"].values()
    school["titles"] = ["9a", "9b"]


def at_the_edges(content: Body) -> None:
    """Rows just on either side of each rule, the first one on the right side of all."""
    two_classes(content)
    enough = {"participants": K_PUBLIC, "ratings": K_PUBLIC, "danger": 0.6,
              "several_classes": True}  # fmt: skip
    changes: list[Body] = [
        {},
        {"participants": K_PUBLIC - 1},
        {"several_classes": False},
        {"ratings": K_PUBLIC - 1},
        {"danger": None},
        {"danger": 0.2},
        {"danger": 0.35},
    ]
    for row, change in zip(content["places"], changes, strict=False):
        row.update(enough | change)
    for row in content["places"][len(changes) :]:
        row["participants"] = K_PUBLIC - 1


def results(browser: TestClient) -> Body:
    response = browser.get("/api/results")
    assert response.status_code == 200, response.text
    found: Body = response.json()
    return found


def ridden(sent: RouteIn) -> list[str]:
    return list(dict.fromkeys(step.id for step in sent.steps if step.kind != "free"))


@pytest.mark.parametrize(
    ("classes", "shown"),
    [
        ((10,), False),
        ((40,), False),
        ((9, 1), False),
        ((36, 4), False),
        ((35, 5), True),
        ((5, 5), True),
        ((5, 4), False),
        ((6, 2, 2), False),
        ((5, 3, 2), True),
        ((4, 3, 2), False),
    ],
)
def test_another_class_is_told_of_only_where_five_of_it_pass(
    classes: tuple[int, ...], *, shown: bool
) -> None:
    assert several_classes(dict(enumerate(classes))) is shown


def test_no_place_of_nine_students_or_of_one_class_is_shown(
    rewrite: Callable[..., Body], student: TestClient
) -> None:
    first, nine, alone, few, silent, calm, mixed = rewrite(at_the_edges)["places"][:7]

    found = results(student)

    assert set(found["places"]) == {row["id"] for row in (first, few, silent, calm, mixed)}
    assert nine["id"] not in str(found)
    assert alone["id"] not in str(found)
    classes = {
        row["id"]: found["places"][row["id"]]["danger_class"]
        for row in (first, few, silent, calm, mixed)
    }
    assert list(classes.values()) == ["high", None, None, "low", "middle"]
    assert found["single_class"] is False


def test_rows_show_words_and_no_figure(rewrite: Callable[..., Body], student: TestClient) -> None:
    first = rewrite(at_the_edges)["places"][0]

    found = results(student)

    assert set(found) == {
        "release", "day", "single_class", "places", "cases", "fixed", "sent"
    }  # fmt: skip
    assert found["places"][first["id"]] == {
        "kind": first["kind"], "name": first["name"], "state": first["state"],
        "danger_class": "high",
    }  # fmt: skip


def test_one_class_sees_what_ten_of_it_say_and_is_told_so(
    rewrite: Callable[..., Body], student: TestClient, store: Store
) -> None:
    def of_one_class(content: Body) -> None:
        for row in content["places"]:
            assert row["several_classes"] is False
        for number, row in enumerate(content["places"]):
            row["participants"] = K_PUBLIC - number % 2

    rows = rewrite(of_one_class)["places"]

    found = results(student)

    assert found["single_class"] is True
    assert set(found["places"]) == {r["id"] for r in rows if r["participants"] >= K_PUBLIC}
    with store.read() as session:
        assert set(public_danger(session, AREA)) <= set(found["places"])


def test_older_releases_count_as_of_one_class_each(
    rewrite: Callable[..., Body], student: TestClient
) -> None:
    def old(content: Body) -> None:
        two_classes(content)
        for row in content["places"]:
            del row["several_classes"]

    rewrite(old)

    assert results(student)["places"] == {}


def test_cases_are_those_of_the_own_school_newest_first(
    rewrite: Callable[..., Body], student: TestClient, store: Store, school: School
) -> None:
    def passed(content: Body) -> None:
        two_classes(content)
        for row in content["places"]:
            row |= {"participants": 12, "several_classes": True, "schools": {str(school.id): 12}}
        content["places"][0]["schools"] = {}  # of this school too few pass to tell
        content["places"][1]["schools"] = {str(school.id): K_PUBLIC - 1}
        content["places"][2]["schools"] = {str(school.id): 11}  # and one of another school
        content["places"][3]["several_classes"] = False

    rows = rewrite(passed)["places"][:9]
    with store.write() as session:
        for number, row in enumerate(rows):
            state = "planned" if number == 8 else "new"
            session.add(Case(area_id=AREA, place_id=row["id"], opened_in=number, state=state))

    found = results(student)["cases"]

    assert [one["place"] for one in found] == [row["id"] for row in rows[:3:-1]]
    assert found[0] == {
        "place": rows[8]["id"], "kind": rows[8]["kind"], "name": rows[8]["name"],
        "state": "planned", "better": 0,
    }  # fmt: skip
    page = student.get("/thanks").text
    assert "planned" in page
    assert "on the list of the town" in page


def test_two_real_classes_see_where_five_of_each_ride(
    open_class: Callable[..., Campaign],
    join: Callable[[Campaign], TestClient],
    rides: list[RouteIn],
    here: Installation,
    store: Store,
) -> None:
    first, second = open_class(title="9a"), open_class(title="9b")
    groups = {first.id: rides[25:37], second.id: rides[37:49]}
    for campaign, sent in ((first, groups[first.id]), (second, groups[second.id])):
        for one in sent:
            response = join(campaign).post("/api/routes", json=one.model_dump(mode="json"))
            assert response.status_code == 201, response.text
    publish_area(here, AREA)

    browser = join(first)
    found = results(browser)
    with store.read() as session:
        newest = releases.newest_whole(session, AREA)
        assert newest is not None
        content = json.loads(gzip.decompress(newest.content))

    behind = [rides[:25], *groups.values()]
    counts = {
        row["id"]: [sum(row["id"] in ridden(one) for one in group) for group in behind]
        for row in content["places"]
    }
    assert found["single_class"] is False
    assert found["places"]
    for place in found["places"]:
        assert sum(counts[place]) >= K_PUBLIC
        assert sum(counts[place]) - max(counts[place]) >= K_STAFF


def test_sent_rides_are_named(
    student: TestClient, ride: Callable[..., Body], join: Callable[[Campaign], TestClient],
    open_class: Callable[..., Campaign],
) -> None:  # fmt: skip
    assert results(student)["sent"] == []
    assert student.post("/api/routes", json=ride(30)).status_code == 201
    assert student.post("/api/routes", json=ride(31, variant="rain")).status_code == 201
    assert results(student)["sent"] == ["rain", "there"]
    assert results(join(open_class()))["sent"] == []


def test_a_town_without_a_release_says_so(student: TestClient, store: Store) -> None:
    with store.write() as session:
        for one in releases.of_area(session, AREA):
            session.delete(one)

    found = results(student)

    assert found == {"release": None, "day": None, "single_class": False, "places": {},
                     "cases": [], "fixed": [], "sent": []}  # fmt: skip
    assert "There are no results yet" in student.get("/thanks").text


def ask(browser: TestClient, places: object) -> Response:
    return browser.post("/api/alternative", json={"places": places})


def test_a_calmer_way_is_at_most_a_fifth_longer_and_ends_at_the_school(
    student: TestClient, rides: list[RouteIn], school: School
) -> None:
    found = [ask(student, ridden(one)).json()["alternative"] for one in rides[:20]]
    calmer = [one for one in found if one]

    assert calmer
    for one in calmer:
        assert one["length_m"] <= 1.2 * one["ridden_m"] + 1
        assert one["avoids"]
        lon, lat = one["coordinates"][-1]
        assert abs(lon - school.location.x) < 0.01
        assert abs(lat - school.location.y) < 0.01


def test_a_calmer_way_hangs_on_no_place_below_the_public_rules(
    student: TestClient, rides: list[RouteIn], rewrite: Callable[..., Body]
) -> None:
    def hidden(content: Body) -> None:
        two_classes(content)

    def hidden_and_dreaded(content: Body) -> None:
        two_classes(content)
        for row in content["places"]:
            row |= {"danger": 1.0, "index": 100.0, "state": "confirmed"}

    asked = [ridden(one) for one in rides[:10]]
    rewrite(hidden)
    before = [ask(student, places).json() for places in asked]
    rewrite(hidden_and_dreaded)
    after = [ask(student, places).json() for places in asked]

    assert before == after


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"places": []},
        {"places": None},
        {"places": [1]},
        {"places": ["../../etc"]},
        {"places": "im33uzoct6c"},
        {"places": ["im33uzoct6c"] * 501},
        {"places": ["im33uzoct6c"], "who": "all"},
        {"places": ["saaaaaaaaaa"]},
    ],
)
def test_what_is_no_ride_is_refused(
    student: TestClient, problem: Callable[[Response], str], body: Body
) -> None:
    response = student.post("/api/alternative", json=body)

    assert response.status_code == 422
    assert problem(response)


def test_a_ride_that_was_not_cut_is_refused(
    student: TestClient, rides: list[RouteIn], loaded: LoadedArea,
    problem: Callable[[Response], str],
) -> None:  # fmt: skip
    places = ridden(rides[0])
    safe = loaded.tracing.safe
    inner = next(n for n, place in enumerate(places) if n and place not in safe)

    response = ask(student, places[inner:])

    assert response.status_code == 422
    assert "safe intersection" in problem(response)


def test_what_was_asked_is_neither_stored_nor_logged(
    student: TestClient,
    rides: list[RouteIn],
    count_rows: Callable[[], dict[str, int]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    before, places = count_rows(), ridden(rides[3])

    assert ask(student, places).status_code == 200

    assert count_rows() == before
    assert not [place for place in places if place in caplog.text]
