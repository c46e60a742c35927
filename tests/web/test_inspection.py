"""The page of a network: what is in it, and that nothing else can be."""

import json
import re
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.network import INTERSECTION_COLUMNS, SEGMENT_COLUMNS, Network
from geo.traffic import ASSUMPTIONS
from tests.web.reader import Reader
from web.assumptions import assumption_words, assumptions_in_words
from web.inspection import inspection_page
from web.inspection_data import inspection_data, page_json

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
AREA = {
    "name": "town", "title": HOSTILE, "version": "1", "osm_date": None,
    "bbox": [13.2, 53.5, 13.4, 53.7],
}  # fmt: skip
SEGMENT = {
    "id": "sa", "start": 5, "end": -(2**60), "start_intersection": "ia", "end_intersection": None,
    "within": np.nan, "name": HOSTILE, "road_class": "residential", "facility": "none",
    "forward": np.True_, "backward": False, "push": False, "length_m": np.float64(66.12345),
    "type": "residential/none", "stress": 2, "assumed": 0.5,
    "assumptions": ["lanes:default", "volume:class"],
    "geometry": shapely.LineString([(13.25, 53.55), (13.251, 53.55), (13.2505, 53.5500004)]),
}  # fmt: skip
INTERSECTION = {
    "id": "ia", "name": "Å × Ö", "type": "path", "arms": 3, "safe": True, "stress": 1,
    "assumed": 0.0, "assumptions": [], "osm_nodes": np.array([5, 6]), "radius_m": 0.0,
    "geometry": shapely.Point(13.25, 53.55),
}  # fmt: skip


def frame(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=list(columns)), crs="EPSG:4326")


@pytest.fixture
def network() -> Network:
    turns = {"arriving": ["sa"], "arriving_forward": [True], "leaving": ["sa"],
             "leaving_forward": [False]}  # fmt: skip
    return Network(
        frame([SEGMENT] * 3, SEGMENT_COLUMNS),
        frame([INTERSECTION], INTERSECTION_COLUMNS),
        pd.DataFrame(turns),
    )


@pytest.fixture
def left_out() -> gpd.GeoDataFrame:
    line = SEGMENT["geometry"]
    rows = [{"osm_id": 7, "reason": HOSTILE, "stress": "not rideable", "geometry": line}]
    return frame(rows, ("osm_id", "reason", "stress", "geometry"))


def test_hand_worked_arrays(network: Network, left_out: gpd.GeoDataFrame) -> None:
    data = inspection_data(network, left_out)
    segments = data["segments"]["columns"]

    # 13.25, 53.55; then 0.001° east; then 0.0005° back and less than 0.000001° north.
    assert data["segments"]["lines"][0] == [13_250_000, 53_550_000, 1000, 0, -500, 0]
    assert data["intersections"]["lines"] == [[13_250_000, 53_550_000]]
    assert data["intersections"]["columns"]["osm_nodes"] == [[5, 6]]
    assert segments["name"] == {"words": [HOSTILE], "codes": [0, 0, 0]}
    assert segments["forward"] == [1, 1, 1]
    assert segments["length_m"] == [66.123] * 3
    assert segments["end"] == [None] * 3  # of no OSM node, and too large for a script
    assert segments["within"] == [None] * 3
    assert data["left_out"]["columns"]["osm_id"] == [7]
    assert data["left_out"]["columns"]["stress"] == ["not rideable"]
    assert data["turns"] == [[2, 1, 2, 0]]


def test_assumptions_of_a_place_are_in_words(network: Network) -> None:
    data = inspection_data(network, None)

    words = "number of lanes: one each way; amount of traffic: the usual one of such a street"
    assert data["segments"]["columns"]["assumptions"] == {"words": [words], "codes": [0, 0, 0]}
    assert data["intersections"]["columns"]["assumptions"] == [""]


def test_every_assumption_has_words() -> None:
    assert set(assumption_words(str)) == set(ASSUMPTIONS)
    assert assumptions_in_words(["of:tomorrow"], str) == ["of:tomorrow"]


def test_column_of_words_and_gaps_names_each_word_once(network: Network) -> None:
    network.segments["control"] = ["signals", None, "signals"]
    network.segments["parts"] = [{"stop": 1, "island": None}, {}, {"stop": 2}]

    columns = inspection_data(network, None)["segments"]["columns"]

    assert columns["control"] == {"words": ["signals"], "codes": [0, -1, 0]}
    assert columns["parts"] == [{"stop": 1}, {}, {"stop": 2}]


@given(st.recursive(st.text() | st.integers() | st.none(), st.lists))
def test_json_of_the_page_means_the_same_and_ends_no_script(value: object) -> None:
    text = page_json(value)

    assert json.loads(text) == value
    assert not set("<>&\u2028\u2029") & set(text)


def test_page_is_one_file_that_asks_for_nothing(
    network: Network, left_out: gpd.GeoDataFrame
) -> None:
    html = inspection_page(AREA, network, left_out=left_out, base_map=b"tiles")
    tags = Reader(html).tags

    assert not [tag for tag, _ in tags if tag in {"link", "img", "iframe", "object", "a"}]
    assert not [values for _, values in tags if {"src", "href", "srcset", "style"} & set(values)]
    assert not re.search(r"@import|url\((?!none|#)", html.split("</style>")[0])
    policy = next(v["content"] for t, v in tags if t == "meta" and "http-equiv" in v)
    assert "default-src 'none'" in str(policy)
    assert "unsafe" not in str(policy)


def test_names_of_streets_are_words_and_nothing_else(
    network: Network, left_out: gpd.GeoDataFrame
) -> None:
    html = inspection_page(AREA, network, left_out=left_out, base_map=None)
    scripts = len(re.findall(r"<script", html))

    assert "alert(1)</script>" not in html
    assert "<img" not in html
    # Configuration, data, tiles, six files and folium's own; a name would be one more.
    assert scripts == len(re.findall(r"</script>", html)) == 3 + 6 + 1


def test_same_network_gives_the_same_page(network: Network, left_out: gpd.GeoDataFrame) -> None:
    pages = {inspection_page(AREA, network, left_out=left_out, base_map=b"tiles") for _ in range(2)}

    assert len(pages) == 1
