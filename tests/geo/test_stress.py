import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.reference import read_table
from geo.stress import crossing_stress, route_stress, segment_stress, signal_stress, table_stress
from geo.traffic import (
    ASSUMPTIONS,
    lanes_per_direction,
    parse_speed,
    posted_speed,
    read_traffic,
)

KMH_PER_MPH = 1.609344
CELLS = read_table("furth_segments")
CROSSINGS = read_table("furth_crossings")


def test_the_table_is_whole() -> None:
    assert len(CELLS) == 149
    assert len(CROSSINGS) == 25


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: "-".join(cell.values()))
def test_every_cell_of_furths_tables(cell: dict[str, str]) -> None:
    least, from_mph = float(cell["adt_or_width_min"]), float(cell["speed_mph_from"])
    most = float(cell["adt_or_width_max"] or least + 500)
    to_mph = float(cell["speed_mph_to"] or from_mph + 20)
    table, row = cell["table"], cell["lanes"]
    # Both corners and the middle of the cell; upper limits of widths and speeds are open.
    for amount in (least, (least + most) / 2, most - 1e-6):
        for speed in (from_mph, (from_mph + to_mph) / 2, to_mph - 1e-6):
            assert table_stress(table, row, amount, speed * KMH_PER_MPH + 1e-9) == int(cell["lts"])


@pytest.mark.parametrize(
    ("posted", "column"),
    [(20, 0), (30, 0), (40, 1), (50, 2), (60, 3), (70, 4), (71, 5), (78, 5), (80, 6), (100, 6)],
)
def test_posted_speeds_fall_into_the_columns_of_the_method(posted: int, column: int) -> None:
    row = "unlaned_2way"
    line = [int(cell["lts"]) for cell in CELLS if (cell["lanes"], cell["adt_or_width_min"]) ==
            (row, "3001")]  # fmt: skip
    assert table_stress("mixed", row, 4000, posted) == line[column]
    starts = sorted({float(cell["speed_mph_from"]) for cell in CELLS if cell["table"] == "mixed"})
    assert sum(start <= posted / KMH_PER_MPH for start in starts) - 1 == column


@pytest.mark.parametrize("line", CROSSINGS, ids=lambda line: "-".join(line.values()))
def test_every_cell_of_the_crossing_table(line: dict[str, str]) -> None:
    least = int(line["adt_min"])
    for volume in (least, int(line["adt_max"] or least + 5000)):
        assert crossing_stress(
            speed_kmh=50 if line["p85_speed_kmh_of_road_crossed"] == "<=62" else 70,
            lanes=5 if line["lanes_crossed"] == "4+" else 2,
            volume=volume,
            island_m={"none": 0, "0<depth<1.8m": 1.5, ">=1.8m": 2}[line["crossing_island"]],
        ) == int(line["xlts"])


def test_a_signal_is_calm_unless_the_way_across_is_long() -> None:
    assert (signal_stress(30), signal_stress(31)) == (1, 2)
    assert signal_stress(10, two_stages=True) == 2


def test_a_route_is_as_stressful_as_its_worst_element() -> None:
    assert route_stress([1, 3, 2]) == 3


def test_a_route_with_what_is_not_rideable_is_not_rideable_and_never_4() -> None:
    assert route_stress([1, None, 4]) is None
    assert route_stress([]) is None


@given(st.lists(st.integers(1, 4), min_size=1), st.integers(1, 4))
def test_one_element_more_never_calms_a_route(levels: list[int], more: int) -> None:
    whole = route_stress([*levels, more])
    assert whole == max(route_stress(levels) or 0, more)


