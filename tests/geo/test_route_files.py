import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import NoLinesError, RouteFileNotFoundError, RouteFileUnreadableError
from geo.geojson import BLOCK
from geo.lines import RouteLine
from geo.route_files import read_routes, survey_routes

LINE = [[13.25, 53.55], [13.26, 53.56]]
Save = Callable[[object], Path]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    def saved(value: object, name: str = "routes.geojson") -> Path:
        path = tmp_path / name
        path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        return path

    return saved


def feature(geometry: object, **members: object) -> dict[str, object]:
    return {"type": "Feature", "properties": {}, "geometry": geometry, **members}


def line(coordinates: object = LINE) -> dict[str, object]:
    return {"type": "LineString", "coordinates": coordinates}


def collection(*features: object, **members: object) -> dict[str, object]:
    return {"type": "FeatureCollection", **members, "features": list(features)}


def only(path: Path) -> RouteLine:
    (found,) = read_routes(path)
    return found


@pytest.mark.parametrize(
    "document",
    [line(), feature(line()), collection(feature(line())), collection(line())],
    ids=["geometry", "feature", "collection", "collection of geometries"],
)
def test_line_is_read_from_every_kind_of_document(save: Save, document: object) -> None:
    found = only(save(document))

    assert found.coordinates.tolist() == LINE
    assert (found.id, found.problem) == ("1", None)


def test_parts_of_a_line_with_gaps_are_joined_in_their_order(save: Save) -> None:
    parts = [LINE, [], [[13.28, 53.58, 20.0], [13.27, 53.57]]]
    found = only(save({"type": "MultiLineString", "coordinates": parts}))

    assert found.coordinates.tolist() == [*LINE, [13.28, 53.58], [13.27, 53.57]]


def test_id_is_the_files_own_else_its_name_else_its_number(save: Save) -> None:
    rows = [
        feature(line(), properties={"id": "a", "name": "b"}, id="c"),
        feature(line(), properties={"name": "b"}, id=17),
        feature(line(), properties={"name": " Åsa "}),
        feature(line(), properties={"id": None, "name": ""}),
        feature(line(), properties={"id": True, "name": ["x"]}),
        feature(line(), properties=None, id=2.0),
    ]

    assert [found.id for found in read_routes(save(collection(*rows)))] == [
        "a", "17", "Åsa", "4", "5", "2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("geometry", "problem"),
    [
        (None, "got no geometry"),
        ("LINESTRING (1 2, 3 4)", "got no geometry"),
        ({"type": "Point", "coordinates": [1, 2]}, "got a Point"),
        ({"type": "GeometryCollection", "geometries": []}, "got a GeometryCollection"),
        ({"type": "<b>"}, "got an unknown geometry"),
        ({"type": "LineString"}, "got a LineString without coordinates"),
        (line([["13.2", "53.5"], ["13.3", "53.5"]]), "positions of two numbers"),
        (line([[13.2, None], [13.3, 53.5]]), "positions of two numbers"),
        (line([[13.2], [13.3, 53.5]]), "positions of two numbers"),
        (line([13.2, 53.5]), "positions of two numbers"),
        (line([LINE, LINE]), "positions of two numbers"),
        (line([[13.2, {}], [13.3, 53.5, 1]]), "positions of two numbers"),
        (line([[True, False], [True, True]]), "positions of two numbers"),
        (line([[10**400, 1], [1, 2]]), "positions of two numbers"),
    ],
)
def test_row_that_is_no_line_stays_with_its_reason(
    save: Save, geometry: object, problem: str
) -> None:
    first, second = read_routes(save(collection(feature(geometry, id="bad"), feature(line()))))

    assert first.id == "bad"
    assert problem in str(first.problem)
    assert first.coordinates.shape == (0, 2)
    assert second.problem is None


def test_not_a_number_is_left_to_the_matcher(save: Save) -> None:
    found = only(save('{"type": "LineString", "coordinates": [[NaN, 53.5], [13.2, Infinity]]}'))

    assert found.problem is None
    assert not np.isfinite(found.coordinates).all()


