"""Open data as features: anybody reads what the files of an edition say, and nothing else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely
from starlette.testclient import TestClient

from api.services.edition_origin import folder_of
from api.services.installation import Installation
from api.services.make_edition import make_edition
from api.services.read_edition import edition_rows
from web.open_columns import GEOMETRY

Problem = Callable[..., str]
AREA = "neubrandenburg"
OPEN = "http://testserver/ogc"


@pytest.fixture
def template(published: str) -> str:
    return published


@pytest.fixture
def folder(here: Installation) -> Path:
    return folder_of(here.settings, make_edition(here, AREA))


@pytest.fixture
def names(folder: Path) -> list[str]:
    """The collections of the edition."""
    (file,) = folder.glob("*.parquet")
    return [f"{file.stem}-segments", f"{file.stem}-intersections"]


def listed(browser: TestClient, query: str = "") -> list[str]:
    answer = browser.get(f"/ogc/collections{query}")
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["collections"]]


def pages(browser: TestClient, name: str) -> list[dict[str, Any]]:
    """Every feature of a collection, three at a time."""
    address, found = f"{OPEN}/collections/{name}/items?limit=3", []
    while address:
        page = browser.get(address)
        assert page.headers["access-control-allow-origin"] == "*"
        found += page.json()["features"]
        following = [one["href"] for one in page.json()["links"] if one["rel"] == "next"]
        address = following[0] if following else ""
    assert page.json()["numberMatched"] == len(found) > 3
    return found


def test_anybody_reads_exactly_the_places_of_the_edition(
    visitor: Callable[[], TestClient], folder: Path, names: list[str]
) -> None:
    rows = edition_rows(folder)
    anybody = visitor()

    assert listed(anybody) == listed(anybody, f"?area={AREA}") == names
    found = {one["id"]: one for name in names for one in pages(anybody, name)}

    assert found.keys() == rows.keys()
    for id_, row in rows.items():
        assert found[id_]["properties"] == {
            name: value for name, value in row.items() if name != GEOMETRY
        }
        assert shapely.equals(shapely.geometry.shape(found[id_]["geometry"]), row[GEOMETRY])
    assert min(one["properties"]["participants"] for one in found.values()) >= 10
    kinds = [one["properties"]["kind"] for one in pages(anybody, names[0])]
    assert set(kinds) == {"segment"}
    single = anybody.get(f"/ogc/collections/{names[0]}/items/{pages(anybody, names[0])[0]['id']}")
    assert single.json()["properties"] == pages(anybody, names[0])[0]["properties"]


def test_all_else_stays_closed(
    visitor: Callable[[], TestClient], names: list[str], police: TestClient, problem: Problem
) -> None:
    anybody = visitor()
    for name in ("segments", "intersections", "hotspots", "cases", "crashes"):
        for path in (name, f"{name}/items", f"{name}/items/1"):
            assert anybody.get(f"/ogc/collections/{path}").status_code == 401
    # What the release tells staff and not everybody is no feature of an edition.
    shown = {place["id"] for place in police.get("/api/hotspots").json()["places"]}
    hidden = shown - {one["id"] for name in names for one in pages(anybody, name)}
    assert hidden
    for name in names:
        for id_ in hidden:
            answer = anybody.get(f"/ogc/collections/{name}/items/{id_}")
            assert (answer.status_code, problem(answer)) == (404, "no such feature")
    for name in (names[0].replace("-2-", "-1-"), "open", "..", f"{names[0]}x", AREA):
        assert anybody.get(f"/ogc/collections/{name}/items").status_code == 404
    assert anybody.get(f"/ogc/collections/{names[0]}?area=waren").status_code == 404
    for area in ("waren", "atlantis"):
        assert anybody.get(f"/ogc/collections?area={area}").status_code == 401


def test_without_an_edition_there_is_nothing_for_anybody(visitor: Callable[[], TestClient]) -> None:
    assert visitor().get("/ogc/collections").status_code == 401


def test_staff_see_it_beside_their_own_and_elsewhere_alone(
    police: TestClient, teacher: TestClient, other_police: TestClient, names: list[str]
) -> None:
    own = ["segments", "intersections", "hotspots", "cases"]

    assert listed(police) == [*own, "crashes", *names]
    assert listed(teacher) == [*own, *names]
    assert listed(other_police, f"?area={AREA}") == names
    assert other_police.get(f"/ogc/collections/segments?area={AREA}").status_code == 404
    assert other_police.get(f"/ogc/collections/{names[0]}/items").status_code == 200


def test_a_collection_tells_its_licence_its_edition_and_its_school_year(
    visitor: Callable[[], TestClient], names: list[str]
) -> None:
    told = visitor().get(f"/ogc/collections/{names[0]}").json()

    elsewhere = {link["rel"]: link["href"] for link in told["links"]}
    assert elsewhere["license"] == "https://opendatacommons.org/licenses/odbl/1-0/"
    page = elsewhere["describedby"]
    assert visitor().get(page.removeprefix("http://testserver")).status_code == 200
    period = page.rpartition("/")[2][:9]
    assert told["title"] == f"Neubrandenburg, school year {period}: Streets (open data)"
    first, last = told["extent"]["temporal"]["interval"][0]
    assert first == f"{period[:4]}-08-01"
    items = f"/ogc/collections/{names[0]}/items"
    assert visitor().get(f"{items}?datetime={last}").json()["numberMatched"] > 0
    assert visitor().get(f"{items}?datetime=../2001-01-01").json()["numberMatched"] == 0
    assert visitor().get(f"{items}?stress=calm").status_code == 400


def test_a_file_that_was_changed_is_not_served(
    visitor: Callable[[], TestClient], folder: Path, names: list[str]
) -> None:
    (file,) = folder.glob("*.parquet")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.chmod(0o644)
    file.write_bytes(content)

    answer = visitor().get(f"/ogc/collections/{names[0]}/items")

    assert answer.status_code == 503


def test_a_superseded_edition_keeps_its_address_and_is_not_listed(
    visitor: Callable[[], TestClient],
    here: Installation,
    names: list[str],
    next_release: Callable[..., int],
) -> None:
    before = {name: pages(visitor(), name) for name in names}
    assert next_release(lambda _rows, _people: None) == 3
    make_edition(here, AREA)

    newer = [name.replace("-2-", "-3-") for name in names]
    assert listed(visitor()) == newer
    assert {name: pages(visitor(), name) for name in names} == before


def test_both_ways_to_write_the_address_are_the_landing_page(
    visitor: Callable[[], TestClient], names: list[str]
) -> None:
    assert names  # without open data the list of collections is for who has signed in
    short, long = visitor().get("/ogc"), visitor().get("/ogc/")

    assert short.json() == long.json()
    definition = visitor().get("/ogc/api").json()
    (server,) = (one["url"] for one in definition["servers"])
    for path in definition["paths"]:
        if "{" in path:
            continue
        told = definition["paths"][path]["get"]
        answer = visitor().get(server.removeprefix("http://testserver") + path)
        assert str(answer.status_code) in told["responses"]
        if told["security"] == []:
            assert answer.headers["content-type"] in told["responses"]["200"]["content"]


def test_the_definition_names_the_editions_and_who_may_read_what(
    visitor: Callable[[], TestClient], names: list[str]
) -> None:
    paths = visitor().get("/ogc/api").json()["paths"]

    for path in ("/{editionId}", "/{editionId}/items", "/{editionId}/items/{featureId}"):
        told = paths[f"/collections{path}"]["get"]
        assert told["parameters"][0]["schema"]["enum"] == names
        assert {} in told["security"]
    assert {} in paths["/collections"]["get"]["security"]
    assert {} not in paths["/collections/segments/items"]["get"]["security"]
