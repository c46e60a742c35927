import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import distance_m
from geo.passing import Passage
from geo.trimming import cut_index, safe_intersections

START = (13.25, 53.55)
DEGREES_PER_METRE = 1 / 111_195


def passage(
    at_m: float, *, safe: bool = True, kind: str = "intersection", away_m: float | None = None
) -> Passage:
    """A passage on a street straight to the north, or bent so that it is only `away_m` off."""
    lat = START[1] + (at_m if away_m is None else away_m) * DEGREES_PER_METRE
    return Passage(kind, "x", "", None, at_m, at_m, START[0], lat, safe)  # type: ignore[arg-type]


def test_the_route_begins_at_the_first_safe_intersection_after_the_cut() -> None:
    passages = [passage(at) for at in (0, 140, 200, 320, 500, 1000)]
    assert cut_index(passages, START, 0.0) == 2
    assert cut_index(passages, START, 0.5) == 3
    assert cut_index(passages, START, 1.0) == 3


def test_segments_and_unsafe_intersections_are_passed_over() -> None:
    passages = [
        passage(200, kind="segment", safe=False), passage(220, safe=False), passage(400),
        passage(900),
    ]  # fmt: skip
    assert cut_index(passages, START, 0.0) == 2


def test_a_route_that_comes_back_is_cut_farther_out() -> None:
    # 200 m ridden around the block, but only 60 m from home.
    passages = [passage(200, away_m=60), passage(350), passage(1000)]
    assert cut_index(passages, START, 0.0) == 1


def test_less_than_300_m_left_is_not_kept() -> None:
    assert cut_index([passage(200), passage(499)], START, 0.0) is None
    assert cut_index([passage(200), passage(500)], START, 0.0) == 0
    assert cut_index([passage(200), passage(499)], START, 0.0, length_m=600) == 0
    assert cut_index([], START, 0.5) is None


@given(
    steps=st.lists(st.tuples(st.floats(1, 200), st.booleans()), min_size=1, max_size=40),
    u=st.floats(0, 1),
)
def test_nothing_near_the_start_is_ever_kept(steps: list[tuple[float, bool]], u: float) -> None:
    at, passages = 0.0, []
    for length, safe in steps:
        at += length
        passages.append(passage(at, safe=safe))
    begin = cut_index(passages, START, u)
    if begin is not None:
        first = passages[begin]
        assert first.safe
        assert first.from_m >= 150 + 150 * u
        assert distance_m(START, (first.lon, first.lat)) >= 150
        assert at - first.from_m >= 300
        assert not any(p.safe and p.from_m >= 300 for p in passages[:begin])


def test_a_degree_of_latitude_is_111_km() -> None:
    assert distance_m((0, 0), (0, 1)) == pytest.approx(111_195, rel=1e-4)


def test_a_footway_is_no_way_out() -> None:
    # A block of four streets with a diagonal: every corner leads on. Pushed along, it does not.
    corners = pd.DataFrame({"id": list("abcd"), "arms": [3, 3, 3, 3]})
    sides = [("a", "b"), ("b", "c"), ("c", "d"), ("d", "a"), ("a", "c")]
    segments = pd.DataFrame(sides, columns=["start_intersection", "end_intersection"]).assign(
        start=range(5), end=range(5, 10), push=False
    )
    assert safe_intersections(segments, corners).all()
    segments.loc[3, "push"] = True
    assert safe_intersections(segments, corners).tolist() == [True, True, True, False]
