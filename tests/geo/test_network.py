from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from pandas.testing import assert_frame_equal

from geo.area import build_network
from geo.crs import to_metres
from geo.errors import AreaFileUnreadableError, NoStreetsError
from geo.extract import OsmData
from geo.network import Network, read_network, write_network

Positions = Mapping[int, tuple[float, float]]
Streets = Sequence[tuple[Sequence[int], Mapping[str, str]]]
Draw = Callable[[Positions, Streets], OsmData]

CROSS: Positions = {0: (0, 0), 1: (-100, 0), 2: (400, 0), 3: (0, 100), 4: (0, -100)}
STREETS: Streets = [
    ([1, 0, 2], {"name": "Lange Straße"}),
    ([3, 0], {"name": "Gasse"}),
    ([0, 4], {"name": "Gasse", "highway": "cycleway"}),
]


def test_a_cross_has_one_intersection_and_streets_in_equal_parts(draw: Draw) -> None:
    network = build_network(draw(CROSS, STREETS))

    assert network.intersections["name"].tolist() == ["Gasse × Lange Straße"]
    lengths = network.segments.groupby(["name", "road_class"])["length_m"].apply(sorted)
    assert lengths["Gasse", "residential"] == pytest.approx([100], rel=0.01)
    assert lengths["Gasse", "cycleway"] == pytest.approx([100], rel=0.01)
    # 400 m need three parts of at most 150 m; the 100 m on the other side stay whole.
    assert lengths["Lange Straße", "residential"] == pytest.approx(
        [100, 400 / 3, 400 / 3, 400 / 3], rel=0.01
    )


def test_parts_of_a_street_meet_at_the_same_point(draw: Draw) -> None:
    segments = build_network(draw(CROSS, STREETS)).segments
    ends = {}
    for row in segments.itertuples():
        for point, position in (
            (row.start, row.geometry.coords[0]),
            (row.end, row.geometry.coords[-1]),
        ):
            assert ends.setdefault(point, position) == pytest.approx(position)
    assert sum(point < 0 for point in ends) == 2
    assert len(ends) == 7


def test_only_ends_at_the_junction_carry_it(draw: Draw) -> None:
    network = build_network(draw(CROSS, STREETS))
    [label] = network.intersections["id"]
    ends = network.segments[["start_intersection", "end_intersection"]].to_numpy().ravel()
    assert sorted(end for end in ends if end) == [label] * 4
    assert set(ends) == {None, label}


def test_ids_depend_on_osm_nodes_alone(draw: Draw) -> None:
    first = build_network(draw(CROSS, STREETS))
    turned = [(nodes[::-1], tags) for nodes, tags in reversed(STREETS)]
    again = build_network(draw(CROSS, turned))

    assert set(first.segments["id"]) == set(again.segments["id"])
    assert first.intersections["id"].tolist() == again.intersections["id"].tolist()
    assert first.segments["id"].str.fullmatch("s[a-z2-7]{10}").all()
    assert first.intersections["id"].str.fullmatch("i[a-z2-7]{10}").all()


def test_a_way_drawn_the_other_way_round_keeps_its_one_way_direction(draw: Draw) -> None:
    there = build_network(draw(CROSS, [([1, 0, 2], {"oneway": "yes"}), ([3, 0], {})]))
    back = build_network(draw(CROSS, [([2, 0, 1], {"oneway": "-1"}), ([3, 0], {})]))
    columns = ["id", "start", "end", "forward", "backward"]
    assert there.segments[columns].equals(back.segments[columns])
    assert (there.segments["forward"] != there.segments["backward"]).sum() == 4


def test_a_street_is_cut_where_what_it_offers_changes(draw: Draw) -> None:
    positions = {1: (0, 0), 2: (60, 0), 3: (120, 0)}
    segments = build_network(
        draw(positions, [([1, 2], {"cycleway": "lane"}), ([2, 3], {"maxspeed": "30"})])
    ).segments
    assert sorted(segments["type"]) == ["residential/lane", "residential/none"]
    assert segments["start_intersection"].isna().all()


