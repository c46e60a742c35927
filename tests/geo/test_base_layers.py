from pathlib import Path

import pytest

from geo.base_layers import read_base_layers
from geo.crs import BBox
from geo.errors import AreaFileUnreadableError

TOWN = BBox(13.24, 53.54, 13.28, 53.57)


def test_water_of_the_sample_comes_back_in_degrees(
    base: tuple[object, object], loaded: object
) -> None:
    settings = base[0]
    tiles = settings.areas / loaded.id / loaded.version / "basemap.pmtiles"  # type: ignore[attr-defined]
    found = read_base_layers(tiles, ("water", "green", "nothing of the kind"), TOWN)

    assert set(found["water"].geom_type) <= {"Polygon", "MultiPolygon", "LineString",
                                             "MultiLineString"}  # fmt: skip
    west, south, east, north = found["water"].total_bounds
    assert west < TOWN.east
    assert east > TOWN.west
    assert 53 < south < north < 54
    assert not found["green"].empty
    assert found["nothing of the kind"].empty


@pytest.mark.parametrize("content", [None, b"", b"PMTiles but not really"])
def test_a_missing_or_damaged_file_says_so(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "basemap.pmtiles"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(AreaFileUnreadableError, match=r"basemap\.pmtiles cannot be read"):
        read_base_layers(path, ("water",), TOWN)
