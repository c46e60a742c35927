"""Who may do what: one row per endpoint, one column per kind of visitor."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.routing import BaseRoute
from starlette.testclient import TestClient

from api.services.accounts import add_user
from api.services.api_keys import add_key
from api.services.campaigns import today
from api.services.deputies import name_deputy
from api.services.installation import Installation
from api.services.limits import FailureLimit
from api.services.make_edition import make_edition
from api.services.publish_area import read_content
from api.services.release_content import K_PUBLIC
from api.store import releases, users
from api.store.authorities import CaseAttachment
from api.store.models import Campaign, School

VISITORS = (
    "nobody",
    "student",
    "teacher",
    "teacher of another school",
    "police",
    "police of another area",
    "officer",
    "officer of another body",
    "admin",
)
SIGNED_OUT = ("nobody", "student")
TEACHERS = ("teacher", "teacher of another school", "admin")
SCHOOLS_TEACHER = ("teacher", "admin")
BODYS_STAFF = ("police", "officer", "admin")
"""Who acts where the things of `address` lie: all police of the area, the town's officer."""
SCHOOLS_STAFF = ("teacher", *BODYS_STAFF)
AREAS_STAFF = ("teacher", "teacher of another school", *BODYS_STAFF, "officer of another body")
AREAS_POLICE = ("police", "admin")
AUTHORITIES = (*BODYS_STAFF, "police of another area", "officer of another body")
MEMBERS = ("officer", "officer of another body")
STAFF = tuple(name for name in VISITORS if name not in SIGNED_OUT)
WEEK = timedelta(weeks=1)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

Row = dict[str, int]


def everybody(status: int) -> Row:
    """The same for all."""
    return dict.fromkeys(VISITORS, status)


def only(status: int, *visitors: str, out: int = 303, others: int = 404) -> Row:
    """`status` for these, `out` for who is not signed in as staff, `others` for the rest.

    303 sends to sign-in; to staff whose it is not, a page does not exist.
    """
    assert set(visitors) <= set(VISITORS), visitors
    return everybody(others) | dict.fromkeys(SIGNED_OUT, out) | dict.fromkeys(visitors, status)


def students(status: int, otherwise: int) -> Row:
    """`status` for who has joined a class, `otherwise` for all others, staff too."""
    return everybody(otherwise) | {"student": status}


DECIDERS = only(409, "officer", "admin") | {"police": 403}
"""Of a case that the town's body has: their forms name no version of it."""
STUDENTS_PAGE = students(200, 303)
STUDENTS_API = students(422, 401)
CRASH_FILE = b"OBJECTID;UJAHR;UMONAT;USTUNDE;UWOCHENTAG;UKATEGORIE;IstRad;XGCSWGS84;YGCSWGS84\n"
CRASH = b"1;2021;05;07;2;2;1;13,2628910;53,5514540\n"

