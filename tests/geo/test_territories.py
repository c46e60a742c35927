"""A border is taken as it is or refused: what is wrong in it is decided by whose border it is."""

import json
from typing import Any

import pytest
import shapely

from geo.errors import InvalidTerritoryError
from geo.territories import MOST_BYTES, read_territory

SQUARE = [[13, 53], [14, 53], [14, 54], [13, 54], [13, 53]]
NEXT = [[lon + 1, lat] for lon, lat in SQUARE]
HOLE = [[13.4, 53.4], [13.6, 53.4], [13.6, 53.6], [13.4, 53.6], [13.4, 53.4]]


def polygon(*rings: Any, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"type": "Polygon", "coordinates": list(rings), **more}


def feature(geometry: object) -> dict[str, Any]:
    return {"type": "Feature", "properties": None, "geometry": geometry}


def features(*geometries: object) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": [feature(one) for one in geometries]}


def read(content: object) -> shapely.Geometry:
    return read_territory(json.dumps(content).encode())


def test_polygons_of_a_file_are_one_territory() -> None:
    two = shapely.box(13, 53, 15, 54)

    assert read(polygon(SQUARE)).equals(shapely.box(13, 53, 14, 54))
    assert read(features(polygon(SQUARE), polygon(NEXT))).equals(two)
    assert read({"type": "MultiPolygon", "coordinates": [[SQUARE], [HOLE_APART]]}).area > 1
    assert read(feature(polygon(SQUARE, HOLE))).area == pytest.approx(1 - 0.04)
    # A byte-order mark and heights are what real programs write.
    high = [[*position, 20.0] for position in SQUARE]
    text = json.dumps(polygon(high)).encode("utf-8-sig")
    assert read_territory(text).equals(shapely.box(13, 53, 14, 54))


HOLE_APART = [[lon + 3, lat] for lon, lat in HOLE]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ([], "GeoJSON object"),
        (features(), "at least one polygon"),
        ({"type": "FeatureCollection", "features": [polygon(SQUARE)]}, "features"),
        (feature(None), "polygons alone"),
        ({"type": "Point", "coordinates": [13, 53]}, "polygons alone"),
        (polygon(SQUARE[:3]), "4 positions"),
        (polygon(SQUARE[:-1]), "end where they begin"),
        (polygon([SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3], SQUARE[0]]), "cross itself"),
        (polygon([[13, 53], [14, 53], [13, 53], [13, 53]]), "cross itself"),
        (polygon([[x * 100_000, y * 100_000] for x, y in SQUARE]), "metres"),
        (polygon([["13", 53], *SQUARE[1:]]), "numbers"),
        (polygon([[True, 53], *SQUARE[1:]]), "numbers"),
        (polygon([[10**400, 53], *SQUARE[1:]]), "degrees"),
        (polygon(SQUARE, crs={"properties": {"name": "urn:ogc:def:crs:EPSG::25833"}}), "WGS 84"),
    ],
)
def test_what_is_no_border_is_refused_with_what_was_expected(
    content: object, expected: str
) -> None:
    with pytest.raises(InvalidTerritoryError, match=expected):
        read(content)


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"{", b"[" * 100_000, b'{"type": NaN}', b" " * (MOST_BYTES + 1)],
)
def test_bytes_that_are_no_geojson_are_refused(content: bytes) -> None:
    with pytest.raises(InvalidTerritoryError):
        read_territory(content)
