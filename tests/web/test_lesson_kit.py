"""The lesson kit of a small town of 25 crossings, worked out by hand."""

import io
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, get_args

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from defusedxml import ElementTree as SafeTree
from pypdf import PdfReader

from geo.lesson import place_facts, street_facts, streets_around
from geo.network import Network
from web.answers import answer_sentences, answers
from web.kit_values import KitPlace, KitResults, LessonKit, Part
from web.lesson_kit import kit_archive, kit_part, media_type
from web.lesson_layers import dictionary, lesson_layers
from web.lesson_plan import lesson_plan
from web.slides import slides
from web.work_sheet import work_sheet

WEST, SOUTH, STEP = 13.25, 53.55, 0.002
SCHOOL = shapely.Point(WEST + 2 * STEP, SOUTH + 2 * STEP)
BUSY_ROW = 2
LENGTH_M = 200.0
PDFS = ("lesson-plan.pdf", "slides.pdf", "work-sheet.pdf", "answers.pdf")


def corner(x: int, y: int) -> shapely.Point:
    return shapely.Point(WEST + x * STEP, SOUTH + y * STEP)


@pytest.fixture(scope="module")
def network() -> Network:
    """Five by five crossings; the middle row is a main road with stress 3."""
    rows: list[dict[str, Any]] = []
    for x, y in np.ndindex(5, 5):
        for there in ((x + 1, y), (x, y + 1)):
            if max(there) < 5:
                busy = y == BUSY_ROW and there[1] == y
                rows.append(
                    {
                        "id": f"s{x}{y}{there[0]}{there[1]}",
                        "start_intersection": f"i{x}{y}",
                        "end_intersection": f"i{there[0]}{there[1]}",
                        "within": None,
                        "name": "Ring" if busy else "",
                        "road_class": "primary" if busy else "residential",
                        "facility": "none",
                        "stress": 3 if busy else 1,
                        "length_m": LENGTH_M,
                        "geometry": shapely.LineString([corner(x, y), corner(*there)]),
                    }
                )
    crossings = [{"id": f"i{x}{y}", "geometry": corner(x, y)} for x, y in np.ndindex(5, 5)]
    return Network(
        gpd.GeoDataFrame(rows, crs="EPSG:4326"), gpd.GeoDataFrame(crossings, crs="EPSG:4326")
    )


@pytest.fixture(scope="module")
def kit(network: Network) -> LessonKit:
    """One crossing, a busy street on it, and a calm street that few have rated."""
    shapes = network.segments.set_index("id").geometry
    crossing = KitPlace(
        rank=1, id="i22", kind="intersection", type="signalised", name="Ring × Hof",
        state="confirmed", stress=3, students=25, ratings=20, geometry=corner(2, 2),
        danger=0.7, danger_low=0.6, danger_high=0.8, index=88.0, index_low=70.0, index_high=100.0,
        reasons=("speed", "space"),
    )  # fmt: skip
    street = KitPlace(
        rank=2, id="s2232", kind="segment", type="primary/none", name="Ring", state="unknown",
        stress=3, students=30, ratings=15, geometry=shapes["s2232"],
        danger=0.4, danger_low=0.3, danger_high=0.65,
    )  # fmt: skip
    calm = replace(
        street, rank=3, id="s2223", type="residential/none", name="", stress=1, students=10,
        ratings=5, geometry=shapes["s2223"], danger=None, danger_low=None, danger_high=None,
    )  # fmt: skip
    return LessonKit(
        language="en",
        simulated=False,
        campaign_id=7,
        campaign="9b",
        school="Schule am Ring",
        location=SCHOOL,
        address="bike.example",
        day=date(2026, 11, 21),
        osm_date=date(2026, 11, 1),
        network=network,
        streets=streets_around(network.segments, SCHOOL, gpd.GeoSeries([], crs="EPSG:4326")),
        needed=20,
        at_least=10,
        results=KitResults(
            number=3,
            day=date(2026, 11, 21),
            content_hash="3f9a" * 16,
            mode="risk",
            one_class=True,
            places=(crossing, street, calm),
            flows=pd.Series({"s2232": 120.0, "s2223": 40.0}),
            students=30,
            routes=30,
            km=65,
            share_rated=0.93,
        ),
    )


