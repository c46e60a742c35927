"""The page of a school: its meter, what changed, who took part, what is being done."""

import gzip
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pypdf
import pytest
import shapely
from sqlalchemy import select
from starlette.testclient import TestClient

from api.services.campaigns import today
from api.services.read_release import newest_release
from api.services.school_years import school_year
from api.store.authorities import Body, Case, CaseMeasure
from api.store.engine import Store
from api.store.models import Audit, Release, School

AREA = "neubrandenburg"
Row = dict[str, Any]
Rewrite = Callable[..., None]


@pytest.fixture
def template(published: str) -> str:
    return published


@pytest.fixture
def rewrite(store: Store) -> Rewrite:
    """`rewrite(2, change, day=…)` changes the content of a release, or when it was made."""

    def changed(
        number: int, change: Callable[[Row], None] = lambda _: None, *, day: date | None = None
    ) -> None:
        with store.write() as session:
            found = session.scalar(select(Release).where(Release.number == number))
            assert found is not None
            content = json.loads(gzip.decompress(found.content))
            change(content)
            found.content = gzip.compress(json.dumps(content).encode())
            # What was read is kept by its hash.
            found.content_hash = f"school.{number}.{change.__qualname__:.50}".ljust(64, "0")
            found.day = day or found.day

    return changed


def rated(danger: float, school: School) -> Callable[[Row], None]:
    """Every place is passed by the school, rated by enough and feels so dangerous."""

    def change(content: Row) -> None:
        for row in content["places"]:
            row |= {"ratings": 20, "danger": danger, "schools": {str(school.id): 20}}
            row |= {"danger_low": danger - 0.02, "danger_high": danger + 0.02}
        content["schools"][str(school.id)] |= {"km": 0.1}

    change.__qualname__ = f"rated {danger} {school.id}"
    return change


def nothing_rated(content: Row) -> None:
    for row in content["places"]:
        row["ratings"] = 0


def words(browser: TestClient, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, answer.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_the_meter_is_what_all_places_say(
    teacher: TestClient, school: School, rewrite: Rewrite
) -> None:
    rewrite(2, rated(0.3, school))

    page = words(teacher, f"/schools/{school.id}")

    assert "7.0 of 10: the way to this school feels safe." in page
    assert "the true value lies between 6.8" in page or "between 6.9" in page
    assert "25" in page


def test_of_what_few_rated_there_is_no_figure_and_the_page_says_what_is_missing(
    teacher: TestClient, school: School, rewrite: Rewrite
) -> None:
    rewrite(2, nothing_rated)

    page = words(teacher, f"/schools/{school.id}")

    assert "Nobody can tell yet how safe the way to this school feels." in page
    assert "0% is known; for a figure it must be at least 50%" in page
    assert "of 10:" not in page
    assert "What it needs to know more" in page


def test_a_school_of_which_few_answered_gets_no_number_of_them(
    police: TestClient, other_school: School
) -> None:
    page = words(police, f"/schools/{other_school.id}")

    assert "Fewer than 5 students of this school are in the results." in page
    assert "report.pdf" not in police.get(f"/schools/{other_school.id}").text
    assert police.get(f"/schools/{other_school.id}/report.pdf").status_code != 200


def test_places_that_need_ratings_lead_to_their_pages(
    teacher: TestClient, school: School, rewrite: Rewrite
) -> None:
    rewrite(2, nothing_rated)

    page = teacher.get(f"/schools/{school.id}").text

    found = re.findall(r'href="(/places/[^"]+)"', page)
    assert len(found) == 5
    assert teacher.get(found[0]).status_code == 200


def test_without_an_earlier_school_year_it_says_so(teacher: TestClient, school: School) -> None:
    page = words(teacher, f"/schools/{school.id}")

    assert "There is no earlier school year to compare with yet." in page
    assert "side by side" not in page


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (0.6, 0.3, "It feels safer: by 3.0 points of 10 (range +2."),
        (0.3, 0.6, "It feels less safe: by 3.0 points of 10 (range -3."),
        (0.31, 0.3, "No change can be shown: +0.1 points of 10"),
    ],
)
def test_two_school_years_stand_side_by_side(
    teacher: TestClient, school: School, rewrite: Rewrite, before: float, now: float, said: str
) -> None:
    rewrite(1, rated(before, school), day=today() - timedelta(days=400))
    rewrite(2, rated(now, school))

    page = words(teacher, f"/schools/{school.id}")

    assert said in page
    first = school_year(today())
    assert f"{first}/{(first + 1) % 100:02d}" in page
    earlier = school_year(today() - timedelta(days=400))
    assert f"{earlier}/{(earlier + 1) % 100:02d}" in page
    assert f"{10 * (1 - before):.1f}" in page


def test_a_change_of_what_nobody_rated_cannot_be_told(
    teacher: TestClient, school: School, rewrite: Rewrite
) -> None:
    rewrite(1, nothing_rated, day=today() - timedelta(days=400))

    assert "A change cannot be told" in words(teacher, f"/schools/{school.id}")


@pytest.mark.parametrize(
    ("day", "first"),
    [(date(2026, 7, 31), 2025), (date(2026, 8, 1), 2026), (date(2027, 1, 1), 2026)],
)
def test_a_school_year_begins_in_august(day: date, first: int) -> None:
    assert school_year(day) == first


