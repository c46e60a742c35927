"""What of a release is shown to whom, and how what is older or half hidden is read."""

import gzip
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.services.read_release import NEWER, Published, newest_release, without_few_crashes
from api.store import releases
from api.store.engine import Store
from geo.protection import K_STAFF

Row = dict[str, Any]
AREA = "neubrandenburg"
CRASHES = {"crashes": 3.0, "crashes_ksi": 2.0, "crashes_slight": 1.0, "crash_share": 0.3}
ROBUSTNESS = {
    "settings": [],
    "halves": None,
    "participants": 25,
    "severities": [
        {"crashes": 3, "crashes_ksi": 2, "crashes_slight": 1, "rank_1_1_1": 7, "rank_1_3_5": 8,
         "rank_1_10_10": 9}
    ],
}  # fmt: skip


@pytest.fixture
def template(published: str) -> str:
    return published


@pytest.fixture
def rewrite(store: Store) -> Callable[[Callable[[Row], None]], None]:
    """Changes the content of the newest release, and examines it."""

    def changed(change: Callable[[Row], None]) -> None:
        with store.write() as session:
            release = releases.newest_whole(session, AREA)
            assert release is not None
            content = json.loads(gzip.decompress(release.content))
            change(content)
            release.content = gzip.compress(json.dumps(content).encode())
            # What was read is kept by its hash.
            release.content_hash = f"{change.__qualname__:.64}".ljust(64, "0")
            places = [{"id": row["id"]} for row in content["places"][:1]]
            severities = [one | place for one, place in zip(ROBUSTNESS["severities"], places)]  # type: ignore[arg-type,operator]  # noqa: B905
            release.robustness = ROBUSTNESS | {"severities": severities}

    return changed


def risky(content: Row) -> None:
    """A release in risk mode whose first place has few crashes and whose second has enough."""
    content["mode"] = "risk"
    for number, row in enumerate(content["places"]):
        row.update(CRASHES if number == 0 else dict.fromkeys(CRASHES))
        row.update({
            "relative": 1.0 + number, "relative_low": 0.5, "relative_high": 9.0, "weight": 0.4,
            "probability": 0.8, "state": "watch" if number < 3 else "unknown", "yearly": 4.0,
            "yearly_low": 2.0, "yearly_high": 7.0, "excess_low": 1.0, "excess_high": 5.0,
            "excess": 3.0, "avoidable": 2.0, "avoidable_low": 1.0, "avoidable_high": 3.0,
            "top10": 0.5,
        })  # fmt: skip
    content["places"][1] |= {"crashes": 6.0, "crashes_ksi": 2.0, "crashes_slight": 4.0}


def grouped(content: Row) -> None:
    """A release with a group of two places."""
    risky(content)
    ids = [row["id"] for row in content["places"]]
    content["clusters"] = [
        {"id": "loud", "places": ids[:2], "observed": 7, "expected": 2.5, "p": 0.001},
    ]
    for row in content["places"][:2]:
        row["cluster"] = "loud"


def old(content: Row) -> None:
    """A release as it was before it told of crashes, groups and assumptions."""
    del content["clusters"]
    content["places"] = [
        {name: value for name, value in row.items() if name not in NEWER}
        for row in content["places"]
    ]


def listed(browser: TestClient) -> list[Row]:
    places: list[Row] = browser.get("/api/hotspots").json()["places"]
    return places


def test_few_crashes_reach_the_police_and_no_school(
    rewrite: Callable[..., None], police: TestClient, teacher: TestClient, admin: TestClient
) -> None:
    rewrite(risky)

    for browser in (police, admin):
        few, enough = listed(browser)[:2]
        assert (few["crashes"], few["crashes_ksi"], few["crashes_slight"]) == (3, 2, 1)
        assert "killed or seriously injured: 2" in few["sentence"]
        assert (enough["crashes"], enough["crashes_ksi"]) == (6, 2)
    few, enough = listed(teacher)[:2]
    assert (few["crashes"], few["crashes_ksi"], few["crashes_slight"]) == (None, None, None)
    assert (enough["crashes"], enough["crashes_ksi"]) == (6, None)
    assert "crash" not in few["sentence"]
    assert "known here: 6." in enough["sentence"]


