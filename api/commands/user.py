"""`barometer user …`: staff accounts."""

import getpass
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from api.services.accounts import add_user
from api.services.areas import require_area
from api.store import areas

from .terminal import REFUSED, here, stop

if TYPE_CHECKING:
    from api.store.models import Area, School

app = typer.Typer(no_args_is_help=True, help="Staff accounts.")


@app.command("add")
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
    installation = here()
    password = _password()
    with installation.store.write() as session:
        of: Area | School | None = areas.find_school(session, school) if school else None
        if of is None and area:
            of = require_area(session, area)
        user = add_user(session, email, password, role, of)
    typer.echo(f"{user.role} {user.email} can sign in")


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password (at least 12 letters): ")
    if getpass.getpass("Again: ") != password:
        stop("the two passwords differ", REFUSED)
    return password
