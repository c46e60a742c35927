"""The command line: the same services as the pages, for whoever runs the program."""

import getpass
import socket
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
import uvicorn
from tqdm import tqdm

from api.app import create_app
from api.auth import show_code
from api.errors import BarometerError, NotFoundError
from api.logs import configure_logs
from api.services.accounts import add_user
from api.services.areas import require_area
from api.services.export_hotspots import hotspots_csv, hotspots_geojson, hotspots_geopackage
from api.services.fill_demo import Demo, fill_demo
from api.services.import_area import check_area_name, import_area
from api.services.installation import Installation, open_installation
from api.services.print_report import print_report
from api.services.read_release import cases, require_release
from api.settings import Settings
from api.store import areas, migrate
from api.store.engine import Session, open_store
from api.store.models import Area, School
from api.worker import Worker
from geo.crs import BBox
from geo.errors import GeoError
from geo.extract import Progress
from geo.osm import fetch_osm, read_osm
from web.tiles import TilingError

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
area_app = typer.Typer(no_args_is_help=True, help="Areas: import them, list them.")
user_app = typer.Typer(no_args_is_help=True, help="Staff accounts.")
db_app = typer.Typer(no_args_is_help=True, help="The database.")
app.add_typer(area_app, name="area")
app.add_typer(user_app, name="user")
app.add_typer(db_app, name="db")

DEMO_AREA, DEMO_TITLE = "neubrandenburg", "Neubrandenburg"
DEMO_SCHOOL = "Albert-Einstein-Gymnasium"
SAMPLE = Path("data/samples/neubrandenburg.osm.pbf")
REFUSED, INTERRUPTED = 1, 130


def main() -> None:
    """Run a command: exit code 0 done, 1 refused, 2 wrong usage, 130 interrupted."""
    try:
        app()
    except (BarometerError, GeoError, TilingError) as error:
        _stop(f"barometer: {error}", REFUSED)
    except KeyboardInterrupt:
        _stop("barometer: interrupted; nothing half-finished is kept", INTERRUPTED)


@app.callback()
def configure(
    *, verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell milestones.")] = False
) -> None:
    """Bicycle Barometer: students rate their way to school, towns see where to start."""
    configure_logs(verbose=verbose)


@app.command()
def demo(host: str = "127.0.0.1", port: int = 8000) -> None:
    """Fill a real town with simulated students and start the site.

    Example: barometer demo --port 8080
    """
    _require_free(host, port)
    settings = Settings()
    if "base_url" not in settings.model_fields_set:
        settings = settings.model_copy(update={"base_url": f"http://{_shown(host)}:{port}"})
    here = open_installation(settings)
    migrate.upgrade(here.store)
    with here.store.read() as session:
        imported = areas.find(session, DEMO_AREA) is not None
    with _Bar() as bar:
        if not imported:
            import_area(here, DEMO_AREA, read_osm(SAMPLE, bar), title=DEMO_TITLE, progress=bar)
        filled = fill_demo(here, DEMO_AREA, DEMO_SCHOOL, bar)
    _print_demo(settings, filled)
    uvicorn.run(create_app(settings), host=host, port=port, log_config=None, server_header=False)


@app.command()
def serve(host: str = "127.0.0.1", port: int = 8000) -> None:
    """Start the site on the data that is there.

    Example: barometer serve --host 0.0.0.0 --port 8000
    """
    _require_free(host, port)
    settings = Settings()
    typer.echo(f"Bicycle Barometer on {settings.base_url} (listening on {host}:{port})")
    uvicorn.run(create_app(settings), host=host, port=port, log_config=None, server_header=False)


@app.command()
def work() -> None:
    """Do what waits in the queue, then stop; `serve` does the same beside its requests.

    Example: barometer work
    """
    worker = Worker(_open())
    done = 0
    while worker.run_one():
        done += 1
    typer.echo(f"{done} jobs done")


@area_app.command("import")
def import_(
    name: str,
    *,
    osm: Annotated[Path | None, typer.Option(help="An .osm, .osm.bz2 or .osm.pbf file.")] = None,
    place: Annotated[str | None, typer.Option(help="A place name, asked of Overpass.")] = None,
    bbox: Annotated[str | None, typer.Option(help="W,S,E,N in degrees, from Overpass.")] = None,
    title: Annotated[str, typer.Option(help="What people call the area.")] = "",
) -> None:
    """Import an area from OpenStreetMap; the old version serves until the new one is complete.

    Example: barometer area import neubrandenburg --osm data/samples/neubrandenburg.osm.pbf
    """
    if sum(source is not None for source in (osm, place, bbox)) != 1:
        raise typer.BadParameter("expected exactly one of --osm, --place and --bbox")
    check_area_name(name)
    here = _open()
    with _Bar() as bar:
        if osm is not None:
            data = read_osm(osm, bar)
        else:
            data = fetch_osm(place=place, bbox=_bbox(bbox) if bbox else None, progress=bar)
        import_area(here, name, data, title=title or place or name, progress=bar)
    typer.echo(f"{name} is ready")


@area_app.command("list")
def list_areas() -> None:
    """List the areas with their schools.

    Example: barometer area list
    """
    with _open().store.read() as session:
        for area in areas.all_areas(session):
            typer.echo(f"{area.id}\t{area.title}\tversion {area.version}\tOSM {area.osm_date}")
            for school in areas.schools_of(session, area.id):
                typer.echo(f"  school {school.id}\t{school.name}")


