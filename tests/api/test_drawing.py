"""What helps to draw: crossings by name, a track made into a drawing, each kind of ride."""

import logging
from collections.abc import Callable
from itertools import chain
from typing import Any

import pytest
import shapely
from httpx2 import Response
from starlette.testclient import TestClient

from api.services.areas import LoadedArea
from api.services.find_crossings import Crossing, NameIndex, _streets, words_of
from api.store.engine import Store
from api.store.models import Participant, School
from geo.crs import distance_m
from geo.routing import Waypoint

Body = dict[str, Any]
Problem = Callable[[Response], str]
HOME = (13.262891, 53.551454)
FAR_AWAY = (100.5, 13.75)


def index(*names: str) -> NameIndex:
    """Places of these names, each 1.1 km farther north of the school at 0, 0 than the last."""
    places = [Crossing(name, 0.0, number / 100) for number, name in enumerate(names)]
    keys = ["".join(f" {word}" for word in words_of(name)) for name in names]
    return NameIndex(places, keys)


def names(found: list[Crossing]) -> list[str]:
    return [one.name for one in found]


def test_a_sliver_between_the_surroundings_of_a_street_is_no_street() -> None:
    # Fiskhamnspiren in Göteborg: the union of what is near its pieces has parts that touch none.
    bend = [
        (11.9286831, 57.6992471), (11.9286788, 57.699323), (11.9286593, 57.6994163),
        (11.928631, 57.6995001), (11.9285852, 57.6995629), (11.9285264, 57.6996188),
        (11.9284611, 57.699656),
    ]  # fmt: skip
    pieces = [
        shapely.LineString(bend),
        shapely.LineString([bend[0], (11.9287485, 57.6991766), (11.9288758, 57.69908)]),
        shapely.LineString([(11.9282764, 57.69973), (11.9283872, 57.6996807), bend[-1]]),
    ]

    found = list(_streets([("Fiskhamnspiren", piece) for piece in pieces]))

    assert names(found) == ["Fiskhamnspiren"]


def test_parts_of_a_name_are_found_in_any_order_without_case_and_accents() -> None:
    known = index("Bergstraße × Bahnhofstraße", "Große Krauthöferstraße", "Am Bahnhof × Bergweg")

    for query in ("bahnhof berg", "BERG, bahnhof"):
        assert names(known.find(query, school=(0, 0))) == [
            "Bergstraße × Bahnhofstraße",
            "Am Bahnhof × Bergweg",
        ]
    assert names(known.find("GROSSE KRAUTHOF", school=(0, 0))) == ["Große Krauthöferstraße"]
    assert known.find("bahnhof hafen", school=(0, 0)) == []


def test_what_begins_with_the_query_comes_first_then_what_is_near() -> None:
    known = index("Neuberg", "Am Berg", "Bergweg", "Berg")

    assert names(known.find("berg", school=(0, 0))) == ["Bergweg", "Berg", "Am Berg", "Neuberg"]
    assert names(known.find("berg", school=(0, 0.04)))[:2] == ["Berg", "Bergweg"]


def test_other_scripts_are_found_by_their_own_letters() -> None:
    known = index("ถนนสีลม × ถนนพระราม 4", "Проспект Мира", "中山路")

    assert names(known.find("สีลม", school=(0, 0))) == ["ถนนสีลม × ถนนพระราม 4"]
    assert names(known.find("พระราม 4 สีลม", school=(0, 0))) == ["ถนนสีลม × ถนนพระราม 4"]
    # Vowels and tones are letters of Thai, not accents.
    assert known.find("สลม", school=(0, 0)) == []
    assert names(known.find("мира", school=(0, 0))) == ["Проспект Мира"]
    assert names(known.find("山路", school=(0, 0))) == ["中山路"]


def test_crossings_and_streets_of_the_town_are_found(student: TestClient) -> None:
    found = student.post("/api/crossings", json={"query": "torgelower demminer"}).json()

    assert [one["name"] for one in found] == ["Demminer Straße × Torgelower Straße"]
    street = student.post("/api/crossings", json={"query": "Große Krauth"}).json()[0]
    assert street["name"] == "Große Krauthöferstraße"
    assert set(street) == {"name", "lon", "lat"}
    many = student.post("/api/crossings", json={"query": "straße"}).json()
    assert len(many) == 8


def test_a_street_is_found_on_itself(student: TestClient, loaded: LoadedArea) -> None:
    found = student.post("/api/crossings", json={"query": "Große Krauthöferstraße"}).json()[0]
    segments = loaded.network.segments
    own = segments[segments["name"] == "Große Krauthöferstraße"]
    ends = chain.from_iterable(line.coords for line in own.geometry)

    assert min(distance_m((found["lon"], found["lat"]), (x, y)) for x, y, *_ in ends) < 60


@pytest.mark.parametrize(
    "sent",
    [{}, {"query": ""}, {"query": "a"}, {"query": "a" * 61}, {"query": "ab\0"}, {"query": "<b>"},
     {"query": "ab", "limit": 9}, {"query": 12}],
)  # fmt: skip
def test_a_strange_search_is_refused(
    student: TestClient, problem: Problem, sent: dict[str, object]
) -> None:
    response = student.post("/api/crossings", json=sent)

    assert response.status_code == 422
    assert "aaa" not in problem(response)


