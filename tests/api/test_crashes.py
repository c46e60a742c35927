"""Official crashes on the site: who sees them, what a preview keeps, what an import replaces."""

import os
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import shapely
from httpx2 import Response
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from sqlalchemy import select
from starlette.testclient import TestClient

from api.services.apart import apart
from api.services.areas import LoadedArea
from api.services.import_crashes import stored_crashes
from api.services.locate_crashes import locate_again
from api.settings import Settings
from api.store import audit
from api.store.engine import Store
from api.store.models import Audit, Crash
from geo.crashes.errors import CrashFileUnreadableError, CrashMappingError
from geo.network import Network
from tests.api.running import Run

AREA = "neubrandenburg"
HEADER = "OBJECTID;UJAHR;UMONAT;USTUNDE;UWOCHENTAG;UKATEGORIE;IstRad;XGCSWGS84;YGCSWGS84\n"
# On the ring road, in a lake far from every street, in Berlin.
CRASHES = (
    HEADER
    + "1;2021;05;07;2;2;1;13,2628910;53,5514540\n"
    + "2;2021;06;15;3;3;0;13,2629000;53,5514600\n"
    + "3;2022;06;15;3;3;1;13,2687800;53,5558200\n"
    + "4;2022;06;16;4;1;1;13,4000000;52,5000000\n"
)
OTHER = """when,how bad,mode,lon,lat
2021-05-04,1,PP,13.262891,53.551454
2021-05-05,2,HA,13.2629,53.5515
"""

Send = Callable[..., Response]
Rows = Callable[[], dict[str, int]]


@pytest.fixture
def send(police: TestClient) -> Send:
    """Sends files and returns the answer to them: mostly the way to the preview."""

    def sent(
        files: Mapping[str, str | bytes], browser: TestClient = police, **form: str
    ) -> Response:
        parts = [("files", (name, content)) for name, content in files.items()]
        return browser.post(f"/crashes?area={AREA}", files=parts, data=form)

    return sent


def uploads(settings: Settings) -> list[Path]:
    return list((settings.data_dir / "uploads").glob("*"))


def test_a_file_is_previewed_and_then_imported(
    send: Send, police: TestClient, store: Store, count_rows: Rows, settings: Settings
) -> None:
    sent = send({"Unfallorte.csv": CRASHES})
    assert sent.status_code == 303

    preview = police.get(sent.headers["location"])
    assert preview.status_code == 200
    assert "Unfallatlas (Germany)" in preview.text
    assert "75%" in preview.text
    assert count_rows()["crashes"] == 0

    done = police.post(f"{sent.headers['location']}/import")
    assert done.status_code == 303
    page = police.get(done.headers["location"])
    assert "3 crashes were stored" in page.text
    assert count_rows()["crashes"] == 3
    assert uploads(settings) == []
    with store.read() as session:
        frame = stored_crashes(session, AREA)
        actions = session.scalars(select(Audit.action).order_by(Audit.id)).all()
        assert audit.first_broken(session) is None
    assert frame["crash_id"].tolist() == ["1", "2", "3"]
    assert frame["severity"].tolist() == ["serious", "slight", "slight"]
    assert frame["bicycle"].tolist() == [True, False, True]
    assert frame["place"].notna().all()
    assert len(frame[frame["bicycle"]]) == 2
    assert actions[-3:] == ["preview crashes", "import crashes", "see crashes"]


def test_an_import_replaces_the_years_of_its_source_and_no_others(
    send: Send, police: TestClient, store: Store
) -> None:
    def imported(text: str, **form: str) -> None:
        way = send({"a.csv": text}, **form).headers["location"]
        assert police.post(f"{way}/import").status_code == 303

    imported(CRASHES)
    imported(CRASHES, source="Another source")
    imported(HEADER + "9;2021;05;07;2;1;1;13,2628910;53,5514540\n")

    with store.read() as session:
        frame = stored_crashes(session, AREA)
    found = frame.groupby("source")[["year", "crash_id"]].agg(list).to_dict("index")
    assert found == {
        "Another source": {"year": [2021, 2021, 2022], "crash_id": ["1", "2", "3"]},
        "unfallatlas_de": {"year": [2021, 2022], "crash_id": ["9", "3"]},
    }


