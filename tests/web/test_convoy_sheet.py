"""The sheet that the adult of a convoy takes along."""

from dataclasses import replace
from datetime import date, time
from io import BytesIO

import geopandas as gpd
import pytest
import shapely
from pypdf import PdfReader

from geo.network import Network
from web.convoys import ConvoySheet, Mind, StopLine, convoy_figure, convoy_sheet
from web.translation import LANGUAGES

WEST, SOUTH, STEP = 13.2, 53.5, 0.004
NOTHING = gpd.GeoDataFrame({"kind": [], "name": [], "geometry": []}, crs="EPSG:4326")
GROUND = {"green": NOTHING, "water": NOTHING}
LINE = shapely.LineString([(WEST + x * STEP, SOUTH) for x in range(4)])
SCHOOL = shapely.Point(WEST + 3 * STEP, SOUTH + 0.0005)
SHEET = ConvoySheet(
    language="en", simulated=False, school="Gymnasium <A> #1", number=2, members=20, at_least=5,
    adults=2, riders=15, length_m=800,
    stops=(StopLine("First Street × Row", WEST, SOUTH, time(7, 29), 800),
           StopLine("", WEST + STEP, SOUTH, time(7, 33), 540)),
    arrival=time(7, 35), bell=time(7, 45),
    mind=(Mind("Bad Corner", "intersection", 0.8, 4, WEST + STEP, SOUTH),
          Mind("", "segment", None, 3, WEST + 2 * STEP, SOUTH)),
    release_number=7, release_day=date(2026, 9, 1),
)  # fmt: skip


@pytest.fixture
def network() -> Network:
    """One street of three segments, and an alley beside it."""
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


def read(pdf: bytes) -> str:
    (page,) = PdfReader(BytesIO(pdf)).pages
    return " ".join(page.extract_text().split())


def test_the_sheet_says_when_where_with_whom_and_what_to_mind(network: Network) -> None:
    text = read(convoy_sheet(SHEET, network, GROUND, line=LINE, school=SCHOOL))

    for part in (
        "Convoy 2 to Gymnasium <A> #1", "At least 20 students", "2 adults or trainers", "0.8 km",
        "At school at 07:35, lessons begin at 07:45", "07:29 First Street × Row",
        "07:33 Crossing without a name", "Bad Corner: felt unsafe, traffic stress 4 of 4",
        "Path without a name: too few ratings, traffic stress 3 of 4", "at least 5 of the students",
        "2 groups of at most 15 students", "nobody's address is known", "Release 7",
        "© OpenStreetMap contributors, ODbL",
    ):  # fmt: skip
        assert part in text, part


def test_it_is_accessible_and_the_same_bytes_each_time(network: Network) -> None:
    pdf = convoy_sheet(SHEET, network, GROUND, line=LINE, school=SCHOOL)

    metadata = PdfReader(BytesIO(pdf)).trailer["/Root"]["/Metadata"].get_data()  # type: ignore[index]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert pdf == convoy_sheet(SHEET, network, GROUND, line=LINE, school=SCHOOL)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_way_stays_on_one_sheet(network: Network, language: str) -> None:
    stops = tuple(
        StopLine("Friedrich-Engels-Ring × Woldegker Straße", WEST, SOUTH, time(7, n), 9000)
        for n in range(12)
    )
    full = replace(SHEET, language=language, simulated=True, stops=stops, mind=SHEET.mind[:1] * 3)

    assert read(convoy_sheet(full, network, GROUND, line=LINE, school=SCHOOL))


def test_a_way_without_bad_places_is_not_called_safe(network: Network) -> None:
    text = read(
        convoy_sheet(replace(SHEET, mind=(), adults=1), network, GROUND, line=LINE, school=SCHOOL)
    )

    assert "That does not mean it is safe." in text
    assert "groups of at most" not in text


def test_the_map_numbers_the_stops_and_letters_what_to_mind(network: Network) -> None:
    svg = convoy_figure(SHEET, network, GROUND, line=LINE, school=SCHOOL)

    for part in (">1<", ">2<", ">A<", ">B<", "© OpenStreetMap contributors, ODbL"):
        assert part in svg
