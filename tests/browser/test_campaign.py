"""A teacher opens classes in two minutes: what is typed and clicked is counted."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from api.settings import Settings
from api.store.engine import Store
from api.store.models import Campaign, School

pytestmark = pytest.mark.browser
TILES = "() => document.querySelectorAll('.leaflet-tile-loaded').length > 0"
MOST_ACTS = 8
"""Fields filled and things clicked for one class, from the list of classes on."""

Axe = Callable[[Page], None]


@pytest.fixture
def sign_in(
    site: str, base: tuple[Settings, dict[str, str]]
) -> Callable[[BrowserContext, str], Page]:
    def signed(context: BrowserContext, who: str) -> Page:
        cookie = {"name": "barometer_staff", "value": base[1][who], "url": site}
        context.add_cookies([cookie])  # type: ignore[list-item]  # a TypedDict of Playwright
        return context.new_page()

    return signed


@pytest.mark.parametrize("device", ["phone", "desk"])
def test_a_class_is_open_after_a_few_fields(
    request: pytest.FixtureRequest,
    device: str,
    sign_in: Callable[[BrowserContext, str], Page],
    store: Store,
    axe: Axe,
) -> None:
    page = sign_in(request.getfixturevalue(device), "teacher@school.example")
    page.goto("/teach")
    acts = [
        page.get_by_role("link", name="New classes").click,
        lambda: page.get_by_label("Class 1", exact=True).fill("8b"),
        lambda: page.get_by_label("Students in class 1").fill("27"),
        lambda: page.get_by_label("Age of the youngest student").fill("14"),
        page.get_by_label("We have the signed forms").check,
        page.get_by_label("I confirm for the school").check,
        page.get_by_role("button", name="Create the classes").click,
    ]
    for act in acts:
        act()
    page.wait_for_url("**/teach/campaigns/*")

    assert len(acts) <= MOST_ACTS
    print(f"{device}: {len(acts)} fields and clicks from the list of classes to the code")  # noqa: T201 - a figure to be told
    expect(page.locator(".phrase.code")).to_be_visible()
    axe(page)
    with store.read() as session:
        opened = session.query(Campaign).one()
    assert (opened.title, opened.roster, opened.consent_kind) == ("8b", 27, "form")


def test_map_and_list_of_schools_are_in_step(
    desk: BrowserContext,
    sign_in: Callable[[BrowserContext, str], Page],
    school: School,
    spot: Callable[[Page, float, float], tuple[float, float]],
) -> None:
    page = sign_in(desk, "admin@town.example")
    page.goto("/teach/campaigns/new?area=neubrandenburg")
    page.wait_for_function(TILES)
    expect(page.locator(".school-pick.chosen")).to_have_count(0)

    page.get_by_label("School", exact=True).select_option(label=school.name)
    expect(page.locator(".school-pick.chosen")).to_have_count(1)
    expect(page.locator(".leaflet-tooltip")).to_have_text(school.name)

    page.get_by_label("School", exact=True).select_option(index=0)
    expect(page.locator(".school-pick.chosen")).to_have_count(0)
    page.mouse.click(*spot(page, school.location.x, school.location.y))
    expect(page.get_by_label("School", exact=True)).to_have_value(str(school.id))


def test_the_age_decides_what_is_asked(
    phone: BrowserContext, sign_in: Callable[[BrowserContext, str], Page], axe: Axe
) -> None:
    page = sign_in(phone, "teacher@school.example")
    page.goto("/teach/campaigns/new")
    age = page.get_by_label("Age of the youngest student")
    alone = page.get_by_label("decide themselves")
    children = page.get_by_label("Some students are under 13")

    for years, decides, young in (("12", False, True), ("15", False, False), ("16", True, False)):
        age.fill(years)
        expect(alone).to_be_visible(visible=decides)
        expect(children).to_be_visible(visible=young)
    alone.check()
    age.fill("12")
    expect(alone).not_to_be_checked()
    axe(page)


def test_a_row_is_added_at_once_and_enter_sends(
    desk: BrowserContext,
    sign_in: Callable[[BrowserContext, str], Page],
    store: Store,
) -> None:
    page = sign_in(desk, "teacher@school.example")
    page.goto("/teach/campaigns/new")
    page.get_by_role("button", name="Add a class").click()

    fourth = page.get_by_label("Class 4", exact=True)
    expect(fourth).to_be_focused()
    expect(page.locator("#added")).to_have_text("Room for class 4 was added.")
    for number in (1, 4):
        page.get_by_label(f"Class {number}", exact=True).fill(f"8-{number}")
        page.get_by_label(f"Students in class {number}").fill("20")
    page.get_by_label("Age of the youngest student").fill("14")
    page.get_by_label("I tick each card").check()
    page.get_by_label("I confirm for the school").check()
    fourth.press("Enter")
    page.wait_for_url("**/teach?opened=2")
    with store.read() as session:
        assert {one.title for one in session.query(Campaign)} == {"8-1", "8-4"}


def test_without_script_the_form_works_too(
    open_browser: Callable[..., BrowserContext],
    sign_in: Callable[[BrowserContext, str], Page],
    watch: Any,  # noqa: ANN401 - Watch of conftest.py
) -> None:
    page = sign_in(open_browser(java_script_enabled=False), "teacher@school.example")
    page.goto("/teach/campaigns/new")
    page.get_by_label("Class 1", exact=True).fill("8b")
    page.get_by_role("button", name="Add a class").click()
    expect(page.get_by_label("Class 6", exact=True)).to_be_visible()
    page.get_by_label("Class 6", exact=True).fill("8f")
    page.get_by_label("Students in class 6").fill("20")
    page.get_by_label("Age of the youngest student").fill("12")
    page.get_by_label("We have the signed forms").check()
    page.get_by_label("I confirm for the school").check()
    with watch.refusal(422):
        page.get_by_role("button", name="Create the classes").click()
        expect(page.locator("#children_told-error")).to_be_visible()
    page.get_by_label("Some students are under 13").check()
    page.get_by_label("I confirm for the school").check()
    page.get_by_role("button", name="Create the classes").click()
    page.wait_for_url("**/teach?opened=2")


def test_consent_is_ticked_card_by_card(
    phone: BrowserContext,
    sign_in: Callable[[BrowserContext, str], Page],
    open_class: Callable[..., Campaign],
    axe: Axe,
) -> None:
    campaign = open_class(consent_kind="cards", roster=26)
    page = sign_in(phone, "teacher@school.example")
    page.goto(f"/teach/campaigns/{campaign.id}")
    page.get_by_role("link", name="Tick cards").click()
    page.get_by_label("Card 3", exact=True).check()
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_role("status")).to_have_text("Saved.")
    expect(page.get_by_label("Card 3 ")).to_be_checked()
    axe(page)
    page.get_by_role("link", name=campaign.title).click()
    expect(page.get_by_text("1 of 26 cards ticked")).to_be_visible()
