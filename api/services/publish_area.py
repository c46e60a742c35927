"""Make a release: the one service that opens contributions, and the one source of what is seen."""

import gzip
import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any, cast
from uuid import UUID

from api.errors import NotEnoughError
from api.settings import Settings
from api.store import audit, campaigns, releases
from api.store.engine import Session
from api.store.models import Area, Campaign, Case, Release, Route
from geo.policy import load_policy
from geo.protection import BATCH, Cells, may_release, protect
from geo.summary import Summary, summarise

from .areas import require_area
from .campaigns import today
from .contributions import Opened, gather
from .installation import Installation
from .keys import area_key
from .opening import open_sealed
from .release_content import Participation, canonical, describe, rank
from .sealing import seal

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Collected:
    """What one reading of the database gives a release."""

    area: Area
    contributions: list[Opened]
    participation: dict[int, Participation]
    simulated: bool
    before: Release | None


def publish_area(here: Installation, area_id: str, closing: int | None = None) -> Release:
    """Publish what the contributions of an area say now, under the rules of `PRIVACY.md` §3.

    The statistics run outside any transaction; only the finished release is written, together
    with the cases of its confirmed hotspots.

    Raises
    ------
    NotEnoughError
        If neither enough new participants sent a route nor a large enough campaign closes (R5).
    """
    with here.store.read() as session:
        collected = _collect(session, here.settings, area_id, closing)
        loaded = here.library.get(collected.area)
    evidence = gather(collected.contributions, loaded.network.places)
    policy = load_policy()
    summary = summarise(
        loaded.network.places,
        evidence.visits,
        evidence.ratings,
        evidence.incidents,
        policy,
        reference_rate=collected.area.reference_rate,
    )
    cells = protect(
        describe(summary, evidence, loaded.network.places, collected.participation),
        evidence.people,
        _published(here.settings, collected.before),
    )
    content: dict[str, object] = {
        "area": area_id,
        "network_version": loaded.version,
        "osm_date": collected.area.osm_date.isoformat() if collected.area.osm_date else None,
        "software": version("bicycle-barometer"),
        "policy": asdict(policy),
        "mode": summary.mode,
        "missing": summary.missing,
        "parameters": summary.parameters,
        "simulated": collected.simulated,
        "participants": len({opened.participant for opened in collected.contributions}),
        "places_lost": evidence.places_lost,
        "schools": {str(key): value.public() for key, value in collected.participation.items()},
        "places": rank(cells.rows.values(), summary.mode),
    }
    return _write(here, collected, _Result(summary, content, cells))


def _collect(session: Session, settings: Settings, area_id: str, closing: int | None) -> _Collected:
    area = require_area(session, area_id)
    new = campaigns.count_new_senders(session, area_id)
    closed = campaigns.progress(session, closing).senders if closing is not None else None
    if not may_release(new, closing=closed):
        raise NotEnoughError(
            f"not enough yet for a release: {new} new participants sent a route, {BATCH} are needed"
        )
    key = area_key(settings, area_id, "seal")
    routes = campaigns.routes_of(session, area_id)
    of_campaign = {campaign.id: campaign for campaign in campaigns.in_area(session, area_id)}
    logger.info("opening %d contributions in %s", len(routes), area_id)
    return _Collected(
        area=area,
        contributions=[_open(key, route, of_campaign[route.campaign_id]) for route in routes],
        participation=_participation(session, of_campaign.values()),
        simulated=campaigns.has_simulated(session, area_id),
        before=releases.newest_whole(session, area_id),
    )


def _open(key: bytes, route: Route, campaign: Campaign) -> Opened:
    content = open_sealed(key, route.sealed, bound_to=f"{route.id}/{route.participant_id}")
    return Opened(route.participant_id, campaign.school_id, route.day, content)


def _participation(session: Session, found: Iterable[Campaign]) -> dict[int, Participation]:
    schools: dict[int, Participation] = {}
    for campaign in found:
        numbers = campaigns.progress(session, campaign.id)
        if not numbers.senders:
            continue
        school = schools.setdefault(
            campaign.school_id, Participation(campaign.school.name, campaign.from_day)
        )
        school.add(campaign.title, campaign.from_day, campaign.to_day, campaign.roster, numbers)
    return schools


def _published(settings: Settings, before: Release | None) -> Cells:
    if before is None:
        return Cells({}, {})
    key = area_key(settings, before.area_id, "seal")
    people = open_sealed(key, before.ledger, bound_to=f"ledger/{before.area_id}/{before.number}")
    rows = read_content(before)["places"]
    return Cells(
        {row["id"]: row for row in rows},
        {place: frozenset(UUID(one) for one in ids) for place, ids in people.items()},
    )


def read_content(release: Release) -> dict[str, Any]:
    """Return the content of a release."""
    return json.loads(gzip.decompress(release.content))  # type: ignore[no-any-return]


@dataclass(frozen=True)
class _Result:
    """What the statistics and the k-rules made of it."""

    summary: Summary
    content: dict[str, object]
    cells: Cells


def _write(here: Installation, collected: _Collected, result: _Result) -> Release:
    area_id = collected.area.id
    number = collected.before.number + 1 if collected.before else 1
    text, content_hash = canonical(result.content)
    cells = result.cells
    ledger = {place: sorted(str(one) for one in people) for place, people in cells.people.items()}
    release = Release(
        area_id=area_id,
        number=number,
        day=today(),
        participants=len({opened.participant for opened in collected.contributions}),
        content_hash=content_hash,
        content=gzip.compress(text, mtime=0),
        ledger=seal(
            area_key(here.settings, area_id, "seal"), ledger, bound_to=f"ledger/{area_id}/{number}"
        ),
    )
    counted = {opened.participant for opened in collected.contributions}
    confirmed = [row["id"] for row in cells.rows.values() if row["state"] == "confirmed"]
    with here.store.write() as session:
        session.add(release)
        for participant in campaigns.new_senders(session, area_id):
            if participant.id in counted:
                participant.released_in = number
        _open_cases(session, area_id, number, confirmed)
        area = require_area(session, area_id)
        if area.reference_rate is None:
            found = result.summary.parameters.get("reference_rate")
            area.reference_rate = cast("dict[str, float] | None", found)
        audit.record(session, None, "publish", f"area {area_id}", number=number, hash=content_hash)
    logger.info("release %d of %s: %d places shown", number, area_id, len(cells.rows))
    return release


def _open_cases(session: Session, area_id: str, number: int, confirmed: Sequence[object]) -> None:
    known = releases.cases_of(session, area_id)
    for place in confirmed:
        if place not in known:
            session.add(Case(area_id=area_id, place_id=str(place), opened_in=number))
