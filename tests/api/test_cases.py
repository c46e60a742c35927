"""Cases: how they open, what may follow what, who decides, and a history nobody rewrites."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError
from starlette.testclient import TestClient

from api.errors import CaseChangedError, CaseRefusedError, NotFoundError, NotYourCaseError
from api.services.area_evidence import area_evidence
from api.services.areas import LoadedArea
from api.services.campaigns import today
from api.services.case_measures import (
    NewCaseMeasure,
    finish_measure,
    plan_measure,
    take_back_measure,
)
from api.services.case_states import CLOSED, ENDED, OPEN, TRANSITIONS
from api.services.change_case import Change, change_case
from api.services.changing_case import Seen
from api.services.hand_over_case import hand_over_case, take_on_case
from api.services.installation import Installation
from api.services.merge_cases import merge_cases
from api.services.note_case import note_case
from api.services.open_cases import open_cases, owner_of
from api.services.publish_area import days_behind
from api.services.read_release import newest_release
from api.services.split_case import split_case
from api.services.tables import place_middle
from api.services.view_case import view_case
from api.services.view_cases import Wanted, view_cases
from api.store import audit, cases, measures
from api.store.authorities import Body, Case, CaseEvent
from api.store.engine import Store
from api.store.models import Audit, User
from tests.api.running import Run
from web.columns import CASE_STATES

AREA = "neubrandenburg"
OpenCase = Callable[..., Case]


@pytest.fixture
def template(published: str) -> str:
    return published


@pytest.fixture
def constable(store: Store) -> User:
    """Police of the area without a body: decides on what is nobody's."""
    return _user(store, "police@town.example")


@pytest.fixture
def chief(store: Store) -> User:
    return _user(store, "admin@town.example")


@pytest.fixture
def rows(store: Store) -> list[dict[str, Any]]:
    with store.read() as session:
        release = newest_release(session, AREA)
        assert release is not None
        return release.places


@pytest.fixture
def member(store: Store, loaded: LoadedArea) -> Callable[..., User]:
    """`member(around="s…", causes=["enforcement"])`: an officer of a new body around a place."""

    def made(name: str, around: str, causes: tuple[str, ...] = (), km: float = 0.1) -> User:
        with store.write() as session:
            middle = place_middle(loaded, around)
            assert middle is not None
            body = Body(
                area_id=AREA, name=name, kind="police", causes=list(causes), answer_days=10,
                territory=middle.buffer(km / 111), created_at=datetime.now(UTC),
            )  # fmt: skip
            user = User(
                email=f"{name}@body.example", password_hash="-", role="officer", area_id=AREA,  # noqa: S106 - opens nothing
                body=body, created_at=datetime.now(UTC),
            )  # fmt: skip
            session.add_all([body, user])
            session.flush()
        return user

    return made


def test_a_confirmed_hotspot_becomes_a_case_with_cause_owner_and_due_day(
    store: Store, rows: list[dict[str, Any]], member: Callable[..., User]
) -> None:
    first, second = rows[0] | {"reasons": {"speed": 7, "space": 5}}, rows[1] | {"reasons": {}}
    police = member("Zone", first["id"], ("enforcement",)).body_id
    member("State", first["id"], ("enforcement", "unknown"), km=50)

    with store.write() as session:
        case, unclear = open_cases(session, AREA, 1, [first, second], {})
        (opened,) = cases.history(session, case.id)

    assert (case.cause, case.body_id, case.due_on) == (
        "enforcement", police, today() + timedelta(days=10)
    )  # fmt: skip
    assert unclear.cause == "unknown"
    assert unclear.owner == "State"
    assert (opened.kind, opened.by, opened.details["owner"]) == ("opened", "", "Zone")


def test_a_case_of_nobody_is_due_too(store: Store, rows: list[dict[str, Any]]) -> None:
    with store.write() as session:
        (case,) = open_cases(session, AREA, 1, [rows[0] | {"reasons": {"behaviour": 9}}], {})

    assert (case.owner, case.due_on) == (None, today() + timedelta(days=30))


