"""The patrol plan goes to places of the release whose trouble enforcement treats, and no others."""

import gzip
import json
import re
from io import BytesIO

import pytest
from pypdf import PdfReader
from starlette.testclient import TestClient

from api.store import releases
from api.store.engine import Store

AREA = "neubrandenburg"
ADDRESS = "/patrol?patrols=3&begin=07:45&end=13:30"


@pytest.fixture
def template(published: str) -> str:
    return published


def make_risky(store: Store) -> list[str]:
    """Two places where cars are too fast, with both parts of the day told; one that is dark."""
    with store.write() as session:
        release = releases.newest_whole(session, AREA)
        assert release is not None
        content = json.loads(gzip.decompress(release.content))
        content["mode"] = "risk"
        for number, row in enumerate(content["places"]):
            row["reasons"] = {"speed": 9} if number < 2 else {"lighting": 9}
            row |= {
                "rate": 9.0 - number if number < 3 else None, "rate_low": 1.0, "rate_high": 20.0,
                "passages": 10.0, "exposure": 10.0,
                "passages_by": {"before_school": 5.0, "after_school": 5.0},
            }  # fmt: skip
        release.content = gzip.compress(json.dumps(content).encode())
        release.content_hash = "patrol".ljust(64, "0")
    return [row["id"] for row in content["places"][:3]]


def test_a_week_is_planned_shown_and_printed(police: TestClient, store: Store) -> None:
    assert "There are not enough reports yet" in police.get(ADDRESS).text

    worse, bad, dark = make_risky(store)
    page = police.get(ADDRESS).text
    week, listed = page.split('<ol class="patrols">')[1].split("</ol>")

    # Each place once, then the worse of them again: three patrols, all before the first lesson
    # but the third, because no morning is taken twice and no place twice a day.
    assert re.findall(r"/places/(\w+)", week) == [worse, bad, worse]
    assert week.count("Check speeds when students ride by") == 3
    assert week.count("6:45") == 3
    assert set(re.findall(r"/places/(\w+)", listed)) == {worse, bad}
    assert dark not in page

    response = police.get(ADDRESS.replace("/patrol?", "/patrol.pdf?"))
    paper, plan = PdfReader(BytesIO(response.content)).pages
    assert paper.extract_text().count("Done, and what was seen") == 3
    # The places have the numbers of the list on the map.
    drawn = plan.extract_text()
    assert "Where it is" in drawn
    assert {"1", "2"} <= set(drawn.split())
    assert "3" not in drawn.split()
    assert "OpenStreetMap contributors" in drawn


def test_what_no_team_can_ride_is_refused(police: TestClient) -> None:
    for wrong in ("patrols=0", "patrols=11", "begin=25:00", "end=00:30"):
        assert police.get(f"/patrol?{wrong}").status_code == 422
