"""A real site on a real port, and browsers that note what its pages ask for and complain about."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    WebError,
)
from starlette.testclient import TestClient

from api.app import ENDPOINTS, create_app
from api.services.areas import AreaLibrary
from api.services.campaigns import today
from api.services.installation import Installation
from api.services.make_edition import make_edition
from api.settings import Settings
from api.store import campaigns
from api.store.authorities import Case
from api.store.engine import Store
from api.store.models import Campaign

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1280, "height": 900}}
REPORT_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
    console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI}`));"""
SPOT = """([lon, lat]) => {
    const at = map_area.latLngToContainerPoint([lat, lon]);
    const box = map_area.getContainer().getBoundingClientRect();
    return [box.x + at.x, box.y + at.y];
}"""

Ride = Callable[..., dict[str, Any]]


@dataclass(frozen=True)
class Visit:
    """Who sees what at an address: "student", the e-mail of an account, or "" for anybody."""

    who: str
    path: str


class Watch:
    """What the pages of a test asked for and complained about."""

    def __init__(self, site: str) -> None:
        self._own = urlsplit(site).netloc
        self.foreign: list[str] = []
        self.complaints: list[str] = []

    def over(self, context: BrowserContext) -> None:
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("request", self._requested)
        context.on("console", self._said)
        context.on("weberror", self._threw)

    @contextmanager
    def refusal(self, status: int) -> Iterator[None]:
        """Chromium calls a page that answers with an error an error: this one is wanted."""
        before = len(self.complaints)
        yield
        said, self.complaints[before:] = self.complaints[before:], []
        assert all(f"the server responded with a status of {status}" in one for one in said), said

    def _requested(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"} and address.netloc != self._own:
            self.foreign.append(request.url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._complain(message.page, message.text)

    def _threw(self, error: WebError) -> None:
        self._complain(error.page, str(error.error))

    def _complain(self, page: Page | None, text: str) -> None:
        # A page that is left breaks off its tiles. Of a request that fails Chromium itself says
        # "Failed to load resource" as well.
        if text != "TypeError: Failed to fetch":
            self.complaints.append(f"{page and page.url}: {text}")


class Finger:
    """A finger on a phone: it touches what can be seen, and its taps are counted."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.taps = 0

    def tap(self, what: Locator) -> None:
        what.tap()
        self.taps += 1

    def tap_map(self, lon: float, lat: float) -> None:
        x, y = self._show(lon, lat)
        self._page.touchscreen.tap(x, y)
        self.taps += 1

    def _show(self, lon: float, lat: float) -> tuple[float, float]:
        """Drag the map, as a person does, until the spot is in it."""
        box = self._page.locator(".folium-map").bounding_box()
        assert box is not None
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        reach = box["width"] / 2 - 60, box["height"] / 2 - 60
        for _ in range(12):
            x, y = self._page.evaluate(SPOT, [lon, lat])
            step = [
                max(-most, min(most, at - centre))
                for at, centre, most in zip((x, y), middle, reach, strict=True)
            ]
            if (step[0], step[1]) == (x - middle[0], y - middle[1]):
                return x, y
            self._drag(middle, (middle[0] - step[0], middle[1] - step[1]))
        raise AssertionError(f"the map cannot be moved to {lon}, {lat}")

    def _drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        session = self._page.context.new_cdp_session(self._page)
        shares = [n / 8 for n in range(9)]
        path = [(start[0] + (end[0] - start[0]) * s, start[1] + (end[1] - start[1]) * s)
                for s in shares]  # fmt: skip
        for kind, points in [
            ("touchStart", path[:1]), *(("touchMove", [at]) for at in path[1:]), ("touchEnd", [])
        ]:  # fmt: skip
            touches = [{"x": x, "y": y} for x, y in points]
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})
        self._page.wait_for_timeout(300)  # A finger that stops: else the map glides on.
        session.detach()


@pytest.fixture
def door() -> Iterator[socket.socket]:
    """A free port of this machine, ours before the site's address is written anywhere."""
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        yield opened


@pytest.fixture
def settings(settings: Settings, door: socket.socket) -> Settings:
    return settings.model_copy(update={"base_url": f"http://127.0.0.1:{door.getsockname()[1]}"})


@pytest.fixture
def app(settings: Settings, library: AreaLibrary) -> Iterator[FastAPI]:
    made = create_app(settings, worker=True)
    vars(made.state.here)["library"] = library  # the streets are read once for all tests
    yield made
    made.state.here.store.engine.dispose()


@pytest.fixture
def site(app: FastAPI, settings: Settings, door: socket.socket) -> Iterator[str]:
    """The address of the site, which serves while the test runs, its worker beside it."""
    server = uvicorn.Server(
        uvicorn.Config(app, ws="none", log_config=None, timeout_graceful_shutdown=5)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, name="site")
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the site did not start"
        time.sleep(0.01)
    yield settings.base_url
    server.should_exit = True
    thread.join(timeout=15)
    assert not thread.is_alive(), "the site did not stop"


@pytest.fixture
def watch(site: str) -> Iterator[Watch]:
    """At the end nothing was asked of another host and no page complained."""
    found = Watch(site)
    yield found
    assert found.foreign == []
    assert found.complaints == []


@pytest.fixture
def open_browser(
    chromium: Browser, site: str, watch: Watch
) -> Iterator[Callable[..., BrowserContext]]:
    opened = []

    def new(**device: Any) -> BrowserContext:  # noqa: ANN401 - Playwright's own options
        options = {"locale": "en-GB", "base_url": site, "reduced_motion": "reduce"} | device
        context = chromium.new_context(**options)
        context.set_default_timeout(15_000)
        watch.over(context)
        opened.append(context)
        return context

    yield new
    for context in opened:
        context.close()


@pytest.fixture
def phone(open_browser: Callable[..., BrowserContext]) -> BrowserContext:
    return open_browser(**PHONE)


@pytest.fixture
def desk(open_browser: Callable[..., BrowserContext]) -> BrowserContext:
    return open_browser(**DESK)


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], None]:
    """Checks that a page has no barrier that axe can find."""
    tool = Axe()

    def check(page: Page) -> None:
        results = tool.run(page)
        assert results.violations_count == 0, results.generate_report()

    return check


