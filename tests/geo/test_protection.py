"""When a cell of a release may appear and change."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from geo.protection import (
    BATCH,
    K_CHANGE,
    K_STAFF,
    Cells,
    Row,
    hold_back,
    may_release,
    protect,
    split_is_safe,
)

NOTHING = Cells({}, {})
PLACES = ("s1", "s2", "i3")


def people(*names: str) -> frozenset[str]:
    return frozenset(names)


def test_a_cell_appears_with_the_fifth_participant() -> None:
    rows: dict[str, Row] = {"s1": {"n": 4}, "s2": {"n": 5}}
    behind = {"s1": people(*"abcd"), "s2": people(*"abcde")}

    shown = protect(rows, behind, NOTHING)

    assert shown == Cells({"s2": {"n": 5}}, {"s2": people(*"abcde")})


def test_a_cell_stays_as_it_was_while_fewer_than_ten_came_or_went() -> None:
    before = protect({"s1": {"v": 1}}, {"s1": people(*"abcdefg")}, NOTHING)

    # Four left and five came: nine differ.
    after = protect({"s1": {"v": 2}}, {"s1": people(*"efghijkl")}, before)

    assert after == before


def test_a_cell_changes_when_ten_came_or_went_since_it_last_changed() -> None:
    before = protect({"s1": {"v": 1}}, {"s1": people(*"abcde")}, NOTHING)
    step = protect({"s1": {"v": 2}}, {"s1": people(*"abcdefghijklmn")}, before)
    assert step.rows == {"s1": {"v": 1}}

    # One more: the ten since the first release count, not the one since the second.
    after = protect({"s1": {"v": 3}}, {"s1": people(*"abcdefghijklmno")}, step)

    assert after == Cells({"s1": {"v": 3}}, {"s1": people(*"abcdefghijklmno")})


def test_a_cell_from_which_all_but_one_left_vanishes() -> None:
    before = protect({"s1": {"v": 1}}, {"s1": people(*"abcdefghijk")}, NOTHING)

    assert protect({"s1": {"v": 2}}, {"s1": people("a")}, before) == NOTHING


def test_a_cell_whose_place_is_gone_vanishes_only_if_ten_left() -> None:
    before = protect({"s1": {"v": 1}}, {"s1": people(*"abcdefghij")}, NOTHING)

    assert protect({}, {}, before) == NOTHING
    assert protect({}, {"s1": people("a")}, before) == before


def test_people_of_nowhere_show_nothing() -> None:
    assert protect({}, {"s1": people(*"abcdef")}, NOTHING) == NOTHING
    assert protect({"s1": {"v": 1}}, {}, NOTHING) == NOTHING


@pytest.mark.parametrize(
    ("new", "closing", "may"),
    [
        (BATCH - 1, None, False),
        (BATCH, None, True),
        (0, BATCH - 1, False),
        (0, BATCH, True),
        (BATCH - 1, BATCH - 1, False),
    ],
)
def test_a_release_waits_for_twenty(new: int, closing: int | None, may: bool) -> None:  # noqa: FBT001
    assert may_release(new, closing=closing) is may


def classes(**sizes: int) -> dict[str, str]:
    """New participants of each class."""
    return {f"{name}{n}": name for name, size in sizes.items() for n in range(size)}


def test_beside_the_largest_class_nobody_is_counted_or_ten_are() -> None:
    assert hold_back({}) == frozenset()
    assert hold_back(classes(a=25)) == frozenset()
    assert hold_back(classes(a=25, b=1)) == people("b0")
    assert hold_back(classes(a=12, b=5, c=4)) == people(*classes(b=5, c=4))
    assert hold_back(classes(a=12, b=6, c=4)) == frozenset()
    # The rides of a class that is being closed are not held back for those of others.
    assert hold_back(classes(a=3, b=7), closing="a") == people(*classes(b=7))
    assert hold_back(classes(a=3, b=10), closing="a") == frozenset()
    assert hold_back(classes(b=4), closing="a") == people(*classes(b=4))


@pytest.mark.parametrize(
    ("part", "whole", "safe"),
    [(5, 5, True), (5, 10, True), (5, 9, False), (5, 6, False), (4, 20, False), (0, 20, False)],
)
def test_a_part_beside_its_whole_never_leaves_a_small_rest(
    part: int,
    whole: int,
    safe: bool,  # noqa: FBT001
) -> None:
    assert split_is_safe(part, whole) is safe


class Town(RuleBasedStateMachine):
    """Participants come, move and are erased between releases; someone compares all releases."""

    def __init__(self) -> None:
        super().__init__()
        self.behind: dict[str, set[int]] = {place: set() for place in PLACES}
        self.newcomer = 0
        self.shown = NOTHING

    @rule(place=st.sampled_from(PLACES), count=st.integers(1, 8))
    def join(self, place: str, count: int) -> None:
        self.behind[place] |= set(range(self.newcomer, self.newcomer + count))
        self.newcomer += count

    @rule(data=st.data(), place=st.sampled_from(PLACES), to=st.sampled_from(PLACES))
    def move(self, data: st.DataObject, place: str, to: str) -> None:
        if self.behind[place]:
            who = data.draw(st.sampled_from(sorted(self.behind[place])))
            self.behind[place].remove(who)
            self.behind[to].add(who)

    @rule(data=st.data(), place=st.sampled_from(PLACES), count=st.integers(1, 8))
    def erase(self, data: st.DataObject, place: str, count: int) -> None:
        for _ in range(min(count, len(self.behind[place]))):
            who = data.draw(st.sampled_from(sorted(self.behind[place])))
            for there in self.behind.values():
                there.discard(who)

    @rule()
    def publish(self) -> None:
        people = {place: frozenset(those) for place, those in self.behind.items()}
        rows: dict[str, Row] = {
            place: {"who": sorted(those)} for place, those in people.items() if those
        }
        before, self.shown = self.shown, protect(rows, people, self.shown)
        for place in PLACES:
            old, new = (set(_who(cells, place)) for cells in (before, self.shown))
            assert old == new or len(old ^ new) >= (K_CHANGE if old else K_STAFF)

    @invariant()
    def every_cell_was_carried_by_k_when_it_was_published(self) -> None:
        assert all(len(_who(self.shown, place)) >= K_STAFF for place in self.shown.rows)

    @invariant()
    def the_ledger_names_who_stands_behind_what_is_shown(self) -> None:
        assert self.shown.rows.keys() == self.shown.people.keys()
        for place in self.shown.rows:
            assert set(_who(self.shown, place)) == self.shown.people[place]


def _who(cells: Cells, place: str) -> list[int]:
    found = cells.rows.get(place, {"who": []})["who"]
    assert isinstance(found, list)
    return found


Town.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestNoReleaseSpeaksOfFewerThanK = Town.TestCase
