"""Profiles of countries: what holds where tags say nothing, and whose profile an area has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.countries import (
    GENERIC,
    UnknownCountryError,
    country,
    country_of_tag,
    detected_country,
    known_countries,
)
from geo.reference import read_table
from geo.riding import refusal, riding
from geo.streets import facility
from geo.stress import segment_stress
from geo.traffic import bike_lane, parse_speed, posted_speed, read_traffic

KMH_PER_MPH = 1.609344
NEEDED = ("BE", "NL", "DE", "FI", "GB", "TH", "ID", "generic")


def test_the_countries_of_the_method_have_a_profile_with_a_source_per_line() -> None:
    assert set(NEEDED) <= set(known_countries())
    lines = read_table("countries")
    assert all(line["source"] for line in lines)
    keys = [(line["country"], line["setting"]) for line in lines]
    assert len(keys) == len(set(keys))
    # Each says what a path is, and nothing is set that the generic profile does not know.
    assert {line["country"] for line in lines if line["setting"] == "path"} >= set(NEEDED)
    for line in lines:
        if not line["setting"].startswith(("class ", "zone ", "zone_unit")):
            assert line["setting"] in GENERIC.settings


@pytest.mark.parametrize(
    ("code", "urban", "rural"),
    [
        ("DE", 50, 100), ("NL", 50, 80), ("FI", 50, 80), ("BE", 50, 70), ("BE-VLG", 50, 70),
        ("BE-WAL", 50, 90), ("BE-BRU", 30, 70), ("TH", 80, 90), ("ID", 50, 80),
        ("GB", 30 * KMH_PER_MPH, 60 * KMH_PER_MPH), ("generic", 50, 90),
    ],
)  # fmt: skip
def test_default_zones_of_countries(code: str, urban: float, rural: float) -> None:
    profile = country(code)
    assert profile.zone_kmh("urban") == pytest.approx(urban)
    assert profile.zone_kmh("rural") == pytest.approx(rural)


def test_a_region_has_what_its_country_has() -> None:
    assert country("BE-WAL").zone_kmh("living_street") == country("BE").zone_kmh("living_street")
    assert country("BE-WAL").zone_kmh("walk") == GENERIC.zone_kmh("walk")


@pytest.mark.parametrize(("asked", "code"), [("de", "DE"), ("UK", "GB"), ("be-wal", "BE-WAL")])
def test_codes_are_taken_as_people_write_them(asked: str, code: str) -> None:
    assert country(asked).code == code


@pytest.mark.parametrize("code", ["XX", "", "Germany", "de-xx"])
def test_an_unknown_country_is_refused_with_those_that_are_known(code: str) -> None:
    with pytest.raises(UnknownCountryError, match=f"BE, .*DE, .*generic, got '{code}'"):
        country(code)


@pytest.mark.parametrize(
    ("value", "area", "expected"),
    [
        ("DE:rural", "NL", 100), ("BE-WAL:rural", "BE", 90), ("BE:rural", "BE-WAL", 70),
        ("GB:nsl_single", "generic", 60 * KMH_PER_MPH), ("UK:nsl_dual", "GB", 70 * KMH_PER_MPH),
        ("GB:zone20", "GB", 20 * KMH_PER_MPH), ("DE:zone30", "GB", 30), ("urban", "TH", 80),
        ("rural", "FI", 80), ("RO:urban", "TH", 50), ("DE:living_street", "generic", 7),
        ("NL:living_street", "DE", 15), ("DE:bicycle_road", "DE", 30), ("TH:motorway", "TH", None),
    ],
)  # fmt: skip
def test_a_zone_is_that_of_the_country_before_the_colon(
    value: str, area: str, expected: float | None
) -> None:
    found = parse_speed(value, country(area))
    assert found == (None if expected is None else pytest.approx(expected))


def test_a_bare_number_is_in_kmh_in_every_country() -> None:
    assert posted_speed({"maxspeed": "30"}, country("GB")) == 30


def test_the_country_comes_before_the_class_and_after_every_tag() -> None:
    def speed(code: str, **tags: str) -> tuple[float, tuple[str, ...]]:
        found = read_traffic({"highway": "secondary", **tags}, oneway=False, country=country(code))
        return found.speed_kmh, found.assumptions

    assert speed("TH", lanes="2") == (80, ("speed:country",))
    assert speed("generic", lanes="2") == (50, ("speed:class",))
    assert speed("TH", **{"lanes": "2", "source:maxspeed": "TH:rural"}) == (90, ())
    assert speed("TH", maxspeed="60") == (60, ("lanes:default",))


def test_a_living_street_is_residential_where_the_law_has_no_such_class() -> None:
    street = {"highway": "living_street"}
    for code, kmh, volume in (("TH", 50, 1501), ("DE", 7, 100), ("generic", 20, 100)):
        found = read_traffic(street, oneway=False, country=country(code))
        assert (found.speed_kmh, found.volume) == (kmh, volume)
    assert segment_stress(street, "none", country("TH")).level == 2
    assert segment_stress(street, "none", country("DE")).level == 1


@pytest.mark.parametrize(
    ("tags", "code", "level", "assumptions"),
    [
        ({"highway": "path"}, "TH", 2, ("path:country",)),
        ({"highway": "footway"}, "TH", 2, ("path:country",)),
        ({"highway": "path", "motor_vehicle": "no"}, "TH", 1, ()),
        ({"highway": "footway", "motorcycle": "no"}, "TH", 1, ()),
        ({"highway": "cycleway"}, "TH", 1, ()),
        ({"highway": "path"}, "ID", 2, ("path:country",)),
        ({"highway": "path"}, "GB", 1, ()),
        ({"highway": "path"}, "generic", 1, ()),
    ],
)
def test_paths_among_motorcycles_are_not_calm(
    tags: dict[str, str], code: str, level: int, assumptions: tuple[str, ...]
) -> None:
    found = segment_stress(tags, "path", country(code))
    assert (found.level, found.assumptions) == (level, assumptions)


def test_bicycles_ride_where_motorcycles_do_but_not_on_pavements() -> None:
    footway = {"highway": "footway"}
    thailand = country("TH")
    assert riding(footway).push  # type: ignore[union-attr]
    assert not riding(footway, thailand).push  # type: ignore[union-attr]
    assert refusal({**footway, "footway": "sidewalk"}, thailand) == "footway=sidewalk"
    assert riding({**footway, "foot": "designated"}, thailand).push  # type: ignore[union-attr]
    assert refusal({**footway, "bicycle": "no"}, thailand) == "bicycle=no"


def test_parking_beside_a_lane_counts_on_the_side_on_which_one_drives() -> None:
    # One way, a lane without a side, cars parked on the left.
    tags = {"highway": "secondary", "oneway": "yes", "cycleway": "lane", "parking:left": "lane",
            "parking:right": "no"}  # fmt: skip
    beside = {code: bike_lane(tags, oneway=True, country=country(code)).beside_parking
              for code in ("DE", "GB", "TH", "ID", "JP", "NL")}  # fmt: skip
    assert beside == {"DE": False, "GB": True, "TH": True, "ID": True, "JP": True, "NL": False}
    # A lane that names its side is there in every country, and so is the way against the nodes.
    named = {**tags, "cycleway": "no", "cycleway:left": "lane"}
    assert bike_lane(named, oneway=True, country=country("DE")).beside_parking
    turned = {**tags, "oneway": "-1"}
    assert bike_lane(turned, oneway=True, country=country("DE")).beside_parking
    assert not bike_lane(turned, oneway=True, country=country("GB")).beside_parking


def test_a_lane_against_a_one_way_street_lies_on_the_offside() -> None:
    tags = {"highway": "residential", "oneway": "yes", "cycleway": "opposite_lane"}
    for code, nearside in (("DE", "right"), ("GB", "left")):
        profile = country(code)
        # Without a lane along, half of the riders have none; with one on the nearside all have.
        both = {**tags, f"cycleway:{nearside}": "lane"}
        other = {**tags, f"cycleway:{profile.offside}": "lane"}
        found = [facility(one, riding(one, profile), profile) for one in (tags, both, other)]  # type: ignore[arg-type]
        assert found == ["none", "lane", "none"]


def test_the_country_that_most_tags_name_is_the_one() -> None:
    german = [{"highway": "primary", "source:maxspeed": "DE:urban"}] * 5
    assert detected_country([*german, {"zone:traffic": "PL:urban"}], {}) == "DE"
    assert detected_country([], {"FI": 40, "SE": 2}) == "FI"
    assert detected_country([{"maxspeed:type": "UK:nsl_single"}] * 3, {"gb": 1}) == "GB"
    # Without a profile it is still named, so that the person is told.
    assert detected_country([], {"FR": 9}) == "FR"


def test_a_region_is_found_where_most_zones_name_it() -> None:
    walloon = [{"source:maxspeed": "BE-WAL:rural"}] * 4
    assert detected_country(walloon, {"BE": 30}) == "BE-WAL"
    assert detected_country([*walloon, *[{"source:maxspeed": "BE-VLG:rural"}] * 6], {}) == "BE-VLG"
    assert detected_country(walloon[:2], {"BE": 30}) == "BE"


@pytest.mark.parametrize(
    ("streets", "addresses"),
    [
        ([], {}),
        ([{"maxspeed": "50"}], {}),
        ([{"source:maxspeed": "DE:urban"}] * 2, {}),
        ([], {"DE": 10, "PL": 9, "CZ": 9}),
        ([{"source:maxspeed": "zone:30"}] * 9, {"Deutschland": 50}),
    ],
)
def test_too_few_or_mixed_tags_name_no_country(
    streets: list[dict[str, str]], addresses: dict[str, int]
) -> None:
    assert detected_country(streets, addresses) is None


@given(st.text())
def test_any_text_is_a_tag_of_some_country_or_of_none(value: str) -> None:
    found, rest = country_of_tag(value)
    assert value.endswith(rest)
    assert found is None or found.code in known_countries()
