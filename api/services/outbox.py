"""The mails that wait in files: written with what they belong to, sent once, tried again for days.

A mail is a `.draft` until the transaction that it belongs to is committed, then an `.eml`, and
`.sending` while the server has it. So whatever is cut off in between, by a crash too, is known
afterwards: a draft was meant or not, a mail was sent or waits. What nobody can know, whether a
server that fell silent had taken a mail, ends as `.unclear` and is not sent again.
"""

import logging
import os
import smtplib
import time
from collections.abc import Callable
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

from api.errors import MailDelayedError, MailUnclearError
from api.settings import Settings

from .send_mail import PATIENCE_S, mail_server, send_mail

logger = logging.getLogger(__name__)

GIVE_UP_S = 5 * 24 * 3600
"""As mail servers do it: whoever could not be reached for five days will not be today."""
ABANDONED_S = 3600
"""Nobody talks to a mail server for that long: whoever began has crashed."""


@dataclass(frozen=True)
class Delivered:
    """What became of the mails that waited."""

    sent: int = 0
    waiting: int = 0
    lost: int = 0
    """Given up, or nobody knows."""


def put_draft(settings: Settings, name: str, mail: EmailMessage) -> None:
    """Keep a mail that counts once `settle_drafts` finds that it was meant."""
    settings.outbox.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = settings.outbox / f"{name}.draft"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(mail.as_bytes(policy=policy.SMTP))
        file.flush()
        os.fsync(file.fileno())


def settle_drafts(settings: Settings, was_meant: Callable[[str], bool]) -> None:
    """Make mails of the drafts whose transaction was committed, and drop the others."""
    for draft in sorted(settings.outbox.glob("*.draft")):
        if was_meant(draft.stem):
            draft.rename(draft.with_suffix(".eml"))
        else:
            draft.unlink()


def deliver(settings: Settings, patience_s: float = PATIENCE_S) -> Delivered:
    """Send what waits; without a mail server it stays where it is."""
    _set_aside(settings)
    mails = sorted(settings.outbox.glob("*.eml"))
    if not mails or not settings.smtp_host:
        return Delivered(waiting=len(mails))
    sent = lost = 0
    try:
        with mail_server(settings, patience_s) as server:
            for path in mails:
                outcome = _send(server, path)
                sent += outcome == "sent"
                lost += outcome == "unclear"
                if outcome == "unclear":
                    break  # Whatever it was, this conversation is over.
    except MailDelayedError as error:
        logger.warning("mails wait: %s", error)
    return Delivered(sent, len(list(settings.outbox.glob("*.eml"))), lost)


def is_waiting(settings: Settings) -> bool:
    """Return whether there are mails that a mail server could be given."""
    return bool(settings.smtp_host) and any(settings.outbox.glob("*.eml"))


def _send(server: smtplib.SMTP, path: Path) -> Literal["sent", "waiting", "unclear"]:
    sending = path.with_suffix(".sending")
    try:
        path.rename(sending)
    except FileNotFoundError:  # Another process has just taken it.
        return "waiting"
    try:
        send_mail(server, sending.read_bytes())
    except MailDelayedError as error:
        logger.warning("%s waits: %s", path.stem, error)
        sending.rename(path)
        return "waiting"
    except MailUnclearError as error:
        logger.warning("%s is not sent again: %s", path.stem, error)
        sending.rename(path.with_suffix(".unclear"))
        return "unclear"
    sending.unlink()
    return "sent"


def _set_aside(settings: Settings) -> None:
    """Put away what a crash left half sent, and what nobody took for days."""
    now = time.time()
    for path in settings.outbox.glob("*.sending"):
        if now - path.stat().st_ctime > ABANDONED_S:
            path.rename(path.with_suffix(".unclear"))
    if settings.smtp_host:
        for path in settings.outbox.glob("*.eml"):
            if now - path.stat().st_mtime > GIVE_UP_S:
                logger.warning("%s is given up: no mail server took it", path.stem)
                path.rename(path.with_suffix(".failed"))
