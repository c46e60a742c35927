"""The digest as a mail: what is new, what is due, in the words and language of its reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from babel import dates

from .pages import render_mail
from .translation import translations
from .words import place_title

MOST_NAMED = 10
"""Of more the mail says how many there are, and where."""


@dataclass(frozen=True)
class Mention:
    """A place, or the case about it, as a mail names it: no figure leaves the site by mail."""

    name: str
    kind: str
    path: str
    day: date | None = None


@dataclass(frozen=True)
class ReleaseNews:
    """A new release with its numbers."""

    number: int
    day: date
    participants: int
    places: int
    confirmed: int | None
    """None where the release claims no hotspots yet."""


@dataclass(frozen=True)
class AreaNews:
    """What a digest tells of one area."""

    area_id: str
    title: str
    release: ReleaseNews | None = None
    hotspots: Sequence[Mention] = ()
    given: Sequence[Mention] = ()
    """Cases that have come to the reader's body."""
    disputed: Sequence[Mention] = ()
    """Cases that were called done, and students say they are not."""
    overdue: Sequence[Mention] = ()
    due_soon: Sequence[Mention] = ()

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to tell."""
        told = self.hotspots, self.given, self.disputed, self.overdue, self.due_soon
        return self.release is None and not any(told)


@dataclass(frozen=True)
class Section:
    """A heading of a mail and what stands below it."""

    heading: str
    lines: list[tuple[str, str]]
    """A sentence and the path that it leads to."""
    more: str


@dataclass(frozen=True)
class Mail:
    """A mail without its addresses."""

    subject: str
    text: str
    html: str


def digest_mail(news: Sequence[AreaNews], *, language: str, site: str) -> Mail:
    """Return the digest of these areas; links begin with `site`."""
    words = _Words(language)
    values = {
        "areas": [(one.title, words.sections(one)) for one in news],
        "reason": words.reason(),
        "site": site.rstrip("/"),
    }
    return Mail(
        subject=words.subject(news),
        text=render_mail("digest_mail.txt", language=language, **values),
        html=render_mail("digest_mail.html", language=language, **values),
    )


class _Words:
    """The sentences of a digest in one language."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._catalogue = translations(language)

    def subject(self, news: Sequence[AreaNews]) -> str:
        _, ngettext = self._catalogue.gettext, self._catalogue.ngettext
        areas = ", ".join(one.title for one in news)
        title = _("Bicycle Barometer: news from {area}").format(area=areas)
        n = sum(len(one.overdue) for one in news)
        if not n:
            return title
        return f"{title} ({ngettext('{n} case overdue', '{n} cases overdue', n).format(n=n)})"

    def sections(self, news: AreaNews) -> list[Section]:
        _ = self._catalogue.gettext
        due = _("{place}, due on {day}")
        told = (
            (_("Students say that it is not fixed"), news.disputed, "{place}"),
            (_("Overdue"), news.overdue, due),
            (_("Due in the next seven days"), news.due_soon, due),
            (_("New for you"), news.given, due),
            (_("New confirmed hotspots"), news.hotspots, "{place}"),
        )
        found = [self._section(*one) for one in told if one[1]]
        return [*found, self._results(news.release)] if news.release else found

    def reason(self) -> str:
        _ = self._catalogue.gettext
        return _("You get this mail because you have an account. Change how often it comes here:")

    def _section(self, heading: str, mentions: Sequence[Mention], words: str) -> Section:
        _, ngettext = self._catalogue.gettext, self._catalogue.ngettext
        lines = [
            (self._line(one, words if one.day else "{place}"), one.path)
            for one in mentions[:MOST_NAMED]
        ]
        n = len(mentions) - MOST_NAMED
        more = ngettext("and {n} more", "and {n} more", n).format(n=n) if n > 0 else ""
        return Section(heading, lines, more)

    def _line(self, one: Mention, words: str) -> str:
        place = place_title({"name": one.name, "kind": one.kind}, self._catalogue.gettext)
        return words.format(place=place, day=self._day(one.day) if one.day else "")

    def _results(self, release: ReleaseNews) -> Section:
        _, ngettext = self._catalogue.gettext, self._catalogue.ngettext
        n, places = release.participants, release.places
        lines = [
            _("Release {number} of {day}").format(
                number=release.number, day=self._day(release.day)
            ),
            ngettext("{n} student has taken part", "{n} students have taken part", n).format(n=n),
            ngettext("{n} place is shown", "{n} places are shown", places).format(n=places),
        ]
        if release.confirmed is None:
            lines.append(_("There is not enough data to confirm hotspots yet"))
        else:
            n = release.confirmed
            lines.append(
                ngettext("{n} hotspot is confirmed", "{n} hotspots are confirmed", n).format(n=n)
            )
        return Section(_("Results"), [(line, "") for line in lines], "")

    def _day(self, day: date) -> str:
        return dates.format_date(day, format="long", locale=self._language)
