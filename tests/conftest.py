"""A whole site per test: the sample area is imported once, each test gets a database of its own."""

import gc
import gzip
import io
import json
import logging
import os
import shutil
import uuid
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, NoReturn

import pytest
import shapely
from fastapi import FastAPI
from httpx2 import Response
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import delete, func, make_url, select
from sqlalchemy.exc import DBAPIError
from starlette.testclient import TestClient

from api.app import create_app
from api.cli import main
from api.cookies import STAFF
from api.schemas.ride import RouteIn
from api.services.accounts import add_user, sign_in
from api.services.areas import AreaLibrary, LoadedArea
from api.services.campaigns import NewCampaign, create_campaign, today
from api.services.fill_demo import as_sent
from api.services.import_area import import_area
from api.services.installation import Installation, open_installation
from api.services.keys import ensure_area_key
from api.services.open_cases import open_cases
from api.services.plan_school_convoys import NO_CONVOYS, plan_school_convoys
from api.services.public_rows import public_places
from api.services.publish_area import read_content
from api.services.read_release import newest_release
from api.services.release_content import canonical
from api.settings import Settings
from api.store import areas, bodies, jobs, migrate, releases
from api.store.authorities import Body as Authority
from api.store.authorities import Case
from api.store.engine import Session, Store, open_store
from api.store.models import Area, Campaign, Job, Model, School
from api.worker import Worker
from geo.osm import OsmData, read_osm
from geo.policy import load_policy
from geo.protection import Cells
from geo.simulation.town import simulate_town
from tests.api.running import Done, Run
from tests.databases import Databases, PostgresServer, SqliteFiles

SAMPLE = Path(__file__).parents[1] / "data" / "samples" / "neubrandenburg.osm.pbf"
AREA, OTHER_AREA = "neubrandenburg", "waren"
SCHOOL, OTHER_SCHOOL = "Albert-Einstein-Gymnasium", "Das andere Gymnasium"
SERVER = "postgresql+pg8000://postgres@127.0.0.1:5432/postgres"
PASSWORD = "correct horse battery"  # noqa: S105 - opens accounts of databases that tests throw away
RIDES, TOWN_SEED = 60, 7
METRES_PER_DEGREE = 111_320
ROSTER = 60
CHROMIUM_ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

Body = dict[str, Any]


