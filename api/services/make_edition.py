"""Publish an edition of open data: an area and a school year, from one release, for good."""

import logging
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from api.errors import BrokenEditionError, NotEnoughError, OlderReleaseError
from api.settings import Settings
from api.store import audit, editions
from api.store.authorities import OpenEdition
from api.store.models import Area

from .areas import load_area, require_area
from .campaigns import today
from .check_edition import check_edition
from .edition_facts import edition_facts
from .edition_files import CHECKSUMS, edition_files, sha256
from .edition_origin import Origin, find_origin, folder_of, number_in_period, settle
from .installation import Installation

logger = logging.getLogger(__name__)

MOST_PROBLEMS = 5
READ_ONLY_FILE, READ_ONLY_FOLDER, WRITABLE_FOLDER = 0o444, 0o555, 0o755


def make_edition(
    here: Installation,
    area_id: str,
    period: str | None = None,
    *,
    seen: int | None = None,
) -> OpenEdition:
    """Publish the newest release of a school year, of the newest one without `period`.

    An edition that is there already is returned as it is: a release has one edition. The files are
    written aside and read back; only if every rule holds do they take their place, all at once.

    Parameters
    ----------
    seen
        The release that somebody decided on; another one is refused.

    Raises
    ------
    AreaNotFoundError, NoReleaseError
        If there is no such area, or no release of it in that school year.
    NotEnoughError
        If the release has no place that the public may see.
    OlderReleaseError
        If a later release has an edition, because R4 holds along one line of editions, or if
        another release than the one that was seen is the newest by now.
    BrokenEditionError
        If a rule is broken; nothing is published then.
    """
    with here.store.read() as session:
        area = require_area(session, area_id)
        number = number_in_period(session, area_id, period)
        if seen not in (None, number):
            raise OlderReleaseError(f"release {number} is the newest by now: look at it first")
        known = editions.of_area(session, area_id)
        same = next((one for one in known if one.release == number), None)
        if same is not None:
            session.expunge(same)
            return same
        if known and known[0].release > number:
            raise OlderReleaseError(
                f"release {known[0].release} of {area_id!r} is open data already: release {number} "
                "is older and cannot follow it"
            )
        origin = find_origin(here.settings, session, load_area(here.settings, area), number)
    return _publish(here, area, origin)


def _publish(here: Installation, area: Area, origin: Origin) -> OpenEdition:
    facts = edition_facts(here.settings, area, origin.release)
    rows = settle(origin)
    if not rows:
        raise NotEnoughError(
            f"not enough yet for open data of {area.id!r}: no place was ridden by ten students "
            "of two classes"
        )
    files = edition_files(facts, rows)
    edition = OpenEdition(
        area_id=area.id,
        period=facts.period,
        release=facts.release,
        made_on=today(),
        content_hash=sha256(files[CHECKSUMS]),
        files={
            name: {"bytes": len(content), "sha256": sha256(content)}
            for name, content in files.items()
        },
    )
    _put(here.settings, edition, files, origin)
    with here.store.write() as session:
        session.add(edition)
        audit.record(
            session,
            None,
            "publish open data",
            f"area {area.id}",
            edition=facts.name,
            hash=edition.content_hash,
        )
    logger.info("open data %s of %s: %d places", facts.name, area.id, len(rows))
    return edition


def _put(
    settings: Settings, edition: OpenEdition, files: Mapping[str, bytes], origin: Origin
) -> None:
    """Write the files aside, check what was written, and move them to their place at once."""
    place = folder_of(settings, edition)
    place.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    try:
        for name, content in files.items():
            _write(aside / name, content)
        _require_whole(aside, origin)
        if place.exists():  # of a run that ended before the edition was recorded: nobody saw it
            place.chmod(WRITABLE_FOLDER)
            shutil.rmtree(place)
        aside.rename(place)
        place.chmod(READ_ONLY_FOLDER)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(READ_ONLY_FILE)


def _require_whole(folder: Path, origin: Origin) -> None:
    problems = check_edition(folder, origin).problems
    if problems:
        raise BrokenEditionError("; ".join(str(one) for one in problems[:MOST_PROBLEMS]))
