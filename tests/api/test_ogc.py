"""OGC API - Features: what each may read, and every parameter of the standard."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import shapely
from httpx2 import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from api.services.api_keys import add_key
from api.store.authorities import Body, Case
from api.store.engine import Store
from api.store.models import Crash

Problem = Callable[[Response], str]
AREA = "neubrandenburg"


@pytest.fixture
def template(published: str) -> str:
    return published


def features(browser: TestClient, address: str, **headers: str) -> Any:  # noqa: ANN401 - JSON
    answer = browser.get(f"/ogc/collections/{address}", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/geo+json"
    return answer.json()


def test_every_link_from_the_landing_page_leads_on(police: TestClient) -> None:
    waiting, seen = [f"http://testserver/ogc?area={AREA}"], set[str]()
    while waiting:
        address = waiting.pop()
        if address in seen or "offset=" in address:
            continue
        seen.add(address)
        answer = police.get(address)
        assert answer.status_code == 200, address
        if "json" in answer.headers["content-type"]:
            told = answer.json()
            links = [*told.get("links", []), *(
                link for one in told.get("collections", []) for link in one["links"]
            )]  # fmt: skip
            assert not links or {"self", "alternate"} <= {link["rel"] for link in links}
            waiting += [link["href"] for link in links]
    for name in ("segments", "intersections", "hotspots", "cases", "crashes"):
        for form in ("json", "html"):
            wanted = f"http://testserver/ogc/collections/{name}/items?area={AREA}&f={form}"
            assert wanted in seen


def test_pages_hold_every_place_once_with_the_figures_of_the_api(police: TestClient) -> None:
    places = police.get("/api/hotspots").json()["places"]
    address, found = "segments/items?limit=5", []
    while address:
        page = features(police, address)
        assert page["numberReturned"] == len(page["features"]) <= 5
        found += page["features"]
        following = [link["href"] for link in page["links"] if link["rel"] == "next"]
        address = following[0].partition("/ogc/collections/")[2] if following else ""
    segments = [place for place in places if place["kind"] == "segment"]

    assert [one["id"] for one in found] == [place["id"] for place in segments]
    assert page["numberMatched"] == len(segments) > 5
    for one, place in zip(found, segments, strict=True):
        assert one["geometry"]["type"] == "LineString"
        assert one["properties"]["passages"] == place["passages"]
    single = features(police, f"segments/items/{segments[5]['id']}")
    assert {name: single[name] for name in found[5]} == found[5]


def test_box_day_and_properties_choose_as_the_standard_says(police: TestClient) -> None:
    everything = features(police, "segments/items?limit=1000")
    one = everything["features"][7]
    shape = shapely.geometry.shape(one["geometry"])
    west, south, east, north = (round(value, 6) for value in shape.bounds)
    box = shapely.box(west, south, east, north)

    def count(more: str) -> int:
        matched: int = features(police, f"segments/items?{more}")["numberMatched"]
        return matched

    met = {
        place["id"] for place in everything["features"]
        if shapely.geometry.shape(place["geometry"]).intersects(box)
    }  # fmt: skip
    inside = features(police, f"segments/items?limit=1000&bbox={west},{south},{east},{north}")
    assert {place["id"] for place in inside["features"]} == met
    assert one["id"] in met
    assert count(f"bbox={west},{south},0,{east},{north},9") == len(met)
    # From east of the town around the world to west of it, over the date line.
    assert count("bbox=14,50,13,60") == 0
    assert count("bbox=13.2,50,-170,60") == everything["numberMatched"]

    day = datetime.now(UTC).date().isoformat()
    every = everything["numberMatched"]
    for span in (day, f"{day}T00:00:00Z/..", f"../{day}", f"2020-01-01/{day}", f"{day}T23:59:59Z/"):
        assert count(f"datetime={span}") == every
    assert count("datetime=2020-01-01") == count("datetime=../2020-01-01") == 0

    calm = sum(place["properties"]["stress"] == 1 for place in everything["features"])
    assert count("stress=1") == calm > 0
    assert count(f"id={one['id']}&kind=segment") == 1
    assert count("limit=100000") == every  # more than the most is the most, not an error


@pytest.mark.parametrize(
    "query",
    [
        "bbox=1,2,3", "bbox=a,b,c,d", "bbox=1,2,3,nan", "bbox=13,60,14,50", "bbox=200,1,201,2",
        "datetime=yesterday", "datetime=2026-01-02/2026-01-01", "datetime=a/b/c", "limit=0",
        "limit=-1", "limit=ten", "offset=-1", "limit=9999999999", "f=xml", "crs=EPSG:25833",
        "stress=calm", "state=safe", "limit=1&limit=2", "area=Berlin",
    ],
)  # fmt: skip
def test_a_parameter_that_is_wrong_or_unknown_is_refused(
    police: TestClient, problem: Problem, query: str
) -> None:
    answer = police.get(f"/ogc/collections/segments/items?{query}")

    assert answer.status_code == 400
    assert "expected" in problem(answer)
    assert police.get("/ogc/collections?bbox=1,2,3,4").status_code == 400


def test_crashes_are_for_police_alone_and_cases_for_all_staff(
    store: Store, police: TestClient, teacher: TestClient, officer: TestClient
) -> None:
    places = police.get("/api/hotspots").json()["places"]
    with store.write() as session:
        point = shapely.Point(places[0]["lon"], places[0]["lat"])
        session.add(Crash(
            area_id=AREA, source="Unfallatlas", year=2024, crash_id="7", severity="slight",
            bicycle=True, child=None, hour=7, weekday=1, location=point,
            place_id=places[0]["id"], distance_m=3.5, n_fatal=0, n_serious=0, n_slight=1,
        ))  # fmt: skip
        session.add(Case(
            area_id=AREA, place_id=places[0]["id"], places=[places[0]["id"]], opened_in=1,
            opened_on=datetime.now(UTC).date(), state="planned", cause="engineering",
            answer="A lamp will come", due_on=datetime(2020, 1, 1, tzinfo=UTC).date(),
        ))  # fmt: skip

    (crash,) = features(police, "crashes/items?datetime=2024-06-01&bicycle=true")["features"]
    assert crash["properties"]["severity"] == "slight"
    assert features(police, "crashes/items?datetime=2025-01-01/..")["numberMatched"] == 0
    for browser in (teacher, officer):
        assert browser.get("/ogc/collections/crashes/items").status_code == 404
        missing = browser.get("/ogc/collections/crushes/items")
        assert missing.json() == browser.get("/ogc/collections/crashes/items").json()
        listed = browser.get("/ogc/collections").json()["collections"]
        assert "crashes" not in {one["id"] for one in listed}
    (case,) = features(teacher, "cases/items?state=planned&overdue=true")["features"]
    assert case["properties"]["answer"] == "A lamp will come"
    assert case["geometry"]["type"] == "Point"
    assert features(teacher, "hotspots/items")["numberMatched"] == 0  # nothing is claimed yet


def test_a_program_reads_what_lies_in_its_bodys_territory(
    store: Store, visitor: Callable[[], TestClient], officer: TestClient, police: TestClient
) -> None:
    with store.write() as session:
        body = session.scalars(select(Body).order_by(Body.id)).first()
        assert body is not None
        _, secret = add_key(session, body, "GIS", may_write=False, by=None)
    program, key = visitor(), {"authorization": f"Bearer {secret}"}

    own = features(program, "intersections/items?limit=1000", **key)
    seen = features(officer, "intersections/items?limit=1000")
    whole = features(police, "intersections/items?limit=1000")

    assert own["features"] == seen["features"]
    assert 0 < own["numberMatched"] < whole["numberMatched"]
    hidden = {one["id"] for one in whole["features"]} - {one["id"] for one in own["features"]}
    address = f"/ogc/collections/intersections/items/{min(hidden)}"
    assert program.get(address, headers=key).status_code == 404
    assert program.get("/ogc/collections?area=waren", headers=key).status_code == 404
    refused = program.get("/ogc/collections", headers={"authorization": "Bearer bbk_wrong"})
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")


def test_browsers_get_pages_and_programs_documents(
    police: TestClient, visitor: Callable[[], TestClient]
) -> None:
    page = police.get("/ogc/collections/segments/items", headers={"accept": "text/html,*/*"})

    assert page.headers["content-type"].startswith("text/html")
    assert "<table>" in page.text
    assert police.get("/ogc/collections?f=html").text.count("/collections/") == 5
    sent = visitor().get("/ogc/collections", headers={"accept": "text/html"})
    assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in?next=/ogc/collections")
