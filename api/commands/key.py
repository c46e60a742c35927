"""`barometer key …`: keys with which programs of a body read what its members may."""

from typing import Annotated

import typer

from api.services.api_keys import add_key, revoke_key
from api.services.bodies import require_body
from api.store import bodies

from .terminal import here

app = typer.Typer(no_args_is_help=True, help="Keys of programs.")


@app.command("add")
def add(
    name: str,
    *,
    body: Annotated[int, typer.Option(help="The number of the body.")],
    write: Annotated[bool, typer.Option("--write", help="It may change cases, too.")] = False,
) -> None:
    """Make a key and show it once: only its hash is stored.

    Example: barometer key add "Ticket system" --body 1 --write
    """
    with here().store.write() as session:
        key, secret = add_key(session, require_body(session, body), name, may_write=write, by=None)
    typer.echo(f"key {key.id} of body {body}, shown this once:\n{secret}")


@app.command("list")
def list_keys(
    body: Annotated[int, typer.Option(help="The number of the body.")],
) -> None:
    """List the keys of a body, without what they are.

    Example: barometer key list --body 1
    """
    with here().store.read() as session:
        for key in bodies.keys_of(session, require_body(session, body).id):
            typer.echo(
                f"{key.id:>4}  {key.name:<30} {'writes' if key.may_write else 'reads':<7} "
                f"{'revoked' if key.revoked_at else 'works':<8} used {key.used_on or 'never'}"
            )


@app.command("revoke")
def revoke(key: int) -> None:
    """Make a key useless at once.

    Example: barometer key revoke 3
    """
    with here().store.write() as session:
        revoke_key(session, key, of=None, by=None)
    typer.echo(f"key {key} is revoked")
