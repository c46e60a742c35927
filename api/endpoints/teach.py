"""The teacher's pages: classes, their codes and numbers, closing, poster and report."""

from datetime import date, timedelta
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.auth import show_code
from api.deps import LibraryDep, PagesDep, SettingsDep, StoreDep, TeacherDep
from api.errors import InvalidCampaignError
from api.services.campaigns import (
    NewCampaign,
    close_campaign,
    create_campaign,
    own_campaign,
    today,
)
from api.services.print_report import print_poster, print_report
from api.services.progress import class_progress
from api.services.read_release import cases, require_release
from api.store import areas, audit, campaigns, jobs, releases
from api.store.engine import Session, Store
from api.store.models import Campaign, School, User
from web.translation import LANGUAGES

router = APIRouter(include_in_schema=False)

CampaignId = Annotated[int, Path(ge=1, le=2**31 - 1)]
USUAL_DAYS = timedelta(weeks=4)
USUAL_ROSTER = 30


@router.get("/teach", response_class=HTMLResponse)
def list_campaigns(pages: PagesDep, store: StoreDep, user: TeacherDep) -> str:
    """List the campaigns of the teacher's school."""
    with store.read() as session:
        found = campaigns.of_school(session, None if user.role == "admin" else user.school_id)
        rows = [_row(campaign) | _numbers(session, campaign) for campaign in found]
    simulated = any(campaign.simulated for campaign in found)
    return pages.render("teach.html", campaigns=rows, simulated=simulated)


@router.get("/teach/campaigns/new", response_class=HTMLResponse)
def show_form(pages: PagesDep, store: StoreDep, user: TeacherDep) -> str:
    """Show the form of a new campaign, filled with what most need."""
    schools = _schools(store, user)
    values = {
        "title": "",
        "school_id": schools[0].id if len(schools) == 1 else None,
        "from_day": today().isoformat(),
        "to_day": (today() + USUAL_DAYS).isoformat(),
        "language": pages.language(),
        "roster": USUAL_ROSTER,
    }
    return _form(pages, schools, values, {})


@router.post("/teach/campaigns")
def create(
    pages: PagesDep,
    store: StoreDep,
    user: TeacherDep,
    title: Annotated[str, Form(max_length=400)] = "",
    school_id: Annotated[str, Form(max_length=12)] = "",
    from_day: Annotated[str, Form(max_length=20)] = "",
    to_day: Annotated[str, Form(max_length=20)] = "",
    language: Annotated[str, Form(max_length=10)] = "",
    roster: Annotated[str, Form(max_length=12)] = "",
    consent: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Open a campaign, or show the form again with what was wrong."""
    new = NewCampaign(
        title=title,
        school_id=_whole(school_id),
        from_day=_day(from_day),
        to_day=_day(to_day),
        language=language,
        roster=_whole(roster),
        consent=consent == "yes",
    )
    try:
        with store.write() as session:
            campaign = create_campaign(session, user, new, tuple(LANGUAGES))
    except InvalidCampaignError as error:
        values = {
            "title": title, "school_id": _whole(school_id), "from_day": from_day,
            "to_day": to_day, "language": language, "roster": roster,
        }  # fmt: skip
        page = _form(pages, _schools(store, user), values, error.fields)
        return HTMLResponse(page, HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse(f"/teach/campaigns/{campaign.id}", HTTPStatus.SEE_OTHER)


@router.get("/teach/campaigns/{campaign_id}", response_class=HTMLResponse)
def show_campaign(
    pages: PagesDep, store: StoreDep, user: TeacherDep, campaign_id: CampaignId
) -> str:
    """Show a campaign: code, numbers, releases."""
    with store.read() as session:
        campaign = own_campaign(session, user, campaign_id)
        area_id = campaign.school.area_id
        job = jobs.latest(session, "publish", f"{area_id}/{campaign.id}")
        return pages.render(
            "campaign.html",
            campaign=_row(campaign) | {"policy_version": campaign.consent_policy},
            progress=_numbers(session, campaign),
            releases=[
                {"number": one.number, "day": one.day, "participants": one.participants}
                for one in releases.of_area(session, area_id)
            ],
            can_close=campaign.state == "open",
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


@router.get("/teach/campaigns/{campaign_id}/poster.pdf")
def poster(
    store: StoreDep, user: TeacherDep, settings: SettingsDep, campaign_id: CampaignId
) -> Response:
    """Print the poster with the class's code."""
    with store.read() as session:
        campaign = own_campaign(session, user, campaign_id)
        return _pdf(print_poster(campaign, settings), f"poster-{campaign.id}.pdf")


@router.get("/teach/campaigns/{campaign_id}/report.pdf")
def report(
    pages: PagesDep,
    store: StoreDep,
    user: TeacherDep,
    library: LibraryDep,
    campaign_id: CampaignId,
) -> Response:
    """Print the safety report of the campaign's school from the newest release."""
    with store.read() as session:
        campaign = own_campaign(session, user, campaign_id)
        school = campaign.school
        release = require_release(session, school.area_id)
        language = pages.language(campaign.language)
        found = cases(session, school.area_id)
        pdf = print_report(release, school, found, library.get(school.area), language)
    with store.write() as session:
        audit.record(
            session, user.id, "print report", f"school {school.id}", release=release.number
        )
    return _pdf(pdf, f"safety-report-{school.id}-{release.number}.pdf")


def _row(campaign: Campaign) -> dict[str, Any]:
    return {
        "id": campaign.id,
        "title": campaign.title,
        "school": campaign.school.name,
        "code": show_code(campaign.code),
        "state": campaign.state,
        "from_day": campaign.from_day,
        "to_day": campaign.to_day,
    }


def _numbers(session: Session, campaign: Campaign) -> dict[str, Any]:
    return class_progress(session, campaign).model_dump(exclude={"title", "school", "simulated"})


def _schools(store: Store, user: User) -> list[School]:
    if user.role == "teacher":
        return [user.school] if user.school else []
    with store.read() as session:
        known = areas.all_areas(session)
        return [school for area in known for school in areas.schools_of(session, area.id)]


def _form(
    pages: PagesDep, schools: list[School], values: dict[str, Any], errors: dict[str, str]
) -> str:
    named = [{"id": school.id, "name": school.name} for school in schools]
    return pages.render(
        "campaign_new.html",
        path="/teach/campaigns/new",
        schools=named,
        values=values,
        errors=errors,
    )


def _pdf(content: bytes, name: str) -> Response:
    headers = {"content-disposition": f'inline; filename="{name}"'}
    return Response(content, media_type="application/pdf", headers=headers)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
