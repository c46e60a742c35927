"""The map of calm ways: open to everybody, and from public rows and the street map alone."""

import gzip
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pypdf
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from api.store.engine import Store
from api.store.models import Release, School
from web.translation import LANGUAGES

Row = dict[str, Any]
MANY = {"participants": 40, "ratings": 40, "several_classes": True}


@pytest.fixture
def template(published: str) -> str:
    return published


@pytest.fixture
def rewrite(store: Store) -> Callable[..., None]:
    """`rewrite(danger=1.0)` changes every place of the newest release."""

    def changed(**values: object) -> None:
        with store.write() as session:
            found = session.scalar(select(Release).order_by(Release.number.desc()))
            assert found is not None
            content = json.loads(gzip.decompress(found.content))
            content["simulated"] = False
            content["schools"]["0"] = {"name": "Another", "titles": ["7a", "7b"]}
            content["places"] = [row | values for row in content["places"]]
            found.content = gzip.compress(json.dumps(content).encode())
            # What was read is kept by its hash.
            found.content_hash = f"parents {sorted(values.items())}".ljust(64, "0")

    return changed


def page_of(browser: TestClient, school: School) -> str:
    answer = browser.get(f"/schools/{school.id}/parents")
    assert answer.status_code == 200, answer.text
    return re.sub(r"\s+", " ", answer.text)


def test_anybody_reads_where_ways_begin_where_to_care_and_whom_it_rests_on(
    visitor: Callable[[], TestClient], school: School, rewrite: Callable[..., None]
) -> None:
    rewrite(**MANY, danger=0.9, state="confirmed", index=90.0)

    page = page_of(visitor(), school)

    assert f"Calm ways to {school.name}" in page
    assert "many conflicts were reported here; students feel unsafe here" in page
    assert "have been rated by at least 10 students" in page
    assert "A recommended way is not a promise that it is safe." in page
    assert page.count("<li><strong>") > 10
    assert f"/schools/{school.id}/parents.pdf?paper=a3" in page


@pytest.mark.parametrize(
    "few",
    [{"participants": 9}, {"several_classes": False}, {"ratings": 9}],
    ids=["students", "classes", "ratings"],
)
def test_what_is_not_public_changes_nothing(
    visitor: Callable[[], TestClient],
    school: School,
    rewrite: Callable[..., None],
    few: dict[str, object],
) -> None:
    rewrite(**(MANY | few), danger=0.0, index=10.0, state="unknown")
    quiet = page_of(visitor(), school)
    rewrite(**(MANY | few), danger=1.0, index=100.0, state="unknown")
    loud = page_of(visitor(), school)

    assert "Of these streets, 0% have been rated by at least 10 students." in quiet
    scripts = [re.sub(r'nonce="[^"]+"', "", one) for one in (quiet, loud)]
    assert scripts[0] == scripts[1]


def test_before_any_release_it_is_the_street_map_alone(
    visitor: Callable[[], TestClient], school: School, store: Store
) -> None:
    with store.write() as session:
        for release in session.scalars(select(Release)):
            session.delete(release)

    page = page_of(visitor(), school)

    assert "everything here comes from the street map alone" in page
    assert "From release" not in page


def test_the_sheet_is_two_accessible_pages_in_every_language_and_both_sizes(
    visitor: Callable[[], TestClient], school: School
) -> None:
    wide = {}
    for paper, language in (*(("a4", language) for language in LANGUAGES), ("a3", "en")):
        answer = visitor().get(f"/schools/{school.id}/parents.pdf?paper={paper}&lang={language}")
        assert answer.status_code == 200, answer.text
        reader = pypdf.PdfReader(io.BytesIO(answer.content))
        assert len(reader.pages) == 2
        assert b"<pdfuaid:part>1</pdfuaid:part>" in reader.trailer["/Root"]["/Metadata"].get_data()  # type: ignore[index]
        wide[paper] = round(float(reader.pages[0].mediabox.width))
    assert wide == {"a4": 595, "a3": 842}
    assert visitor().get(f"/schools/{school.id}/parents.pdf?paper=a2").status_code == 422


def test_a_school_that_does_not_exist_has_no_ways(visitor: Callable[[], TestClient]) -> None:
    for ending in ("parents", "parents.pdf"):
        assert visitor().get(f"/schools/999999/{ending}").status_code == 404
