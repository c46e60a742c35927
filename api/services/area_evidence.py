"""Open the contributions of an area and gather what they are evidence of.

Only what makes or examines a release may import this module; import-linter checks it.
"""

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from api.settings import Settings
from api.store import campaigns, remarks
from api.store.engine import Session
from api.store.models import Area, Campaign, Route

from .areas import LoadedArea, require_area
from .contributions import Gathered, Opened, gather
from .import_crashes import stored_crashes
from .installation import Installation
from .keys import area_key
from .opening import open_sealed
from .quotes import Said
from .release_content import Participation

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class AreaEvidence:
    """What one reading of the database gives a release."""

    area: Area
    loaded: LoadedArea
    gathered: Gathered
    participants: frozenset[UUID]
    participation: dict[int, Participation]
    refused: frozenset[tuple[str, str]]
    """Places and texts that staff refused there."""
    simulated: bool


def area_evidence(
    here: Installation, session: Session, area_id: str, *, without: Collection[UUID] = ()
) -> AreaEvidence:
    """Return what participants of an area sent, with the crashes that are known.

    `without` are participants of whom nothing is taken.
    """
    area = require_area(session, area_id)
    every = campaigns.routes_of(session, area_id)
    routes = [route for route in every if route.participant_id not in without]
    of_campaign = {campaign.id: campaign for campaign in campaigns.in_area(session, area_id)}
    participation = _participation(routes, of_campaign)
    logger.info("opening %d contributions in %s", len(routes), area_id)
    opened = _open(here.settings, area_id, routes, of_campaign)
    loaded = here.library.get(area)
    expansion = {school: one.expansion for school, one in participation.items()}
    crashes = stored_crashes(session, area_id)
    accepted, refused = _decided(here.settings, session, area_id, without)
    return AreaEvidence(
        area=area,
        loaded=loaded,
        gathered=gather(opened, loaded.network.places, expansion, crashes, accepted),
        participants=frozenset(one.participant for one in opened),
        participation=participation,
        refused=refused,
        simulated=campaigns.has_simulated(session, area_id),
    )


def _open(
    settings: Settings, area_id: str, routes: Iterable[Route], of_campaign: dict[int, Campaign]
) -> list[Opened]:
    key = area_key(settings, area_id, "seal")
    found = []
    for route in routes:
        campaign = of_campaign[route.campaign_id]
        bound_to = f"{route.id}/{route.participant_id}"
        content = open_sealed(key, route.sealed, bound_to=bound_to)
        found.append(
            Opened(route.participant_id, campaign.school_id, campaign.id, route.day, content)
        )
    return found


def _decided(
    settings: Settings, session: Session, area_id: str, without: Collection[UUID]
) -> tuple[list[Said], frozenset[tuple[str, str]]]:
    """Return the accepted texts of rides that count, and every text that was refused."""
    key = area_key(settings, area_id, "seal")
    accepted: list[Said] = []
    refused: set[tuple[str, str]] = set()
    for remark, who, counts in remarks.decided(session, area_id):
        said = open_sealed(key, remark.sealed, bound_to=f"remark/{remark.route_id}")
        if remark.state == "refused":
            refused.add((said["place"], said["text"]))
        elif counts and who not in without:
            accepted.append(Said(who, said["place"], said["text"]))
    return accepted, frozenset(refused)


def _participation(
    routes: Iterable[Route], of_campaign: dict[int, Campaign]
) -> dict[int, Participation]:
    by_campaign: dict[int, list[Route]] = {}
    for route in routes:
        by_campaign.setdefault(route.campaign_id, []).append(route)
    schools: dict[int, Participation] = {}
    for number, campaign in of_campaign.items():
        sent = by_campaign.get(number, [])
        if sent:
            school = schools.setdefault(
                campaign.school_id, Participation(campaign.school.name, campaign.from_day)
            )
            school.add(campaign, sent)
    return schools
