"""`barometer open …`: publish editions of open data, list them, check them."""

from pathlib import Path
from typing import Annotated

import typer

from api.services.areas import load_area, require_area
from api.services.check_edition import Checked, check_edition
from api.services.edition_origin import Origin, find_origin, folder_of
from api.services.installation import Installation
from api.services.make_edition import make_edition
from api.store import areas, editions

from .terminal import REFUSED, here

app = typer.Typer(no_args_is_help=True, help="Open data: publish, list and check editions.")

MOST_PROBLEMS = 20


@app.command("publish")
def publish(
    area: str,
    *,
    period: Annotated[
        str | None,
        typer.Option(help="A school year, as 2026-2027; else that of the newest release."),
    ] = None,
) -> None:
    """Publish the newest release of an area as open data: checked, licensed, and for good.

    Example: barometer open publish neubrandenburg --period 2026-2027
    """
    installation = here()
    edition = make_edition(installation, area, period)
    typer.echo(f"{folder_of(installation.settings, edition)}")
    for name, about in sorted(edition.files.items()):
        typer.echo(f"  {about['sha256'][:16]}…  {about['bytes']:>10}  {name}")


@app.command("list")
def list_editions() -> None:
    """List the editions of every area, newest first.

    Example: barometer open list
    """
    installation = here()
    with installation.store.read() as session:
        for area in areas.all_areas(session):
            newest: dict[str, int] = {}
            for one in editions.of_area(session, area.id):
                newer = newest.setdefault(one.period, one.release)
                note = "" if newer == one.release else f"\tsuperseded by {one.period}-{newer}"
                typer.echo(
                    f"{area.id}\t{one.period}-{one.release}\t{one.made_on}"
                    f"\t{one.content_hash[:16]}{note}"
                )


@app.command("check")
def check(
    folders: Annotated[list[Path], typer.Argument(help="Folders, or files in them.")],
) -> None:
    """Check editions by their files: whole, alike, and within every rule of what is public.

    An edition of this installation is also compared with its release and with those before it;
    of one that was downloaded only what its files say can be checked.

    Example: barometer open check data/exports/neubrandenburg/2026-2027-1
    """
    installation = here()
    broken = False
    for folder in dict.fromkeys(path if path.is_dir() else path.parent for path in folders):
        found = check_edition(folder, _origin(installation, folder.resolve()))
        _tell(folder, found)
        broken = broken or bool(found.problems)
    if broken:
        raise typer.Exit(REFUSED)


def _origin(installation: Installation, folder: Path) -> Origin | None:
    """Return what an edition of this installation was made from, None of one from elsewhere."""
    settings = installation.settings
    with installation.store.read() as session:
        for area in areas.all_areas(session):
            for one in editions.of_area(session, area.id):
                if folder_of(settings, one).resolve() == folder:
                    loaded = load_area(settings, require_area(session, area.id))
                    return find_origin(settings, session, loaded, one.release)
    return None


def _tell(folder: Path, found: Checked) -> None:
    typer.echo(f"{folder}: {found.rows} places, checked {', '.join(found.rules)}")
    for problem in found.problems[:MOST_PROBLEMS]:
        typer.echo(f"  {problem}", err=True)
    left = len(found.problems) - MOST_PROBLEMS
    if left > 0:
        typer.echo(f"  and {left} more", err=True)
    typer.echo(f"  {len(found.problems)} problems" if found.problems else "  in order")
