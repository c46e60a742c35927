"""Texts of students: nobody reads them before they are accepted; quoted from three students on."""

import html
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from api.schemas.ride import RouteIn
from api.services.areas import LoadedArea
from api.services.quotes import MOST_QUOTES, Said, quotes_of, without_refused
from api.store import audit
from api.store.engine import Store
from api.store.models import Audit, Campaign
from geo.protection import Cells

Body = dict[str, Any]
Publish = Callable[[Campaign], None]
TEXTS = ("The hedge hides the cars", "Nobody stops at the zebra", "The kerb is too high")


@pytest.fixture
def crossing(rides: list[RouteIn], loaded: LoadedArea) -> str:
    """The named intersection that most of the class pass."""
    names = loaded.network.places["name"]
    passed = [step.id for sent in rides[:25] for step in sent.steps if step.kind == "intersection"]
    return max((one for one in sorted(set(passed)) if names[one]), key=passed.count)


@pytest.fixture
def write(
    open_class: Callable[..., Campaign],
    join: Callable[[Campaign], TestClient],
    ride: Callable[..., Body],
    crossing: str,
) -> Callable[..., Campaign]:
    """A class of 25 in which one student after the other writes one of the texts."""

    def written(*texts: str) -> Campaign:
        campaign, left = open_class(), list(texts)
        for number in range(25):
            body = ride(number, rest=9, ratings=[])
            if left and crossing in {step["id"] for step in body["steps"]}:
                body["ratings"] = [{"place": crossing, "rating": 1, "comment": left.pop(0)}]
            assert join(campaign).post("/api/routes", json=body).status_code == 201
        assert not left
        return campaign

    return written


@pytest.fixture
def decide(teacher: TestClient) -> Callable[[Campaign, str, str], Response]:
    """Accepts or refuses a text as it stands on the page."""

    def decided(campaign: Campaign, text: str, decision: str) -> Response:
        found = handles(teacher, campaign)
        form = {"handle": found[text], "decision": decision}
        return teacher.post(f"/teach/campaigns/{campaign.id}/remarks", data=form)

    return decided


@pytest.fixture
def publish(teacher: TestClient, store: Store, work: Callable[[], int]) -> Publish:
    def published(campaign: Campaign) -> None:
        with store.write() as session:
            session.get_one(Campaign, campaign.id).state = "open"
        assert teacher.post(f"/teach/campaigns/{campaign.id}/close").is_redirect
        assert work()

    return published


def page(teacher: TestClient, campaign: Campaign) -> str:
    response = teacher.get(f"/teach/campaigns/{campaign.id}/remarks")
    assert response.status_code == 200, response.text
    return response.text


def handles(teacher: TestClient, campaign: Campaign) -> dict[str, str]:
    found = re.findall(r'id="text-(\w+)"[^>]*>([^<]*)<', page(teacher, campaign))
    return {html.unescape(text): handle for handle, text in found}


def quoted(police: TestClient, place: str) -> set[str]:
    response = police.get(f"/places/{place}")
    assert response.status_code == 200, response.text
    return {html.unescape(text) for text in re.findall(r"<q>([^<]*)</q>", response.text)}


def test_accepted_texts_of_three_students_are_quoted(
    teacher: TestClient,
    police: TestClient,
    write: Callable[..., Campaign],
    decide: Callable[[Campaign, str, str], Response],
    publish: Publish,
    crossing: str,
) -> None:
    campaign = write(*TEXTS)
    for text in TEXTS:
        assert decide(campaign, text, "accepted").is_redirect
    publish(campaign)

    assert quoted(police, crossing) == quoted(teacher, crossing) == set(TEXTS)
    assert "quotes" not in police.get("/api/hotspots").json()["places"][0]


def test_texts_of_two_students_are_not_quoted(
    police: TestClient,
    write: Callable[..., Campaign],
    decide: Callable[[Campaign, str, str], Response],
    publish: Publish,
    crossing: str,
) -> None:
    campaign = write(*TEXTS)
    for text in TEXTS[:2]:
        decide(campaign, text, "accepted")
    decide(campaign, TEXTS[2], "refused")
    publish(campaign)

    assert quoted(police, crossing) == set()


def test_nothing_is_quoted_before_it_was_accepted(
    police: TestClient, write: Callable[..., Campaign], publish: Publish, crossing: str
) -> None:
    publish(write(*TEXTS))

    assert quoted(police, crossing) == set()


def test_a_text_refused_later_is_gone_from_the_next_release(
    police: TestClient,
    write: Callable[..., Campaign],
    decide: Callable[[Campaign, str, str], Response],
    publish: Publish,
    crossing: str,
) -> None:
    texts = (*TEXTS, "Cars park on the path")
    campaign = write(*texts)
    for text in texts:
        decide(campaign, text, "accepted")
    publish(campaign)
    assert quoted(police, crossing) == set(texts)

    decide(campaign, TEXTS[0], "refused")
    assert quoted(police, crossing) == set(texts), "a release never changes"
    publish(campaign)
    assert quoted(police, crossing) == set(texts[1:])

    decide(campaign, TEXTS[1], "refused")
    publish(campaign)
    assert quoted(police, crossing) == set(), "two are too few"


