"""What the documents promise to programs, asked by schemathesis: no 5xx, nothing undocumented."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from httpx2 import Response
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import select
from starlette.testclient import TestClient

from api.services.api_keys import add_key
from api.store.authorities import Body
from api.store.engine import Store
from api.store.models import Campaign, School

Check = Callable[..., Any]
AREA = "neubrandenburg"
EXAMPLES = 12
"""For each operation, of what the document allows and again of what it does not."""
PROMISED = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture
def template(published: str) -> str:
    return published


@pytest.fixture
def key(store: Store) -> dict[str, str]:
    with store.write() as session:
        body = session.scalars(select(Body).where(Body.name == "Town")).one()
        _, secret = add_key(session, body, "Fuzzing", may_write=False, by=None)
    return {"authorization": f"Bearer {secret}"}


def operations(document: dict[str, Any]) -> Iterator[APIOperation]:
    schema: BaseSchema = schemathesis.openapi.from_dict(document)
    for found in schema.get_all_operations():
        yield found.ok()


def test_the_api_keeps_what_its_document_says(
    client: TestClient, student: TestClient, police: TestClient
) -> None:
    for operation in operations(client.get("/api/openapi.json").json()):
        fuzz(student if "student" in (operation.tags or []) else police, operation)


def test_every_operation_answers_what_a_page_asks_as_its_document_says(
    client: TestClient,
    police: TestClient,
    open_class: Callable[..., Campaign],
    join: Callable[[Campaign], TestClient],
    ride: Callable[..., dict[str, Any]],
    fixed: Callable[..., int],
    school: School,
) -> None:
    campaign = open_class()
    student = join(campaign)
    at = {"lon": school.location.x, "lat": school.location.y}
    places = [step["id"] for step in ride(3)["steps"] if step["kind"] != "free"]
    ends = {"waypoints": [at, at | {"lon": at["lon"] - 0.01}]}
    line = student.post("/api/snap", json=ends).json()["legs"][0]["coordinates"]
    known: dict[str, dict[str, Any]] = {
        "POST /api/snap": {"body": ends},
        "POST /api/routes": {"body": ride(3)},
        "POST /api/stage": {"body": {"stage": "drawing"}},
        "GET /api/class": {},
        "POST /api/crossings": {"body": {"query": "ring"}},
        "POST /api/follow": {"body": {"line": line}},
        "GET /api/results": {},
        "POST /api/alternative": {"body": {"places": places}},
        "POST /api/fixed/{case_id}": {
            "path_parameters": {"case_id": fixed()}, "body": {"answer": "better"},
        },
        "GET /api/hotspots/values": {"query": {"area": AREA}},
        "GET /api/places/{place_id}": {"path_parameters": {"place_id": places[-1]}},
        "GET /api/hotspots": {"query": {"area": AREA}},
        "GET /health/live": {},
        "GET /health/ready": {},
    }  # fmt: skip
    listed = {one.label: one for one in operations(client.get("/api/openapi.json").json())}

    assert set(listed) == set(known)
    for label, asked in known.items():
        operation = listed[label]
        case = operation.Case(**asked, media_type="application/json" if "body" in asked else None)
        answer = ask(student if "student" in (operation.tags or []) else police, case, {})
        assert answer.status_code in {200, 201, 204}, (label, answer.text)
        case.validate_response(answer, checks=PROMISED)


def test_the_api_asks_strangers_to_sign_in(client: TestClient) -> None:
    for operation in operations(client.get("/api/openapi.json").json()):
        seen = fuzz(client, operation, examples=3)
        assert 401 in seen or operation.path.startswith("/health/"), operation.label
        assert not (seen & {200, 201, 204}) or operation.path.startswith("/health/")


def test_the_service_of_features_keeps_what_its_document_says(
    client: TestClient, key: dict[str, str]
) -> None:
    offered = client.get("/ogc/collections", headers=key).json()["collections"]
    shown = {f"/collections/{one['id']}" for one in offered}
    told = 0
    for operation in operations(client.get(f"/ogc/api?area={AREA}").json()):
        seen = fuzz(client, operation, headers=key)
        items, one, _ = operation.path.partition("/{featureId}")
        collection = items.removesuffix("/items")
        hidden = items.startswith("/collections/") and collection not in shown
        assert 200 in seen or one or hidden, operation.label
        if one and not hidden:
            listed = client.get(f"/ogc{items}?limit=2", headers=key).json()["features"]
            for feature in listed:
                case = operation.Case(path_parameters={"featureId": feature["id"]})
                case.validate_response(ask(client, case, key), checks=PROMISED)
            told += len(listed)
    assert told > 2


def test_the_service_of_features_asks_strangers_for_a_key(client: TestClient) -> None:
    for operation in operations(client.get("/ogc/api").json()):
        fuzz(client, operation, examples=3)


def fuzz(
    browser: TestClient,
    operation: APIOperation,
    *,
    headers: dict[str, str] | None = None,
    examples: int = EXAMPLES,
) -> set[int]:
    """Send what the document allows and what it does not; return the statuses that came."""
    seen = set[int]()

    def send_all(mode: GenerationMode, *checks: Check) -> None:
        @settings(
            max_examples=examples, deadline=None, derandomize=True, database=None,
            phases=[Phase.generate], suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(operation.as_strategy(generation_mode=mode))
        def send(case: Case) -> None:
            answer = ask(browser, case, headers or {})
            seen.add(int(answer.status_code))
            # What is too large is refused before anybody looks at what it is.
            wrong = () if answer.status_code == 413 else checks
            case.validate_response(answer, checks=[*PROMISED, *wrong])

        send()

    send_all(GenerationMode.POSITIVE)
    if takes_anything(operation):
        send_all(GenerationMode.NEGATIVE, negative_data_rejection)
    return seen


def takes_anything(operation: APIOperation) -> bool:
    return any(operation.iter_parameters()) or bool(list(operation.body))


def ask(browser: TestClient, case: Case, headers: dict[str, str]) -> Response:
    asked = case.as_transport_kwargs(headers=headers)
    del asked["cookies"]  # those of the browser are the ones that count
    if "data" in asked:
        asked["content"] = asked.pop("data")
    return browser.request(**asked)
