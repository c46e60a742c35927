"""Who rides to school together, and what nobody can learn from it."""

import json
from collections.abc import Hashable
from datetime import date, time
from typing import Protocol

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from geo.area import build_network
from geo.convoy_streets import Streets, convoy_streets
from geo.convoy_times import stop_times
from geo.convoys import (
    NO_CONVOYS,
    Convoy,
    Convoys,
    School,
    everyone_key,
    name_passed,
    plan_convoys,
    published_convoys,
)
from geo.crs import BBox
from geo.extract import OsmData, Way
from geo.features import feature_frame
from geo.network import Network
from geo.policy import load_policy
from geo.protection import K_STAFF, Row
from geo.routing import Router, Waypoint
from geo.simulation.rides import rides_to_school
from geo.trimming import cut_index

from .conftest import LAT, LON, lonlat

POLICY = load_policy()
SCHOOL = School(1, 13.26818, 53.56621)
BELL = time(8, 0)

Steps = list[tuple[str, str | None]]


class Ladder(Protocol):
    """Two streets from west to east, joined every 200 m; the school at 1,200 m."""

    def __call__(self, x: float, y: float = 0.0) -> Steps: ...


@pytest.fixture(scope="module")
def ladder_network() -> Network:
    return _ladder({})


@pytest.fixture(scope="module")
def ladder(ladder_network: Network) -> Ladder:
    return _rides(ladder_network)


@pytest.fixture(scope="module")
def streets(ladder_network: Network) -> Streets:
    return convoy_streets(ladder_network)


def _ladder(tags: dict[str, str]) -> Network:
    columns = range(8)
    lower = ([10 * i for i in columns], {"name": "Low Street"} | tags)
    upper = ([10 * i + 1 for i in columns], {"name": "High Street"})
    rungs = [([10 * i, 10 * i + 1], {"name": f"Rung {i}"}) for i in columns]
    ways = tuple(
        Way(number, {"highway": "residential", **named}, tuple(nodes))
        for number, (nodes, named) in enumerate([lower, upper, *rungs], start=1)
    )
    nodes = {10 * i + row: lonlat(200.0 * i, 200.0 * row) for i in columns for row in (0, 1)}
    around = BBox(LON - 0.1, LAT - 0.1, LON + 0.1, LAT + 0.1)
    return build_network(
        OsmData(ways, nodes, {}, feature_frame([]), around, date(2026, 1, 1), "0" * 64)
    )


def _rides(network: Network) -> Ladder:
    router = Router(network)

    def ride(x: float, y: float = 0.0) -> Steps:
        places = [lonlat(x, y), lonlat(1200, y), lonlat(1200, 0)]
        route = router.snap([Waypoint(lon=lon, lat=lat) for lon, lat in dict.fromkeys(places)])
        return [(passage.id, passage.direction) for passage in route.passages]

    return ride


def ladder_school() -> School:
    lon, lat = lonlat(1200, 0)
    return School(1, lon, lat)


def plan(rides: dict[Hashable, Steps], streets: Streets, before: Convoys = NO_CONVOYS) -> Convoys:
    return plan_convoys(rides, ladder_school(), streets, POLICY, before)


def class_of(*starts: tuple[int, Steps]) -> dict[Hashable, Steps]:
    """So many students for each ride."""
    rides = [ride for count, ride in starts for _ in range(count)]
    return dict(enumerate(rides))


