"""Students say whether a case that is called done is better: counted in fives, tied to nobody."""

import hashlib
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from api.services.campaigns import today
from api.services.installation import Installation
from api.services.students_verdict import Verdict, verdicts
from api.store import cases
from api.store.authorities import Case, CaseEvent, CaseVote
from api.store.engine import Store
from api.store.models import Campaign, Participant

Body = dict[str, Any]
AREA = "neubrandenburg"


@pytest.fixture
def template(published: str) -> str:
    return published


@pytest.fixture
def rider(
    open_class: Callable[..., Campaign],
    join: Callable[[Campaign], TestClient],
    ride: Callable[..., Body],
) -> Callable[[], tuple[TestClient, str]]:
    """Each call is another student who has sent a ride, with the delete phrase."""
    campaign = open_class()
    numbers = iter(range(25, 60))

    def joined() -> tuple[TestClient, str]:
        browser = join(campaign)
        sent = browser.post("/api/routes", json=ride(next(numbers)))
        assert sent.status_code == 201, sent.text
        return browser, sent.json()["phrase"]

    return joined


@pytest.fixture
def verdict(store: Store) -> Callable[[int], Verdict]:
    def found(case_id: int) -> Verdict:
        with store.read() as session:
            case = session.get_one(Case, case_id)
            return verdicts(session, [case])[case.id]

    return found


def say(browser: TestClient, case_id: int, answer: str) -> int:
    return browser.post(f"/api/fixed/{case_id}", json={"answer": answer}).status_code


def asked(browser: TestClient) -> dict[int, str | None]:
    return {one["id"]: one["answer"] for one in browser.get("/api/results").json()["fixed"]}


def stored(store: Store) -> list[CaseVote]:
    with store.read() as session:
        return list(session.scalars(select(CaseVote)))


def test_one_answer_each_that_can_be_changed_and_is_told_to_its_giver_alone(
    rider: Callable[[], tuple[TestClient, str]], fixed: Callable[..., int], store: Store
) -> None:
    first, second = fixed(0), fixed(1)
    (one, _), (other, _) = rider(), rider()
    assert asked(one) == {second: None, first: None}

    assert say(one, first, "worse") == 204
    assert say(one, first, "better") == 204
    assert say(one, second, "same") == 204

    assert asked(one) == {second: "same", first: "better"}
    assert asked(other) == {second: None, first: None}
    assert sorted(vote.answer for vote in stored(store)) == ["better", "same"]


def test_nothing_but_the_areas_key_leads_from_an_answer_to_who_gave_it(
    rider: Callable[[], tuple[TestClient, str]], fixed: Callable[..., int], store: Store
) -> None:
    case_ids = [fixed(number) for number in range(3)]
    browser, _ = rider()
    for case_id in case_ids:
        say(browser, case_id, "better")

    votes = stored(store)
    with store.read() as session:
        people = session.scalars(select(Participant.id)).all()
    guesses = {
        hashlib.sha256(text.encode()).hexdigest()
        for who in people
        for case_id in case_ids
        for text in (str(who), f"{case_id}/{who}", f"{who}/{case_id}", f"vote{case_id}/{who}")
    }
    assert len({vote.voter_hash for vote in votes}) == 3
    assert not guesses & {vote.voter_hash for vote in votes}
    assert {type(vote.day) for vote in votes} == {date}
    # In the order in which they came, they would show what one student passes.
    assert max(vote.id for vote in votes) > 1000


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "in_work", "closed_on": None},
        {"state": "declined"},
        {"state": "merged"},
        {"closed_on": today() - timedelta(days=400)},
        {"area_id": "waren"},
        {"place_id": "snowhere0", "places": ["snowhere0"]},
    ],
)
def test_what_a_student_may_not_see_as_done_reads_as_missing(
    rider: Callable[[], tuple[TestClient, str]], fixed: Callable[..., int], changes: Body,
    store: Store,
) -> None:  # fmt: skip
    case_id = fixed(**changes)
    browser, _ = rider()

    hidden = browser.post(f"/api/fixed/{case_id}", json={"answer": "better"})
    missing = browser.post("/api/fixed/999999", json={"answer": "better"})

    assert asked(browser) == {}
    assert hidden.status_code == missing.status_code == 404
    assert hidden.text == missing.text
    assert stored(store) == []


