"""`barometer user …`: staff accounts."""

import getpass
import sys
from typing import Annotated

import typer

from api.errors import NotFoundError
from api.services.accounts import add_user
from api.services.areas import require_area
from api.services.bodies import require_body
from api.services.second_factor import reset_factor
from api.store import areas, users
from api.store.authorities import Body
from api.store.engine import Session
from api.store.models import Area, School

from .terminal import REFUSED, USAGE, here, stop

app = typer.Typer(no_args_is_help=True, help="Staff accounts.")


@app.command("add")
def add(
    email: str,
    *,
    role: Annotated[str, typer.Option(help="teacher, police, officer or admin.")],
    area: Annotated[str | None, typer.Option(help="The area of police.")] = None,
    school: Annotated[int | None, typer.Option(help="The number of a teacher's school.")] = None,
    body: Annotated[int | None, typer.Option(help="The number of the body.")] = None,
) -> None:
    """Make a staff account; the password is asked for, or read from a pipe.

    Police are of a police body, or of all of an area; officers are of any other body.

    Example: barometer user add police@town.example --role police --area neubrandenburg
    """
    installation = here()
    password = _password()
    with installation.store.write() as session:
        user = add_user(
            session, email, password, role, _of(session, area=area, school=school, body=body)
        )
    typer.echo(f"{user.role} {user.email} can sign in")


@app.command("reset-factor")
def reset(email: str) -> None:
    """Take an account's second factor away and sign it out: its phone is lost.

    Example: barometer user reset-factor police@town.example
    """
    with here().store.write() as session:
        user = users.by_email(session, email)
        if user is None:
            raise NotFoundError(f"no account for {email}")
        reset_factor(session, user.id, by=None)
    typer.echo(f"{user.email} signs in with its password and can set up a new second factor")


def _of(
    session: Session, *, area: str | None, school: int | None, body: int | None
) -> Area | School | Body | None:
    if sum(one is not None for one in (area, school, body)) > 1:
        stop("expected one of --area, --school and --body", USAGE)
    if body is not None:
        return require_body(session, body)
    if school is not None:
        return areas.find_school(session, school)
    return require_area(session, area) if area else None


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password (at least 12 letters): ")
    if getpass.getpass("Again: ") != password:
        stop("the two passwords differ", REFUSED)
    return password