@pytest.mark.parametrize("separator", ["\n", "\n\x1e", " "])
def test_sequence_of_features_is_read_like_a_collection(save: Any, separator: str) -> None:  # noqa: ANN401
    text = separator.join(json.dumps(feature(line(), id=name)) for name in "abc")

    assert [found.id for found in read_routes(save(separator + text, "a.geojsonl"))] == [*"abc"]


@given(
    st.lists(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=1), min_size=1),
    st.integers(0, 3),
    st.text(),
)
def test_lines_survive_blocks_indents_and_foreign_members(
    tmp_path_factory: pytest.TempPathFactory,
    lines: list[list[tuple[float, float]]],
    indent: int,
    noise: str,
) -> None:
    rows = [feature(line(coordinates), id=n, note=noise) for n, coordinates in enumerate(lines)]
    document = collection(*rows, name=noise, bbox=[1, 2, 3, 4])
    path = tmp_path_factory.mktemp("blocks") / "routes.json"
    path.write_text(json.dumps(document, indent=indent or None), encoding="utf-8-sig")

    found = list(read_routes(path))

    assert [one.coordinates.tolist() for one in found] == [[*map(list, one)] for one in lines]


def test_file_larger_than_a_block_is_read_whole(save: Save) -> None:
    rng = random.Random(3)  # noqa: S311 - any lines will do
    lines = [
        [[rng.uniform(13, 14), 53.5] for _ in range(rng.choice([2, 40, 2 * BLOCK // 20]))]
        for _ in range(60)
    ]
    path = save(collection(*(feature(line(one)) for one in lines)))

    assert path.stat().st_size > 10 * BLOCK
    assert [one.coordinates.tolist() for one in read_routes(path)] == lines


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "expected lines, got none"),
        ("[]", r"expected a GeoJSON object, got '\['"),
        ("<gpx/>", "expected a GeoJSON object"),
        ('{"type": "FeatureCollection", "features": [', "expected JSON"),
        ('{"type": "FeatureCollection", "features": [}', "expected JSON"),
        ('{"type": "LineString" "coordinates": []}', "expected JSON"),
        ("{,}", "expected JSON"),
        ('{"a": ' + "[" * 200_000, "endless brackets"),
        ('{"type": "Topology", "arcs": []}', "got an object of type 'Topology'"),
        ("{}", "got an object of type None"),
        ('{"type": "FeatureCollection", "features": []}', "expected lines, got none"),
        (json.dumps(collection(feature({"type": "Point", "coordinates": [1, 2]}))), "got a Point"),
    ],
)
def test_what_holds_no_line_is_refused(save: Save, text: str, sentence: str) -> None:
    with pytest.raises((RouteFileUnreadableError, NoLinesError), match=sentence) as refused:
        survey_routes(save(text))

    assert "routes.geojson" in str(refused.value)


def test_json_of_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "routes.json"
    path.write_bytes(json.dumps({"name": "Brücke"}, ensure_ascii=False).encode("latin-1"))

    with pytest.raises(RouteFileUnreadableError, match="JSON in UTF-8"):
        survey_routes(path)


def test_file_that_is_not_there_or_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RouteFileNotFoundError, match=r"missing\.gpx"):
        survey_routes(tmp_path / "missing.gpx")
    with pytest.raises(RouteFileUnreadableError, match=r"shp.*\.geojson.*\.gpx.*\.parquet"):
        survey_routes(tmp_path / "routes.shp")
    (tmp_path / "folder.gpx").mkdir()
    with pytest.raises(RouteFileNotFoundError):
        survey_routes(tmp_path / "folder.gpx")


def test_ending_may_be_in_capitals(save: Any) -> None:  # noqa: ANN401
    path = save('<gpx><trk><trkseg><trkpt lat="1" lon="2"/></trkseg></trk></gpx>', "RIDE.GPX")

    assert only(path).coordinates.tolist() == [[2.0, 1.0]]


def test_survey_counts_routes_and_names_duplicates(save: Save) -> None:
    survey = survey_routes(save(collection(*(feature(line(), id=name) for name in "abca"))))

    assert survey.routes == 4
    assert survey.duplicates == {"a": 2}


UTM = "EPSG:25833"


