"""The board on the screen of a classroom, and cleaning up by keyboard."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from api.settings import Settings
from api.store.models import Campaign

pytestmark = pytest.mark.browser
SOON = 9_000
"""The board asks every five seconds."""
NARROW = {"width": 320, "height": 640}


@pytest.fixture
def teach(
    site: str, base: tuple[Settings, dict[str, str]]
) -> Callable[[BrowserContext], BrowserContext]:
    def signed_in(context: BrowserContext) -> BrowserContext:
        cookie = {
            "name": "barometer_staff",
            "value": base[1]["teacher@school.example"],
            "url": site,
        }
        context.add_cookies([cookie])  # type: ignore[list-item]  # a TypedDict of Playwright
        return context

    return signed_in


def test_the_board_follows_the_class_says_when_it_cannot_and_rests_unseen(
    desk: BrowserContext,
    teach: Callable[[BrowserContext], BrowserContext],
    open_class: Callable[..., Campaign],
    arrive: Callable[[Campaign, int], None],
    watch: Any,  # noqa: ANN401 - Watch of conftest.py
    axe: Callable[[Page], None],
) -> None:
    campaign = open_class()
    page = teach(desk).new_page()
    page.goto(f"/teach/campaigns/{campaign.id}/board")
    expect(page.locator("#senders")).to_have_text("0")
    axe(page)

    arrive(campaign, 2)
    expect(page.locator("#senders")).to_have_text("2", timeout=SOON)
    expect(page.locator("#line")).to_contain_text("18")
    assert page.locator("#senders-bar").evaluate("bar => bar.value / bar.max") == pytest.approx(
        2 / campaign.roster
    )
    expect(page.locator("#km")).not_to_have_text("0.0")

    desk.set_offline(offline=True)
    expect(page.locator("#state")).to_contain_text("No connection", timeout=SOON)
    expect(page.locator("#senders")).to_have_text("2")
    desk.set_offline(offline=False)
    expect(page.locator("#state")).to_be_hidden(timeout=SOON)
    assert all("ERR_INTERNET_DISCONNECTED" in one for one in watch.complaints)
    watch.complaints.clear()

    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(6_000)
    assert asked == []
    page.evaluate("delete document.hidden")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(1_000)
    assert len(asked) == 1

    desk.clear_cookies()
    expect(page.locator("#state")).to_contain_text("Load this page again", timeout=SOON)


def test_the_board_loads_itself_again_when_there_are_results(
    desk: BrowserContext,
    teach: Callable[[BrowserContext], BrowserContext],
    open_class: Callable[..., Campaign],
    arrive: Callable[[Campaign, int], None],
    axe: Callable[[Page], None],
) -> None:
    campaign = open_class()
    page = teach(desk).new_page()
    page.goto(f"/teach/campaigns/{campaign.id}/board")
    arrive(campaign, 20)

    expect(page.locator("#senders")).to_have_text("20", timeout=SOON)
    expect(page.locator(".board-next")).to_contain_text(
        "There are results already", timeout=240_000
    )
    axe(page)


def test_the_board_works_without_scripts(
    open_browser: Callable[..., BrowserContext],
    teach: Callable[[BrowserContext], BrowserContext],
    open_class: Callable[..., Campaign],
    join: Callable[[Campaign], Any],
) -> None:
    campaign = open_class()
    page = teach(open_browser(java_script_enabled=False)).new_page()
    page.goto(f"/teach/campaigns/{campaign.id}/board")
    expect(page.locator("#participants")).to_have_text("0")

    join(campaign)
    page.get_by_role("link", name="Load the numbers again").click()
    expect(page.locator("#participants")).to_have_text("1")


def test_the_board_fits_every_screen(
    open_browser: Callable[..., BrowserContext],
    teach: Callable[[BrowserContext], BrowserContext],
    open_class: Callable[..., Campaign],
) -> None:
    campaign = open_class()
    page = teach(open_browser()).new_page()
    for width, height in ((1920, 1080), (1280, 900), (390, 844), (320, 640)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"/teach/campaigns/{campaign.id}/board")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if width == 1920:
            box = page.locator("main").bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= height, "all of it on the projector at once"
            code = page.locator(".board-code").evaluate("node => getComputedStyle(node).fontSize")
            assert float(code.removesuffix("px")) >= 100


@pytest.mark.parametrize("device", ["phone", "desk"])
def test_a_card_is_withdrawn_and_taken_back_by_keyboard(
    request: pytest.FixtureRequest,
    device: str,
    teach: Callable[[BrowserContext], BrowserContext],
    open_class: Callable[..., Campaign],
    arrive: Callable[[Campaign, int], None],
    axe: Callable[[Page], None],
) -> None:
    campaign = open_class()
    arrive(campaign, 1)
    page = teach(request.getfixturevalue(device)).new_page()
    page.goto(f"/teach/campaigns/{campaign.id}/contributions")
    axe(page)

    page.get_by_label("Card number").focus()
    page.keyboard.type("61")
    page.get_by_role("button", name="Withdraw the rides").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Card 61")
    expect(page.get_by_role("heading", name="Card 61")).to_be_visible()
    axe(page)
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # a TypedDict of Playwright
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]

    page.get_by_role("button", name="Let the rides count again").first.focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("heading", name="Card 61")).to_be_hidden()


def test_texts_are_decided_on_by_keyboard(
    phone: BrowserContext,
    site: str,
    teach: Callable[[BrowserContext], BrowserContext],
    open_class: Callable[..., Campaign],
    join: Callable[[Campaign], Any],
    ride: Callable[..., dict[str, Any]],
    axe: Callable[[Page], None],
) -> None:
    assert site
    campaign = open_class()
    for number in range(5):
        body = ride(number)
        place = next(step["id"] for step in body["steps"] if step["kind"] == "intersection")
        text = f"Text {number}: {'long' * 40}"
        body["ratings"] = [{"place": place, "rating": 3, "comment": text}]
        assert join(campaign).post("/api/routes", json=body).status_code == 201
    page = teach(phone).new_page()
    page.goto(f"/teach/campaigns/{campaign.id}/remarks")
    expect(page.locator("#waiting")).to_contain_text("(5)")
    axe(page)

    page.get_by_role("button", name="Accept").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#waiting")).to_contain_text("(4)")
    page.get_by_text("Accepted (1)").press("Enter")
    page.locator("details").get_by_role("button", name="Refuse").press("Enter")
    expect(page.get_by_text("Refused (1)")).to_be_visible()
    axe(page)
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # a TypedDict of Playwright
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
