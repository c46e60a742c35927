"""How cases go: counted for who may see them, no time of fewer than five, and no league table."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from api.services.campaigns import today
from api.store.authorities import Body, Case
from api.store.engine import Store

Row = dict[str, str]


def ago(days: int) -> date:
    return today() - timedelta(days=days)


@pytest.fixture
def template(published: str) -> str:
    return published


@pytest.fixture
def some(open_case: Callable[..., Case], store: Store) -> None:
    """Six cases of the town, four of the county, and one from long ago that nobody has."""
    with store.write() as session:
        county = session.scalars(select(Body).where(Body.name == "County")).one()
        county.name = "=Road office"
    for number, waited in enumerate((2, 4, 10, 10, 30)):
        answered = number in (0, 1, 4)
        open_case(
            number, owner="Town", cause="engineering", opened_on=ago(waited),
            answered_on=today() if answered else None, due_on=ago(1) if number < 3 else ago(-9),
            state="new",
        )  # fmt: skip
    open_case(5, owner="Town", cause="education", opened_on=ago(50), answered_on=ago(49),
              closed_on=ago(40), state="declined")  # fmt: skip
    for number in range(6, 10):
        open_case(number, owner="=Road office", cause="maintenance", opened_on=ago(9),
                  answered_on=ago(8), closed_on=ago(3), state="done")  # fmt: skip
    open_case(10, opened_on=ago(700), cause="unknown", state="new", due_on=None)
    open_case(11, opened_on=ago(5), cause="unknown", state="merged")


def table(browser: TestClient, period: str = "year") -> dict[tuple[str, str], Row]:
    answer = browser.get(f"/cases/statistics.csv?area=neubrandenburg&period={period}")
    assert answer.status_code == 200
    rows = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    return {(row["group"], row["name"]): row for row in rows}


@pytest.mark.usefixtures("some")
def test_counts_and_medians_by_body_and_cause(police: TestClient) -> None:
    found = table(police)

    # Waits of 1 (declined), 2, 4 and 30 days that ended, and 10, 10 that go on:
    # 5/6, 4/6, 3/6 at day 4.
    town = found["body", "Town"]
    assert (town["opened"], town["open"], town["overdue"], town["declined"]) == ("6", "5", "3", "1")
    assert (town["answer_n"], town["answered"], town["answer_median_days"]) == ("6", "4", "4")
    assert (town["fix_n"], town["fixed"], town["fix_median_days"]) == ("5", "0", "")
    # Four are too few for a time, whatever it is; and no cell is a formula.
    road = found["body", "'=Road office"]
    assert (road["done"], road["answer_n"], road["answer_median_days"]) == ("4", "4", "")
    assert found["all", ""]["opened"] == "10"
    assert ("cause", "unknown") not in found
    assert table(police, "all")["body", ""]["opened"] == "1"
    assert set(table(police, "quarter")) == set(found)


@pytest.mark.usefixtures("some")
def test_the_page_says_what_it_does_not_know_and_warns(police: TestClient) -> None:
    page = police.get("/cases/statistics?area=neubrandenburg").text

    assert "too few" in page
    assert "more than half still wait" in page
    assert "This is no league table" in page
    assert page.index("=Road office") < page.index(">Town<")
    assert '<svg class="bar-of"' in page


@pytest.mark.usefixtures("some")
def test_an_officer_counts_what_lies_in_the_own_territory(
    police: TestClient, officer: TestClient, other_officer: TestClient
) -> None:
    everything, town, county = (
        int(table(one, "all")["all", ""]["opened"]) for one in (police, officer, other_officer)
    )

    assert everything == 11
    assert 0 < town < everything
    assert county < everything
    assert town + county >= everything
