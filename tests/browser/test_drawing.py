"""Drawing on a phone and by keys: search, straight paths, tracks, the way home, doubts."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Request, Route, expect

from api.services.areas import LoadedArea
from api.store.engine import Store
from api.store.models import Campaign, Participant, School
from geo.crs import distance_m
from geo.routing import Waypoint

pytestmark = pytest.mark.browser
START = (13.262891, 53.551454)
CORRECTION = (13.26878, 53.55582)
OUTSIDE = (13.262, 53.8)
DRAWN = "path.route-line:not(.unsnapped)"
CLICK = "([lon, lat]) => map_area.fire('click', {latlng: L.latLng(lat, lon)})"
NAMED = "Demminer Straße × Torgelower Straße"

Axe = Callable[[Page], None]
Watch = Any  # of conftest.py, which tests cannot import


@pytest.fixture
def enter(open_class: Callable[..., Campaign]) -> Callable[[BrowserContext], Page]:
    """The drawing page of a student who has just joined."""

    def entered(context: BrowserContext) -> Page:
        form: dict[str, str | float | bool] = {"code": open_class().code, "ready": "yes"}
        assert context.request.post("/join", form=form).ok
        page = context.new_page()
        page.goto("/draw")
        return page

    return entered


def draft(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate("() => barometer.draft.load()")
    return found


def tap(page: Page, at: tuple[float, float]) -> None:
    page.evaluate(CLICK, at)


def snapped(page: Page, lines: int) -> None:
    expect(page.locator(DRAWN)).to_have_count(lines)


def options(page: Page) -> Locator:
    return page.locator("#found [role=option]")


def chip(page: Page, words: str) -> Locator:
    return page.locator("label").filter(has_text=words)


def done(page: Page) -> Locator:
    return page.get_by_role("button", name="Looks right")


def test_a_crossing_is_found_by_keys_and_becomes_a_point(
    desk: BrowserContext, enter: Callable[[BrowserContext], Page], axe: Axe
) -> None:
    page = enter(desk)
    field = page.get_by_role("combobox", name="Or find a crossing or street")
    field.press_sequentially("torgelower dem")
    expect(options(page)).to_have_count(1)
    expect(field).to_have_attribute("aria-expanded", "true")
    axe(page)
    field.press("ArrowDown")
    option = options(page).filter(has_text=NAMED)
    expect(option).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", str(option.get_attribute("id")))
    field.press("Enter")
    snapped(page, 1)
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#search-said")).to_have_text(f"Added: {NAMED}.")
    assert len(draft(page)["points"]) == 1

    field.press_sequentially("straße")
    expect(options(page)).to_have_count(8)
    field.press("ArrowUp")
    expect(options(page).last).to_have_attribute("aria-selected", "true")
    field.press("Escape")
    expect(options(page)).to_have_count(0)
    expect(field).to_have_value("straße")
    field.press("Escape")
    expect(field).to_have_value("")


def test_a_crossing_is_found_by_touch_and_words_say_when_there_is_none(
    phone: BrowserContext, enter: Callable[[BrowserContext], Page]
) -> None:
    page = enter(phone)
    field = page.get_by_role("combobox")
    field.fill("zzzz")
    expect(page.locator("#search-said")).to_contain_text("Nothing found.")
    field.fill("torgelower dem")
    options(page).filter(has_text=NAMED).tap()
    snapped(page, 1)


def test_a_stale_answer_of_the_search_is_dropped(
    desk: BrowserContext, enter: Callable[[BrowserContext], Page]
) -> None:
    page = enter(desk)
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.post_data_json == {"query": "demminer"}:
            held.append(route)
        else:
            route.continue_()

    page.route("**/api/crossings", hold)
    field = page.get_by_role("combobox")
    field.fill("demminer")
    page.wait_for_timeout(600)
    field.fill("torgelower dem")
    expect(options(page)).to_have_count(1)
    held[0].continue_()
    page.wait_for_timeout(500)
    expect(options(page)).to_have_count(1)


def test_without_a_network_the_search_says_so_and_points_are_kept(
    phone: BrowserContext, enter: Callable[[BrowserContext], Page], watch: Watch
) -> None:
    page = enter(phone)
    before = len(watch.complaints)
    phone.set_offline(True)
    page.get_by_role("combobox").fill("demminer")
    expect(page.locator("#search-said")).to_contain_text("No connection")
    tap(page, START)
    expect(page.locator("#problem")).to_contain_text("kept on this device")
    expect(done(page)).to_be_disabled()
    assert draft(page)["snapped"] is False
    phone.set_offline(False)
    snapped(page, 1)
    expect(done(page)).to_be_enabled()
    # Chromium and the tiles complain of each request that found no network.
    del watch.complaints[before:]


def test_a_path_that_is_not_on_the_map_is_a_wish_that_is_shown(
    phone: BrowserContext, enter: Callable[[BrowserContext], Page], axe: Axe
) -> None:
    page = enter(phone)
    tap(page, START)
    snapped(page, 1)
    expect(page.locator("#wish")).to_be_hidden()
    page.get_by_role("button", name="My path is not on the map").tap()
    expect(page.locator("#wish")).to_have_text(
        "You are telling the town that a path is missing here."
    )
    tap(page, (13.2650, 53.5545))
    expect(page.locator("#hint")).to_contain_text("comes back")
    tap(page, (13.2665, 53.5570))
    expect(page.locator(f"{DRAWN}.straight")).to_have_count(1)
    page.get_by_text("Points of your ride").tap()
    expect(page.locator("#list li").nth(2)).to_contain_text("a path is missing here")
    axe(page)


def refuse(answer: dict[str, Any], route: Route) -> None:
    route.fulfill(status=422, json=answer)


def test_a_point_outside_or_out_of_reach_is_refused_in_words(
    phone: BrowserContext, enter: Callable[[BrowserContext], Page], watch: Watch
) -> None:
    page = enter(phone)
    tap(page, OUTSIDE)
    expect(page.locator("#problem")).to_contain_text("outside the map")
    problems = {
        "outside-area": "No street of the map is near",
        "unreachable": "No way on the map leads to that point",
        "crossing-straight-pieces": "must not cross",
        "invalid-waypoints": "Tap another one",
    }
    for kind, words in problems.items():
        answer = {"type": f"urn:barometer:{kind}", "title": "", "status": 422, "detail": "x"}
        page.route("**/api/snap", partial(refuse, answer))
        with watch.refusal(422):
            tap(page, START)
            expect(page.locator("#problem")).to_contain_text(words)
        page.unroute("**/api/snap")
        assert draft(page)["points"] == []
        expect(page.locator("#list li")).to_have_count(0)


def test_why_the_ride_cannot_be_finished_yet_is_said(
    phone: BrowserContext, enter: Callable[[BrowserContext], Page]
) -> None:
    page = enter(phone)
    expect(done(page)).to_be_disabled()
    expect(page.locator("#reason")).to_have_text("First set where your ride starts.")
    chip(page, "I draw it myself").tap()
    tap(page, START)
    expect(page.locator("#reason")).to_have_text("Your ride does not reach the school yet.")
    done(page).tap(force=True)
    expect(page.locator("#problem")).to_contain_text("does not reach the school")
    page.get_by_role("button", name="On to the school").tap()
    snapped(page, 1)
    expect(page.locator("#reason")).to_be_hidden()
    expect(done(page)).to_be_enabled()


def test_pins_have_room_for_a_finger_and_can_be_dragged(
    desk: BrowserContext,
    enter: Callable[[BrowserContext], Page],
    spot: Callable[[Page, float, float], tuple[float, float]],
) -> None:
    page = enter(desk)
    tap(page, START)
    snapped(page, 1)
    box = page.locator(".grip").bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    x, y = spot(page, *START)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y - 20, steps=4)
    page.mouse.move(x + 60, y - 40, steps=4)
    page.mouse.up()
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()
    page.wait_for_function(
        "([lon]) => Math.abs(barometer.draft.load().points[0].lon - lon) > 1e-4", arg=START
    )
    snapped(page, 1)


def test_what_is_said_about_the_ride_is_kept_and_needs_no_tap(
    phone: BrowserContext, enter: Callable[[BrowserContext], Page], axe: Axe
) -> None:
    page = enter(phone)
    tap(page, START)
    snapped(page, 1)
    silent = draft(page)
    names = ("rides", "mode", "departure", "minutes", "companions", "why", "home", "same_way_back",
             "source", "confirmed", "replaces", "variant")  # fmt: skip
    assert [silent[name] for name in names] == [
        5, "bicycle", None, None, None, [], None, False, "drawn", [], False, "there",
    ]  # fmt: skip

    chip(page, "The same way").tap()
    page.get_by_text("More about this ride").tap()
    chip(page, "E-bike").tap()
    page.get_by_label("You usually leave at").select_option("07:30")
    page.get_by_label("It takes you").fill("12")
    page.get_by_label("You ride", exact=True).select_option("few")
    chip(page, "It is the shortest").tap()
    chip(page, "Cars are slow there").tap()
    axe(page)
    page.get_by_role("button", name="Undo").tap()
    page.get_by_role("button", name="Redo").tap()
    page.reload()
    snapped(page, 1)
    said = draft(page)
    assert [said[name] for name in names[:8]] == [
        5, "e_bike", "07:30", 12, "few", ["shortest", "slow_traffic"], "same", True,
    ]  # fmt: skip
    page.get_by_text("More about this ride").tap()
    expect(page.get_by_label("E-bike")).to_be_checked()
    expect(page.get_by_label("It takes you")).to_have_value("12")


def test_a_ride_home_begins_at_the_school(
    phone: BrowserContext, enter: Callable[[BrowserContext], Page], school: School
) -> None:
    page = enter(phone)
    page.goto("/draw?variant=back")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your ride home")
    expect(page.locator("#hint")).to_contain_text("your ride home ends")
    with page.expect_request("**/api/snap") as asked:
        tap(page, START)
    points = asked.value.post_data_json["waypoints"]  # type: ignore[index]
    assert points[0]["lon"] == pytest.approx(school.location.x)
    assert points[-1]["lon"] == pytest.approx(START[0])
    snapped(page, 1)
    tap(page, CORRECTION)
    snapped(page, 2)
    drawn = draft(page)
    home = (drawn["points"][0]["lon"], drawn["points"][0]["lat"])
    assert distance_m(home, START) < 20
    first, last = drawn["route"]["waypoints"][0], drawn["route"]["waypoints"][-1]
    assert distance_m(first, (school.location.x, school.location.y)) < 300
    assert distance_m(last, START) < 100
    page.get_by_text("Points of your ride").tap()
    rows = page.locator("#list li")
    expect(rows.first).to_contain_text("(start)")
    expect(rows.nth(1)).to_contain_text("Point 2")
    expect(rows.last).to_contain_text("End")
    page.get_by_role("button", name="Later: Point 2").tap()
    snapped(page, 2)
    assert draft(page)["points"][0]["lon"] == pytest.approx(CORRECTION[0])
    expect(page.get_by_role("button", name="Earlier: End")).to_be_focused()


def test_a_missing_path_on_the_way_home_lies_between_its_two_points(
    phone: BrowserContext, enter: Callable[[BrowserContext], Page]
) -> None:
    page = enter(phone)
    page.goto("/draw?variant=back")
    tap(page, START)
    snapped(page, 1)
    page.get_by_role("button", name="My path is not on the map").tap()
    leaves, returns = (13.2665, 53.5570), (13.2650, 53.5545)
    tap(page, leaves)
    tap(page, returns)
    expect(page.locator(f"{DRAWN}.straight")).to_have_count(1)
    route = draft(page)["route"]
    straight = next(leg for leg in route["legs"] if leg["straight"])
    assert distance_m(straight["coordinates"][0], leaves) < 60
    assert distance_m(straight["coordinates"][-1], returns) < 60


def test_another_ride_replaces_the_drawing_only_when_told_so(
    phone: BrowserContext, enter: Callable[[BrowserContext], Page], axe: Axe
) -> None:
    page = enter(phone)
    page.goto("/draw?variant=rain")
    tap(page, START)
    snapped(page, 1)
    # Without a choice the one on the device goes on.
    page.goto("/draw")
    page.wait_for_url("**/draw?variant=rain")
    snapped(page, 1)

    page.goto("/draw?variant=back")
    expect(page.locator("#unsent")).to_be_visible()
    axe(page)
    tap(page, CORRECTION)
    assert draft(page)["variant"] == "rain"
    page.get_by_role("button", name="Go on with it").tap()
    page.wait_for_url("**/draw?variant=rain")
    snapped(page, 1)

    page.goto("/draw?variant=back")
    page.get_by_role("button", name="Delete it and start anew").tap()
    expect(page.locator("#unsent")).to_be_hidden()
    assert draft(page) is None
    tap(page, START)
    snapped(page, 1)
    assert draft(page)["variant"] == "back"


def test_a_ride_drawn_again_for_the_teacher_replaces_the_first(
    phone: BrowserContext, enter: Callable[[BrowserContext], Page], store: Store, axe: Axe
) -> None:
    page = enter(phone)
    with store.write() as session:
        one = session.query(Participant).one()
        one.redraw_on = one.joined_on
    page.reload()
    expect(page.get_by_text("Your teacher asks you to draw this ride once more.")).to_be_visible()
    axe(page)
    tap(page, START)
    snapped(page, 1)
    assert draft(page)["replaces"] is True


def test_the_board_hears_once_that_somebody_draws(
    phone: BrowserContext, enter: Callable[[BrowserContext], Page], store: Store
) -> None:
    page = enter(phone)
    told: list[Any] = []

    def note(asked: Request) -> None:
        if asked.url.endswith("/api/stage"):
            told.append(asked.post_data)

    page.on("request", note)
    with page.expect_response("**/api/stage") as answer:
        tap(page, START)
    assert answer.value.status == 204
    tap(page, CORRECTION)
    snapped(page, 2)
    page.reload()
    snapped(page, 2)
    tap(page, (13.2665, 53.5570))
    expect(page.locator("#list li")).to_have_count(4)
    assert told == ['{"stage":"drawing"}']
    with store.read() as session:
        assert session.query(Participant).one().stage == "drawing"


def gpx(points: list[tuple[float, float]], *, seconds: int = 0) -> str:
    inner = "".join(
        f'<trkpt lat="{lat}" lon="{lon}"><time>2026-05-04T07:{n * seconds // 60:02}:'
        f"{n * seconds % 60:02}Z</time></trkpt>"
        for n, (lon, lat) in enumerate(points)
    )
    return (
        '<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1">'
        f"<trk><trkseg>{inner}</trkseg></trk></gpx>"
    )


@pytest.fixture
def recorded(loaded: LoadedArea, school: School) -> list[tuple[float, float]]:
    """A ride by a street beside the proposal, as a phone records it."""
    at = Waypoint(school.location.x, school.location.y)
    route = loaded.router.snap([Waypoint(*START), Waypoint(*CORRECTION), at])
    return [point for leg in route.legs for point in leg.coordinates]


def choose(page: Page, folder: Path, text: str) -> None:
    file = folder / "ride.gpx"
    file.write_text(text, encoding="utf-8")
    page.get_by_label("Your GPX file").set_input_files(file)


@pytest.mark.parametrize("variant", ["there", "back"])
def test_a_track_of_a_phone_becomes_a_drawing(
    phone: BrowserContext,
    enter: Callable[[BrowserContext], Page],
    recorded: list[tuple[float, float]],
    tmp_path: Path,
    axe: Axe,
    variant: str,
) -> None:
    page = enter(phone)
    page.goto(f"/draw?variant={variant}")
    page.get_by_text("I have a GPX file from my phone").tap()
    axe(page)
    line = recorded if variant == "there" else recorded[::-1]
    seconds = 600 // len(line)
    with page.expect_request("**/api/follow") as asked:
        choose(page, tmp_path, gpx(line, seconds=seconds))
    body: dict[str, Any] = asked.value.post_data_json or {}
    assert set(body) == {"line"}
    assert 2 <= len(body["line"]) <= 500
    expect(page.locator(DRAWN)).not_to_have_count(0)
    drawn = draft(page)
    assert (drawn["source"], drawn["variant"]) == ("gpx", variant)
    assert drawn["minutes"] == round(seconds * (len(line) - 1) / 60)
    home = drawn["points"][0]
    assert distance_m((home["lon"], home["lat"]), START) < 100
    expect(done(page)).to_be_enabled()
    page.get_by_role("button", name="Undo").tap()
    expect(page.locator(DRAWN)).to_have_count(0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "This file is empty."),
        ("<kml/>", "This is not a GPX file."),
        ("no xml", "This is not a GPX file."),
        ('<!DOCTYPE gpx [<!ENTITY a "b">]><gpx>&a;</gpx>', "This is not a GPX file."),
        (gpx([START]), "no track in this file, or it is too short"),
        (gpx([(100.5, 13.75), (100.51, 13.75)]), "does not lie on the streets"),
        (gpx([START, (13.2635, 53.5530)]), "neither begins nor ends at your school"),
    ],
)
def test_what_is_no_track_to_the_school_is_refused_in_words(
    phone: BrowserContext,
    enter: Callable[[BrowserContext], Page],
    watch: Watch,
    tmp_path: Path,
    text: str,
    words: str,
) -> None:
    page = enter(phone)
    page.get_by_text("I have a GPX file from my phone").tap()
    with watch.refusal(422):
        choose(page, tmp_path, text)
        expect(page.locator("#problem")).to_contain_text(words)
    assert draft(page) is None


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_page_fits_a_narrow_phone_with_everything_open(
    phone: BrowserContext, enter: Callable[[BrowserContext], Page], axe: Axe, language: str
) -> None:
    page = enter(phone)
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"/draw?lang={language}")
    tap(page, START)
    snapped(page, 1)
    tap(page, CORRECTION)
    snapped(page, 2)
    for summary in page.locator("summary").all():
        summary.tap()
    page.get_by_role("combobox").first.fill("straße")
    expect(options(page)).not_to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    small = page.evaluate(
        """() => [...document.querySelectorAll(".panel :is(button, input, select, summary)")]
             .filter((one) => one.offsetParent && one.type !== "radio" && one.type !== "checkbox")
             .filter((one) => one.getBoundingClientRect().height < 44)
             .map((one) => one.id || one.textContent)"""
    )
    assert small == []
    axe(page)


def test_what_looks_unusual_is_asked_and_the_answer_is_kept(
    phone: BrowserContext, enter: Callable[[BrowserContext], Page], axe: Axe
) -> None:
    page = enter(phone)
    tap(page, START)
    snapped(page, 1)
    page.get_by_text("More about this ride").tap()
    page.get_by_label("It takes you").fill("2")
    page.get_by_label("It takes you").blur()
    done(page).tap()
    question = page.locator("#doubt-question")
    expect(question).to_contain_text("km an hour. Are you really that fast?")
    expect(page.get_by_role("button", name="Yes, that is right")).to_be_focused()
    axe(page)
    page.get_by_role("button", name="No, I will correct it").tap()
    expect(question).to_be_hidden()
    assert draft(page)["confirmed"] == []

    done(page).tap()
    page.get_by_role("button", name="Yes, that is right").tap()
    page.wait_for_url("**/rate")
    assert draft(page)["confirmed"] == ["fast"]
    # What was said stays said until the ride is another one.
    page.goto("/draw")
    snapped(page, 1)
    tap(page, CORRECTION)
    snapped(page, 2)
    assert draft(page)["confirmed"] == []
