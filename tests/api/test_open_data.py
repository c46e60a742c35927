"""Open data: what is published once is public for good, so every rule is checked before."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest
import shapely
from starlette.testclient import TestClient

from api.errors import BrokenEditionError, OlderReleaseError
from api.services.areas import LoadedArea
from api.services.check_edition import check_edition
from api.services.edition_facts import edition_facts
from api.services.edition_files import CHECKSUMS, checksums, edition_files
from api.services.edition_origin import Origin, find_origin, folder_of, settle
from api.services.installation import Installation
from api.services.make_edition import make_edition
from api.services.open_rows import coarse
from api.services.read_edition import edition_rows
from api.store import releases
from api.store.authorities import OpenEdition
from api.store.models import Area, Audit
from tests.api.running import Run

AREA, STAFF_ONLY = "neubrandenburg", "staff only"
FORM = {"area": AREA, "release": "2"}
SPACE = UUID(int=7)

Row = dict[str, Any]
People = dict[str, frozenset[Any]]
NextRelease = Callable[[Callable[[dict[str, Row], People], None]], int]


@pytest.fixture
def template(published: str) -> str:
    return published


def others(count: int, start: int = 0) -> frozenset[UUID]:
    return frozenset(uuid5(SPACE, str(number)) for number in range(start, start + count))


def rows_of(here: Installation, edition: OpenEdition) -> dict[str, Row]:
    return edition_rows(folder_of(here.settings, edition))


def test_police_publish_a_release_once_and_everybody_gets_the_same_files(
    here: Installation,
    police: TestClient,
    other_police: TestClient,
    teacher: TestClient,
    visitor: Callable[[], TestClient],
    work: Callable[[], int],
) -> None:
    anybody = visitor()
    assert "Nothing is published of this area yet" in anybody.get("/open").text
    for foreign in (other_police, teacher, anybody):
        assert foreign.post("/admin/open", data=FORM).status_code in {303, 404}
    assert not list(here.settings.exports.glob("*/*"))
    assert "cannot be changed or taken back" in police.get("/admin/open").text

    other = police.post("/admin/open", data=FORM | {"release": "1"})
    assert other.status_code == 409
    assert "release 2 is the newest by now" in other.text

    answer = police.post("/admin/open", data=FORM)
    again = police.post("/admin/open", data=FORM)
    assert answer.status_code == again.status_code == 303
    assert "being made and checked" in police.get(answer.headers["location"]).text
    assert work() == 1
    assert police.post("/admin/open", data=FORM).is_redirect
    assert work() == 0

    (page,) = set(re.findall(rf"/open/{AREA}/\d{{4}}-\d{{4}}-2", anybody.get("/open").text))
    text = anybody.get(page).text
    assert f"{page} Contains data © OpenStreetMap contributors" in text
    assert "All answers come from one class" in text
    assert "This release is published" in police.get("/admin/open").text

    sums = anybody.get(f"{page}/{CHECKSUMS}").text
    for line in sums.splitlines():
        digest, name = line.split("  ")
        file = anybody.get(f"{page}/{name}")
        assert hashlib.sha256(file.content).hexdigest() == digest
        assert file.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert file.headers["etag"] == f'"{digest}"'
        assert digest in text
        assert anybody.head(f"{page}/{name}").status_code == 200
    for missing in (f"{page}/nothing.csv", f"{page}/.secret", page[:-1] + "9", "/open/atlantis/1"):
        assert anybody.get(missing).status_code in {404, 422}

    with here.store.read() as session:
        (edition,) = session.query(OpenEdition).all()
        told = [one for one in session.query(Audit).all() if "open data" in one.action]
        area = session.get_one(Area, AREA)
        origin = find_origin(here.settings, session, here.library.get(area), edition.release)
        facts = edition_facts(here.settings, area, origin.release)
    decided, published = [one for one in told if one.action != "see open data"][-2:]
    assert (decided.action, decided.details) == ("decide open data", {"release": 2})
    assert decided.user_id is not None
    assert published.details["hash"] == edition.content_hash
    folder = folder_of(here.settings, edition)
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o444}
    # Made again from the same release, every file has the same bytes.
    assert edition_files(facts, settle(origin)) == {
        path.name: path.read_bytes() for path in folder.iterdir()
    }

    folder.chmod(0o755)
    (folder / "LICENSE.txt").unlink()
    assert anybody.get(f"{page}/LICENSE.txt").status_code == 503


def test_a_place_changes_only_when_ten_people_changed_since_any_edition(
    here: Installation, next_release: NextRelease, visitor: Callable[[], TestClient]
) -> None:
    first = make_edition(here, AREA)
    before = rows_of(here, first)
    few, many, gone, back = sorted(before)[:4]

    def second(rows: dict[str, Row], people: People) -> None:
        for place in (few, many, back):
            rows[place]["danger"], rows[place]["danger_low"] = 0.91, 0.9
            rows[place]["danger_high"] = 0.92
        people[few] |= others(9)
        people[many] |= others(10)
        people[back] |= others(10)
        people[gone] = others(5)  # all who were here left
        rows[gone]["participants"] = 5

    next_release(second)
    edition = make_edition(here, AREA)
    rows = rows_of(here, edition)

    assert rows[few] == before[few]
    assert rows[many]["danger"] == 0.91
    assert (rows[many]["release"], rows[few]["release"]) == (edition.release, first.release)
    assert gone not in rows
    # What changed nowhere is told again, with the release that tells it still.
    same = set(rows) - {few, many, gone, back}
    assert {name: rows[name] for name in same} == {name: before[name] for name in same}

    def third(rows: dict[str, Row], people: People) -> None:
        # All but one of those who came have left again: one person's part must not be seen.
        rows[back]["danger"] = 0.905
        people[back] = (people[back] - others(9, 1)) | others(1, 50)
        people[gone] = others(1, 70)

    next_release(third)
    third_edition = make_edition(here, AREA)

    assert rows_of(here, third_edition)[back] == rows[back]
    assert rows_of(here, first) == before
    site = visitor()
    for old in (first, edition):
        page = site.get(f"/open/{AREA}/{old.period}-{old.release}").text
        assert f"{third_edition.period}-{third_edition.release}" in page
        assert "There is a newer edition" in page
    replaced = site.get("/open/catalog.jsonld").json()["dcat:dataset"]
    assert [("dct:isReplacedBy" in one) for one in replaced] == [False, True, True]


def test_an_older_release_does_not_follow_a_newer_one(
    here: Installation, next_release: NextRelease
) -> None:
    next_release(lambda _rows, _people: None)
    make_edition(here, AREA)
    with here.store.write() as session:
        newest = releases.newest(session, AREA)
        assert newest is not None
        newest.day = newest.day.replace(year=newest.day.year + 2)
        period = make_edition(here, AREA).period

    with pytest.raises(OlderReleaseError):
        make_edition(here, AREA, period)


def test_without_places_for_the_public_nothing_is_published_and_pages_say_why(
    here: Installation, next_release: NextRelease, police: TestClient
) -> None:
    def of_nine(rows: dict[str, Row], _people: People) -> None:
        for row in rows.values():
            row["participants"] = min(row["participants"], 9)

    next_release(of_nine)

    refused = police.post("/admin/open", data=FORM | {"release": "3"})

    assert refused.status_code == 409
    assert "No place was ridden by 10 students of two classes yet" in refused.text
    assert "Nothing is published of this area yet" in police.get("/open").text
    assert not list(here.settings.exports.glob("*/*"))


def test_a_release_that_breaks_a_rule_leaves_nothing_behind(
    here: Installation,
    next_release: NextRelease,
    police: TestClient,
    work: Callable[[], int],
    count_rows: Callable[[], dict[str, int]],
) -> None:
    def outside(rows: dict[str, Row], _people: People) -> None:
        for row in rows.values():
            row["danger"], row["danger_low"], row["ratings"] = 0.1, 0.4, 25

    next_release(outside)
    assert police.post("/admin/open", data=FORM | {"release": "3"}).is_redirect
    before = count_rows()

    with pytest.raises(BrokenEditionError, match="lies outside of its interval"):
        make_edition(here, AREA)
    assert work() == 1

    page = police.get("/admin/open")
    assert "lies outside of its interval" in page.text
    assert "cannot be changed or taken back" in page.text  # to be tried again
    assert not list(here.settings.exports.glob("*/*"))
    assert not list(here.settings.exports.glob("*/.*"))
    assert count_rows() == before | {"audit": before["audit"] + 1}  # the page was seen


def with_value(name: str, value: object) -> Callable[[list[Row]], None]:
    return lambda rows: rows[0].update({name: value})


def swapped(rows: list[Row]) -> None:
    rows[0]["geom"] = shapely.transform(rows[0]["geom"], lambda xy: xy[:, ::-1] + 100)


# Each breaks one rule; what is written is consistent, as it would be by a mistake in the program.
BROKEN_ROWS: dict[str, tuple[str, Callable[[list[Row]], None]]] = {
    "five students": ("ten students", with_value("participants", 5)),
    "nobody": ("ten students", with_value("participants", None)),
    "not in fives": ("in fives", with_value("participants", 12)),
    "three conflicts": ("ten students", with_value("reporters", 3)),
    "few crashes": ("ten students", with_value("crashes", 2)),
    "a reason of three": ("reasons", with_value("reasons", "speed:3")),
    "a reason of all and more": ("reasons", with_value("reasons", "speed:95")),
    "more ratings than riders": ("parts", with_value("ratings", 95)),
    "danger from few ratings": ("ten ratings", with_value("ratings", 5)),
    "a figure too fine": ("coarse figures", with_value("mean_rating", 4.987)),
    "a figure without interval": ("intervals", with_value("danger_low", None)),
    "a figure outside of it": ("intervals", with_value("danger", 1.0)),
    "an interval the wrong way round": ("intervals", with_value("danger_high", -1.0)),
    "an unknown state": ("plain values", with_value("state", "safe")),
    "latitude first": ("places", swapped),
    "a place twice": ("same rows", lambda rows: rows.insert(0, dict(rows[0]))),
    "another school": ("schools", with_value("school", "Das andere Gymnasium")),
    "not what the release says": ("as released", with_value("name", "Elsewhere")),
    "a place of staff only": ("ten students", lambda rows: rows[0].update(id=STAFF_ONLY)),
    "not simulated": ("simulated", with_value("simulated", value=True)),
    "an older row that no edition has": ("as released", with_value("release", 1)),
}


def test_the_check_finds_every_broken_rule(
    here: Installation, loaded: LoadedArea, tmp_path: Path
) -> None:
    with here.store.read() as session:
        area = session.get_one(Area, AREA)
        origin = find_origin(here.settings, session, loaded, 2)
    facts = edition_facts(here.settings, area, origin.release)
    staff = {row["id"]: row for row in origin.release.places}
    below = next(row for row in staff.values() if row["participants"] < 10)
    good = settle(origin)

    def found(change: Callable[[list[Row]], None], number: int) -> set[str]:
        rows = [dict(row) for row in good]
        change(rows)
        for row in rows:
            if row["id"] == STAFF_ONLY:
                row["id"] = below["id"]
        folder = written(edition_files(facts, rows), tmp_path / f"edition-{number}")
        return {one.rule for one in check_edition(folder, origin).problems}

    assert found(lambda _rows: None, 0) == set()
    for number, (name, (rule, change)) in enumerate(BROKEN_ROWS.items(), start=1):
        assert rule in found(change, number), name

    # Of two classes: the same rows, once the release says that it has several.
    several = origin.release.content | {
        "schools": {
            key: one | {"titles": ["a", "b"]}
            for key, one in origin.release.content["schools"].items()
        },
        "places": [row | {"several_classes": False} for row in origin.release.places],
    }
    doubted = changed(origin, content=several)
    rules = {one.rule for one in check_edition(tmp_path / "edition-0", doubted).problems}
    assert rules == {"two classes"}

    # A row that was published otherwise before, by too few people to be told apart from now.
    old = dict(good[0]) | {"name": "Elsewhere", "release": 1}
    known = Origin(origin.release, origin.told, [{old["id"]: old}], {(old["id"], 1): 9})
    (problem,) = check_edition(tmp_path / "edition-0", known).problems
    assert (problem.rule, problem.where) == ("differences", old["id"])
    assert "9 people" in str(problem)


def test_the_check_finds_files_that_are_not_as_they_were_written(
    here: Installation, tmp_path: Path
) -> None:
    edition = make_edition(here, AREA)
    folder = folder_of(here.settings, edition)
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    data = next(name for name in files if name.endswith(".csv") and name != "dictionary.csv")
    said = files[data].decode()
    header, _, rest = said.partition("\r\n")

    def rules(number: int, **changes: bytes | None) -> set[str]:
        now = {**files, **{name.replace("__", "."): value for name, value in changes.items()}}
        left = {name: value for name, value in now.items() if value is not None}
        left[CHECKSUMS] = checksums(
            {name: value for name, value in left.items() if name != CHECKSUMS}
        ).encode()
        found = check_edition(written(left, tmp_path / str(number)))
        return {one.rule for one in found.problems}

    assert rules(0) == set()
    assert rules(1, **{data: said.replace(",true", ",false").encode()}) <= {"whole files"}
    assert "same rows" in rules(2, **{data: f"{header}\r\n{rest[rest.index('i', 2) :]}".encode()})
    assert "columns" in rules(3, **{data: f"{header},quotes\r\n{rest}".encode()})
    assert rules(4, **{data: None}) == {"whole files"}
    assert rules(5, **{"notes.txt": b"something else"}) == set()
    assert rules(6, **{data.replace(".csv", ".parquet"): b"PAR1"}) == {"whole files"}
    assert rules(7, **{"datapackage.json": b"{"}) == {"whole files"}

    (folder / data).chmod(0o644)
    (folder / data).write_bytes(files[data] + b"x\r\n")
    assert "whole files" in {one.rule for one in check_edition(folder).problems}


def test_the_commands_publish_list_and_check(barometer: Run, here: Installation) -> None:
    made = barometer("open", "publish", AREA)
    assert made.code == 0, made.err
    folder = Path(made.out.splitlines()[0])
    listed = barometer("open", "list")
    assert folder.name in listed.out

    checked = barometer("open", "check", str(folder / "LICENSE.txt"), str(folder))
    assert checked.code == 0, checked.err
    assert checked.out.count("differences, schools") == 1, "the release was not asked"

    (folder / "LICENSE.txt").chmod(0o644)
    (folder / "LICENSE.txt").write_text("anything goes")
    broken = barometer("open", "check", str(folder))
    assert broken.code == 1
    assert "whole files: LICENSE.txt" in broken.err
    assert barometer("open", "publish", "atlantis").code == 1
    assert barometer("open", "publish", AREA, "--period", "1999-2000").code == 1
    assert here.settings.exports in folder.parents


def test_figures_are_coarse_enough_to_solve_no_count() -> None:
    assert coarse("participants", 14) == 10
    assert coarse("reporters", 4) is None
    assert coarse("passages", 3.99) == 3.0
    assert coarse("rate", 1.2345) == 1.2
    assert coarse("danger", 0.456) == 0.46
    assert coarse("crashes", None) is None


def written(files: dict[str, bytes], folder: Path) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def changed(origin: Origin, **release: object) -> Origin:
    published = type(origin.release)(**(vars(origin.release) | release))
    return Origin(published, origin.told, origin.earlier, origin.changed)
