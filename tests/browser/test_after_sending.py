"""After sending, on a phone and by keyboard: own ride, calmer way, further rides, nothing left."""

import gzip
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from api.services.campaigns import today
from api.store import releases
from api.store.authorities import Case, CaseVote
from api.store.engine import Store
from api.store.models import Campaign

pytestmark = pytest.mark.browser
AREA = "neubrandenburg"
START = (13.262891, 53.551454)
TILES = "() => document.querySelectorAll('.leaflet-tile-loaded').length > 0"
STORED = "() => JSON.parse(sessionStorage.getItem('barometer.stored'))"

Axe = Callable[[Page], None]


@pytest.fixture
def template(published: str) -> str:
    return published


@pytest.fixture
def campaign(open_class: Callable[..., Campaign]) -> Campaign:
    return open_class()


@pytest.fixture
def page(phone: BrowserContext, campaign: Campaign) -> Page:
    """A phone whose student has just joined a class."""
    opened = phone.new_page()
    join(opened, campaign)
    return opened


def join(page: Page, campaign: Campaign) -> None:
    page.goto("/")
    page.get_by_label(re.compile("code", re.IGNORECASE)).fill(campaign.code)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/draw")


def send(page: Page, *, home: str = "The same way") -> None:
    page.evaluate("([lon, lat]) => map_area.fire('click', {latlng: L.latLng(lat, lon)})", START)
    page.get_by_label(home).check()
    page.get_by_role("button", name="Looks right").click()
    page.wait_for_url("**/rate")
    page.get_by_role("button", name="All fine").click()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/check")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/thanks")


def publish(store: Store, change: Callable[[list[dict[str, Any]]], None]) -> None:
    """Change the rows of the newest release."""
    with store.write() as session:
        release = releases.newest_whole(session, AREA)
        assert release is not None
        content = json.loads(gzip.decompress(release.content))
        change(content["places"])
        release.content = gzip.compress(json.dumps(content).encode())
        # What was read is kept by its hash.
        release.content_hash = f"{change.__qualname__:.64}".ljust(64, "0")


def test_the_own_ride_is_coloured_told_in_words_and_known_to_this_page_alone(
    page: Page, axe: Axe
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    send(page)

    expect(page.locator("#phrase")).to_have_text(re.compile(r"^\S+( \S+){5}$"))
    expect(page.get_by_text("Your number in the class")).to_be_visible()
    page.wait_for_function(TILES)
    stored = page.evaluate(STORED)
    results = page.request.get("/api/results").json()
    known = {one for one in stored["places"] if one in results["places"]}
    assert known
    expect(page.locator("#known")).to_contain_text(f"of the {len(set(stored['places']))} places")
    expect(page.locator("#one-class")).to_be_visible()
    page.get_by_text("The known places of your ride").click()
    assert page.locator("#known-list li").count() > 0
    axe(page)
    # No answer and no page of the server holds the ride.
    assert not any(one in url for url in asked for one in stored["places"])
    assert "lines" not in str(results)

    other = page.context.new_page()
    other.goto("/thanks")
    expect(other.locator("#own-gone")).to_be_visible()
    expect(other.locator("#copied")).to_contain_text("shown only once")
    expect(other.locator("#known")).to_contain_text("around your school")
    axe(other)


def test_hotspots_of_the_ride_are_named(page: Page, store: Store, axe: Axe) -> None:
    send(page)
    ridden = page.evaluate(STORED)["places"]

    def listed(rows: list[dict[str, Any]]) -> None:
        first = next(row for row in rows if row["id"] in ridden and row["name"]
                     and row["kind"] == "intersection")  # fmt: skip
        first.update(state="confirmed", participants=25, ratings=25, danger=0.8, name="Bad corner")

    publish(store, listed)
    page.reload()

    expect(page.locator("#hot")).to_have_text("On the list of hotspots: Bad corner.")
    page.get_by_text("The known places of your ride").click()
    expect(page.locator("#known-list")).to_contain_text(
        "Bad corner: felt unsafe, on the list of hotspots"
    )
    axe(page)


def test_a_calmer_way_is_shown_by_keyboard_and_never_called_safe(page: Page, axe: Axe) -> None:
    send(page)
    status, found = page.locator("#calmer-status"), page.locator("#calmer-found")
    expect(found.or_(status.get_by_text("no calmer way"))).to_be_visible()
    assert found.is_visible(), "the ride of this test has a calmer way"

    expect(page.locator("#calmer-length")).to_contain_text("calmer way")
    expect(page.locator("#calmer-avoids")).to_contain_text("It avoids:")
    expect(found).to_contain_text("unknown is not safe")
    assert "safe" not in found.inner_text().replace("unknown is not safe", "")
    button = page.get_by_role("button", name="Show on the map")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.locator("path.route-line.calmer")).to_have_count(1)
    axe(page)
    page.keyboard.press("Enter")
    expect(page.locator("path.route-line.calmer")).to_have_count(0)


