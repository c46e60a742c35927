"""The map of hotspots: its values, filters and table say what the release says, and no more."""

import csv
import gzip
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.services.publish_area import read_content
from api.services.school_years import newest_of_each_year
from api.store import releases
from api.store.authorities import Case
from api.store.engine import Store
from api.store.models import Release, School
from geo.protection import split_is_safe
from web.hotspot_list import ROWS, list_places
from web.scale import NO_BAND, layer_value, scales

Row = dict[str, Any]
AREA = "neubrandenburg"
COLUMNS = re.compile(r'<tr data-id="(\w+)"')


@pytest.fixture
def template(published: str) -> str:
    return published


@pytest.fixture
def content(store: Store) -> Row:
    """The newest release, in which there is a risk, a crash or two, and a case."""
    with store.write() as session:
        release = releases.newest_whole(session, AREA)
        assert release is not None
        found = read_content(release)
        found["mode"] = "risk"
        found["parameters"]["reference_rate"] = {"intersection": 0.5, "segment": 1.0}
        for number, row in enumerate(found["places"]):
            row.update(
                state=("confirmed", "watch", "unknown")[min(number // 3, 2)],
                rate=0.2 * number, reporters=number % 3, index=min(100.0, 10.0 * number),
                relative=1.0 + number, avoidable=2.0, excess=0.5, top10=0.1, weight=0.4,
                probability=0.8, crashes=(0, 3, 7)[number % 3],
            )  # fmt: skip
        _rewrite(release, found)
        first = found["places"][0]["id"]
        session.add(
            Case(area_id=AREA, place_id=first, places=[first], opened_in=1, state="planned")
        )
    return found


def _rewrite(release: Release, content: Row) -> None:
    text = json.dumps(content, sort_keys=True)
    release.content = gzip.compress(text.encode())
    release.content_hash = f"{hash(text):064x}"[-64:]  # what was read is kept by its hash


def values(browser: TestClient, query: str = "") -> Row:
    answer = browser.get(f"/api/hotspots/values?area={AREA}&{query}")
    assert answer.status_code == 200, answer.text
    found: Row = answer.json()
    return found


def listed(browser: TestClient, query: str = "") -> list[str]:
    page = browser.get(f"/hotspots?area={AREA}&{query}")
    assert page.status_code == 200
    return COLUMNS.findall(page.text)


def test_values_are_the_classes_of_the_release_and_nothing_else(
    police: TestClient, content: Row
) -> None:
    found = values(police)

    assert set(found) == {"release", "hash", "ids", "layers"}
    assert found["ids"] == [row["id"] for row in content["places"]]
    assert set(found["layers"]) == {"danger", "risk", "conflicts", "exposure", "crashes"}
    for layer, scale in scales(str).items():
        for row, sign in zip(content["places"], found["layers"].get(layer, ""), strict=False):
            average = {"intersection": 0.5, "segment": 1.0}[row["kind"]]
            rate = row["rate"] / average if row["reporters"] else None
            value = layer_value(scale, row | {"conflicts": rate})
            band = scale.band(value) if value is not None else None
            assert (NO_BAND if band is None else scale.bands[int(sign)]) == (band or sign)


def test_of_crashes_a_school_sees_a_class_only_from_five_on(
    teacher: TestClient, content: Row
) -> None:
    seen = values(teacher)["layers"]["crashes"]

    enough = [row["crashes"] >= 5 for row in content["places"]]
    assert [sign != NO_BAND for sign in seen] == enough


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("evidence=confirmed", lambda row: row["state"] == "confirmed"),
        ("evidence=claimed", lambda row: row["state"] != "unknown"),
        ("kind=intersection", lambda row: row["kind"] == "intersection"),
        ("kind=uncontrolled", lambda row: row["type"] == "uncontrolled"),
        ("time=before_school", lambda row: row["passages_by"].get("before_school", 0) > 0),
        ("case=planned", lambda row: row["rank"] == 1),
        ("case=none&evidence=claimed", lambda row: row["state"] != "unknown" and row["rank"] > 1),
        ("reason=nonsense", lambda row: False),  # noqa: ARG005
    ],
)
def test_filters_leave_out_what_does_not_fit_on_map_and_in_table(
    police: TestClient, content: Row, query: str, fits: Callable[[Row], bool]
) -> None:
    expected = [row["id"] for row in content["places"] if fits(row)]

    assert values(police, query)["ids"] == expected
    assert listed(police, query) == expected[:ROWS]


def test_a_school_is_told_of_where_its_part_and_the_rest_hide_nobody(
    police: TestClient, store: Store, content: Row, school: School
) -> None:
    whole = content["places"][:6]
    for row, own in zip(whole, (5, 4, 0, row_count := 9, 6, 7), strict=True):
        row["participants"] = 9
        row["schools"] = {str(school.id): own} if split_is_safe(own, 9) else {}
    assert row_count == whole[3]["participants"]
    for row in content["places"][6:]:
        row["schools"] = {}
    with store.write() as session:
        release = releases.newest_whole(session, AREA)
        assert release is not None
        _rewrite(release, content)

    # Of nine riders five and a rest of four would show the four: only all nine are told.
    assert values(police, f"school={school.id}")["ids"] == [whole[3]["id"]]
    page = police.get(f"/hotspots?area={AREA}&school={school.id}").text
    assert "nobody is told of it" in page
    assert "nobody is told of it" not in police.get(f"/hotspots?area={AREA}").text


