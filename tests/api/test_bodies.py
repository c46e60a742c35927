"""Whatever bytes arrive at the API, the answer is a problem with a sentence, never a failure."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from httpx2 import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

Body = dict[str, Any]
Rows = Callable[[], dict[str, int]]
Problem = Callable[[Response], str]

JSON = {"content-type": "application/json"}
LIMIT = 64 * 1024


@pytest.mark.parametrize("path", ["/api/routes", "/api/snap"])
@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"", "application/json", 422),
        (b"{", "application/json", 422),
        (b"null", "application/json", 422),
        (b"[]", "application/json", 422),
        (b'"text"', "application/json", 422),
        (b'{"id": "\xff"}', "application/json", 400),
        (b"[" * 30_000, "application/json", 400),
        (b'{"id": ' + b"9" * 5000 + b"}", "application/json", 400),
        (b"{}", "text/plain", 422),
        (b"{}", "application/x-www-form-urlencoded", 422),
        (b"<xml/>", "application/xml", 422),
        (b"--x\r\n\r\n", "multipart/form-data; boundary=x", 422),
    ],
)
def test_what_is_no_ride_is_refused(
    student: TestClient,
    count_rows: Rows,
    problem: Problem,
    path: str,
    content: bytes,
    kind: str,
    status: int,
) -> None:
    before = count_rows()

    response = student.post(path, content=content, headers={"content-type": kind})

    assert problem(response)
    assert response.status_code == status
    assert count_rows() == before


def test_the_largest_body_is_read_and_one_byte_more_is_not(
    student: TestClient, ride: Callable[..., Body], count_rows: Rows, problem: Problem
) -> None:
    text = json.dumps(ride(0)).encode()
    before = count_rows()

    larger = student.post("/api/routes", content=text.ljust(LIMIT + 1), headers=JSON)
    assert larger.status_code == 413
    assert str(LIMIT) in problem(larger)
    assert count_rows() == before

    assert student.post("/api/routes", content=text.ljust(LIMIT), headers=JSON).status_code == 201


def test_a_body_that_hides_its_length_is_bounded_too(
    student: TestClient, ride: Callable[..., Body], count_rows: Rows, problem: Problem
) -> None:
    text = json.dumps(ride(0)).encode()
    before = count_rows()

    def chunks(total: int) -> Iterator[bytes]:
        padded = text.ljust(total)
        for start in range(0, total, 5000):
            yield padded[start : start + 5000]

    response = student.post("/api/routes", content=chunks(LIMIT + 1), headers=JSON)
    assert response.status_code == 413
    assert problem(response)
    assert count_rows() == before

    assert student.post("/api/routes", content=chunks(LIMIT), headers=JSON).status_code == 201


def test_a_hundred_thousand_vertices_are_too_many(
    student: TestClient, ride: Callable[..., Body], count_rows: Rows, problem: Problem
) -> None:
    body = ride(0)
    body["steps"].insert(1, {"kind": "free", "coordinates": [[13.25, 53.55]] * 100_000})
    before = count_rows()

    response = student.post("/api/routes", json=body)

    assert response.status_code == 413
    assert problem(response)
    assert count_rows() == before


@pytest.mark.parametrize("length", [b"-1", b"1e3", b"\xb2", b"many", b""])
def test_a_length_that_is_no_number_is_refused(
    student: TestClient, problem: Problem, length: bytes
) -> None:
    headers = {"content-type": b"application/json", "content-length": length}

    response = student.post("/api/snap", content=b"{}", headers=headers)

    assert response.status_code == 400
    assert "content-length" in problem(response)


def test_addresses_that_do_not_exist_are_problems_too(client: TestClient, problem: Problem) -> None:
    missing, wrong = client.get("/api/atlantis"), client.put("/api/routes", json={})

    assert (missing.status_code, wrong.status_code) == (404, 405)
    assert problem(missing)
    assert problem(wrong)
    assert wrong.headers["allow"] == "POST"


leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, 2**63, -0.0])
    | st.floats()
    | st.text(st.characters(), max_size=20)
    | st.sampled_from(["\ud800", "\0", "segment", "free", "sp", "i" + "a" * 10])
)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["kind", "id", "place", "\ud800", "x"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)
paths = st.sampled_from(
    [
        (),
        ("id",),
        ("rest",),
        ("rides_per_week",),
        ("steps",),
        ("steps", 0),
        ("steps", 0, "kind"),
        ("steps", 1, "id"),
        ("steps", 1, "direction"),
        ("steps", 2, "coordinates"),
        ("steps", 2, "coordinates", 0),
        ("steps", 2, "coordinates", 0, 1),
        ("ratings",),
        ("ratings", 0),
        ("ratings", 0, "place"),
        ("ratings", 0, "rating"),
        ("ratings", 0, "seconds"),
        ("ratings", 0, "reasons"),
        ("ratings", 0, "comment"),
        ("\ud800",),
    ]
)


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(path=paths, value=values)
def test_no_json_makes_the_program_fail(
    student: TestClient, ride: Callable[..., Body], path: tuple[str | int, ...], value: object
) -> None:
    body: Any = ride(0, rest=None)
    place = body["steps"][0]["id"]
    body["ratings"] = [{"place": place, "rating": 5}]
    body["steps"].insert(2, {"kind": "free", "coordinates": [[13.25, 53.55], [13.26, 53.55]]})
    at = body
    for key in path[:-1]:
        at = at[key]
    if path:
        at[path[-1]] = value
    else:
        body = value

    response = student.post("/api/routes", content=json.dumps(body), headers=JSON)

    assert response.status_code < 500
    assert response.is_success or "problem+json" in response.headers["content-type"]


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(content=st.binary(max_size=200) | values.map(lambda value: json.dumps(value).encode()))
def test_no_bytes_make_the_proposal_fail(student: TestClient, content: bytes) -> None:
    response = student.post("/api/snap", content=content, headers=JSON)

    assert 400 <= response.status_code < 500
    assert response.headers["content-type"] == "application/problem+json"
