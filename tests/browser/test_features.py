"""The pages of OGC API - Features, which somebody opens who wonders what an address is."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from api.services.installation import Installation
from api.services.make_edition import make_edition

pytestmark = pytest.mark.browser
FINGER = 24
"""Pixels: the least that WCAG 2.2 wants of a target."""


@pytest.fixture
def template(published: str) -> str:
    return published


def test_anybody_walks_from_the_landing_page_to_a_place_and_back_by_keyboard(
    phone: BrowserContext, here: Installation, axe: Callable[[Page], None]
) -> None:
    made = make_edition(here, "neubrandenburg")
    page = phone.new_page()
    page.goto("/ogc")

    def follow(name: str) -> None:
        """Go on with the tab key alone until the link has the focus, and open it."""
        axe(page)
        link = page.get_by_role("link", name=name, exact=True).first
        box = link.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= FINGER, name
        page.locator("h1").click()
        for _ in range(150):
            page.keyboard.press("Tab")
            if link.evaluate("one => one === document.activeElement"):
                break
        expect(link).to_be_focused()
        before = page.url
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address: address != before)

    title = f"Neubrandenburg, school year {made.period}: Streets (open data)"
    follow("Collections")
    follow(title)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.goto(page.url.replace("?", "/items?"))
    first = page.locator("tbody a").first.inner_text()
    follow(first)
    expect(page.get_by_role("table")).to_contain_text("participants")
    follow("← Bicycle Barometer: features")
    follow("What it conforms to")
    follow("← Bicycle Barometer: features")
    expect(page.get_by_role("heading", level=1)).to_have_text("Bicycle Barometer: features")


def test_a_wide_table_is_scrolled_with_the_arrow_keys(
    phone: BrowserContext, here: Installation
) -> None:
    made = make_edition(here, "neubrandenburg")
    page = phone.new_page()
    layer = f"{made.area_id}-{made.period}-{made.release}-segments"
    page.goto(f"/ogc/collections/{layer}/items")

    table = page.get_by_role("region")
    table.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)

    assert table.evaluate("one => one.scrollLeft") > 0
