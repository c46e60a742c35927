import json
import re
from threading import Thread

import folium
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Template

from geo.crs import BBox
from web.draw import script_json
from web.maps import ForeignAssetError, asset_address, draw_map, hotspot_map, place_map

AREA = {"name": "town", "version": "1", "bbox": [13.2, 53.5, 13.4, 53.7]}
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)  # fmt: skip


def test_map_needs_leaflet_and_our_own_files_only() -> None:
    parts = draw_map(AREA, language="en")

    address = re.escape('<link rel="stylesheet" href="/static/vendor/leaflet.css?v=')
    assert re.fullmatch(address + r'[0-9a-f]{10}">', parts.head)
    assert parts.files[0] == "/static/vendor/leaflet.js"
    assert all(file.startswith("/static/") for file in parts.files)


def test_stock_assets_of_folium_are_all_known() -> None:
    for name, url in [*folium.Map.default_js, *folium.Map.default_css]:
        assert (asset_address(name, url) or "/static/").startswith("/static/")


def test_unknown_foreign_asset_is_an_error() -> None:
    with pytest.raises(ForeignAssetError, match=r"'heat'.*cdn\.example"):
        asset_address("heat", "https://cdn.example/heat.js")
    with pytest.raises(ForeignAssetError):
        asset_address("heat", "//cdn.example/heat.js")


def test_folium_keeps_zoom_possible() -> None:
    parts = draw_map(AREA, language="en")

    assert "viewport" not in parts.head + parts.body + parts.script
    assert "<" not in parts.script


def test_map_is_centred_latitude_first_for_leaflet() -> None:
    # Middle of 13.2-13.4 E, 53.5-53.7 N.
    assert re.search(r"center: \[53\.6, 13\.3", draw_map(AREA, language="en").script)
    assert '"center": [53.61, 13.31]' in place_map(
        AREA, lon=13.31, lat=53.61, name="", language="en"
    ).script  # fmt: skip


def test_tiles_come_from_the_version_of_the_area() -> None:
    script = hotspot_map(AREA, language="en", whole=BBox(13.2, 53.5, 13.4, 53.7)).script

    assert '"url": "/areas/town/1/basemap.pmtiles"' in script
    assert '"network": "/areas/town/1/network.pmtiles"' in script


def test_only_a_map_of_the_whole_area_is_told_how_far_out_it_goes() -> None:
    box = BBox(13.25, 53.5, 13.35, 53.6)

    script = hotspot_map(AREA, language="en", whole=box).script
    assert script.count("[[53.5, 13.25], [53.6, 13.35]]") == 2
    assert '"whole": null' in draw_map(AREA, language="en").script


def test_same_area_gives_the_same_map() -> None:
    assert draw_map(AREA, language="en") == draw_map(AREA, language="en")


def test_maps_of_one_process_do_not_mix() -> None:
    scripts: list[str] = []
    threads = [
        Thread(
            target=lambda: scripts.append(
                hotspot_map(AREA, language="en", whole=BBox(13.2, 53.5, 13.4, 53.7)).script
            )
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(scripts)) == 1
    assert not any("hotspots" in file for file in draw_map(AREA, language="en").files)


@pytest.mark.parametrize(
    "name", ["{{ 7 * 7 }}", "{% raw %}", "${alert(1)}", "`", "</script>", "'\"\\", "\u2028"]
)
def test_street_name_cannot_run(name: str) -> None:
    script = place_map(AREA, lon=13.3, lat=53.6, name=name, language="en").script
    encoded = re.search(r'"name": ("(?:[^"\\]|\\.)*")', script)

    assert encoded
    assert json.loads(encoded[1]) == name
    assert not set("{}$`<>&'\u2028") & set(encoded[1])


@given(values)
def test_json_survives_a_template_and_means_the_same(value: object) -> None:
    assert json.loads(Template(script_json(value)).render()) == value


def test_not_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        script_json({"lon": float("nan")})
