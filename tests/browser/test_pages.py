"""Every page on a phone and on a desk, in every language: no barrier, no stranger, no complaint."""

from collections.abc import Callable
from itertools import chain, groupby
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from api.settings import Settings
from api.store.models import Campaign
from web.translation import LANGUAGES

pytestmark = pytest.mark.browser
NARROW = {"width": 320, "height": 640}
START = (13.262891, 53.551454)
TILES = "() => document.querySelectorAll('.leaflet-tile-loaded').length > 0"

Visits = dict[str, list[Any]]
Axe = Callable[[Page], None]
Become = Callable[[BrowserContext, str], None]


@pytest.fixture
def template(published: str) -> str:
    return published


@pytest.fixture
def become(
    site: str, base: tuple[Settings, dict[str, str]], open_class: Callable[..., Campaign]
) -> Become:
    """Makes this browser that of a student who has drawn, of an account, or of nobody."""

    def changed(context: BrowserContext, who: str) -> None:
        context.clear_cookies()
        if who == "student":
            form: dict[str, str | float | bool] = {"code": open_class().code, "ready": "yes"}
            assert context.request.post("/join", form=form).ok
            draw(context)
        elif who:
            cookie = {"name": "barometer_staff", "value": base[1][who], "url": site}
            context.add_cookies([cookie])  # type: ignore[list-item]  # a TypedDict of Playwright

    return changed


def draw(context: BrowserContext) -> None:
    """Leave a drawing on the device that can be rated and checked."""
    page = context.new_page()
    page.goto("/draw")
    page.evaluate("([lon, lat]) => map_area.fire('click', {latlng: L.latLng(lat, lon)})", START)
    page.get_by_role("button", name="Looks right").click()
    page.wait_for_url("**/rate")
    page.get_by_role("button", name="All fine").click()
    page.close()


# Barriers are the same in every language of a script, and where there is room all words fit.
@pytest.mark.parametrize(("device", "language"), [("phone", "en"), ("phone", "th"), ("desk", "en")])
def test_every_page_is_open_to_everyone(
    request: pytest.FixtureRequest,
    device: str,
    language: str,
    visits: Visits,
    become: Become,
    axe: Axe,
) -> None:
    context = request.getfixturevalue(device)
    page = context.new_page()
    for who, planned in groupby(chain(*visits.values()), key=lambda visit: visit.who):
        become(context, who)
        for visit in planned:
            address = f"{visit.path}{'&' if '?' in visit.path else '?'}lang={language}"
            answer = page.goto(address)
            assert answer is not None
            assert answer.ok, visit
            look(page, language, axe)
            if device == "phone":
                assert_fits(page, visit.path)
            assert page.url.endswith(address), "the page sent its visitor away"


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en", "th"}))
def test_words_of_every_language_fit_a_narrow_phone(
    phone: BrowserContext, language: str, visits: Visits, become: Become
) -> None:
    page = phone.new_page()
    for who, planned in groupby(chain(*visits.values()), key=lambda visit: visit.who):
        page.goto("about:blank")  # so that nothing the last page still asks for comes from another
        become(phone, who)
        for visit in planned:
            page.goto(f"{visit.path}{'&' if '?' in visit.path else '?'}lang={language}")
            expect(page.locator("html")).to_have_attribute("lang", language)
            assert_fits(page, visit.path)


def look(page: Page, language: str, axe: Axe) -> None:
    expect(page.locator("html")).to_have_attribute("lang", language)
    if page.locator(".folium-map").count():
        page.wait_for_function(TILES)
    axe(page)


def assert_fits(page: Page, path: str) -> None:
    size = page.viewport_size
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # a TypedDict of Playwright
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= NARROW["width"], f"{path} is {width} px wide"
    assert size is not None
    page.set_viewport_size(size)


def test_every_page_is_open_to_everyone_in_the_dark(
    phone: BrowserContext,
    visits: Visits,
    become: Become,
    axe: Axe,
) -> None:
    page = phone.new_page()
    page.emulate_media(color_scheme="dark")
    for who, planned in groupby(chain(*visits.values()), key=lambda visit: visit.who):
        become(phone, who)
        for visit in planned:
            page.goto(visit.path)
            look(page, "en", axe)


@pytest.mark.parametrize("language", LANGUAGES)
def test_refusals_are_pages_too(phone: BrowserContext, watch: Any, axe: Axe, language: str) -> None:  # noqa: ANN401 - Watch of conftest.py
    page = phone.new_page()
    with watch.refusal(404):
        page.goto(f"/nowhere?lang={language}")
        look(page, language, axe)
        assert_fits(page, "a page that is not there")

    page.goto(f"/?lang={language}")
    page.locator("#code").fill("AAAA-AAAA")
    page.get_by_role("checkbox").check()
    with watch.refusal(404):
        page.locator("form button").tap()
        expect(page.get_by_role("alert")).to_be_visible()
        axe(page)

    page.goto(f"/sign-in?lang={language}")
    page.locator("#email").fill("nobody@town.example")
    page.locator("#password").fill("wrong")
    with watch.refusal(401):
        page.locator("main form button").tap()
        expect(page.get_by_role("alert")).to_be_visible()
        axe(page)

    page.goto(f"/mine?lang={language}")
    page.locator("#phrase").fill("not six words")
    page.locator("main form button").tap()
    expect(page.get_by_role("status")).to_be_visible()
    axe(page)


def test_a_form_with_mistakes_says_where(
    desk: BrowserContext,
    watch: Any,  # noqa: ANN401 - Watch of conftest.py
    axe: Axe,
    become: Callable[[BrowserContext, str], None],
) -> None:
    become(desk, "teacher@school.example")
    page = desk.new_page()
    page.goto("/teach/campaigns/new")
    page.get_by_label("Class 1", exact=True).fill("8b")
    page.get_by_label("First day").fill("2026-05-01")
    page.get_by_label("Last day").fill("2026-04-01")
    page.get_by_label("Age of the youngest").fill("14")
    page.get_by_label("We have the signed forms").check()
    page.get_by_label("I confirm for the school").check()
    with watch.refusal(422):
        page.get_by_role("button", name="Create the classes").click()
        expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    axe(page)


def test_these_tests_see_barriers_and_strangers(
    desk: BrowserContext,
    watch: Any,  # noqa: ANN401 - Watch of conftest.py
    axe: Axe,
) -> None:
    page = desk.new_page()
    page.goto("/help")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    with pytest.raises(AssertionError, match="lang"):
        axe(page)

    page.evaluate("new Image().src = 'http://127.0.0.1:1/pixel.png'")
    page.evaluate("setTimeout(() => { throw new Error('a mistake') })")
    page.route("**/api/class", lambda route: route.abort("connectionrefused"))
    page.evaluate("() => { fetch('/api/class'); }")
    page.wait_for_timeout(300)
    assert any("Failed to load resource" in one for one in watch.complaints)
    assert any("policy violated: img-src" in one for one in watch.complaints)
    assert any("a mistake" in one for one in watch.complaints)
    watch.complaints.clear()
    watch.foreign.clear()
