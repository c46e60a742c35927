"""When a row on a measure may appear and change, seen by someone who compares all releases."""

from collections.abc import Hashable, Iterable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from geo.effect_protection import WAITING, protect_effects
from geo.effects import COMPARED, NOTHING, Effects, part_key, silent
from geo.protection import K_STAFF, Cells, Row, protect

EMPTY = Cells({}, {})
PLACES = ("s1", "i2")


def found(
    *measures: tuple[int, str, Iterable[Hashable], Iterable[Hashable]], crashes: object = None
) -> Effects:
    """What is found at one place for each measure: (id, place, people before, people after)."""
    rows: list[Row] = []
    parts: dict[str, frozenset[Hashable]] = {}
    for number, place, before, after in measures:
        people = {"before": frozenset(before), "after": frozenset(after)}
        parts |= {part_key(number, period, place): those for period, those in people.items()}
        row: Row = {
            "id": number, "what": "", "also": [], "lost": [], "crashes": crashes,
            "state": COMPARED, "lacking": [], "counted": [place],
            "conflicts": {period: sorted(map(str, those)) for period, those in people.items()},
        }  # fmt: skip
        enough = all(len(those) >= K_STAFF for those in people.values())
        rows.append(row if enough else silent(row, ["after"]))
    return Effects(rows, parts)


def test_a_first_row_is_shown() -> None:
    first = found((1, "s1", "abcde", "fghij"))

    shown = protect_effects(first, NOTHING, EMPTY)

    assert shown.rows == first.rows
    assert shown.parts == first.parts


def test_a_row_stands_until_five_joined() -> None:
    first = protect_effects(found((1, "s1", "abcde", "fghij")), NOTHING, EMPTY)
    few = found((1, "s1", "abcde", "fghijklmn"), crashes={"after": 3})
    enough = found((1, "s1", "abcde", "fghijklmno"))

    then = protect_effects(few, first, EMPTY)
    later = protect_effects(enough, then, EMPTY)

    assert then.parts == first.parts
    assert then.rows == [first.rows[0] | {"crashes": {"after": 3}}]
    assert later == enough


def test_one_who_left_before_is_not_told_by_those_who_came_after() -> None:
    first = protect_effects(found((1, "s1", "abcdef", "ghijk")), NOTHING, EMPTY)

    # Six differ, but of the period before only f.
    then = protect_effects(found((1, "s1", "abcde", "ghijklmnop")), first, EMPTY)

    assert then == first


def test_a_row_that_fell_below_five_stands_until_five_left() -> None:
    first = protect_effects(found((1, "s1", "abcde", "fghij")), NOTHING, EMPTY)

    assert protect_effects(found((1, "s1", "abcd", "fghij")), first, EMPTY) == first
    gone = protect_effects(found((1, "s1", "", "fghij")), first, EMPTY)
    assert gone.rows[0]["state"] == "not enough data"


def test_two_days_with_a_few_between_them_are_not_both_shown() -> None:
    one, next_day = (1, "s1", "abcde", "fghijkl"), (2, "s1", "abcdefg", "hijkl")
    other_place = (3, "i2", "abcdefg", "hijkl")

    shown = protect_effects(found(one, next_day, other_place), NOTHING, EMPTY)

    assert [row["state"] for row in shown.rows] == [COMPARED, "not enough data", COMPARED]
    assert shown.rows[1]["lacking"] == [WAITING]
    assert shown.rows[1]["conflicts"] is None
    assert not any(key.startswith("measure:2/") for key in shown.parts)


def test_a_removed_measure_is_remembered() -> None:
    first = protect_effects(found((1, "s1", "abcde", "fghijkl")), NOTHING, EMPTY)

    removed = protect_effects(NOTHING, first, EMPTY)
    anew = protect_effects(found((2, "s1", "abcdefg", "hijkl")), removed, EMPTY)

    assert removed.rows == []
    assert anew.rows[0]["lacking"] == [WAITING]
    same_day = protect_effects(found((2, "s1", "abcde", "fghijkl")), removed, EMPTY)
    assert same_day.rows[0]["state"] == COMPARED


def test_a_row_waits_for_the_place_that_stands_as_it_was() -> None:
    everyone = {"s1": frozenset("abcdefghijk")}
    cells = protect({"s1": {"n": 10}}, {"s1": frozenset("abcdefghij")}, EMPTY)
    stale = protect({"s1": {"n": 11}}, everyone, cells)
    fresh = protect({"s1": {"n": 11}}, everyone, EMPTY)
    now = found((1, "s1", "abcde", "fghijk"))

    assert protect_effects(now, NOTHING, stale).rows[0]["lacking"] == [WAITING]
    assert protect_effects(now, NOTHING, fresh).rows[0]["state"] == COMPARED


