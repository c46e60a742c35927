"""Accounts of staff: bodies, second factors, deputies and what an administrator does for them."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import replace

import pyotp
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.cookies import STAFF
from api.services.accounts import sign_in
from api.services.installation import Installation
from api.services.limits import FailureLimit
from api.services.territory import bodies_of
from api.store import users
from api.store.authorities import Body
from api.store.engine import Store
from tests.api.running import Run
from tests.conftest import AREA, PASSWORD

EMAIL = "officer@town.example"


@pytest.fixture
def template(published: str) -> str:
    return published


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Moves the time of codes by so many steps of half a minute."""
    began, moved = time.time(), [0]
    monkeypatch.setattr("api.services.second_factor.time.time", lambda: began + 30 * moved[0])

    def move(steps: int) -> None:
        moved[0] += steps

    return move


def code(secret: str) -> str:
    from api.services import second_factor  # noqa: PLC0415 - its clock, which a test may move

    return pyotp.TOTP(secret).at(int(second_factor.time.time()))


def enrolled(browser: TestClient) -> str:
    """Set up the second factor of who is signed in, and return its secret."""
    page = browser.get("/account/factor").text
    secret = re.search(r"secret-text\">([A-Z2-7]{32})<", page)
    offer = re.search(r'name="offer" value="([^"]+)"', page)
    assert secret is not None
    assert offer is not None
    done = browser.post("/account/factor", data={"offer": offer[1], "code": code(secret[1])})
    assert done.headers["location"] == "/account?done=factor", done.text
    return secret[1]


def test_a_password_alone_opens_no_session_and_a_code_works_once(
    app: FastAPI,
    officer: TestClient,
    visitor: Callable[[], TestClient],
    clock: Callable[[int], None],
    here: Installation,
) -> None:
    secret = enrolled(officer)
    with here.store.read() as session:
        user = users.by_email(session, EMAIL)
        assert user is not None
        assert user.totp_sealed is not None
        assert secret.encode() not in user.totp_sealed
    browser = visitor()
    form = {"email": EMAIL, "password": PASSWORD, "next": "/account"}

    asked = browser.post("/sign-in", data=form)
    assert asked.status_code == 200
    assert 'action="/sign-in/code"' in asked.text
    assert STAFF not in browser.cookies
    assert browser.get("/account").headers["location"].startswith("/sign-in")
    # The code that set it up is used up.
    assert browser.post("/sign-in/code", data={"code": code(secret)}).status_code == 401

    clock(+1)
    entered = browser.post("/sign-in/code", data={"code": code(secret), "next": "/account"})
    assert entered.headers["location"] == "/account"
    assert browser.get("/account").status_code == 200

    again = visitor()
    again.post("/sign-in", data=form)
    assert again.post("/sign-in/code", data={"code": code(secret)}).status_code == 401
    clock(+5)
    late = code(secret)
    clock(+2)
    assert again.post("/sign-in/code", data={"code": late}).status_code == 401
    for _ in range(2):
        assert again.post("/sign-in/code", data={"code": "000000"}).status_code == 401
    # Five failures of one account: from another address the right code must wait, too.
    assert again.post("/sign-in/code", data={"code": code(secret)}).status_code == 429
    app.state.failures = FailureLimit()
    assert again.post("/sign-in/code", data={"code": code(secret)}).is_redirect


def test_an_offer_is_of_one_account_and_a_wrong_code_keeps_the_secret(
    officer: TestClient, other_officer: TestClient
) -> None:
    page = officer.get("/account/factor").text
    offer = re.search(r'name="offer" value="([^"]+)"', page)
    secret = re.search(r"secret-text\">([A-Z2-7]{32})<", page)
    assert offer is not None
    assert secret is not None
    form = {"offer": offer[1], "code": "000000"}

    wrong = officer.post("/account/factor", data=form)
    assert wrong.status_code == 422
    assert secret[1] in wrong.text
    foreign = other_officer.post("/account/factor", data=form | {"code": code(secret[1])})
    assert foreign.status_code == 422
    assert secret[1] not in foreign.text


def test_where_it_is_asked_for_staff_set_up_a_second_factor_first(
    app: FastAPI, here: Installation, officer: TestClient, teacher: TestClient
) -> None:
    strict = here.settings.model_copy(update={"require_second_factor": True})
    app.state.here = replace(here, settings=strict)
    vars(app.state.here)["library"] = here.library

    for path in ("/hotspots", "/account", "/places/i0000000000"):
        assert officer.get(path).headers["location"] == "/account/factor"
    assert officer.get("/api/hotspots").status_code == 403
    assert teacher.get("/teach").status_code == 200

    enrolled(officer)
    assert officer.get("/hotspots").status_code == 200


