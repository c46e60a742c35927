"""Digests: who is to get one today, what it says, and that nobody gets it twice."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.utils import formatdate

from api.settings import Settings
from api.store import audit, digests, jobs
from api.store.engine import Session
from api.store.models import User
from web.digests import AreaNews, Mail, digest_mail

from .account_news import account_news
from .campaigns import today
from .installation import Installation
from .outbox import Delivered, deliver, is_waiting, put_draft, settle_drafts

EVERY = {"daily": timedelta(days=1), "weekly": timedelta(days=7)}


@dataclass(frozen=True)
class Digest:
    """What one account is to be told today."""

    user_id: int
    email: str
    language: str
    digest_on: date | None
    """When the account had got one last, as it was when this one was made."""
    news: list[AreaNews]

    def mail(self, site: str) -> Mail:
        """Return it as a mail; links begin with `site`."""
        return digest_mail(self.news, language=self.language, site=site)


@dataclass(frozen=True)
class Sent:
    """What a round of digests has done."""

    written: int
    delivered: Delivered

    def __str__(self) -> str:
        """Return it in one line."""
        done = self.delivered
        return (
            f"{self.written} digests written, {done.sent} mails sent, {done.waiting} waiting, "
            f"{done.lost} unclear"
        )


def send_digests(here: Installation) -> Sent:
    """Write the digests that are due today, and give the mail server all that waits.

    Each lies in the outbox before its account is marked, and becomes a mail only if that mark
    was committed: a crash in between leaves a draft that is dropped or sent, never both.
    """
    _settle(here)
    written = sum(_keep(here, one, today()) for one in due_digests(here))
    _settle(here)
    return Sent(written, deliver(here.settings))


def queue_digests(here: Installation) -> None:
    """Queue the digests of a day that has none yet, or mails that no mail server took so far."""
    day = today().isoformat()
    with here.store.read() as session:
        is_done = jobs.latest(session, jobs.DIGEST, day) is not None
    if not is_done or is_waiting(here.settings):
        with here.store.write() as session:
            jobs.enqueue(session, jobs.DIGEST, day, datetime.now(UTC))


def due_digests(here: Installation) -> Iterator[Digest]:
    """Yield the digests that are due today and have something to say; nothing is kept."""
    with here.store.read() as session:
        accounts = [user.id for user in digests.accounts(session) if _is_due(session, user)]
    for user_id in accounts:
        with here.store.read() as session:
            user = session.get(User, user_id)
            news = account_news(here, session, user, today()) if user else []
        if user is not None and news:
            yield Digest(user.id, user.email, user.language, user.digest_on, news)


def _is_due(session: Session, user: User) -> bool:
    """Return whether it is time; who stands in for others gets mails as often as they would."""
    day = today()
    wishes = {user.digest, *(one.digest for one in digests.absent(session, user.id, day))}
    every = min((EVERY[wish] for wish in wishes & EVERY.keys()), default=None)
    if every is None:
        return False
    return user.digest_on is None or user.digest_on <= day - every


def _keep(here: Installation, digest: Digest, day: date) -> bool:
    """Keep a digest and mark its account in one transaction, unless another process has."""
    name = _name(digest.user_id, day)
    message = _message(here.settings, digest, name)
    with here.store.write() as session:
        user = digests.find_account(session, digest.user_id)
        if user is None or user.digest_on != digest.digest_on:
            return False
        put_draft(here.settings, name, message)
        user.digest_on = day
        for one in digest.news:
            number = one.release.number if one.release else 0
            audit.record(session, user.id, "digest", f"area {one.area_id}", release=number)
    return True


def _settle(here: Installation) -> None:
    # Writing, to wait for another process that has written a draft and not committed yet.
    with here.store.write() as session:
        settle_drafts(here.settings, lambda name: _is_marked(session, name))


def _is_marked(session: Session, name: str) -> bool:
    user = digests.find_account(session, int(name.rpartition("-")[2]))
    return (
        user is not None and user.digest_on is not None and name == _name(user.id, user.digest_on)
    )


def _name(user_id: int, day: date) -> str:
    return f"digest-{day.isoformat()}-{user_id}"


def _message(settings: Settings, digest: Digest, name: str) -> EmailMessage:
    mail = digest.mail(settings.base_url)
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = digest.email
    message["Subject"] = mail.subject
    message["Date"] = formatdate(usegmt=True)
    # The same for the same digest: a mailbox that got it twice all the same shows it once.
    message["Message-ID"] = f"<{name}@{settings.site}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    return message