def test_a_part_of_the_day_counts_its_own_rides(
    police: TestClient, store: Store, content: Row
) -> None:
    row = content["places"][0]
    row["passages"], row["passages_by"] = 12.0, {"before_school": 1.0, "after_school": 11.0}
    with store.write() as session:
        release = releases.newest_whole(session, AREA)
        assert release is not None
        _rewrite(release, content)

    assert values(police)["layers"]["exposure"][0] == "2"
    assert values(police, "time=before_school")["layers"]["exposure"][0] == "0"


def test_a_view_says_which_figures_are_of_the_chosen_part(
    police: TestClient, store: Store, content: Row, school: School
) -> None:
    for row in content["places"]:
        row |= {"passages_by": {}, "schools": {}}
    mixed, own = content["places"][:2]
    key = str(school.id)
    mixed |= {"participants": 30, "schools": {key: 12}, "passages": 4.0,
              "passages_by": {"before_school": 2.5, "after_school": 1.5}}  # fmt: skip
    own |= {"participants": 7, "schools": {key: 7}}
    with store.write() as session:
        release = releases.newest_whole(session, AREA)
        assert release is not None
        _rewrite(release, content)

    def said(query: str) -> dict[str, str]:
        page = police.get(f"/hotspots?area={AREA}&{query}").text
        found = re.findall(r'id="of-whom-(\w+)"(?: hidden)?>([^<]*)</p>', page)
        return dict(found) | {"page": page}

    assert set(said("kind=segment").values()) > {""}
    assert not any(words for layer, words in said("").items() if layer != "page")

    by_time = said("time=before_school")
    assert by_time["exposure"] == "Of the rides in this part of the day alone."
    for layer in ("danger", "risk", "conflicts"):
        assert by_time[layer].startswith("Of the whole day:")
    assert "Rides before school: 2,500 of 4,000 a year." in by_time["page"]

    by_school = said(f"school={school.id}")
    assert by_school["danger"].endswith(
        "At 1 of the 2 places only students of this school ride: there the values are their own."
    )
    assert by_school["risk"] == "Of all students who ride there, not of this school alone."
    assert "12 of the 30 students who ride here are of this school." in by_school["page"]
    # Where nobody else rides, all but the crashes is the school's.
    mixed["schools"] = {}
    with store.write() as session:
        release = releases.newest_whole(session, AREA)
        assert release is not None
        _rewrite(release, content | {"simulated": False})
    alone = said(f"school={school.id}")
    assert alone["danger"] == "Of this school&#39;s students: nobody else rides there."
    assert alone["risk"] == alone["danger"] + " Crashes of anybody count as well."
    assert by_school["stress"] == "The same for everybody and at any time of the day."


def test_files_hold_the_chosen_places_with_what_is_told_of_the_part(
    police: TestClient, content: Row
) -> None:
    page = police.get(f"/hotspots?area={AREA}&kind=segment&time=before_school&layer=danger").text
    address = f"/hotspots/{AREA}.csv?time=before_school&amp;kind=segment"
    assert address in page
    answer = police.get(address.replace("&amp;", "&"))
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    chosen = {
        row["id"]: row
        for row in content["places"]
        if row["kind"] == "segment" and row["passages_by"].get("before_school", 0) > 0
    }

    assert "-chosen.csv" in answer.headers["content-disposition"]
    assert [row["id"] for row in rows] == list(chosen)
    for row in rows:
        told = chosen[row["id"]]
        assert float(row["passages_before_school"]) == told["passages_by"]["before_school"]
        assert row["schools"] == " ".join(f"{key}:{n}" for key, n in told["schools"].items())
    for ending in ("xlsx", "gpkg", "zip", "geojson", "parquet"):
        assert police.get(f"/hotspots/{AREA}.{ending}?kind=segment").status_code == 200
    assert police.get(f"/hotspots/{AREA}.csv?reason=nonsense").status_code == 404
    empty = police.get(f"/hotspots?area={AREA}&reason=nonsense").text
    assert f"/hotspots/{AREA}.csv" not in empty


def test_groups_follow_the_choice(police: TestClient, store: Store, content: Row) -> None:
    first, second = content["places"][0], content["places"][6]
    content["clusters"] = [
        {"id": one["id"], "places": [one["id"]], "observed": 9, "expected": 2.0, "p": 0.01}
        for one in (first, second)
    ]
    with store.write() as session:
        release = releases.newest_whole(session, AREA)
        assert release is not None
        _rewrite(release, content)

    def members(query: str) -> list[str]:
        page = police.get(f"/hotspots?area={AREA}&{query}").text
        return re.findall(r"/places/(\w+)", page.split('<div id="groups">')[1].split("</div>")[0])

    assert members("") == [first["id"], second["id"]]
    assert members("evidence=confirmed") == [first["id"]]
    assert members("evidence=watch") == []
    assert "No place of your choice is in a group" in police.get("/hotspots?evidence=watch").text


