"""Clean up a class by card number, and decide on its texts: nobody's ride is ever shown."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.deps import PagesDep, SettingsDep, StoreDep, TeacherDep
from api.services.campaigns import own_campaign
from api.services.clean_up import Action, clean_up, numbers_to_look_at
from api.services.moderate import Decision, Ruling, decide, read_texts
from api.store.models import Campaign
from web.translation import translations
from web.words import flag_words

from .teach import CampaignId

router = APIRouter(include_in_schema=False)

MOST = 9999
"""A number of four digits is more than any class has cards."""
Handle = Annotated[str, Form(max_length=24)]


@router.get("/teach/campaigns/{campaign_id}/contributions", response_class=HTMLResponse)
def show_contributions(
    pages: PagesDep,
    store: StoreDep,
    user: TeacherDep,
    campaign_id: CampaignId,
    number: int | None = None,
) -> str:
    """Show by number what asks for a second look; `number` is what was just acted on."""
    return _contributions(pages, store, user, campaign_id, number=number)


@router.post("/teach/campaigns/{campaign_id}/contributions")
def act(
    pages: PagesDep,
    store: StoreDep,
    user: TeacherDep,
    campaign_id: CampaignId,
    action: Annotated[Action, Form()],
    number: Annotated[str, Form(max_length=12)] = "",
) -> Response:
    """Carry out what the teacher decided about a number, or say what a number is."""
    typed = int(number) if number.strip().isascii() and number.strip().isdigit() else 0
    if not 0 < typed <= MOST:
        page = _contributions(pages, store, user, campaign_id, wrong=True)
        return HTMLResponse(page, HTTPStatus.UNPROCESSABLE_ENTITY)
    with store.write() as session:
        clean_up(session, user, campaign_id, typed, action)
    address = f"/teach/campaigns/{campaign_id}/contributions?number={typed}"
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


@router.get("/teach/campaigns/{campaign_id}/remarks", response_class=HTMLResponse)
def show_remarks(
    pages: PagesDep,
    store: StoreDep,
    user: TeacherDep,
    settings: SettingsDep,
    campaign_id: CampaignId,
) -> str:
    """Show the texts of a class without author, day and order."""
    with store.write() as session:
        campaign = own_campaign(session, user, campaign_id)
        row = _row(campaign)
        texts = read_texts(session, settings, user, campaign)
    states = ("waiting", "accepted", "refused")
    return pages.render(
        "remarks.html",
        campaign=row,
        texts={state: [one for one in texts if one.state == state] for state in states}
        if texts is not None
        else None,
        simulated=campaign.simulated,
    )


@router.post("/teach/campaigns/{campaign_id}/remarks")
def rule(
    store: StoreDep,
    user: TeacherDep,
    settings: SettingsDep,
    campaign_id: CampaignId,
    decision: Annotated[Decision, Form()],
    handle: Handle = "",
) -> Response:
    """Accept or refuse a text."""
    with store.write() as session:
        decide(session, settings, user, campaign_id, Ruling(handle, decision))
    return RedirectResponse(f"/teach/campaigns/{campaign_id}/remarks", HTTPStatus.SEE_OTHER)


def _contributions(
    pages: PagesDep,
    store: StoreDep,
    user: TeacherDep,
    campaign_id: int,
    *,
    number: int | None = None,
    wrong: bool = False,
) -> str:
    with store.read() as session:
        campaign = own_campaign(session, user, campaign_id)
        row = _row(campaign)
        numbers = numbers_to_look_at(session, campaign.id)
    return pages.render(
        "contributions.html",
        path=f"/teach/campaigns/{campaign_id}/contributions",
        campaign=row,
        numbers=numbers,
        flag_words=flag_words(translations(pages.language()).gettext),
        number=number,
        wrong=wrong,
        most=MOST,
        simulated=campaign.simulated,
    )


def _row(campaign: Campaign) -> dict[str, Any]:
    return {"id": campaign.id, "title": campaign.title, "school": campaign.school.name}
