"""`barometer measure …`: what was done against danger, so that a release can tell its effect."""

from datetime import datetime
from typing import Annotated

import typer

from api.services.areas import require_area
from api.services.record_measure import NewMeasure, record_measure, remove_measure
from api.store import measures
from api.store.models import Measure

from .terminal import here

app = typer.Typer(no_args_is_help=True, help="What was done against danger, where and when.")


@app.command("add")
def add(
    area: str,
    places: Annotated[list[str], typer.Argument(help="Ids of places, as hotspots list them.")],
    *,
    done: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="The day on which it was done.")
    ],
    what: Annotated[str, typer.Option(help="What was done, in a few words.")],
) -> None:
    """Record what was done at places; the next release compares before and after.

    Example: barometer measure add mytown i0a1b2c3d --done 2026-05-01 --what "crossing with island"
    """
    measure = record_measure(here(), area, None, NewMeasure(what, places, done.date()))
    typer.echo(_line(measure))


@app.command("list")
def list_measures(area: str) -> None:
    """List what was done in an area.

    Example: barometer measure list mytown
    """
    with here().store.read() as session:
        for measure in measures.of_area(session, require_area(session, area).id):
            typer.echo(_line(measure))


@app.command("remove")
def remove(number: int) -> None:
    """Remove a measure that was recorded by mistake; the log keeps what it was.

    Example: barometer measure remove 3
    """
    measure = remove_measure(here(), number, None)
    typer.echo(f"removed: {_line(measure)}")


def _line(measure: Measure) -> str:
    return "\t".join(
        (str(measure.id), measure.done_on.isoformat(), measure.what, " ".join(measure.places))
    )