def test_an_administrator_makes_accounts_and_frees_who_lost_a_phone(
    admin: TestClient, officer: TestClient, visitor: Callable[[], TestClient], here: Installation
) -> None:
    made = admin.post("/admin/accounts", data={"email": "chief@town.example", "of": "body 1"})
    assert made.status_code == 201
    password = re.search(r"secret-text\">([a-z0-9-]{19})<", made.text)
    assert password is not None
    chief = visitor()
    chief.cookies.set(STAFF, sign_in(here.store, "chief@town.example", password[1]))
    assert chief.get("/hotspots").status_code == 200
    taken = admin.post("/admin/accounts", data={"email": "chief@town.example", "of": "body 1"})
    assert taken.status_code == 422

    enrolled(officer)
    with here.store.read() as session:
        user = users.by_email(session, EMAIL)
        assert user is not None
    assert admin.post(f"/admin/accounts/{user.id}/reset-factor").is_redirect
    assert officer.get("/account").headers["location"].startswith("/sign-in")
    assert sign_in(here.store, EMAIL, PASSWORD)

    wrong = {"present": "not it", "new": "another long one", "again": "another long one"}
    assert chief.post("/account/password", data=wrong).status_code == 422
    right = wrong | {"present": password[1]}
    elsewhere = visitor()
    elsewhere.cookies.set(STAFF, sign_in(here.store, "chief@town.example", password[1]))
    assert chief.post("/account/password", data=right).is_redirect
    assert chief.get("/account").status_code == 200
    assert elsewhere.get("/account").is_redirect


def test_a_deputy_sees_and_acts_for_both_bodies_for_as_long_as_it_was_asked(
    officer: TestClient, other_officer: TestClient, store: Store
) -> None:
    def seen(browser: TestClient) -> set[str]:
        return {row["id"] for row in browser.get("/api/hotspots").json()["places"]}

    from datetime import timedelta  # noqa: PLC0415

    from api.services.campaigns import today  # noqa: PLC0415 - beside its only use

    day, own, theirs = today(), seen(other_officer), seen(officer)
    assert own.isdisjoint(theirs)
    form = {
        "email": "officer@county.example",
        "from_day": day.isoformat(),
        "to_day": (day + timedelta(days=3)).isoformat(),
    }
    for wrong in ({"email": "nobody@town.example"}, {"email": "police@waren.example"},
                  {"email": EMAIL}, {"to_day": (day - timedelta(days=1)).isoformat()}):  # fmt: skip
        assert officer.post("/account/deputies", data=form | wrong).status_code == 422

    assert officer.post("/account/deputies", data=form).is_redirect
    assert seen(other_officer) == own | theirs
    assert seen(officer) == theirs
    with store.read() as session:
        user = users.by_email(session, "officer@county.example")
        assert user is not None
        acts = [[body.name for body in bodies_of(session, user, day + timedelta(days=n))]
                for n in (0, 3, 4)]  # fmt: skip
    assert acts == [["County", "Town"], ["County", "Town"], ["County"]]

    number = re.search(r"/account/deputies/(\d+)/end", officer.get("/account").text)
    assert number is not None
    assert other_officer.post(f"/account/deputies/{number[1]}/end").status_code == 404
    assert officer.post(f"/account/deputies/{number[1]}/end").is_redirect
    assert seen(other_officer) == own


def test_an_administrator_gives_a_body_its_territory(
    admin: TestClient, store: Store, barometer: Run, visitor: Callable[[], TestClient]
) -> None:
    form = {"name": "Traffic police", "area": AREA, "kind": "police", "causes": "enforcement",
            "answer_days": "14"}  # fmt: skip
    square = [[13.25, 53.54], [13.27, 53.54], [13.27, 53.56], [13.25, 53.56], [13.25, 53.54]]

    def upload(ring: list[list[float]]) -> list[tuple[str, tuple[str, bytes]]]:
        content = {"type": "Polygon", "coordinates": [ring]}
        return [("territory", ("border.geojson", json.dumps(content).encode()))]

    refused = admin.post("/admin/bodies", data=form)
    assert refused.status_code == 422
    assert "whole area" in refused.text
    bowtie = [square[0], square[2], square[1], square[3], square[0]]
    assert admin.post("/admin/bodies", data=form, files=upload(bowtie)).status_code == 422
    far = [[lon - 10, lat] for lon, lat in square]
    assert admin.post("/admin/bodies", data=form, files=upload(far)).status_code == 422

    made = admin.post("/admin/bodies", data=form, files=upload(square))
    assert made.is_redirect
    page = made.headers["location"]
    assert "A part of the area." in admin.get(page).text
    number = page.rpartition("/")[2]
    new = barometer("user", "add", "chief@police.example", "--role", "police", "--body",
                    number, stdin=PASSWORD)  # fmt: skip
    assert new.code == 0, new.err
    chief = visitor()
    chief.cookies.set(STAFF, sign_in(store, "chief@police.example", PASSWORD))
    # A file of crashes replaces the years of everybody: it is for who sees all of the area.
    assert chief.get("/crashes").status_code == 404
    assert 'href="/crashes"' not in chief.get("/account").text
    assert admin.post(page, data=form | {"where": "area", "name": "Police"}).is_redirect
    assert chief.get("/crashes").status_code == 200
    assert 'href="/crashes"' in chief.get("/account").text
    assert "The whole area." in admin.get(page).text
    with store.read() as session:
        body = session.get_one(Body, int(page.rpartition("/")[2]))
        assert (body.name, body.kind, body.causes) == ("Police", "police", ["enforcement"])
        assert body.answer_days == 14

    wrong = barometer("user", "add", "x@police.example", "--role", "officer", "--body",
                      str(body.id), stdin=PASSWORD)  # fmt: skip
    assert "an officer needs" in wrong.err
    listed = barometer("body", "list").out
    assert "Police" in listed
    assert "whole area" in listed