@pytest.fixture
def finger() -> Callable[[Page], Finger]:
    return Finger


@pytest.fixture
def spot() -> Callable[[Page, float, float], tuple[float, float]]:
    """Where on the screen a place of the map is."""
    return lambda page, lon, lat: tuple(page.evaluate(SPOT, [lon, lat]))


@pytest.fixture
def arrive(site: str, ride: Ride) -> Callable[[Campaign, int], None]:
    """`arrive(campaign, 24)`: so many more students send a ride each through the real server."""

    def sent(campaign: Campaign, count: int) -> None:
        for number in range(count):
            with httpx2.Client(base_url=site) as browser:
                joined = browser.post("/join", data={"code": campaign.code, "ready": "yes"})
                assert joined.status_code == 303, joined.text
                stored = browser.post("/api/routes", json=ride(number))
                assert stored.status_code == 201, stored.text

    return sent


CRASHES = (
    b"OBJECTID;UJAHR;UMONAT;USTUNDE;UWOCHENTAG;UKATEGORIE;IstRad;XGCSWGS84;YGCSWGS84\n"
    b"1;2021;05;07;2;2;1;13,2628910;53,5514540\n"
)


@pytest.fixture(scope="session")
def page_routes() -> set[str]:
    """The address of every page of the site, read off its endpoints; /ogc has two forms of each."""
    return {
        route.path
        for module in ENDPOINTS
        for route in module.router.routes
        if isinstance(route, APIRoute)
        and "GET" in (route.methods or ())
        and (route.response_class is HTMLResponse or route.path.startswith("/ogc"))
    }


