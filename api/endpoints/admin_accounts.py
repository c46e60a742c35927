"""Administrators make accounts of staff and help those who lost a password or a phone."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.auth import new_password
from api.deps import AdminDep, PagesDep, StoreDep
from api.errors import InvalidUserError
from api.services.accounts import add_user, end_sessions, require_user, set_password
from api.services.areas import require_area
from api.services.bodies import area_titles, require_body
from api.services.second_factor import reset_factor
from api.store import areas, bodies, users
from api.store.authorities import Body
from api.store.engine import Session, Store
from api.store.models import Area, School, User
from web.account_words import role_words
from web.translation import translations

router = APIRouter(include_in_schema=False)

UserId = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("/admin/accounts", response_class=HTMLResponse)
def list_accounts(
    pages: PagesDep,
    store: StoreDep,
    _admin: AdminDep,
    body: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    done: Annotated[bool, Query()] = False,  # noqa: FBT002 - a parameter of the address
) -> str:
    """List the accounts of staff, and ask for a new one."""
    return _page(pages, store, {"email": "", "of": f"body {body}" if body else ""}, done=done)


@router.post("/admin/accounts")
def create(
    pages: PagesDep,
    store: StoreDep,
    admin: AdminDep,
    email: Annotated[str, Form(max_length=200)] = "",
    of: Annotated[str, Form(max_length=60)] = "",
) -> Response:
    """Make an account with a password that is shown this once."""
    password = new_password()
    try:
        with store.write() as session:
            role, whose = _belonging(session, of)
            user = add_user(session, email.strip(), password, role, whose, by=admin)
    except InvalidUserError as error:
        values = {"email": email, "of": of}
        page = _page(pages, store, values, error=pages.refusal(error))
        return HTMLResponse(page, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _with_password(pages, store, user.email, password)


@router.post("/admin/accounts/{user_id}/password")
def renew_password(pages: PagesDep, store: StoreDep, admin: AdminDep, user_id: UserId) -> Response:
    """Give an account a new password, shown this once, and sign it out everywhere."""
    password = new_password()
    with store.read() as session:
        user = require_user(session, user_id)
    set_password(store, user_id, password, by=admin)
    return _with_password(pages, store, user.email, password)


@router.post("/admin/accounts/{user_id}/reset-factor")
def lose_factor(store: StoreDep, admin: AdminDep, user_id: UserId) -> Response:
    """Take an account's second factor away and sign it out: its phone is lost."""
    with store.write() as session:
        reset_factor(session, user_id, by=admin)
    return _back()


@router.post("/admin/accounts/{user_id}/end-sessions")
def sign_out(store: StoreDep, admin: AdminDep, user_id: UserId) -> Response:
    """Sign an account out everywhere."""
    with store.write() as session:
        end_sessions(session, user_id, by=admin)
    return _back()


def _back() -> Response:
    return RedirectResponse("/admin/accounts?done=true", HTTPStatus.SEE_OTHER)


def _with_password(pages: PagesDep, store: Store, email: str, password: str) -> Response:
    shown = {"email": email, "password": password}
    page = _page(pages, store, {"email": "", "of": ""}, shown=shown)
    return HTMLResponse(page, HTTPStatus.CREATED)


def _belonging(session: Session, of: str) -> tuple[str, Area | School | Body | None]:
    """Return the role and what it is of, from the choice of the form."""
    what, _, number = of.partition(" ")
    if what == "admin":
        return "admin", None
    if what == "area":
        return "police", require_area(session, number)
    if what == "school" and _is_number(number):
        return "teacher", areas.find_school(session, int(number))
    if what == "body" and _is_number(number):
        body = require_body(session, int(number))
        return "police" if body.kind == "police" else "officer", body
    raise InvalidUserError(f"expected a role, got {what!r}", "role")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10  # noqa: PLR2004 - 31 bits


def _page(
    pages: PagesDep,
    store: Store,
    values: dict[str, str],
    *,
    error: str | None = None,
    shown: dict[str, str] | None = None,
    done: bool = False,
) -> str:
    say = translations(pages.language()).gettext
    with store.read() as session:
        titles = area_titles(session)
        accounts = [_about(one, titles) for one in users.all_users(session)]
        authorities = [
            {"value": f"body {one.id}", "name": one.name, "area": titles[one.area_id]}
            for one in bodies.all_bodies(session)
        ]
        schools = {
            title: [
                {"value": f"school {one.id}", "name": one.name}
                for one in areas.schools_of(session, area)
            ]
            for area, title in titles.items()
        }
    return pages.render(
        "admin_accounts.html",
        path="/admin/accounts",
        accounts=accounts,
        authorities=authorities,
        areas=titles,
        schools=schools,
        roles=role_words(say),
        values=values,
        error=error,
        shown=shown,
        done=done,
    )


def _about(user: User, titles: dict[str, str]) -> dict[str, Any]:
    of = user.body.name if user.body else user.school.name if user.school else ""
    return {
        "id": user.id,
        "email": user.email,
        "role": user.role,
        "of": of or titles.get(user.area_id or "", ""),
        "factor": user.totp_sealed is not None,
    }
