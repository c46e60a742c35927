"""Mails in files: sent once, tried again if surely not taken, and never again if nobody knows."""

import os
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from api.services.outbox import Delivered, deliver, put_draft, settle_drafts
from api.settings import Settings
from tests.api.mail_server import REFUSALS, MailServer, mail_server

DAYS = 24 * 3600
PATIENCE_S = 0.3


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as opened:
        yield opened


@pytest.fixture
def settings(tmp_path: Path, server: MailServer) -> Settings:
    return Settings(
        data_dir=tmp_path, smtp_host="127.0.0.1", smtp_port=server.port, smtp_starttls=False,
        mail_from="Barometer <barometer@town.example>",
    )  # fmt: skip


def put(settings: Settings, *names: str) -> None:
    for name in names:
        mail = EmailMessage()
        mail["From"], mail["To"] = settings.mail_from, f"{name}@town.example"
        mail["Subject"] = "Nachrichten aus Köln"
        mail.set_content("Zürich\n.\n.. and on", cte="8bit")
        put_draft(settings, name, mail)
    settle_drafts(settings, set(names).__contains__)


def left(settings: Settings) -> list[str]:
    return sorted(path.name for path in settings.outbox.iterdir())


def test_a_mail_arrives_as_it_was_written_and_its_file_goes(
    settings: Settings, server: MailServer
) -> None:
    put(settings, "a", "b")
    assert {path.stat().st_mode & 0o077 for path in settings.outbox.iterdir()} == {0}

    assert deliver(settings) == Delivered(sent=2)

    assert [mail["To"] for mail in server.mails] == ["a@town.example", "b@town.example"]
    assert server.mails[0].get_content().splitlines() == ["Zürich", ".", ".. and on"]
    assert server.mails[0]["Subject"] == "Nachrichten aus Köln"
    assert left(settings) == []


def test_without_a_mail_server_mails_stay_in_their_files(settings: Settings) -> None:
    nowhere = settings.model_copy(update={"smtp_host": ""})
    put(nowhere, "a")
    os.utime(settings.outbox / "a.eml", (0, 0))

    assert deliver(nowhere) == Delivered(waiting=1)
    assert left(nowhere) == ["a.eml"]


@pytest.mark.parametrize("step", REFUSALS)
def test_what_was_refused_is_tried_again_and_arrives_once(
    settings: Settings, server: MailServer, step: str, caplog: pytest.LogCaptureFixture
) -> None:
    put(settings, "a", "b")
    server.refuse = step

    assert deliver(settings, PATIENCE_S) == Delivered(waiting=2)
    assert left(settings) == ["a.eml", "b.eml"]
    assert server.mails == []
    assert "a@town.example" not in caplog.text

    server.refuse = ""
    assert deliver(settings) == Delivered(sent=2)
    assert len(server.mails) == 2


@pytest.mark.parametrize("step", ["greeting", "MAIL", "DATA"])
def test_a_server_that_falls_silent_before_it_has_a_mail_is_asked_again(
    settings: Settings, server: MailServer, step: str
) -> None:
    put(settings, "a")
    server.hang = step

    assert deliver(settings, PATIENCE_S) == Delivered(waiting=1)
    server.hang = ""
    assert deliver(settings) == Delivered(sent=1)
    assert len(server.mails) == 1


def test_a_mail_that_may_have_been_taken_is_never_sent_again(
    settings: Settings, server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    put(settings, "a", "b")
    server.hang = "content"

    assert deliver(settings, PATIENCE_S) == Delivered(waiting=1, lost=1)
    server.hang = ""
    assert deliver(settings) == Delivered(sent=1)

    assert [mail["To"] for mail in server.mails] == ["a@town.example", "b@town.example"]
    assert left(settings) == ["a.unclear"]
    assert "a is not sent again" in caplog.text


def test_nobody_listening_is_no_loss(settings: Settings) -> None:
    put(settings, "a")

    assert deliver(settings.model_copy(update={"smtp_port": 1})) == Delivered(waiting=1)
    assert left(settings) == ["a.eml"]


def test_nothing_is_sent_in_the_clear_where_encryption_is_asked_for(
    settings: Settings, server: MailServer
) -> None:
    put(settings, "a")

    delivered = deliver(settings.model_copy(update={"smtp_starttls": True}))

    assert delivered == Delivered(waiting=1)
    assert server.mails == []


def test_a_crash_is_cleared_up(
    settings: Settings, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(settings, "sending", "old", "new")
    (settings.outbox / "sending.eml").rename(settings.outbox / "sending.sending")
    put_draft(settings, "not meant", EmailMessage())
    settle_drafts(settings, {"meant"}.__contains__)
    long_ago = time.time() - 6 * DAYS
    os.utime(settings.outbox / "old.eml", (long_ago, long_ago))
    server.refuse = "greeting"

    deliver(settings)
    # It may be that another process is sending it just now.
    assert left(settings) == ["new.eml", "old.failed", "sending.sending"]

    later = time.time() + 2 * 3600
    monkeypatch.setattr(time, "time", lambda: later)
    deliver(settings)
    assert left(settings) == ["new.eml", "old.failed", "sending.unclear"]


def test_the_password_comes_from_its_file(settings: Settings, tmp_path: Path) -> None:
    put(settings, "a")
    (tmp_path / "password").write_text("secret\n")
    with_password = settings.model_copy(
        update={"smtp_user": "barometer", "smtp_password_file": tmp_path / "password"}
    )
    # This server knows no passwords: who was to give one does not send without.
    assert deliver(with_password) == Delivered(waiting=1)
