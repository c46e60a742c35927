"""What other sites can make a signed-in browser do: nothing."""

from collections.abc import Callable
from http import HTTPStatus

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from api.store import audit
from api.store.engine import Store
from api.store.models import Campaign

PASSWORD = "correct horse battery"  # noqa: S105 - of databases that tests throw away
FOREIGN = [
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://testserver.evil.example"},
    {"origin": "http://testserver:8080"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
]
OWN = [
    {"origin": "http://testserver"},
    {"sec-fetch-site": "same-origin"},
    {"sec-fetch-site": "none"},
    {},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_form_of_another_site_changes_nothing(
    teacher: TestClient,
    open_class: Callable[..., Campaign],
    store: Store,
    headers: dict[str, str],
) -> None:
    campaign = open_class()

    response = teacher.post(f"/teach/campaigns/{campaign.id}/close", headers=headers)

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert "another site" in response.text
    with store.read() as session:
        assert session.get_one(Campaign, campaign.id).state == "open"


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_script_of_another_site_sends_no_ride(
    student: TestClient,
    ride: Callable[..., dict[str, object]],
    count_rows: Callable[[], dict[str, int]],
    headers: dict[str, str],
) -> None:
    before = count_rows()

    response = student.post("/api/routes", json=ride(0), headers=headers)

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert response.headers["content-type"] == "application/problem+json"
    assert count_rows() == before


@pytest.mark.parametrize("headers", OWN)
def test_our_own_forms_and_programs_are_let_in(
    teacher: TestClient, open_class: Callable[..., Campaign], headers: dict[str, str]
) -> None:
    address = f"/teach/campaigns/{open_class().id}/close"

    assert teacher.post(address, headers=headers).status_code == HTTPStatus.SEE_OTHER


@pytest.mark.parametrize(
    ("wish", "goes_to"),
    [
        ("/hotspots?area=neubrandenburg", "/hotspots?area=neubrandenburg"),
        ("", "/start"),
        ("https://evil.example/", "/start"),
        ("//evil.example/", "/start"),
        ("/\\evil.example/", "/start"),
        ("\\\\evil.example", "/start"),
        ("/\n/evil.example", "/start"),
        ("javascript:alert(1)", "/start"),
    ],
)
def test_signing_in_leads_nowhere_else(client: TestClient, wish: str, goes_to: str) -> None:
    form = {"email": " POLICE@town.example ", "password": PASSWORD, "next": wish}

    response = client.post("/sign-in", data=form)

    assert response.status_code == HTTPStatus.SEE_OTHER
    assert response.headers["location"] == goes_to
    assert client.get("/hotspots").status_code != HTTPStatus.SEE_OTHER


@pytest.mark.parametrize(
    ("email", "password"),
    [("police@town.example", "wrong"), ("nobody@town.example", PASSWORD), ("", "")],
)
def test_a_wrong_password_and_an_unknown_address_read_the_same(
    client: TestClient, email: str, password: str
) -> None:
    response = client.post("/sign-in", data={"email": email, "password": password})

    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert "do not belong together" in response.text
    assert "set-cookie" not in response.headers


def test_signing_out_ends_the_session_itself(police: TestClient) -> None:
    token = police.cookies["barometer_staff"]
    police.post("/sign-out")
    police.cookies.set("barometer_staff", token)

    assert police.get("/api/hotspots").status_code == HTTPStatus.UNAUTHORIZED


def test_what_staff_do_is_in_an_unbroken_log(
    teacher: TestClient, open_class: Callable[..., Campaign], store: Store
) -> None:
    teacher.post(f"/teach/campaigns/{open_class().id}/close")

    with store.read() as session:
        actions = [row.action for row in session.execute(text("SELECT action FROM audit"))]
        assert actions[-2:] == ["open campaign", "close campaign"]
        assert audit.first_broken(session) is None


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit SET action = 'nothing' WHERE id = 3",
        "UPDATE audit SET user_id = 1 WHERE id = 3",
        "UPDATE audit SET details = '{}' WHERE id = 3",
        "UPDATE audit SET entry_hash = 'x' WHERE id = 3",
        "DELETE FROM audit WHERE id = 3",
    ],
)
def test_a_changed_log_shows_where(store: Store, tampering: str) -> None:
    with store.write() as session:
        session.execute(text(tampering))

    with store.read() as session:
        assert audit.first_broken(session) in {3, 4}
