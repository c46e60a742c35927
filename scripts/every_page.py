"""Take a picture of every page at phone and desk width, and list them in docs/pages.md.

Run as `make pictures` beside `make screenshots`; both start the demo in a folder of their own.
"""

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from .screenshots import CLICK, CORRECTION, DESK, ROOT, START, open_page, sign_in, visited_demo

PAGES = ROOT / "docs" / "images" / "pages"
LIST = ROOT / "docs" / "pages.md"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
WIDTHS: dict[str, dict[str, Any]] = {"phone": PHONE, "desk": DESK}
COLOURS = 96
CASE = re.compile(r"^/cases/\d+$")
HEAD = """# Every page

At 390 and at 1280 pixels, of the demo (simulated students, a real town); made by `make pictures`.

| page | phone | desk |
|---|---|---|
"""


@dataclass(frozen=True)
class Stop:
    """A page on the way through the site: its name on disk, its address and what it is for."""

    name: str
    path: str
    words: str


STUDENT = (
    Stop("draw", "/draw", "Students draw their ride"),
    Stop("rate", "/rate", "… rate its crossings and streets"),
    Stop("check", "/check", "… see what will be stored, and send it"),
    Stop("thanks", "/thanks", "… and what came of it"),
)
TEACHER = (
    Stop("teach", "/teach", "Teachers: their classes"),
    Stop("new", "/teach/campaigns/new", "New classes"),
    Stop("campaign", "{campaign}", "One class"),
    Stop("board", "{campaign}/board", "The board for the classroom screen"),
    Stop("cards", "{campaign}/cards", "Cards and consent"),
    Stop("contributions", "{campaign}/contributions", "Clean up"),
    Stop("remarks", "{campaign}/remarks", "Texts waiting"),
    Stop("school", "{school}", "The school"),
    Stop("convoys", "{school}/convoys", "Convoys"),
    Stop("parents", "{school}/parents", "Calm ways, for parents (open to everybody)"),
)
POLICE = (
    Stop("hotspots", "/hotspots", "Police and municipality: hotspots"),
    Stop("place", "{place}", "One place"),
    Stop("stability", "/hotspots/stability", "How stable the ranking is"),
    Stop("cases", "/cases", "Cases: who has which place, and until when"),
    Stop("case", "{case}", "One case"),
    Stop("statistics", "/cases/statistics", "How long answers and fixes take"),
    Stop("patrol", "/patrol", "Patrol plan of a week"),
    Stop("crashes", "/crashes", "Official crashes"),
    Stop("account", "/account", "The own account: codes, deputy, mails, keys"),
    Stop("calendar", "/account/calendar", "Calendar of due days"),
    Stop("ogc", "/ogc?f=html", "OGC API - Features, for their own tools"),
)
ANYBODY = (
    Stop("home", "/", "The first page"),
    Stop("help", "/help", "What is stored, and help"),
    Stop("mine", "/mine", "Delete what I sent"),
    Stop("open", "/open", "Open data"),
    Stop("dictionary", "/open/dictionary", "Dictionary of the open data"),
    Stop("sign-in", "/sign-in", "Staff sign-in"),
)


def main() -> None:
    """Take every picture and write the list."""
    PAGES.mkdir(parents=True, exist_ok=True)
    with visited_demo() as (browser, printed, _):
        for width, device in WIDTHS.items():
            walk(browser, printed, width, device)
    rows = [
        f"| {stop.words} | ![{stop.words}, phone](images/pages/{stop.name}-phone.png) "
        f"| ![{stop.words}, desk](images/pages/{stop.name}-desk.png) |"
        for stop in (*ANYBODY, *STUDENT, *TEACHER, *POLICE)
    ]
    LIST.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")


def walk(browser: Browser, printed: dict[str, str], width: str, device: dict[str, Any]) -> None:
    """Go through all pages in one width."""
    page = open_page(browser, printed["address"], device)
    visit(page, ANYBODY, width, {})
    send_a_ride(page, printed["class code"], width)
    page.context.close()
    for role, stops in (("teacher", TEACHER), ("police", POLICE)):
        page = open_page(browser, printed["address"], device)
        sign_in(page, printed, role)
        visit(page, stops, width, addresses(page, role))
        page.context.close()


def addresses(page: Page, role: str) -> dict[str, str]:
    """Return where the links of the first page of an account lead."""
    if role == "police":
        first = page.locator("#ranking tr[data-id] a").first
        expect(first).to_be_attached()
        place = str(first.get_attribute("href"))
        page.goto("/cases")
        case = page.locator("a[href^='/cases/']").filter(has_not_text="CSV")
        found = [str(link.get_attribute("href")) for link in case.all()]
        return {"place": place, "case": next(one for one in found if CASE.match(one))}
    links = {
        "campaign": re.compile(r"^/teach/campaigns/\d+$"),
        "school": re.compile(r"^/schools/\d+$"),
    }
    found = [str(link.get_attribute("href")) for link in page.locator("table a").all()]
    return {name: next(one for one in found if form.match(one)) for name, form in links.items()}


def visit(page: Page, stops: tuple[Stop, ...], width: str, at: dict[str, str]) -> None:
    """Take a picture of each page."""
    for stop in stops:
        page.goto(stop.path.format(**at))
        take(page, f"{stop.name}-{width}")


def send_a_ride(page: Page, code: str, width: str) -> None:
    """Draw, rate and send a ride, with a picture of each step."""
    page.goto("/")
    page.locator("#code").fill(code)
    page.locator("[name=ready]").check()
    page.locator("form[action='/join'] button").click()
    page.wait_for_url("**/draw")
    for spot in (START, CORRECTION):
        page.evaluate(CLICK, spot)
        expect(page.locator("path.route-line:not(.unsnapped)").first).to_be_attached()
    for stop, button in zip(STUDENT, ("#drawing #done", "#all-fine", "#send", None), strict=True):
        page.wait_for_url(f"**{stop.path}")
        take(page, f"{stop.name}-{width}")
        if button:
            page.locator(button).click()
        if stop.name == "rate":
            page.locator("#continue").click()


def take(page: Page, name: str) -> None:
    """Take one picture, once the map has its tiles and its labels; small, for there are many."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    small = picture.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, kmeans=3)
    small.save(PAGES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
