"""Rating and sending a ride: what fits the score, what was forgotten, what is refused."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Request, expect

from api.store import campaigns
from api.store.engine import Store
from api.store.models import Campaign, Participant
from geo.crs import distance_m

pytestmark = pytest.mark.browser
START = (13.262891, 53.551454)
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
# A drawing as the first page leaves it, without its taps.
DRAW = """async ([[lon, lat], about]) => {
    const { school, urls } = barometer.config;
    const home = { lon, lat, straight: false };
    const end = { lon: school.lon, lat: school.lat, straight: false };
    const waypoints = about.variant === "back" ? [end, home] : [home, end];
    const route = await barometer.post(urls.snap, { waypoints });
    barometer.draft.save({
        way: "proposal", points: [home], toSchool: true, straightToSchool: false, route,
        snapped: true, edits: 0, rides: 5, answers: {}, id: barometer.draft.uuid(), ...about,
    });
}"""
LINES = """() => {
    const found = [];
    map_area.eachLayer((layer) => {
        if (layer instanceof L.Polyline)
            found.push(...layer.getLatLngs().flat().map((at) => [at.lng, at.lat]));
    });
    return found;
}"""

Axe = Callable[[Page], None]
Body = dict[str, Any]


@pytest.fixture
def campaign(open_class: Callable[..., Campaign]) -> Campaign:
    return open_class()


def join(context: BrowserContext, campaign: Campaign) -> None:
    form: dict[str, str | float | bool] = {"code": campaign.code, "ready": "yes"}
    assert context.request.post("/join", form=form).ok


def draw(page: Page, **about: object) -> None:
    page.goto("/draw")
    page.evaluate(DRAW, [START, about])
    page.goto("/rate")
    expect(page.locator("details.place").first).to_be_visible()


@pytest.fixture
def page(phone: BrowserContext, campaign: Campaign) -> Page:
    join(phone, campaign)
    page = phone.new_page()
    draw(page)
    return page


def card(page: Page, number: int) -> Locator:
    found = page.locator("details.place").nth(number)
    found.locator("summary").click()
    return found


def score(card: Locator, rating: int) -> None:
    card.locator(".scale label").filter(has_text=re.compile(rf"^{rating}\b")).click()


def chip(card: Locator, field: str, text: str) -> None:
    card.locator(f"[data-field={field}] .chip").filter(has_text=text).click()


def check(page: Page) -> None:
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/check")
    expect(page.locator("#count")).not_to_be_empty()


def send(page: Page) -> Body:
    with page.expect_request("**/api/routes") as request:
        page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/thanks")
    sent: Body = request.value.post_data_json or {}
    return sent


def stored(store: Store, campaign: Campaign) -> int:
    with store.read() as session:
        return campaigns.progress(session, campaign.id).routes


def test_what_is_asked_of_a_place_fits_its_score(page: Page, axe: Axe) -> None:
    page.get_by_role("button", name="All fine").click()
    one = card(page, 1)
    fields = {name: one.locator(f"[data-field={name}]") for name in ("reasons", "likes")}
    expect(fields["likes"]).to_be_visible()
    chip(one, "likes", "Smooth surface")
    score(one, 2)
    expect(fields["likes"]).to_be_hidden()
    chip(one, "reasons", "Cars too fast")
    expect(one.locator("[data-field=counterpart]")).to_be_hidden()
    chip(one, "incident", "Near miss")
    chip(one, "counterpart", "Lorry or bus")
    one.get_by_label("What happened?").fill("It turned\nright, <fast> 👨‍👩‍👧")
    one.get_by_role("button", name="what would help").click()
    chip(one, "times", "In the dark")
    chip(one, "helps", "Traffic lights")
    one.get_by_label("Your idea").fill("Lights for us first")
    axe(page)
    good = card(page, 3)
    score(good, 10)
    chip(good, "likes", "Nice to ride")

    # All of it is there again after a reload.
    page.reload()
    again = card(page, 1)
    expect(again.locator(".happened")).to_have_text("near miss")
    expect(again.locator("[data-field=helps] :checked")).to_have_value("lights")
    expect(again.get_by_label("Your idea")).to_have_value("Lights for us first")

    check(page)
    expect(page.locator("#said li")).to_have_count(2)
    for words in ("Cars too fast", "near miss", "Lorry or bus", "In the dark", "Traffic lights",
                  "Lights for us first", "It turned right, fast"):  # fmt: skip
        expect(page.locator("#said li").first).to_contain_text(words)
    axe(page)
    sent = send(page)
    assert sent["rest"] == 8
    worst = next(one for one in sent["ratings"] if one["incident"])
    assert {name: worst[name] for name in ("rating", "reasons", "likes", "times", "helps")} == {
        "rating": 2, "reasons": ["speed"], "likes": [], "times": ["dark"], "helps": ["lights"],
    }  # fmt: skip
    assert (worst["incident"], worst["counterpart"]) == ("near_miss", "lorry_bus")
    assert worst["comment"].startswith("It turned right, fast")
    assert worst["proposal"] == "Lights for us first"
    best = [one for one in sent["ratings"] if one["rating"] == 10]
    assert {tuple(one["likes"]) for one in best} == {("pretty",)}


def test_places_that_were_forgotten_are_offered_once_more(page: Page, axe: Axe) -> None:
    expect(page.get_by_role("button", name="Continue")).to_be_disabled()
    score(card(page, 0), 9)
    following = page.get_by_role("button", name="Next not rated")
    following.click()
    second = page.locator("details.place").nth(1)
    expect(second).to_have_attribute("open", "")
    expect(second.locator("summary")).to_be_focused()
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("#left-words")).to_be_focused()
    expect(page.locator("#left-words")).to_contain_text("not rated yet: ")
    axe(page)
    page.get_by_role("button", name="They are fine").click()
    expect(page.locator("#progress")).to_contain_text("Everything is rated.")
    expect(following).to_be_hidden()
    check(page)
    done, of_all = page.locator("#rated").inner_text().split(" of ")
    assert done == of_all
    assert send(page)["rest"] == 8


def test_whoever_wants_to_leaves_places_out(page: Page) -> None:
    score(card(page, 0), 9)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Go on without them").click()
    page.wait_for_url("**/check")
    sent = send(page)
    assert sent["rest"] is None
    assert {one["rating"] for one in sent["ratings"]} == {9}


@pytest.mark.parametrize("size", [(320, 640), (640, 450)])
def test_everything_fits_a_narrow_screen_and_twice_the_size(
    page: Page, axe: Axe, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    one = card(page, 1)
    score(one, 1)
    chip(one, "incident", "Fall")
    one.get_by_role("button", name="what would help").click()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    small = page.locator(".panel button:visible, .panel .chip:visible").evaluate_all(
        "(all) => all.filter((one) => one.getBoundingClientRect().height < 44).length"
    )
    assert small == 0
    page.get_by_role("button", name="All fine").click()
    check(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_a_ride_home_is_cut_where_it_ends(
    phone: BrowserContext, campaign: Campaign, store: Store
) -> None:
    join(phone, campaign)
    page = phone.new_page()
    draw(page, variant="back", mode="e_bike", departure="15:30", minutes=12, companions="few",
         why=["shortest", "beautiful"])  # fmt: skip
    school = page.evaluate("[barometer.config.school.lon, barometer.config.school.lat]")
    first, last = (page.evaluate(f"barometer.draft.load().route.places.at({n})") for n in (0, -1))
    assert distance_m((first["lon"], first["lat"]), school) < 400
    assert distance_m((last["lon"], last["lat"]), START) < 150

    page.get_by_role("button", name="All fine").click()
    check(page)
    for words in ("home", "E-bike", "15:30", "12", "with a few other students",
                  "It is the shortest", "It is beautiful"):  # fmt: skip
        expect(page.locator("#about")).to_contain_text(words)
    shown = page.evaluate(LINES)
    assert len(shown) > 10
    assert not [at for at in shown if distance_m(at, START) < 150]
    places = page.evaluate("barometer.draft.load().route.places")
    sent = send(page)

    steps = [step["id"] for step in sent["steps"]]
    drawn = [one["id"] for one in places]
    assert steps == drawn[: len(steps)]
    assert 0 < len(steps) < len(drawn)
    assert sent["steps"][-1]["kind"] == "intersection"
    directions = {one["id"]: one["direction"] for one in places}
    assert all(directions[s["id"]] == s["direction"] for s in sent["steps"] if "direction" in s)
    assert (sent["variant"], sent["mode"], sent["departure"]) == ("back", "e_bike", "15:30")
    assert stored(store, campaign) == 1
    kept = json.loads(page.evaluate("sessionStorage.getItem('barometer.stored')"))
    assert kept["places"] == steps
    assert kept["receipt"]["places"] > 0
    assert not [at for line in kept["lines"] for at in line["coordinates"]
                if distance_m(at, START) < 150]  # fmt: skip


def test_a_second_device_asks_before_it_replaces(
    phone: BrowserContext,
    open_browser: Callable[..., BrowserContext],
    campaign: Campaign,
    page: Page,
    store: Store,
    watch: Any,  # noqa: ANN401 - Watch of conftest.py
    axe: Axe,
) -> None:
    page.get_by_role("button", name="All fine").click()
    check(page)
    send(page)

    other = open_browser(**PHONE)
    other.add_cookies(phone.cookies())  # type: ignore[arg-type]  # the card, on another device
    second = other.new_page()
    draw(second)
    score(card(second, 0), 4)
    second.get_by_role("button", name="All fine").click()
    check(second)
    with watch.refusal(409):
        second.get_by_role("button", name="Send").click()
        expect(second.locator("#replace-words")).to_be_focused()
    axe(second)
    second.get_by_role("button", name="Keep the one I sent").click()
    expect(second.locator("#status")).to_contain_text("This one was not sent.")
    assert stored(store, campaign) == 1

    with watch.refusal(409):
        second.get_by_role("button", name="Send").click()
        expect(second.locator("#replace-words")).to_be_visible()
    with second.expect_request("**/api/routes") as request:
        second.get_by_role("button", name="Replace it").click()
    second.wait_for_url("**/thanks")
    assert (request.value.post_data_json or {})["replaces"] is True
    assert stored(store, campaign) == 1


def test_two_taps_and_two_tabs_store_one_ride(
    phone: BrowserContext, page: Page, campaign: Campaign, store: Store
) -> None:
    page.get_by_role("button", name="All fine").click()
    check(page)
    other = phone.new_page()
    other.goto("/check")
    expect(other.locator("#count")).not_to_be_empty()
    page.evaluate(
        "() => { const send = document.getElementById('send'); send.click(); send.click(); }"
    )
    page.wait_for_url("**/thanks")
    words = page.locator("#phrase").inner_text()
    other.get_by_role("button", name="Send").click()
    other.wait_for_url("**/thanks")

    expect(other.locator("#phrase")).to_have_text(words)
    assert stored(store, campaign) == 1


def test_the_class_is_told_who_is_rating(page: Page, campaign: Campaign, store: Store) -> None:
    page.wait_for_function("() => barometer.draft.load().told === true")
    with store.read() as session:
        assert campaigns.progress(session, campaign.id).rating == 1
    again: list[Request] = []
    page.on("request", lambda request: again.append(request))  # noqa: PLW0108 - Playwright marks what it is given
    page.reload()
    expect(page.locator("details.place").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert not [request for request in again if request.url.endswith("/api/stage")]


def test_what_is_refused_has_words_and_stays_on_the_device(
    page: Page,
    phone: BrowserContext,
    campaign: Campaign,
    store: Store,
    watch: Any,  # noqa: ANN401 - Watch of conftest.py
) -> None:
    page.get_by_role("button", name="All fine").click()
    check(page)
    with store.write() as session:
        session.get_one(Campaign, campaign.id).state = "closed"
    with watch.refusal(410):
        page.get_by_role("button", name="Send").click()
        expect(page.locator("#problem")).to_contain_text("takes no rides at the moment")
    card_of_mine = phone.cookies()
    phone.clear_cookies()
    with watch.refusal(401):
        page.get_by_role("button", name="Send").click()
        expect(page.locator("#problem")).to_contain_text("Your class session has ended")
    with store.write() as session:
        session.get_one(Campaign, campaign.id).state = "open"
        assert session.query(Participant).count() == 1
    phone.add_cookies(card_of_mine)  # type: ignore[arg-type]  # a TypedDict of Playwright

    # Whichever page opens next sends it.
    page.goto("/draw")
    page.wait_for_url("**/thanks")
    assert stored(store, campaign) == 1
