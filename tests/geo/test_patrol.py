"""A patrol goes where enforcement spares most conflicts an hour, once at a time."""

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.patrol import SCHOOL_DAYS, WHOLE_DAY, Slot, patrol_slots, plan_patrols

WEEKS = 40.0


def place(name: str, rate: float | None, **told: Any) -> dict[str, Any]:  # noqa: ANN401 - as a release tells it
    plain = {
        "id": name, "reasons": {"speed": 7}, "rate": rate, "rate_low": rate and rate / 2,
        "rate_high": rate and rate * 2, "passages": 10.0, "exposure": 10.0,
        "passages_by": {"before_school": 6.0, "after_school": 4.0},
    }  # fmt: skip
    return plain | told


def test_hand_worked_slots() -> None:
    # 6,000 passages before school in 40 weeks of 5 days are 30 a morning; 5 conflicts per 1,000
    # make 0.15 a morning (0.075 to 0.3), and 20 passages an afternoon make 0.1.
    slots = patrol_slots([place("crossing", 5.0)], WEEKS)

    assert len(slots) == 2 * SCHOOL_DAYS
    first, last = slots[0], slots[-1]
    assert (first.part, first.weekday, first.hours) == ("before_school", 0, 1)
    assert (first.expected, first.low, first.high) == pytest.approx((0.15, 0.075, 0.3))
    assert last.expected == pytest.approx(0.1)


def test_a_split_that_is_not_told_makes_one_slot_of_the_day() -> None:
    for told in ({}, {"before_school": 6.0}):
        slots = patrol_slots([place("crossing", 5.0, passages_by=told)], WEEKS)
        assert {slot.part for slot in slots} == {WHOLE_DAY}
        assert slots[0].expected == pytest.approx(0.25)
        assert slots[0].hourly == pytest.approx(0.125)
    # All rides before school: that is told, and nobody is sent there after school.
    slots = patrol_slots([place("c", 5.0, passages_by={"before_school": 10.0})], WEEKS)
    assert {slot.part for slot in slots} == {"before_school"}


def test_on_a_segment_conflicts_grow_with_its_length() -> None:
    slots = patrol_slots([place("street", 5.0, exposure=2.0)], WEEKS)  # 200 m
    assert slots[0].expected == pytest.approx(0.03)


def test_only_what_enforcement_treats_and_whose_rate_is_known_is_patrolled() -> None:
    rows = [place("dark", 9.0, reasons={"lighting": 9}), place("silent", 9.0, reasons={}),
            place("unknown", None)]  # fmt: skip
    assert patrol_slots(rows, WEEKS) == []


def test_hand_worked_plan() -> None:
    # "worse" has 0.3 a morning and 0.2 an afternoon, "bad" 0.15 and 0.1, each the same every day.
    # Two patrols: the best of each place; both mornings of Monday cannot be taken at once.
    slots = patrol_slots([place("bad", 5.0), place("worse", 10.0)], WEEKS)
    plan = plan_patrols(slots, 2)

    assert [(one.place, one.weekday, one.part) for one in plan] == [
        ("worse", 0, "before_school"),
        ("bad", 1, "before_school"),
    ]
    assert plan_patrols(slots, 0) == []


slot_lists = st.lists(
    st.builds(
        Slot,
        place=st.sampled_from("abc"),
        weekday=st.integers(0, 4),
        part=st.sampled_from(["before_school", "after_school", WHOLE_DAY]),
        hours=st.sampled_from([1.0, 2.0]),
        expected=st.floats(0, 5),
        low=st.just(0.0),
        high=st.just(9.0),
    ),
    max_size=30,
)


@given(slot_lists, st.integers(0, 20))
def test_never_more_than_asked_for_and_never_two_at_once(slots: list[Slot], patrols: int) -> None:
    plan = plan_patrols(slots, patrols)

    assert len(plan) <= patrols
    hours = [
        (one.weekday, hour)
        for one in plan
        for hour in ((0, 1) if one.part == WHOLE_DAY else (one.part == "after_school",))
    ]
    assert max(Counter(hours).values(), default=0) <= 1
    assert max(Counter((one.place, one.weekday) for one in plan).values(), default=0) <= 1
    assert all(a.weekday <= b.weekday for a, b in pairwise(plan))
    # The best hour that there is is part of every plan.
    if plan:
        assert max(one.hourly for one in plan) == max(one.hourly for one in slots)
