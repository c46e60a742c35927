"""The page of the own account: mails, password, deputies, keys, signing out everywhere."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.auth import digest
from api.cookies import STAFF, clear_cookie, read_cookie
from api.deps import FailuresDep, PagesDep, SettingsDep, StaffDep, StoreDep
from api.errors import InvalidBodyError, InvalidUserError, NotFoundError, WrongPasswordError
from api.services.accounts import MIN_PASSWORD, change_mails, change_password, end_sessions
from api.services.api_keys import add_key, live_keys, revoke_key
from api.services.campaigns import today
from api.services.deputies import deputies_of, end_deputy, name_deputy, stands_in_for
from api.store import users
from api.store.authorities import Body
from api.store.engine import Store
from api.store.models import User
from web.account_words import digest_words, role_words
from web.translation import LANGUAGES, translations

router = APIRouter(include_in_schema=False)

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Password = Annotated[str, Form(max_length=200)]
Day = Annotated[str, Form(max_length=10)]
Done = Literal["", "factor", "mails", "password", "deputy", "key"]


@router.get("/account", response_class=HTMLResponse)
def show_account(
    pages: PagesDep, store: StoreDep, user: StaffDep, done: Annotated[Done, Query()] = ""
) -> str:
    """Show the own account and what may be changed of it."""
    return _page(pages, store, user, done=done)


@router.post("/account/mails")
def save_mails(
    store: StoreDep,
    user: StaffDep,
    language: Annotated[str, Form(max_length=10)] = "",
    digest: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Choose the language of mails, and how often they come."""
    with store.write() as session:
        change_mails(session, user.id, language=language, digest=digest, known=tuple(LANGUAGES))
    return _back("mails")


@router.post("/account/password")
def save_password(
    request: Request,
    pages: PagesDep,
    store: StoreDep,
    settings: SettingsDep,
    failures: FailuresDep,
    user: StaffDep,
    present: Password = "",
    new: Password = "",
    again: Password = "",
) -> Response:
    """Change the password; all other browsers are signed out."""
    failures.check("password", f"account {user.id}")
    stay = digest(read_cookie(request, settings, STAFF))
    try:
        change_password(store, user, present, (new, again), stay=stay)
    except WrongPasswordError as error:
        failures.count("password", f"account {user.id}")
        return _refused(pages, store, user, error)
    except InvalidUserError as error:
        return _refused(pages, store, user, error)
    return _back("password")


@router.post("/account/sign-out")
def leave_everywhere(store: StoreDep, settings: SettingsDep, user: StaffDep) -> Response:
    """End every session of the account, this one too."""
    with store.write() as session:
        end_sessions(session, user.id, by=user)
    response = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
    clear_cookie(response, settings, STAFF)
    return response


@router.post("/account/deputies")
def add_deputy(
    pages: PagesDep,
    store: StoreDep,
    user: StaffDep,
    email: Annotated[str, Form(max_length=200)] = "",
    from_day: Day = "",
    to_day: Day = "",
) -> Response:
    """Let a colleague act for the own body for a while."""
    _require_body(user)
    try:
        with store.write() as session:
            name_deputy(session, user, email, _day(from_day), _day(to_day))
    except InvalidUserError as error:
        return _refused(pages, store, user, error)
    return _back("deputy")


@router.post("/account/deputies/{deputy_id}/end")
def remove_deputy(store: StoreDep, user: StaffDep, deputy_id: Number) -> Response:
    """Take a deputy back."""
    with store.write() as session:
        end_deputy(session, user, deputy_id)
    return _back("deputy")


@router.post("/account/keys")
def make_key(
    pages: PagesDep,
    store: StoreDep,
    user: StaffDep,
    name: Annotated[str, Form(max_length=100)] = "",
    may_write: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Make a key of the own body and show it this once."""
    body = _require_body(user)
    try:
        with store.write() as session:
            _, secret = add_key(session, body, name, may_write=may_write == "yes", by=user)
    except InvalidBodyError as error:
        return _refused(pages, store, user, error)
    return HTMLResponse(_page(pages, store, user, secret=secret), HTTPStatus.CREATED)


@router.post("/account/keys/{key_id}/revoke")
def end_key(store: StoreDep, user: StaffDep, key_id: Number) -> Response:
    """Make a key of the own body useless."""
    body = _require_body(user)
    with store.write() as session:
        revoke_key(session, key_id, of=body, by=user)
    return _back("key")


def _require_body(user: User) -> Body:
    if user.body is None:
        raise NotFoundError("no such page")
    return user.body


def _back(done: Done) -> Response:
    return RedirectResponse(f"/account?done={done}", HTTPStatus.SEE_OTHER)


def _refused(pages: PagesDep, store: Store, user: User, error: Exception) -> Response:
    page = _page(pages, store, user, error=pages.refusal(error))
    return HTMLResponse(page, HTTPStatus.UNPROCESSABLE_ENTITY)


def _page(
    pages: PagesDep,
    store: Store,
    user: User,
    *,
    done: Done = "",
    error: str | None = None,
    secret: str = "",
) -> str:
    say = translations(pages.language()).gettext
    return pages.render(
        "account.html",
        path="/account",
        done=done,
        error=error,
        secret=secret,
        mine={
            "email": user.email,
            "role": role_words(say)[user.role],
            "of": user.body.name if user.body else user.school.name if user.school else "",
            "acts": user.role != "teacher",
            "factor": user.totp_sealed is not None,
            "language": user.language,
            "digest": user.digest,
        },
        digests=digest_words(say),
        min_password=MIN_PASSWORD,
        today=today(),
        body=_of_body(store, user),
    )


def _of_body(store: Store, user: User) -> dict[str, Any] | None:
    """Return what a member of a body may do for it; None for all others."""
    if user.body is None:
        return None
    with store.read() as session:
        return {
            "name": user.body.name,
            "colleagues": [
                one.email for one in users.of_body(session, user.body.id) if one.id != user.id
            ],
            "deputies": [
                {"id": one.id, "email": email, "from_day": one.from_day, "to_day": one.to_day}
                for one, email in deputies_of(session, user)
            ],
            "stands_in_for": [one.name for one in stands_in_for(session, user)],
            "keys": [
                {"id": one.id, "name": one.name, "writes": one.may_write, "used_on": one.used_on}
                for one in live_keys(session, user.body)
            ],
        }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
