"""What a release tells of a territory: nothing of what lies outside, not even in a sum."""

from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import pytest
import shapely

from api.services.cut_release import cut_release
from api.services.public_rows import public_places
from api.services.read_release import Published, without_few_crashes
from api.services.seen_content import seen_content
from api.services.territory import WHOLE, Territory

WEST = Territory((), shapely.box(0, 0, 1, 1))


def place(name: str, lon: float, rank: int, **more: object) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": name, "lon": lon, "lat": 0.5, "rank": rank, "rank_danger": 10 - rank,
        "cluster": "c", "cluster_p": rank / 100, "reporters": 6, "normal": 0.1, "at_risk": 10,
        "schools": {"1": 20, "2": 8}, "participants": 28, "several_classes": False,
    }  # fmt: skip
    return row | more


def released(*places: dict[str, Any]) -> Published:
    classes = {"titles": ["9a"], "participants": 20}
    content: dict[str, Any] = {
        "places": list(places),
        "clusters": [{"id": "c", "places": [row["id"] for row in places]}],
        "schools": {"1": classes, "2": classes},
        "effects": [{"places": ["a"]}, {"places": ["a", "b"]}, {"places": ["b"]}],
        "convoys": {
            "1": [{"coordinates": [[0.2, 0.5], [0.9, 0.5]]},
                  {"coordinates": [[1.2, 0.5], [0.9, 0.5]]}],
            "2": [{"coordinates": [[0.2, 0.5], [0.9, 0.5]]}],
        },
        "simulated": False,
    }  # fmt: skip
    robustness = {"settings": [], "halves": None, "severities": [{"id": "a"}, {"id": "b"}]}
    return Published("town", 1, date(2026, 11, 1), "hash", content, robustness)


@pytest.fixture
def cut() -> Published:
    release = released(place("b", 1.5, 1), place("a", 0.5, 2), place("d", 1.0, 3, reporters=1))
    return cut_release(release, WEST, {1})


def test_places_outside_are_gone_and_the_rest_ranked_anew(cut: Published) -> None:
    assert [(row["id"], row["rank"], row["rank_danger"]) for row in cut.places] == [
        ("a", 1, 2),
        ("d", 2, 1),
    ]


def test_a_place_on_the_border_belongs_to_both_sides() -> None:
    east = Territory((), shapely.box(1, 0, 2, 1))

    assert WEST.covers(lon=1.0, lat=0.5)
    assert east.covers(lon=1.0, lat=0.5)
    assert not east.covers(lon=0.999, lat=0.5)


def test_a_cluster_is_added_up_again_from_what_is_left(cut: Published) -> None:
    (cluster,) = cut.clusters
    assert cluster["places"] == ["a", "d"]
    assert (cluster["observed"], cluster["expected"], cluster["p"]) == (7, 2, 0.02)

    quiet = released(place("b", 1.5, 1), place("a", 0.5, 2, reporters=1))
    left = cut_release(quiet, WEST, {1, 2})
    assert left.clusters == []
    assert [row["cluster"] for row in left.places] == [None]


def test_measures_convoys_schools_and_crash_ranks_of_others_are_not_in_it(cut: Published) -> None:
    assert cut.effects == [{"places": ["a"]}]
    assert cut.convoys == {"1": [{"coordinates": [[0.2, 0.5], [0.9, 0.5]]}]}
    assert list(cut.content["schools"]) == ["1"]
    assert all(row["schools"] == {"1": 20} for row in cut.places)
    assert cut.robustness is not None
    assert cut.robustness["severities"] == [{"id": "a"}]


def test_a_territory_with_one_class_does_not_make_its_places_public(cut: Published) -> None:
    # The release rests on two classes, so that a place of one of them is not for everybody.
    assert list(public_places(cut)) == []


def test_who_sees_the_whole_area_sees_the_release_itself() -> None:
    release = released(place("a", 0.5, 1))

    assert cut_release(release, WHOLE, {1, 2}) is release


def test_what_is_kept_of_a_look_is_what_one_sees_at_first() -> None:
    crashes = dict.fromkeys(("crashes_ksi", "crashes_slight", "crash_share"), 1)
    release = released(
        place("a", 0.5, 1, crashes=2, **crashes), place("b", 1.5, 2, crashes=7, **crashes)
    )
    later = replace(release, number=2, robustness=None)  # the same content, not yet examined
    looks = list(product((WEST, WHOLE), (frozenset({1}), frozenset({1, 2})), (True, False)))

    for territory, schools, told in looks * 2:
        shown = release if told else without_few_crashes(release)
        wanted = shown if territory is WHOLE else cut_release(shown, territory, schools)
        seen = seen_content(release, territory, schools, crashes=told)
        assert seen == wanted, (territory, schools, told)
        once_more = seen_content(later, territory, schools, crashes=told)
        assert once_more.content is seen.content
        assert (once_more.number, once_more.robustness) == (2, None)
