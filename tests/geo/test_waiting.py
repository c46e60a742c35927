"""Median waits: worked by hand, and never shorter for somebody who still waits."""

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.waiting import median_wait

waits = st.lists(st.tuples(st.integers(0, 400), st.booleans()), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("days", "ended", "expected"),
    [
        # All have ended: the ordinary median, of an even number the lower one.
        ([3, 5, 9], [True, True, True], 5),
        ([3, 5, 9, 20], [True] * 4, 5),
        # 1 - 1/5 = 4/5, then 4/5 * 3/4 = 3/5, then at day 30 3/5 * 0/1 = 0.
        ([2, 4, 10, 10, 30], [True, True, False, False, True], 30),
        # 4/5, 3/5, and more than half still wait.
        ([2, 4, 10, 10, 30], [True, True, False, False, False], None),
        ([7], [False], None),
        ([], [], None),
    ],
)
def test_hand_worked(days: list[int], ended: list[bool], expected: int | None) -> None:
    assert median_wait(days, ended) == expected


@given(waits)
def test_with_all_ended_it_is_the_lower_median(found: list[tuple[int, bool]]) -> None:
    days = [day for day, _ in found]
    assert median_wait(days, [True] * len(days)) == statistics.median_low(days)


@given(waits, st.integers(0, 400))
def test_who_still_waits_makes_it_no_shorter(found: list[tuple[int, bool]], more: int) -> None:
    days, ended = [day for day, _ in found], [done for _, done in found]
    before, after = median_wait(days, ended), median_wait([*days, more], [*ended, False])

    assert after is None or (before is not None and after >= before)
