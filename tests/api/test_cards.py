"""Join cards: made once, ticked without a name, and one participant on many devices."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from starlette.testclient import TestClient

from api.auth import read_code
from api.store.engine import Store
from api.store.models import Audit, Campaign, Card, Participant, ParticipantSession
from tests.api.test_secrecy import stored_bytes

Body = dict[str, Any]
CODE = re.compile(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}")


@pytest.fixture
def campaign(open_class: Callable[..., Campaign]) -> Campaign:
    return open_class(roster=25, consent_kind="cards")


@pytest.fixture
def printed(teacher: TestClient) -> Callable[[Campaign], list[str]]:
    """The codes on the cards of a class by number."""
    return lambda campaign: CODE.findall(words(teacher.get(address(campaign, "cards.pdf")).content))


@pytest.fixture
def tick(teacher: TestClient) -> Callable[..., int]:
    return lambda campaign, *numbers: (
        teacher.post(
            address(campaign, "cards"), data={"number": [str(number) for number in numbers]}
        ).status_code
    )


def address(campaign: Campaign, page: str) -> str:
    return f"/teach/campaigns/{campaign.id}/{page}"


def words(pdf: bytes) -> str:
    return " ".join(" ".join(p.extract_text().split()) for p in PdfReader(BytesIO(pdf)).pages)


def enter(browser: TestClient, code: str) -> tuple[int, str]:
    answer = browser.post("/join", data={"code": code, "ready": "yes"})
    return answer.status_code, answer.text


def test_every_number_has_a_code_of_its_own_and_always_the_same(
    campaign: Campaign, printed: Callable[[Campaign], list[str]]
) -> None:
    first = printed(campaign)

    assert len(first) == len(set(first)) == 25
    assert printed(campaign) == first


def test_codes_of_cards_are_nowhere_in_the_database(
    campaign: Campaign, printed: Callable[[Campaign], list[str]], store: Store
) -> None:
    codes = printed(campaign)

    stored = stored_bytes(store)
    assert [code for code in codes if read_code(code).encode() in stored] == []
    assert [code for code in codes if code.encode() in stored] == []


def test_cards_come_in_the_other_languages_of_the_class(
    campaign: Campaign, teacher: TestClient
) -> None:
    assert "Card 1" in words(teacher.get(address(campaign, "cards.pdf?lang=tlh")).content)
    assert teacher.get(address(campaign, "cards.pdf?lang=de")).content.startswith(b"%PDF")


def test_a_card_works_only_once_its_consent_is_ticked(
    campaign: Campaign,
    visitor: Callable[[], TestClient],
    printed: Callable[[Campaign], list[str]],
    tick: Callable[..., int],
) -> None:
    codes = printed(campaign)

    refused, page = enter(visitor(), codes[2])
    assert refused == 403
    assert "your teacher must first tick that your guardian has agreed" in page
    assert tick(campaign, 3) == 303
    assert enter(visitor(), codes[2])[0] == 303
    assert enter(visitor(), codes[3])[0] == 403


def test_a_class_of_cards_refuses_the_code_of_the_class(
    campaign: Campaign, visitor: Callable[[], TestClient]
) -> None:
    status, page = enter(visitor(), campaign.code)

    assert status == 422
    assert "this class uses cards: enter the code on your own card" in page


def test_where_the_school_has_all_forms_cards_work_at_once(
    open_class: Callable[..., Campaign],
    visitor: Callable[[], TestClient],
    printed: Callable[[Campaign], list[str]],
) -> None:
    campaign = open_class(roster=2)

    assert enter(visitor(), printed(campaign)[1])[0] == 303
    assert enter(visitor(), campaign.code)[0] == 303


def test_a_second_device_with_the_same_card_is_the_same_participant(
    open_class: Callable[..., Campaign],
    visitor: Callable[[], TestClient],
    printed: Callable[[Campaign], list[str]],
    ride: Callable[..., Body],
    store: Store,
) -> None:
    campaign = open_class(roster=2)
    code = printed(campaign)[0]
    phone, computer = visitor(), visitor()
    assert enter(phone, code)[0] == enter(computer, code)[0] == 303

    with store.read() as session:
        (participant,) = session.query(Participant).all()
        assert session.query(ParticipantSession).count() == 2
    assert participant.number == 1
    sent = ride(0)
    assert phone.post("/api/routes", json=sent).status_code == 201
    assert computer.post("/api/routes", json=sent).status_code == 200
    assert computer.post("/api/routes", json=ride(1)).status_code == 409
    assert phone.get("/draw").status_code == computer.get("/draw").status_code == 200


def test_erasing_by_phrase_frees_the_card(
    open_class: Callable[..., Campaign],
    visitor: Callable[[], TestClient],
    printed: Callable[[Campaign], list[str]],
    ride: Callable[..., Body],
    store: Store,
) -> None:
    campaign = open_class(roster=1)
    code = printed(campaign)[0]
    first, second = visitor(), visitor()
    enter(first, code)
    enter(second, code)
    phrase = first.post("/api/routes", json=ride(0)).json()["phrase"]

    visitor().post("/mine", data={"phrase": phrase})

    assert first.get("/draw").headers["location"] == second.get("/draw").headers["location"] == "/"
    with store.read() as session:
        assert session.query(Participant).count() == session.query(ParticipantSession).count() == 0
        assert session.query(Card).one().participant_id is None
    assert enter(visitor(), code)[0] == 303


def test_a_consent_taken_back_signs_the_devices_of_the_card_out(
    campaign: Campaign,
    visitor: Callable[[], TestClient],
    printed: Callable[[Campaign], list[str]],
    tick: Callable[..., int],
) -> None:
    codes = printed(campaign)
    tick(campaign, 1, 2)
    one, two = visitor(), visitor()
    enter(one, codes[0])
    enter(two, codes[1])

    tick(campaign, 2)

    assert one.get("/draw").headers["location"] == "/"
    assert two.get("/draw").status_code == 200
    assert enter(one, codes[0])[0] == 403


def test_all_cards_are_ticked_at_once_and_counted(
    campaign: Campaign, teacher: TestClient, store: Store
) -> None:
    page = address(campaign, "cards")
    assert "0 of 25 cards ticked" in teacher.get(f"/teach/campaigns/{campaign.id}").text

    teacher.post(page, data={"everybody": "yes"})

    assert "25 of 25 cards ticked" in teacher.get(f"/teach/campaigns/{campaign.id}").text
    assert teacher.get(page).text.count(" checked") == 25
    with store.read() as session:
        entry = session.query(Audit).filter(Audit.action == "record consent").one()
    assert str(entry.details["given"]).startswith("1 2 3")


def test_the_list_of_cards_shows_nothing_of_what_students_do(
    campaign: Campaign,
    teacher: TestClient,
    visitor: Callable[[], TestClient],
    printed: Callable[[Campaign], list[str]],
    tick: Callable[..., int],
    ride: Callable[..., Body],
) -> None:
    codes = printed(campaign)
    tick(campaign, 1, 2)
    before = unmarked(teacher.get(address(campaign, "cards")).text)
    student = visitor()
    enter(student, codes[0])
    assert student.post("/api/routes", json=ride(0)).status_code == 201

    assert unmarked(teacher.get(address(campaign, "cards")).text) == before
    assert CODE.search(before) is None


@pytest.mark.parametrize("number", ["0", "26", "-1", "x", "99999999999"])
def test_a_card_that_is_not_there_cannot_be_ticked(
    campaign: Campaign, teacher: TestClient, store: Store, number: str
) -> None:
    answer = teacher.post(address(campaign, "cards"), data={"number": ["1", number]})

    assert answer.status_code in {404, 422}
    with store.read() as session:
        assert session.query(Card).filter(Card.consent_on.is_not(None)).count() == 0


def test_the_poster_of_a_class_of_cards_carries_no_code(
    campaign: Campaign, teacher: TestClient
) -> None:
    text = words(teacher.get(address(campaign, "poster.pdf")).content)

    assert CODE.search(text) is None
    assert "Your own card has the code." in text


@pytest.mark.parametrize(("paper", "width"), [("a4", 842), ("a3", 1191)])
def test_the_paper_map_comes_on_both_papers(
    campaign: Campaign, teacher: TestClient, paper: str, width: int
) -> None:
    answer = teacher.get(address(campaign, f"map.pdf?paper={paper}&radius=3000"))

    (sheet,) = PdfReader(BytesIO(answer.content)).pages
    assert sheet.mediabox.width == pytest.approx(width, abs=1)
    assert teacher.get(address(campaign, "map.pdf?radius=9")).status_code == 422


def unmarked(page: str) -> str:
    """The page without its nonce."""
    return re.sub(r'nonce="[^"]*"', "", page)