def test_who_rides_home_another_way_is_asked_for_it_first(page: Page, axe: Axe) -> None:
    send(page, home="Another way")

    expect(page.locator("#more-asked")).to_be_visible()
    back = page.get_by_role("link", name="My way home")
    expect(back).to_have_class(re.compile("primary"))
    axe(page)
    back.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/draw?variant=back")


def test_rides_that_were_sent_are_marked(
    page: Page, ride: Callable[..., dict[str, Any]], axe: Axe
) -> None:
    for number, variant in ((40, "there"), (41, "rain")):
        answer = page.request.post("/api/routes", data=ride(number, variant=variant))
        assert answer.ok, answer.text()
    page.goto("/thanks")

    expect(page.get_by_text("When it rains: sent")).to_be_visible()
    expect(page.get_by_role("link", name="When it rains")).to_have_count(0)
    expect(page.get_by_role("link", name="In winter")).to_be_visible()
    axe(page)


def test_the_class_goes_on_while_the_page_is_open(
    page: Page,
    campaign: Campaign,
    ride: Callable[..., dict[str, Any]],
    arrive: Callable[[Campaign, int], None],
) -> None:
    assert page.request.post("/api/routes", data=ride(42)).ok
    page.clock.install()
    page.goto("/thanks")
    expect(page.locator("#senders")).to_have_text("1")
    expect(page.locator("#needed")).to_contain_text("new results: 19")

    arrive(campaign, 2)
    page.clock.fast_forward(21_000)

    expect(page.locator("#senders")).to_have_text("3")
    expect(page.locator("#needed")).to_contain_text("new results: 17")


def test_what_happened_to_places_is_told_later_too(page: Page, store: Store, axe: Axe) -> None:
    page.goto("/thanks")
    expect(page.get_by_text("No place has been handed on yet")).to_be_visible()
    with store.write() as session:
        release = releases.newest_whole(session, AREA)
        assert release is not None
        rows = json.loads(gzip.decompress(release.content))["places"]
        most = max(rows, key=lambda row: row["participants"])
        session.add(Case(area_id=AREA, place_id=most["id"], opened_in=2, state="in_work"))

    page.reload()

    expect(page.get_by_text("Work has begun here.")).to_be_visible()
    axe(page)


def test_whoever_rides_past_what_was_fixed_is_asked_whether_it_is_better(
    page: Page, store: Store, axe: Axe
) -> None:
    def all_known(places: list[dict[str, Any]]) -> None:
        for row in places:
            row["participants"] = 12

    publish(store, all_known)
    send(page)
    shown = page.request.get("/api/results").json()["places"]
    own = [place for place in page.evaluate(STORED)["places"] if place in shown]
    others = [place for place in shown if place not in own]
    with store.write() as session:
        for place in (own[0], own[-1], others[0]):
            session.add(
                Case(area_id=AREA, place_id=place, places=[place], opened_in=1, state="done",
                     closed_on=today())
            )  # fmt: skip

    page.reload()

    asked = page.get_by_role("group", name="the town says this is fixed")
    expect(asked).to_have_count(2)  # and not of what somebody else rides past
    first, second = asked.nth(0), asked.nth(1)
    small = "all => all.map((one) => one.getBoundingClientRect().height).filter((h) => h < 44)"
    assert asked.get_by_role("button").evaluate_all(small) == []
    first.get_by_role("button", name="Better").tap()
    expect(page.locator("#fixed-status")).to_have_text("Thank you, this is stored: Better.")
    first.get_by_role("button", name="Worse").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#fixed-status")).to_have_text("Thank you, this is stored: Worse.")
    axe(page)
    second.get_by_role("button", name="Skip").tap()
    expect(asked).to_have_count(1)

    page.reload()

    expect(asked).to_have_count(1)
    expect(asked.get_by_role("button", name="Worse")).to_have_attribute("aria-pressed", "true")
    with store.read() as session:
        votes = session.scalars(select(CaseVote)).all()
    assert [vote.answer for vote in votes] == ["worse"]


def test_nothing_is_left_on_the_device(page: Page) -> None:
    send(page)
    page.wait_for_function(TILES)

    page.get_by_role("button", name="Done: remove everything").click()
    page.wait_for_url(re.compile(r"/$"))

    assert page.evaluate(STORED) is None
    assert page.evaluate("Object.keys(localStorage).filter((key) => !key.includes('device'))") == []
    pages = "async () => (await caches.keys()).filter((name) => name.startsWith('barometer.pages'))"
    assert page.evaluate(pages) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_small_screen(page: Page, axe: Axe, scheme: Any) -> None:  # noqa: ANN401 - a literal type of Playwright
    page.emulate_media(color_scheme=scheme)
    send(page)
    page.wait_for_function(TILES)
    page.set_viewport_size({"width": 320, "height": 640})
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    small = page.evaluate(
        """() => [...document.querySelectorAll('main button, main a.button, main summary')]
            .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44)
            .map((one) => one.textContent)"""
    )
    assert small == []
