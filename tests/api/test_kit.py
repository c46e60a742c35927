"""The lesson kit over HTTP: whose it is, what of a release it may hold, and what it costs."""

import gzip
import io
import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from api.services.public_rows import public_rows, rests_on_one_class, round_down
from api.services.read_release import Published, newest_release
from api.store import releases
from api.store.engine import Store
from api.store.models import Audit, Campaign, School
from geo.protection import K_STAFF

AREA = "neubrandenburg"
K = 10
PARTS = {
    "README.txt", "lesson-plan.pdf", "slides.pdf", "work-sheet.pdf", "answers.pdf",
    "way-to-school.qgs", "way-to-school.gpkg",
}  # fmt: skip

Row = dict[str, Any]


@pytest.fixture
def template(published: str) -> str:
    return published


@pytest.fixture
def campaign(open_class: Callable[..., Campaign]) -> Campaign:
    return open_class()


@pytest.fixture
def release(store: Store) -> Published:
    with store.read() as session:
        found = newest_release(session, AREA)
    assert found is not None
    return found


@pytest.fixture
def rewrite(store: Store) -> Callable[[Callable[[Row], None]], None]:
    """Changes the content of the newest release."""

    def changed(change: Callable[[Row], None]) -> None:
        with store.write() as session:
            found = releases.newest_whole(session, AREA)
            assert found is not None
            content = json.loads(gzip.decompress(found.content))
            change(content)
            found.content = gzip.compress(json.dumps(content).encode())
            # What was read is kept by its hash.
            found.content_hash = f"kit.{change.__qualname__:.60}".ljust(64, "0")

    return changed


def layer(content: bytes, query: str, folder: Path) -> list[tuple[Any, ...]]:
    path = folder / "kit.gpkg"
    path.write_bytes(content)
    with closing(sqlite3.connect(path)) as file:
        return file.execute(query).fetchall()


def gpkg(browser: TestClient, campaign: Campaign) -> bytes:
    return browser.get(f"/teach/campaigns/{campaign.id}/kit/way-to-school.gpkg").content


def test_the_archive_holds_every_part_and_is_kept_by_no_cache(
    teacher: TestClient, campaign: Campaign
) -> None:
    response = teacher.get(f"/teach/campaigns/{campaign.id}/kit.zip")

    assert response.headers["content-type"] == "application/zip"
    assert response.headers["cache-control"] == "no-store"
    expected = f'attachment; filename="lesson-kit-{campaign.id}.zip"'
    assert response.headers["content-disposition"] == expected
    with zipfile.ZipFile(io.BytesIO(response.content)) as folder:
        assert {name.split("/")[1] for name in folder.namelist()} == PARTS
        for name in folder.namelist():
            part = teacher.get(f"/teach/campaigns/{campaign.id}/kit/{name.split('/')[1]}")
            assert part.content == folder.read(name)
            assert part.headers["cache-control"] == "no-store"


def test_it_takes_less_than_three_seconds(teacher: TestClient, campaign: Campaign) -> None:
    address = f"/teach/campaigns/{campaign.id}/kit.zip"
    teacher.get(address)
    start = process_time()
    teacher.get(address)

    assert process_time() - start < 3


def test_no_other_part_exists(teacher: TestClient, campaign: Campaign) -> None:
    for name in ("routes.csv", "kit.zip", "..%2Freport.pdf"):
        status = teacher.get(f"/teach/campaigns/{campaign.id}/kit/{name}").status_code
        assert status in {404, 422}


def test_only_places_that_ten_students_ride_are_in_it(
    teacher: TestClient, campaign: Campaign, release: Published, school: School, tmp_path: Path
) -> None:
    query = "SELECT place_id, students, ratings FROM crossings UNION ALL SELECT place_id, students, ratings FROM streets"  # noqa: E501
    shown = {row[0]: row[1:] for row in layer(gpkg(teacher, campaign), query, tmp_path)}

    full = {row["id"]: row for row in release.places}
    assert set(shown) == {one for one, row in full.items() if row["participants"] >= K}
    assert 0 < len(shown) < len(full)
    for place, counts in shown.items():
        for told, name in zip(counts, ("participants", "ratings"), strict=True):
            assert told == full[place][name] // 5 * 5
    assert all(full[place]["schools"][str(school.id)] >= K for place in shown)


def test_places_below_ten_are_streets_like_all_others(
    teacher: TestClient, campaign: Campaign, release: Published, tmp_path: Path
) -> None:
    content = gpkg(teacher, campaign)
    columns = {row[1] for row in layer(content, "PRAGMA table_info(network)", tmp_path)}
    network = {row[0] for row in layer(content, "SELECT place_id FROM network", tmp_path)}

    assert columns == {
        "fid", "geom", "place_id", "name", "road", "facility", "stress", "length_m",
    }  # fmt: skip
    few = {
        row["id"]
        for row in release.places
        if K_STAFF <= row["participants"] < K and row["kind"] == "segment"
    }
    assert few & network