def do_without(reason: str) -> NoReturn:
    """Skip what cannot be tested here; a build that tested nothing would be green for nothing."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def program() -> Callable[[str, str], str]:
    """`program("ogrinfo", "gdal-bin")`: its path, or why there is none and what to install."""

    def found(name: str, package: str) -> str:
        path = shutil.which(name)
        return path or do_without(f"no {name} on this machine: install {package}")

    return found


# One module at a time: the event loop of one Playwright is in the way of another's.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        do_without("no Chromium: neither `chromium` nor `google-chrome` is on the path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--postgres",
        action="store_true",
        help="store in PostgreSQL instead of SQLite: a server at BAROMETER_TEST_POSTGRES, "
        f"{SERVER} if not set",
    )


@pytest.fixture(scope="session")
def on_postgres(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--postgres"))


@pytest.fixture(scope="session")
def databases(on_postgres: bool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:  # noqa: FBT001
    if not on_postgres:
        yield SqliteFiles(tmp_path_factory.mktemp("databases"))
        return
    url = os.environ.get("BAROMETER_TEST_POSTGRES", SERVER)
    server = PostgresServer(url)
    try:
        server.drop(server.create())
    except DBAPIError as error:
        reason = (
            f"no PostgreSQL with the right to make databases at {make_url(url)!r}: {error.orig}"
        )
        do_without(reason)
    yield server
    server.close()


@pytest.fixture(scope="session")
def sample_osm() -> OsmData:
    return read_osm(SAMPLE)


@pytest.fixture(scope="session")
def base(
    databases: Databases, sample_osm: OsmData, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Settings, dict[str, str]]]:
    """The imported area with accounts, and a session token for each account."""
    folder = tmp_path_factory.mktemp("base")
    settings = Settings(
        data_dir=folder, database_url=databases.create(), base_url="http://testserver"
    )
    here = open_installation(settings)
    store = here.store
    migrate.upgrade(store)
    area = import_area(here, AREA, sample_osm, title="Neubrandenburg", progress=_silent)
    # A second area with the same streets is as foreign as any other, and costs no import.
    (settings.areas / OTHER_AREA).symlink_to(settings.areas / AREA)
    ensure_area_key(settings, OTHER_AREA)
    with store.write() as session:
        columns = ("version", "osm_date", "extent", "imported_at")
        same = {name: getattr(area, name) for name in columns}
        other = Area(id=OTHER_AREA, title="Waren", **same)
        session.add(other)
        schools = {school.name: school for school in areas.schools_of(session, AREA)}
        north, south = _halves(session, area, schools[SCHOOL])
        accounts: dict[str, tuple[str, School | Area | Authority | None]] = {
            "teacher@school.example": ("teacher", schools[SCHOOL]),
            "other@school.example": ("teacher", schools[OTHER_SCHOOL]),
            "police@town.example": ("police", area),
            "police@waren.example": ("police", other),
            "officer@town.example": ("officer", north),
            "officer@county.example": ("officer", south),
            "admin@town.example": ("admin", None),
        }
        for email, (role, of) in accounts.items():
            add_user(session, email, PASSWORD, role, of)
    tokens = {email: sign_in(store, email, PASSWORD) for email in accounts}
    store.engine.dispose()
    yield settings, tokens
    databases.drop(settings.store_url)


@pytest.fixture(scope="session")
def library(base: tuple[Settings, dict[str, str]]) -> AreaLibrary:
    return AreaLibrary(base[0])


@pytest.fixture(scope="session")
def loaded(base: tuple[Settings, dict[str, str]], library: AreaLibrary) -> LoadedArea:
    store = open_store(base[0].store_url)
    with store.read() as session:
        area = areas.find(session, AREA)
        assert area is not None
        found = library.get(area)
    store.engine.dispose()
    return found


@pytest.fixture(scope="session")
def school(base: tuple[Settings, dict[str, str]]) -> School:
    """The school of the classes, whose teacher is `teacher`."""
    return _school(base[0], SCHOOL)


@pytest.fixture(scope="session")
def other_school(base: tuple[Settings, dict[str, str]]) -> School:
    return _school(base[0], OTHER_SCHOOL)


@pytest.fixture(scope="session")
def rides(loaded: LoadedArea, school: School) -> list[RouteIn]:
    """Distinct rides to the school through the streets of the sample, their home ends cut."""
    town = simulate_town(
        loaded.network, (school.location.x, school.location.y), loaded.router,
        participants=RIDES, seed=TOWN_SEED,
    )  # fmt: skip
    found = [as_sent(one, 0.5, number) for number, one in enumerate(town.participants)]
    return [sent for sent in found if sent is not None]


@pytest.fixture
def ride(rides: list[RouteIn]) -> Callable[..., Body]:
    """`ride(n)` is the n-th ride as a browser sends it; `ride(n, rest=9)` differs in one field."""

    def nth(number: int, **changes: object) -> Body:
        return rides[number].model_dump(mode="json") | {"id": str(uuid.uuid4())} | changes

    return nth


@pytest.fixture
def convoys(
    store: Store, school: School, rides: list[RouteIn], loaded: LoadedArea
) -> list[dict[str, Any]]:
    """Convoys of all rides, put into the newest release: the class that was closed has none."""
    mornings: dict[Hashable, list[tuple[str, str | None]]] = {
        number: [
            (step.id, getattr(step, "direction", None))
            for step in sent.steps
            if step.kind != "free"
        ]
        for number, sent in enumerate(rides)
    }
    with store.write() as session:
        release = releases.newest_whole(session, AREA)
        assert release is not None
        content = read_content(release)
        cells = Cells({row["id"]: row for row in content["places"]}, {})
        planned = plan_school_convoys(
            [school], {school.id: mornings}, cells, loaded.network, load_policy(), before=NO_CONVOYS
        )
        content["convoys"] = planned.rows
        text, release.content_hash = canonical(content)
        release.content = gzip.compress(text, mtime=0)
    found: list[dict[str, Any]] = json.loads(text)["convoys"][str(school.id)]
    return found


@pytest.fixture
def template(base: tuple[Settings, dict[str, str]]) -> str:
    """The database that each test copies; a module may put `published` here."""
    return base[0].store_url


@pytest.fixture
def settings(
    tmp_path: Path, base: tuple[Settings, dict[str, str]], databases: Databases, template: str
) -> Iterator[Settings]:
    (tmp_path / "areas").symlink_to(base[0].areas)
    url = databases.copy(template)
    yield Settings(
        data_dir=tmp_path, database_url=url, key_dir=base[0].keys, base_url="http://testserver"
    )
    databases.drop(url)


@pytest.fixture
def app(settings: Settings, library: AreaLibrary) -> Iterator[FastAPI]:
    made = _app(settings, library)
    yield made
    made.state.here.store.engine.dispose()


@pytest.fixture
def here(app: FastAPI) -> Installation:
    found: Installation = app.state.here
    return found


@pytest.fixture
def store(here: Installation) -> Store:
    return here.store


@pytest.fixture
def work(here: Installation) -> Callable[..., int]:
    """Does all queued jobs at once and returns how many there were.

    How firm a release is takes four times as long to say as to make it: with `examine=True`.
    """
    return lambda *, examine=False: _work(here, examine=examine)


@pytest.fixture
def visitor(app: FastAPI) -> Callable[[], TestClient]:
    """Each call is another browser that follows no redirect by itself."""
    return lambda: TestClient(app, follow_redirects=False)


@pytest.fixture
def barometer(
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Run]:
    """Runs a command on the test's data from an empty folder, as an operator would."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("BAROMETER_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("BAROMETER_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("BAROMETER_KEY_DIR", str(settings.keys))
    monkeypatch.setenv("COLUMNS", "200")
    loggers = [logging.getLogger(name) for name in ("", "api", "web", "geo", "api.requests")]
    levels, handlers = [one.level for one in loggers], loggers[0].handlers[:]

    def run(*words: str, stdin: str = "") -> Done:
        monkeypatch.setattr("sys.argv", ["barometer", *words])
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        with pytest.raises(SystemExit) as stopped:
            main()
        said = capsys.readouterr()
        return Done(int(stopped.value.code or 0), said.out, said.err)

    yield run
    # A command leaves its connections and log settings to the end of its process.
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
    loggers[0].handlers[:] = handlers
    gc.collect()


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def staff(
    visitor: Callable[[], TestClient], base: tuple[Settings, dict[str, str]]
) -> Callable[[str], TestClient]:
    """A browser in which this account is signed in."""

    def signed_in(email: str) -> TestClient:
        browser = visitor()
        browser.cookies.set(STAFF, base[1][email])
        return browser

    return signed_in


