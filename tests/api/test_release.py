"""From a class of students to the police's map, their files and the school's report."""

import csv
import io
import random
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyogrio
import pypdf
import pytest
from httpx2 import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from api.schemas.ride import RouteIn
from api.services.areas import AreaLibrary, LoadedArea
from api.services.campaigns import NewCampaign, create_campaign, today
from api.services.fill_demo import fill_demo
from api.services.installation import Installation, open_installation
from api.services.join_class import join_class
from api.services.publish_area import publish_area
from api.services.submit_route import submit_route
from api.settings import Settings
from api.store.authorities import Case
from api.store.models import Campaign, Release, School

Body = dict[str, Any]
FIGURES = ("rank", "participants", "passages", "reporters", "danger", "danger_low", "danger_high")


@pytest.fixture
def crossing(rides: list[RouteIn], loaded: LoadedArea) -> str:
    """The named intersection that most of the class pass, and that most dread."""
    names = loaded.network.places["name"]
    passed = [step.id for sent in rides[:25] for step in sent.steps if step.kind == "intersection"]
    return max((one for one in sorted(set(passed)) if names[one]), key=passed.count)


@pytest.fixture
def campaign(
    open_class: Callable[..., Campaign],
    join: Callable[[Campaign], TestClient],
    ride: Callable[..., Body],
    crossing: str,
    teacher: TestClient,
    work: Callable[[], int],
) -> Campaign:
    """A class of 25 that was closed and published; six had a near miss at the crossing."""
    opened = open_class()
    scared = 0
    for number in range(25):
        body = ride(number, rest=9, ratings=[])
        if crossing in {step["id"] for step in body["steps"]}:
            scared += 1
            what = "near_miss" if scared <= 6 else None
            body["ratings"] = [
                {
                    "place": crossing, "rating": 0, "reasons": ["sight", "speed"], "incident": what,
                    "counterpart": what and ("car" if scared <= 5 else "lorry_bus"),
                    "times": ["dark", "wet"] if scared <= 4 else ["dark"],
                    "helps": ["view"] if scared <= 5 else [], "likes": [],
                }
            ]  # fmt: skip
        assert join(opened).post("/api/routes", json=body).status_code == 201
    assert teacher.post(f"/teach/campaigns/{opened.id}/close").is_redirect
    assert work() == 2  # at the batch of 20, and at the closing
    return opened


def test_the_place_reaches_the_police_with_its_figures(
    campaign: Campaign, police: TestClient, crossing: str, loaded: LoadedArea
) -> None:
    assert campaign.id

    answer = police.get("/api/hotspots").json()

    assert answer["release"] | {"hash": "", "missing": {}} == {
        "number": 2, "date": today().isoformat(), "hash": "", "simulated": False,
        "mode": "perception", "participants": 25, "missing": {},
    }  # fmt: skip
    worst = answer["places"][0]
    about = loaded.network.places.loc[crossing]
    assert worst["id"] == crossing
    assert worst["name"] == about["name"]
    assert (worst["lon"], worst["lat"]) == pytest.approx((about.geometry.x, about.geometry.y))
    assert worst["reporters"] == 6
    assert worst["mean_rating"] == 0
    assert worst["reasons"] == {"sight": worst["ratings"], "speed": worst["ratings"]}
    # One lorry and four who say "wet" are too few to be told; nobody said what is good.
    assert worst["counterparts"] == {"car": 5}
    assert worst["times"] == {"dark": worst["ratings"]}
    assert (worst["helps"], worst["likes"]) == ({"view": 5}, {})
    assert worst["control"] == about["control"]
    assert str(worst["participants"]) in worst["sentence"]
    assert [row["rank"] for row in answer["places"]] == list(range(1, len(answer["places"]) + 1))


def test_pages_show_the_place_to_the_police(
    campaign: Campaign, police: TestClient, crossing: str, loaded: LoadedArea
) -> None:
    assert campaign.id
    name = loaded.network.places.loc[crossing, "name"]

    assert name in police.get("/hotspots").text
    assert name in police.get(f"/places/{crossing}").text


def test_every_file_has_the_figures_of_the_api(
    campaign: Campaign, police: TestClient, tmp_path: Path
) -> None:
    assert campaign.id
    places = police.get("/api/hotspots").json()["places"]
    wanted = {row["id"]: tuple(row[name] for name in FIGURES) for row in places}

    features = police.get("/hotspots/neubrandenburg.geojson").json()["features"]
    table = csv.DictReader(
        io.StringIO(police.get("/hotspots/neubrandenburg.csv").text.lstrip("\ufeff"))
    )
    path = tmp_path / "hotspots.gpkg"
    path.write_bytes(police.get("/hotspots/neubrandenburg.gpkg").content)
    layers = [pyogrio.read_dataframe(path, layer=one) for one in ("segments", "intersections")]

    assert {
        one["id"]: tuple(one["properties"][name] for name in FIGURES) for one in features
    } == wanted
    assert {row["id"]: tuple(float(row[name]) for name in FIGURES) for row in table} == wanted
    assert {
        row["id"]: tuple(row[name] for name in FIGURES)
        for layer in layers
        for row in layer.to_dict("records")
    } == wanted
    assert {layer.crs.to_epsg() for layer in layers} == {4326}