def all_five(content: Row) -> None:
    for row in content["places"]:
        row["participants"] = 9
        row["schools"] = dict.fromkeys(row["schools"], 9)


def test_where_nothing_reaches_ten_the_kit_says_so(
    rewrite: Callable[..., None], teacher: TestClient, campaign: Campaign, tmp_path: Path
) -> None:
    rewrite(all_five)

    for name in ("crossings", "streets"):
        query = f"SELECT count(*) FROM {name}"  # noqa: S608
        assert layer(gpkg(teacher, campaign), query, tmp_path) == [(0,)]
    said = teacher.get(f"/teach/campaigns/{campaign.id}/kit/README.txt").text
    assert "No place was ridden by at least 10 students yet" in said


def two_classes(content: Row) -> None:
    for school in content["schools"].values():
        school["titles"] = ["a", "b"]
    for number, row in enumerate(content["places"]):
        row["several_classes"] = number % 2 == 0


def test_of_two_classes_both_must_ride_there(
    rewrite: Callable[..., None], store: Store, school: School
) -> None:
    rewrite(two_classes)
    with store.read() as session:
        release = newest_release(session, AREA)
    assert release is not None

    assert not rests_on_one_class(release)
    assert {row["several_classes"] for row in public_rows(release, school.id)} == {True}


def other_school_rides_along(content: Row) -> None:
    for row in content["places"]:
        row["participants"] += 4


def test_that_a_few_of_another_school_ride_there_cannot_be_worked_out(
    rewrite: Callable[..., None], store: Store, school: School
) -> None:
    rewrite(other_school_rides_along)
    with store.read() as session:
        release = newest_release(session, AREA)
    assert release is not None

    assert public_rows(release, school.id) == []


def test_crashes_are_in_no_part(teacher: TestClient, campaign: Campaign, tmp_path: Path) -> None:
    columns = layer(gpkg(teacher, campaign), "PRAGMA table_info(crossings)", tmp_path)

    assert not [row[1] for row in columns if "crash" in row[1]]


@pytest.mark.parametrize(("count", "told"), [(10, 10), (14, 10), (15, 15), (9.9, 5), (0, 0)])
def test_counts_are_rounded_down_to_fives(count: float, told: int) -> None:
    assert round_down(count) == told


def test_every_kit_is_recorded(
    teacher: TestClient, campaign: Campaign, store: Store, school: School, release: Published
) -> None:
    teacher.get(f"/teach/campaigns/{campaign.id}/kit.zip")
    teacher.get(f"/teach/campaigns/{campaign.id}/kit/slides.pdf")

    with store.read() as session:
        seen = session.scalars(select(Audit).where(Audit.action == "lesson kit")).all()
    assert [(one.subject, one.details) for one in seen] == [
        (f"school {school.id}", {"release": release.number})
    ] * 2


def test_a_simulated_class_says_so(
    teacher: TestClient, open_class: Callable[..., Campaign]
) -> None:
    campaign = open_class(simulated=True)

    assert "Simulated data" in teacher.get(f"/teach/campaigns/{campaign.id}/kit/README.txt").text


def test_it_speaks_the_language_of_the_class_or_the_one_asked_for(
    teacher: TestClient, open_class: Callable[..., Campaign]
) -> None:
    address = f"/teach/campaigns/{open_class(language='de').id}/kit/README.txt"

    german = teacher.get(address).text
    english = teacher.get(f"{address}?lang=en").text
    assert "November" in english
    assert teacher.get(f"{address}?lang=de").text == german != english


class TestBeforeTheFirstRelease:
    @pytest.fixture
    def template(self, base: Any) -> str:  # noqa: ANN401
        url: str = base[0].store_url
        return url

    def test_the_kit_is_there_without_results(
        self, teacher: TestClient, campaign: Campaign, store: Store, tmp_path: Path
    ) -> None:
        response = teacher.get(f"/teach/campaigns/{campaign.id}/kit.zip")

        with zipfile.ZipFile(io.BytesIO(response.content)) as folder:
            files = {name.split("/")[1]: folder.read(name) for name in folder.namelist()}
        assert set(files) == PARTS
        assert "There are no results yet." in files["README.txt"].decode()
        content = files["way-to-school.gpkg"]
        assert layer(content, "SELECT count(*) FROM streets", tmp_path) == [(0,)]
        assert layer(content, "SELECT count(*) > 100 FROM network", tmp_path) == [(1,)]
        with store.read() as session:
            assert session.scalars(select(Audit).where(Audit.action == "lesson kit")).all() == []
