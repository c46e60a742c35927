import pytest

from geo.streets import Riding, facility, is_raised, riding, street_name

BOTH = Riding(forward=True, backward=True, push=False)
AHEAD = Riding(forward=True, backward=False, push=False)
BACK = Riding(forward=False, backward=True, push=False)
PUSH = Riding(forward=True, backward=True, push=True)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "residential"}, BOTH),
        ({"highway": "primary_link"}, BOTH),
        ({"highway": "motorway"}, None),
        ({"highway": "motorway_link", "bicycle": "yes"}, None),
        ({"highway": "trunk"}, BOTH),
        ({"highway": "trunk", "motorroad": "yes"}, None),
        ({"highway": "primary", "bicycle": "no"}, None),
        ({"highway": "primary", "bicycle": "use_sidepath"}, BOTH),
        ({"highway": "residential", "access": "private"}, None),
        ({"highway": "residential", "access": "no", "bicycle": "yes"}, BOTH),
        ({"highway": "service"}, BOTH),
        ({"highway": "service", "service": "parking_aisle"}, None),
        ({"highway": "service", "service": "drive-through"}, None),
        ({"highway": "footway"}, None),
        ({"highway": "footway", "bicycle": "designated"}, BOTH),
        ({"highway": "footway", "bicycle": "permissive"}, BOTH),
        ({"highway": "footway", "bicycle": "dismount"}, PUSH),
        ({"highway": "path"}, BOTH),
        ({"highway": "path", "foot": "designated"}, PUSH),
        ({"highway": "pedestrian"}, PUSH),
        ({"highway": "pedestrian", "bicycle": "yes"}, BOTH),
        ({"highway": "cycleway", "oneway": "yes"}, AHEAD),
        ({"highway": "steps"}, None),
        ({"highway": "steps", "ramp:bicycle": "yes"}, PUSH),
        ({"highway": "construction"}, None),
        ({"highway": "proposed", "bicycle": "yes"}, None),
    ],
)
def test_what_may_be_ridden(tags: dict[str, str], expected: Riding | None) -> None:
    assert riding(tags) == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"oneway": "yes"}, AHEAD),
        ({"oneway": "-1"}, BACK),
        ({"oneway": "no", "junction": "roundabout"}, BOTH),
        ({"junction": "roundabout"}, AHEAD),
        ({"oneway": "yes", "oneway:bicycle": "no"}, BOTH),
        ({"oneway": "yes", "cycleway": "opposite"}, BOTH),
        ({"oneway": "yes", "cycleway:left": "opposite_lane"}, BOTH),
        ({"oneway": "yes", "cycleway:left": "lane", "cycleway:left:oneway": "-1"}, BOTH),
        ({"oneway:bicycle": "yes"}, AHEAD),
        ({"oneway": "yes", "bicycle": "dismount"}, PUSH),
    ],
)
def test_which_way_it_may_be_ridden(tags: dict[str, str], expected: Riding) -> None:
    assert riding({"highway": "residential", **tags}) == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, "none"),
        ({"cycleway": "lane"}, "lane"),
        ({"cycleway:both": "track"}, "track"),
        ({"cycleway": "share_busway"}, "shared"),
        # Half of the riders have nothing.
        ({"cycleway:right": "track"}, "none"),
        ({"cycleway:right": "track", "cycleway:left": "lane"}, "lane"),
        ({"cycleway:right": "track", "cycleway:right:oneway": "no"}, "track"),
        ({"oneway": "yes", "cycleway:right": "lane"}, "lane"),
        ({"highway": "cycleway"}, "path"),
    ],
)
def test_the_facility_is_what_the_worse_off_direction_has(
    tags: dict[str, str], expected: str
) -> None:
    street = {"highway": "secondary", **tags}
    use = riding(street)
    assert use is not None
    assert facility(street, use) == expected


def test_the_number_of_a_main_road_stands_in_for_its_name() -> None:
    assert street_name({"highway": "primary", "ref": "B 96"}) == "B 96"
    assert street_name({"highway": "residential", "ref": "17"}) == ""


def test_bridges_and_tunnels_are_raised() -> None:
    assert is_raised({"bridge": "yes"})
    assert is_raised({"layer": "-1"})
    assert not is_raised({"bridge": "no", "tunnel": "building_passage"})