@pytest.mark.parametrize(
    ("tags", "facility", "level", "assumed"),
    [
        # Two-way without a centre line, 1,501 vehicles assumed.
        ({"highway": "residential", "maxspeed": "30"}, "none", 2, 2 / 3),
        ({"highway": "residential", "maxspeed": "50", "lanes": "1"}, "none", 2, 1 / 3),
        ({"highway": "residential"}, "none", 2, 1),
        # One narrow lane in one direction, 599 vehicles.
        ({"highway": "residential", "oneway": "yes", "maxspeed": "30"}, "none", 1, 2 / 3),
        ({"highway": "primary", "maxspeed": "50", "lanes": "2"}, "none", 3, 1 / 3),
        ({"highway": "primary", "maxspeed": "50", "lanes": "4"}, "none", 3, 1 / 3),
        ({"highway": "primary", "maxspeed": "60", "lanes": "4"}, "none", 3, 1 / 3),
        ({"highway": "trunk", "maxspeed": "100", "lanes": "4"}, "none", 4, 1 / 3),
        ({"highway": "primary", "maxspeed": "60", "lanes": "6"}, "none", 4, 1 / 3),
        ({"highway": "primary", "maxspeed": "100"}, "track", 1, 0),
        ({"highway": "cycleway"}, "path", 1, 0),
        ({"highway": "secondary", "maxspeed": "50", "lanes": "2", "cycleway:width": "2",
          "parking:both": "no"}, "lane", 1, 0),
        ({"highway": "secondary", "maxspeed": "50", "lanes": "2"}, "lane", 2, 1 / 2),
        ({"highway": "secondary", "maxspeed": "50", "lanes": "2", "parking:both": "lane"},
         "lane", 2, 1 / 4),
        # A metre of lane in the door zone protects nobody: as mixed traffic.
        ({"highway": "secondary", "maxspeed": "50", "lanes": "2", "parking:both": "lane",
          "cycleway:width": "1"}, "lane", 3, 1 / 3),
    ],
)  # fmt: skip
def test_hand_worked_segments(
    tags: dict[str, str], facility: str, level: int, assumed: float
) -> None:
    found = segment_stress(tags, facility)
    assert (found.level, found.assumed) == (level, pytest.approx(assumed))


@pytest.mark.parametrize(
    ("tags", "facility", "assumptions"),
    [
        ({"highway": "residential"}, "none", {"speed:class", "lanes:default", "volume:class"}),
        ({"highway": "residential", "maxspeed": "30", "lanes": "2"}, "none", {"volume:class"}),
        ({"highway": "secondary"}, "lane",
         {"speed:class", "lanes:default", "width:default", "parking:default"}),
        ({"highway": "secondary", "maxspeed": "50", "lanes": "2", "cycleway:width": "2",
          "parking:both": "no"}, "lane", set()),
        ({"highway": "cycleway"}, "path", set()),
    ],
)  # fmt: skip
def test_every_assumption_is_named(
    tags: dict[str, str], facility: str, assumptions: set[str]
) -> None:
    found = segment_stress(tags, facility)
    assert set(found.assumptions) == assumptions <= set(ASSUMPTIONS)
    assert len(found.assumptions) == len(assumptions)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("50", 50), ("30 mph", 48.28032), ("30mph", 48.28032), ("walk", 7), ("DE:walk", 7),
        ("none", 130), ("DE:urban", 50), ("FR:zone30", 30), ("DE:zone:30", 30), ("RO:rural", 90),
        ("signals", None), ("sign", None), ("", None), ("fast", None),
    ],
)  # fmt: skip
def test_speeds_are_read_in_every_notation(value: str, expected: float | None) -> None:
    assert parse_speed(value) == (None if expected is None else pytest.approx(expected))


def test_a_posted_speed_beats_a_zone_and_the_faster_direction_counts() -> None:
    assert posted_speed({"maxspeed": "70", "zone:traffic": "DE:urban"}) == 70
    assert posted_speed({"maxspeed": "signals", "source:maxspeed": "DE:urban"}) == 50
    assert posted_speed({"maxspeed:forward": "30", "maxspeed:backward": "50"}) == 50


def test_speed_tags_are_believed_in_the_order_of_the_method() -> None:
    tags = {"maxspeed": "20", "maxspeed:type": "DE:zone30", "zone:traffic": "DE:urban",
            "source:maxspeed": "DE:rural", "zone:maxspeed": "10"}  # fmt: skip
    found = []
    while tags:
        found.append(posted_speed(tags))
        del tags[next(iter(tags))]
    assert found == [20, 30, 50, 100, 10]
    assert posted_speed({}) is None


