"""Digests: each day told once, of nothing that the account may not see, and not without news."""

import gzip
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import select

from api.services import send_digests as sending
from api.services.campaigns import today
from api.services.installation import Installation
from api.services.outbox import settle_drafts
from api.services.publish_area import read_content
from api.services.release_content import canonical
from api.services.send_digests import due_digests, queue_digests, send_digests
from api.settings import Settings
from api.store import releases
from api.store.authorities import Body, Case, CaseEvent, Deputy
from api.store.engine import Store
from api.store.models import Audit, Job, Release, User
from tests.api.mail_server import mail_server
from tests.api.running import Run

AREA = "neubrandenburg"
TOWN, COUNTY = "officer@town.example", "officer@county.example"
TEACHER = "teacher@school.example"


def ago(days: int) -> date:
    return today() - timedelta(days=days)


@pytest.fixture
def template(published: str) -> str:
    return published


@pytest.fixture(autouse=True)
def quiet(store: Store) -> None:
    """Everybody has had a digest yesterday and gets one every day; the release is older."""
    with store.write() as session:
        for user in session.scalars(select(User)):
            user.digest, user.digest_on = "daily", ago(1)
        for release in session.scalars(select(Release)):
            release.day = ago(10)


@pytest.fixture
def change(store: Store) -> Callable[..., None]:
    """Changes fields of an account."""

    def changed(email: str, **fields: object) -> None:
        with store.write() as session:
            user = session.scalars(select(User).where(User.email == email)).one()
            for name, value in fields.items():
                setattr(user, name, value)

    return changed


@pytest.fixture
def case(store: Store) -> Callable[..., int]:
    """Makes a case of a body at the n-th place in its territory, with an event of yesterday."""

    def made(body: str = "Town", number: int = 0, event: str = "", **fields: object) -> int:
        details: Any = fields.pop("details", {})
        with store.write() as session:
            owner = session.scalars(select(Body).where(Body.name == body)).one()
            release = releases.newest_whole(session, AREA)
            assert release is not None
            west, south, east, north = owner.territory.bounds
            inside = [
                row for row in read_content(release)["places"]
                if west <= row["lon"] <= east and south < row["lat"] < north and row["name"]
            ]  # fmt: skip
            place = inside[number]["id"]
            made = Case(area_id=AREA, place_id=place, places=[place], opened_in=1, body=owner)
            for name, value in fields.items():
                setattr(made, name, value)
            session.add(made)
            session.flush()
            if event:
                session.add(
                    CaseEvent(
                        case_id=made.id, at=datetime.combine(ago(1), time(12), UTC), by="",
                        kind=event, details=details, previous_hash="", entry_hash=f"h{made.id}",
                    )
                )  # fmt: skip
            return made.id

    return made


def mails(here: Installation) -> dict[str, EmailMessage]:
    """The mails that wait, by their receivers."""
    found = {}
    for path in here.settings.outbox.glob("*.eml"):
        mail = message_from_bytes(path.read_bytes(), policy=policy.SMTP)
        found[str(mail["To"])] = mail
    return found