def test_open_cases_of_passed_places_are_listed_and_settled_ones_are_not(
    teacher: TestClient, school: School, store: Store
) -> None:
    with store.read() as session:
        release = newest_release(session, AREA)
        assert release is not None
    rows = release.places
    passed = [row["id"] for row in rows if str(school.id) in row["schools"]][:2]
    roads = Body(area_id=AREA, name="Roads office", kind="municipality", causes=[],
                 territory=shapely.box(13, 53, 14, 54), created_at=datetime.now(UTC))  # fmt: skip
    with store.write() as session:
        session.add(Case(area_id=AREA, place_id=passed[0], opened_in=2, state="planned",
                         body=roads, due_on=date(2030, 3, 1)))  # fmt: skip
        session.add(Case(area_id=AREA, place_id=passed[1], opened_in=2, state="done"))

    page = teacher.get(f"/schools/{school.id}").text
    listed = page.split('class="cases"')[1].split("</ul>")[0]

    assert re.findall(r"/places/([a-z0-9]+)", listed) == passed[:1]
    for part in ("planned", "In the hands of Roads office.", "March 1, 2030"):
        assert part in listed


def test_no_page_of_a_school_names_another_school(
    admin: TestClient, school: School, other_school: School
) -> None:
    for path in ("", "/convoys"):
        assert other_school.name not in admin.get(f"/schools/{school.id}{path}").text


def test_the_report_comes_in_the_readers_language(police: TestClient, school: School) -> None:
    answer = police.get(f"/schools/{school.id}/report.pdf?lang=de")

    assert answer.headers["content-type"] == "application/pdf"
    assert (
        "Sicherheitsbericht" in pypdf.PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    )


def test_every_look_is_recorded(
    police: TestClient, school: School, store: Store, convoys: list[Row]
) -> None:
    assert convoys
    for path in ("", "/convoys", "/report.pdf", "/convoys/1.pdf"):
        assert police.get(f"/schools/{school.id}{path}").status_code == 200
    with store.read() as session:
        seen = session.scalars(select(Audit).where(Audit.subject == f"school {school.id}")).all()

    assert [one.action for one in seen][-4:] == [
        "see school", "see convoys", "print report", "print convoy"
    ]  # fmt: skip
    assert {one.details["release"] for one in seen[-4:]} == {2}


def test_times_follow_the_bell_of_the_form(
    teacher: TestClient, school: School, convoys: list[Row]
) -> None:
    address = f"/schools/{school.id}/convoys"

    early, late = (words(teacher, f"{address}?bell={bell}") for bell in ("07:30", "08:30"))

    times = [re.findall(r"\b(0[678]):(\d\d)", page) for page in (early, late)]
    assert len(times[0]) == sum(len(one["stops"]) for one in convoys)
    assert [(f"0{int(hour) + 1}", minute) for hour, minute in times[0]] == times[1]
    for one in convoys:
        assert f"At least {one['members']} students" in early
    assert teacher.get(f"{address}?bell=25:00").status_code == 422


def without_convoys(content: Row) -> None:
    del content["convoys"]


def test_a_release_from_before_there_were_convoys_has_none(
    teacher: TestClient, school: School, rewrite: Rewrite
) -> None:
    rewrite(2, without_convoys)

    assert "it needs more students" in words(teacher, f"/schools/{school.id}/convoys")
    assert teacher.get(f"/schools/{school.id}/convoys/1.pdf").status_code == 404


class TestBeforeTheFirstRelease:
    @pytest.fixture
    def template(self, base: Any) -> str:  # noqa: ANN401
        url: str = base[0].store_url
        return url

    def test_the_pages_are_there_and_say_so(self, teacher: TestClient, school: School) -> None:
        for path in ("", "/convoys"):
            page = words(teacher, f"/schools/{school.id}{path}")
            assert "There are no results yet." in page
        assert teacher.get(f"/schools/{school.id}/report.pdf").status_code in {404, 409}


def test_the_report_has_a_sheet_for_each_confirmed_hotspot_and_the_register_of_its_case(
    police: TestClient, school: School, store: Store, rewrite: Rewrite
) -> None:
    def two_confirmed(content: Row) -> None:
        content["mode"] = "risk"
        passed = [row for row in content["places"] if str(school.id) in row["schools"]]
        for row in content["places"]:
            row["state"] = "unknown"
        for row in passed[:2]:
            row |= {"state": "confirmed", "crashes": 3, "crashes_ksi": 1}

    rewrite(2, two_confirmed)
    with store.read() as session:
        release = newest_release(session, AREA)
        assert release is not None
    place = next(row["id"] for row in release.places if str(school.id) in row["schools"])
    with store.write() as session:
        case = Case(area_id=AREA, place_id=place, opened_in=2, state="planned")
        session.add(case)
        session.flush()
        session.add(
            CaseMeasure(case_id=case.id, what="Cut the hedge", kind="quick", cost="small",
                        planned_on=date(2030, 3, 1))
        )  # fmt: skip

    report = police.get(f"/schools/{school.id}/report.pdf")
    read = (page.extract_text() for page in pypdf.PdfReader(io.BytesIO(report.content)).pages)
    text = " ".join(" ".join(read).split())

    assert text.count("Sheet of a place") == 2
    # Not even the police prints into it what a school may not know.
    assert text.count("you may not see so few crashes") == 2
    assert "Cut the hedge (Quick repairs" in text
    assert "March 1, 2030" in text
    letter = police.get(f"/schools/{school.id}/letter.pdf")
    pages = pypdf.PdfReader(io.BytesIO(letter.content)).pages
    assert len(pages) == 2
    assert "Cut the hedge" in pages[1].extract_text()