def test_columns_of_another_file_are_named_on_the_page(
    send: Send, police: TestClient, store: Store
) -> None:
    way = send({"list.csv": OTHER}, source="Town").headers["location"]
    assert "how bad (1)" in police.get(way).text  # what a column holds, before anybody names it
    first = police.get(way)
    assert first.status_code == 200
    assert "Expected a column for date or year; severity" in first.text
    assert "Nothing can be imported yet" in first.text

    form = {
        "profile": "generic", "source": "Town", "column_date": "when", "column_severity": "how bad",
        "column_bicycle": "mode", "column_lon": "lon", "column_lat": "lat", "bicycle": "PP; PY",
    }  # fmt: skip
    assert police.post(way, data=form).status_code == 303
    assert "its severity has no meaning yet" in police.get(way).text
    meanings = {"value_0": "1", "meaning_0": "fatal", "value_1": "2", "meaning_1": "damage_only"}
    assert police.post(way, data=form | meanings).status_code == 303
    assert "Import these crashes" in police.get(way).text
    assert police.post(f"{way}/import").status_code == 303

    with store.read() as session:
        frame = stored_crashes(session, AREA)
    assert frame["severity"].tolist() == ["fatal", "damage_only"]
    assert frame["bicycle"].tolist() == [True, False]
    assert frame["source"].unique().tolist() == ["Town"]


@pytest.mark.parametrize(
    ("files", "form", "status", "sentence"),
    [
        ({}, {}, 422, "expected at least one file"),
        ({"a.csv": b"\x00\x01"}, {}, 422, "expected text"),
        ({"a.csv": "a\n1\n"}, {}, 422, "names of columns"),
        ({"a.zip": b"PK\x03\x04"}, {}, 422, "a.zip"),
        ({"<script>.csv": "a\n1\n"}, {}, 422, "&lt;script&gt;.csv"),
        ({"a.csv": CRASHES}, {"profile": "bron_nl"}, 422, "expected a file of BRON"),
        ({"a.csv": CRASHES, "b.csv": "x,y\n1,2\n"}, {}, 422, "b.csv"),
        ({f"{n}.csv": CRASHES for n in range(13)}, {}, 400, "Too many files"),
    ],
)
def test_a_wrong_file_changes_nothing(
    send: Send,
    count_rows: Rows,
    settings: Settings,
    files: Mapping[str, str | bytes],
    form: Mapping[str, str],
    status: int,
    sentence: str,
) -> None:
    before = count_rows()

    response = send(files, **form)

    assert response.status_code == status
    assert sentence in response.text
    assert count_rows() == before
    assert uploads(settings) == []


def test_a_file_of_another_town_is_shown_but_not_imported(
    send: Send, police: TestClient, count_rows: Rows
) -> None:
    assert police.post(f"{send({'a.csv': CRASHES}).headers['location']}/import").is_redirect
    before = count_rows()["crashes"]
    way = send({"a.csv": CRASHES.replace(";53,", ";48,")}).headers["location"]

    page = police.get(way)
    refused = police.post(f"{way}/import")

    assert "None of the crashes lies inside the area" in page.text
    assert "Import these crashes" not in page.text
    assert refused.status_code == 422
    assert "0 %" in refused.text
    assert count_rows()["crashes"] == before


@how(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=10)
@given(
    start=st.sampled_from([b"", b"{", b"PK\x03\x04", b"SQLite format 3\0", HEADER.encode()]),
    rest=st.binary(max_size=200),
)
def test_whatever_bytes_are_uploaded_nothing_fails(
    send: Send, police: TestClient, count_rows: Rows, start: bytes, rest: bytes
) -> None:
    response = send({"file": start + rest})

    if response.status_code == 303:
        assert police.get(response.headers["location"]).status_code == 200
        police.post(f"{response.headers['location']}/discard")
    else:
        assert response.status_code == 422
    assert count_rows()["crashes"] == 0


def test_an_upload_is_its_owners_and_goes_when_it_is_given_up(
    send: Send,
    police: TestClient,
    other_police: TestClient,
    admin: TestClient,
    teacher: TestClient,
    settings: Settings,
) -> None:
    way = send({"a.csv": CRASHES}).headers["location"]

    for browser in (other_police, admin, teacher):
        for answer in (
            browser.get(way), browser.post(way), browser.post(f"{way}/import"),
            browser.post(f"{way}/discard"),
        ):  # fmt: skip
            assert answer.status_code == 404
    assert len(uploads(settings)) == 1
    assert way.rsplit("/", 1)[1] not in str(uploads(settings))
    assert police.post(f"{way}/discard").status_code == 303
    assert uploads(settings) == []
    assert police.get(way).status_code == 404