def text(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_nothing_to_say_is_no_mail_and_no_mark(here: Installation, store: Store) -> None:
    assert send_digests(here).written == 0

    assert mails(here) == {}
    with store.read() as session:
        assert set(session.scalars(select(User.digest_on))) == {ago(1)}


def test_a_case_is_told_to_its_body_alone_and_each_day_once(
    here: Installation, case: Callable[..., int], store: Store
) -> None:
    overdue = case(number=0, due_on=ago(1))
    soon = case(number=1, due_on=today() + timedelta(days=7), event="opened")
    disputed = case(
        number=2, state="done", closed_on=ago(3), event="students",
        details={"closed_on": ago(3).isoformat(), "answers": 5, "better": 1, "same": 2,
                 "worse": 2},
    )  # fmt: skip

    assert send_digests(here).written == 2

    found = mails(here)
    assert set(found) == {TOWN, "admin@town.example"}
    mail = found[TOWN]
    assert mail["Subject"] == "Bicycle Barometer: news from Neubrandenburg (1 case overdue)"
    for part in ("plain", "html"):
        said = text(mail, part)
        for number in (overdue, soon, disputed):
            assert f"http://testserver/cases/{number}" in said
    said = text(mail)
    order = ["Students say that it is not fixed", "Overdue", "Due in the next", "New for you"]
    assert sorted(order, key=said.index) == order
    assert send_digests(here).written == 0
    with store.read() as session:
        seen = session.scalars(select(Audit).where(Audit.action == "digest")).all()
    assert len(seen) == 2


def test_what_happens_today_is_told_tomorrow(
    here: Installation, case: Callable[..., int], store: Store, change: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    case(event="opened", due_on=today() + timedelta(days=60))
    with store.write() as session:
        later = datetime.combine(today(), time(0, 1), UTC)
        newest = session.scalars(select(Case)).one()
        session.add(
            CaseEvent(case_id=newest.id, at=later, by="", kind="owner", details={"to": "Town"},
                      previous_hash="", entry_hash="today")
        )  # fmt: skip
    assert [one.email for one in due_digests(here)] == [TOWN, "admin@town.example"]
    change(TOWN, digest_on=today())

    monkeypatch.setattr(sending, "today", lambda: ago(-1))

    # The event of yesterday is known from the last digest, that of today is new.
    (one,) = [one for one in due_digests(here) if one.email == TOWN]
    assert len(one.news[0].given) == 1


def test_a_case_handed_over_is_news_to_who_gets_it(
    here: Installation, case: Callable[..., int]
) -> None:
    case("County", event="owner", details={"from": "Town", "to": "County"})

    assert [one.email for one in due_digests(here)] == [COUNTY]


def test_the_same_overdue_case_is_a_reason_for_a_mail_once_a_week(
    here: Installation, case: Callable[..., int], change: Callable[..., None]
) -> None:
    case(due_on=ago(30))
    change("admin@town.example", digest="never")

    for days, due in ((1, []), (6, []), (7, [TOWN])):
        change(TOWN, digest_on=ago(days))
        assert [one.email for one in due_digests(here)] == due


def test_weekly_and_never_are_kept_and_a_deputy_hears_as_often_as_who_is_away(
    here: Installation, case: Callable[..., int], change: Callable[..., None], store: Store
) -> None:
    case(event="opened")
    change("admin@town.example", digest="never")
    change(TOWN, digest="weekly", digest_on=ago(6))
    assert list(due_digests(here)) == []
    change(TOWN, digest_on=ago(7))
    change(COUNTY, digest="never", digest_on=ago(7))
    assert [one.email for one in due_digests(here)] == [TOWN]

    with store.write() as session:
        users = {user.email: user.id for user in session.scalars(select(User))}
        session.add(
            Deputy(user_id=users[TOWN], deputy_id=users[COUNTY], from_day=today(), to_day=today())
        )

    both = list(due_digests(here))
    assert [one.email for one in both] == [TOWN, COUNTY]
    assert both[0].news[0].given == both[1].news[0].given


def test_new_hotspots_are_told_where_they_may_be_seen_without_a_figure(
    here: Installation, store: Store, change: Callable[..., None]
) -> None:
    with store.write() as session:
        release = releases.newest_whole(session, AREA)
        assert release is not None
        content = read_content(release)
        border = session.scalars(select(Body).where(Body.name == "Town")).one().territory.bounds[1]
        content["mode"] = "risk"
        named = [row for row in content["places"] if row["name"]]
        north = next(row for row in named if row["lat"] > border)
        south = next(row for row in named if row["lat"] < border)
        for row in content["places"]:
            row["state"] = "confirmed" if row in (north, south) else "unknown"
            row |= {"participants": 7, "reporters": 7, "ratings": 7}
        north["schools"] = south["schools"] = {}
        text_, release.content_hash = canonical(content)
        release.content = gzip.compress(text_, mtime=0)
        release.day = ago(1)
    change(TOWN, language="de")

    assert send_digests(here).written == 6

    found = mails(here)
    said = text(found[TOWN])
    assert f"/places/{north['id']}" in said
    assert f"/places/{south['id']}" not in said
    assert f"/places/{south['id']}" in text(found[COUNTY])
    police = text(found["police@town.example"])
    assert f"/places/{north['id']}" in police
    assert f"/places/{south['id']}" in police
    # A school is told of its own ways alone, and of its results.
    assert "/places/" not in text(found[TEACHER])
    assert "25 students have taken part" in text(found[TEACHER])
    assert "police@waren.example" not in found


@pytest.mark.parametrize("committed", [True, False])
def test_a_crash_loses_no_digest_and_doubles_none(
    here: Installation, case: Callable[..., int], change: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch, *, committed: bool,
) -> None:  # fmt: skip
    case(event="opened")
    change("admin@town.example", digest="never")
    settled = []

    def settle_once(settings: Settings, was_meant: Callable[[str], bool]) -> None:
        settled.append(settings)
        if len(settled) > 1:
            raise KeyboardInterrupt
        settle_drafts(settings, was_meant)

    with monkeypatch.context() as crash:
        if committed:
            crash.setattr(sending, "settle_drafts", settle_once)
        else:
            crash.setattr(sending.audit, "record", _cut_off)
        with pytest.raises(KeyboardInterrupt):
            send_digests(here)
    assert [path.suffix for path in here.settings.outbox.iterdir()] == [".draft"]

    for _ in range(2):
        send_digests(here)

    assert list(mails(here)) == [TOWN]
    assert len(list(here.settings.outbox.iterdir())) == 1


def _cut_off(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_the_worker_sends_once_a_day_and_again_what_was_refused(
    here: Installation, case: Callable[..., int], work: Callable[[], int], store: Store,
) -> None:  # fmt: skip
    case(event="opened")
    with mail_server() as server:
        reached = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_starttls": False}
        object.__setattr__(here, "settings", here.settings.model_copy(update=reached))
        server.refuse = "RCPT"
        for _ in range(3):
            queue_digests(here)
            queue_digests(here)
            work()
            server.refuse = ""
        assert sorted(str(mail["To"]) for mail in server.mails) == ["admin@town.example", TOWN]

    with store.read() as session:
        jobs = session.scalars(select(Job).where(Job.kind == "digest")).all()
    assert [job.message for job in jobs] == [
        "2 digests written, 0 mails sent, 2 waiting, 0 unclear",
        "0 digests written, 2 mails sent, 0 waiting, 0 unclear",
    ]


def test_the_command_shows_first_and_sends_then(
    here: Installation, case: Callable[..., int], barometer: Run
) -> None:
    case(event="opened")

    shown = barometer("digest", "--dry-run")
    assert shown.code == 0
    assert f"To: {TOWN}" in shown.out
    assert "2 digests are due; nothing was sent" in shown.out
    assert not here.settings.outbox.exists()

    sent = barometer("digest")
    assert "2 digests written, 0 mails sent, 2 waiting" in sent.out
    assert set(mails(here)) == {TOWN, "admin@town.example"}