EXPECTED: dict[tuple[str, str], Row] = {
    ("GET", "/"): everybody(200),
    ("POST", "/join"): everybody(422),
    ("POST", "/leave"): everybody(303),
    ("GET", "/mine"): everybody(200),
    ("POST", "/mine"): everybody(200),
    ("GET", "/help"): everybody(200),
    ("GET", "/draw"): STUDENTS_PAGE,
    ("GET", "/rate"): STUDENTS_PAGE,
    ("GET", "/check"): STUDENTS_PAGE,
    ("GET", "/thanks"): STUDENTS_PAGE,
    ("POST", "/api/snap"): STUDENTS_API,
    ("POST", "/api/crossings"): STUDENTS_API,
    ("POST", "/api/follow"): STUDENTS_API,
    ("POST", "/api/routes"): STUDENTS_API,
    ("POST", "/api/stage"): STUDENTS_API,
    ("GET", "/api/class"): students(200, 401),
    ("GET", "/api/results"): students(200, 401),
    ("POST", "/api/alternative"): STUDENTS_API,
    ("POST", "/api/fixed/{case_id}"): STUDENTS_API,
    ("GET", "/sign-in"): everybody(200),
    ("POST", "/sign-in"): everybody(401),
    ("GET", "/start"): everybody(303),
    ("POST", "/sign-in/code"): everybody(303),
    ("POST", "/sign-out"): everybody(303),
    ("GET", "/account"): only(200, *STAFF),
    ("POST", "/account/mails"): only(422, *STAFF),
    ("POST", "/account/password"): only(422, *STAFF),
    ("POST", "/account/deputies"): only(422, *MEMBERS),
    ("POST", "/account/deputies/{deputy_id}/end"): only(303, "officer"),
    ("POST", "/account/keys"): only(422, *MEMBERS),
    ("POST", "/account/keys/{key_id}/revoke"): only(303, "officer"),
    ("GET", "/account/factor"): only(200, *STAFF),
    ("POST", "/account/factor"): only(422, *STAFF),
    ("POST", "/account/factor/remove"): only(422, *STAFF),
    ("GET", "/admin/bodies"): only(200, "admin"),
    ("POST", "/admin/bodies"): only(422, "admin"),
    ("GET", "/admin/bodies/{body_id}"): only(200, "admin"),
    ("POST", "/admin/bodies/{body_id}"): only(422, "admin"),
    ("POST", "/admin/bodies/{body_id}/keys"): only(422, "admin"),
    ("POST", "/admin/bodies/{body_id}/keys/{key_id}/revoke"): only(303, "admin"),
    ("GET", "/admin/accounts"): only(200, "admin"),
    ("POST", "/admin/accounts"): only(422, "admin"),
    ("POST", "/admin/accounts/{user_id}/password"): only(201, "admin"),
    ("POST", "/admin/accounts/{user_id}/reset-factor"): only(303, "admin"),
    ("POST", "/admin/accounts/{user_id}/end-sessions"): only(303, "admin"),
    ("POST", "/account/sign-out"): everybody(303),
    ("GET", "/teach"): only(200, *TEACHERS),
    ("GET", "/teach/campaigns/new"): only(200, *TEACHERS),
    ("POST", "/teach/campaigns"): only(422, *TEACHERS),
    ("GET", "/teach/campaigns/{campaign_id}"): only(200, *SCHOOLS_TEACHER),
    ("POST", "/teach/campaigns/{campaign_id}/close"): only(303, *SCHOOLS_TEACHER),
    ("POST", "/teach/campaigns/{campaign_id}/reopen"): only(303, *SCHOOLS_TEACHER),
    ("GET", "/teach/campaigns/{campaign_id}/cards"): only(200, *SCHOOLS_TEACHER),
    ("POST", "/teach/campaigns/{campaign_id}/cards"): only(303, *SCHOOLS_TEACHER),
    ("GET", "/teach/campaigns/{campaign_id}/cards.pdf"): only(200, *SCHOOLS_TEACHER),
    ("GET", "/teach/campaigns/{campaign_id}/map.pdf"): only(200, *SCHOOLS_TEACHER),
    ("GET", "/teach/campaigns/{campaign_id}/poster.pdf"): only(200, *SCHOOLS_TEACHER),
    ("GET", "/teach/campaigns/{campaign_id}/report.pdf"): only(200, *SCHOOLS_TEACHER),
    ("GET", "/teach/campaigns/{campaign_id}/kit.zip"): only(200, *SCHOOLS_TEACHER),
    ("GET", "/teach/campaigns/{campaign_id}/kit/{part}"): only(200, *SCHOOLS_TEACHER),
    ("GET", "/teach/campaigns/{campaign_id}/board"): only(200, *SCHOOLS_TEACHER),
    ("GET", "/teach/campaigns/{campaign_id}/board.json"): only(200, *SCHOOLS_TEACHER),
    ("GET", "/teach/campaigns/{campaign_id}/contributions"): only(200, *SCHOOLS_TEACHER),
    ("POST", "/teach/campaigns/{campaign_id}/contributions"): only(422, *TEACHERS),
    ("GET", "/teach/campaigns/{campaign_id}/remarks"): only(200, *SCHOOLS_TEACHER),
    ("POST", "/teach/campaigns/{campaign_id}/remarks"): only(422, *TEACHERS),
    ("GET", "/hotspots"): only(200, *AREAS_STAFF),
    ("GET", "/api/hotspots"): only(200, *AREAS_STAFF, out=401),
    ("GET", "/api/hotspots/values"): only(200, *AREAS_STAFF, out=401),
    ("GET", "/api/places/{place_id}"): only(
        200, "teacher", "teacher of another school", *BODYS_STAFF, out=401
    ),
    ("GET", "/hotspots/{area}.{ending}"): only(200, *AREAS_STAFF),
    ("GET", "/hotspots/stability"): only(200, *AREAS_STAFF),
    ("GET", "/ogc"): everybody(200),
    ("GET", "/ogc/"): everybody(200),
    ("GET", "/ogc/conformance"): everybody(200),
    ("GET", "/ogc/api"): everybody(200),
    ("GET", "/ogc/collections"): only(200, *AREAS_STAFF, out=401),
    ("GET", "/ogc/collections/{collection}"): only(200, *AREAS_STAFF, out=401),
    ("GET", "/ogc/collections/{collection}/items"): only(200, *AREAS_STAFF, out=401),
    ("GET", "/ogc/collections/{collection}/items/{feature_id}"): only(
        200, "teacher", "teacher of another school", *BODYS_STAFF, out=401
    ),
    ("GET", "/open311/v2/discovery.{ending}"): everybody(200),
    ("GET", "/open311/v2/services.{ending}"): everybody(200),
    ("GET", "/open311/v2/services/{code}.{ending}"): everybody(200),
    ("GET", "/open311/v2/requests.{ending}"): everybody(200),
    ("GET", "/open311/v2/requests/{request_id}.{ending}"): everybody(200),
    ("POST", "/open311/v2/requests.{ending}"): everybody(405),
    # With a body's key alone; tests/api/test_open311.py.
    ("POST", "/open311/v2/servicerequestupdates.{ending}"): everybody(401),
    ("GET", "/places/{place_id}"): only(200, "teacher", "teacher of another school", *BODYS_STAFF),
    ("GET", "/places/{place_id}/sheet.pdf"): only(
        200, "teacher", "teacher of another school", *BODYS_STAFF
    ),
    ("GET", "/schools/{school_id}"): only(200, *SCHOOLS_STAFF),
    ("GET", "/schools/{school_id}/report.pdf"): only(200, *SCHOOLS_STAFF),
    ("GET", "/schools/{school_id}/letter.pdf"): only(200, *SCHOOLS_STAFF),
    ("GET", "/schools/{school_id}/parents"): everybody(200),
    ("GET", "/schools/{school_id}/parents.pdf"): everybody(200),
    ("GET", "/schools/{school_id}/convoys"): only(200, *SCHOOLS_STAFF),
    # It comes from the other body's territory.
    ("GET", "/schools/{school_id}/convoys/{number}.pdf"): only(200, "teacher", *AREAS_POLICE),
    ("GET", "/account/calendar"): only(200, *AUTHORITIES),
    ("POST", "/account/calendar"): only(200, *AUTHORITIES),
    ("POST", "/account/calendar/revoke"): only(303, *AUTHORITIES),
    ("GET", "/calendar/{token}.ics"): everybody(404),
    ("GET", "/cases"): only(200, *BODYS_STAFF, "officer of another body"),
    ("GET", "/cases/statistics"): only(200, *BODYS_STAFF, "officer of another body"),
    ("GET", "/cases/statistics.csv"): only(200, *BODYS_STAFF, "officer of another body"),
    ("GET", "/cases.csv"): only(200, *BODYS_STAFF, "officer of another body"),
    ("GET", "/cases/{case_id}"): only(200, *BODYS_STAFF),
    ("GET", "/cases/{case_id}/images/{image_id}.jpg"): only(200, *BODYS_STAFF),
    # It is the other's own: who may only see it may not change it, whatever the form says.
    ("POST", "/cases/{case_id}"): DECIDERS,
    ("POST", "/cases/{case_id}/take"): only(409, *BODYS_STAFF),
    ("POST", "/cases/{case_id}/owner"): DECIDERS,
    ("POST", "/cases/{case_id}/notes"): only(422, *BODYS_STAFF),
    ("POST", "/cases/{case_id}/measures"): DECIDERS | {"officer": 422, "admin": 422},
    ("POST", "/cases/{case_id}/measures/{measure_id}"): only(422, *BODYS_STAFF),
    ("POST", "/cases/{case_id}/images"): only(422, *BODYS_STAFF),
    ("POST", "/cases/{case_id}/images/{image_id}/remove"): DECIDERS
    | {"officer": 303, "admin": 422},
    ("POST", "/cases/{case_id}/merge"): only(422, *BODYS_STAFF),
    ("POST", "/cases/{case_id}/split"): DECIDERS,
    ("GET", "/patrol"): only(200, *AREAS_POLICE, "police of another area"),
    ("GET", "/patrol.pdf"): only(200, *AREAS_POLICE),
    ("GET", "/crashes"): only(200, *AREAS_POLICE),
    ("POST", "/crashes"): only(422, *AREAS_POLICE),
    ("GET", "/crashes/{token}"): only(200, "police"),
    ("POST", "/crashes/{token}"): only(303, "police"),
    ("POST", "/crashes/{token}/import"): only(303, "police"),
    ("POST", "/crashes/{token}/discard"): only(303, "police"),
    ("GET", "/open"): everybody(200),
    ("GET", "/open/catalog.jsonld"): everybody(200),
    ("GET", "/open/dictionary"): everybody(200),
    ("GET", "/open/{area}/{edition}"): everybody(200),
    ("GET", "/open/{area}/{edition}/{file}"): everybody(200),
    ("GET", "/admin/open"): only(200, *AREAS_POLICE),
    ("POST", "/admin/open"): only(422, *AREAS_POLICE, "police of another area"),
    ("GET", "/areas/{area}/{version}/{name}"): everybody(200),
    ("GET", "/sw.js"): everybody(200),
    ("GET", "/health/live"): everybody(200),
    ("GET", "/health/ready"): everybody(200),
    ("GET", "/api/openapi.json"): everybody(200),
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
    officer: TestClient,
    other_officer: TestClient,
    admin: TestClient,
) -> dict[str, TestClient]:
    browsers = (
        visitor(), student, teacher, other_teacher, police, other_police, officer, other_officer,
        admin,
    )  # fmt: skip
    return dict(zip(VISITORS, browsers, strict=True))


