"""The command line: exit codes, and a sentence for whoever typed."""

import gc
import io
import json
import logging
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdf
import pytest
from starlette.testclient import TestClient

from api.cli import main
from api.settings import Settings

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

ROOT = Path(__file__).parents[2]
DONE, REFUSED, WRONG_USAGE = 0, 1, 2
SCHOOL = "Albert-Einstein-Gymnasium"


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def template(published: str) -> str:
    return published


@pytest.fixture
def barometer(
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Run]:
    """Runs a command on the test's data from an empty folder, as an operator would."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("BAROMETER_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("BAROMETER_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("BAROMETER_KEY_DIR", str(settings.keys))
    monkeypatch.setenv("COLUMNS", "200")
    loggers = [logging.getLogger(name) for name in ("", "api", "web", "geo", "api.requests")]
    levels, handlers = [one.level for one in loggers], loggers[0].handlers[:]

    def run(*words: str, stdin: str = "") -> Done:
        monkeypatch.setattr("sys.argv", ["barometer", *words])
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        with pytest.raises(SystemExit) as stopped:
            main()
        said = capsys.readouterr()
        return Done(int(stopped.value.code or 0), said.out, said.err)

    yield run
    # A command leaves its connections and log settings to the end of its process.
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
    loggers[0].handlers[:] = handlers
    gc.collect()


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("area", "import", "x", "--osm", "missing.osm.pbf"), REFUSED, "missing.osm.pbf"),
        (("area", "import", "../x", "--osm", str(ROOT / "README.md")), REFUSED, "barometer: "),
        (("area", "import", "x"), WRONG_USAGE, "exactly one of --osm, --place and --bbox"),
        (("area", "import", "x", "--bbox", "1,2,3"), WRONG_USAGE, "W,S,E,N"),
        (("hotspots", "atlantis", "-o", "x.csv"), REFUSED, "barometer: no area 'atlantis'"),
        (("hotspots", "waren", "-o", "x.csv"), REFUSED, "nothing has been published"),
        (("hotspots", "neubrandenburg", "-o", "x.doc"), WRONG_USAGE, ".gpkg, .geojson or .csv"),
        (("hotspots", "neubrandenburg", "-o", "/nowhere/x.csv"), REFUSED, "cannot be written"),
        (("report", "Hogwarts", "-o", "x.pdf"), REFUSED, "no school 'Hogwarts'"),
        (("report", "Das andere Gymnasium", "-o", "x.pdf"), REFUSED, "too few students"),
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
    for command in ("demo", "serve", "work", "report", "hotspots", "area", "user", "db"):
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


@pytest.mark.parametrize("ending", ["csv", "geojson", "gpkg"])
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
        assert {name for (name,) in layers} == {"segments", "intersections", "release"}
    elif ending == "geojson":
        assert json.loads(path.read_bytes()) == json.loads(downloaded)
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
    assert done.out == "again is ready\n"
    assert "again\tAgain" in barometer("area", "list").out
    (settings.keys / "again.key").unlink()