def test_signs_alone_find_nothing(student: TestClient) -> None:
    assert student.post("/api/crossings", json={"query": " × ."}).json() == []


def test_what_is_searched_and_followed_is_written_nowhere(
    student: TestClient, caplog: pytest.LogCaptureFixture, loaded: LoadedArea, school: School
) -> None:
    with caplog.at_level(logging.DEBUG):
        student.post("/api/crossings", json={"query": "canary"})
        student.post("/api/follow", json={"line": track(loaded, school)})

    # The test's own browser is no part of the program.
    said = [one.getMessage() for one in caplog.records if not one.name.startswith("httpx")]
    assert any("/api/crossings" in line for line in said)
    assert not [line for line in said if "canary" in line or "13.2" in line or "53.5" in line]


def track(loaded: LoadedArea, school: School) -> list[tuple[float, float]]:
    """A ride from home to the school as a phone might have recorded it."""
    at = Waypoint(school.location.x, school.location.y)
    route = loaded.router.snap([Waypoint(*HOME), at])
    return [point for leg in route.legs for point in leg.coordinates]


@pytest.mark.parametrize("turned", [False, True])
def test_a_track_becomes_a_drawing(
    student: TestClient,
    loaded: LoadedArea,
    school: School,
    turned: bool,  # noqa: FBT001
) -> None:
    line = track(loaded, school)
    response = student.post("/api/follow", json={"line": line[::-1] if turned else line})

    assert response.status_code == 200, response.text
    found = response.json()
    assert found["reversed"] is turned
    assert found["share"] > 0.95
    assert len(found["waypoints"]) <= 19
    assert distance_m(HOME, tuple(found["waypoints"][0][name] for name in ("lon", "lat"))) < 100
    end = found["waypoints"][-1]
    assert (end["lon"], end["lat"]) == (school.location.x, school.location.y)
    # The page takes the route as if it had asked for it, and asks for the same one after a change.
    again = student.post("/api/snap", json={"waypoints": found["waypoints"]}).json()
    assert again == found["route"]


def test_following_stores_nothing(
    student: TestClient,
    loaded: LoadedArea,
    school: School,
    count_rows: Callable[[], dict[str, int]],
) -> None:
    before = count_rows()
    student.post("/api/follow", json={"line": track(loaded, school)})

    assert count_rows() == before


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ([FAR_AWAY, (100.51, 13.75)], "invalid-line"),
        ([HOME, (13.263, 53.5516)], "far-from-school"),
    ],
)
def test_a_track_of_elsewhere_is_refused_by_its_kind(
    student: TestClient, line: list[tuple[float, float]], kind: str
) -> None:
    response = student.post("/api/follow", json={"line": line})

    assert response.status_code == 422
    assert response.json()["type"] == f"urn:barometer:{kind}"


@pytest.mark.parametrize(
    "line",
    [
        [], [HOME], [HOME] * 501, [HOME, "x"], [HOME, (13.2,)], [HOME, (13.2, 53.5, 9)],
        [HOME, (181, 0)], [HOME, (None, 53.5)], "x", None,
    ],
)  # fmt: skip
def test_what_is_no_track_is_refused(student: TestClient, problem: Problem, line: object) -> None:
    response = student.post("/api/follow", json={"line": line})

    assert response.status_code == 422
    assert "13.26" not in problem(response)


@pytest.mark.parametrize(
    ("point", "kind"), [((13.262, 53.8), "outside-area"), ((0.0, 0.0), "outside-area")]
)
def test_a_point_that_cannot_be_used_says_which_refusal_it_is(
    student: TestClient, point: tuple[float, float], kind: str
) -> None:
    waypoints = [{"lon": lon, "lat": lat} for lon, lat in (HOME, point)]
    response = student.post("/api/snap", json={"waypoints": waypoints})

    assert response.json()["type"] == f"urn:barometer:{kind}"


@pytest.mark.parametrize(
    ("variant", "words"),
    [("there", "Your ride to school"), ("back", "Your ride home"), ("rain", "when it rains"),
     ("winter", "in winter"), ("other", "Another ride")],
)  # fmt: skip
def test_each_kind_of_ride_is_asked_for_by_name(
    student: TestClient, variant: str, words: str
) -> None:
    page = student.get(f"/draw?variant={variant}")

    assert page.status_code == 200
    assert words in page.text
    assert f'"variant": "{variant}"' in page.text
    assert ("How do you ride home?" in page.text) is (variant != "back")


def test_a_ride_that_does_not_exist_is_refused(student: TestClient) -> None:
    assert student.get("/draw?variant=boat").status_code == 422


def test_a_ride_to_be_drawn_again_is_asked_for_kindly(student: TestClient, store: Store) -> None:
    asked = "Your teacher asks you to draw this ride once more."
    assert asked not in student.get("/draw").text

    with store.write() as session:
        one = session.query(Participant).one()
        one.redraw_on = one.joined_on

    page = student.get("/draw").text
    assert asked in page
    assert '"redraw": true' in page
