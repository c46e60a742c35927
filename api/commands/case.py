"""`barometer case …`: the cases of an area and their history, for whoever runs the program."""

from typing import Annotated

import typer

from api.errors import NotFoundError
from api.services.areas import require_area
from api.services.campaigns import today
from api.services.case_states import OPEN
from api.services.tables import is_overdue
from api.store import cases
from api.store.authorities import Case
from web.case_words import actor_words, event_words

from .terminal import here

app = typer.Typer(no_args_is_help=True, help="What authorities do about hotspots.")


@app.command("list")
def list_cases(
    area: str,
    *,
    every: Annotated[bool, typer.Option("--all", help="Also those that are closed.")] = False,
) -> None:
    """List the open cases of an area: number, state, due day, owner, cause, places.

    Example: barometer case list mytown --all
    """
    with here().store.read() as session:
        for case in cases.of_area(session, require_area(session, area).id):
            if every or case.state in OPEN:
                typer.echo(_line(case))


@app.command("show")
def show(number: int) -> None:
    """Show a case with its measures and all that happened, and check that nobody rewrote it.

    Example: barometer case show 12
    """
    with here().store.read() as session:
        case = cases.find(session, number)
        if case is None:
            raise NotFoundError(f"no case {number}")
        events = cases.history(session, number)
        typer.echo(_line(case))
        if case.answer:
            typer.echo(f"answer\t{case.answer}")
        for one in cases.measures_of(session, [number]):
            day = f"done {one.done_on}" if one.done_on else f"planned {one.planned_on or '–'}"
            typer.echo(f"measure\t{one.what}\t{one.kind}\t{day}")
        for event in events:
            said = " ".join(event_words(event.kind, event.details, "en", str))
            typer.echo(f"{event.at:%Y-%m-%d %H:%M}\t{actor_words(event.by, str)}\t{said}")
    broken = cases.first_broken_event(events)
    if broken is not None:
        typer.echo(f"step {broken} of the history was changed from outside", err=True)
        raise typer.Exit(1)


def _line(case: Case) -> str:
    due = case.due_on.isoformat() if case.due_on else "–"
    late = " overdue" if is_overdue(case, today()) else ""
    return "\t".join(
        (str(case.id), case.state, due + late, case.owner or "–", case.cause, " ".join(case.places))
    )