@pytest.fixture
def address(
    here: Installation,
    open_class: Callable[..., Campaign],
    police: TestClient,
    request: pytest.FixtureRequest,
) -> Callable[..., str]:
    """Fills the template of an address with things of the first school, body and area."""
    with here.store.read() as session:
        release = releases.newest_whole(session, "neubrandenburg")
        assert release is not None
        places = read_content(release)["places"]
        place = places[0]
        public = next(at for at, one in enumerate(places) if one["participants"] >= K_PUBLIC)
    (version,) = [path.name for path in (here.settings.areas / "neubrandenburg").iterdir()]
    opened = open_class()
    values: dict[str, object] = {
        **of_the_town(here),
        "campaign_id": opened.id,
        "school_id": opened.school_id,
        "number": 1,
        "area": "neubrandenburg",
        "ending": "csv",
        "place_id": place["id"],
        "collection": f"{place['kind']}s",
        "feature_id": place["id"],
        "version": version,
        "name": "network.pmtiles",
        "part": "way-to-school.qgs",
        "file": "datapackage.json",
    }

    # Both take a second, and most addresses need neither.
    def upload() -> str:
        kept = police.post(
            "/crashes?area=neubrandenburg", files=[("files", ("a.csv", CRASH_FILE + CRASH))]
        )
        return kept.headers["location"].rpartition("/")[2]

    def with_image() -> dict[str, int]:
        case = request.getfixturevalue("open_case")(owner="Town")
        with here.store.write() as session:
            about = {"added_at": datetime.now(UTC), "words": "a lamp", "width": 1, "height": 1}
            image = CaseAttachment(case_id=case.id, content=b"jpeg", **about)
            session.add(image)
            session.flush()
            return {"case_id": case.id, "image_id": image.id, "measure_id": 1}

    def filled(template: str, **instead: object) -> str:
        if "{token}" in template and "token" not in values:
            values["token"] = upload()
        if "{edition}" in template:
            made = make_edition(here, "neubrandenburg")
            values["edition"] = f"{made.period}-{made.release}"
        if "{case_id}" in template and "case_id" not in values:
            values.update(with_image())
        if "{request_id}" in template and "request_id" not in values:
            values["request_id"] = request.getfixturevalue("open_case")(public).id
        if template.startswith("/open311"):
            values.update(ending="json", code="maintenance")
        if "convoys" in template:
            assert request.getfixturevalue("convoys")
        of_an_area = (
            "/admin/open",
            "hotspots",
            "values",
            "stability",
            "crashes",
            "{place_id}",
            "cases",
            "cases.csv",
            "statistics",
            "statistics.csv",
        )
        asks = template.endswith(of_an_area) or template.startswith("/ogc/collections")
        query = "?area=neubrandenburg" if asks else ""
        return template.format(**values | instead) + query

    return filled


