"""A network that dies in the middle: nothing is lost, nothing twice, nothing is left lying."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Route, expect

from api.store import campaigns
from api.store.engine import Store
from api.store.models import Campaign

pytestmark = pytest.mark.browser
START = (13.262891, 53.551454)
KEPT = """async () => {
    const found = [];
    for (const name of await caches.keys())
        for (const { url } of await (await caches.open(name)).keys()) found.push(url);
    return found.map((url) => new URL(url).pathname);
}"""
READY = """async () => {
    const pages = await Promise.all(["/draw", "/rate", "/check"].map((path) => caches.match(path)));
    const tiles = (await caches.keys()).includes("barometer.tiles")
        && (await (await caches.open("barometer.tiles")).keys()).length;
    return Boolean(pages.every(Boolean) && tiles && navigator.serviceWorker.controller);
}"""
OUTBOX = "() => barometer.outbox.all().length"
# The same range of the base map from the device and from the server.
RANGES = """async () => {
    const { name, version } = barometer.config.area;
    const address = `/areas/${name}/${version}/basemap.pmtiles`;
    const ask = (range, url) => fetch(url, { headers: { range } });
    const text = async (response) => new Uint8Array(await response.arrayBuffer()).join();
    const found = [];
    for (const range of ["bytes=0-126", "bytes=1000-20999"]) {
        const mine = await ask(range, address);
        const other = await ask(range, `${address}?past-the-cache`);
        const same = (name) => mine.headers.get(name) === other.headers.get(name);
        found.push([mine.status, same("content-range"), await text(mine) === await text(other)]);
    }
    return found;
}"""


@pytest.fixture
def campaign(open_class: Callable[..., Campaign]) -> Campaign:
    return open_class()


@pytest.fixture
def page(phone: BrowserContext, campaign: Campaign) -> Page:
    """The page of a student who has drawn, with everything kept for later."""
    join(phone, campaign)
    page = phone.new_page()
    page.goto("/draw")
    until(page, READY)
    page.evaluate("([lon, lat]) => map_area.fire('click', {latlng: L.latLng(lat, lon)})", START)
    expect(page.locator("path.route-line:not(.unsnapped)")).not_to_have_count(0)
    page.get_by_role("button", name="Looks right").click()
    page.wait_for_url("**/rate")
    return page


def until(page: Page, promised: str) -> None:
    """Wait for a promise that comes true: Playwright's own wait takes the promise for an answer."""
    for _ in range(100):
        if page.evaluate(promised):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never came true: {promised}")


def join(context: BrowserContext, campaign: Campaign) -> None:
    form: dict[str, str | float | bool] = {"code": campaign.code, "ready": "yes"}
    assert context.request.post("/join", form=form).ok


def rate(page: Page) -> None:
    page.get_by_role("button", name="All fine").click()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/check")
    expect(page.locator("#count")).not_to_be_empty()


def stored(store: Store, campaign: Campaign) -> int:
    with store.read() as session:
        return campaigns.progress(session, campaign.id).routes


@pytest.fixture
def dead_network(phone: BrowserContext, watch: Any) -> Callable[[], Any]:  # noqa: ANN401 - Watch of conftest.py
    """Without a network Chromium calls every request that fails an error: these are wanted."""

    @contextmanager
    def off() -> Iterator[None]:
        before = len(watch.complaints)
        phone.set_offline(True)
        yield
        phone.set_offline(False)
        said, watch.complaints[before:] = watch.complaints[before:], []
        # The service worker fails to answer what it does not keep.
        expected = ("net::ERR_INTERNET_DISCONNECTED", "net::ERR_FAILED", "Failed to fetch")
        assert all(any(words in one for words in expected) for one in said), said

    return off


