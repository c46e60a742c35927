"""What is news to an account: whole days since its last digest, each of them told once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from api.store import cases, digests
from api.store.authorities import Case
from api.store.engine import Session
from api.store.models import Area, User
from web.digests import AreaNews, Mention, ReleaseNews

from .areas import LoadedArea, own_areas
from .case_rights import Actor, actor_of
from .case_states import OPEN
from .installation import Installation
from .read_release import Published, last_release_before
from .students_verdict import verdicts
from .tables import is_overdue
from .view_release import CRASH_ROLES, seen_of

SOON = timedelta(days=7)
REMINDER = timedelta(days=7)
"""What is due or overdue, and was told before, is a reason for a mail only that often."""


@dataclass(frozen=True)
class Window:
    """The days that a digest tells of: from the last one on, and without today.

    Today is not over: what happens later today must neither be missed nor told twice.
    """

    first: date
    today: date

    def holds(self, day: date | None) -> bool:
        """Return whether a day is one of them."""
        return day is not None and self.first <= day < self.today


def account_news(here: Installation, session: Session, user: User, today: date) -> list[AreaNews]:
    """Return what an account is to be told, nothing if no area has anything new.

    It is what its pages show to it today: in its territory, of its body and those it stands in
    for, and to a school of its own ways alone.
    """
    window = Window(user.digest_on or user.created_at.date(), today)
    told = [_area_news(here, session, user, area, window) for area in own_areas(session, user)]
    if not any(new for _, new in told):
        return []
    return [news for news, _ in told if not news.is_empty]


def _area_news(
    here: Installation, session: Session, user: User, area: Area, window: Window
) -> tuple[AreaNews, bool]:
    """Return what is to be told of an area, and whether that is a reason for a mail."""
    actor = actor_of(session, user)
    loaded = here.library.get(area)
    own = [case for case in cases.of_area(session, area.id) if _is_own(actor, case, loaded)]
    overdue = [case for case in own if is_overdue(case, window.today)]
    soon = [case for case in own if _is_due_soon(case, window.today)]
    given = _given(session, actor, own, area.id, window)
    disputed = _disputed(session, own, area.id, window)
    release, hotspots = _release_news(session, user, actor, area.id, window)
    news = AreaNews(
        area_id=area.id,
        title=area.title,
        release=release,
        hotspots=hotspots,
        given=_mentions(given, loaded),
        disputed=_mentions(disputed, loaded),
        overdue=_mentions(overdue, loaded),
        due_soon=_mentions(soon, loaded),
    )
    due = any(window.holds(case.due_on) for case in overdue) or any(
        case.due_on and case.due_on > window.first + SOON for case in soon
    )
    again = bool(overdue or soon) and window.today - window.first >= REMINDER
    return news, bool(release or hotspots or given or disputed or due or again)


def _is_own(actor: Actor, case: Case, area: LoadedArea) -> bool:
    return actor.sees(case, area) and actor.decides(case)


def _is_due_soon(case: Case, today: date) -> bool:
    return case.state in OPEN and case.due_on is not None and today <= case.due_on <= today + SOON


def _given(
    session: Session, actor: Actor, own: list[Case], area_id: str, window: Window
) -> list[Case]:
    """Return the open cases that were opened for, or handed over to, the account's bodies."""
    names = {body.name for body in actor.territory.bodies}
    found = digests.events_between(
        session, area_id, ("opened", "owner"), window.first, window.today
    )
    came = {
        event.case_id
        for event in found
        if event.kind == "opened" or event.details.get("to") in names
    }
    return [case for case in own if case.id in came and case.state in OPEN]


def _disputed(session: Session, own: list[Case], area_id: str, window: Window) -> list[Case]:
    """Return the cases of which students have said lately that they are not fixed."""
    found = digests.events_between(session, area_id, ("students",), window.first, window.today)
    counted = {event.case_id for event in found}
    asked = [case for case in own if case.id in counted]
    words = verdicts(session, asked)
    return [case for case in asked if case.id in words and words[case.id].word == "disagree"]


def _release_news(
    session: Session, user: User, actor: Actor, area_id: str, window: Window
) -> tuple[ReleaseNews | None, list[Mention]]:
    """Return the newest release with what it confirms, if it is of these days."""
    newest = last_release_before(session, area_id, window.today)
    if newest is None or not window.holds(newest.day):
        return None, []
    before = last_release_before(session, area_id, window.first)
    seen, known = (_seen(session, user, actor, one) for one in (newest, before))
    if seen is None:
        return None, []
    confirmed = _confirmed(seen, user)
    old = _confirmed(known, user) if known else {}
    news = ReleaseNews(
        number=seen.number,
        day=seen.day,
        participants=seen.content["participants"],
        places=len(seen.places),
        confirmed=len(confirmed) if seen.mode == "risk" else None,
    )
    return news, [one for place, one in confirmed.items() if place not in old]


def _seen(
    session: Session, user: User, actor: Actor, release: Published | None
) -> Published | None:
    return seen_of(session, release, actor.territory, crashes=user.role in CRASH_ROLES)


def _confirmed(seen: Published, user: User) -> dict[str, Mention]:
    """Return the confirmed hotspots, of a school those on its ways."""
    school = str(user.school_id) if user.school_id else None
    return {
        row["id"]: Mention(row["name"], row["kind"], f"/places/{row['id']}?area={seen.area_id}")
        for row in seen.places
        if seen.mode == "risk"
        and row["state"] == "confirmed"
        and (school is None or school in row["schools"])
    }


def _mentions(found: Iterable[Case], area: LoadedArea) -> list[Mention]:
    places = area.network.places
    return [
        Mention(
            name=str(places["name"].get(case.place_id) or ""),
            kind=str(places["kind"].get(case.place_id) or ""),
            path=f"/cases/{case.id}",
            day=case.due_on,
        )
        for case in found
    ]