@user_app.command("add")
def add(
    email: str,
    *,
    role: Annotated[str, typer.Option(help="teacher, police or admin.")],
    area: Annotated[str | None, typer.Option(help="The area of police.")] = None,
    school: Annotated[int | None, typer.Option(help="The number of a teacher's school.")] = None,
) -> None:
    """Make a staff account; the password is asked for, or read from a pipe.

    Example: barometer user add police@town.example --role police --area neubrandenburg
    """
    here = _open()
    if sys.stdin.isatty():
        password = getpass.getpass("Password (at least 12 letters): ")
        if getpass.getpass("Again: ") != password:
            _stop("barometer: the two passwords differ", REFUSED)
    else:
        password = sys.stdin.readline().rstrip("\n")
    with here.store.write() as session:
        of: Area | School | None = areas.find_school(session, school) if school else None
        if of is None and area:
            of = require_area(session, area)
        user = add_user(session, email, password, role, of)
    typer.echo(f"{user.role} {user.email} can sign in")


@app.command()
def report(
    school: str,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the PDF goes.")],
    language: str = "en",
) -> None:
    """Print the safety report of a school, named by its number or its name.

    Example: barometer report "Albert-Einstein-Gymnasium" -o report.pdf
    """
    here = _open()
    with here.store.read() as session:
        found = _find_school(session, school)
        release = require_release(session, found.area_id)
        area = here.library.get(require_area(session, found.area_id))
        pdf = print_report(release, found, cases(session, found.area_id), area, language)
    _write(output, pdf)


@app.command()
def hotspots(
    area: str,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="A .gpkg, .geojson or .csv file.")],
) -> None:
    """Write the newest release of an area as a file for other programs.

    Example: barometer hotspots neubrandenburg -o hotspots.gpkg
    """
    here = _open()
    with here.store.read() as session:
        release = require_release(session, require_area(session, area).id)
        loaded = here.library.get(require_area(session, area))
    match output.suffix:
        case ".gpkg":
            content = hotspots_geopackage(release, loaded)
        case ".geojson":
            content = hotspots_geojson(release, loaded)
        case ".csv":
            content = hotspots_csv(release)
        case other:
            raise typer.BadParameter(f"expected .gpkg, .geojson or .csv, got {other or 'nothing'}")
    _write(output, content)


@db_app.command()
def upgrade() -> None:
    """Bring the database to this version's shape, keeping what is in it.

    Example: barometer db upgrade
    """
    revision = migrate.upgrade(open_store(Settings().store_url))
    typer.echo(f"database at revision {revision}")


class _Bar:
    """A progress bar that starts anew with every stage."""

    def __init__(self) -> None:
        self._bar: tqdm[NoReturn] | None = None
        self._stage = ""

    def __enter__(self) -> Progress:
        return self._show

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def _show(self, stage: str, share: float) -> None:
        if stage != self._stage or self._bar is None:
            self.__exit__()
            self._stage = stage
            form = "{desc:<28} {percentage:3.0f} %|{bar:30}| {elapsed}"
            self._bar = tqdm(total=100, desc=stage, bar_format=form, file=sys.stderr)
        self._bar.update(100 * share - self._bar.n)


def _open() -> Installation:
    here = open_installation(Settings())
    migrate.upgrade(here.store)
    return here


def _find_school(session: Session, text: str) -> School:
    found = [
        school
        for area in areas.all_areas(session)
        for school in areas.schools_of(session, area.id)
        if text in (str(school.id), school.name)
    ]
    if not found:
        raise NotFoundError(f"no school {text!r}: `barometer area list` names them")
    if len(found) > 1:
        numbers = ", ".join(str(school.id) for school in found)
        raise NotFoundError(f"{len(found)} schools are called {text!r}: use a number of {numbers}")
    return found[0]


def _bbox(text: str) -> BBox:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise typer.BadParameter(f"expected W,S,E,N in degrees, got {text!r}") from None
    return BBox(west=west, south=south, east=east, north=north)


def _write(path: Path, content: bytes) -> None:
    # Beside and then renamed: a reader never sees half a file.
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        _stop(f"barometer: {path} cannot be written: {error.strerror}", REFUSED)
    typer.echo(f"{path}: {len(content) / 1024:.0f} kB")


def _print_demo(settings: Settings, filled: Demo) -> None:
    lines = [
        "",
        f"  Bicycle Barometer demo: {settings.base_url}",
        f"  School      {filled.school} (simulated students, a real town)",
        f"  Class code  {show_code(filled.code)}",
        *(f"  {one.role.capitalize():<11} {one.email}  {one.password}" for one in filled.accounts),
        "  Stop with Ctrl-C; everything is kept in the data folder.",
        "",
    ]
    typer.echo("\n".join(lines))


def _require_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        # As the server does it: an address in its last seconds after a stop counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            message = f"{host}:{port} cannot be used ({error.strerror}): try another --port"
            _stop(f"barometer: {message}", REFUSED)


def _shown(host: str) -> str:
    return "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104 - compared, not bound


def _stop(message: str, code: int) -> NoReturn:
    typer.echo(message, err=True)
    raise SystemExit(code)


if __name__ == "__main__":
    main()
