"""`barometer body …`: the authorities of an area and their territories."""

from pathlib import Path
from typing import Annotated

import typer

from api.services.areas import require_area
from api.services.bodies import ASSIGNABLE, KINDS, BodyForm, add_body, covers_area
from api.store import bodies
from geo.territories import read_territory

from .terminal import USAGE, here, stop

app = typer.Typer(no_args_is_help=True, help="Authorities: police, municipalities, provinces.")


@app.command("add")
def add(  # noqa: PLR0913 - options of a command
    name: str,
    *,
    area: Annotated[str, typer.Option(help="The area it lies in.")],
    kind: Annotated[str, typer.Option(help=f"{', '.join(KINDS[:-1])} or {KINDS[-1]}.")],
    territory: Annotated[
        Path | None, typer.Option(help="GeoJSON of its polygon.", exists=True, dir_okay=False)
    ] = None,
    whole_area: Annotated[bool, typer.Option("--whole-area", help="All of the area.")] = False,
    causes: Annotated[
        str, typer.Option(help=f"What it answers for, of {', '.join(ASSIGNABLE)}.")
    ] = "",
    answer_days: Annotated[int, typer.Option(help="Days to the first answer.")] = 30,
) -> None:
    """Make a body; its members see and change nothing outside of its territory.

    Example: barometer body add "Town hall" --area neubrandenburg --kind municipality
    --territory border.geojson --causes engineering,maintenance
    """
    if (territory is None) != whole_area:
        stop("expected either --territory or --whole-area", USAGE)
    polygon = read_territory(territory.read_bytes()) if territory else None
    named = tuple(one.strip() for one in causes.split(",") if one.strip())
    with here().store.write() as session:
        body = add_body(session, area, kind, BodyForm(name, named, answer_days, polygon), by=None)
    typer.echo(f"body {body.id}: {body.name}, {body.kind} in {area}")


@app.command("list")
def list_bodies() -> None:
    """List the bodies with their numbers.

    Example: barometer body list
    """
    with here().store.read() as session:
        for body in bodies.all_bodies(session):
            whole = covers_area(body, require_area(session, body.area_id))
            typer.echo(
                f"{body.id:>4}  {body.area_id:<20} {body.kind:<13} {body.name:<30} "
                f"{'whole area' if whole else 'part':<11} {', '.join(body.causes) or 'no cause'}"
            )
