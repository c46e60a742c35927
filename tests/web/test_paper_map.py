from collections.abc import Iterator
from datetime import date
from io import BytesIO

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from geo.crs import BBox
from geo.network import Network
from web.paper_map import MapSheet, area_map, bounds_around, paper_map
from web.street_labels import place_labels

WEST, SOUTH, STEP = 13.25, 53.55, 0.004
SCHOOL = shapely.Point(WEST + 2 * STEP, SOUTH + 2 * STEP)
SHEET = MapSheet("en", simulated=False, school="Albert-Einstein-Gymnasium", campaign="8b",
                 paper="a4", radius_m=1500, day=date(2026, 9, 1))  # fmt: skip
NOTHING = gpd.GeoDataFrame({"kind": [], "name": [], "geometry": []}, crs="EPSG:4326")


@pytest.fixture(scope="module")
def network() -> Network:
    """Five by five intersections; the streets between them stop short of each middle."""
    points = {
        (x, y): np.array((WEST + x * STEP, SOUTH + y * STEP)) for x in range(5) for y in range(5)
    }
    rows = []
    for (x, y), here in points.items():
        for there in ((x + 1, y), (x, y + 1)):
            if there in points:
                along = points[there] - here
                rows.append({
                    "id": f"s{x}{y}-{there[0]}{there[1]}",
                    "start_intersection": f"i{x}{y}",
                    "end_intersection": f"i{there[0]}{there[1]}",
                    "name": f"Row {y} <&>" if there[1] == y else "",
                    "road_class": "primary" if y == 2 else "residential",
                    "geometry": shapely.LineString([here + 0.1 * along, here + 0.9 * along]),
                })  # fmt: skip
    crossings = [
        {"id": f"i{x}{y}", "type": "signalised" if x == y else "uncontrolled",
         "geometry": shapely.Point(p)} for (x, y), p in points.items()
    ]  # fmt: skip
    return Network(
        gpd.GeoDataFrame(rows, crs="EPSG:4326"), gpd.GeoDataFrame(crossings, crs="EPSG:4326")
    )


def ground(**layers: gpd.GeoDataFrame) -> dict[str, gpd.GeoDataFrame]:
    return {"green": NOTHING, "water": NOTHING, **layers}


def streets(*rows: tuple[str, str, list[tuple[float, float]]]) -> gpd.GeoDataFrame:
    lines = [shapely.LineString(line) for _, _, line in rows]
    return gpd.GeoDataFrame(
        {"name": [name for name, _, _ in rows], "road_class": [road for _, road, _ in rows]},
        geometry=lines,
    )


