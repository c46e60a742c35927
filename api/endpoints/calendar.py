"""The calendar of due days: its secret address, made and revoked, and what lies there."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.deps import InstallationDep, PagesDep, SettingsDep, StaffDep, StoreDep
from api.errors import NotFoundError
from api.services.calendar_feed import calendar_feed, make_calendar, revoke_calendar
from api.services.case_rights import AUTHORITIES

router = APIRouter(include_in_schema=False)


@router.get("/account/calendar", response_class=HTMLResponse)
def show_calendar(pages: PagesDep, user: StaffDep) -> str:
    """Say whether the account has a calendar, and offer to make or revoke it."""
    if user.role not in AUTHORITIES:
        raise NotFoundError("no such page")
    return pages.render("calendar.html", exists=user.calendar_hash is not None, feed="")


@router.post("/account/calendar", response_class=HTMLResponse)
def make(pages: PagesDep, user: StaffDep, store: StoreDep, settings: SettingsDep) -> str:
    """Make a new address, shown this once; an older one is dead from now on."""
    with store.write() as session:
        token = make_calendar(session, user.id)
    feed = f"{settings.base_url.rstrip('/')}/calendar/{token}.ics"
    return pages.render("calendar.html", path="/account/calendar", exists=True, feed=feed)


@router.post("/account/calendar/revoke")
def revoke(user: StaffDep, store: StoreDep) -> Response:
    """Make the address useless."""
    with store.write() as session:
        revoke_calendar(session, user.id)
    return RedirectResponse("/account/calendar", 303)


@router.get("/calendar/{token}.ics")
def feed(here: InstallationDep, token: Annotated[str, Path(max_length=100)]) -> Response:
    """Return the due days of who made this address, to whatever program knows it."""
    return Response(calendar_feed(here, token), media_type="text/calendar; charset=utf-8")