def test_only_who_has_sent_a_ride_is_heard(
    student: TestClient, fixed: Callable[..., int], rider: Callable[[], tuple[TestClient, str]]
) -> None:
    case_id = fixed()

    assert say(student, case_id, "better") == 409
    assert say(rider()[0], case_id, "fine") == 422
    assert say(rider()[0], 10**20, "better") == 422
    assert say(rider()[0], case_id, "better") == 204


def test_answers_are_counted_in_fives_and_reopen_nothing(
    rider: Callable[[], tuple[TestClient, str]], fixed: Callable[..., int],
    verdict: Callable[[int], Verdict], store: Store,
) -> None:  # fmt: skip
    case_id = fixed()
    shown = []
    for answer in ("worse", "same", "better", "worse", "worse", *["better"] * 5):
        say(rider()[0], case_id, answer)
        shown.append(verdict(case_id))

    assert shown[:4] == [Verdict()] * 4
    assert shown[0].word == "few"
    assert shown[4:9] == [Verdict(5, better=1, same=1, worse=3)] * 5
    assert shown[4].word == "disagree"
    assert shown[9] == Verdict(10, better=6, same=1, worse=3)
    assert shown[9].word == "confirm"
    with store.read() as session:
        case = session.get_one(Case, case_id)
        events = cases.history(session, case_id)
        assert cases.first_broken_event(events) is None
    assert case.state == "done"
    assert [event.kind for event in events] == ["students"] * 2
    assert {event.at.time().isoformat() for event in events} == {"00:00:00"}
    assert {event.user_id for event in events} == {None}


@pytest.mark.parametrize(
    ("better", "others", "word", "public"),
    [(5, 0, "confirm", 0), (3, 2, "confirm", 0), (2, 3, "disagree", 0), (5, 5, "divided", 5),
     (9, 1, "confirm", 5), (10, 5, "confirm", 10), (4, 6, "disagree", 0)],
)  # fmt: skip
def test_the_majority_has_the_word_and_students_read_fives_of_ten(
    better: int, others: int, word: str, public: int
) -> None:
    found = Verdict(better + others, better=better, same=others, worse=0)

    assert found.word == word
    assert found.public_better == public


def test_students_read_what_ten_of_them_say(
    rider: Callable[[], tuple[TestClient, str]], fixed: Callable[..., int]
) -> None:
    case_id = fixed()
    riders = [rider()[0] for _ in range(10)]
    for browser in riders[:9]:
        say(browser, case_id, "better")
    assert "students say it is better" not in riders[0].get("/thanks").text

    say(riders[9], case_id, "same")

    page = riders[0].get("/thanks").text
    assert "5 students say it is better" in page


def test_a_case_that_was_taken_up_again_is_asked_about_afresh(
    rider: Callable[[], tuple[TestClient, str]], fixed: Callable[..., int],
    verdict: Callable[[int], Verdict], store: Store,
) -> None:  # fmt: skip
    case_id = fixed(closed_on=today() - timedelta(days=30))
    riders = [rider()[0] for _ in range(5)]
    for browser in riders:
        say(browser, case_id, "worse")
    assert verdict(case_id).word == "disagree"
    with store.write() as session:
        case = session.get_one(Case, case_id)
        case.closed_on = today() + timedelta(days=1)

    assert verdict(case_id).word == "few"
    assert asked(riders[0]) == {case_id: None}


def test_erasing_by_phrase_takes_the_answers_along(
    rider: Callable[[], tuple[TestClient, str]], fixed: Callable[..., int], here: Installation,
    verdict: Callable[[int], Verdict],
) -> None:  # fmt: skip
    first, second = fixed(0), fixed(1)
    riders = [rider() for _ in range(5)]
    for browser, _ in riders:
        say(browser, first, "better")
    say(riders[0][0], second, "worse")

    riders[1][0].post("/mine", data={"phrase": riders[0][1]})

    assert [vote.case_id for vote in stored(here.store)] == [first] * 4
    # One less does not show; that nobody is left does.
    assert verdict(first).answers == 5
    for _, phrase in riders[1:]:
        riders[1][0].post("/mine", data={"phrase": phrase})
    assert stored(here.store) == []
    assert verdict(first) == Verdict()
    with here.store.read() as session:
        kept = session.scalars(select(CaseEvent).order_by(CaseEvent.id)).all()
        assert [event.details["answers"] for event in kept] == [5, 0]