def test_of_two_territories_the_smaller_owns() -> None:
    town = Body(id=2, causes=["maintenance"], territory=shapely.box(13, 53, 14, 54))
    state = Body(id=1, causes=["maintenance"], territory=shapely.box(10, 50, 20, 60))

    assert owner_of([state, town], "maintenance", lon=13.5, lat=53.5) is town
    assert owner_of([state, town], "maintenance", lon=12, lat=53.5) is state
    assert owner_of([state, town], "education", lon=13.5, lat=53.5) is None
    assert owner_of([state, town], "maintenance", lon=0, lat=0) is None


def test_a_place_gets_a_second_case_only_from_those_who_answered_after_the_first_was_closed(
    store: Store, rows: list[dict[str, Any]], open_case: OpenCase
) -> None:
    place = rows[0]["id"]
    before, after = today() - timedelta(days=30), today() - timedelta(days=1)
    first = open_case(0)

    def opened(*days: date) -> list[Case]:
        with store.write() as session:
            return open_cases(session, AREA, 2, rows[:1], {place: days})

    assert opened(*[after] * 9) == []
    for state in CLOSED:
        _set(store, first, state=state, closed_on=today() - timedelta(days=10))
        assert opened(*[after] * 4) == []
        assert opened(*[after] * 6, *[before] * 6) == []
        assert opened(*[first.closed_on] * 12) == []
    (second,) = opened(*[after] * 7, *[before] * 6)
    assert (second.earlier_id, second.state, second.opened_in) == (first.id, "new", 2)
    assert opened(*[after] * 30) == []


def test_it_is_known_when_everybody_behind_a_place_answered(here: Installation) -> None:
    with here.store.read() as session:
        gathered = area_evidence(here, session, AREA).gathered
    behind = days_behind(gathered.people, gathered.days)

    assert sum(map(len, behind.values())) > 100
    assert {place: len(days) for place, days in behind.items()} == {
        place: len(people) for place, people in gathered.people.items()
    }


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_cases_are_listed_and_shown_on_the_command_line(
    barometer: Run, here: Installation, constable: User, open_case: OpenCase
) -> None:
    case = open_case(0, due_on=today() - timedelta(days=1))
    done = open_case(1, state="done", answer="The hedge is cut.")
    note_case(here, constable, case.id, "Seen on site.")

    listed = barometer("case", "list", AREA).out
    assert listed.split("\t")[:2] == [str(case.id), "new"]
    assert "overdue" in listed
    assert len(barometer("case", "list", AREA, "--all").out.splitlines()) == 2
    shown = barometer("case", "show", str(case.id))
    assert shown.code == 0
    assert "Police\tInternal note: Seen on site." in shown.out
    assert "answer\tThe hedge is cut." in barometer("case", "show", str(done.id)).out
    assert barometer("case", "show", "999").code == 1


@pytest.mark.parametrize("after", CASE_STATES)
def test_only_what_the_table_names_may_follow(
    here: Installation, constable: User, open_case: OpenCase, after: str
) -> None:
    for state in CASE_STATES:
        case = open_case(0, state=after, answer="We cut the hedge.")
        seen, change = Seen(case.id, 1), Change(state, reason="The hedge has grown again.")
        if state == after:
            assert change_case(here, constable, seen, change).version == 1
        elif state in TRANSITIONS[after]:
            changed = change_case(here, constable, seen, change)
            assert (changed.state, changed.version) == (state, 2)
            assert (changed.closed_on is not None) == (state in CLOSED)
        else:
            with pytest.raises(CaseRefusedError, match="may follow"):
                change_case(here, constable, seen, change)
        _forget(here.store, case)
    assert set(TRANSITIONS) == set(CASE_STATES) == OPEN | ENDED