def of_the_town(here: Installation) -> dict[str, int]:
    """Things of the body whose officer is a visitor: a key, a deputy, and a colleague."""
    with here.store.write() as session:
        officer = users.by_email(session, "officer@town.example")
        other = users.by_email(session, "officer@county.example")
        assert officer is not None
        assert officer.body is not None
        assert other is not None
        key, _ = add_key(session, officer.body, "GIS", may_write=False, by=officer)
        deputy = name_deputy(session, officer, other.email, today() + WEEK, today() + WEEK)
        colleague = add_user(session, "new@town.example", "a" * 12, "officer", officer.body)
        session.flush()
        return {
            "body_id": officer.body.id,
            "user_id": colleague.id,
            "key_id": key.id,
            "deputy_id": deputy.id,
        }


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


def test_every_parameter_of_an_address_is_told_apart(app: FastAPI) -> None:
    used = {name for _, path in endpoints(app.routes) for name in re.findall(r"{(\w+)}", path)}

    assert used == MISSING.keys() | NO_SECRETS


@pytest.mark.parametrize(("method", "path"), EXPECTED)
def test_who_may(
    app: FastAPI,
    visitors: dict[str, TestClient],
    address: Callable[..., str],
    method: str,
    path: str,
) -> None:
    found = {}
    for name, browser in visitors.items():
        app.state.failures = FailureLimit()  # each comes from an address of its own
        found[name] = browser.request(method, address(path), headers=FORM).status_code

    assert found == EXPECTED[method, path]


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
        ("teacher", "/schools/{school}/letter.pdf", "/schools/999999/letter.pdf"),
        ("police", "/hotspots/waren.csv", "/hotspots/warem.csv"),
        ("police", "/hotspots?area=waren", "/hotspots?area=warem"),
        ("police", "/api/hotspots?area=waren", "/api/hotspots?area=warem"),
        ("police", "/api/hotspots/values?area=waren", "/api/hotspots/values?area=warem"),
        ("police", "/crashes?area=waren", "/crashes?area=warem"),
        # The other school lies in the other body's territory of the same area.
        ("officer", "/schools/{school}", "/schools/999999"),
        ("officer", "/schools/{school}/report.pdf", "/schools/999999/report.pdf"),
        ("officer", "/schools/{school}/convoys", "/schools/999999/convoys"),
        ("officer", "/schools/{school}/convoys/1.pdf", "/schools/999999/convoys/1.pdf"),
        ("officer", "/hotspots/waren.csv", "/hotspots/warem.csv"),
        ("officer", "/hotspots?area=waren", "/hotspots?area=warem"),
        ("officer", "/crashes", "/crashes?area=warem"),
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