def test_withdrawing_a_card_does_not_show_what_its_student_wrote(
    teacher: TestClient,
    police: TestClient,
    write: Callable[..., Campaign],
    decide: Callable[[Campaign, str, str], Response],
    publish: Publish,
    crossing: str,
) -> None:
    campaign = write(*TEXTS)
    for text in TEXTS:
        decide(campaign, text, "accepted")
    publish(campaign)
    before = handles(teacher, campaign)

    for number in range(61, 65):
        form = {"number": str(number), "action": "withdraw"}
        assert teacher.post(f"/teach/campaigns/{campaign.id}/contributions", data=form).is_redirect
    publish(campaign)

    assert quoted(police, crossing) == set(TEXTS)
    assert handles(teacher, campaign) == before


def test_texts_of_rides_withdrawn_before_a_release_are_not_in_it(
    teacher: TestClient,
    police: TestClient,
    write: Callable[..., Campaign],
    decide: Callable[[Campaign, str, str], Response],
    publish: Publish,
    crossing: str,
    rides: list[RouteIn],
) -> None:
    campaign = write(*TEXTS)
    for text in TEXTS:
        decide(campaign, text, "accepted")
    first = next(
        number for number, sent in enumerate(rides)
        if crossing in {step.id for step in sent.steps if step.kind != "free"}
    )  # fmt: skip
    form = {"number": str(61 + first), "action": "withdraw"}
    assert teacher.post(f"/teach/campaigns/{campaign.id}/contributions", data=form).is_redirect
    publish(campaign)

    assert quoted(police, crossing) == set()


def test_the_queue_names_a_place_only_once_a_release_shows_it(
    teacher: TestClient,
    write: Callable[..., Campaign],
    publish: Publish,
    crossing: str,
    loaded: LoadedArea,
) -> None:
    campaign = write(*TEXTS)
    name = html.escape(str(loaded.network.places.loc[crossing, "name"]))

    before = page(teacher, campaign)
    assert "a crossing" in before
    assert name not in before
    assert crossing not in before

    publish(campaign)
    assert name in page(teacher, campaign)


def test_texts_wait_until_nobody_can_tell_who_sent_them(
    teacher: TestClient,
    open_class: Callable[..., Campaign],
    join: Callable[[Campaign], TestClient],
    ride: Callable[..., Body],
) -> None:
    campaign = open_class()
    for number in range(5):
        assert "hedge" not in page(teacher, campaign)
        body = ride(number)
        place = next(step["id"] for step in body["steps"] if step["kind"] == "intersection")
        body["ratings"] = [{"place": place, "rating": 3, "comment": "hedge", "proposal": "cut it"}]
        assert join(campaign).post("/api/routes", json=body).status_code == 201

    text = page(teacher, campaign)
    assert "hedge" in text
    assert "What would help" in text


def test_every_decision_is_recorded_without_the_text(
    teacher: TestClient,
    store: Store,
    write: Callable[..., Campaign],
    decide: Callable[[Campaign, str, str], Response],
) -> None:
    campaign = write(*TEXTS)
    decide(campaign, TEXTS[0], "accepted")
    decide(campaign, TEXTS[0], "accepted")
    decide(campaign, TEXTS[0], "refused")
    page(teacher, campaign)

    with store.read() as session:
        assert audit.first_broken(session) is None
        entries = session.scalars(select(Audit).order_by(Audit.id)).all()
        actions = [entry.action for entry in entries if "remark" in entry.action]
        told = " ".join(f"{entry.action} {entry.subject} {entry.details}" for entry in entries)
    assert actions.count("accept remark") == actions.count("refuse remark") == 1
    assert actions[-1] == "read remarks"
    assert not any(text in told for text in TEXTS)


def test_nobody_decides_on_texts_of_a_foreign_class(
    teacher: TestClient,
    other_teacher: TestClient,
    open_class: Callable[..., Campaign],
    write: Callable[..., Campaign],
) -> None:
    campaign = write(*TEXTS)
    form = {"handle": handles(teacher, campaign)[TEXTS[0]], "decision": "accepted"}
    other = open_class()

    assert other_teacher.post(
        f"/teach/campaigns/{campaign.id}/remarks", data=form
    ).status_code == 404  # fmt: skip
    assert teacher.post(f"/teach/campaigns/{other.id}/remarks", data=form).status_code == 404
    assert teacher.post(
        f"/teach/campaigns/{campaign.id}/remarks", data=form | {"handle": "0" * 24}
    ).status_code == 404  # fmt: skip
    assert "(3)" in page(teacher, campaign)


def who(number: int) -> uuid.UUID:
    return uuid.UUID(int=number)


def test_one_student_is_one_voice() -> None:
    one = [Said(who(1), "s1", text) for text in ("a", "b", "c", "d")]
    three = [Said(who(number), "s2", f"text {number}") for number in range(3)]
    again = Said(who(2), "s2", "another text")

    found = quotes_of([*one, *three, again])

    assert set(found) == {"s2"}
    assert len(found["s2"]) == 3


def test_quotes_are_few_and_their_order_says_nothing() -> None:
    said = [Said(who(number), "s1", f"text {number}") for number in range(20)]

    found = quotes_of(said)

    assert found == quotes_of(reversed(said))
    assert len(found["s1"]) == MOST_QUOTES
    assert found["s1"] != sorted(found["s1"])


def test_a_refused_text_goes_and_rows_without_quotes_stay() -> None:
    cells = Cells({"s1": {"quotes": ["a", "b", "c", "d"]}, "s2": {"n": 1}}, {})

    assert without_refused(cells, {("s1", "a"), ("s2", "b")}).rows == {
        "s1": {"quotes": ["b", "c", "d"]},
        "s2": {"n": 1},
    }
    assert without_refused(cells, {("s1", "a"), ("s1", "b")}).rows["s1"] == {"quotes": []}
