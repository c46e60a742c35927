"""Where the rows of an edition come from: a release, and the editions that anybody may have kept.

Only what makes and examines editions knows how many stand behind a change; import-linter checks it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from api.errors import NoReleaseError
from api.settings import Settings
from api.store import editions, releases
from api.store.authorities import OpenEdition
from api.store.engine import Session

from .areas import LoadedArea
from .edition_facts import period_of
from .ledger import People, open_ledger
from .open_rows import Row, open_rows
from .read_edition import edition_rows
from .read_release import Published, find_release
from .release_content import K_PUBLIC


@dataclass(frozen=True)
class Origin:
    """What an edition is made from, and what it is checked against."""

    release: Published
    told: Mapping[str, Row]
    """What the release tells the public."""
    earlier: Sequence[Mapping[str, Row]]
    """The rows of earlier editions of the area, the newest first."""
    changed: Mapping[tuple[str, int], int]
    """How many participants of a place joined or left since an earlier release whose row stands."""

    def may_change(self, place: str) -> bool:
        """Return whether enough people changed since every earlier row of a place (R4).

        Not only since the last one: people who leave again must not show who came in between.
        """
        past = {rows[place]["release"] for rows in self.earlier if place in rows}
        return all(self.changed[place, number] >= K_PUBLIC for number in past)


def find_origin(settings: Settings, session: Session, area: LoadedArea, number: int) -> Origin:
    """Return what the edition of a release is made from.

    Raises
    ------
    NoReleaseError
        If there is no such release, or one that an earlier edition stands on is gone.
    """
    release = find_release(session, area.id, number)
    before = [one for one in editions.of_area(session, area.id) if one.release < number]
    earlier = [edition_rows(folder_of(settings, one)) for one in before]
    return Origin(
        release=release,
        told=open_rows(release, area),
        earlier=earlier,
        changed=_changed(settings, session, release, earlier),
    )


def settle(origin: Origin) -> list[Row]:
    """Return the rows of an edition by id: the release's where they may change, else the old ones.

    What may not change yet stays as it was published; what was gone meanwhile does not come back.
    """
    newest = origin.earlier[0] if origin.earlier else {}
    rows = []
    for place in sorted(origin.told.keys() | newest.keys()):
        if not origin.may_change(place):
            rows += [newest[place]] if place in newest else []
        elif place in origin.told:
            rows.append(origin.told[place])
    return rows


def folder_of(settings: Settings, edition: OpenEdition) -> Path:
    """Return where the files of an edition lie."""
    return settings.exports / edition.area_id / f"{edition.period}-{edition.release}"


def number_in_period(session: Session, area_id: str, period: str | None) -> int:
    """Return the number of the newest release of a school year, or of all without one.

    Raises
    ------
    NoReleaseError
        If none was made in it.
    """
    for head in releases.of_area(session, area_id):
        if period in (None, period_of(head.day)):
            return head.number
    when = f" in the school year {period}" if period else ""
    raise NoReleaseError(f"nothing has been published for {area_id!r}{when} yet")


def _changed(
    settings: Settings,
    session: Session,
    release: Published,
    earlier: Sequence[Mapping[str, Row]],
) -> dict[tuple[str, int], int]:
    past = {(place, row["release"]) for rows in earlier for place, row in rows.items()}
    numbers = {number for _, number in past} | {release.number}
    ledgers = {
        number: _ledger(settings, session, release.area_id, number) for number in sorted(numbers)
    }
    now = ledgers[release.number]
    nobody: frozenset[object] = frozenset()
    return {
        (place, number): len(now.get(place, nobody) ^ ledgers[number][place])
        for place, number in past
    }


def _ledger(settings: Settings, session: Session, area_id: str, number: int) -> People:
    head = releases.find(session, area_id, number)
    if head is None:
        raise NoReleaseError(f"there is no release {number} of {area_id!r} any more")
    return open_ledger(settings, head)
