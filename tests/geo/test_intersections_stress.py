"""Stress of an intersection: that of its worst movement, the greater of crossing and approach."""

from collections.abc import Callable, Mapping, Sequence

import pytest

from geo.area import build_network
from geo.countries import country
from geo.extract import OsmData
from geo.network import Network

Positions = Mapping[int, tuple[float, float]]
Street = tuple[Sequence[int], Mapping[str, str]]
Draw = Callable[..., OsmData]

# A runs west to east, B south to north; they meet at 0, and 5 lies 12 m east of there.
CROSS: Positions = {0: (0, 0), 1: (-90, 0), 2: (90, 0), 3: (0, 90), 4: (0, -90), 5: (12, 0)}
# 599 vehicles a day at 30 km/h: riding there is 1, and crossing it too.
CALM = {"highway": "residential", "lanes": "1", "maxspeed": "30"}
PATH = {"highway": "cycleway"}


def a_and_b(a: Mapping[str, str], b: Mapping[str, str]) -> list[Street]:
    return [([1, 0, 5, 2], {"name": "A", **a}), ([3, 0, 4], {"name": "B", **b})]


def place(network: Network) -> dict[str, object]:
    [row] = network.intersections.to_dict("records")
    return row


def stress(data: OsmData) -> object:
    return place(build_network(data))["stress"]


def test_where_calm_streets_meet_it_is_calm(draw: Draw) -> None:
    assert stress(draw(CROSS, a_and_b(CALM, CALM))) == 1


def test_who_rides_up_on_a_main_road_decides(draw: Draw) -> None:
    # Two lanes, 50 km/h, 3,001 vehicles: riding along is 3, crossing it is 1.
    main = {"highway": "primary", "lanes": "2", "maxspeed": "50"}
    found = place(build_network(draw(CROSS, a_and_b(main, CALM))))
    assert (found["stress"], found["assumptions"]) == (3, ["volume:class"])
    assert found["assumed"] == pytest.approx(1 / 3)


def test_crossing_decides_where_riding_along_is_calm(draw: Draw) -> None:
    # Tracks beside four lanes at 100 km/h: 1 to ride along. Crossing 4 lanes over 62 km/h with
    # up to 10,000 vehicles is 2.
    main = {"highway": "trunk", "lanes": "4", "maxspeed": "100", "cycleway": "track"}
    assert stress(draw(CROSS, a_and_b(main, PATH))) == 2


def test_all_lanes_of_both_directions_are_crossed(draw: Draw) -> None:
    # Over 62 km/h and 8,001 vehicles: three lanes and four are both 2, but with 3,001 vehicles
    # three lanes are 1 and four are 2.
    levels = [
        stress(draw(CROSS, a_and_b(
            {"highway": "primary", "lanes": lanes, "maxspeed": "70", "cycleway": "track"}, PATH)))
        for lanes in ("2", "3", "4")
    ]  # fmt: skip
    assert levels == [1, 1, 2]


def test_an_arm_that_only_leads_away_is_not_ridden_up_to(draw: Draw) -> None:
    # One way out, for bicycles too: nobody arrives on it, and crossing its two lanes is 1.
    away = {"name": "C", "highway": "primary", "lanes": "1", "maxspeed": "50", "oneway": "yes"}
    streets = [([1, 0], {"name": "A", **CALM}), ([3, 0, 4], {"name": "B", **CALM})]
    assert stress(draw(CROSS, [*streets, ([0, 5, 2], away)])) == 1
    assert stress(draw(CROSS, [*streets, ([2, 5, 0], away)])) == 3


@pytest.mark.parametrize(
    "node", [{"highway": "traffic_signals"}, {"highway": "stop", "stop": "all"}]
)
def test_signals_and_all_way_stops_make_crossing_calm(draw: Draw, node: dict[str, str]) -> None:
    main = {"highway": "trunk", "lanes": "4", "maxspeed": "100", "cycleway": "track"}
    assert stress(draw(CROSS, a_and_b(main, PATH), {0: node})) == 1


def test_a_signal_is_two_over_30_m_or_in_two_stages(draw: Draw) -> None:
    # Nine lanes of 3.5 m are 31.5 m.
    signal = {0: {"highway": "traffic_signals"}}
    wide = {"highway": "primary", "lanes": "9", "maxspeed": "50", "cycleway": "track"}
    assert stress(draw(CROSS, a_and_b(wide, PATH), signal)) == 2
    narrow = {**wide, "lanes": "8"}
    assert stress(draw(CROSS, a_and_b(narrow, PATH), signal)) == 1
    refuge = {5: {"highway": "crossing", "crossing": "traffic_signals", "crossing:island": "yes"}}
    assert stress(draw(CROSS, a_and_b(narrow, PATH), signal | refuge)) == 2


def test_what_lies_between_two_carriageways_is_crossed_too(draw: Draw) -> None:
    # Two carriageways of A, 26 m apart, with two lanes each of 3.5 m: 33 m under one signal.
    positions = {
        1: (0, 0), 3: (0, 26), 11: (-200, 0), 12: (200, 0), 13: (-200, 26), 14: (200, 26),
        21: (0, -200), 23: (0, 200),
    }  # fmt: skip
    a = {"name": "A", "highway": "primary", "lanes": "2", "oneway": "yes", "cycleway": "track"}
    streets = [([11, 1, 12], a), ([14, 3, 13], a), ([21, 1, 3, 23], {"name": "B", **CALM})]
    assert stress(draw(positions, streets, {1: {"highway": "traffic_signals"}})) == 2


def test_a_way_against_the_cars_does_not_halve_the_lanes_that_are_crossed(draw: Draw) -> None:
    # Four lanes one way are four lanes, whether or not bicycles may come the other way.
    main = {"highway": "primary", "lanes": "4", "maxspeed": "70", "oneway": "yes",
            "cycleway:both": "track"}  # fmt: skip
    both = [stress(draw(CROSS, a_and_b({**main, "oneway:bicycle": way}, PATH)))
            for way in ("yes", "no")]  # fmt: skip
    assert both == [2, 2]


def test_country_passes_into_the_network(draw: Draw) -> None:
    streets = a_and_b({"highway": "path"}, {"highway": "path"})
    stresses = {
        code: place(build_network(draw(CROSS, streets), country=country(code)))["stress"]
        for code in ("DE", "TH")
    }
    assert stresses == {"DE": 1, "TH": 2}


def test_places_say_what_was_assumed(sample: Network) -> None:
    places = sample.places
    assert {type(codes) for codes in places["assumptions"]} == {list}
    # What has a share has a reason, and the other way round.
    assert ((places["assumed"] > 0) == (places["assumptions"].str.len() > 0)).all()


def test_stress_tells_intersections_of_the_sample_apart(sample: Network) -> None:
    shares = sample.intersections["stress"].value_counts(normalize=True)
    assert shares.max() < 0.6
    assert set(shares.index) == {1, 2, 3, 4}
