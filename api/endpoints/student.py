"""The student's pages: draw, rate, check, thanks. What is drawn stays in the browser until sent."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.auth import digest
from api.deps import PagesDep, ParticipantDep, SettingsDep, StoreDep
from api.schemas.codes import Variant
from api.services.areas import map_area
from api.services.progress import class_progress
from api.services.student_results import student_results
from api.store import campaigns
from api.store.models import Participant
from geo.plausibility import thresholds
from web.maps import check_map, draw_map, rate_map, thanks_map

router = APIRouter(include_in_schema=False)

URLS = {
    "snap": "/api/snap",
    "crossings": "/api/crossings",
    "follow": "/api/follow",
    "stage": "/api/stage",
    "routes": "/api/routes",
    "class": "/api/class",
    "results": "/api/results",
    "fixed": "/api/fixed",
    "alternative": "/api/alternative",
    "draw": "/draw",
    "rate": "/rate",
    "check": "/check",
    "thanks": "/thanks",
}
MAPS = {"draw": draw_map, "rate": rate_map, "check": check_map}


@router.get("/draw", response_class=HTMLResponse)
def draw(
    pages: PagesDep,
    participant: ParticipantDep,
    store: StoreDep,
    variant: Variant | None = None,
) -> str:
    """Let the student draw one of the rides; without a choice, the one that lies on the device."""
    with store.read() as session:
        sent = campaigns.variants_of(session, participant.id)
    ride = {
        "variant": variant or "there",
        "asked": variant is not None,
        "redraw": participant.redraw_on is not None,
        "sent": sent,
        "thresholds": thresholds(),
    }
    return _map_page("draw", pages, participant, ride)


@router.get("/rate", response_class=HTMLResponse)
def rate(pages: PagesDep, participant: ParticipantDep) -> str:
    """Let the student rate the places of the drawing."""
    return _map_page("rate", pages, participant)


@router.get("/check", response_class=HTMLResponse)
def check(pages: PagesDep, participant: ParticipantDep) -> str:
    """Show what will be stored, and send it."""
    return _map_page("check", pages, participant)


@router.get("/thanks", response_class=HTMLResponse)
def thanks(
    pages: PagesDep, participant: ParticipantDep, store: StoreDep, settings: SettingsDep
) -> str:
    """Show the delete phrase, which the browser got with the receipt, and what came of it all."""
    campaign = participant.campaign
    language = pages.language(campaign.language)
    with store.read() as session:
        progress = class_progress(session, campaign).model_dump()
        results = student_results(session, settings, participant)
    return pages.render(
        "thanks.html",
        language=language,
        map=thanks_map(map_area(campaign.school.area), language=language),
        config=_config(participant),
        campaign={"title": campaign.title, "school": campaign.school.name},
        number=participant.number,
        progress=progress,
        results=results,
        simulated=campaign.simulated,
    )


def _map_page(
    name: str, pages: PagesDep, participant: Participant, more: Mapping[str, Any] | None = None
) -> str:
    campaign = participant.campaign
    language = pages.language(campaign.language)
    return pages.render(
        f"{name}.html",
        language=language,
        map=MAPS[name](map_area(campaign.school.area), language=language),
        config={**_config(participant), **(more or {})},
        campaign={"title": campaign.title, "school": campaign.school.name},
        simulated=campaign.simulated,
    )


def _config(participant: Participant) -> dict[str, Any]:
    campaign = participant.campaign
    school = campaign.school
    return {
        "area": map_area(school.area),
        "school": {"name": school.name, "lon": school.location.x, "lat": school.location.y},
        "campaign": {"id": campaign.id, "title": campaign.title},
        # Names the draft on this device; says nothing to whoever finds it there.
        "participant_key": digest(f"draft:{participant.id}")[:24],
        "urls": URLS,
    }