def test_geojson_follows_rfc_7946(campaign: Campaign, police: TestClient) -> None:
    assert campaign.id

    response = police.get("/hotspots/neubrandenburg.geojson")

    content = response.json()
    assert response.headers["content-type"] == "application/geo+json"
    assert content["type"] == "FeatureCollection"
    assert "crs" not in content
    assert "OpenStreetMap" in content["attribution"]
    for feature in content["features"]:
        assert feature["geometry"]["type"] in {"Point", "LineString"}
        points = feature["geometry"]["coordinates"]
        for lon, lat in [points] if feature["geometry"]["type"] == "Point" else points:
            assert 13 < lon < 14
            assert 53 < lat < 54


def test_the_report_says_what_the_api_says(
    campaign: Campaign, teacher: TestClient, police: TestClient
) -> None:
    answer = police.get("/api/hotspots").json()

    response = teacher.get(f"/teach/campaigns/{campaign.id}/report.pdf")

    assert response.headers["content-type"] == "application/pdf"
    text = words(response)
    assert "Albert-Einstein-Gymnasium" in text
    assert "25 students took part" in text
    assert "Release 2" in text
    assert answer["release"]["hash"][:8] in text
    for row in answer["places"]:
        name = row["name"] or "Street without a name"
        people = f"{row['reporters']} of {row['participants']} riders"
        figures = f"{row['danger']:.2f} {row['danger_low']:.2f}–{row['danger_high']:.2f}"
        line = rf"{row['rank']} {re.escape(name)} .{{0,60}}? {figures} {people}"
        assert re.search(line, text), line


def test_the_report_is_the_same_bytes_each_time(campaign: Campaign, teacher: TestClient) -> None:
    address = f"/teach/campaigns/{campaign.id}/report.pdf"

    assert teacher.get(address).content == teacher.get(address).content


def test_the_poster_carries_code_and_address(campaign: Campaign, teacher: TestClient) -> None:
    text = words(teacher.get(f"/teach/campaigns/{campaign.id}/poster.pdf"))

    assert f"{campaign.code[:4]}-{campaign.code[4:]}" in text
    assert "testserver" in text


def test_closing_twice_makes_one_release(
    campaign: Campaign,
    teacher: TestClient,
    work: Callable[[], int],
    count_rows: Callable[[], dict[str, int]],
) -> None:
    before = count_rows()

    assert teacher.post(f"/teach/campaigns/{campaign.id}/close").is_redirect

    assert work() == 0
    assert count_rows() == before


@pytest.fixture
def second_site(
    settings: Settings,
    databases: Any,  # noqa: ANN401 - the protocol of conftest.py, which no test can import
    template: str,
    library: AreaLibrary,
) -> Iterator[Installation]:
    url = databases.copy(template)
    here = open_installation(Settings(**settings.model_dump() | {"database_url": url}))
    vars(here)["library"] = library
    yield here
    here.store.engine.dispose()
    databases.drop(url)


def publish(
    here: Installation, rides: list[RouteIn], loaded: LoadedArea, school: School
) -> Release:
    with here.store.write() as session:
        new = NewCampaign(
            title="Class 9b", school_id=school.id, from_day=today(),
            to_day=today() + timedelta(days=9), language="en", roster=60, consent=True,
        )  # fmt: skip
        campaign = create_campaign(session, None, new, ("en",))
    for sent in rides:
        with here.store.write() as session:
            participant, _ = join_class(session, here.settings, campaign.code)
        submit_route(here, loaded, participant.id, sent)
    return publish_area(here, "neubrandenburg")


def test_the_same_contributions_in_another_order_give_the_same_release(
    here: Installation,
    second_site: Installation,
    rides: list[RouteIn],
    loaded: LoadedArea,
    school: School,
) -> None:
    mixed = rides[:30]
    random.Random(5).shuffle(mixed)  # noqa: S311 - an order, not a secret

    first = publish(here, rides[:30], loaded, school)
    second = publish(second_site, mixed, loaded, school)

    assert first.content_hash == second.content_hash
    assert first.content == second.content


def test_one_other_rating_gives_another_hash(
    here: Installation,
    second_site: Installation,
    rides: list[RouteIn],
    loaded: LoadedArea,
    school: School,
) -> None:
    changed = [rides[0].model_copy(update={"rest": 0, "ratings": []}), *rides[1:30]]

    first = publish(here, rides[:30], loaded, school)
    second = publish(second_site, changed, loaded, school)

    assert first.content_hash != second.content_hash


def test_a_confirmed_hotspot_of_a_simulated_town_opens_a_case(
    here: Installation, police: TestClient
) -> None:
    fill_demo(here, "neubrandenburg", "Albert-Einstein-Gymnasium", lambda _stage, _share: None)

    answer = police.get("/api/hotspots").json()
    with here.store.read() as session:
        cases = {case.place_id: case for case in session.scalars(select(Case))}

    assert answer["release"]["mode"] == "risk"
    assert answer["release"]["simulated"] is True
    confirmed = {row["id"] for row in answer["places"] if row["state"] == "confirmed"}
    assert confirmed
    assert set(cases) == confirmed
    assert {case.opened_in for case in cases.values()} == {1}
    # The demo has worked on some of them since.
    states_told = {row["id"]: row["case"] for row in answer["places"] if row["case"]}
    assert states_told == {place: case.state for place, case in cases.items()}
    states = [row["state"] for row in answer["places"]]
    assert states == sorted(states, key=("confirmed", "watch", "unknown").index)
    assert "simulated" in police.get("/hotspots").text.lower()


def words(response: Response) -> str:
    """The text of a PDF, as one line."""
    assert response.status_code == 200, response.text
    pages = pypdf.PdfReader(io.BytesIO(response.content)).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    return text.replace("- ", "-")