def test_small_islands_are_left_out(draw: Draw) -> None:
    positions = {**CROSS, 8: (900, 900), 9: (950, 900)}
    network = build_network(draw(positions, [*STREETS, ([8, 9], {"name": "Hof"})]))
    assert "Hof" not in set(network.segments["name"])


def test_nothing_to_ride_is_refused(draw: Draw) -> None:
    with pytest.raises(NoStreetsError):
        build_network(draw(CROSS, [([1, 2], {"highway": "motorway"})]))


def test_nothing_but_footways_is_refused(draw: Draw) -> None:
    with pytest.raises(NoStreetsError):
        build_network(draw(CROSS, [([1, 0, 2], {"highway": "footway"})]))


def test_a_path_on_foot_to_a_door_is_left_out(draw: Draw) -> None:
    door = ([0, 3], {"highway": "footway"})
    with_door = build_network(draw(CROSS, [STREETS[0], door]))
    without = build_network(draw(CROSS, [STREETS[0]]))
    assert with_door.segments["id"].tolist() == without.segments["id"].tolist()


def test_places_are_intersections_and_what_lies_between(sample: Network) -> None:
    places = sample.places
    inside = sample.segments["within"].notna()
    assert len(places) == len(sample.intersections) + (~inside).sum()
    assert not set(sample.segments.loc[inside, "id"]) & set(places.index)
    assert places.index.is_unique
    assert (places.loc[places["kind"] == "intersection", "length_m"] == 0).all()


def test_the_sample_keeps_the_promises_of_the_columns(sample: Network) -> None:
    segments = sample.segments
    assert segments["length_m"].max() <= 150.5
    assert np.allclose(segments["length_m"], to_metres(segments).length)
    assert set(segments["facility"]) <= {"track", "lane", "shared", "none", "path"}
    assert segments["stress"].isin([1, 2, 3, 4]).all()
    assert segments["assumed"].between(0, 1).all()
    assert (segments["forward"] | segments["backward"]).all()
    known = set(sample.intersections["id"])
    for column in ("start_intersection", "end_intersection", "within"):
        assert set(segments[column].dropna()) <= known


def test_building_twice_gives_the_same(sample: Network, sample_data: OsmData) -> None:
    again = build_network(sample_data)
    assert again.segments.equals(sample.segments)
    assert again.intersections.equals(sample.intersections)


def test_written_and_read_again_it_is_the_same(sample: Network, tmp_path: Path) -> None:
    write_network(sample, tmp_path)
    again = read_network(tmp_path)

    assert again.segments["id"].tolist() == sample.segments["id"].tolist()
    assert again.segments["within"].tolist() == sample.segments["within"].tolist()
    assert again.segments.geometry.equals(sample.segments.geometry)
    assert [list(n) for n in again.intersections["osm_nodes"]] == sample.intersections[
        "osm_nodes"
    ].tolist()
    assert_frame_equal(again.turns, sample.turns)


def test_a_network_without_forbidden_turns_is_read_again_too(draw: Draw, tmp_path: Path) -> None:
    write_network(build_network(draw(CROSS, STREETS)), tmp_path)
    again = read_network(tmp_path)
    assert again.turns.empty
    assert list(again.turns) == ["arriving", "arriving_forward", "leaving", "leaving_forward"]


def test_a_network_of_an_older_version_is_to_be_imported_again(
    sample: Network, tmp_path: Path
) -> None:
    write_network(sample, tmp_path)
    (tmp_path / "turns.parquet").unlink()
    with pytest.raises(AreaFileUnreadableError, match=r"turns\.parquet .* import the area again"):
        read_network(tmp_path)


def test_a_missing_or_damaged_file_is_refused(sample: Network, tmp_path: Path) -> None:
    with pytest.raises(AreaFileUnreadableError, match="segments"):
        read_network(tmp_path)
    write_network(sample, tmp_path)
    whole = (tmp_path / "intersections.parquet").read_bytes()
    (tmp_path / "intersections.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(AreaFileUnreadableError, match="intersections"):
        read_network(tmp_path)
