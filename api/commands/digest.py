"""`barometer digest`: tell every account by mail what is new for it."""

from typing import Annotated

import typer

from api.services.send_digests import due_digests, send_digests

from .terminal import REFUSED, here, stop


def digest(
    *, dry_run: Annotated[bool, typer.Option(help="Show the mails; send and mark nothing.")] = False
) -> None:
    """Write the digests that are due today and send what waits; the server does it once a day.

    Example: barometer digest --dry-run
    """
    installation = here()
    if dry_run:
        found = list(due_digests(installation))
        for one in found:
            mail = one.mail(installation.settings.base_url)
            typer.echo(f"To: {one.email}\nSubject: {mail.subject}\n\n{mail.text}")
        typer.echo(f"{len(found)} digests are due; nothing was sent")
        return
    sent = send_digests(installation)
    typer.echo(sent)
    if installation.settings.smtp_host and sent.delivered.waiting + sent.delivered.lost:
        stop("not every mail was taken: the log says why", REFUSED)
