"""The sheet of a place: the same on page and paper, and no more than the reader may know."""

from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from shapely import Point
from starlette.testclient import TestClient

from api.services.areas import LoadedArea
from api.store.engine import Store
from api.store.models import Crash
from tests.web.reader import Reader
from web.place_plan import arms_of, place_plan

AREA = "neubrandenburg"
Row = dict[str, Any]


@pytest.fixture
def template(published: str) -> str:
    return published


def printed(browser: TestClient, place: str) -> str:
    response = browser.get(f"/places/{place}/sheet.pdf")
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/pdf"
    pages = PdfReader(BytesIO(response.content)).pages
    assert len(pages) == 2
    return " ".join(page.extract_text() for page in pages)


def test_page_and_sheet_tell_the_same_and_crashes_only_to_the_police(
    police: TestClient, teacher: TestClient, store: Store
) -> None:
    rows = police.get("/api/hotspots").json()["places"]
    row = next(one for one in rows if one["kind"] == "intersection" and one["reasons"])
    with store.write() as session:
        session.add_all(
            Crash(
                area_id=AREA, source="DE", year=2025, crash_id=str(number), severity="slight",
                bicycle=True, location=Point(row["lon"], row["lat"]), place_id=row["id"],
                distance_m=1.0,
            )
            for number in range(5)
        )  # fmt: skip

    page, paper = police.get(f"/places/{row['id']}").text, printed(police, row["id"])

    # Five crashes with injuries in three years are what M Uko asks for.
    for text in (page, paper):
        assert row["name"].split(" × ")[0] in text
        assert f"{row['reporters']} of {row['participants']} riders" in text
        assert "Here: 5 from 2023 to 2025. Met: yes." in " ".join(text.split())
        assert "What could be done" in text
    assert "Name and signature" in paper
    arms = Reader(page).tags.count(("th", {"scope": "row"}))
    assert arms >= 3

    hidden = teacher.get(f"/places/{row['id']}").text + printed(teacher, row["id"])
    assert "black spot" not in hidden
    assert "M Uko" not in hidden


def test_the_sheet_of_what_is_hidden_is_missing(police: TestClient) -> None:
    for address in ("/places/saaaaaaaaaa/sheet.pdf", "/places/saaaaaaaaaa"):
        assert police.get(address).status_code == 404


def test_movements_of_an_arm_are_told_from_the_place_and_only_if_published(
    loaded: LoadedArea,
) -> None:
    network = loaded.network
    outside = network.segments[network.segments["within"].isna()]
    leaving = outside[outside["start_intersection"].notna()].iloc[0]
    crossing = str(leaving["start_intersection"])
    told = {leaving["id"]: {"passages_by": {"forward": 1.5, "backward": 0.5}}}

    arms = arms_of(network, crossing, told)
    arm = next(one for one in arms if one.id == leaving["id"])

    # Forward leads away from where the street starts.
    assert (arm.rides_out, arm.rides_in) == (1500, 500)
    assert all(one.rides_in is None for one in arms if one.id != leaving["id"])
    assert [one.letter for one in arms] == sorted(one.letter for one in arms)
    drawn, quiet = (
        place_plan(network, crossing, one, language="en")
        for one in (arms, arms_of(network, crossing, {}))
    )
    assert drawn.count("rotate") == quiet.count("rotate") + 2  # an arrow each way

    # Of a street piece both ends are arms, and what leaves one enters by the other.
    ends = arms_of(network, str(leaving["id"]), told)
    assert sorted((one.rides_in, one.rides_out) for one in ends) == [(500, 1500), (1500, 500)]