def test_an_account_has_one_upload_and_for_an_hour(
    send: Send, police: TestClient, settings: Settings
) -> None:
    first = send({"a.csv": CRASHES}).headers["location"]
    second = send({"a.csv": CRASHES}).headers["location"]
    assert police.get(first).status_code == 404
    assert police.get(second).status_code == 200

    (folder,) = uploads(settings)
    long_ago = time.time() - 3_601
    os.utime(folder / "about.json", (long_ago, long_ago))
    os.utime(folder, (long_ago, long_ago))
    assert police.get("/crashes").status_code == 200

    assert uploads(settings) == []
    assert police.get(second).status_code == 404


def test_who_is_not_signed_in_as_police_finds_nothing(
    visitor: Callable[[], TestClient],
    student: TestClient,
    teacher: TestClient,
    other_police: TestClient,
    admin: TestClient,
    send: Send,
    settings: Settings,
) -> None:
    for browser in (visitor(), student):
        assert browser.get("/crashes").status_code == 303
        assert send({"a.csv": CRASHES}, browser).status_code == 303
    assert teacher.get("/crashes").status_code == 404
    assert send({"a.csv": CRASHES}, teacher).status_code == 404
    assert send({"a.csv": CRASHES}, other_police).status_code == 404
    assert other_police.get(f"/crashes?area={AREA}").status_code == 404
    assert uploads(settings) == []
    assert admin.get(f"/crashes?area={AREA}").status_code == 200


def test_crashes_without_a_place_are_listed(
    send: Send, police: TestClient, store: Store, loaded: LoadedArea
) -> None:
    shapes = shapely.union_all(loaded.network.segments.geometry.to_numpy())
    west, south, east, north = shapes.bounds
    grid = [(west + i * (east - west) / 30, south + j * (north - south) / 30)
            for i in range(2, 28) for j in range(2, 28)]  # fmt: skip
    lon, lat = max(grid, key=lambda at: shapely.distance(shapes, shapely.Point(at)))
    row = f"77;2021;05;07;2;2;1;{lon:.6f};{lat:.6f}\n".replace(".", ",")

    way = send({"a.csv": HEADER + row}).headers["location"]
    assert police.post(f"{way}/import").status_code == 303

    page = police.get("/crashes").text
    assert "It counts for no place" in page
    assert ">77<" in page
    with store.read() as session:
        (crash,) = session.scalars(select(Crash)).all()
    assert crash.place_id is None
    assert crash.distance_m > 30


def test_on_a_new_network_crashes_get_new_places(
    send: Send, police: TestClient, store: Store, loaded: LoadedArea
) -> None:
    way = send({"a.csv": CRASHES}).headers["location"]
    assert police.post(f"{way}/import").status_code == 303
    with store.read() as session:
        before = stored_crashes(session, AREA)
    gone = set(before["place"])
    segments, crossings = loaded.network.segments, loaded.network.intersections
    smaller = Network(
        segments[~(segments["id"].isin(gone) | segments["within"].isin(gone))],
        crossings[~crossings["id"].isin(gone)],
    )

    with store.write() as session:
        assert locate_again(session, AREA, smaller) == 3
    with store.read() as session:
        moved = stored_crashes(session, AREA)
    with store.write() as session:
        locate_again(session, AREA, loaded.network)
    with store.read() as session:
        after = stored_crashes(session, AREA)

    assert not set(moved["place"]) & gone
    assert (moved["distance_m"] > before["distance_m"]).all()
    assert after.equals(before)


