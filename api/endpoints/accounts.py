"""Signing in and out as staff, in one step or in two."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.auth import digest
from api.cookies import ENTRY, STAFF, clear_cookie, read_cookie, set_cookie
from api.deps import FailuresDep, PagesDep, SettingsDep, StoreDep, UserDep
from api.errors import WrongCodeError, WrongPasswordError
from api.services.accounts import CodeRequiredError, open_session, sign_in
from api.services.second_factor import ENTRY_LIFE, check_code, entry_for, read_entry
from api.settings import Settings
from api.store import users

router = APIRouter(include_in_schema=False)

HOME = {"teacher": "/teach", "admin": "/teach"}
"""Where a role begins; police and officers with the hotspots."""
Next = Annotated[str, Form(max_length=200)]


@router.get("/sign-in", response_class=HTMLResponse)
def show_sign_in(pages: PagesDep, next: str = "") -> str:  # noqa: A002 - the field's name in the address
    """Ask for e-mail and password."""
    return pages.render("sign_in.html", next=own_path(next))


@router.post("/sign-in")
def enter(
    request: Request,
    pages: PagesDep,
    store: StoreDep,
    settings: SettingsDep,
    failures: FailuresDep,
    email: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=200)] = "",
    next: Next = "",  # noqa: A002 - the field's name in the form
) -> Response:
    """Sign in and go on to the page that was asked for, or to the code of the app."""
    address = request.client.host if request.client else ""
    failures.check("password", address)
    try:
        token = sign_in(store, email, password)
    except WrongPasswordError as error:
        failures.count("password", address)
        page = pages.render("sign_in.html", next=own_path(next), error=pages.refusal(error))
        return HTMLResponse(page, HTTPStatus.UNAUTHORIZED)
    except CodeRequiredError as needed:
        page = pages.render("sign_in_code.html", next=own_path(next))
        response: Response = HTMLResponse(page)
        seconds = int(ENTRY_LIFE.total_seconds())
        set_cookie(response, settings, ENTRY, entry_for(settings, needed.user), seconds=seconds)
        return response
    return _signed_in(settings, token, next)


@router.post("/sign-in/code")
def enter_code(
    request: Request,
    pages: PagesDep,
    store: StoreDep,
    settings: SettingsDep,
    failures: FailuresDep,
    code: Annotated[str, Form(max_length=20)] = "",
    next: Next = "",  # noqa: A002 - the field's name in the form
) -> Response:
    """Take the code of the app; only now there is a session."""
    try:
        user = read_entry(store, settings, read_cookie(request, settings, ENTRY))
    except WrongCodeError:
        return RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
    # Of an account, so that no second address gives a second try.
    failures.check("factor", f"account {user.id}")
    try:
        check_code(store, settings, user, code)
    except WrongCodeError as error:
        failures.count("factor", f"account {user.id}")
        page = pages.render("sign_in_code.html", next=own_path(next), error=pages.refusal(error))
        return HTMLResponse(page, HTTPStatus.UNAUTHORIZED)
    response = _signed_in(settings, open_session(store, user), next)
    clear_cookie(response, settings, ENTRY)
    return response


@router.get("/start")
def go_home(user: UserDep) -> Response:
    """Send staff to the page of their role."""
    page = "/sign-in" if user is None else HOME.get(user.role, "/hotspots")
    return RedirectResponse(page, HTTPStatus.SEE_OTHER)


@router.post("/sign-out")
def leave(request: Request, store: StoreDep, settings: SettingsDep) -> Response:
    """End this browser's session."""
    with store.write() as session:
        users.end_session(session, digest(read_cookie(request, settings, STAFF)))
    response = RedirectResponse("/", HTTPStatus.SEE_OTHER)
    clear_cookie(response, settings, STAFF)
    return response


def own_path(text: str) -> str:
    """Return `text` if it is a path of this site, so that no link leads elsewhere after sign-in."""
    fine = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable()
    return text if fine else ""


def _signed_in(settings: Settings, token: str, following: str) -> Response:
    response = RedirectResponse(own_path(following) or "/start", HTTPStatus.SEE_OTHER)
    set_cookie(response, settings, STAFF, token)
    return response