def test_hand_worked_convoy(ladder: Ladder, streets: Streets) -> None:
    found = plan(class_of((6, ladder(200)), (3, ladder(600))), streets)

    (convoy,) = found.convoys
    assert convoy.length_m == pytest.approx(1000, abs=10)
    assert (convoy.members, convoy.least, convoy.adults) == (5, 5, 1)
    assert found.people[convoy.id] == frozenset(range(9))
    # 12 km/h are 200 m a minute, and at the second stop it waits a minute.
    assert [stop.ahead_m for stop in convoy.stops] == pytest.approx([1000, 400], abs=10)
    assert [stop.minutes for stop in convoy.stops] == pytest.approx([6, 2], abs=0.1)
    assert [stop.name for stop in convoy.stops] == ["Low Street × Rung 1", "Low Street × Rung 4"]
    assert stop_times(convoy, BELL, 10) == [time(7, 44), time(7, 48)]
    assert convoy.coordinates[0] == pytest.approx(lonlat(200, 0), abs=1e-5)
    assert convoy.coordinates[-1] == pytest.approx(lonlat(1200, 0), abs=1e-5)
    assert set(convoy.directions) == {"forward"}


def test_a_convoy_begins_where_the_fifth_joins(ladder: Ladder, streets: Streets) -> None:
    (convoy,) = plan(class_of((4, ladder(0)), (4, ladder(600))), streets).convoys

    assert convoy.length_m == pytest.approx(600, abs=10)


def test_four_are_no_convoy_and_two_fours_on_two_streets_are_none(
    ladder: Ladder, streets: Streets
) -> None:
    assert plan(class_of((4, ladder(0))), streets).convoys == ()
    # They meet in the last rung only.
    assert plan(class_of((4, ladder(0)), (4, ladder(0, 200))), streets).convoys == ()
    assert plan({}, streets) == NO_CONVOYS


def test_two_streets_are_two_convoys(ladder: Ladder, streets: Streets) -> None:
    found = plan(class_of((6, ladder(200)), (5, ladder(200, 200))), streets)

    assert [one.members for one in found.convoys] == [5, 5]
    assert [len(found.people[one.id]) for one in found.convoys] == [6, 5]


def test_a_short_way_needs_no_convoy(ladder: Ladder, streets: Streets) -> None:
    assert plan(class_of((8, ladder(800))), streets).convoys == ()


