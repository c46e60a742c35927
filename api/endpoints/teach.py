"""The teacher's pages: classes, their codes and numbers, closing and opening again."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.auth import show_code
from api.deps import PagesDep, StoreDep, TeacherDep
from api.services.campaigns import close_campaign, own_campaign, reopen_campaign, today
from api.services.cards import consents
from api.services.progress import class_progress
from api.store import campaigns, jobs, releases
from api.store.engine import Session
from api.store.models import Campaign
from web.paper_map import RADII_M
from web.translation import LANGUAGES

router = APIRouter(include_in_schema=False)

CampaignId = Annotated[int, Path(ge=1, le=2**31 - 1)]
PAPERS = ("a4", "a3")


@router.get("/teach", response_class=HTMLResponse)
def list_campaigns(
    pages: PagesDep,
    store: StoreDep,
    user: TeacherDep,
    opened: Annotated[int, Query(ge=0, le=1000)] = 0,
) -> str:
    """List the campaigns of the teacher's school, with how many were opened just now."""
    with store.read() as session:
        found = campaigns.of_school(session, None if user.role == "admin" else user.school_id)
        rows = [_row(campaign) | _numbers(session, campaign) for campaign in found]
    simulated = any(campaign.simulated for campaign in found)
    return pages.render("teach.html", campaigns=rows, simulated=simulated, opened=opened)


@router.get("/teach/campaigns/{campaign_id}", response_class=HTMLResponse)
def show_campaign(
    pages: PagesDep, store: StoreDep, user: TeacherDep, campaign_id: CampaignId
) -> str:
    """Show a campaign: code, what to print, consent, numbers, releases."""
    with store.read() as session:
        campaign = own_campaign(session, user, campaign_id)
        area_id = campaign.school.area_id
        job = jobs.latest(session, "publish", f"{area_id}/{campaign.id}")
        ticks = consents(session, campaign)
        return pages.render(
            "campaign.html",
            campaign=_row(campaign) | {"policy_version": campaign.consent_policy},
            progress=_numbers(session, campaign),
            releases=[
                {"number": one.number, "day": one.day, "participants": one.participants}
                for one in releases.of_area(session, area_id)
            ],
            printed_in=printed_in(campaign),
            map_km=[(paper, radius, radius / 1000) for paper in PAPERS for radius in RADII_M],
            consent={
                "kind": campaign.consent_kind,
                "ticked": sum(day is not None for day in ticks.values()),
                "cards": len(ticks),
            },
            can_close=campaign.state == "open",
            can_reopen=campaign.state == "closed" and campaign.to_day >= today(),
            publishing=job is not None and job.state in {"queued", "running"},
            refused=job.message if job is not None and job.state == "failed" else "",
            simulated=campaign.simulated,
        )


@router.post("/teach/campaigns/{campaign_id}/close")
def close(store: StoreDep, user: TeacherDep, campaign_id: CampaignId) -> Response:
    """Close a campaign; its release is made in the background."""
    with store.write() as session:
        campaign = close_campaign(session, user, campaign_id)
    return RedirectResponse(f"/teach/campaigns/{campaign.id}", HTTPStatus.SEE_OTHER)


@router.post("/teach/campaigns/{campaign_id}/reopen")
def reopen(store: StoreDep, user: TeacherDep, campaign_id: CampaignId) -> Response:
    """Let a closed campaign take rides again."""
    with store.write() as session:
        campaign = reopen_campaign(session, user, campaign_id)
    return RedirectResponse(f"/teach/campaigns/{campaign.id}", HTTPStatus.SEE_OTHER)


def printed_in(campaign: Campaign) -> dict[str, str]:
    """Return the languages that a class prints in by code, its own first."""
    wished = [campaign.language, *campaign.other_languages]
    return {code: LANGUAGES[code] for code in wished if code in LANGUAGES}


def _row(campaign: Campaign) -> dict[str, Any]:
    return {
        "id": campaign.id,
        "title": campaign.title,
        "school": campaign.school.name,
        "school_id": campaign.school_id,
        "code": show_code(campaign.code),
        "state": campaign.state,
        "from_day": campaign.from_day,
        "to_day": campaign.to_day,
    }


def _numbers(session: Session, campaign: Campaign) -> dict[str, Any]:
    return class_progress(session, campaign).model_dump(exclude={"title", "school", "simulated"})
