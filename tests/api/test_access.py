"""Who may do what: one row per endpoint, one column per kind of visitor."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.routing import BaseRoute
from starlette.testclient import TestClient

from api.services.installation import Installation
from api.services.limits import FailureLimit
from api.services.publish_area import read_content
from api.store import releases
from api.store.models import Campaign, School

VISITORS = (
    "nobody",
    "student",
    "teacher",
    "teacher of another school",
    "police",
    "police of another area",
    "admin",
)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

# The status for each visitor, in the order above. 303 sends to the class code or to sign-in.
EVERYBODY = (200,) * 7
STUDENTS = (303, 200, 303, 303, 303, 303, 303)
STUDENTS_API = (401, 422, 401, 401, 401, 401, 401)
TEACHERS = (303, 303, 200, 200, 404, 404, 200)
SCHOOLS_TEACHER = (303, 303, 200, 404, 404, 404, 200)
SCHOOLS_STAFF = (303, 303, 200, 404, 200, 404, 200)
OF_THE_AREA = (303, 303, 200, 200, 200, 404, 200)
AREAS_POLICE = (303, 303, 404, 404, 200, 404, 200)
UPLOADERS = (303, 303, 404, 404, 200, 404, 404)
CRASH_FILE = b"OBJECTID;UJAHR;UMONAT;USTUNDE;UWOCHENTAG;UKATEGORIE;IstRad;XGCSWGS84;YGCSWGS84\n"
CRASH = b"1;2021;05;07;2;2;1;13,2628910;53,5514540\n"

EXPECTED: dict[tuple[str, str], tuple[int, ...]] = {
    ("GET", "/"): EVERYBODY,
    ("POST", "/join"): (422,) * 7,
    ("POST", "/leave"): (303,) * 7,
    ("GET", "/mine"): EVERYBODY,
    ("POST", "/mine"): EVERYBODY,
    ("GET", "/help"): EVERYBODY,
    ("GET", "/draw"): STUDENTS,
    ("GET", "/rate"): STUDENTS,
    ("GET", "/check"): STUDENTS,
    ("GET", "/thanks"): STUDENTS,
    ("POST", "/api/snap"): STUDENTS_API,
    ("POST", "/api/crossings"): STUDENTS_API,
    ("POST", "/api/follow"): STUDENTS_API,
    ("POST", "/api/routes"): STUDENTS_API,
    ("POST", "/api/stage"): STUDENTS_API,
    ("GET", "/api/class"): (401, 200, 401, 401, 401, 401, 401),
    ("GET", "/api/results"): (401, 200, 401, 401, 401, 401, 401),
    ("POST", "/api/alternative"): STUDENTS_API,
    ("GET", "/sign-in"): EVERYBODY,
    ("POST", "/sign-in"): (401,) * 7,
    ("GET", "/start"): (303,) * 7,
    ("POST", "/sign-out"): (303,) * 7,
    ("GET", "/teach"): TEACHERS,
    ("GET", "/teach/campaigns/new"): TEACHERS,
    ("POST", "/teach/campaigns"): (303, 303, 422, 422, 404, 404, 422),
    ("GET", "/teach/campaigns/{campaign_id}"): SCHOOLS_TEACHER,
    ("POST", "/teach/campaigns/{campaign_id}/close"): (303, 303, 303, 404, 404, 404, 303),
    ("POST", "/teach/campaigns/{campaign_id}/reopen"): (303, 303, 303, 404, 404, 404, 303),
    ("GET", "/teach/campaigns/{campaign_id}/cards"): SCHOOLS_TEACHER,
    ("POST", "/teach/campaigns/{campaign_id}/cards"): (303, 303, 303, 404, 404, 404, 303),
    ("GET", "/teach/campaigns/{campaign_id}/cards.pdf"): SCHOOLS_TEACHER,
    ("GET", "/teach/campaigns/{campaign_id}/map.pdf"): SCHOOLS_TEACHER,
    ("GET", "/teach/campaigns/{campaign_id}/poster.pdf"): SCHOOLS_TEACHER,
    ("GET", "/teach/campaigns/{campaign_id}/report.pdf"): SCHOOLS_TEACHER,
    ("GET", "/teach/campaigns/{campaign_id}/kit.zip"): SCHOOLS_TEACHER,
    ("GET", "/teach/campaigns/{campaign_id}/kit/{part}"): SCHOOLS_TEACHER,
    ("GET", "/teach/campaigns/{campaign_id}/board"): SCHOOLS_TEACHER,
    ("GET", "/teach/campaigns/{campaign_id}/board.json"): SCHOOLS_TEACHER,
    ("GET", "/teach/campaigns/{campaign_id}/contributions"): SCHOOLS_TEACHER,
    ("POST", "/teach/campaigns/{campaign_id}/contributions"): (303, 303, 422, 422, 404, 404, 422),
    ("GET", "/teach/campaigns/{campaign_id}/remarks"): SCHOOLS_TEACHER,
    ("POST", "/teach/campaigns/{campaign_id}/remarks"): (303, 303, 422, 422, 404, 404, 422),
    ("GET", "/hotspots"): OF_THE_AREA,
    ("GET", "/api/hotspots"): (401, 401, 200, 200, 200, 404, 200),
    ("GET", "/hotspots/{area}.{ending}"): OF_THE_AREA,
    ("GET", "/hotspots/stability"): OF_THE_AREA,
    ("GET", "/places/{place_id}"): OF_THE_AREA,
    ("GET", "/schools/{school_id}"): SCHOOLS_STAFF,
    ("GET", "/schools/{school_id}/report.pdf"): SCHOOLS_STAFF,
    ("GET", "/schools/{school_id}/convoys"): SCHOOLS_STAFF,
    ("GET", "/schools/{school_id}/convoys/{number}.pdf"): SCHOOLS_STAFF,
    ("GET", "/crashes"): AREAS_POLICE,
    ("POST", "/crashes"): (303, 303, 404, 404, 422, 404, 422),
    ("GET", "/crashes/{token}"): UPLOADERS,
    ("POST", "/crashes/{token}"): (303, 303, 404, 404, 303, 404, 404),
    ("POST", "/crashes/{token}/import"): (303, 303, 404, 404, 303, 404, 404),
    ("POST", "/crashes/{token}/discard"): (303, 303, 404, 404, 303, 404, 404),
    ("GET", "/areas/{area}/{version}/{name}"): EVERYBODY,
    ("GET", "/sw.js"): EVERYBODY,
    ("GET", "/health/live"): EVERYBODY,
    ("GET", "/health/ready"): EVERYBODY,
    ("GET", "/api/openapi.json"): EVERYBODY,
}


@pytest.fixture
def template(published: str) -> str:
    return published


@pytest.fixture
def visitors(
    visitor: Callable[[], TestClient],
    student: TestClient,
    teacher: TestClient,
    other_teacher: TestClient,
    police: TestClient,
    other_police: TestClient,
    admin: TestClient,
) -> dict[str, TestClient]:
    browsers = (visitor(), student, teacher, other_teacher, police, other_police, admin)
    return dict(zip(VISITORS, browsers, strict=True))


@pytest.fixture
def address(
    here: Installation,
    open_class: Callable[..., Campaign],
    police: TestClient,
    request: pytest.FixtureRequest,
) -> Callable[[str], str]:
    """Fills the template of an address with things of the first school and area."""
    with here.store.read() as session:
        release = releases.newest_whole(session, "neubrandenburg")
        assert release is not None
    (version,) = [path.name for path in (here.settings.areas / "neubrandenburg").iterdir()]
    opened = open_class()
    values = {
        "campaign_id": opened.id,
        "school_id": opened.school_id,
        "number": 1,
        "area": "neubrandenburg",
        "ending": "csv",
        "place_id": read_content(release)["places"][0]["id"],
        "version": version,
        "name": "network.pmtiles",
        "part": "way-to-school.qgs",
    }

    # Both take a second, and most addresses need neither.
    def upload() -> str:
        kept = police.post(
            "/crashes?area=neubrandenburg", files=[("files", ("a.csv", CRASH_FILE + CRASH))]
        )
        return kept.headers["location"].rpartition("/")[2]

    def filled(template: str) -> str:
        if "{token}" in template and "token" not in values:
            values["token"] = upload()
        if "convoys" in template:
            assert request.getfixturevalue("convoys")
        of_an_area = ("hotspots", "stability", "crashes", "{place_id}")
        query = "?area=neubrandenburg" if template.endswith(of_an_area) else ""
        return template.format(**values) + query

    return filled


def endpoints(routes: list[BaseRoute]) -> Iterator[tuple[str, str]]:
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from endpoints(included.routes)
        else:
            for method in (getattr(route, "methods", None) or set()) - {"HEAD"}:
                yield method, getattr(route, "path", "")


def test_every_endpoint_has_a_row(app: FastAPI) -> None:
    assert sorted(endpoints(app.routes)) == sorted(EXPECTED)


@pytest.mark.parametrize(("method", "path"), EXPECTED)
def test_who_may(
    app: FastAPI,
    visitors: dict[str, TestClient],
    address: Callable[[str], str],
    method: str,
    path: str,
) -> None:
    found = {}
    for name, browser in visitors.items():
        app.state.failures = FailureLimit()  # each comes from an address of its own
        found[name] = browser.request(method, address(path), headers=FORM).status_code

    assert found == dict(zip(VISITORS, EXPECTED[method, path], strict=True))


@pytest.mark.parametrize(
    ("who", "foreign", "missing"),
    [
        ("teacher", "/teach/campaigns/{foreign}", "/teach/campaigns/999999"),
        ("teacher", "/teach/campaigns/{foreign}/poster.pdf", "/teach/campaigns/999999/poster.pdf"),
        ("teacher", "/teach/campaigns/{foreign}/report.pdf", "/teach/campaigns/999999/report.pdf"),
        ("teacher", "/teach/campaigns/{foreign}/board", "/teach/campaigns/999999/board"),
        ("teacher", "/teach/campaigns/{foreign}/board.json", "/teach/campaigns/999999/board.json"),
        (
            "teacher",
            "/teach/campaigns/{foreign}/contributions",
            "/teach/campaigns/999999/contributions",
        ),
        ("teacher", "/teach/campaigns/{foreign}/remarks", "/teach/campaigns/999999/remarks"),
        ("teacher", "/teach/campaigns/{foreign}/kit.zip", "/teach/campaigns/999999/kit.zip"),
        ("police", "/teach/campaigns/{foreign}", "/teach/campaigns/999999"),
        ("teacher", "/schools/{school}", "/schools/999999"),
        ("teacher", "/schools/{school}/convoys", "/schools/999999/convoys"),
        ("teacher", "/schools/{school}/convoys/1.pdf", "/schools/999999/convoys/1.pdf"),
        ("teacher", "/schools/{school}/report.pdf", "/schools/999999/report.pdf"),
        ("police", "/hotspots/waren.csv", "/hotspots/warem.csv"),
        ("police", "/hotspots?area=waren", "/hotspots?area=warem"),
        ("police", "/api/hotspots?area=waren", "/api/hotspots?area=warem"),
        ("police", "/crashes?area=waren", "/crashes?area=warem"),
    ],
)
def test_what_is_not_yours_reads_as_missing(
    visitors: dict[str, TestClient],
    open_class: Callable[..., Campaign],
    other_school: School,
    who: str,
    foreign: str,
    missing: str,
) -> None:
    campaign = open_class(school_id=other_school.id)
    browser = visitors[who]

    theirs = browser.get(foreign.format(foreign=campaign.id, school=other_school.id))
    nothing = browser.get(missing)

    assert theirs.status_code == nothing.status_code == 404
    assert plain(theirs, "waren") == plain(nothing, "warem")


def test_closing_a_foreign_class_leaves_it_open(
    other_teacher: TestClient,
    police: TestClient,
    open_class: Callable[..., Campaign],
    here: Installation,
) -> None:
    campaign = open_class()

    for browser in (other_teacher, police):
        assert browser.post(f"/teach/campaigns/{campaign.id}/close").status_code == 404
    with here.store.read() as session:
        assert session.get_one(Campaign, campaign.id).state == "open"


def test_a_teacher_opens_classes_of_the_own_school_only(
    teacher: TestClient,
    school: School,
    other_school: School,
    count_rows: Callable[[], dict[str, int]],
) -> None:
    form: dict[str, Any] = {
        "title": "9b", "from_day": "2020-01-01", "to_day": "2099-01-01", "language": "en",
        "roster": "30", "consent": "yes", "youngest": "14", "consent_kind": "form",
    }  # fmt: skip
    before = count_rows()

    refused = teacher.post("/teach/campaigns", data=form | {"school_id": str(other_school.id)})
    assert refused.status_code == 422
    assert "Choose one of your schools" in refused.text
    assert count_rows() == before

    assert teacher.post("/teach/campaigns", data=form | {"school_id": str(school.id)}).is_redirect
    assert count_rows()["campaigns"] == before["campaigns"] + 1


@pytest.mark.parametrize(
    "changes", [{"consent": ""}, {"title": ""}, {"to_day": "2020-01-02"}, {"roster": "501"}]
)
def test_a_class_that_may_not_open_stays_unopened(
    teacher: TestClient,
    school: School,
    count_rows: Callable[[], dict[str, int]],
    changes: dict[str, str],
) -> None:
    form = {
        "title": "9b", "from_day": "2020-01-01", "to_day": "2099-01-01", "language": "en",
        "roster": "30", "consent": "yes", "school_id": str(school.id), "youngest": "14",
        "consent_kind": "form",
    }  # fmt: skip
    before = count_rows()

    assert teacher.post("/teach/campaigns", data=form | changes).status_code == 422
    assert count_rows() == before


def plain(response: Response, area: str) -> str:
    """The page without what differs by request: the nonce and the address itself."""
    nonce = response.headers["content-security-policy"].split("'nonce-")[1].split("'")[0]
    path = response.request.url.path
    return response.text.replace(nonce, "").replace(path, "").replace(area, "")
