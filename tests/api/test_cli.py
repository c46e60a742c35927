"""The command line: exit codes, and a sentence for whoever typed."""

import io
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import openpyxl
import pypdf
import pytest
from starlette.testclient import TestClient

from api.services.export_hotspots import FORMATS
from api.settings import Settings
from tests.api.running import Run

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

ROOT = Path(__file__).parents[2]
DONE, REFUSED, WRONG_USAGE = 0, 1, 2
SCHOOL = "Albert-Einstein-Gymnasium"


@pytest.fixture
def template(published: str) -> str:
    return published


def cells(file: Path | io.BytesIO) -> dict[str, list[tuple[object, ...]]]:
    book = openpyxl.load_workbook(file)
    assert {page.freeze_panes for page in book} == {"A2"}
    return {page.title: list(page.iter_rows(values_only=True)) for page in book}


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("area", "import", "x", "--osm", "missing.osm.pbf"), REFUSED, "missing.osm.pbf"),
        (("area", "import", "../x", "--osm", str(ROOT / "README.md")), REFUSED, "barometer: "),
        (("area", "import", "x"), WRONG_USAGE, "exactly one of --osm, --place and --bbox"),
        (("area", "import", "x", "--bbox", "1,2,3"), WRONG_USAGE, "W,S,E,N"),
        (("hotspots", "atlantis", "-o", "x.csv"), REFUSED, "barometer: no area 'atlantis'"),
        (("hotspots", "waren", "-o", "x.csv"), REFUSED, "nothing has been published"),
        (("hotspots", "neubrandenburg", "-o", "x.doc"), WRONG_USAGE, ".parquet, .xlsx or .csv"),
        (("hotspots", "neubrandenburg", "-o", "/nowhere/x.csv"), REFUSED, "cannot be written"),
        (("report", "Hogwarts", "-o", "x.pdf"), REFUSED, "no school 'Hogwarts'"),
        (("report", "Das andere Gymnasium", "-o", "x.pdf"), REFUSED, "too few students"),
        (("match", "neubrandenburg", "rides.gpx", "-o", "x.csv"), WRONG_USAGE, "expected .parquet"),
        (
            ("match", "neubrandenburg", "rides.gpx", "-o", "x.parquet"),
            REFUSED,
            "rides.gpx: expected",
        ),
        (("match", "neubrandenburg", "rides.doc", "-o", "x.parquet"), REFUSED, ".geojson"),
        (("match", "atlantis", "rides.gpx", "-o", "x.parquet"), REFUSED, "no area 'atlantis'"),
        (
            ("match", "neubrandenburg", str(ROOT / "pyproject.toml"), "-o", "x.parquet"),
            REFUSED,
            "expected a file of .geojson",
        ),
        (("area", "inspect", "atlantis", "-o", "x.html"), REFUSED, "no area 'atlantis'"),
        (("area", "inspect", "neubrandenburg", "-o", "x.pdf"), WRONG_USAGE, "expected .html"),
        (("area", "inspect", "neubrandenburg"), WRONG_USAGE, "--output"),
        (("fly",), WRONG_USAGE, "No such command"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_sentence(
    barometer: Run, words: tuple[str, ...], code: int, sentence: str
) -> None:
    done = barometer(*words)

    assert done.code == code, done.err
    assert sentence in " ".join(done.err.replace("│", " ").split())
    assert "Traceback" not in done.err
    assert not list(Path().iterdir())


def test_the_installed_command_is_this_program() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "from api.cli import main; main()", "--help"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert done.returncode == DONE, done.stderr
    for command in ("demo", "serve", "work", "match", "report", "hotspots", "area", "user", "db"):
        assert f" {command} " in done.stdout


def test_areas_are_listed_with_their_schools(barometer: Run) -> None:
    done = barometer("area", "list")

    assert done.code == DONE, done.err
    assert "neubrandenburg\tNeubrandenburg" in done.out
    assert SCHOOL in done.out


def test_an_account_is_made_with_a_password_from_a_pipe(barometer: Run, client: TestClient) -> None:
    words = ("user", "add", "New@town.example", "--role", "police", "--area", "neubrandenburg")

    done = barometer(*words, stdin="a long enough password\n")
    again = barometer(*words, stdin="a long enough password\n")
    short = barometer("user", "add", "b@x.example", "--role", "admin", stdin="short\n")

    assert (done.code, done.out) == (DONE, "police new@town.example can sign in\n")
    form = {"email": "new@town.example", "password": "a long enough password"}
    assert client.post("/sign-in", data=form).is_redirect
    assert again.code == short.code == REFUSED
    assert "there is an account" in again.err
    assert "at least 12 letters" in short.err
    assert "a long enough password" not in done.out + done.err + again.err


@pytest.mark.parametrize("ending", list(FORMATS))
def test_hotspots_are_written_as_the_police_download_them(
    barometer: Run, police: TestClient, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"out.{ending}"

    done = barometer("hotspots", "neubrandenburg", "-o", str(path))

    assert done.code == DONE, done.err
    assert str(path) in done.out
    downloaded = police.get(f"/hotspots/neubrandenburg.{ending}").content
    if ending == "gpkg":
        with sqlite3.connect(path) as opened:
            layers = opened.execute("SELECT table_name FROM gpkg_contents").fetchall()
        opened.close()
        tables = {"cases", "columns", "release", "layer_styles"}
        assert {name for (name,) in layers} == {"segments", "intersections"} | tables
    elif ending == "geojson":
        assert json.loads(path.read_bytes()) == json.loads(downloaded)
    elif ending == "xlsx":
        # It says when it was saved, so its bytes differ.
        assert cells(path) == cells(io.BytesIO(downloaded))
        assert cells(path)["columns"][0] == ("Table", "Column", "Type", "Unit", "Meaning", "Values")
    else:
        assert path.read_bytes() == downloaded
    assert [one.name for one in tmp_path.glob("*out*")] == [path.name]


def test_a_report_is_printed_by_name_or_number(barometer: Run, tmp_path: Path) -> None:
    first, second = tmp_path / "name.pdf", tmp_path / "number.pdf"
    listed = barometer("area", "list").out
    number = next(line for line in listed.splitlines() if SCHOOL in line).split()[1]

    assert barometer("report", SCHOOL, "-o", str(first)).code == DONE
    assert barometer("report", number, "-o", str(second)).code == DONE

    assert first.read_bytes() == second.read_bytes()
    assert "25" in pypdf.PdfReader(first).pages[0].extract_text()


def test_upgrading_a_current_database_changes_nothing(
    barometer: Run, count_rows: Callable[[], dict[str, int]]
) -> None:
    before = count_rows()

    done = barometer("db", "upgrade")

    assert done.code == DONE, done.err
    assert "database at revision" in done.out
    assert count_rows() == before


def test_an_area_is_imported_from_a_file(barometer: Run, settings: Settings) -> None:
    (settings.data_dir / "areas").unlink()  # else it would write beside the shared one
    sample = ROOT / "data" / "samples" / "neubrandenburg.osm.pbf"

    done = barometer("area", "import", "again", "--osm", str(sample), "--title", "Again")

    assert done.code == DONE, done.err
    assert done.out == "country DE (from tags)\nagain is ready\n"
    assert "again\tAgain" in barometer("area", "list").out
    (settings.keys / "again.key").unlink()


def test_rides_are_matched_from_a_file_of_a_device(barometer: Run, tmp_path: Path) -> None:
    # Along the ring road, from the east of the sample town; the second ride is in Paris.
    tracks = "".join(
        f"<trk><name>Morning</name><trkseg>{points}</trkseg></trk>"
        for points in (
            '<trkpt lat="53.5566" lon="13.2553"/><trkpt lat="53.5560" lon="13.2601"/>',
            '<trkpt lat="48.8566" lon="2.3522"/><trkpt lat="48.8570" lon="2.3600"/>',
        )
    )
    rides, output = tmp_path / "rides.GPX", tmp_path / "matched.parquet"
    rides.write_text(f'<gpx version="1.1">{tracks}</gpx>', encoding="utf-8")

    done = barometer("match", "neubrandenburg", str(rides), "-o", str(output))

    assert done.code == DONE, done.err
    assert "1 of 2 routes matched" in done.out
    assert "1 × " in done.out
    assert "(route Morning)" in done.out
    assert "1 ids belong to several routes: Morning" in done.out
    assert "routes per second" in done.out
    assert str(output) in done.out
    assert "matching" in done.err
    frame = gpd.read_parquet(output)
    assert frame["length_m"].iloc[0] > 200
    assert not list(tmp_path.glob("*.part"))


def test_routes_are_not_replaced_by_their_answer(barometer: Run, tmp_path: Path) -> None:
    path = tmp_path / "rides.parquet"
    path.write_bytes(b"precious")

    done = barometer("match", "neubrandenburg", str(path), "-o", str(path))

    assert done.code == REFUSED
    assert "the output would replace it" in done.err
    assert path.read_bytes() == b"precious"


def test_network_is_written_as_a_page_to_look_at(barometer: Run, tmp_path: Path) -> None:
    path = tmp_path / "inspect.html"

    done = barometer("area", "inspect", "neubrandenburg", "-o", str(path))

    assert done.code == DONE, done.err
    assert str(path) in done.out
    html = path.read_text(encoding="utf-8")
    assert "<title>Neubrandenburg: network</title>" in html
    assert "Left out, and why" in html
