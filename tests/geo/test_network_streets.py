import pytest

from geo.riding import Riding, refusal, riding
from geo.streets import facility, is_raised, street_name

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
        # access < vehicle < bicycle to ride, access < foot to push.
        ({"highway": "residential", "access": "no", "vehicle": "yes"}, BOTH),
        ({"highway": "residential", "access": "no", "foot": "yes"}, PUSH),
        ({"highway": "residential", "access": "no"}, None),
        ({"highway": "residential", "access": "destination"}, BOTH),
        ({"highway": "residential", "access": "permit;residents"}, None),
        ({"highway": "residential", "access": "private;customers"}, BOTH),
        ({"highway": "residential", "vehicle": "no"}, PUSH),
        ({"highway": "residential", "vehicle": "no", "bicycle": "yes"}, BOTH),
        ({"highway": "residential", "motor_vehicle": "no"}, BOTH),
        ({"highway": "residential", "bicycle": "private"}, None),
        ({"highway": "residential", "bicycle:conditional": "no @ (Mo-Fr 10:00-18:00)"}, BOTH),
        ({"highway": "track", "vehicle": "agricultural;forestry"}, PUSH),
        ({"highway": "pedestrian", "vehicle": "no"}, PUSH),
        ({"highway": "bridleway"}, None),
        ({"highway": "bridleway", "bicycle": "yes"}, BOTH),
        ({"highway": "busway"}, None),
        ({"highway": "busway", "bicycle": "designated"}, BOTH),
        ({"highway": "cycleway"}, BOTH),
        ({"highway": "cycleway", "disused": "yes"}, None),
        ({"highway": "corridor"}, None),
        ({"highway": "service"}, BOTH),
        ({"highway": "service", "service": "parking_aisle"}, None),
        ({"highway": "service", "service": "drive-through"}, None),
        ({"highway": "footway"}, PUSH),
        ({"highway": "footway", "bicycle": "no"}, None),
        ({"highway": "footway", "access": "private"}, None),
        ({"highway": "footway", "access": "private", "foot": "yes"}, PUSH),
        ({"highway": "footway", "foot": "no"}, None),
        ({"highway": "footway", "indoor": "yes"}, None),
        ({"highway": "footway", "footway": "sidewalk"}, None),
        ({"highway": "footway", "footway": "crossing"}, None),
        ({"highway": "footway", "footway": "sidewalk", "bicycle": "yes"}, BOTH),
        ({"highway": "footway", "access": "yes"}, PUSH),
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
        ({"highway": "steps", "ramp:bicycle": "yes", "access": "private"}, None),
        ({"highway": "steps", "bicycle": "yes"}, PUSH),
        ({"highway": "construction"}, None),
        ({"highway": "proposed", "bicycle": "yes"}, None),
    ],
)
def test_what_may_be_ridden(tags: dict[str, str], expected: Riding | None) -> None:
    assert riding(tags) == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "motorway_link"}, "motorway"),
        ({"highway": "trunk", "motorroad": "yes"}, "motorway"),
        ({"highway": "construction"}, "under construction"),
        ({"highway": "proposed"}, "only planned"),
        ({"highway": "platform"}, "highway=platform"),
        ({"highway": "residential", "bicycle": "no"}, "bicycle=no"),
        ({"highway": "service", "access": "private"}, "private"),
        ({"highway": "service", "access": "no"}, "access=no"),
        ({"highway": "service", "service": "parking_aisle"}, "service=parking_aisle"),
        ({"highway": "steps"}, "steps without a ramp"),
        ({"highway": "footway", "footway": "sidewalk"}, "footway=sidewalk"),
        ({"highway": "footway", "indoor": "yes"}, "indoors"),
        ({"highway": "bridleway"}, "bridleway without permission for bicycles"),
        ({"highway": "residential"}, None),
    ],
)
def test_what_is_left_out_says_why(tags: dict[str, str], expected: str | None) -> None:
    assert refusal(tags) == expected


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
        ({"oneway": "yes", "cycleway:left": "separate", "cycleway:left:oneway": "no"}, AHEAD),
        ({"oneway": "yes", "cycleway": "track", "cycleway:oneway": "no"}, BOTH),
        ({"oneway": "-1", "cycleway": "opposite"}, BOTH),
        ({"oneway": "reversible"}, BOTH),
        ({"oneway": "alternating"}, BOTH),
        ({"oneway": "no", "oneway:bicycle": "-1"}, BACK),
        ({"oneway": "yes", "bicycle:backward": "yes"}, BOTH),
        ({"vehicle:backward": "no"}, AHEAD),
        ({"vehicle:backward": "no", "bicycle:backward": "yes"}, BOTH),
        ({"junction": "circular"}, AHEAD),
        ({"junction": "roundabout", "oneway:bicycle": "no"}, BOTH),
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
