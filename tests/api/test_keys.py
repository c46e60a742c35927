"""Keys of programs: shown once, revocable, of one body, and counted when they are wrong."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from api.deps import KeyDep, StoreDep, WritingKeyDep
from api.services.view_release import view_for_key
from api.store import audit
from api.store.authorities import ApiKey, Body
from api.store.engine import Store
from api.store.models import Audit
from tests.api.running import Run

Problem = Callable[[Response], str]


@pytest.fixture
def template(published: str) -> str:
    return published


@pytest.fixture
def program(app: FastAPI, visitor: Callable[[], TestClient]) -> TestClient:
    """A program, and two addresses that need its key: what the real ones declare, and no more."""

    def read(store: StoreDep, key: KeyDep) -> dict[str, Any]:
        view = view_for_key(store, key, action="read by key")
        return {"body": key.body.name, "places": [row["id"] for row in view.release.places]}

    def write(key: WritingKeyDep) -> str:
        return key.name

    app.add_api_route("/ogc/examined", read)
    app.add_api_route("/open311/examined", write, methods=["POST"])
    return visitor()


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


def made(run: Run, name: str, body: int, *more: str) -> str:
    done = run("key", "add", name, "--body", str(body), *more)
    assert done.code == 0, done.err
    return done.out.splitlines()[-1]


def test_a_key_reads_what_the_members_of_its_body_see_until_it_is_revoked(
    barometer: Run, program: TestClient, store: Store, officer: TestClient, problem: Problem
) -> None:
    with store.read() as session:
        town, county = session.scalars(select(Body).order_by(Body.id)).all()
    secret, theirs = made(barometer, "GIS", town.id), made(barometer, "GIS", county.id)

    seen = program.get("/ogc/examined", headers=bearer(secret)).json()
    members = officer.get("/api/hotspots").json()["places"]
    assert seen == {"body": town.name, "places": [row["id"] for row in members]}
    others = program.get("/ogc/examined", headers=bearer(theirs)).json()["places"]
    assert others
    assert set(others).isdisjoint(seen["places"])

    with store.read() as session:
        key = session.scalars(select(ApiKey).order_by(ApiKey.id)).first()
        assert key is not None
        assert secret not in repr(vars(key))
        assert key.used_on is not None
        entry = session.scalars(select(Audit).where(Audit.action == "read by key")).first()
        assert entry is not None
        assert entry.details["key"] == key.id
        assert audit.first_broken(session) is None

    assert barometer("key", "revoke", str(key.id)).code == 0
    refused = program.get("/ogc/examined", headers=bearer(secret))
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == "Bearer"
    assert problem(refused) == problem(program.get("/ogc/examined", headers=bearer("bbk_no")))
    assert barometer("key", "revoke", str(key.id)).code == 1
    assert "revoked" in barometer("key", "list", "--body", str(town.id)).out


def test_a_key_that_only_reads_changes_nothing(
    barometer: Run, program: TestClient, problem: Problem
) -> None:
    reads, writes = made(barometer, "Reader", 1), made(barometer, "Tickets", 1, "--write")
    address = "/open311/examined"

    assert program.post(address, headers=bearer(writes)).json() == "Tickets"
    assert program.post(address, data={"api_key": writes}).json() == "Tickets"
    assert program.post(f"{address}?api_key={writes}").json() == "Tickets"
    # An address of our own API may end up in somebody's log: no key stands in it.
    assert program.get(f"/ogc/examined?api_key={reads}").status_code == 401

    refused = program.post(address, headers=bearer(reads))
    assert refused.status_code == 403
    assert "change nothing" in problem(refused)


def test_programs_that_know_only_passwords_read_with_a_key_as_password(
    barometer: Run, program: TestClient
) -> None:
    reads, writes = made(barometer, "Reader", 1), made(barometer, "Tickets", 1, "--write")
    address = "/ogc/examined"

    for name in ("GIS", ""):
        assert program.get(address, auth=(name, reads)).json()["body"] == "Town"
    for wrong in ("bbk_wrong", "", "Grüße"):
        refused = program.get(address, auth=("GIS", wrong))
        assert refused.status_code == 401
        # No challenge to which a browser opens a window for passwords.
        assert refused.headers["www-authenticate"] == "Bearer"
    for broken in ("Basic", "Basic =", "Basic /w==", f"Basic {reads}"):
        assert program.get(address, headers={"authorization": broken}).status_code == 401
    # A browser would send it unasked.
    assert program.post("/open311/examined", auth=("GIS", writes)).status_code == 401


def test_whoever_guesses_keys_must_wait(program: TestClient, problem: Problem) -> None:
    for _ in range(20):
        assert program.get("/ogc/examined", headers=bearer("bbk_guess")).status_code == 401

    refused = program.get("/ogc/examined", headers=bearer("bbk_guess"))
    assert refused.status_code == 429
    assert problem(refused)
