"""Joining a class by its code."""

from collections.abc import Callable
from datetime import timedelta
from http.cookies import Morsel, SimpleCookie

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.services.areas import AreaLibrary
from api.services.campaigns import today
from api.services.installation import Installation
from api.settings import Settings
from api.store.models import Campaign, Participant, ParticipantSession

Rows = Callable[[], dict[str, int]]


def enter(client: TestClient, code: str, ready: str = "yes") -> tuple[int, str]:
    response = client.post("/join", data={"code": code, "ready": ready})
    return response.status_code, response.headers.get("location", response.text)


@pytest.mark.parametrize("form", ["{0}{1}", "{0}-{1}", " {0} {1} ", "{0}–{1}"])
@pytest.mark.parametrize("case", [str.upper, str.lower])
def test_a_code_is_taken_however_it_is_typed(
    client: TestClient, open_class: Callable[..., Campaign], form: str, case: Callable[[str], str]
) -> None:
    code = open_class().code

    assert enter(client, case(form.format(code[:4], code[4:]))) == (303, "/draw")
    assert client.get("/draw").status_code == 200


@pytest.mark.parametrize("code", ["", "ABCD-EFGH", "'; drop table campaigns", "\x00", "😀" * 8])
def test_an_unknown_code_joins_nothing(client: TestClient, count_rows: Rows, code: str) -> None:
    before = count_rows()

    status, page = enter(client, code)

    assert status == 404
    assert "no class has this code" in page
    assert count_rows() == before
    assert client.get("/draw").headers["location"] == "/"


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [
        # The day is asked when the test runs: the tests may have been collected before midnight.
        (lambda: {"to_day": today() - timedelta(days=1)}, 410, "this class ended on"),
        (lambda: {"from_day": today() + timedelta(days=1)}, 410, "this class starts on"),
        (lambda: {"state": "closed"}, 410, "your teacher has closed this class"),
        (lambda: {"roster": 0}, 409, "this class is full: 0 students have joined"),
    ],
)
def test_a_class_that_takes_nobody_says_why(
    client: TestClient,
    open_class: Callable[..., Campaign],
    count_rows: Rows,
    changes: Callable[[], dict[str, object]],
    status: int,
    sentence: str,
) -> None:
    code = open_class(**changes()).code
    before = count_rows()

    answered, page = enter(client, code)

    assert answered == status
    assert sentence in page
    assert count_rows() == before


def test_the_roster_is_full_after_the_last_seat(
    visitor: Callable[[], TestClient], open_class: Callable[..., Campaign]
) -> None:
    code = open_class(roster=2).code

    assert [enter(visitor(), code)[0] for _ in range(3)] == [303, 303, 409]


def test_nobody_joins_without_having_ticked_the_notice(
    client: TestClient, open_class: Callable[..., Campaign], count_rows: Rows
) -> None:
    code = open_class().code
    before = count_rows()

    status, page = enter(client, code, ready="")

    assert status == 422
    assert "please read what is stored" in page
    assert count_rows() == before


def test_a_whole_school_behind_one_address_joins_at_once(
    visitor: Callable[[], TestClient], open_class: Callable[..., Campaign]
) -> None:
    code = open_class().code

    assert {enter(visitor(), code)[0] for _ in range(40)} == {303}


def test_the_21st_wrong_code_from_one_address_has_to_wait(
    client: TestClient, open_class: Callable[..., Campaign], app: FastAPI
) -> None:
    code = open_class().code
    assert [enter(client, "ABCDEFGH")[0] for _ in range(20)] == [404] * 20

    refused = client.post("/join", data={"code": "ABCDEFGH", "ready": "yes"})

    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert enter(client, code)[0] == 429  # else the limit would tell a right guess
    elsewhere = TestClient(app, client=("192.0.2.7", 50_000), follow_redirects=False)
    assert enter(elsewhere, code)[0] == 303


def test_scripts_cannot_read_the_session(
    client: TestClient, open_class: Callable[..., Campaign]
) -> None:
    response = client.post("/join", data={"code": open_class().code, "ready": "yes"})

    cookie = session_cookie(response.headers.get_list("set-cookie"), "barometer_class")
    assert cookie["httponly"]
    assert cookie["samesite"] == "lax"
    assert not cookie["secure"]  # plain http on a laptop


def test_over_https_the_session_is_bound_to_the_host(
    settings: Settings, library: AreaLibrary, open_class: Callable[..., Campaign]
) -> None:
    secure = Settings(**settings.model_dump() | {"base_url": "https://testserver"})
    app = create_app(secure, worker=False)
    vars(app.state.here)["library"] = library
    with TestClient(app, base_url="https://testserver", follow_redirects=False) as client:
        response = client.post("/join", data={"code": open_class().code, "ready": "yes"})

        cookie = session_cookie(response.headers.get_list("set-cookie"), "__Host-barometer_class")
        assert cookie["secure"]
        assert cookie["path"] == "/"
        assert not cookie["domain"]
        assert client.get("/draw").status_code == 200
        assert "max-age" in response.headers["strict-transport-security"]


def session_cookie(headers: list[str], name: str) -> Morsel[str]:
    jar: SimpleCookie = SimpleCookie()
    for header in headers:
        jar.load(header)
    return jar[name]


def test_whoever_leaves_is_signed_out_on_this_device_only(
    student: TestClient, here: Installation
) -> None:
    with here.store.read() as session:
        assert session.query(ParticipantSession).count() == 1

    assert student.post("/leave").status_code == 303

    assert student.get("/api/class").status_code == 401
    with here.store.read() as session:
        assert session.query(ParticipantSession).count() == 0
        assert session.query(Participant).count() == 1
