"""A device whose clock is wrong, or set to another side of the world, loses nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from api.store import campaigns
from api.store.engine import Store
from api.store.models import Campaign

pytestmark = pytest.mark.browser
START = (13.262891, 53.551454)
DRAWN = "path.route-line:not(.unsnapped)"
ZONES = ("Pacific/Kiritimati", "Pacific/Pago_Pago")
DRIFTS = (timedelta(), timedelta(days=400), timedelta(days=-400))

Finger = Any  # of conftest.py, which tests cannot import


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("drift", DRIFTS, ids=["right", "a year ahead", "a year behind"])
def test_a_ride_is_sent_once_whatever_the_clock_says(
    open_browser: Callable[..., BrowserContext],
    finger: Callable[[Page], Finger],
    open_class: Callable[..., Campaign],
    store: Store,
    zone: str,
    drift: timedelta,
) -> None:
    campaign = open_class()
    page = open_browser(timezone_id=zone, has_touch=True).new_page()
    page.clock.set_system_time(datetime.now(UTC) + drift)
    page.goto("/")
    page.locator("#code").fill(campaign.code)
    page.locator("[name=ready]").check()
    page.locator("form[action='/join'] button").click()
    page.wait_for_url("**/draw")
    finger(page).tap_map(*START)
    expect(page.locator(DRAWN)).not_to_have_count(0)
    # Overnight the device finds the right time again: the drawing is still there.
    page.clock.set_system_time(datetime.now(UTC) + timedelta(days=1))
    page.reload()
    expect(page.locator(DRAWN)).not_to_have_count(0)
    page.locator("#drawing #done").click()
    page.wait_for_url("**/rate")
    page.locator("#all-fine").click()
    page.locator("#continue").click()
    page.wait_for_url("**/check")
    page.locator("#send").click()
    page.wait_for_url("**/thanks")

    with store.read() as session:
        told = campaigns.progress(session, campaign.id)
    assert (told.senders, told.routes, told.share_rated) == (1, 1, 1.0)
