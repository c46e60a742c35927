from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path

import pytest
import shapely

from geo.errors import AreaFileUnreadableError
from geo.extract import OsmData
from geo.left_out import left_out, read_left_out, write_left_out
from geo.network import Network

Draw = Callable[..., OsmData]

POSITIONS = {1: (0, 0), 2: (100, 0), 3: (150, 0), 4: (200, 0), 5: (0, 900), 6: (50, 900)}


def test_each_way_that_is_left_out_has_a_reason(draw: Draw) -> None:
    streets = [
        ([1, 2], {}), ([2, 5], {"highway": "motorway"}), ([1, 3], {"access": "private"}),
        ([5, 6], {"name": "Insel"}), ([2, 4], {"highway": "footway"}),
    ]  # fmt: skip
    found = left_out(draw(POSITIONS, streets))

    assert dict(zip(found["osm_id"], found["reason"], strict=True)) == {
        2: "motorway", 3: "private", 4: "not connected to the rest",
        5: "leads nowhere, and on foot only",
    }  # fmt: skip
    assert found.crs.to_epsg() == 4326


def test_not_rideable_is_a_class_of_its_own_and_no_level(draw: Draw) -> None:
    streets = [
        ([1, 2], {}), ([2, 5], {"highway": "motorway"}), ([1, 3], {"bicycle": "no"}),
        ([5, 6], {"name": "Insel"}),
    ]  # fmt: skip
    found = left_out(draw(POSITIONS, streets))

    stress = found.set_index("osm_id")["stress"]
    assert stress.dropna().to_dict() == {2: "not rideable", 3: "not rideable"}
    assert stress.index.tolist() == [2, 3, 4]


def test_only_what_lies_behind_a_locked_gate_is_left_out(draw: Draw) -> None:
    gate = {2: {"barrier": "gate", "access": "private"}}
    data = draw({**POSITIONS, 1: (-50, 0)}, [([1, 2, 3, 4], {})], gate)

    # 150 m before the gate are the larger part, 100 m behind it lead nowhere.
    [line] = left_out(data).geometry
    assert list(line.coords) == [data.nodes[node] for node in (2, 3, 4)]


def pieces(lines: Iterable[shapely.LineString]) -> set[frozenset[tuple[float, float]]]:
    return {frozenset(pair) for line in lines for pair in pairwise(line.coords)}


def test_network_and_left_out_share_no_piece(sample: Network, sample_data: OsmData) -> None:
    found = left_out(sample_data)
    assert {"private", "steps without a ramp", "bicycle=no"} <= set(found["reason"])
    away = found["reason"].isin(["not connected to the rest", "leads nowhere, and on foot only"])
    assert away.sum() > 10
    assert not pieces(found.geometry[away]) & pieces(sample.segments.geometry)


def test_written_and_read_again(draw: Draw, tmp_path: Path) -> None:
    found = left_out(draw(POSITIONS, [([1, 2], {}), ([2, 3], {"access": "private"})]))
    write_left_out(found, tmp_path)
    assert read_left_out(tmp_path).equals(found)


def test_an_area_of_an_older_version_is_to_be_imported_again(tmp_path: Path) -> None:
    with pytest.raises(AreaFileUnreadableError, match="import the area again"):
        read_left_out(tmp_path)
