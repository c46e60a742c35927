"""The plan of patrols on paper: its list, and the map of its places beside it."""

import re
from dataclasses import replace
from datetime import date, time
from io import BytesIO
from typing import Any

import geopandas as gpd
import pytest
import shapely
from pypdf import PdfReader

from geo.network import Network
from geo.patrol import Slot
from web.paper import INK, PAPER
from web.patrol import PatrolWeek, Stop, patrol_sheet
from web.patrol_figure import HEIGHT_MM, MARK_MM, WIDTH_MM, patrol_figure
from web.translation import LANGUAGES

WEST, SOUTH, STEP = 13.2, 53.5, 0.004
NOTHING = gpd.GeoDataFrame({"kind": [], "name": [], "geometry": []}, crs="EPSG:4326")
GROUND = {"green": NOTHING, "water": NOTHING}
STREET = shapely.LineString([(WEST + STEP, SOUTH), (WEST + 2 * STEP, SOUTH)])
PLACES: dict[int, shapely.Geometry] = {1: shapely.Point(WEST, SOUTH), 2: STREET}
DISC = re.compile(rf'<circle cx="([\d.]+)" cy="([\d.]+)" r="{MARK_MM}"')


def stop(number: int, day: int) -> Stop:
    slot = Slot(f"s{number}", day, "before_school", 1.0, 0.02, 0.01, 0.03)
    row: dict[str, Any] = {"id": f"s{number}", "name": "Row <&>", "kind": "segment"}
    return Stop(slot, row, ("speed_checks", "parking_checks"), number)


WEEK = PatrolWeek(
    language="en", simulated=False, area="Town", begin=time(8), end=time(15), patrols=2,
    stops=(stop(1, 0), stop(2, 1)), release_number=3, release_day=date(2026, 9, 1), mode="risk",
)  # fmt: skip


@pytest.fixture
def network() -> Network:
    """One street of three segments."""
    rows = [
        {"id": f"s{x}", "start_intersection": f"i{x}", "end_intersection": f"i{x + 1}",
         "name": "Row <&>", "road_class": "residential",
         "geometry": shapely.LineString([(WEST + x * STEP, SOUTH), (WEST + (x + 1) * STEP, SOUTH)])}
        for x in range(3)
    ]  # fmt: skip
    crossings = [
        {"id": f"i{x}", "type": "uncontrolled", "geometry": shapely.Point(WEST + x * STEP, SOUTH)}
        for x in range(4)
    ]
    return Network(
        gpd.GeoDataFrame(rows, crs="EPSG:4326"), gpd.GeoDataFrame(crossings, crs="EPSG:4326")
    )


def test_places_are_told_apart_without_colour(network: Network) -> None:
    figure = patrol_figure(PLACES, network, GROUND, language="en")

    assert figure.count(f'stroke="{INK}" stroke-width="32"') == 1
    assert len(re.findall(rf'r="2.4" fill="none" stroke="{INK}"', figure)) == 1
    numbers = re.findall(rf'font-weight="700" fill="{PAPER}">(\d+)</text>', figure)
    assert numbers == ["1", "2"]
    assert "© OpenStreetMap contributors, ODbL" in figure


def test_numbers_of_places_at_one_spot_can_all_be_read(network: Network) -> None:
    crowd = {n: shapely.Point(WEST, SOUTH) for n in range(1, 11)}
    figure = patrol_figure(crowd, network, GROUND, language="en")

    spots = [(float(x), float(y)) for x, y in DISC.findall(figure)]
    assert len(spots) == 10
    for n, (x, y) in enumerate(spots):
        assert MARK_MM < x < WIDTH_MM - MARK_MM
        assert MARK_MM < y < HEIGHT_MM - MARK_MM
        assert all(abs(x - a) + abs(y - b) > 2 * MARK_MM - 0.5 for a, b in spots[:n])


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_accessible_on_two_pages_and_the_same_bytes_each_time(
    network: Network, language: str
) -> None:
    week = replace(WEEK, language=language)
    figure = patrol_figure(PLACES, network, GROUND, language=language)
    pdf = patrol_sheet(week, figure)
    reader = PdfReader(BytesIO(pdf))

    assert len(reader.pages) == 2
    assert b"<pdfuaid:part>1</pdfuaid:part>" in reader.trailer["/Root"]["/Metadata"].get_data()  # type: ignore[index]
    objects = (reader.get_object(number) for number in range(1, int(reader.trailer["/Size"])))
    said = [str(one["/Alt"]) for one in objects if isinstance(one, dict) and "/Alt" in one]
    assert [words for words in said if "1 Row <&>; 2 Row <&>" in words]
    assert pdf == patrol_sheet(week, figure)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_plan_stays_on_a_page(language: str) -> None:
    stops = tuple(stop(number, number % 5) for number in range(1, 11))

    assert (
        len(PdfReader(BytesIO(patrol_sheet(replace(WEEK, language=language, stops=stops)))).pages)
        == 1
    )


def test_a_plan_without_patrols_has_no_map() -> None:
    reader = PdfReader(BytesIO(patrol_sheet(replace(WEEK, stops=()))))

    assert len(reader.pages) == 1
    assert "At no place" in reader.pages[0].extract_text()