MISSING = {
    "place_id": "i0000000000",
    "feature_id": "i0000000000",
    "campaign_id": 999_999,
    "school_id": 999_999,
    "body_id": 999_999,
    "user_id": 999_999,
    "deputy_id": 999_999,
    "key_id": 999_999,
    "case_id": 999_999,
    "request_id": 999_999,
    "image_id": 999_999,
    "measure_id": 999_999,
    "token": "x" * 40,
}
"""By parameter of an address, what nobody ever gave out; new kinds of things belong here too."""
NO_SECRETS = {
    "area", "code", "collection", "edition", "ending", "file", "name", "number", "part", "version",
}  # fmt: skip
"""Parameters that choose among what one may see; of foreign areas there is a test of its own."""
TELLING = [
    (method, path)
    for (method, path), row in EXPECTED.items()
    if any(f"{{{name}}}" in path for name in MISSING)
    # What is for students or for everybody tells staff nothing of its own.
    and row["officer of another body"] == 404
]


@pytest.mark.parametrize(("method", "path"), TELLING)
def test_what_lies_in_another_territory_reads_as_missing(
    other_officer: TestClient, address: Callable[..., str], method: str, path: str
) -> None:
    theirs = other_officer.request(method, address(path), headers=FORM)
    nothing = other_officer.request(method, address(path, **MISSING), headers=FORM)

    assert theirs.status_code == nothing.status_code == 404
    assert plain(theirs, "") == plain(nothing, "")


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