@pytest.fixture(scope="module")
def without(kit: LessonKit) -> LessonKit:
    """The same class before the first release."""
    return replace(kit, results=None)


@pytest.fixture(scope="module")
def too_few(kit: LessonKit) -> LessonKit:
    """A release in which nothing reaches ten students."""
    assert kit.results is not None
    nothing = replace(
        kit.results, places=(), flows=pd.Series(dtype=float), students=None, routes=None, km=None
    )
    return replace(kit, results=nothing)


def text(pdf: bytes) -> str:
    pages = PdfReader(BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def rows(content: bytes, query: str, folder: Path) -> list[tuple[Any, ...]]:
    path = folder / "kit.gpkg"
    path.write_bytes(content)
    with closing(sqlite3.connect(path)) as file:
        return file.execute(query).fetchall()


@pytest.mark.parametrize("part", PDFS)
@pytest.mark.parametrize("state", ["kit", "without", "too_few"])
def test_every_paper_is_accessible_in_every_state(
    part: Part, state: str, request: pytest.FixtureRequest
) -> None:
    reader = PdfReader(BytesIO(kit_part(request.getfixturevalue(state), part)))

    metadata = reader.trailer["/Root"]["/Metadata"].get_data()
    assert b"<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert reader.trailer["/Root"]["/Lang"] == "en"
    assert reader.metadata is not None
    assert reader.metadata.title


def test_slides_are_wide_and_each_has_one_page(kit: LessonKit, without: LessonKit) -> None:
    for one, count in ((kit, 12), (without, 8)):
        pages = PdfReader(BytesIO(slides(one))).pages
        assert len(pages) == count
        for page in pages:
            shape = float(page.mediabox.width / page.mediabox.height)
            assert shape == pytest.approx(16 / 9, abs=0.01)


def test_slides_tell_the_numbers_of_the_release(kit: LessonKit) -> None:
    said = text(slides(kit))

    for words in ("30 students took part", "65", "93%", "All answers come from one class."):
        assert words in said
    assert "1 · Ring × Hof confirmed 88 (70–100) 0.70 (0.60–0.80)" in said
    assert "Cars too fast, Too little space" in said
    assert "Release 3 of November 21, 2026" in said


def test_a_risk_is_shown_only_where_it_is_claimed(kit: LessonKit) -> None:
    assert "2 · Ring not enough data – 0.40" in text(slides(kit))


def test_without_results_it_says_so_and_keeps_the_rest(without: LessonKit) -> None:
    said = text(slides(without))

    assert "There are no results yet. At least 20 students must have sent a ride first." in said
    assert "Grey is not safe" in said
    assert "Draw your way" in said
    assert "took part" not in said
    assert "There are no results yet." in kit_part(without, "README.txt").decode()


def test_what_nobody_may_see_is_called_unknown_and_not_safe(too_few: LessonKit) -> None:
    said = text(slides(too_few))

    assert "No place was ridden by at least 10 students yet" in said
    assert "That does not mean that the ways are safe." in said
    assert "Fewer than 10 students of our school are in the results." in said


def test_simulated_data_is_marked_on_every_page(kit: LessonKit) -> None:
    simulated = replace(kit, simulated=True)

    for part in PDFS:
        pages = PdfReader(BytesIO(kit_part(simulated, part))).pages
        assert all("Simulated data" in page.extract_text() for page in pages)
        assert "Simulated data" not in text(kit_part(kit, part))
    assert "Simulated data" in kit_part(simulated, "README.txt").decode()


def test_the_plan_fills_both_lessons_to_the_minute(kit: LessonKit) -> None:
    said = text(lesson_plan(kit))

    assert said.count("42–45") == 1
    assert said.count("35–45") == said.count("40–45") == 1
    for words in ("no phone", "no network", "very short", "walks", "bike.example"):
        assert words in said


def test_the_sheet_asks_what_the_key_answers(kit: LessonKit, without: LessonKit) -> None:
    assert "Choose three places" in text(work_sheet(kit))
    assert "Choose three places" not in text(work_sheet(without))
    assert "Ring × Hof" in text(work_sheet(kit))
    assert "Ring: at least 30 students." in text(answers(kit))


def test_answers_are_worked_out_from_the_places(kit: LessonKit) -> None:
    # 40 streets of 200 m: four of the main road, 36 others.
    said = {key: " ".join(words) for key, words in answer_sentences(kit, str).items()}

    assert "tress 1: 7.2 km" in said["stress"]
    assert "stress 3: 0.8 km" in said["stress"]
    assert "90% is calm" in said["stress"]
    assert said["busy"] == "Ring."
    assert said["ridden"] == "Ring: at least 30 students."
    assert said["unsafe"].startswith("1 · Ring × Hof: felt danger 0.70 (0.60–0.80), stress 3.")
    assert "The ranges overlap" in said["unsafe"]
    assert "7.6 of 8.0 km are grey." in said["grey"]
    assert "Busy on the map, but it feels safe: 2 · Ring" in said["compare"]


def test_another_release_has_other_answers(kit: LessonKit) -> None:
    assert kit.results is not None
    first, street, calm = kit.results.places
    changed = replace(street, danger=0.9, danger_low=0.85, danger_high=0.95)
    results = replace(kit.results, places=(first, changed, replace(calm, students=40, name="Hof")))
    said = answer_sentences(replace(kit, results=results), str)

    assert said["ridden"] == ["Hof: at least 40 students."]
    assert said["unsafe"][0].startswith("2 · Ring: felt danger 0.90")
    assert "do not overlap" in said["unsafe"][2]


def test_streets_with_equal_counts_are_all_named() -> None:
    places = pd.DataFrame({
        "id": ["a", "b", "c"], "kind": ["segment", "segment", "intersection"],
        "students": [20, 20, 50], "stress": [1, 1, 1],
        "danger": [np.nan] * 3, "danger_low": [np.nan] * 3, "danger_high": [np.nan] * 3,
    })  # fmt: skip
    found = place_facts(places, known_km=0.4)

    assert found.most_ridden == ("a", "b")
    assert found.least_safe == ()
    assert found.overlap is found.danger_calm is found.calm_but_unsafe is None


def test_streets_far_away_are_no_part_of_the_lesson(network: Network) -> None:
    far = shapely.Point(WEST + 1, SOUTH)

    assert streets_around(network.segments, far, gpd.GeoSeries([], crs="EPSG:4326")).empty
    assert len(
        streets_around(network.segments, SCHOOL, gpd.GeoSeries([SCHOOL], crs="EPSG:4326"))
    ) == len(network.segments)


def test_degrees_are_refused_where_metres_are_needed(kit: LessonKit) -> None:
    with pytest.raises(ValueError, match="metres"):
        street_facts(kit.streets, kit.school_in_metres)


def test_geopackage_has_layers_indexes_styles_and_a_dictionary(
    kit: LessonKit, tmp_path: Path
) -> None:
    content = kit_part(kit, "way-to-school.gpkg")

    assert rows(content, "SELECT number, students, felt FROM crossings", tmp_path) == [
        (1, 25, "high")
    ]
    assert rows(content, "SELECT number, students, felt, felt_danger FROM streets", tmp_path) == [
        (2, 30, "middle", 0.4), (3, 10, "unknown", None),
    ]  # fmt: skip
    assert rows(content, "SELECT count(*) FROM network", tmp_path) == [(40,)]
    indexed = "SELECT table_name FROM gpkg_extensions WHERE extension_name = 'gpkg_rtree_index'"
    assert {name for (name,) in rows(content, indexed, tmp_path)} == {
        "school", "crossings", "streets", "network",
    }  # fmt: skip
    styles = rows(
        content, "SELECT f_table_name, useAsDefault, styleQML FROM layer_styles", tmp_path
    )
    assert {name for name, _default, _qml in styles} == {
        "school", "crossings", "streets", "network",
    }  # fmt: skip
    assert all(default == 1 and SafeTree.fromstring(qml) is not None for _, default, qml in styles)
    assert rows(content, "SELECT value FROM about WHERE name = 'licence'", tmp_path) == [
        ("© OpenStreetMap contributors, ODbL 1.0",)
    ]


def test_the_dictionary_explains_every_column_and_no_other(kit: LessonKit) -> None:
    layers = lesson_layers(kit, str).layers
    explained = {
        (layer, column)
        for names, column, _meaning in dictionary(str)
        for layer in names.split(", ")
    }

    assert explained == {
        (layer, column)
        for layer in ("crossings", "streets", "network")
        for column in layers[layer].columns
        if column != "geometry"
    }


def test_below_ten_a_place_is_a_street_of_the_network_and_nothing_more(
    too_few: LessonKit, tmp_path: Path
) -> None:
    content = kit_part(too_few, "way-to-school.gpkg")

    for layer, count in (("crossings", 0), ("streets", 0), ("network", 40)):
        assert rows(content, f"SELECT count(*) FROM {layer}", tmp_path) == [(count,)]  # noqa: S608


def test_the_project_opens_the_file_beside_it(kit: LessonKit) -> None:
    root = SafeTree.fromstring(kit_part(kit, "way-to-school.qgs"))

    sources = [element.text for element in root.iter("datasource")]
    assert len(sources) == 5
    assert all(source.startswith("./way-to-school.gpkg|layername=") for source in sources)
    ids = {element.text for element in root.iter("id")}
    assert {element.get("id") for element in root.iter("layer-tree-layer")} == ids
    assert root.findtext("title") == "Schule am Ring: our way to school"


def test_no_name_breaks_the_project(kit: LessonKit) -> None:
    root = SafeTree.fromstring(kit_part(replace(kit, school='<a&b "c" ]]>'), "way-to-school.qgs"))

    assert root.findtext("title") == '<a&b "c" ]]>: our way to school'


def test_the_archive_is_the_same_again_and_has_plain_names(kit: LessonKit) -> None:
    packed = kit_archive(kit)

    assert packed == kit_archive(kit)
    with zipfile.ZipFile(io.BytesIO(packed)) as folder:
        assert folder.namelist() == [f"lesson-kit-7/{part}" for part in get_args(Part)]
        assert {about.date_time for about in folder.infolist()} == {(2026, 11, 21, 12, 0, 0)}
        assert all(name.isascii() for name in folder.namelist())
        assert folder.testzip() is None


def test_the_readme_names_licence_and_rule(kit: LessonKit) -> None:
    said = kit_part(kit, "README.txt").decode()

    assert "© OpenStreetMap contributors, ODbL" in said
    assert "at least 10 students" in said
    assert all(part in said for part in get_args(Part) if part != "README.txt")


@pytest.mark.parametrize("part", get_args(Part))
def test_every_part_has_a_media_type(part: Part) -> None:
    assert "/" in media_type(part)


@pytest.mark.parametrize("name", ["#import *", "= Heading", "`raw` <label> @ref", '"]; #panic()'])
def test_markup_in_a_name_is_printed_as_it_is(kit: LessonKit, name: str) -> None:
    assert kit.results is not None
    places = tuple(replace(place, name=name) for place in kit.results.places)
    named = replace(kit, school=name, results=replace(kit.results, places=places))

    for part in PDFS:
        assert name in text(kit_part(named, part))