@pytest.fixture
def barometer(barometer: Run) -> Callable[..., tuple[int, str]]:
    """Runs one of the commands on the test's data; gives its exit code and all it said."""

    def run(*words: str) -> tuple[int, str]:
        done = barometer("crashes", *words)
        return done.code, done.out + done.err

    return run


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_the_command_shows_the_preview_and_imports(
    barometer: Callable[..., tuple[int, str]], tmp_path: Path, count_rows: Rows
) -> None:
    path = tmp_path / "town.csv"
    path.write_text(OTHER)
    words = (
        "import", AREA, str(path), "--map", "when=date", "--map", "how bad=severity", "--map",
        "mode=bicycle", "--bicycle", "PP", "--severity", "1=fatal", "--severity", "2=slight",
    )  # fmt: skip

    code, said = barometer(*words, "--dry-run")
    assert (code, count_rows()["crashes"]) == (0, 0)
    assert "2 inside the area (100%)" in said
    assert "nothing was stored" in said

    assert barometer(*words)[0] == 0
    assert "replaces 2" in barometer(*words)[1]
    assert count_rows()["crashes"] == 2
    assert barometer("list", AREA) == (
        0,
        "town\t2021\t2 crashes\t1 with a bicycle\t2 located, 0 not\n",
    )


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("import", "atlantis", "a.csv"), 1, "no area 'atlantis'"),
        (("import", AREA, "missing.csv"), 1, "missing.csv cannot be read"),
        (("import", AREA), 2, "Missing argument"),
        (("import", AREA, "town.csv", "--map", "when"), 2, "expected COLUMN=FIELD"),
        (("import", AREA, "town.csv", "--map", "when=day"), 1, "expected a field of"),
        (("import", AREA, "town.csv"), 1, "expected a column for"),
        (("import", AREA, "far.csv"), 1, "none: 0 % of 4 usable rows"),
        (("import", AREA, "far.csv", "--profile", "mars"), 1, "expected a profile of"),
        (("list", "atlantis"), 1, "no area 'atlantis'"),
    ],
)
def test_what_cannot_be_imported_is_refused_with_a_sentence(
    barometer: Callable[..., tuple[int, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    count_rows: Rows,
    words: tuple[str, ...],
    code: int,
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("town.csv").write_text(OTHER)
    Path("far.csv").write_text(CRASHES.replace(";53,", ";48,"))
    before = count_rows()

    stopped, said = barometer(*words)

    assert stopped == code, said
    assert sentence in " ".join(said.replace("│", " ").split())
    assert count_rows() == before


def test_an_area_without_crashes_has_an_empty_frame(store: Store) -> None:
    with store.read() as session:
        frame = stored_crashes(session, AREA)

    assert len(frame) == 0
    assert {"source", "year", "crash_id", "severity", "bicycle", "child", "lon", "lat", "place",
            "distance_m"} <= set(frame.columns)  # fmt: skip


def test_the_folder_of_uploads_is_closed_to_others(send: Send, settings: Settings) -> None:
    send({"a.csv": CRASHES})

    (folder,) = uploads(settings)
    assert folder.stat().st_mode & 0o077 == 0
    shutil.rmtree(folder)


def test_a_form_from_another_site_is_refused(police: TestClient, count_rows: Rows) -> None:
    before = count_rows()
    headers: dict[str, Any] = {"origin": "https://evil.example"}
    files = [("files", ("a.csv", CRASHES))]

    response = police.post(f"/crashes?area={AREA}", files=files, headers=headers)

    assert response.status_code == 403
    assert count_rows() == before


def test_files_may_be_large_and_no_other_body(
    send: Send, police: TestClient, visitor: Callable[[], TestClient], settings: Settings
) -> None:
    large = CRASHES + "5;2021;05;07;2;2;1;13,2628910;53,5514540\n" * 100_000
    assert len(large) > 2**20
    assert send({"a.csv": large}).status_code == 303

    too_large = b"x" * (51 * 1024 * 1024)
    assert send({"a.csv": too_large}).status_code == 413
    chunks = (b"x" * 2**20 for _ in range(60))
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = police.post(f"/crashes?area={AREA}", content=chunks, headers=headers)
    assert answer.status_code in {400, 413}
    assert send({"a.csv": large}, visitor()).status_code == 303  # to sign in
    assert len(uploads(settings)) == 1
    assert police.post("/sign-out", content=b"x" * 70_000).status_code == 413


def too_slow() -> None:
    time.sleep(60)


def too_large() -> int:
    return len(bytearray(1 << 30))


def falls_over() -> None:
    os.abort()


def refuses() -> None:
    raise CrashMappingError("expected a column for the day, got none")


def test_a_file_brings_down_no_more_than_the_process_that_reads_it() -> None:
    assert apart(max, 3, 4) == 4
    with pytest.raises(CrashFileUnreadableError, match="read in 5 s"):
        apart(too_slow, seconds=5)
    for work in (too_large, falls_over):
        with pytest.raises(CrashFileUnreadableError, match="got larger ones"):
            apart(work, memory=1 << 29)
    with pytest.raises(CrashMappingError, match="a column for the day"):
        apart(refuses)
