"""Setting up the second factor of the own account, and taking it away again."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.auth import digest
from api.cookies import STAFF, read_cookie
from api.deps import FailuresDep, PagesDep, SettingsDep, SignedInDep, StoreDep
from api.errors import WrongCodeError
from api.services.limits import FailureLimit
from api.services.second_factor import ROLES, check_code, offer_factor, reset_factor, take_factor
from api.settings import Settings
from api.store.models import User
from web.qr import screen_code

router = APIRouter(include_in_schema=False)

Code = Annotated[str, Form(max_length=20)]


@router.get("/account/factor", response_class=HTMLResponse)
def show_factor(pages: PagesDep, settings: SettingsDep, user: SignedInDep) -> str:
    """Show the secret for an app, or that the account has a second factor."""
    return _page(pages, settings, user)


@router.post("/account/factor")
def take(
    pages: PagesDep,
    store: StoreDep,
    settings: SettingsDep,
    failures: FailuresDep,
    user: SignedInDep,
    offer: Annotated[str, Form(max_length=1000)] = "",
    code: Code = "",
) -> Response:
    """Take the second factor over, once a code shows that the app has it."""
    failures.check("factor", _own(user))
    try:
        take_factor(store, settings, user, offer, code)
    except WrongCodeError as error:
        return _wrong(pages, settings, failures, user, error, offer)
    return RedirectResponse("/account?done=factor", HTTPStatus.SEE_OTHER)


@router.post("/account/factor/remove")
def remove(
    request: Request,
    pages: PagesDep,
    store: StoreDep,
    settings: SettingsDep,
    failures: FailuresDep,
    user: SignedInDep,
    code: Code = "",
) -> Response:
    """Take the second factor away with one of its codes, for instance for a new phone."""
    failures.check("factor", _own(user))
    try:
        check_code(store, settings, user, code)
    except WrongCodeError as error:
        return _wrong(pages, settings, failures, user, error, "")
    stay = digest(read_cookie(request, settings, STAFF))
    with store.write() as session:
        reset_factor(session, user.id, by=user, stay=stay)
    return RedirectResponse("/account/factor", HTTPStatus.SEE_OTHER)


def _wrong(
    pages: PagesDep,
    settings: Settings,
    failures: FailureLimit,
    user: User,
    error: WrongCodeError,
    offer: str,
) -> Response:
    failures.count("factor", _own(user))
    page = _page(pages, settings, user, offer=offer, error=pages.refusal(error))
    return HTMLResponse(page, HTTPStatus.UNPROCESSABLE_ENTITY)


def _page(
    pages: PagesDep, settings: Settings, user: User, *, offer: str = "", error: str | None = None
) -> str:
    offered = None if user.totp_sealed is not None else offer_factor(settings, user, offer)
    return pages.render(
        "factor.html",
        path="/account/factor",
        offer=offered,
        qr=screen_code(offered.address) if offered else None,
        must=settings.require_second_factor and user.role in ROLES,
        error=error,
    )


def _own(user: User) -> str:
    return f"account {user.id}"