@pytest.mark.parametrize("name", [UTM, "urn:ogc:def:crs:EPSG::25833"])
def test_geojson_of_2008_in_metres_is_turned_into_degrees(save: Save, name: str) -> None:
    metres = gpd.GeoSeries([shapely.LineString(LINE)], crs="EPSG:4326").to_crs(UTM)
    geometry = line(shapely.get_coordinates(metres.to_numpy()).tolist())
    crs = {"type": "name", "properties": {"name": name}}

    found = only(save(collection(feature(geometry), crs=crs)))

    assert found.coordinates == pytest.approx(np.array(LINE))


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"])
def test_geojson_of_2008_in_degrees_stays_longitude_first(save: Save, name: str) -> None:
    crs = {"type": "name", "properties": {"name": name}}

    assert only(save(collection(feature(line()), crs=crs))).coordinates.tolist() == LINE


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ({"crs": None}, "expected a named `crs`"),
        ({"crs": {"type": "link", "properties": {"href": "x"}}}, "expected a named `crs`"),
        ({"crs": {"type": "name", "properties": {"name": "EPSG:0"}}}, "that PROJ knows, got 'EPSG"),
    ],
)
def test_unknown_coordinate_system_is_refused(
    save: Save, members: dict[str, object], sentence: str
) -> None:
    with pytest.raises(RouteFileUnreadableError, match=sentence):
        survey_routes(save(collection(feature(line()), **members)))


def test_coordinate_system_after_the_lines_is_refused(save: Save) -> None:
    crs = {"type": "name", "properties": {"name": UTM}}

    with pytest.raises(RouteFileUnreadableError, match="`crs` before `features`"):
        survey_routes(save({**collection(feature(line())), "crs": crs}))


@pytest.mark.parametrize("crs", ["EPSG:4326", "OGC:CRS84", UTM, "EPSG:3857"])
def test_geoparquet_is_read_in_any_system(tmp_path: Path, crs: str) -> None:
    shapes = [
        shapely.LineString(LINE),
        shapely.MultiLineString([LINE, [(13.27, 53.57), (13.28, 53.58)]]),
        None,
        shapely.Point(13.2, 53.5),
        shapely.LineString(),
    ]
    frame = gpd.GeoDataFrame(
        {"name": ["a", None, "c", "d", "e"]}, geometry=shapes, crs="EPSG:4326"
    ).to_crs(crs)
    frame.rename_geometry("shape").to_parquet(tmp_path / "routes.parquet")

    found = list(read_routes(tmp_path / "routes.parquet"))

    assert [one.id for one in found] == ["a", "2", "c", "d", "e"]
    assert found[0].coordinates == pytest.approx(np.array(LINE))
    assert found[1].coordinates == pytest.approx(np.array([*LINE, [13.27, 53.57], [13.28, 53.58]]))
    assert [one.problem and one.problem.split("got ")[1] for one in found] == [
        None, None, "no geometry", "a Point", None,
    ]  # fmt: skip


def test_number_of_a_table_is_an_id(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"id": [7, np.nan], "name": ["x", "y"]},
        geometry=[shapely.LineString(LINE)] * 2,
        crs="EPSG:4326",
    )
    frame.to_parquet(tmp_path / "routes.parquet")

    assert [one.id for one in read_routes(tmp_path / "routes.parquet")] == ["7", "y"]


def test_parquet_that_says_not_where_it_lies_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "routes.parquet"
    pd.DataFrame({"id": [1]}).to_parquet(path)
    with pytest.raises(RouteFileUnreadableError, match="Parquet without geometry"):
        survey_routes(path)
    gpd.GeoDataFrame(geometry=[shapely.LineString(LINE)]).to_parquet(path)
    with pytest.raises(RouteFileUnreadableError, match="coordinate system"):
        survey_routes(path)
    path.write_bytes(b"PAR1 and then nothing")
    with pytest.raises(RouteFileUnreadableError, match="expected GeoParquet"):
        survey_routes(path)
    gpd.GeoDataFrame(geometry=[shapely.LineString(LINE)], crs=UTM).to_parquet(
        path, geometry_encoding="geoarrow"
    )
    with pytest.raises(RouteFileUnreadableError, match="geometry as WKB, got 'linestring'"):
        survey_routes(path)
