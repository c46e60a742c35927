"""The page of a network, opened from a disk in a real browser."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from api.services.areas import LoadedArea, area_folder
from api.settings import Settings
from geo.left_out import read_left_out
from geo.network import Network
from web.inspection import inspection_page
from web.tiles import BASEMAP

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"
# A drawn tile has more colours than its background.
IS_DRAWN = """() => [...document.querySelectorAll('canvas.leaflet-tile')].some((tile) => {
    if (!tile.width) return false;
    const pixels = tile.getContext('2d').getImageData(0, 0, tile.width, tile.height).data;
    return new Set(new Uint32Array(pixels.buffer)).size > 20;
})"""
AREA = {
    "name": "neubrandenburg", "title": "Neubrandenburg", "version": "1", "osm_date": "2016-02-10",
    "bbox": [13.235, 53.535, 13.305, 53.58],
}  # fmt: skip


@pytest.fixture(scope="module")
def network(loaded: LoadedArea) -> Network:
    """The sample town, in which one street has a dangerous name."""
    segments = loaded.network.segments.copy()
    # Streets of one name make one stretch here; what a stretch really is matters not to the page.
    segments["stretch"] = segments["name"].where(segments["name"] != "", segments["id"])
    segments.loc[segments.index[0], "name"] = HOSTILE
    return replace(loaded.network, segments=segments)


@pytest.fixture(scope="module")
def file(
    base: tuple[Settings, object],
    loaded: LoadedArea,
    network: Network,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    folder = area_folder(base[0], loaded.id, loaded.version)
    path = tmp_path_factory.mktemp("inspection") / "inspect.html"
    base_map = (folder / BASEMAP).read_bytes()
    page = inspection_page(AREA, network, left_out=read_left_out(folder), base_map=base_map)
    path.write_text(page, encoding="utf-8")
    return path


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, chromium: Browser, file: Path) -> Iterator[Page]:
    width, height = request.param
    tab = chromium.new_page(viewport={"width": width, "height": height})
    complaints: list[str] = []
    asked: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("dialog", lambda dialog: complaints.append(dialog.message))
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(file.as_uri())
    tab.wait_for_selector("html[data-ready]", state="attached")
    yield tab
    assert complaints == []
    assert asked == [file.as_uri()]
    tab.close()


def test_page_fits_and_draws_the_base_map_from_itself(page: Page) -> None:
    page.wait_for_function("document.querySelectorAll('canvas.leaflet-tile').length > 3")
    # A drawn tile has more colours than its background.
    page.wait_for_function(IS_DRAWN)

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_legends_count_everything(page: Page, network: Network) -> None:
    def total(legend: str) -> int:
        counts = page.locator(f"#{legend} .count").all_inner_texts()
        return sum(int(text.split(" ·")[0].replace(",", "")) for text in counts)

    for column in ("stress", "facility", "riding", "within", "stretch"):
        page.select_option("#segments-by", column)
        assert total("segments-legend") == len(network.segments)
    for column in ("type", "arms", "radius_m"):
        page.select_option("#intersections-by", column)
        assert total("intersections-legend") == len(network.intersections)


def test_intersection_is_found_by_its_name_and_shows_its_values(
    page: Page, network: Network
) -> None:
    place = network.intersections[network.intersections["name"].str.contains("×")].iloc[0]
    page.get_by_label("Find an id or a name").fill(place["id"])
    page.locator("#found button").first.click()
    shown = page.locator("#picked")

    assert place["name"] in shown.inner_text()
    assert str(place["osm_nodes"][0]) in shown.inner_text()
    assert page.url.endswith(f"#{place['id']}")
    assert page.evaluate("map_area.getZoom()") >= 17
    shown.get_by_role("button", name="Close").click()
    assert shown.is_hidden()


def test_click_on_a_street_shows_its_values(page: Page, network: Network) -> None:
    segments = network.segments[network.segments["within"].isna()]
    segment = segments.loc[segments["length_m"].idxmax()]
    at = segment.geometry.interpolate(0.5, normalized=True)
    page.evaluate(f"void map_area.setView([{at.y}, {at.x}], 18, {{animate: false}})")
    box = page.locator(".folium-map").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    assert segment["id"] in page.locator("#picked").inner_text()


def test_dangerous_name_is_shown_as_it_is_written(page: Page, network: Network) -> None:
    page.get_by_label("Find an id or a name").fill("onerror=alert")
    found = page.locator("#found button").first
    assert HOSTILE in found.inner_text()
    found.click()

    assert HOSTILE in page.locator("#picked").inner_text()
    assert network.segments["id"].iloc[0] in page.locator("#picked").inner_text()
    assert page.locator("#picked img, #found img").count() == 0


def test_what_was_left_out_is_shown_by_its_reason(page: Page) -> None:
    assert not page.get_by_label("all of it").is_checked()
    page.get_by_label("all of it").check()

    reasons = page.locator("#left-out-legend input")
    assert reasons.count() > 2
    assert all(box.is_checked() for box in reasons.all())


def test_page_is_accessible(page: Page) -> None:
    found = Axe().run(page)

    assert found.violations_count == 0, found.generate_report()
