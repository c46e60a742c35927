"""What every answer tells the browser."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from api.services.installation import Installation
from api.store.engine import Store
from api.store.models import Area

PAGES = ("/", "/mine", "/help", "/sign-in", "/teach", "/teach/campaigns/new", "/draw", "/nowhere")


def nonce_of(policy: str) -> str:
    return policy.split("script-src 'self' 'nonce-")[1].split("'", maxsplit=1)[0]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_runs_no_script_but_its_own(teacher: TestClient, path: str) -> None:
    first, second = teacher.get(path), teacher.get(path)

    policy = first.headers["content-security-policy"]
    directives = dict(part.split(" ", 1) for part in policy.split("; "))
    assert directives["default-src"] == directives["frame-ancestors"] == "'none'"
    assert directives["base-uri"] == "'none'"
    assert directives["connect-src"] == directives["form-action"] == "'self'"
    assert "unsafe" not in policy
    assert "http" not in policy
    assert nonce_of(policy) != nonce_of(second.headers["content-security-policy"])
    assert first.text.count("<script") == first.text.count(f'nonce="{nonce_of(policy)}"') + (
        first.text.count("<script src=")
        + first.text.count('<script type="module" src=')
        + first.text.count('<script type="application/json"')  # values, not run
    )


@pytest.mark.parametrize("path", [*PAGES, "/api/class", "/api/openapi.json", "/health/live"])
def test_nothing_of_a_person_stays_in_a_cache(teacher: TestClient, path: str) -> None:
    headers = teacher.get(path).headers

    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "geolocation=()" in headers["permissions-policy"]
    assert "server" not in headers


def test_a_failure_of_ours_has_the_same_headers_and_tells_nothing(
    student: TestClient, here: Installation
) -> None:
    (here.settings.data_dir / "areas").unlink()
    vars(here).pop("library")  # as after a restart
    browser = TestClient(student.app, cookies=student.cookies, raise_server_exceptions=False)

    response = browser.post("/api/snap", json={"waypoints": [{"lon": 13.26, "lat": 53.55}] * 2})

    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"
    assert str(here.settings.data_dir) not in response.text


def test_files_are_kept_where_their_address_carries_their_version(client: TestClient) -> None:
    plain = client.get("/static/vendor/leaflet.js")
    versioned = client.get("/static/vendor/leaflet.js?v=1a2b3c")

    assert versioned.content == plain.content
    assert versioned.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "immutable" not in plain.headers["cache-control"]


def test_every_file_a_page_asks_for_is_there(student: TestClient) -> None:
    for page in ("/", "/draw", "/rate", "/check", "/thanks"):
        text = student.get(page).text
        files = {part.split('"')[0] for part in text.split('="/static/')[1:]}
        assert files
        for file in files:
            response = student.get(f"/static/{file}".replace("&amp;", "&"))
            assert response.status_code == 200, file
            assert ("?v=" in file) is ("immutable" in response.headers["cache-control"])


def test_the_offline_script_sees_the_whole_site_and_is_never_kept_for_long(
    client: TestClient,
) -> None:
    response = client.get("/sw.js")

    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/javascript")
    assert response.headers["cache-control"] == "no-cache"
    # It asks its own site only, as every page does.
    assert "connect-src 'self'" in response.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/static/../api/app.py", "/static/%2e%2e/pages.py", "/static/no"])
def test_static_files_end_at_their_folder(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.fixture
def tiles(here: Installation) -> tuple[str, Path]:
    with here.store.read() as session:
        version = session.get_one(Area, "neubrandenburg").version
    path = here.settings.areas / "neubrandenburg" / version / "basemap.pmtiles"
    return f"/areas/neubrandenburg/{version}/basemap.pmtiles", path


def test_tiles_are_served_by_ranges(client: TestClient, tiles: tuple[str, Path]) -> None:
    address, path = tiles
    content = path.read_bytes()

    first = client.get(address, headers={"range": "bytes=0-126"})
    later = client.get(address, headers={"range": "bytes=1000-1999"})
    last = client.get(address, headers={"range": "bytes=-10"})

    assert [answer.status_code for answer in (first, later, last)] == [206] * 3
    assert first.content == content[:127]
    assert first.content.startswith(b"PMTiles")
    assert later.content == content[1000:2000]
    assert later.headers["content-range"] == f"bytes 1000-1999/{len(content)}"
    assert last.content == content[-10:]
    assert "content-encoding" not in later.headers
    assert "immutable" in later.headers["cache-control"]


def test_a_range_beyond_the_file_is_refused(client: TestClient, tiles: tuple[str, Path]) -> None:
    response = client.get(tiles[0], headers={"range": "bytes=999999999-"})

    assert response.status_code == 416


@pytest.mark.parametrize(
    "address",
    [
        "/areas/neubrandenburg/000000000000/basemap.pmtiles",
        "/areas/atlantis/{version}/basemap.pmtiles",
        "/areas/neubrandenburg/{version}/segments.parquet",
        "/areas/neubrandenburg/{version}/area.json",
        "/areas/neubrandenburg/{version}/..%2farea.json",
    ],
)
def test_nothing_else_of_an_area_is_served(
    client: TestClient, tiles: tuple[str, Path], address: str
) -> None:
    version = tiles[0].split("/")[3]

    assert client.get(address.format(version=version)).status_code in {404, 422}


def test_long_pages_are_compressed(client: TestClient) -> None:
    with client.stream("GET", "/help", headers={"accept-encoding": "gzip"}) as response:
        raw = b"".join(response.iter_raw())

    assert response.headers["content-encoding"] == "gzip"
    assert b"<html" in gzip.decompress(raw)


def test_the_site_is_ready_when_every_area_can_be_read(
    client: TestClient, here: Installation
) -> None:
    assert client.get("/health/ready").json()["status"] == "ok"

    (here.settings.data_dir / "areas").unlink()
    vars(here).pop("library")

    response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["checks"]["database"] == "ok"
    assert response.json()["checks"]["area neubrandenburg"] != "ok"


def test_the_site_is_not_ready_without_its_database(client: TestClient, store: Store) -> None:
    def broken(_connection: object) -> None:
        raise OperationalError("BEGIN", {}, Exception("canary"))

    event.listen(store.engine, "begin", broken)
    response = client.get("/health/ready")
    event.remove(store.engine, "begin", broken)

    assert response.status_code == 503
    assert response.json()["checks"]["database"] != "ok"
    assert "canary" not in response.text


def test_an_area_whose_new_files_are_damaged_serves_on_with_the_last_good_ones(
    student: TestClient, here: Installation, visitor: Callable[[], TestClient]
) -> None:
    waypoints = {"waypoints": [{"lon": 13.26, "lat": 53.55}, {"lon": 13.27, "lat": 53.55}]}
    before = student.post("/api/snap", json=waypoints).json()
    with here.store.write() as session:
        session.get_one(Area, "neubrandenburg").version = "0" * 12

    assert student.post("/api/snap", json=waypoints).json() == before
    assert visitor().get("/health/ready").status_code == 503
