"""Rides that are refused: each with its status and a sentence, and nothing is stored."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from api.services.areas import LoadedArea

Body = dict[str, Any]
Change = Callable[[Body], None]
Rows = Callable[[], dict[str, int]]
Problem = Callable[[Response], str]

CANARY = "canary"
JSON = {"content-type": "application/json"}
OUTSIDE = (2.35, 48.85)


def rating(body: Body, **fields: object) -> Body:
    """The body rates its first place, and this is the rating."""
    said: Body = {"place": body["steps"][0]["id"], "rating": 5} | fields
    body["ratings"] = [said]
    return said


def put(*path: str | int, value: object) -> Change:
    def change(body: Body) -> None:
        rating(body)
        at: Any = body
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = value

    return change


def twice(body: Body) -> None:
    body["ratings"] = [rating(body), rating(body, rating=6)]


def many_ratings(body: Body) -> None:
    body["ratings"] = [rating(body)] * 121


def nowhere(body: Body) -> None:
    body["steps"] = body["ratings"] = []


def many_steps(body: Body) -> None:
    body["steps"] = body["steps"][:1] * 501


def beside(body: Body) -> None:
    rating(body, place="iaaaaaaaaaa")


def script(body: Body) -> None:
    rating(body, comment=f"<script>alert('{CANARY}')</script>")


def a_gap(body: Body) -> None:
    del body["steps"][5:8]


def backwards(body: Body) -> None:
    segment = next(step for step in body["steps"] if step["kind"] == "segment")
    turned = {"forward": "backward", "backward": "forward"}
    segment["direction"] = turned[segment["direction"]]


def too_short(body: Body) -> None:
    body["steps"] = body["steps"][:2]


def uncut(body: Body) -> None:
    del body["steps"][0]


def free(*points: tuple[float, ...]) -> Change:
    return lambda body: body["steps"].insert(1, {"kind": "free", "coordinates": list(points)})


BAD: dict[str, tuple[Change, int, str]] = {
    "a free piece outside the area": (free(OUTSIDE, (2.36, 48.86)), 422, "leaves the area"),
    "a place of another town": (put("steps", 1, "id", value="saaaaaaaaaa"), 422, "no segment"),
    "no place at all": (nowhere, 422, "safe intersections alone"),
    "501 points": (free(*[(13.25, 53.55)] * 501), 422, "at most 500"),
    "501 steps": (many_steps, 422, "at most 500"),
    "a piece of one point": (free((13.25, 53.55)), 422, "at least 2"),
    "three numbers as a point": (free((1, 2, 3), (1, 2, 3)), 422, "at most 2"),
    "a point off the Earth": (free((999.0, 53.55), (13.25, 53.55)), 422, "not on earth"),
    "a gap": (a_gap, 422, "does not join"),
    "a segment ridden away from the next": (backwards, 422, "does not join"),
    "an uncut start": (uncut, 422, "is not cut there"),
    "less than 300 m": (too_short, 422, "300 m"),
    "a rating beside the route": (beside, 422, "not on the route"),
    "one place rated twice": (twice, 422, "more than once"),
    "121 ratings": (many_ratings, 422, "at most 120"),
    "11 as a rating": (put("ratings", 0, "rating", value=11), 422, "less than or equal to 10"),
    "−1 as a rating": (put("ratings", 0, "rating", value=-1), 422, "greater than or equal to 0"),
    "8.0 as a rating": (put("ratings", 0, "rating", value=8.0), 422, "valid integer"),
    "text as a rating": (put("ratings", 0, "rating", value="8"), 422, "valid integer"),
    "true as a rating": (put("ratings", 0, "rating", value=True), 422, "valid integer"),
    "a rest of 11": (put("rest", value=11), 422, "less than or equal to 10"),
    "six rides a week": (put("rides_per_week", value=6), 422, "less than or equal to 5"),
    "an unknown reason": (put("ratings", 0, "reasons", value=[CANARY]), 422, "traffic"),
    "an unknown incident": (put("ratings", 0, "incident", value=CANARY), 422, "near_miss"),
    "an unknown kind of step": (put("steps", 0, "kind", value=CANARY), 422, "segment"),
    "a script in a comment": (script, 422, "plain text"),
    "a tag in a comment": (put("ratings", 0, "comment", value=f"<b>{CANARY}"), 422, "plain text"),
    "a long comment": (put("ratings", 0, "comment", value=CANARY * 40), 422, "200"),
    "a bidi override": (put("ratings", 0, "comment", value=f"{CANARY}\u202e"), 422, "control"),
    "a NUL": (put("ratings", 0, "comment", value=f"{CANARY}\0"), 422, "control"),
    "a lone surrogate": (put("ratings", 0, "comment", value=f"{CANARY}\ud800"), 422, "control"),
    "a lone surrogate as kind": (put("steps", 0, "kind", value="\ud800"), 422, "segment"),
    "a lone surrogate as id": (put("id", value="\ud800"), 422, "valid string"),
    "an unknown field": (put("name", value=CANARY), 422, "extra inputs"),
    "an unknown field of a rating": (put("ratings", 0, "name", value=CANARY), 422, "extra inputs"),
    "an unknown field with a strange name": (put(f"<{CANARY}ü>", value=1), 422, "extra inputs"),
    "an unknown field with a lone surrogate": (put("\ud800", value=1), 422, "valid string"),
    "a missing id": (lambda body: body.pop("id"), 422, "required"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_bad_ride_is_refused_with_a_sentence_and_leaves_nothing(
    student: TestClient, ride: Callable[..., Body], count_rows: Rows, problem: Problem, case: str
) -> None:
    change, status, sentence = BAD[case]
    body = copy.deepcopy(ride(0))
    change(body)
    before = count_rows()

    # As ASCII, because no client library writes a lone surrogate.
    response = student.post("/api/routes", content=json.dumps(body), headers=JSON)

    detail = problem(response)
    assert response.status_code == status
    assert sentence in detail.lower()
    assert CANARY not in response.text
    assert count_rows() == before


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "1" + "0" * 400])
@pytest.mark.parametrize("field", ["seconds", "coordinate", "rides_per_week"])
def test_a_number_that_is_none_is_refused(
    student: TestClient,
    ride: Callable[..., Body],
    count_rows: Rows,
    problem: Problem,
    field: str,
    number: str,
) -> None:
    body, mark = ride(0), 987_654_321
    if field == "seconds":
        rating(body, seconds=mark)
    elif field == "coordinate":
        free((mark, 53.55), (13.25, 53.55))(body)
    else:
        body[field] = mark
    text = json.dumps(body).replace(str(mark), number)
    before = count_rows()

    response = student.post("/api/routes", content=text, headers=JSON)

    assert response.status_code == 422
    assert problem(response)
    assert count_rows() == before


def test_free_pieces_that_cross_themselves_are_refused(
    student: TestClient,
    ride: Callable[..., Body],
    loaded: LoadedArea,
    count_rows: Rows,
    problem: Problem,
) -> None:
    body = ride(0)
    at = loaded.network.places.geometry.loc[body["steps"][0]["id"]]
    east, north = 3e-4, 2e-4  # about 20 m each: both ends join the route
    bow_tie = [(0, 0), (east, north), (east, 0), (0, north)]
    free(*[(at.x + dx, at.y + dy) for dx, dy in bow_tie])(body)
    before = count_rows()

    response = student.post("/api/routes", json=body)

    assert response.status_code == 422
    assert "cross" in problem(response)
    assert count_rows() == before


def test_a_free_piece_that_joins_is_taken(
    student: TestClient, ride: Callable[..., Body], loaded: LoadedArea
) -> None:
    body = ride(0)
    at = loaded.network.places.geometry.loc[body["steps"][0]["id"]]
    free((at.x, at.y), (at.x + 3e-4, at.y), (at.x, at.y + 1e-4))(body)

    assert student.post("/api/routes", json=body).status_code == 201


def test_an_intersection_that_is_not_safe_is_no_start(
    student: TestClient,
    ride: Callable[..., Body],
    loaded: LoadedArea,
    count_rows: Rows,
    problem: Problem,
) -> None:
    intersections = loaded.network.intersections
    unsafe = intersections.loc[~intersections["safe"], "id"].iloc[0]
    body = ride(0, rest=None, ratings=[])
    before = count_rows()

    for steps in ([{"kind": "intersection", "id": unsafe}, *body["steps"]], []):
        rated = [{"place": unsafe, "rating": 3}] if not steps else []
        response = student.post("/api/routes", json=body | {"steps": steps, "ratings": rated})
        assert response.status_code == 422
        assert problem(response)
    assert count_rows() == before


def test_without_a_class_nothing_is_taken(
    client: TestClient, ride: Callable[..., Body], count_rows: Rows, problem: Problem
) -> None:
    before = count_rows()

    response = client.post("/api/routes", json=ride(0))

    assert response.status_code == 401
    assert "class code" in problem(response)
    assert count_rows() == before
