"""Opening classes: several at once, all or none, with the consent that the law asks for."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.services.campaigns import CONSENT_POLICY, today
from api.store.engine import Store
from api.store.models import Area, Audit, Campaign, School

Rows = Callable[[], dict[str, int]]
Form = dict[str, Any]


@pytest.fixture
def form(school: School) -> Form:
    """What the page sends for two classes."""
    return {
        "title": ["8a", "8b"],
        "roster": ["25", "27"],
        "school_id": str(school.id),
        "from_day": today().isoformat(),
        "to_day": (today() + timedelta(weeks=4)).isoformat(),
        "language": "en",
        "youngest": "14",
        "consent_kind": "form",
        "consent": "yes",
    }


@pytest.fixture
def in_country(store: Store, school: School) -> Callable[[str], None]:
    """Moves the area of the school under the law of another country."""

    def moved(country: str) -> None:
        with store.write() as session:
            session.get_one(Area, school.area_id).country = country

    return moved


def opened(store: Store) -> list[Campaign]:
    with store.read() as session:
        return session.query(Campaign).order_by(Campaign.id).all()


def test_each_class_becomes_a_campaign_with_a_code_of_its_own(
    teacher: TestClient, form: Form, store: Store
) -> None:
    answer = teacher.post("/teach/campaigns", data=form | {"also": ["de", "en"]})

    assert answer.headers["location"] == "/teach?opened=2"
    first, second = opened(store)
    assert (first.title, first.roster, second.title, second.roster) == ("8a", 25, "8b", 27)
    assert first.code != second.code
    assert first.other_languages == ["de"]
    assert first.consent_policy == CONSENT_POLICY
    page = teacher.get("/teach?opened=2").text
    assert "2 classes were opened" in page


def test_one_class_leads_to_its_page(teacher: TestClient, form: Form, store: Store) -> None:
    answer = teacher.post(
        "/teach/campaigns", data=form | {"title": ["8a", "", ""], "roster": ["25", "", ""]}
    )

    (campaign,) = opened(store)
    assert answer.headers["location"] == f"/teach/campaigns/{campaign.id}"


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"roster": ["25", "0"]}, "roster-2", "Give a number of students from 1 to 500."),
        ({"title": ["8a", " "]}, "title-2", "Give the class a name of at most 80 letters."),
        ({"title": ["8a", "b" * 81]}, "title-2", "Give the class a name of at most 80 letters."),
        ({"to_day": "2020-01-01"}, "to_day", "Give a last day that is not over"),
        ({"also": ["tlh"]}, "language", "Choose one of the languages."),
        ({"youngest": ""}, "youngest", "Give the age of the youngest student."),
        ({"consent_kind": ""}, "consent_kind", "Choose one."),
        ({"consent_kind": "nobody"}, "consent_kind", "Choose one."),
        ({"youngest": "12"}, "children_told", "Some students are under 13"),
        ({"consent": ""}, "consent", "Without this confirmation no class can be opened."),
    ],
)
def test_a_mistake_is_told_at_its_field_and_nothing_is_written(
    teacher: TestClient, form: Form, count_rows: Rows, changes: Form, field: str, sentence: str
) -> None:
    before = count_rows()

    answer = teacher.post("/teach/campaigns", data=form | changes)

    assert answer.status_code == 422
    assert count_rows() == before
    told = re.search(rf'id="{field}-error">([^<]*)<', answer.text)
    assert told
    assert sentence in told[1]
    assert f'aria-describedby="{field}-error' in answer.text
    assert 'value="8a"' in answer.text  # what was typed is kept
    assert 'value="25"' in answer.text


def test_without_script_more_rows_come_from_the_server(
    teacher: TestClient, form: Form, count_rows: Rows
) -> None:
    before = count_rows()

    answer = teacher.post("/teach/campaigns", data=form | {"more": "yes", "youngest": "15"})

    assert answer.status_code == 200
    assert answer.text.count('name="title"') == 5
    assert 'value="8b"' in answer.text
    assert 'value="15"' in answer.text
    assert "field-error" not in answer.text
    assert count_rows() == before


@pytest.mark.parametrize(
    ("country", "youngest", "allowed"),
    [("DE", 15, False), ("DE", 16, True), ("GB", 13, True), ("TH", 19, False), ("TH", 20, True),
     ("generic", 17, False), ("generic", 18, True), ("BE-WAL", 13, True)],
)  # fmt: skip
def test_students_decide_alone_from_the_age_of_their_country(
    teacher: TestClient,
    form: Form,
    in_country: Callable[[str], None],
    store: Store,
    country: str,
    youngest: int,
    allowed: bool,  # noqa: FBT001 - a column of the table
) -> None:
    in_country(country)

    answer = teacher.post(
        "/teach/campaigns", data=form | {"consent_kind": "of_age", "youngest": str(youngest)}
    )

    assert answer.is_redirect == allowed
    assert len(opened(store)) == 2 * allowed


def test_the_page_says_which_rule_applies(
    teacher: TestClient, in_country: Callable[[str], None]
) -> None:
    in_country("DE")
    assert (
        "Germany: guardians decide for those under 16." in teacher.get("/teach/campaigns/new").text
    )
    in_country("generic")
    assert "guardians decide for those under 18." in teacher.get("/teach/campaigns/new").text


def test_a_class_with_children_needs_one_more_confirmation_which_is_on_record(
    teacher: TestClient, form: Form, store: Store
) -> None:
    answer = teacher.post(
        "/teach/campaigns", data=form | {"youngest": "11", "children_told": "yes"}
    )

    assert answer.is_redirect
    with store.read() as session:
        entries = session.query(Audit).filter(Audit.action == "open campaign").all()
    assert [entry.details for entry in entries] == [{"consent": "form", "children": True}] * 2


def test_the_only_school_is_chosen_and_on_the_map(teacher: TestClient, school: School) -> None:
    page = teacher.get("/teach/campaigns/new").text

    assert f'<input type="hidden" id="school_id" name="school_id" value="{school.id}">' in page
    assert school.name in page
    assert "barometer.schoolPick(map_area" in page


def test_an_administrator_chooses_among_the_schools_of_one_area(admin: TestClient) -> None:
    page = admin.get("/teach/campaigns/new?area=neubrandenburg").text

    assert page.count("<option") > 20
    assert 'href="/teach/campaigns/new?area=waren"' in page


def test_a_closed_class_opens_again_until_its_last_day(
    teacher: TestClient,
    open_class: Callable[..., Campaign],
    join: Callable[[Campaign], TestClient],
    store: Store,
) -> None:
    campaign = open_class()
    teacher.post(f"/teach/campaigns/{campaign.id}/close")
    with store.read() as session:
        session.query(Campaign).filter_by(state="closed").one()

    assert teacher.post(f"/teach/campaigns/{campaign.id}/reopen").is_redirect

    assert join(campaign).get("/draw").status_code == 200


def test_a_class_whose_last_day_is_over_stays_closed(
    teacher: TestClient, open_class: Callable[..., Campaign], store: Store
) -> None:
    campaign = open_class(state="closed", to_day=today() - timedelta(days=1))

    answer = teacher.post(f"/teach/campaigns/{campaign.id}/reopen")

    assert answer.status_code == 410
    assert "this class ended on" in answer.text
    assert opened(store)[0].state == "closed"
    assert "/reopen" not in teacher.get(f"/teach/campaigns/{campaign.id}").text


def test_the_page_of_a_class_leads_to_all_that_belongs_to_it(
    teacher: TestClient, open_class: Callable[..., Campaign]
) -> None:
    campaign = open_class(other_languages=["de"])
    page = teacher.get(f"/teach/campaigns/{campaign.id}").text

    printed = ("poster.pdf?lang=en", "poster.pdf?lang=de", "cards.pdf?lang=de",
               "map.pdf?paper=a3&amp;radius=3000")  # fmt: skip
    for path in (*printed, "board", "contributions", "remarks", "kit.zip"):
        assert f'href="/teach/campaigns/{campaign.id}/{path}"' in page
    assert f'href="/schools/{campaign.school_id}"' in page
