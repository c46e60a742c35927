"""The first page, joining a class, erasing what was sent, and help."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.auth import digest
from api.cookies import PARTICIPANT, clear_cookie, read_cookie, set_cookie
from api.deps import FailuresDep, PagesDep, SettingsDep, StoreDep
from api.errors import BarometerError, UnknownCodeError, UnreadNoticeError, status_of
from api.services.erase import erase
from api.services.join_class import join_class
from api.store import campaigns

router = APIRouter(include_in_schema=False)


@router.get("/", response_class=HTMLResponse)
def home(pages: PagesDep, store: StoreDep, code: str = "") -> str:
    """Ask for the class code; a QR code brings it along."""
    with store.read() as session:
        simulated = campaigns.has_simulated(session)
    return pages.render("home.html", code=code[:20], simulated=simulated)


@router.post("/join")
def join(
    request: Request,
    pages: PagesDep,
    store: StoreDep,
    settings: SettingsDep,
    failures: FailuresDep,
    code: Annotated[str, Form(max_length=40)] = "",
    ready: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Join a class by its code."""
    address = request.client.host if request.client else ""
    failures.check("code", address)
    try:
        if not ready:
            raise UnreadNoticeError("please read what is stored and tick the box")
        with store.write() as session:
            participant, token = join_class(session, settings, code)
            language = participant.campaign.language
    except BarometerError as error:
        if isinstance(error, UnknownCodeError):
            failures.count("code", address)
        page = pages.render("home.html", path="/", code=code, error=pages.refusal(error))
        return HTMLResponse(page, status_of(error))
    response = RedirectResponse("/draw", HTTPStatus.SEE_OTHER)
    set_cookie(response, settings, PARTICIPANT, token)
    response.set_cookie("lang", pages.language(language), samesite="lax")
    return response


@router.post("/leave")
def leave_class(request: Request, store: StoreDep, settings: SettingsDep) -> Response:
    """End the class session of this device: the next student at it is somebody else."""
    with store.write() as session:
        campaigns.end_session(session, digest(read_cookie(request, settings, PARTICIPANT)))
    response = RedirectResponse("/", HTTPStatus.SEE_OTHER)
    clear_cookie(response, settings, PARTICIPANT)
    return response


@router.get("/mine", response_class=HTMLResponse)
def mine(pages: PagesDep) -> str:
    """Ask for the delete phrase."""
    return pages.render("mine.html", erased=False)


@router.post("/mine")
def erase_mine(
    request: Request,
    pages: PagesDep,
    store: StoreDep,
    settings: SettingsDep,
    failures: FailuresDep,
    phrase: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Erase by phrase; the answer never tells whether there was anything."""
    address = request.client.host if request.client else ""
    failures.check("phrase", address)
    with store.write() as session:
        found = erase(session, settings, phrase)
    if not found:
        failures.count("phrase", address)
    return HTMLResponse(pages.render("mine.html", erased=True))


@router.get("/help", response_class=HTMLResponse)
def show_help(pages: PagesDep) -> str:
    """Explain what is stored, how places are ranked and who sees what."""
    return pages.render("help.html")