@settings(
    max_examples=12, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(steps=st.lists(st.sampled_from(CASE_STATES), max_size=6))
def test_however_a_case_goes_its_history_tells_all_of_it(
    here: Installation, constable: User, open_case: OpenCase, steps: list[str]
) -> None:
    case = open_case(0, answer="Thank you.")
    went = ["new"]
    for state in steps:
        try:
            change = Change(state, reason="It is not over.")
            case = change_case(here, constable, Seen(case.id, case.version), change)
        except CaseRefusedError:
            continue
        if state != went[-1]:
            went.append(state)
    with here.store.read() as session:
        events = cases.history(session, case.id)
    told = [(one.details["from"], one.details["to"]) for one in events if one.kind == "state"]

    assert told == list(pairwise(went))
    assert cases.first_broken_event(events) is None
    assert case.version == len(went)
    _forget(here.store, case)


def test_closing_needs_words_for_everybody_and_reopening_a_reason(
    here: Installation, constable: User, open_case: OpenCase
) -> None:
    case = open_case(0)
    for state in CLOSED:
        with pytest.raises(CaseRefusedError, match="answer for everybody"):
            change_case(here, constable, Seen(case.id, 1), Change(state))
    done = change_case(here, constable, Seen(case.id, 1), Change("done", answer="Lamp repaired."))
    assert (done.answered_on, done.closed_on) == (today(), today())

    with pytest.raises(CaseRefusedError, match="taken up again"):
        change_case(here, constable, Seen(case.id, 2), Change("investigating"))
    again = change_case(
        here, constable, Seen(case.id, 2), Change("investigating", reason="Dark again.")
    )
    assert (again.state, again.closed_on) == ("investigating", None)
    assert again.due_on == today() + timedelta(days=30)


def test_a_closed_case_stays_closed_while_another_about_its_place_is_open(
    here: Installation, constable: User, open_case: OpenCase, rows: list[dict[str, Any]]
) -> None:
    first = open_case(0, state="done", answer="Fixed.", closed_on=today() - timedelta(days=5))
    with here.store.write() as session:
        open_cases(session, AREA, 2, rows[:1], {rows[0]["id"]: [today()] * 6})

    with pytest.raises(CaseRefusedError, match="is open"):
        change_case(here, constable, Seen(first.id, 1), Change("investigating", reason="No."))


def test_who_writes_over_an_older_version_is_refused_and_loses_no_word(
    here: Installation, constable: User, police: TestClient, open_case: OpenCase
) -> None:
    case = open_case(0)
    page = police.get(f"/cases/{case.id}").text
    form = {"version": _version(page), "state": "planned", "cause": case.cause}

    change_case(here, constable, Seen(case.id, 1), Change("acknowledged", answer="We look."))
    late = police.post(f"/cases/{case.id}", data=form | {"answer": "A lamp is ordered."})

    assert late.status_code == 409
    assert "A lamp is ordered." in late.text
    assert "still in the form" in late.text
    assert _case(here.store, case.id).answer == "We look."
    form["version"] = _version(late.text)
    assert police.post(
        f"/cases/{case.id}", data=form | {"answer": "A lamp is ordered."}
    ).is_redirect
    assert _case(here.store, case.id).answer == "A lamp is ordered."
    with pytest.raises(CaseChangedError):
        change_case(here, constable, Seen(case.id, 1), Change("done"))


def test_a_change_that_is_refused_leaves_nothing_behind(
    police: TestClient, open_case: OpenCase, count_rows: Callable[[], dict[str, int]]
) -> None:
    case = open_case(0)
    before = count_rows()
    wrong = [
        {"state": "merged"}, {"state": "done", "answer": ""}, {"answer": "<b>bold</b>"},
        {"answer": "x" * 2001}, {"answer": "right\u202eleft"}, {"cause": "fate"},
        {"due_on": "2020-01-01"}, {"due_on": "tomorrow"}, {"due_on": "9999-12-31"},
    ]  # fmt: skip

    for form in wrong:
        said = police.post(f"/cases/{case.id}", data={"version": "1"} | form)
        assert said.status_code == 422, form
        assert 'role="alert"' in said.text
    now = count_rows()
    assert now.pop("audit") > before.pop("audit")  # that the page was seen again
    assert now == before


def test_two_bodies_and_what_each_may(
    here: Installation,
    open_case: OpenCase,
    member: Callable[..., User],
    rows: list[dict[str, Any]],
    constable: User,
) -> None:
    case, place = open_case(0), rows[0]["id"]
    zone, town = member("Zone", place), member("Village", place)
    far = member("Far", _farthest(rows))

    with pytest.raises(NotFoundError, match="no such case"):
        view_case(here, far, case.id, action="see case")
    for change in (lambda: note_case(here, far, case.id, "Hello."),
                   lambda: take_on_case(here, far, Seen(case.id, 1))):  # fmt: skip
        with pytest.raises(NotFoundError, match="no such case"):
            change()
    with pytest.raises(NotYourCaseError, match="take the case on"):
        change_case(here, zone, Seen(case.id, 1), Change("planned"))

    case = take_on_case(here, zone, Seen(case.id, 1))
    assert (case.owner, case.state) == ("Zone", "acknowledged")
    for refused in (
        lambda: change_case(here, town, Seen(case.id, 2), Change("planned")),
        lambda: change_case(here, constable, Seen(case.id, 2), Change("planned")),
        lambda: take_on_case(here, town, Seen(case.id, 2)),
        lambda: plan_measure(here, town, case.id, NewCaseMeasure("Checks", "enforcement")),
    ):
        with pytest.raises(NotYourCaseError):
            refused()
    note_case(here, town, case.id, "We count cars here in May.")

    case = hand_over_case(here, zone, Seen(case.id, 2), far.body_id, "It is your road.")
    assert case.owner == "Far"
    seen = view_case(here, far, case.id, action="see case")
    assert seen.decides
    assert (
        not seen.rows
    )  # its place lies outside of the territory, the case is its own all the same
    told = [(one.kind, one.by, one.details.get("reason")) for one in seen.events[-2:]]
    assert told == [("note", "Village", None), ("owner", "Zone", "It is your road.")]
    assert not view_case(here, zone, case.id, action="see case").decides
    mine = view_cases(here, far, AREA, Wanted(owner="mine"), action="see cases")
    assert [one.case.id for one in mine.listed] == [case.id]
    with pytest.raises(CaseRefusedError, match="why"):
        hand_over_case(here, far, Seen(case.id, 3), zone.body_id, "  ")
    with pytest.raises(CaseRefusedError, match="another body"):
        hand_over_case(here, far, Seen(case.id, 3), far.body_id, "To us.")


def test_a_measure_that_is_done_is_compared_by_the_next_release(
    here: Installation, constable: User, open_case: OpenCase, police: TestClient
) -> None:
    case = open_case(0, 1)
    hedge = plan_measure(
        here, constable, case.id, NewCaseMeasure("Cut the hedge", "quick", "small")
    )
    sign = plan_measure(here, constable, case.id, NewCaseMeasure("A mirror", "quick"))
    day = today()

    for one in (hedge, sign):
        finish_measure(here, constable, case.id, one.id, day)
    with here.store.read() as session:
        (recorded,) = measures.of_area(session, AREA)
        assert (recorded.places, recorded.done_on) == (sorted(case.places), day)
        assert {one.measure_id for one in cases.measures_of(session, [case.id])} == {recorded.id}
    assert "The next release compares before and after." in police.get(f"/cases/{case.id}").text

    take_back_measure(here, constable, case.id, sign.id)
    with here.store.read() as session:
        assert len(measures.of_area(session, AREA)) == 1
    take_back_measure(here, constable, case.id, hedge.id)
    take_back_measure(here, constable, case.id, hedge.id)
    with here.store.read() as session:
        assert measures.of_area(session, AREA) == []
        (left,) = cases.measures_of(session, [case.id])
        assert (left.id, left.done_on) == (sign.id, None)
        steps = [one.details["step"] for one in cases.history(session, case.id)[1:]]
    assert steps == ["planned", "planned", "done", "done", "not done", "not done", "removed"]
    with pytest.raises(CaseRefusedError, match="not ahead"):
        finish_measure(here, constable, case.id, sign.id, today() + timedelta(days=1))


def test_cases_are_merged_and_split_again(
    here: Installation, constable: User, open_case: OpenCase, police: TestClient
) -> None:
    one, other = open_case(0), open_case(1)
    plan_measure(here, constable, other.id, NewCaseMeasure("A lamp", "quick"))

    one = merge_cases(here, constable, Seen(one.id, 1), other.id)
    assert one.places == [one.place_id, other.place_id]
    merged = _case(here.store, other.id)
    assert (merged.state, merged.merged_into_id) == ("merged", one.id)
    page = police.get(f"/cases/{one.id}").text
    assert "A lamp" in page
    assert f"Taken in: case {other.id}" in page
    assert f"Goes on in case {one.id}" in police.get(f"/cases/{other.id}").text
    for refused in (
        lambda: merge_cases(here, constable, Seen(one.id, 2), other.id),
        lambda: merge_cases(here, constable, Seen(one.id, 2), one.id),
        lambda: split_case(here, constable, Seen(one.id, 2), one.places),
        lambda: split_case(here, constable, Seen(one.id, 2), []),
        lambda: split_case(here, constable, Seen(one.id, 2), ["snowhere1"]),
    ):
        with pytest.raises(CaseRefusedError):
            refused()

    new = split_case(here, constable, Seen(one.id, 2), [one.place_id])
    left = _case(here.store, one.id)
    assert (new.places, new.earlier_id, new.due_on) == ([one.place_id], one.id, one.due_on)
    assert (left.places, left.place_id) == ([other.place_id], other.place_id)
    assert f"After: case {new.id}" in police.get(f"/cases/{one.id}").text
    with here.store.read() as session:
        for case in (one, other, new):
            assert cases.first_broken_event(cases.history(session, case.id)) is None
        assert audit.first_broken(session) is None


def test_nobody_rewrites_a_history(
    here: Installation, constable: User, open_case: OpenCase, police: TestClient
) -> None:
    case = open_case(0)
    note_case(here, constable, case.id, "Seen on site.")
    change_case(here, constable, Seen(case.id, 1), Change("planned"))
    store = here.store

    for forbidden in (
        update(CaseEvent).values(details={}),
        delete(CaseEvent),
    ):
        with pytest.raises(DBAPIError, match="never changed"), store.write() as session:
            session.execute(forbidden)
    with store.read() as session:
        events = list(cases.history(session, case.id))
        logged = session.scalars(select(Audit).where(Audit.subject == f"case {case.id}")).all()
        assert [one.action for one in logged] == ["case note", "case state"]
        session.expunge_all()
    assert cases.first_broken_event(events) is None
    assert cases.first_broken_event(events[1:]) == events[1].id
    assert cases.first_broken_event([events[0], events[2]]) == events[2].id
    events[1].details = {"text": "Never seen."}
    assert cases.first_broken_event(events) == events[1].id
    assert "that was checked just now" in police.get(f"/cases/{case.id}").text


def test_the_list_begins_with_what_is_overdue_and_filters(
    police: TestClient, open_case: OpenCase
) -> None:
    late = today() - timedelta(days=1)
    third = open_case(2, cause="maintenance", answer="=1+1")
    second = open_case(1, cause="enforcement", due_on=late)
    first = open_case(0, state="done", closed_on=today(), due_on=late)
    fourth = open_case(3, cause="maintenance", state="planned")

    def listed(query: str) -> list[int]:
        page = police.get(f"/cases?{query}").text
        return [int(one) for one in re.findall(r'<th scope="row"><a href="/cases/(\d+)"', page)]

    assert listed("") == [second.id, third.id, fourth.id]
    assert listed("state=") == [second.id, first.id, third.id, fourth.id]
    assert listed("state=closed") == [first.id]
    assert listed("state=planned") == [fourth.id]
    assert listed("cause=maintenance") == [third.id, fourth.id]
    assert listed("overdue=true") == [second.id]
    assert listed("owner=none&state=") == listed("state=")
    assert listed("owner=7") == listed("owner=mine") == []

    table = police.get("/cases.csv?state=").content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in table] == [
        "id", str(second.id), str(first.id), str(third.id), str(fourth.id)
    ]  # fmt: skip
    assert "'=1+1" in table[3]


def _user(store: Store, email: str) -> User:
    with store.read() as session:
        found = session.scalars(select(User).where(User.email == email)).one()
        session.expunge(found)
        return found


def _case(store: Store, case_id: int) -> Case:
    with store.read() as session:
        case = cases.find(session, case_id)
        assert case is not None
        return case


def _set(store: Store, case: Case, **changes: object) -> None:
    with store.write() as session:
        found = session.get_one(Case, case.id)
        for name, value in changes.items():
            setattr(found, name, value)
            setattr(case, name, value)


def _forget(store: Store, case: Case) -> None:
    """Close a case long ago, as if its place had never been one."""
    _set(store, case, places=[], state="merged")


def _farthest(rows: list[dict[str, Any]]) -> str:
    def away(row: dict[str, Any]) -> float:
        return abs(row["lon"] - rows[0]["lon"]) + abs(row["lat"] - rows[0]["lat"])

    return str(max(rows, key=away)["id"])


def _version(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    return found[1]
