"""The map of hotspots in a browser: its address opens the same view, its table is its equal."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from api.cookies import STAFF
from api.settings import Settings

Axe = Callable[[Page], None]
VIEW = "() => [map_area.getZoom(), map_area.getCenter().lat.toFixed(4)]"
READY = "() => barometer.hotspotView && !barometer.hotspotView.layer._loading"


@pytest.fixture
def template(published: str) -> str:
    return published


def signed_in(context: BrowserContext, token: str, site: str) -> Page:
    context.add_cookies([{"name": STAFF, "value": token, "url": site}])
    return context.new_page()


def ids(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all(
        "#ranking tr[data-id]", "rows => rows.map((row) => row.dataset.id)"
    )
    return found


def test_a_view_is_filtered_sorted_copied_and_opened_elsewhere(
    phone: BrowserContext,
    desk: BrowserContext,
    site: str,
    base: tuple[Settings, dict[str, str]],
    axe: Axe,
) -> None:
    token = base[1]["police@town.example"]
    page = signed_in(phone, token, site)
    page.goto("/hotspots")
    page.wait_for_function(READY)
    every = ids(page)
    axe(page)

    # The table is on the map: a row goes there and says what is known, and so does a tap.
    page.locator("#ranking .show").first.click()
    expect(page.locator("#picked a")).to_be_visible()
    said = page.locator("#picked").inner_text()
    page.locator("#ranking .show").nth(1).click()
    expect(page.locator("#picked")).not_to_have_text(said)
    box = page.locator(".folium-map").bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator("#picked a")).to_have_attribute("href", re.compile(every[1]))

    # Filters ask the server for table and values; what is left is told to who does not see.
    page.get_by_text("Choose places").click()
    page.get_by_label("Kind of place").select_option("intersection")
    expect(page.locator("#said")).to_contain_text(re.compile(r"of \d+"))
    left = ids(page)
    assert 0 < len(left) < len(every)
    assert all(one.startswith("i") for one in left)
    page.wait_for_function(
        "(n) => barometer.hotspotView.layer.values.ids.length === n", arg=len(left)
    )
    page.get_by_role("radio", name="Rides").check()
    expect(page.locator("#legend-exposure")).to_be_visible()
    expect(page.locator("#of-whom-exposure")).to_be_hidden()

    # Of a part of the day beside the legend stands what is of it, and every row and file follows.
    page.get_by_label("Passed", exact=True).select_option("before_school")
    expect(page.locator("#of-whom-exposure")).to_have_text(
        "Of the rides in this part of the day alone."
    )
    expect(page.locator("#ranking tr.more").first).to_contain_text("Rides before school:")
    file = page.get_by_role("link", name="CSV")
    expect(file).to_have_attribute("href", re.compile("time=before_school&kind=intersection$"))
    page.get_by_label("Passed", exact=True).select_option("")
    expect(page.locator("#of-whom-exposure")).to_be_hidden()
    page.get_by_role("link", name="Place", exact=True).click()
    expect(page.locator("th[aria-sort]")).to_contain_text("Place")
    axe(page)

    # The address is the view: the same map and table on another device.
    address, seen = page.url, (ids(page), page.evaluate(VIEW))
    assert {"kind=intersection", "layer=exposure", "sort=name"} <= set(re.split("[?&#]", address))
    other = signed_in(desk, token, site)
    other.goto(address)
    other.wait_for_function(READY)
    assert (ids(other), other.evaluate(VIEW)) == seen
    expect(other.get_by_role("radio", name="Rides")).to_be_checked()
    axe(other)

    # And in another language: what scripts changed since is not in the page as it was sent.
    other.get_by_role("radio", name="Traffic stress").check()
    other.get_by_role("link", name="Deutsch").click()
    other.wait_for_function(READY)
    expect(other.locator("html")).to_have_attribute("lang", "de")
    expect(other.get_by_role("radio", name="Verkehrsstress")).to_be_checked()
    assert (ids(other), other.evaluate(VIEW)) == seen


SMALL = {"viewport": {"width": 320, "height": 568}, "has_touch": True, "is_mobile": True}
EVERY_PLACE = """() => {
    const box = map_area.getContainer().getBoundingClientRect();
    const rows = [...document.querySelectorAll("#ranking tr[data-id]")];
    const claims = rows.filter(({ dataset }) => dataset.state !== "unknown");
    return (claims.length ? claims : rows)
      .map(({ dataset }) => map_area.latLngToContainerPoint([dataset.lat, dataset.lon]))
      .every(({ x, y }) => x >= 0 && y >= 0 && x <= box.width && y <= box.height);
}"""
FAR_OUT = """() => {
    map_area.setMinZoom(7).setZoom(8, { animate: false });
    return new Promise((done) => { map_area.once("idle", done); setTimeout(done, 1500); });
}"""


def test_a_small_phone_opens_on_every_hotspot_and_goes_out_to_the_whole_area(
    open_browser: Callable[..., BrowserContext], site: str, base: tuple[Settings, dict[str, str]]
) -> None:
    page = signed_in(open_browser(**SMALL), base[1]["police@town.example"], site)
    page.goto("/hotspots")
    page.wait_for_function(READY)
    # The streets of the town are 280 x 298 pixels at zoom 12, the map on this phone 320 x 204.
    limits = "() => [map_area.getZoom(), map_area.getMinZoom()]"
    zoom, least = page.evaluate(limits)
    assert zoom >= least == 11
    assert page.evaluate(EVERY_PLACE)

    # Where there are no tiles for a zoom, those of the lowest level are drawn, and can be tapped.
    page.evaluate(FAR_OUT)
    page.wait_for_function(READY)
    found = page.evaluate("""async () => {
        const [row] = document.querySelectorAll("#ranking tr[data-id]");
        const { layer } = barometer.hotspotView;
        return [Object.values(layer._tiles).map(({ coords }) => coords.z),
                await layer.nearest(L.latLng(row.dataset.lat, row.dataset.lon), 44)];
    }""")
    assert set(found[0]) == {10}
    assert found[1] in ids(page)

    # Turned or on a larger screen less of the land around is to be seen.
    page.set_viewport_size({"width": 568, "height": 1000})
    page.wait_for_function("() => map_area.getMinZoom() === 12")

    # Who looks at one place needs no map of the town.
    page.goto(f"/places/{ids(page)[0]}")
    assert page.evaluate("() => map_area.getMinZoom()") == 12


def test_on_paper_a_map_keeps_the_size_of_its_tiles_and_says_whose_data_it_is(
    phone: BrowserContext, site: str, base: tuple[Settings, dict[str, str]]
) -> None:
    page = signed_in(phone, base[1]["police@town.example"], site)
    page.goto("/hotspots")
    page.wait_for_function(READY)
    for address in ("/hotspots", f"/places/{ids(page)[0]}", "/patrol"):
        page.goto(address)
        size = page.evaluate("() => [map_area.getSize().x, map_area.getSize().y]")
        page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 1000, "height": 1400})
        assert page.evaluate("() => [map_area.getSize().x, map_area.getSize().y]") == size
        expect(page.locator(".map-source")).to_be_visible()
        expect(page.locator(".languages")).to_be_hidden()
        page.emulate_media(media="screen")
        page.set_viewport_size({"width": 390, "height": 844})


def test_names_of_places_lie_over_the_colours(
    phone: BrowserContext, site: str, base: tuple[Settings, dict[str, str]]
) -> None:
    page = signed_in(phone, base[1]["police@town.example"], site)
    page.goto("/hotspots?layer=stress")
    page.wait_for_function(READY)

    # Ground, network, names: and only the ground of the two of the base map fetches tiles.
    order = page.evaluate("""() => Object.values(map_area._layers)
        .filter((layer) => layer._tiles)
        .map((layer) => [layer.options.zIndex, Boolean(layer.labelRules?.length)])""")
    assert sorted(order) == [[0, False], [1, False], [2, True]]
    assert page.evaluate("() => barometer.hotspotView.layer.knowsStress")


def test_without_scripts_the_form_and_the_table_do_the_same(
    open_browser: Callable[..., BrowserContext], site: str, base: tuple[Settings, dict[str, str]]
) -> None:
    page = signed_in(open_browser(java_script_enabled=False), base[1]["police@town.example"], site)
    page.goto("/hotspots")
    every = page.locator("#ranking tr[data-id]").count()
    page.get_by_text("Choose places").click()
    page.get_by_label("Kind of place").select_option("segment")
    page.locator(".filters").get_by_role("button", name="Show").click()
    rows = page.locator("#ranking tr[data-id]")
    assert 0 < rows.count() < every
    page.get_by_role("link", name="Danger", exact=True).click()
    expect(page.locator("th[aria-sort]")).to_contain_text("Danger")
    assert "kind=segment" in page.url
    assert rows.first.get_attribute("data-id")
