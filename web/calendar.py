"""Due days of cases as a calendar that any program subscribes to (RFC 5545)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

from .school_words import case_words
from .translation import translations
from .words import place_title

REFRESH = timedelta(hours=12)
"""How often programs are asked to look again."""


@dataclass(frozen=True)
class DueDay:
    """The day on which something of a case is due."""

    case_id: int
    version: int
    """Counts its changes: a program takes the higher one for the newer."""
    name: str
    kind: str
    state: str
    owner: str
    day: date


def due_calendar(found: Iterable[DueDay], *, language: str, site: str, now: datetime) -> bytes:
    """Return the calendar of these days; links begin with `site`.

    A case keeps its event wherever its day moves, and loses it when nothing is due any more.
    """
    _ = translations(language).gettext
    calendar = Calendar()
    calendar.add("prodid", "-//Bicycle Barometer//Due days of cases//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    # What RFC 7986 has for it, and what programs have read for longer.
    for name in ("name", "x-wr-calname"):
        calendar.add(name, _("Bicycle Barometer: due days"))
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT12H")
    for one in found:
        calendar.add_component(_event(one, language, site.rstrip("/"), now))
    return bytes(calendar.to_ical())


def _event(due: DueDay, language: str, site: str, now: datetime) -> Event:
    _ = translations(language).gettext
    place = place_title({"name": due.name, "kind": due.kind}, _)
    state = case_words(_).get(due.state, due.state)
    link = f"{site}/cases/{due.case_id}"
    event = Event()
    event.add("uid", f"case-{due.case_id}@{site.partition('://')[2]}")
    event.add("dtstamp", now)
    event.add("sequence", due.version)
    event.add("dtstart", due.day)
    event.add("dtend", due.day + timedelta(days=1))
    event.add("summary", _("Due: {place}").format(place=place))
    told = [_("State: {state}").format(state=state)]
    if due.owner:
        told.append(_("Owner: {owner}").format(owner=due.owner))
    event.add("description", "\n".join([*told, link]))
    event.add("url", link)
    # Due days make nobody busy.
    event.add("transp", "TRANSPARENT")
    return event
