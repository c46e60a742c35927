"""Canaries: what a student sent is nowhere to be read without the key."""

import logging
import struct
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely
from sqlalchemy import make_url, text
from starlette.testclient import TestClient

from api.auth import read_code
from api.errors import WrongKeyError
from api.services.areas import LoadedArea
from api.services.installation import Installation
from api.services.keys import area_key
from api.services.opening import open_sealed
from api.store.engine import Store
from api.store.models import Campaign, Model, Route

Body = dict[str, Any]
COMMENT = "canary hedge"


@pytest.fixture
def canaries(ride: Callable[..., Body], loaded: LoadedArea) -> tuple[Body, list[bytes]]:
    """A ride with a recognisable free piece and comment, and all that must not be found."""
    body = ride(0, rest=7)
    places = [step["id"] for step in body["steps"]]
    body["ratings"] = [{"place": places[0], "rating": 1, "seconds": 3.14159, "comment": COMMENT}]
    at = loaded.network.places.geometry.loc[places[0]]
    lon, lat = at.x + 1.23e-4, at.y + 4.56e-5
    body["steps"].insert(1, {"kind": "free", "coordinates": [[lon, lat], [at.x, at.y + 2e-4]]})
    secrets = [
        *places,
        *(f"{number:.{digits}f}" for number in (lon, lat) for digits in (4, 5, 6)),
        COMMENT,
        COMMENT.encode().hex(),
        "3.14159",
    ]
    numbers = [struct.pack(order, number) for order in ("<d", ">d") for number in (lon, lat)]
    shapes = [shapely.to_wkb(shapely.Point(lon, lat))[5:]]
    return body, [secret.encode() for secret in secrets] + numbers + shapes


def stored_bytes(store: Store) -> bytes:
    """All that lies in the database: the files themselves, or every value of every table."""
    url = make_url(str(store.engine.url))
    if url.get_backend_name() == "sqlite":
        path = Path(str(url.database))
        files = [path, path.with_name(f"{path.name}-wal")]
        assert all(file.stat().st_size for file in files)
        return b"".join(file.read_bytes() for file in files)
    found = []
    with store.engine.connect() as connection:
        for table in Model.metadata.sorted_tables:
            for row in connection.execute(text(f'SELECT * FROM "{table.name}"')):  # noqa: S608
                found += [bytes(v) if isinstance(v, bytes) else str(v).encode() for v in row]
    return b"\n".join(found)


def test_nothing_of_a_ride_can_be_read_without_the_key(
    open_class: Callable[..., Campaign],
    join: Callable[[Campaign], TestClient],
    store: Store,
    canaries: tuple[Body, list[bytes]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    body, secrets = canaries
    caplog.set_level(logging.DEBUG)
    campaign = open_class()
    student = join(campaign)

    answer = student.post("/api/routes", json=body)
    student.post("/api/routes", json=body | {"rides_per_week": 6})  # also not from a refusal
    student.post("/api/routes", json=body | {"edits": 999})
    student.post("/api/snap", json={"waypoints": [{"lon": 13.2612345, "lat": 53.5512345}] * 2})
    student.get("/rate")

    assert answer.status_code == 201
    phrase = answer.json()["phrase"]
    session = student.cookies["barometer_class"]
    secrets += [phrase.encode(), phrase.split()[0].encode() + b" ", session.encode()]
    stored, logged = stored_bytes(store), caplog.text.encode()
    assert [secret for secret in secrets if secret in stored] == []
    secrets += [b"13.26", b"53.55", campaign.code.encode(), body["id"].encode(), b"testclient"]
    assert [secret for secret in secrets if secret in logged] == []
    assert b"POST /api/routes 201" in logged


def test_a_wrong_code_is_not_logged(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    client.post("/join", data={"code": "CANA-RYYY", "ready": "yes"})
    client.get("/?code=CANA-RYYY")
    client.post("/mine", data={"phrase": "canary canary"})
    client.post("/sign-in", data={"email": "canary@x.example", "password": "canary"})

    assert "canary" not in caplog.text.lower()
    assert read_code("CANA-RYYY") not in caplog.text


def test_a_sealed_ride_opens_only_with_its_key_and_its_owner(
    student: TestClient, here: Installation, ride: Callable[..., Body]
) -> None:
    student.post("/api/routes", json=ride(0))
    with here.store.read() as session:
        route = session.query(Route).one()
    key, owner = (
        area_key(here.settings, "neubrandenburg", "seal"),
        f"{route.id}/{route.participant_id}",
    )
    other_key = area_key(here.settings, "waren", "seal")
    damaged = route.sealed[:-1] + bytes([route.sealed[-1] ^ 1])

    assert open_sealed(key, route.sealed, bound_to=owner)["places"]
    for wrong in (
        (other_key, route.sealed, owner),
        (key, route.sealed, f"{route.id}/{uuid.uuid4()}"),
        (key, damaged, owner),
    ):
        with pytest.raises(WrongKeyError):
            open_sealed(wrong[0], wrong[1], bound_to=wrong[2])


def test_the_same_ride_is_sealed_differently_each_time(
    join: Callable[[Campaign], TestClient],
    open_class: Callable[..., Campaign],
    store: Store,
    ride: Callable[..., Body],
) -> None:
    campaign = open_class()
    for _ in range(2):
        join(campaign).post("/api/routes", json=ride(0))

    with store.read() as session:
        first, second = session.query(Route).all()
    assert first.sealed != second.sealed
    assert first.fingerprint != second.fingerprint