def test_lane_tags_are_believed_in_the_order_of_the_method() -> None:
    tags = {"turn:lanes:forward": "left|through|through|right", "lanes:forward": "4",
            "lanes": "10"}  # fmt: skip
    found = []
    while tags:
        found.append(lanes_per_direction(tags, oneway=False))
        del tags[next(iter(tags))]
    assert found == [2, 4, 5]
    assert lanes_per_direction({"lanes": "3"}, oneway=True) == 3
    assert read_traffic({"highway": "residential"}, oneway=False).lanes == 1


@pytest.mark.parametrize(
    ("tags", "oneway", "lanes"),
    [
        ({}, False, 2), ({}, True, 1), ({"lanes": "3"}, False, 3), ({"lanes": "1"}, False, 1),
        ({"lanes": "2"}, True, 2), ({"lanes:forward": "2", "lanes:backward": "1"}, False, 3),
    ],
)  # fmt: skip
def test_crossed_are_the_lanes_of_both_directions(
    tags: dict[str, str],
    oneway: bool,  # noqa: FBT001
    lanes: int,
) -> None:
    assert read_traffic({"highway": "residential", **tags}, oneway=oneway).all_lanes == lanes


@pytest.mark.parametrize(
    ("tags", "oneway", "expected"),
    [
        ({"lanes": "2"}, False, 1), ({"lanes": "3"}, False, 2), ({"lanes": "2"}, True, 2),
        ({"lanes": "4", "lanes:forward": "3", "lanes:backward": "1"}, False, 3),
        ({"lanes": "5", "turn:lanes": "left|through|through;right"}, True, 2),
        ({"lanes": "many"}, False, None), ({}, True, None),
    ],
)  # fmt: skip
def test_lanes_per_direction(tags: dict[str, str], oneway: bool, expected: int | None) -> None:  # noqa: FBT001
    assert lanes_per_direction(tags, oneway=oneway) == expected


@pytest.mark.parametrize(
    ("tags", "volume"),
    [
        ({"highway": "trunk"}, 8001), ({"highway": "primary"}, 3001),
        ({"highway": "primary", "lanes": "6"}, 8001), ({"highway": "secondary"}, 1501),
        ({"highway": "tertiary", "lanes": "4"}, 3001),
        ({"highway": "primary", "lanes": "5"}, 8001),
        ({"highway": "residential", "lanes": "6"}, 8001),
        ({"highway": "tertiary"}, 1501), ({"highway": "secondary", "lanes": "1"}, 1501),
        # Neither lanes nor a centre line: none of the rows for which there is less.
        ({"highway": "secondary", "lane_markings": "no"}, 3001),
        ({"highway": "secondary", "oneway": "yes", "lanes": "2"}, 3001),
        ({"highway": "secondary", "oneway": "yes", "width": "6"}, 1501),
        ({"highway": "tertiary", "oneway": "yes", "width": "3"}, 1001),
        ({"highway": "residential", "lanes": "1"}, 599), ({"highway": "unclassified"}, 1501),
        ({"highway": "residential", "lane_markings": "yes"}, 2501),
        ({"highway": "living_street"}, 100), ({"highway": "service", "lanes": "2"}, 100),
        ({"highway": "residential", "oneway": "yes"}, 599),
        ({"highway": "residential", "oneway": "yes", "width": "6"}, 1001),
        ({"highway": "residential"}, 1501), ({"highway": "residential", "lanes": "2"}, 2501),
        ({"highway": "service"}, 100),
    ],
)  # fmt: skip
def test_volumes_are_those_of_the_method(tags: dict[str, str], volume: float) -> None:
    assert read_traffic(tags, oneway=tags.get("oneway") == "yes").volume == volume


speeds = st.sampled_from(["20", "30", "50", "70", "100"])


@given(
    road=st.sampled_from(["primary", "secondary", "tertiary", "residential", "service"]),
    facility=st.sampled_from(["none", "lane", "shared", "track"]),
    speed=speeds,
    faster=speeds,
)
def test_a_faster_street_is_never_calmer(road: str, facility: str, speed: str, faster: str) -> None:
    slow, fast = sorted([speed, faster], key=int)
    levels = [
        segment_stress({"highway": road, "maxspeed": limit}, facility).level
        for limit in (slow, fast)
    ]
    assert 1 <= levels[0] <= levels[1] <= 4
