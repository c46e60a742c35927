"""The board for the screen of the classroom: one page, and the numbers that it asks for."""

from dataclasses import asdict

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.auth import show_code
from api.deps import PagesDep, SettingsDep, StoreDep, TeacherDep
from api.services.board import BoardNumbers, board_numbers, still_thin
from api.services.campaigns import own_campaign, today

from .teach import CampaignId

router = APIRouter(include_in_schema=False)


@router.get("/teach/campaigns/{campaign_id}/board", response_class=HTMLResponse)
def show_board(
    pages: PagesDep,
    store: StoreDep,
    user: TeacherDep,
    settings: SettingsDep,
    campaign_id: CampaignId,
) -> str:
    """Show the code, how far the class is and what is still thin; no map, and nobody alone."""
    with store.write() as session:
        campaign = own_campaign(session, user, campaign_id)
        numbers = board_numbers(session, campaign)
        thin = still_thin(session, user, campaign)
    takes_rides = campaign.state == "open" and campaign.from_day <= today() <= campaign.to_day
    return pages.render(
        "board.html",
        config={"url": f"/teach/campaigns/{campaign.id}/board.json", "numbers": asdict(numbers)},
        campaign={
            "id": campaign.id,
            "title": campaign.title,
            "school": campaign.school.name,
            "code": show_code(campaign.code) if campaign.consent_kind != "cards" else "",
            "open": takes_rides,
        },
        address=settings.base_url.split("://", 1)[-1],
        numbers=numbers,
        thin=thin,
        simulated=campaign.simulated,
    )


@router.get("/teach/campaigns/{campaign_id}/board.json")
def read_board(store: StoreDep, user: TeacherDep, campaign_id: CampaignId) -> BoardNumbers:
    """Return the numbers of the board."""
    with store.read() as session:
        return board_numbers(session, own_campaign(session, user, campaign_id))
