"""From the code to the thanks in every language: by touch on a phone, and by keys alone."""

import re
import statistics
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from api.services.areas import LoadedArea
from api.store import campaigns
from api.store.engine import Store
from api.store.models import Campaign, School
from geo.routing import Waypoint
from web.translation import LANGUAGES, translations

pytestmark = pytest.mark.browser
START = (13.262891, 53.551454)
DRAWN = "path.route-line:not(.unsnapped)"
MOST_TAPS = 30
RIDES, EXCEPTIONS = 5, 2
LENGTH_M, CROSSINGS = (1_800, 2_200), (10, 14)

Finger = Any  # of conftest.py, which tests cannot import
Axe = Callable[[Page], None]


def fits(page: Page) -> None:
    """Nothing is wider than the phone, and the page speaks its language."""
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, page.url


def speaks(page: Page, language: str) -> None:
    assert page.locator("html").get_attribute("lang") == language
    _ = translations(language).gettext
    assert page.locator("h1").inner_text().strip() in {
        _("Your ride to school"), _("How safe does it feel?"), _("This is all that will be stored"),
        _("Thank you! Your ride is in."),
    }  # fmt: skip


def see(page: Page, language: str, axe: Axe) -> None:
    speaks(page, language)
    fits(page)
    axe(page)


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_the_whole_way_by_touch(
    phone: BrowserContext,
    finger: Callable[[Page], Finger],
    axe: Axe,
    open_class: Callable[..., Campaign],
    store: Store,
    language: str,
) -> None:
    campaign = open_class(language=language)
    page = phone.new_page()
    hand = finger(page)
    join(page, hand, campaign)

    hand.tap_map(*START)
    expect(page.locator(DRAWN)).not_to_have_count(0)
    see(page, language, axe)
    finish_drawing(page, hand)
    hand.tap(page.locator("#all-fine"))
    see(page, language, axe)
    hand.tap(page.locator("#continue"))
    page.wait_for_url("**/check")
    expect(page.locator("#km")).not_to_have_text("")
    see(page, language, axe)
    hand.tap(page.locator("#send"))
    page.wait_for_url("**/thanks")
    expect(page.locator("#phrase")).to_have_text(re.compile(r"^\S+([ -]\S+){5}$"))
    see(page, language, axe)

    with store.read() as session:
        assert campaigns.progress(session, campaign.id).share_rated == 1


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_the_whole_way_by_keys_alone(
    desk: BrowserContext, axe: Axe, open_class: Callable[..., Campaign], language: str
) -> None:
    campaign = open_class(language=language)
    page = desk.new_page()
    page.goto("/")
    tab_to(page, page.locator("#code"))
    page.keyboard.type(campaign.code)
    tab_to(page, page.locator("[name=ready]"))
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/draw")
    tab_to(page, page.locator(".folium-map"))
    for _ in range(5):
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(400)  # while the map moves it takes no further step
    page.keyboard.press("Enter")
    expect(page.locator(DRAWN)).not_to_have_count(0)
    see(page, language, axe)
    press(page, page.locator("#drawing #done"))
    page.wait_for_url("**/rate")
    press(page, page.locator("#all-fine"))
    see(page, language, axe)
    press(page, page.locator("#continue"))
    page.wait_for_url("**/check")
    press(page, page.locator("#send"))
    page.wait_for_url("**/thanks")
    see(page, language, axe)


def test_two_kilometres_with_twelve_crossings_take_few_taps(
    open_browser: Callable[..., BrowserContext],
    finger: Callable[[Page], Finger],
    open_class: Callable[..., Campaign],
    loaded: LoadedArea,
    school: School,
    capsys: pytest.CaptureFixture[str],
) -> None:
    campaign = open_class()
    taps, kilometres, crossings = [], [], []
    for start in starts(loaded, school):
        context = open_browser(
            viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
        )
        page = context.new_page()
        hand = finger(page)
        join(page, hand, campaign)
        hand.tap_map(*start)
        expect(page.locator(DRAWN)).not_to_have_count(0)
        route = page.evaluate("barometer.draft.load().route")
        kilometres.append(route["length_m"] / 1000)
        crossings.append(crossings_of(route["places"]))
        finish_drawing(page, hand)
        hand.tap(page.locator("#all-fine"))
        for card in page.locator("details.place").all()[:EXCEPTIONS]:
            hand.tap(card.locator("summary"))
            hand.tap(card.locator(".scale label").filter(has_text=re.compile(r"^2\b")))
            hand.tap(card.locator(".reasons .chip").first)
        hand.tap(page.locator("#continue"))
        page.wait_for_url("**/check")
        hand.tap(page.locator("#send"))
        page.wait_for_url("**/thanks")
        taps.append(hand.taps)
        context.close()
    with capsys.disabled():
        print(  # noqa: T201 - a figure for the reader
            f"\ntaps from the code to sent, {len(taps)} rides of "
            f"{statistics.median(kilometres):.1f} km and {statistics.median(crossings):.0f} "
            f"crossings, {EXCEPTIONS} exceptions each: "
            f"median {statistics.median(taps):.0f}, most {max(taps)}"
        )
    assert len(taps) == RIDES
    assert statistics.median(taps) <= MOST_TAPS


def starts(loaded: LoadedArea, school: School) -> list[tuple[float, float]]:
    """Corners from which the proposed ride is about 2 km long and has about 12 crossings."""
    end = Waypoint(school.location.x, school.location.y)
    found = []
    for point in loaded.network.intersections.geometry[::5]:
        ride = loaded.router.snap([Waypoint(point.x, point.y), end])
        places = [{"kind": one.kind, "stretch": one.stretch} for one in ride.passages]
        fine = LENGTH_M[0] <= ride.length_m <= LENGTH_M[1]
        if fine and CROSSINGS[0] <= crossings_of(places) <= CROSSINGS[1]:
            found.append((point.x, point.y))
    return found[:: max(1, len(found) // RIDES)][:RIDES]


def crossings_of(places: list[dict[str, Any]]) -> int:
    """As the drawing page counts them: not those in the middle of a stretch."""
    return sum(one["kind"] == "intersection" and not one["stretch"] for one in places)


def join(page: Page, hand: Finger, campaign: Campaign) -> None:
    page.goto("/")
    page.locator("#code").fill(campaign.code)
    hand.tap(page.locator("[name=ready]"))
    hand.tap(page.locator("form[action='/join'] button"))
    page.wait_for_url("**/draw")


def finish_drawing(page: Page, hand: Finger) -> None:
    hand.tap(page.locator("#drawing #done"))
    page.wait_for_url("**/rate")


def press(page: Page, target: Locator) -> None:
    tab_to(page, target)
    page.keyboard.press("Enter")


def tab_to(page: Page, target: Locator) -> None:
    for _ in range(200):
        page.keyboard.press("Tab")
        if target.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"the key Tab does not lead to {target}")
