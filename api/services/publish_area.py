"""Make a release: the one source of what anyone sees."""

import gzip
import json
import logging
from collections.abc import Collection, Hashable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from importlib.metadata import version
from typing import Any, cast
from uuid import UUID

from api.errors import NotEnoughError
from api.settings import Settings
from api.store import areas, audit, campaigns, jobs, releases
from api.store.engine import Session
from api.store.models import Release
from geo.effect_protection import protect_effects
from geo.effects import NOTHING, Effects, effects
from geo.evidence import Evidence
from geo.network import Network
from geo.network_distance import find_neighbours
from geo.place_graph import place_graph
from geo.policy import load_policy
from geo.protection import BATCH, Cells, protect
from geo.summary import Summary, summarise
from geo.surroundings import Surroundings, surround

from .area_evidence import AreaEvidence, area_evidence
from .areas import require_area
from .aside import Compute, directly
from .campaigns import today
from .installation import Installation
from .keys import area_key
from .ledger import open_ledger
from .next_release import next_release
from .open_cases import open_cases
from .plan_school_convoys import NO_CONVOYS, AreaConvoys, plan_school_convoys
from .quotes import without_refused
from .record_measure import recorded_measures
from .release_content import canonical, describe, gather_clusters, rank
from .sealing import seal

logger = logging.getLogger(__name__)


def publish_area(
    here: Installation,
    area_id: str,
    closing: int | None = None,
    compute: Compute = directly,
) -> Release:
    """Publish what the contributions of an area say now, under the rules of `PRIVACY.md` §3.

    The statistics run outside any transaction; only the finished release is written, together
    with the cases of its confirmed hotspots and the job that examines it.

    Raises
    ------
    NotEnoughError
        If neither enough new participants sent a route nor a large enough campaign closes (R5).
    """
    with here.store.read() as session:
        evidence = area_evidence(here, session, area_id, without=_held(session, area_id, closing))
        before = releases.newest_whole(session, area_id)
        measures = recorded_measures(session, area_id)
        schools = areas.schools_of(session, area_id)
    policy, places = load_policy(), evidence.loaded.network.places
    summary, around = compute(
        _statistics,
        evidence.loaded.network,
        evidence.gathered.evidence,
        evidence.area.reference_rate,
    )
    published, told_before, led_before = _published(here.settings, before)
    cells = protect(
        describe(summary, around, evidence.gathered, places, evidence.participation),
        evidence.gathered.people,
        published,
    )
    cells = without_refused(cells, evidence.refused)
    told = protect_effects(
        effects(measures, places, evidence.gathered.evidence, evidence.gathered.days, policy),
        told_before,
        cells,
    )
    led = plan_school_convoys(
        schools,
        evidence.gathered.mornings,
        cells,
        evidence.loaded.network,
        policy,
        before=led_before,
    )
    return _write(here, evidence, before, _Result(summary, cells, told, led))


def _statistics(
    network: Network, evidence: Evidence, reference_rate: dict[str, float] | None
) -> tuple[Summary, Surroundings]:
    """Return what the places are like, alone and among their neighbours; this takes the longest."""
    policy, places = load_policy(), network.places
    summary = summarise(places, evidence, policy, reference_rate=reference_rate)
    graph = place_graph(network)
    reach = max(policy.cluster_radius_m, policy.cluster_join_m)
    return summary, surround(summary, places, graph, find_neighbours(graph, reach), policy)


def _held(session: Session, area_id: str, closing: int | None) -> frozenset[UUID]:
    """Return whom this release must not count yet, if there are enough others for it."""
    require_area(session, area_id)
    found = next_release(session, area_id, closing=closing)
    if not found.may:
        raise NotEnoughError(
            f"not enough yet for a release: {found.new} new participants sent a route, "
            f"{BATCH} are needed"
        )
    return found.held


def _published(settings: Settings, before: Release | None) -> tuple[Cells, Effects, AreaConvoys]:
    """Return what the release before showed of places, measures and convoys, and who was behind."""
    if before is None:
        return Cells({}, {}), NOTHING, NO_CONVOYS
    behind = open_ledger(settings, before)
    content = read_content(before)
    rows = {row["id"]: row for row in content["places"]}
    return (
        Cells(rows, behind),
        Effects(content.get("effects", []), behind),
        AreaConvoys(content.get("convoys", {}), behind),
    )


def read_content(release: Release) -> dict[str, Any]:
    """Return the content of a release."""
    return json.loads(gzip.decompress(release.content))  # type: ignore[no-any-return]


@dataclass(frozen=True)
class _Result:
    """What the statistics and the k-rules made of it."""

    summary: Summary
    cells: Cells
    told: Effects
    led: AreaConvoys


def _content(evidence: AreaEvidence, result: _Result) -> dict[str, object]:
    """Return all that the release says."""
    rows, clusters = gather_clusters(rank(result.cells.rows.values(), result.summary.mode))
    osm_date = evidence.area.osm_date
    return {
        "area": evidence.area.id,
        "network_version": evidence.loaded.version,
        "country": evidence.area.country,
        "osm_date": osm_date.isoformat() if osm_date else None,
        "software": version("bicycle-barometer"),
        "policy": asdict(load_policy()),
        "mode": result.summary.mode,
        "missing": result.summary.missing,
        "parameters": result.summary.parameters,
        "simulated": evidence.simulated,
        "participants": len(evidence.participants),
        "places_lost": evidence.gathered.places_lost,
        "schools": {str(key): value.public() for key, value in evidence.participation.items()},
        "places": rows,
        "clusters": clusters,
        "effects": result.told.rows,
        "convoys": result.led.rows,
    }


def _write(
    here: Installation, evidence: AreaEvidence, before: Release | None, result: _Result
) -> Release:
    area_id = evidence.area.id
    number = before.number + 1 if before else 1
    text, content_hash = canonical(_content(evidence, result))
    cells = result.cells
    behind = {**cells.people, **result.told.parts, **result.led.people}
    ledger = {cell: sorted(str(one) for one in people) for cell, people in behind.items()}
    release = Release(
        area_id=area_id,
        number=number,
        day=today(),
        participants=len(evidence.participants),
        content_hash=content_hash,
        content=gzip.compress(text, mtime=0),
        ledger=seal(
            area_key(here.settings, area_id, "seal"), ledger, bound_to=f"ledger/{area_id}/{number}"
        ),
    )
    confirmed = [row for row in cells.rows.values() if row["state"] == "confirmed"]
    behind_places = days_behind(cells.people, evidence.gathered.days)
    with here.store.write() as session:
        session.add(release)
        for participant in campaigns.new_senders(session, area_id):
            if participant.id in evidence.participants:
                participant.released_in = number
        open_cases(session, area_id, number, confirmed, behind_places)
        area = require_area(session, area_id)
        if area.reference_rate is None:
            found = result.summary.parameters.get("reference_rate")
            area.reference_rate = cast("dict[str, float] | None", found)
        jobs.enqueue(session, jobs.EXAMINE, area_id, datetime.now(UTC))
        audit.record(session, None, "publish", f"area {area_id}", number=number, hash=content_hash)
    logger.info("release %d of %s: %d places shown", number, area_id, len(cells.rows))
    return release


def days_behind(
    people: Mapping[str, Collection[Hashable]], days: Mapping[Hashable, date]
) -> dict[str, list[date]]:
    """Return when those who stand behind each place sent their rides, as far as it is known."""
    return {
        place: [days[str(one)] for one in those if str(one) in days]
        for place, those in people.items()
    }