def test_who_shares_less_than_half_of_the_way_is_no_member(
    ladder: Ladder, streets: Streets
) -> None:
    upper = ladder(0, 200)
    # Along High Street to 800 m, and then 400 m with the convoy.
    turning = upper[: len(upper) // 2] + ladder(800)

    found = plan(class_of((5, ladder(200)), (1, turning)), streets)

    assert found.people[found.convoys[0].id] == frozenset(range(5))


def test_nobody_is_led_against_a_one_way_street() -> None:
    network = _ladder({"oneway": "yes"})
    backwards: Steps = [(place, "backward") for place, _ in _rides(network)(200)[::-1]]
    streets = convoy_streets(network)

    assert streets.ridden(backwards) == []
    assert plan_convoys(class_of((9, backwards)), School(1, *lonlat(200, 0)), streets, POLICY) == (
        NO_CONVOYS
    )


def test_a_convoy_ends_at_the_school_or_is_none(ladder: Ladder, streets: Streets) -> None:
    lon, lat = lonlat(1200, 900)
    rides = class_of((9, ladder(0)))

    assert plan_convoys(rides, School(1, lon, lat), streets, POLICY).convoys == ()


@pytest.mark.parametrize(
    ("count", "members", "adults"),
    [(5, 5, 1), (9, 5, 1), (10, 10, 1), (14, 10, 1), (16, 15, 2), (31, 30, 3)],
)
def test_members_are_told_in_fives_and_adults_are_enough_for_all(
    ladder: Ladder, streets: Streets, count: int, members: int, adults: int
) -> None:
    (convoy,) = plan(class_of((count, ladder(200))), streets).convoys

    assert (convoy.members, convoy.adults) == (members, adults)
    assert adults * POLICY.convoy_riders >= count


def test_a_larger_k_is_kept_on_every_segment(ladder: Ladder, streets: Streets) -> None:
    rides = class_of((6, ladder(200)), (4, ladder(400)))

    (convoy,) = plan_convoys(rides, ladder_school(), streets, POLICY, k=10).convoys

    assert (convoy.members, convoy.least) == (10, 10)
    assert convoy.length_m == pytest.approx(800, abs=10)


def test_a_convoy_stands_while_fewer_than_five_came_or_went(
    ladder: Ladder, streets: Streets
) -> None:
    first = plan(class_of((6, ladder(200))), streets)

    fewer = plan(class_of((3, ladder(200))), streets, first)
    more = plan(class_of((10, ladder(200))), streets, first)
    anew = plan(class_of((11, ladder(200))), streets, first)

    assert fewer == more == first
    assert [one.members for one in anew.convoys] == [10]
    assert anew.convoys[0].id == first.convoys[0].id


def test_a_convoy_vanishes_when_five_left(ladder: Ladder, streets: Streets) -> None:
    first = plan(class_of((6, ladder(200))), streets)

    gone = plan(class_of((1, ladder(200))), streets, first)

    assert gone.convoys == ()
    assert gone.people == {everyone_key(1): frozenset({0})}


def test_five_who_move_to_another_convoy_change_both_and_four_change_none(
    ladder: Ladder, streets: Streets
) -> None:
    then = class_of((10, ladder(200)), (6, ladder(200, 200)))
    first = plan(then, streets)

    four = plan(then | dict.fromkeys(range(4), ladder(200, 200)), streets, first)
    five = plan(then | dict.fromkeys(range(5), ladder(200, 200)), streets, first)

    assert four == first
    assert {one.id: one.members for one in first.convoys} == {
        first.convoys[0].id: 10, first.convoys[1].id: 5
    }  # fmt: skip
    assert {one.id: one.members for one in five.convoys} == {
        first.convoys[0].id: 5, first.convoys[1].id: 10
    }  # fmt: skip


def test_a_convoy_of_a_network_that_changed_vanishes(ladder: Ladder, streets: Streets) -> None:
    first = plan(class_of((6, ladder(200))), streets)

    assert plan({}, Streets({}, {}), first).convoys == ()


def test_a_release_gives_the_convoys_back(ladder: Ladder, streets: Streets) -> None:
    first = plan(class_of((6, ladder(200)), (5, ladder(200, 200))), streets)
    rows: Row = {place: row_of(place) for place, _ in ladder(200)}
    named = [name_passed(one, streets, rows, POLICY.calm_stress) for one in first.convoys]  # type: ignore[arg-type]
    told = json.loads(json.dumps([one.row() for one in named]))

    read = published_convoys(1, told, first.people | {"s1": frozenset({7})})

    assert read == Convoys(tuple(named), first.people)


def row_of(place: str, danger: float | None = 0.6, stress: int = 2) -> Row:
    return {"id": place, "kind": "segment", "name": "", "danger": danger, "stress": stress}


def test_the_worst_places_come_first_and_only_those_that_may_be_told(
    ladder: Ladder, streets: Streets
) -> None:
    (convoy,) = plan(class_of((6, ladder(200))), streets).convoys
    calm, unsafe, stressful, worst, *_ = convoy.segments
    shown = {
        calm: row_of(calm, 0.4, 2),
        unsafe: row_of(unsafe, 0.6, 2),
        stressful: row_of(stressful, None, 4),
        worst: row_of(worst, 0.8, 1),
    }

    named = name_passed(convoy, streets, shown, POLICY.calm_stress)

    assert [one.id for one in named.passes] == [worst, unsafe, stressful]


@pytest.fixture(scope="module")
def town(sample: Network) -> tuple[Streets, list[Steps]]:
    """The streets of the sample, and rides through them as they may be cut."""
    rides = rides_to_school(sample, SCHOOL[1:], Router(sample), 150, np.random.default_rng(4))
    cut: list[Steps] = []
    for home, route in rides:
        first = cut_index(route.passages, home, 0.5, length_m=route.length_m)
        if first is not None:
            cut.append([(one.id, one.direction) for one in route.passages[first:]])
    return convoy_streets(sample), cut


# Of few rides, so that many share one.
who_rides = st.lists(st.integers(0, 55), min_size=0, max_size=90)
quick = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def check(convoys: Convoys, rides: dict[Hashable, Steps], streets: Streets) -> None:
    """Each rule of privacy, worked out from the raw rides."""
    met: set[Hashable] = set()
    for convoy in convoys.convoys:
        people = convoys.people[convoy.id]
        assert not people & met
        met |= people
        riders = {
            way: sum(way in rides[who] for who in people) for way in convoy.line
        }  # fmt: skip
        assert min(riders.values()) >= K_STAFF
        assert convoy.length_m >= POLICY.convoy_least_m
        assert K_STAFF <= convoy.members <= len(people)
        assert convoy.members % 5 == 0
        assert K_STAFF <= convoy.least <= min(riders.values())
        leaving = {streets.ways[way].start: way for way in convoy.line}
        assert convoy.stops[0].id == streets.ways[convoy.line[0]].start
        assert all(stop.id in streets.safe for stop in convoy.stops)
        assert all(riders[leaving[stop.id]] >= K_STAFF for stop in convoy.stops)
        own = {who: sum(_length(way, streets) for way in rides[who]) for who in people}
        shared = {
            who: sum(_length(way, streets) for way in rides[who] if way in riders) for who in people
        }
        assert all(shared[who] >= POLICY.convoy_share * own[who] for who in people)


def _length(way: tuple[str, str | None], streets: Streets) -> int:
    return streets.ways[way].length_dm if way in streets.ways else 0  # type: ignore[index]


@quick
@given(chosen=who_rides)
def test_no_convoy_speaks_of_fewer_than_five(
    town: tuple[Streets, list[Steps]], chosen: list[int]
) -> None:
    streets, pool = town
    rides: dict[Hashable, Steps] = {i: pool[one] for i, one in enumerate(chosen)}

    check(plan_convoys(rides, SCHOOL, streets, POLICY), rides, streets)


@quick
@given(chosen=who_rides, data=st.data())
def test_names_and_the_order_of_participants_do_not_matter(
    town: tuple[Streets, list[Steps]], chosen: list[int], data: st.DataObject
) -> None:
    streets, pool = town
    rides: dict[Hashable, Steps] = {i: pool[one] for i, one in enumerate(chosen)}
    mixed = data.draw(st.permutations(chosen))
    others: dict[Hashable, Steps] = {f"p{1000 - i}": pool[one] for i, one in enumerate(mixed)}

    found = plan_convoys(rides, SCHOOL, streets, POLICY)
    again = plan_convoys(others, SCHOOL, streets, POLICY)

    assert found.convoys == again.convoys


@quick
@given(chosen=who_rides, data=st.data())
def test_whatever_four_do_nothing_changes(
    town: tuple[Streets, list[Steps]], chosen: list[int], data: st.DataObject
) -> None:
    streets, pool = town
    rides: dict[Hashable, Steps] = {i: pool[one] for i, one in enumerate(chosen)}
    before = plan_convoys(rides, SCHOOL, streets, POLICY)
    later = dict(rides)
    for who in data.draw(st.lists(st.integers(0, len(chosen) + 4), max_size=4, unique=True)):
        new = data.draw(st.none() | st.integers(0, len(pool) - 1))
        if new is None:
            later.pop(who, None)
        else:
            later[who] = pool[new]

    after = plan_convoys(later, SCHOOL, streets, POLICY, before)

    if before.people:
        assert after == before
    assert json.dumps([one.row() for one in after.convoys]) == json.dumps(
        [one.row() for one in before.convoys]
    )


class Town(RuleBasedStateMachine):
    """Participants come, redraw and are erased; someone compares all releases."""

    streets: Streets
    pool: list[Steps]

    def __init__(self) -> None:
        super().__init__()
        self.rides: dict[Hashable, Steps] = {}
        self.newcomer = 0
        self.shown = NO_CONVOYS
        self.then: dict[str, dict[Hashable, Steps]] = {}
        self.last: dict[Hashable, Steps] = {}

    @rule(ride=st.integers(0, 12), count=st.integers(1, 9))
    def join(self, ride: int, count: int) -> None:
        for _ in range(count):
            self.rides[self.newcomer] = self.pool[ride]
            self.newcomer += 1

    @rule(data=st.data(), ride=st.integers(0, 12), count=st.integers(1, 7))
    def redraw(self, data: st.DataObject, ride: int, count: int) -> None:
        for _ in range(count if self.rides else 0):
            self.rides[data.draw(st.sampled_from(sorted(self.rides)))] = self.pool[ride]  # type: ignore[type-var]

    @rule(data=st.data(), count=st.integers(1, 7))
    def erase(self, data: st.DataObject, count: int) -> None:
        for _ in range(min(count, len(self.rides))):
            del self.rides[data.draw(st.sampled_from(sorted(self.rides)))]  # type: ignore[type-var]

    @rule()
    def publish(self) -> None:
        before = self.shown
        now = plan_convoys(self.rides, SCHOOL, self.streets, POLICY, before)
        old = {one.id: one for one in before.convoys}
        kept = {one.id for one in now.convoys if now.people[one.id] == before.people.get(one.id)}
        for name in old.keys() - kept:
            assert self._differ(self.then[name]) >= K_STAFF
        assert all(one == old[one.id] for one in now.convoys if one.id in kept)
        fresh = Convoys(tuple(one for one in now.convoys if one.id not in kept), now.people)
        check(fresh, self.rides, self.streets)
        if now.convoys != before.convoys:
            assert self._differ(self.last) >= K_STAFF
        if now != before:
            self.last = dict(self.rides)
        self.then |= {one.id: dict(self.rides) for one in fresh.convoys}
        self.shown = now

    def _differ(self, then: dict[Hashable, Steps]) -> int:
        return sum(then.get(who) != self.rides.get(who) for who in then.keys() | self.rides.keys())

    @invariant()
    def nobody_is_in_two_convoys_and_no_line_is_there_twice(self) -> None:
        assert self.shown.people.keys() >= {one.id for one in self.shown.convoys}
        assert len({one.id for one in self.shown.convoys}) == len(self.shown.convoys)
        behind = [self.shown.people[one.id] for one in self.shown.convoys]
        assert sum(map(len, behind)) == len(frozenset().union(*behind))


def test_no_two_releases_speak_of_fewer_than_five(town: tuple[Streets, list[Steps]]) -> None:
    Town.streets, Town.pool = town

    run_state_machine_as_test(
        Town, settings=settings(max_examples=40, stateful_step_count=25, deadline=None)
    )


def test_a_third_of_a_school_finds_company(town: tuple[Streets, list[Steps]]) -> None:
    streets, pool = town
    rides: dict[Hashable, Steps] = dict(enumerate(pool))

    found = plan_convoys(rides, SCHOOL, streets, POLICY)

    assert 3 <= len(found.convoys) <= 20
    assert sum(len(found.people[one.id]) for one in found.convoys) >= len(rides) / 3


def test_a_stop_before_midnight_is_on_the_clock() -> None:
    stop = [{"id": "i", "name": "", "lon": 0.0, "lat": 0.0, "ahead_m": 1000, "minutes": 6.5}]
    row: Row = {
        "id": "c", "members": 5, "least": 5, "adults": 1, "length_m": 1000, "stops": stop,
        "segments": ["s"], "directions": ["forward"], "coordinates": [[0.0, 0.0]], "passes": [],
    }  # fmt: skip
    convoy: Convoy = published_convoys(1, [row], {}).convoys[0]

    assert stop_times(convoy, time(0, 5), 0) == [time(23, 58)]