def test_a_ride_is_rated_without_a_network_and_sent_once_when_it_is_back(
    page: Page, campaign: Campaign, store: Store, dead_network: Callable[[], Any]
) -> None:
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if is_ride(request) else None)
    with dead_network():
        page.reload()
        expect(page.locator("details.place").first).to_be_visible()
        page.wait_for_function("() => document.querySelectorAll('.leaflet-tile-loaded').length > 0")
        rate(page)
        page.get_by_role("button", name="Send").click()
        expect(page.locator("#problem")).to_contain_text("Nothing is lost")
        assert page.evaluate(OUTBOX) == 1
        page.reload()
        expect(page.locator("#problem")).to_contain_text("Nothing is lost")
        page.goto("/draw")
        expect(page.locator(".waiting")).to_contain_text("A ride waits on this device")
        page.goto("/check")
        expect(page.locator("#problem")).to_contain_text("Nothing is lost")
        assert stored(store, campaign) == 0
    page.wait_for_url("**/thanks")

    assert stored(store, campaign) == 1
    assert len({request.post_data for request in sent}) == 1
    page.goto("/draw")
    assert page.evaluate(OUTBOX) == 0
    assert page.evaluate("barometer.draft.load()") is None


def is_ride(request: Request) -> bool:
    return request.url.endswith("/api/routes")


def test_a_waiting_ride_is_sent_by_the_page_that_opens_next(
    page: Page, phone: BrowserContext, campaign: Campaign, store: Store,
    dead_network: Callable[[], Any],
) -> None:  # fmt: skip
    with dead_network():
        rate(page)
        page.get_by_role("button", name="Send").click()
        expect(page.locator("#problem")).to_contain_text("Nothing is lost")
        page.close()
    other = phone.new_page()
    other.goto("/draw")
    other.wait_for_url("**/thanks")

    expect(other.locator("#phrase")).not_to_be_empty()
    assert stored(store, campaign) == 1


def test_a_lost_answer_stores_one_ride(
    page: Page, campaign: Campaign, store: Store, watch: Any  # noqa: ANN401 - Watch of conftest.py
) -> None:  # fmt: skip
    rate(page)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")

    page.route("**/api/routes", lose, times=1)
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#problem")).to_contain_text("Nothing is lost")
    assert stored(store, campaign) == 1
    assert watch.complaints
    assert all("net::ERR_CONNECTION_RESET" in one for one in watch.complaints)
    watch.complaints.clear()

    page.reload()
    page.wait_for_url("**/thanks")
    expect(page.locator("#phrase")).not_to_be_empty()
    assert stored(store, campaign) == 1


def test_a_change_after_sending_failed_is_what_is_sent(
    page: Page, campaign: Campaign, store: Store, dead_network: Callable[[], Any]
) -> None:
    with dead_network():
        rate(page)
        page.get_by_role("button", name="Send").click()
        expect(page.locator("#problem")).to_contain_text("Nothing is lost")
        page.get_by_role("link", name="Back to rating").click()
        page.wait_for_url("**/rate")
        page.locator("details.place").first.locator("summary").click()
        page.locator("details.place").first.locator(".scale label").first.click()
        assert page.evaluate(OUTBOX) == 0
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/check")
    with page.expect_request("**/api/routes") as request:
        page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/thanks")

    assert {one["rating"] for one in (request.value.post_data_json or {})["ratings"]} == {0}
    assert stored(store, campaign) == 1


def test_the_device_keeps_three_pages_and_never_more(
    page: Page, phone: BrowserContext, open_class: Callable[..., Campaign]
) -> None:
    page.goto("/help")
    page.evaluate("() => fetch('/api/class')")
    kept = set(page.evaluate(KEPT))
    assert {"/draw", "/rate", "/check"} <= kept
    rest = {path for path in kept if not path.startswith("/static/")} - {"/draw", "/rate", "/check"}
    assert [path.split("/")[-1] for path in rest] == ["basemap.pmtiles"]

    mine = page_caches(page)
    page.goto("/")
    until(page, "async () => !(await caches.keys()).some((name) => name.includes('pages'))")

    phone.clear_cookies()
    join(phone, open_class())
    page.goto("/draw")
    until(page, READY)
    assert len(page_caches(page)) == 1
    assert page_caches(page) != mine

    # Who is in no class any more leaves nothing either.
    phone.clear_cookies()
    page.goto("/rate")
    until(page, "async () => !(await caches.keys()).some((name) => name.includes('pages'))")


def page_caches(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        "async () => (await caches.keys()).filter((name) => name.includes('pages'))"
    )
    return found


def test_the_base_map_is_answered_by_ranges_from_the_device(page: Page) -> None:
    assert page.evaluate(RANGES) == [[206, True, True], [206, True, True]]