@pytest.fixture
def teacher(staff: Callable[[str], TestClient]) -> TestClient:
    return staff("teacher@school.example")


@pytest.fixture
def other_teacher(staff: Callable[[str], TestClient]) -> TestClient:
    return staff("other@school.example")


@pytest.fixture
def police(staff: Callable[[str], TestClient]) -> TestClient:
    return staff("police@town.example")


@pytest.fixture
def other_police(staff: Callable[[str], TestClient]) -> TestClient:
    return staff("police@waren.example")


@pytest.fixture
def officer(staff: Callable[[str], TestClient]) -> TestClient:
    """Of the body in whose territory `school` lies."""
    return staff("officer@town.example")


@pytest.fixture
def other_officer(staff: Callable[[str], TestClient]) -> TestClient:
    """Of the body that has the rest of the same area."""
    return staff("officer@county.example")


@pytest.fixture
def admin(staff: Callable[[str], TestClient]) -> TestClient:
    return staff("admin@town.example")


@pytest.fixture
def open_class(store: Store, school: School) -> Callable[..., Campaign]:
    """Opens a campaign of the school; arguments change its fields, also to what no form takes."""
    return lambda **changes: _open_class(store, school, **changes)


@pytest.fixture
def join(visitor: Callable[[], TestClient]) -> Callable[[Campaign], TestClient]:
    """The browser of a student who has just joined this class."""
    return lambda campaign: _join(visitor(), campaign)


@pytest.fixture
def student(
    open_class: Callable[..., Campaign], join: Callable[[Campaign], TestClient]
) -> TestClient:
    return join(open_class())


@pytest.fixture
def send(
    join: Callable[[Campaign], TestClient], ride: Callable[..., Body]
) -> Callable[..., list[str]]:
    """`send(campaign, 5)`: five more students send a ride each; returns their delete phrases."""
    numbers: Counter[int] = Counter()

    def sent(campaign: Campaign, count: int, **changes: object) -> list[str]:
        first = numbers[0]
        numbers[0] += count
        bodies = [ride(number, **changes) for number in range(first, first + count)]
        return [_send(join(campaign), body) for body in bodies]

    return sent


@pytest.fixture(scope="session")
def published(
    base: tuple[Settings, dict[str, str]],
    databases: Databases,
    library: AreaLibrary,
    rides: list[RouteIn],
    school: School,
) -> Iterator[str]:
    """A database in which a class of 25 was closed, and its release made."""
    settings = Settings(
        data_dir=base[0].data_dir,
        database_url=databases.copy(base[0].store_url),
        base_url="http://testserver",
    )
    made = _app(settings, library)
    here = made.state.here
    campaign = _open_class(here.store, school, title="Closed class")
    for one in rides[:25]:
        _send(
            _join(TestClient(made, follow_redirects=False), campaign), one.model_dump(mode="json")
        )
    teacher = TestClient(made, follow_redirects=False)
    teacher.cookies.set(STAFF, base[1]["teacher@school.example"])
    assert teacher.post(f"/teach/campaigns/{campaign.id}/close").status_code == 303
    assert (
        _work(here, examine=True) == 3
    )  # the batch of 20, the closing, and the examination of both
    here.store.engine.dispose()
    yield settings.store_url
    databases.drop(settings.store_url)