def test_a_period_is_the_newest_release_of_its_school_year(
    police: TestClient, store: Store, content: Row
) -> None:
    with store.write() as session:
        newest = releases.newest_whole(session, AREA)
        assert newest is not None
        earlier = content | {"places": content["places"][:7]}
        for number, day in ((newest.number + 1, newest.day), (newest.number + 2, newest.day)):
            again = Release(
                area_id=AREA, number=number, day=day, participants=25, content=b"",
                content_hash="", ledger=b"",
            )  # fmt: skip
            _rewrite(again, content | {"participants": number})
            session.add(again)
        newest.day = newest.day.replace(year=newest.day.year - 1)
        _rewrite(newest, earlier)
    with store.read() as session:
        years = newest_of_each_year(releases.of_area(session, AREA))
        assert [head.number for head in years.values()] == [newest.number + 2, newest.number]

    now, before = years
    assert len(values(police, f"period={before}")["ids"]) == 7
    assert values(police, f"period={now}") == values(police)
    assert f"{before}–{before + 1}" in police.get(f"/hotspots?area={AREA}").text
    assert police.get(f"/api/hotspots/values?period={now + 5}").status_code == 404


@pytest.mark.parametrize(
    "query", ["layer=green", "sort=id", "page=0", "period=20", "school=x", "case=lost", "time=noon"]
)
def test_an_address_that_means_nothing_is_refused(
    police: TestClient, problem: Callable[..., str], query: str
) -> None:
    answer = police.get(f"/api/hotspots/values?{query}")

    assert answer.status_code == 422
    assert problem(answer)


@pytest.mark.usefixtures("content")
def test_another_language_shows_the_same_view(police: TestClient) -> None:
    query = "area=neubrandenburg&layer=stress&list=danger&kind=segment"
    page = police.get(f"/hotspots?lang=nl&{query}")

    assert f'href="/hotspots?{query.replace("&", "&amp;")}&amp;lang=th"' in page.text
    assert listed(police, "kind=segment&lang=th") == listed(police, "kind=segment")
    odd = police.get('/cases?begin=08:15&x="><script>').text
    assert "begin=08%3A15&amp;x=%22%3E%3Cscript%3E&amp;lang=de" in odd


def test_the_form_without_scripts_sends_empty_fields(police: TestClient, content: Row) -> None:
    empty = "layer=&list=&period=&school=&time=&reason=&case=&evidence=&kind=&sort=&page=&whole="

    assert listed(police, empty) == [row["id"] for row in content["places"][:ROWS]]


def test_one_place_tells_what_the_list_tells_of_it(police: TestClient, content: Row) -> None:
    every = police.get(f"/api/hotspots?area={AREA}").json()["places"]
    one = police.get(f"/api/places/{content['places'][0]['id']}?area={AREA}")

    assert one.json() == every[0]
    assert one.json()["case"] == "planned"
    assert police.get(f"/api/places/i0000000000?area={AREA}").status_code == 404


def test_sorting_turns_and_what_is_unknown_stays_last() -> None:
    rows = [
        {"rank": 1, "rank_danger": 2, "name": "b", "avoidable": 1.0},
        {"rank": 2, "rank_danger": None, "name": "", "avoidable": None},
        {"rank": 3, "rank_danger": 1, "name": "A", "avoidable": 5.0},
    ]

    def ranks(sort: str, order: str = "priority") -> list[int]:
        query = {"list": order, "sort": sort, "page": 1}
        found = list_places(rows, mode="risk", query=query, translate=str)
        return [row["rank"] for row in found.rows]

    assert ranks("") == [1, 2, 3]
    assert ranks("-rank") == [3, 2, 1]
    assert ranks("name") == [3, 1, 2]
    assert ranks("-name") == [1, 3, 2]
    assert ranks("avoidable") == [3, 1, 2]
    assert ranks("-avoidable") == [1, 3, 2]
    assert ranks("", "danger") == [3, 1, 2]


def test_pages_hold_every_place_once() -> None:
    rows = [{"rank": n, "rank_danger": n, "name": "", "avoidable": 1.0} for n in range(1, 121)]

    def page(number: int) -> list[int]:
        query = {"list": "priority", "sort": "", "page": number}
        found = list_places(rows, mode="risk", query=query, translate=str)
        assert (found.total, found.pages) == (120, 3)
        assert [row["rank"] for row in found.rows] == [*range(found.first, found.last + 1)]
        return [row["rank"] for row in found.rows]

    assert [*page(1), *page(2), *page(3)] == [row["rank"] for row in rows]
    assert page(999) == page(3)