@pytest.fixture
def visits(
    published: str,  # noqa: ARG001 - pages with results need a release
    open_class: Callable[..., Campaign],
    police: TestClient,
    here: Installation,
    store: Store,
    convoys: list[dict[str, Any]],  # noqa: ARG001 - and the page of convoys needs some
    open_case: Callable[..., Case],
) -> dict[str, list[Visit]]:
    """For every page a way to see it, in each of its states that need no click."""
    teacher, officer, open_to_all = "teacher@school.example", "police@town.example", ""
    admin = "admin@town.example"
    opened = open_class()
    open_class(consent_kind="cards", other_languages=["de"])
    with store.read() as session:
        known = [one.id for one in campaigns.of_school(session, opened.school_id)]
    place = police.get("/api/hotspots").json()["places"][0]["id"]
    made = make_edition(here, "neubrandenburg")
    edition = f"/open/{made.area_id}/{made.period}-{made.release}"
    layer = f"/ogc/collections/{made.area_id}-{made.period}-{made.release}-segments"
    public = police.get(f"{layer}/items?limit=1").json()["features"][0]["id"]
    cases = [
        open_case(0, 1, answer="A lamp is ordered."),
        open_case(2, state="done", answer="The lamp works.", closed_on=today()),
        open_case(3, owner="Town"),
    ]
    kept = police.post("/crashes", files=[("files", ("crashes.csv", CRASHES))])
    seen_by = {
        "/": (open_to_all, ["/", "/?code=ABCD-EFGH"]),
        "/mine": (open_to_all, ["/mine"]),
        "/help": (open_to_all, ["/help"]),
        "/sign-in": (open_to_all, ["/sign-in"]),
        "/draw": ("student", ["/draw"]),
        "/rate": ("student", ["/rate"]),
        "/check": ("student", ["/check"]),
        "/thanks": ("student", ["/thanks"]),
        "/teach": (teacher, ["/teach"]),
        "/teach/campaigns/new": (teacher, ["/teach/campaigns/new"]),
        "/teach/campaigns/{campaign_id}": (teacher, [f"/teach/campaigns/{n}" for n in known]),
        "/teach/campaigns/{campaign_id}/cards": (
            teacher,
            [f"/teach/campaigns/{n}/cards" for n in known],
        ),
        "/teach/campaigns/{campaign_id}/board": (
            teacher,
            [f"/teach/campaigns/{n}/board" for n in known],
        ),
        "/teach/campaigns/{campaign_id}/contributions": (
            teacher,
            [f"/teach/campaigns/{n}/contributions" for n in known],
        ),
        "/teach/campaigns/{campaign_id}/remarks": (
            teacher,
            [f"/teach/campaigns/{n}/remarks" for n in known],
        ),
        "/schools/{school_id}": (teacher, [f"/schools/{opened.school_id}"]),
        "/schools/{school_id}/convoys": (teacher, [f"/schools/{opened.school_id}/convoys"]),
        "/schools/{school_id}/parents": (
            open_to_all,
            [f"/schools/{opened.school_id}/parents"],
        ),
        "/hotspots": (officer, ["/hotspots", "/hotspots?list=danger"]),
        "/hotspots/stability": (officer, ["/hotspots/stability"]),
        "/places/{place_id}": (officer, [f"/places/{place}"]),
        "/account/calendar": (officer, ["/account/calendar"]),
        "/cases/statistics": (officer, ["/cases/statistics"]),
        "/patrol": (officer, ["/patrol"]),
        "/cases": (officer, ["/cases?state=", "/cases?state=merged"]),
        "/cases/{case_id}": (officer, [f"/cases/{case.id}?saved=true" for case in cases]),
        "/open": (open_to_all, ["/open"]),
        "/open/dictionary": (open_to_all, ["/open/dictionary"]),
        "/open/{area}/{edition}": (open_to_all, [edition]),
        "/ogc": (open_to_all, ["/ogc?f=html"]),
        "/ogc/": (open_to_all, ["/ogc/?f=html"]),
        "/ogc/conformance": (open_to_all, ["/ogc/conformance?f=html"]),
        "/ogc/api": (open_to_all, ["/ogc/api?f=html"]),
        "/ogc/collections": (officer, ["/ogc/collections?f=html"]),
        "/ogc/collections/{collection}": (
            officer,
            ["/ogc/collections/cases?f=html", f"{layer}?f=html"],
        ),
        "/ogc/collections/{collection}/items": (
            officer,
            ["/ogc/collections/cases/items?f=html", f"{layer}/items?f=html"],
        ),
        "/ogc/collections/{collection}/items/{feature_id}": (
            officer,
            [
                f"/ogc/collections/cases/items/{cases[0].id}?f=html",
                f"{layer}/items/{public}?f=html",
            ],
        ),
        "/account": ("officer@town.example", ["/account", "/account?done=factor"]),
        "/account/factor": (officer, ["/account/factor"]),
        "/admin/bodies": (admin, ["/admin/bodies"]),
        "/admin/bodies/{body_id}": (admin, ["/admin/bodies/1?done=true"]),
        "/admin/accounts": (admin, ["/admin/accounts?body=1&done=true"]),
        "/admin/open": (officer, ["/admin/open"]),
        "/crashes": (officer, ["/crashes"]),
        "/crashes/{token}": (officer, [kept.headers["location"]]),
    }
    return {route: [Visit(who, path) for path in paths] for route, (who, paths) in seen_by.items()}