@pytest.fixture
def open_case(store: Store) -> Callable[..., Case]:
    """`open_case(2)`: a new case at the third place of the newest release, opened by the program.

    Further numbers give it more places, `owner` a body by name, keywords change its columns.
    """

    def opened(*numbers: int, owner: str | None = None, **changes: object) -> Case:
        with store.write() as session:
            release = releases.newest_whole(session, AREA)
            assert release is not None
            rows = read_content(release)["places"]
            chosen = [rows[number] for number in numbers or (0,)]
            (case,) = open_cases(session, AREA, release.number, chosen[:1], {})
            case.places = [row["id"] for row in chosen]
            case.body = bodies.by_name(session, AREA, owner) if owner else None
            for name, value in changes.items():
                setattr(case, name, value)
        return case

    return opened


@pytest.fixture
def fixed(store: Store) -> Callable[..., int]:
    """Makes a case that was called done at the n-th public place; arguments change its fields."""

    def made(number: int = 0, **changes: object) -> int:
        with store.write() as session:
            release = newest_release(session, AREA)
            assert release is not None
            place = list(public_places(release))[number]["id"]
            case = Case(
                area_id=AREA, place_id=place, places=[place], opened_in=1, state="done",
                closed_on=today(),
            )  # fmt: skip
            for name, value in changes.items():
                setattr(case, name, value)
            session.add(case)
            session.flush()
            return case.id

    return made


@pytest.fixture
def problem() -> Callable[[Response], str]:
    """Checks that an answer is problem details (RFC 9457) and returns its sentence."""

    def sentence(response: Response) -> str:
        assert response.headers["content-type"] == "application/problem+json", response.text
        content = response.json()
        assert set(content) == {"type", "title", "status", "detail"}
        assert content["status"] == response.status_code
        assert content["title"] == HTTPStatus(response.status_code).phrase
        detail: str = content["detail"]
        assert detail
        assert "traceback" not in response.text.lower()
        return detail

    return sentence


@pytest.fixture
def count_rows(store: Store) -> Callable[[], dict[str, int]]:
    """How many rows every table has."""

    def counted() -> dict[str, int]:
        with store.read() as session:
            return {
                table.name: session.scalar(select(func.count()).select_from(table)) or 0
                for table in Model.metadata.sorted_tables
            }

    return counted


def _halves(session: Session, area: Area, school: School) -> tuple[Authority, Authority]:
    """Make two bodies that share the area out: the border is 100 m to the south of the school."""
    west, south, east, north = area.extent.bounds
    border = school.location.y - 100 / METRES_PER_DEGREE
    made = []
    for name, kind, low, high in (
        ("Town", "municipality", border, north),
        ("County", "province", south, border),
    ):
        body = Authority(
            area_id=area.id,
            name=name,
            kind=kind,
            territory=shapely.box(west, low, east, high),
            causes=["engineering", "maintenance"],
            created_at=datetime.now(UTC),
        )
        session.add(body)
        made.append(body)
    session.flush()
    return made[0], made[1]


def _app(settings: Settings, library: AreaLibrary) -> FastAPI:
    made = create_app(settings, worker=False)
    vars(made.state.here)["library"] = library  # the streets are read once for all tests
    return made


def _work(here: Installation, *, examine: bool) -> int:
    worker = Worker(here)
    done = -1
    more = True
    while more:
        done += 1
        if not examine:
            with here.store.write() as session:
                session.execute(delete(Job).where(Job.kind == jobs.EXAMINE, Job.state == "queued"))
        more = worker.run_one()
    return done


def _open_class(store: Store, school: School, **changes: object) -> Campaign:
    new = NewCampaign(
        title="Class 9b",
        school_id=school.id,
        from_day=today(),
        to_day=today() + timedelta(days=28),
        language="en",
        roster=ROSTER,
        consent=True,
    )
    with store.write() as session:
        campaign = create_campaign(session, None, new, ("en",))
        for name, value in changes.items():
            setattr(campaign, name, value)
    return campaign


def _join(browser: TestClient, campaign: Campaign) -> TestClient:
    response = browser.post("/join", data={"code": campaign.code, "ready": "yes"})
    assert response.status_code == 303, response.text
    return browser


def _send(browser: TestClient, body: Body) -> str:
    response = browser.post("/api/routes", json=body)
    assert response.status_code == 201, response.text
    phrase: str = response.json()["phrase"]
    return phrase


def _school(settings: Settings, name: str) -> School:
    store = open_store(settings.store_url)
    with store.read() as session:
        found = next(one for one in areas.schools_of(session, AREA) if one.name == name)
        session.expunge(found)
    store.engine.dispose()
    return found


def _silent(_stage: str, _share: float) -> None:
    pass