def structure(pdf: bytes) -> Iterator[DictionaryObject]:
    waiting = [PdfReader(BytesIO(pdf)).trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        one = waiting.pop().get_object()
        if isinstance(one, DictionaryObject):
            yield one
            below = one.get("/K", []).get_object() if "/K" in one else []
            waiting += below if isinstance(below, list) else [below]


def test_the_sheet_says_how_to_draw_and_that_the_paper_is_destroyed(network: Network) -> None:
    pdf = paper_map(SHEET, network, ground(), SCHOOL)

    (page,) = PdfReader(BytesIO(pdf)).pages
    words = " ".join(page.extract_text().split())
    for part in ("Start at a corner near you, not at your house.", "not write your name",
                 "Number of your card", "the school destroys this paper", "blue: safe",
                 "© OpenStreetMap contributors, ODbL"):  # fmt: skip
        assert part in words
    metadata = PdfReader(BytesIO(pdf)).trailer["/Root"]["/Metadata"].get_data()
    assert b"<pdfuaid:part>1</pdfuaid:part>" in metadata


def test_names_with_joined_marks_stand_on_the_map_and_keep_it_accessible(network: Network) -> None:
    def told(beginning: str) -> tuple[bytes, int]:
        names = network.segments["name"].str.replace(r"Row (\d).*", rf"{beginning} \1", regex=True)
        named = Network(network.segments.assign(name=names), network.intersections)
        pdf = paper_map(SHEET, named, ground(), SCHOOL)
        (page,) = PdfReader(BytesIO(pdf)).pages
        return pdf, page.extract_text().count(beginning[:3])

    pdf, found = told("ถนนสุขุมวิท")
    assert found == told("Sukhumvit Rd")[1] > 2
    (figure,) = [one for one in structure(pdf) if one.get("/S") == "/Figure"]
    assert "map" in figure["/Alt"].lower()


@pytest.mark.parametrize("paper", ["a4", "a3"])
def test_every_paper_is_one_landscape_sheet(network: Network, paper: str) -> None:
    sheet = MapSheet("de", simulated=True, school="S" * 60, campaign="K" * 80, paper=paper,  # type: ignore[arg-type]
                     radius_m=3000, day=date(2026, 9, 1))  # fmt: skip
    (page,) = PdfReader(BytesIO(paper_map(sheet, network, ground(), SCHOOL))).pages

    assert page.mediabox.width > page.mediabox.height


def test_a_map_has_names_scale_north_and_its_source(network: Network) -> None:
    svg = area_map(network, ground(), SCHOOL, language="en", radius_m=1500, width=200, height=184)

    for part in ("Row 2 &lt;&amp;>", "500 m", ">N<", "© OpenStreetMap contributors, ODbL"):
        assert part in svg


def test_water_is_drawn_with_its_islands(network: Network) -> None:
    lake = shapely.box(WEST, SOUTH, WEST + STEP, SOUTH + STEP) - SCHOOL.buffer(0.001)
    with_lake = ground(water=gpd.GeoDataFrame({"geometry": [lake]}, crs="EPSG:4326"))
    svg = area_map(network, with_lake, SCHOOL, language="en", radius_m=1500, width=200, height=184)

    assert 'fill-rule="evenodd"' in svg


def test_bounds_reach_the_radius_in_every_direction() -> None:
    found = bounds_around(shapely.Point(13.25, 0.0), radius_m=3000, paper="a4")

    assert isinstance(found, BBox)
    assert found.north == pytest.approx(3000 * 1.05 / 111_000)
    assert found.east - 13.25 > found.north  # the paper is wider than high


def test_a_name_stands_along_its_street_and_never_on_its_head() -> None:
    rows = streets(("Eastward", "residential", [(10, 10), (60, 10)]),
                   ("Westward", "residential", [(60, 30), (10, 30)]),
                   ("Downward", "residential", [(80, 10), (80, 60)]))  # fmt: skip
    found = {one.name: one for one in place_labels(
        rows, sizes=(2.7, 2.3), within=shapely.box(0, 0, 100, 100))}  # fmt: skip

    assert found["Eastward"].turn == found["Westward"].turn == 0
    assert abs(found["Downward"].turn) == 90
    assert (found["Eastward"].x, found["Eastward"].y) == pytest.approx((35, 10), abs=2.1)


def test_of_two_names_that_meet_the_main_street_keeps_its_place() -> None:
    rows = streets(("Aside", "residential", [(10, 10), (30, 10)]),
                   ("Broadway", "primary", [(10, 11), (30, 11)]))  # fmt: skip
    found = place_labels(rows, sizes=(2.7, 2.3), within=shapely.box(0, 0, 100, 100))

    assert [one.name for one in found] == ["Broadway"]


def test_short_and_winding_streets_stay_without_a_name() -> None:
    zigzag = [(x, 50 + 5 * (x % 2)) for x in range(10, 40)]
    rows = streets(("A very long name indeed", "residential", [(10, 10), (20, 10)]),
                   ("Zigzag", "residential", zigzag))  # fmt: skip

    assert place_labels(rows, sizes=(2.7, 2.3), within=shapely.box(0, 0, 100, 100)) == []


def test_a_long_street_is_named_again() -> None:
    rows = streets(("Broadway", "primary", [(0, 50), (400, 50)]))
    found = place_labels(rows, sizes=(2.7, 2.3), within=shapely.box(0, 0, 400, 100))

    assert len(found) >= 3
    assert np.diff(sorted(one.x for one in found)).min() >= 75
