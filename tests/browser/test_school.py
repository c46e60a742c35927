"""A teacher looks at the school's page and its convoys, by touch and by keyboard alone."""

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from api.settings import Settings
from api.store.models import School

pytestmark = pytest.mark.browser


@pytest.fixture
def template(published: str) -> str:
    return published


@pytest.fixture
def as_teacher(site: str, base: tuple[Settings, dict[str, str]]) -> Any:  # noqa: ANN401
    def page_of(context: BrowserContext) -> Page:
        token = base[1]["teacher@school.example"]
        cookie = {"name": "barometer_staff", "value": token, "url": site}
        context.add_cookies([cookie])  # type: ignore[list-item]  # a TypedDict of Playwright
        return context.new_page()

    return page_of


def test_a_convoy_is_shown_alone_and_all_come_back(
    phone: BrowserContext,
    as_teacher: Any,  # noqa: ANN401
    school: School,
    convoys: list[dict[str, Any]],
    finger: Any,  # noqa: ANN401
) -> None:
    page = as_teacher(phone)
    page.goto(f"/schools/{school.id}")
    page.get_by_role("link", name=re.compile("^Convoys")).tap()
    expect(page.locator(".convoy-pin")).to_have_count(len(convoys))
    button = page.get_by_role("button", name="Show on the map 1", exact=True)

    finger(page).tap(button)

    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".convoy-pin.faded")).to_have_count(len(convoys) - 1)
    finger(page).tap(button)
    expect(page.locator(".convoy-pin.faded")).to_have_count(0)


def test_the_time_of_the_bell_can_be_typed(
    desk: BrowserContext,
    as_teacher: Any,  # noqa: ANN401
    school: School,
    convoys: list[dict[str, Any]],
) -> None:
    page = as_teacher(desk)
    page.goto(f"/schools/{school.id}/convoys")
    first = page.locator(".stops strong").first
    before = first.inner_text()

    page.get_by_label("Lessons begin at").fill("09:00")
    page.keyboard.press("Enter")

    page.wait_for_url("**bell=09%3A00*")
    expect(first).to_have_text(f"0{int(before[1]) + 1}{before[2:]}")
    sheet = page.get_by_role("link", name="Sheet (PDF)").first.get_attribute("href")
    assert sheet is not None
    assert page.request.get(sheet).headers["content-type"] == "application/pdf"
    assert page.locator(".convoy").count() == len(convoys)


def test_every_convoy_looks_different_without_its_colour(
    desk: BrowserContext,
    as_teacher: Any,  # noqa: ANN401
    school: School,
    convoys: list[dict[str, Any]],
) -> None:
    page = as_teacher(desk)
    page.goto(f"/schools/{school.id}/convoys")

    dashes = page.locator(".convoy-line").evaluate_all(
        "lines => lines.map((line) => getComputedStyle(line).strokeDasharray)"
    )

    assert len(dashes) == len(convoys)
    assert len(set(dashes[:6])) == min(len(convoys), 6)
    assert page.locator(".convoy-pin").all_inner_texts() == [
        str(n + 1) for n in range(len(convoys))
    ]


def test_the_meter_speaks_without_its_picture(
    desk: BrowserContext,
    as_teacher: Any,  # noqa: ANN401
    school: School,
) -> None:
    page = as_teacher(desk)
    page.goto(f"/schools/{school.id}")

    meter = page.get_by_role("region", name="How safe the way to school feels")
    expect(meter.locator("svg")).to_have_attribute("aria-hidden", "true")
    expect(meter).to_contain_text(re.compile("of 10|Nobody can tell yet"))
