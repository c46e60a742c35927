"""The command line: the same services as the pages, for whoever runs the program."""

import socket
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from api.app import create_app
from api.auth import show_code
from api.commands import (
    area,
    body,
    case,
    crashes,
    digest,
    key,
    matching,
    measure,
    open_data,
    release,
    user,
)
from api.commands.terminal import INTERRUPTED, REFUSED, Bar, here, leave, stop
from api.errors import BarometerError
from api.logs import configure_logs
from api.services.fill_demo import Demo, fill_demo
from api.services.import_area import import_area
from api.services.installation import open_installation
from api.settings import Settings
from api.store import areas, migrate
from api.store.engine import open_store
from api.worker import Worker
from geo.errors import GeoError
from geo.osm import read_osm
from web.tiles import TilingError

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
db_app = typer.Typer(no_args_is_help=True, help="The database.")
app.add_typer(area.app, name="area")
app.add_typer(body.app, name="body")
app.add_typer(user.app, name="user")
app.add_typer(key.app, name="key")
app.add_typer(case.app, name="case")
app.add_typer(crashes.app, name="crashes")
app.add_typer(measure.app, name="measure")
app.add_typer(open_data.app, name="open")
app.add_typer(db_app, name="db")
app.command()(digest.digest)
app.command()(matching.match)
app.command()(release.report)
app.command()(release.hotspots)

DEMO_AREA, DEMO_TITLE = "neubrandenburg", "Neubrandenburg"
DEMO_SCHOOL = "Albert-Einstein-Gymnasium"
SAMPLE = Path("data/samples/neubrandenburg.osm.pbf")


def main() -> None:
    """Run a command: exit code 0 done, 1 refused, 2 wrong usage, 130 interrupted."""
    try:
        app()
    except (BarometerError, GeoError, TilingError) as error:
        stop(str(error), REFUSED)
    except KeyboardInterrupt:
        stop("interrupted; nothing half-finished is kept", INTERRUPTED)
    finally:
        leave()


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
    installation = open_installation(settings)
    migrate.upgrade(installation.store)
    with installation.store.read() as session:
        imported = areas.find(session, DEMO_AREA) is not None
    with Bar() as bar:
        if not imported:
            data = read_osm(SAMPLE, bar)
            import_area(installation, DEMO_AREA, data, title=DEMO_TITLE, progress=bar)
        filled = fill_demo(installation, DEMO_AREA, DEMO_SCHOOL, bar)
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
    worker = Worker(here())
    done = 0
    while worker.run_one():
        done += 1
    typer.echo(f"{done} jobs done")


@db_app.command()
def upgrade() -> None:
    """Bring the database to this version's shape, keeping what is in it.

    Example: barometer db upgrade
    """
    revision = migrate.upgrade(open_store(Settings().store_url))
    typer.echo(f"database at revision {revision}")


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
            stop(f"{host}:{port} cannot be used ({error.strerror}): try another --port", REFUSED)


def _shown(host: str) -> str:
    return "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104 - compared, not bound


if __name__ == "__main__":
    main()
