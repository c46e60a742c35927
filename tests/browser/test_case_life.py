"""A hotspot's way to fixed, through the browser of the body that acts on it."""

import gzip
import io
import re
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from api.services.publish_area import read_content
from api.services.release_content import canonical
from api.settings import Settings
from api.store import cases, releases
from api.store.authorities import Case
from api.store.engine import Store
from api.store.models import Campaign, School

pytestmark = pytest.mark.browser
OFFICER, TEACHER = "officer@town.example", "teacher@school.example"
START = (13.262891, 53.551454)
WIDE = "document.documentElement.scrollWidth"


@pytest.fixture
def template(published: str) -> str:
    return published


@pytest.fixture
def page_of(site: str, base: tuple[Settings, dict[str, str]]) -> Any:  # noqa: ANN401
    def opened(context: BrowserContext, who: str) -> Page:
        cookie = {"name": "barometer_staff", "value": base[1][who], "url": site}
        context.add_cookies([cookie])  # type: ignore[list-item]  # a TypedDict of Playwright
        return context.new_page()

    return opened


def save(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Saved.")


def promise(page: Page, watch: Any) -> None:  # noqa: ANN401 - Watch of conftest.py
    """Fill the form of the answer, at first with a day that nobody can mean."""
    page.get_by_label("State", exact=True).select_option("in work")
    page.get_by_label("Public answer").fill("The lamp is broken.\nWe have ordered a new one.")
    page.get_by_label("Next step due on").fill("2099-05-01")
    with watch.refusal(422), page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Give a day from today on")
    expect(page.get_by_label("Public answer")).to_have_value(re.compile("ordered a new one"))
    page.get_by_label("Next step due on").fill("2037-05-01")


def add_image(page: Page) -> None:
    photo = io.BytesIO()
    Image.new("RGB", (640, 480), "navy").save(photo, "PNG")
    page.get_by_text("Add an image").first.click()
    page.get_by_label("Image", exact=True).set_input_files(
        {"name": "lamp.png", "mimeType": "image/png", "buffer": photo.getvalue()}
    )
    page.get_by_label("What it shows").fill("A dark path")
    save(page, "Add the image")
    expect(page.get_by_role("img", name="A dark path")).to_have_js_property("naturalWidth", 640)


def test_the_whole_life_of_a_case(
    phone: BrowserContext,
    desk: BrowserContext,
    page_of: Callable[..., Page],
    axe: Callable[[Page], None],
    watch: Any,  # noqa: ANN401 - Watch of conftest.py
    open_case: Callable[..., Case],
    school: School,
    store: Store,
) -> None:
    case, other = open_case(0, cause="maintenance"), open_case(1, owner="Town")
    page = page_of(phone, OFFICER)

    page.goto("/hotspots")
    page.get_by_role("link", name="Cases", exact=True).click()
    row = page.get_by_role("row").filter(has_text=f"case {case.id}")
    expect(row).to_contain_text("nobody yet")
    assert page.evaluate(WIDE) == 390
    row.get_by_role("link").click()
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    save(page, "Take it on")
    facts = page.locator(".facts")
    expect(facts).to_contain_text("acknowledged")
    expect(page.locator("dl").first).to_contain_text("Town")

    promise(page, watch)
    save(page, "Save")
    expect(facts).to_contain_text("in work")
    axe(page)
    assert page.evaluate(WIDE) == 390

    page.get_by_text("Plan a measure").click()
    page.get_by_label("What is to be done").fill("Repair the lamp")
    page.get_by_label("Kind", exact=True).select_option("quick")
    page.get_by_label("Cost", exact=True).select_option("small")
    save(page, "Add the measure")
    page.get_by_label("New note").fill("The firm comes on Monday.")
    save(page, "Add the note")
    page.get_by_text("Merge another case").click()
    save(page, "Merge")
    expect(page.get_by_role("link", name=f"Taken in: case {other.id}")).to_be_visible()
    add_image(page)
    axe(page)

    teacher = page_of(desk, TEACHER)
    teacher.goto(f"/schools/{school.id}")
    expect(teacher.get_by_text("We have ordered a new one.").first).to_be_visible()
    assert "Monday" not in teacher.content()
    teacher.close()

    save(page, "It is done")
    expect(page.locator(".effect")).to_contain_text("compares before and after")
    page.get_by_label("State", exact=True).select_option("fixed")
    page.get_by_label("Public answer").fill("The lamp works again.")
    save(page, "Save")
    expect(page.get_by_text("fixed on")).to_be_visible()
    steps = page.locator(".history li")
    expect(steps.first).to_contain_text("State: fixed (before: in work).")
    with store.read() as session:
        told = [one.kind for one in cases.history(session, case.id)]
    assert told == [
        "opened", "owner", "state", "answer", "state", "due", "measure", "note", "merged",
        "attachment", "measure", "answer", "state",
    ]  # fmt: skip
    page.goto("/cases?state=closed")
    expect(page.get_by_role("row").filter(has_text=f"case {case.id}")).to_contain_text("fixed")


@pytest.fixture
def ride_past(
    open_class: Callable[..., Campaign], phone: BrowserContext, store: Store
) -> Callable[[], tuple[Page, Campaign, int]]:
    """A student draws and sends a ride; the last value is the rank of a public place of it."""

    def sent() -> tuple[Page, Campaign, int]:
        with store.write() as session:
            release = releases.newest_whole(session, "neubrandenburg")
            assert release is not None
            content = read_content(release)
            for row in content["places"]:
                row["participants"] = 12
            text, release.content_hash = canonical(content)
            release.content = gzip.compress(text, mtime=0)
        campaign, page = open_class(), phone.new_page()
        page.goto(f"/?code={campaign.code}")
        page.get_by_role("checkbox").check()
        page.get_by_role("button", name="Start").click()
        page.wait_for_url("**/draw")
        page.evaluate("([lon, lat]) => map_area.fire('click', {latlng: L.latLng(lat, lon)})", START)
        page.get_by_label("The same way").check()
        for button, path in (("Looks right", "rate"), ("Continue", "check"), ("Send", "thanks")):
            if button == "Continue":
                page.get_by_role("button", name="All fine").click()
            page.get_by_role("button", name=button).click()
            page.wait_for_url(f"**/{path}")
        own = page.evaluate("() => JSON.parse(sessionStorage.getItem('barometer.stored')).places")
        ranks = [n for n, row in enumerate(content["places"]) if row["id"] in own and row["name"]]
        return page, campaign, ranks[0]

    return sent


def test_students_have_a_word_in_whether_it_is_fixed_and_the_owner_decides(
    desk: BrowserContext,
    page_of: Callable[..., Page],
    axe: Callable[[Page], None],
    open_case: Callable[..., Case],
    ride_past: Callable[[], tuple[Page, Campaign, int]],
    ride: Callable[..., dict[str, Any]],
    site: str,
) -> None:
    student, campaign, rank = ride_past()
    case = open_case(rank, owner="Town")
    page = page_of(desk, OFFICER)
    page.goto(f"/cases/{case.id}")
    page.get_by_label("State", exact=True).select_option("fixed")
    page.get_by_label("Public answer").fill("The lamp works again.")
    save(page, "Save")
    expect(page.get_by_text("not enough answers yet")).to_be_visible()

    student.reload()
    student.get_by_role("button", name="Worse").tap()
    expect(student.locator("#fixed-status")).to_have_text("Thank you, this is stored: Worse.")
    for number, answer in enumerate(("same", "same", "better", "worse"), start=42):
        with httpx2.Client(base_url=site) as other:
            other.post("/join", data={"code": campaign.code, "ready": "yes"})
            assert other.post("/api/routes", json=ride(number)).status_code == 201
            assert other.post(f"/api/fixed/{case.id}", json={"answer": answer}).status_code == 204

    page.goto("/cases")
    page.get_by_role("link", name="students say it is not fixed").click()
    row = page.get_by_role("row").filter(has_text=f"case {case.id}")
    expect(row).to_contain_text("fixed")
    axe(page)
    row.get_by_role("link").click()
    expect(page.get_by_text("Answers: 1 better, 2 the same, 2 worse.")).to_be_visible()
    expect(page.locator(".history li").first).to_contain_text("1 better, 2 the same, 2 worse")
    axe(page)
    page.get_by_label("State", exact=True).select_option("being looked into")
    page.get_by_label("Why it is taken up again").fill("Students say that it is still dark.")
    save(page, "Save")
    expect(page.locator(".facts")).to_contain_text("being looked into")
    student.reload()
    expect(student.locator("#fixed")).to_be_hidden()


def test_two_at_once_and_by_keyboard_alone(
    desk: BrowserContext,
    phone: BrowserContext,
    page_of: Callable[..., Page],
    axe: Callable[[Page], None],
    watch: Any,  # noqa: ANN401 - Watch of conftest.py
    open_case: Callable[..., Case],
) -> None:
    case = open_case(0, owner="Town")
    mine, theirs = page_of(desk, OFFICER), page_of(phone, OFFICER)
    for page in (mine, theirs):
        page.goto(f"/cases/{case.id}")
    theirs.get_by_label("Public answer").fill("We come on Friday.")
    save(theirs, "Save")

    mine.get_by_label("State", exact=True).focus()
    mine.keyboard.type("pla")
    mine.keyboard.press("Tab")
    mine.keyboard.type("A hump is planned.")
    with watch.refusal(409), mine.expect_navigation():
        for _ in range(6):  # over the day, its three parts and its button, and the cause
            mine.keyboard.press("Tab")
            if mine.evaluate("document.activeElement.textContent") == "Save":
                break
        mine.keyboard.press("Enter")

    expect(mine.get_by_role("alert")).to_contain_text("What you typed is still in the form")
    expect(mine.get_by_label("Public answer")).to_have_value("A hump is planned.")
    expect(mine.get_by_label("State", exact=True)).to_have_value("planned")
    expect(mine.locator("blockquote")).to_have_text("We come on Friday.")
    axe(mine)
    mine.get_by_label("Public answer").press("End")
    mine.keyboard.type(" We come on Friday.")
    mine.get_by_role("button", name="Save").focus()
    with mine.expect_navigation():
        mine.keyboard.press("Enter")
    expect(mine.locator("blockquote")).to_have_text("A hump is planned. We come on Friday.")