def test_a_row_that_the_last_release_did_not_have_waits_too() -> None:
    remembered = Effects([], found((1, "s1", "abcde", "fghij")).parts)

    shown = protect_effects(found((1, "s1", "abcdef", "ghijklmno")), remembered, EMPTY)

    assert shown.rows[0]["lacking"] == [WAITING]
    assert shown.parts == remembered.parts


def test_other_entries_of_the_ledger_are_passed_over() -> None:
    first = found((1, "s1", "abcde", "fghij"))
    ledger = Effects([], {"s1": frozenset("abc"), "i2": frozenset("de")})

    assert protect_effects(first, ledger, EMPTY) == first


class Town(RuleBasedStateMachine):
    """Measures come and go between releases; someone subtracts everything from everything."""

    def __init__(self) -> None:
        super().__init__()
        self.day: dict[tuple[str, int], int] = {}
        self.measures: dict[int, tuple[str, int]] = {}
        self.next_measure, self.newcomer, self.today = 1, 0, 0
        self.shown, self.cells = NOTHING, EMPTY
        self.told: list[dict[tuple[int, str], frozenset[str]]] = [{}]

    @initialize(counts=st.lists(st.integers(1, 6), min_size=6, max_size=6))
    def start(self, counts: list[int]) -> None:
        for count in counts:
            self.answer(PLACES[0], count)
        self.record(PLACES[0], 3)
        self.publish()

    @rule(place=st.sampled_from(PLACES), count=st.integers(1, 9))
    def answer(self, place: str, count: int) -> None:
        for who in range(self.newcomer, self.newcomer + count):
            self.day[place, who] = self.today
        self.newcomer += count
        self.today += 1

    @rule(data=st.data(), count=st.integers(1, 2))
    def erase(self, data: st.DataObject, count: int) -> None:
        for _ in range(min(count, len(self.day))):
            del self.day[data.draw(st.sampled_from(sorted(self.day)))]

    @rule(place=st.sampled_from(PLACES), day=st.integers(1, 8))
    def record(self, place: str, day: int) -> None:
        self.measures[self.next_measure] = (place, day)
        self.next_measure += 1

    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        if self.measures:
            del self.measures[data.draw(st.sampled_from(sorted(self.measures)))]

    @rule()
    def publish(self) -> None:
        people = {
            place: frozenset(str(who) for there, who in self.day if there == place)
            for place in PLACES
        }
        rows: dict[str, Row] = {place: {"who": sorted(those)} for place, those in people.items()}
        self.cells = protect(rows, people, self.cells)
        now = found(*(
            (number, place,
             [str(who) for (there, who), day in self.day.items() if there == place and day < done],
             [str(who) for (there, who), day in self.day.items() if there == place and day >= done])
            for number, (place, done) in self.measures.items()
        ))  # fmt: skip
        self.shown = protect_effects(now, self.shown, self.cells)
        self.told.append(_told(self.shown))

    @invariant()
    def every_period_has_k(self) -> None:
        assert all(len(people) >= K_STAFF for people in self.told[-1].values())

    @invariant()
    def no_two_rows_differ_by_a_few(self) -> None:
        places = {number: key.rpartition("/")[2] for number, key in _keys(self.shown)}
        told = self.told[-1]
        for (one, _), people in told.items():
            for (other, _), those in told.items():
                if places[one] == places[other] and one != other:
                    assert people == those or len(people ^ those) >= K_STAFF

    @invariant()
    def no_row_changes_by_a_few(self) -> None:
        if len(self.told) > 1:
            before, now = self.told[-2:]
            for key in before.keys() & now.keys():
                assert before[key] == now[key] or len(before[key] ^ now[key]) >= K_STAFF

    @invariant()
    def the_ledger_names_who_stands_behind_what_is_shown(self) -> None:
        for (number, period), people in self.told[-1].items():
            assert people == frozenset().union(*(
                those for key, those in self.shown.parts.items()
                if key.startswith(f"measure:{number}/{period}/")
            ))  # fmt: skip


def _told(effects: Effects) -> dict[tuple[int, str], frozenset[str]]:
    return {
        (row["id"], period): frozenset(those)
        for row in effects.rows
        if row["conflicts"] is not None
        for period, those in row["conflicts"].items()
    }


def _keys(effects: Effects) -> list[tuple[int, str]]:
    return [(int(key.removeprefix("measure:").split("/")[0]), key) for key in effects.parts]


Town.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestNoMeasureTellsOfFewerThanK = Town.TestCase
