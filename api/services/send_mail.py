"""Hand mails to the mail server, knowing of each whether it was taken, refused or neither."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.utils import parseaddr

from api.errors import MailDelayedError, MailUnclearError
from api.settings import Settings

PATIENCE_S = 20
_STARTS = re.compile(rb"^\.", re.MULTILINE)
_GO_ON, _TAKEN = 354, 250
_FAILURES = (OSError, smtplib.SMTPException, UnicodeError)


@contextmanager
def mail_server(settings: Settings, patience_s: float = PATIENCE_S) -> Iterator[smtplib.SMTP]:
    """Open a conversation with the mail server.

    Raises
    ------
    MailDelayedError
        If it cannot be reached, offers no encryption that is asked for, or refuses the password.
    """
    try:
        server = smtplib.SMTP(
            settings.smtp_host, settings.smtp_port, settings.site, timeout=patience_s
        )
    except _FAILURES as error:
        raise MailDelayedError(f"the mail server cannot be reached ({_told(error)})") from error
    try:
        _sign_in(server, settings)
        yield server
    finally:
        server.close()


def send_mail(server: smtplib.SMTP, content: bytes) -> None:
    """Hand one mail to the server.

    Raises
    ------
    MailDelayedError
        If the server has surely not taken it.
    MailUnclearError
        If it had the whole mail and did not answer: to send it again could deliver it twice.
    """
    mail = message_from_bytes(content, policy=policy.SMTP)
    try:
        server.rset()
        _must(server.mail(parseaddr(mail["From"])[1]), _TAKEN)
        _must(server.rcpt(parseaddr(mail["To"])[1]), _TAKEN)
        _must(server.docmd("DATA"), _GO_ON)
    except _FAILURES as error:
        raise MailDelayedError(f"the mail server refused a mail ({_told(error)})") from error
    try:
        server.send(_STARTS.sub(b"..", content) + b".\r\n")
        answer = server.getreply()
    except _FAILURES as error:
        raise MailUnclearError(f"the mail server fell silent ({_told(error)})") from error
    try:
        _must(answer, _TAKEN)
    except smtplib.SMTPResponseException as error:
        raise MailDelayedError(f"the mail server refused a mail ({_told(error)})") from error


def _sign_in(server: smtplib.SMTP, settings: Settings) -> None:
    try:
        if settings.smtp_starttls:
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_user and settings.smtp_password_file:
            password = settings.smtp_password_file.read_text(encoding="utf-8").strip()
            server.login(settings.smtp_user, password)
        else:
            server.ehlo_or_helo_if_needed()
    except _FAILURES as error:
        raise MailDelayedError(f"the mail server refused us ({_told(error)})") from error


def _must(answer: tuple[int, bytes], code: int) -> None:
    if answer[0] != code:
        raise smtplib.SMTPResponseException(*answer)


def _told(error: Exception) -> str:
    # The answer of a server may name the receiver, which is nothing for a log.
    code = getattr(error, "smtp_code", None)
    return f"it answered {code}" if code else type(error).__name__