def test_no_page_or_file_of_a_school_tells_more(
    rewrite: Callable[..., None], teacher: TestClient, police: TestClient
) -> None:
    rewrite(risky)
    place = listed(police)[0]["id"]
    told, hidden = (
        browser.get(f"/places/{place}?area={AREA}").text for browser in (police, teacher)
    )
    assert "Official crashes" in told
    assert "Official crashes" not in hidden

    features = teacher.get(f"/hotspots/{AREA}.geojson").json()["features"]
    found = {one["id"]: one["properties"] for one in features}
    assert found[place]["crashes"] is None
    assert {one["crashes_ksi"] for one in found.values()} == {None}

    exact = {row["id"]: row["relative"] for row in listed(police)}
    assert {row["id"]: row["relative"] for row in listed(teacher)} == {
        place: value and round(value, 1) for place, value in exact.items()
    }

    ranks = "With other weights of official crashes"
    assert ranks in police.get("/hotspots/stability").text
    assert ranks not in teacher.get("/hotspots/stability").text


def test_the_danger_list_goes_by_relative_risk_and_claims_nothing_of_the_rest(
    rewrite: Callable[..., None], police: TestClient
) -> None:
    rewrite(risky)
    rows = listed(police)
    by_danger = sorted(rows, key=lambda row: row["rank_danger"])

    assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
    # Relative risk grows with the number of the row; only the first three are watched.
    assert [row["rank"] for row in by_danger[:4]] == [3, 2, 1, len(rows)]
    page = police.get("/hotspots?list=danger").text
    assert page.index(f'data-id="{rows[2]["id"]}"') < page.index(f'data-id="{rows[0]["id"]}"')
    page = police.get("/hotspots").text
    assert page.index(f'data-id="{rows[0]["id"]}"') < page.index(f'data-id="{rows[2]["id"]}"')
    assert police.get("/hotspots?list=fear").status_code == 422


def test_a_group_is_shown_where_its_places_carry_it(
    rewrite: Callable[..., None], police: TestClient
) -> None:
    rewrite(grouped)
    answer = police.get("/api/hotspots").json()

    assert [one["id"] for one in answer["clusters"]] == ["loud"]
    assert {row["cluster"] for row in answer["places"]} == {"loud", None}
    page = police.get(f"/places/{answer['places'][0]['id']}").text
    assert "It belongs to a group of places" in page
    assert f"/places/{answer['places'][1]['id']}?" in page
    assert "It belongs" not in police.get(f"/places/{answer['places'][2]['id']}").text


def test_a_place_says_what_it_lacks_to_be_confirmed(
    rewrite: Callable[..., None], police: TestClient
) -> None:
    rewrite(risky)
    few = next(row for row in listed(police) if row["reporters"] < 3 and not row["crashes"])

    page = police.get(f"/places/{few['id']}").text

    assert "Until it is confirmed" in page
    assert f"students so far: {few['reporters']}." in page


def test_a_release_of_an_older_version_is_read_without_what_it_lacks(
    rewrite: Callable[..., None], police: TestClient, teacher: TestClient
) -> None:
    rewrite(old)
    rows = listed(police)

    assert all(row["yearly"] is None and row["assumptions"] == [] for row in rows)
    for address in ("/hotspots", "/hotspots/stability", f"/places/{rows[0]['id']}"):
        assert police.get(address).status_code == 200
    for ending in ("csv", "geojson", "gpkg"):
        assert teacher.get(f"/hotspots/{AREA}.{ending}").status_code == 200


def test_before_it_is_examined_a_release_says_that_it_is_under_way(
    store: Store, rewrite: Callable[..., None], police: TestClient
) -> None:
    rewrite(risky)
    with store.write() as session:
        release = releases.newest(session, AREA)
        assert release is not None
        release.robustness = None

    assert "This is being worked out." in police.get("/hotspots/stability").text


def test_robustness_comes_with_the_release(store: Store, rewrite: Callable[..., None]) -> None:
    rewrite(risky)
    with store.read() as session:
        release = newest_release(session, AREA)

    assert release is not None
    assert release.robustness is not None
    assert release.robustness["participants"] == 25


@pytest.mark.parametrize("count", [None, 0, 1, K_STAFF - 1, K_STAFF, 40])
def test_of_fewer_than_k_crashes_a_school_cannot_tell_how_many(count: int | None) -> None:
    row = {"crashes": count, "crashes_ksi": count, "crashes_slight": 0}
    release = Published(AREA, 1, date(2026, 11, 21), "", {"mode": "risk", "places": [row]})

    (shown,) = without_few_crashes(release).places

    assert shown["crashes"] == (count if (count or 0) >= K_STAFF else None)
    assert shown["crashes_ksi"] is shown["crashes_slight"] is None
    assert row["crashes_ksi"] == count
