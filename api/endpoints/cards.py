"""What a class prints, and the guardians' consent card by card, without any name."""

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.deps import LibraryDep, PagesDep, SettingsDep, StoreDep, TeacherDep
from api.services.campaigns import own_campaign
from api.services.cards import consents, make_cards, print_cards, record_consent
from api.services.print_report import print_map, print_poster, print_report
from api.services.view_school import view_school
from api.store import audit
from web.translation import choose_language

from .teach import CampaignId, printed_in

router = APIRouter(include_in_schema=False)

Language = Annotated[str, Query(max_length=10)]
CardNumber = Annotated[int, Form(ge=1, le=100_000)]


@router.get("/teach/campaigns/{campaign_id}/cards", response_class=HTMLResponse)
def show_cards(
    pages: PagesDep,
    store: StoreDep,
    user: TeacherDep,
    campaign_id: CampaignId,
    saved: Annotated[str, Query(max_length=10)] = "",
) -> str:
    """Show the numbers of the cards with a tick for each guardian's consent: no names."""
    with store.read() as session:
        campaign = own_campaign(session, user, campaign_id)
        return pages.render(
            "cards.html",
            campaign={"id": campaign.id, "title": campaign.title, "kind": campaign.consent_kind},
            cards=consents(session, campaign),
            printed_in=printed_in(campaign),
            saved=saved == "yes",
            simulated=campaign.simulated,
        )


@router.post("/teach/campaigns/{campaign_id}/cards")
def save_consent(
    store: StoreDep,
    user: TeacherDep,
    settings: SettingsDep,
    campaign_id: CampaignId,
    number: Annotated[list[CardNumber], Form(max_length=1000)] = [],  # noqa: B006 - FastAPI's way to say that a list may be missing
    everybody: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Record for which cards a guardian has agreed: those ticked, or all of them."""
    with store.write() as session:
        campaign = own_campaign(session, user, campaign_id)
        made = make_cards(session, settings, campaign)
        ticked = [card.number for card in made] if everybody else number
        record_consent(session, user, campaign_id, ticked)
    address = f"/teach/campaigns/{campaign.id}/cards?saved=yes"
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


@router.get("/teach/campaigns/{campaign_id}/cards.pdf")
def cards(
    store: StoreDep,
    user: TeacherDep,
    settings: SettingsDep,
    campaign_id: CampaignId,
    lang: Language = "",
) -> Response:
    """Print the join cards; the first print makes them."""
    with store.write() as session:
        campaign = own_campaign(session, user, campaign_id)
        make_cards(session, settings, campaign)
        audit.record(session, user.id, "print cards", f"campaign {campaign.id}")
    with store.read() as session:
        # Typeset outside of the transaction that writes: all other writers wait for that one.
        campaign = own_campaign(session, user, campaign_id)
        pdf = print_cards(session, settings, campaign, choose_language(lang, campaign.language))
    return _pdf(pdf, f"cards-{campaign_id}.pdf")


@router.get("/teach/campaigns/{campaign_id}/poster.pdf")
def poster(
    store: StoreDep,
    user: TeacherDep,
    settings: SettingsDep,
    campaign_id: CampaignId,
    lang: Language = "",
) -> Response:
    """Print the poster with the class's code."""
    with store.read() as session:
        campaign = own_campaign(session, user, campaign_id)
        pdf = print_poster(campaign, settings, choose_language(lang, campaign.language))
    return _pdf(pdf, f"poster-{campaign_id}.pdf")


@router.get("/teach/campaigns/{campaign_id}/map.pdf")
def paper_map(
    store: StoreDep,
    user: TeacherDep,
    settings: SettingsDep,
    library: LibraryDep,
    campaign_id: CampaignId,
    lang: Language = "",
    paper: Literal["a4", "a3"] = "a4",
    radius: Literal["1500", "3000"] = "1500",
) -> Response:
    """Print the map around the school, to draw on at home."""
    with store.read() as session:
        campaign = own_campaign(session, user, campaign_id)
        pdf = print_map(
            campaign,
            library.get(campaign.school.area),
            settings,
            choose_language(lang, campaign.language),
            paper=paper,
            radius_m=int(radius),
        )
    return _pdf(pdf, f"map-{campaign_id}-{paper}-{radius}.pdf")


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
        language = pages.language(campaign.language)
    view = view_school(store, user, campaign.school_id, action="print report")
    pdf = print_report(view, library.get(view.area), language)
    return _pdf(pdf, f"safety-report-{campaign.school_id}-{view.release.number}.pdf")


def _pdf(content: bytes, name: str) -> Response:
    headers = {"content-disposition": f'inline; filename="{name}"'}
    return Response(content, media_type="application/pdf", headers=headers)
