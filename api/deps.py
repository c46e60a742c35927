"""What endpoints declare that they need."""

import base64
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, Request

from api.auth import digest
from api.cookies import PARTICIPANT, STAFF, read_cookie
from api.errors import (
    ClassCodeRequiredError,
    NotFoundError,
    ReadOnlyKeyError,
    SignInRequiredError,
    UnknownKeyError,
)
from api.services.api_keys import use_key
from api.services.areas import AreaLibrary
from api.services.installation import Installation
from api.services.limits import FailureLimit
from api.services.second_factor import require_factor
from api.services.view_crashes import sees_crashes
from api.settings import Settings
from api.store import campaigns, users
from api.store.authorities import ApiKey
from api.store.engine import Store
from api.store.models import Participant, User
from web.pages import render
from web.refusals import refusal_words
from web.translation import choose_language

FORM = "application/x-www-form-urlencoded"


def get_installation(request: Request) -> Installation:
    """Return what this app was made with."""
    here: Installation = request.app.state.here
    return here


InstallationDep = Annotated[Installation, Depends(get_installation)]


def get_settings(here: InstallationDep) -> Settings:
    """Return the settings of the installation."""
    return here.settings


def get_store(here: InstallationDep) -> Store:
    """Return the database of the installation."""
    return here.store


def get_library(here: InstallationDep) -> AreaLibrary:
    """Return the loaded areas of the installation."""
    return here.library


def get_join_limit(request: Request) -> FailureLimit:
    """Return what counts wrong codes, phrases and passwords."""
    limit: FailureLimit = request.app.state.failures
    return limit


SettingsDep = Annotated[Settings, Depends(get_settings)]
StoreDep = Annotated[Store, Depends(get_store)]
LibraryDep = Annotated[AreaLibrary, Depends(get_library)]
FailuresDep = Annotated[FailureLimit, Depends(get_join_limit)]


# No dependency holds a session open: it would be entered, used and left in different threads of
# the pool, and in a rush every thread would wait for the writer's lock while its holder waits for
# a thread.
def get_participant(request: Request, store: StoreDep, settings: SettingsDep) -> Participant:
    """Return the student of this browser's class session."""
    token = read_cookie(request, settings, PARTICIPANT)
    with store.read() as session:
        known = campaigns.participant_by_session
        participant = known(session, digest(token), datetime.now(UTC).date()) if token else None
    if participant is None:
        raise ClassCodeRequiredError("enter the class code first")
    return participant


def get_user(request: Request, store: StoreDep, settings: SettingsDep) -> User | None:
    """Return who is signed in as staff."""
    token = read_cookie(request, settings, STAFF)
    with store.read() as session:
        return users.by_token(session, digest(token), datetime.now(UTC)) if token else None


ParticipantDep = Annotated[Participant, Depends(get_participant)]
UserDep = Annotated[User | None, Depends(get_user)]


def get_signed_in(user: UserDep) -> User:
    """Return the signed-in member of staff, who may still have to set up a second factor."""
    if user is None:
        raise SignInRequiredError("sign in first")
    return user


SignedInDep = Annotated[User, Depends(get_signed_in)]


def get_staff(user: SignedInDep, settings: SettingsDep) -> User:
    """Return the signed-in member of staff."""
    require_factor(settings, user)
    return user


def get_teacher(user: Annotated[User, Depends(get_staff)]) -> User:
    """Return the signed-in teacher or administrator; for others these pages do not exist."""
    if user.role not in {"teacher", "admin"}:
        raise NotFoundError("no such page")
    return user


def get_admin(user: Annotated[User, Depends(get_staff)]) -> User:
    """Return the signed-in administrator; for others these pages do not exist."""
    if user.role != "admin":
        raise NotFoundError("no such page")
    return user


StaffDep = Annotated[User, Depends(get_staff)]
TeacherDep = Annotated[User, Depends(get_teacher)]
AdminDep = Annotated[User, Depends(get_admin)]


async def get_sent_key(request: Request) -> str:
    """Return the key that a program sent, empty without one.

    Open311 names it in the address or in the form; elsewhere it would stand in logs of others.
    Programs of maps that know no other header than a password's send it as the password; only for
    reading, because a browser that has learnt a password sends it unasked.
    """
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return secret.strip()
    if kind.lower() == "basic" and request.url.path.startswith("/ogc"):
        return _password(secret)
    if not request.url.path.startswith("/open311"):
        return ""
    sent: object = request.query_params.get("api_key")
    if sent is None and request.headers.get("content-type", "").startswith(FORM):
        sent = (await request.form()).get("api_key")
    return sent if isinstance(sent, str) else ""


def _password(credentials: str) -> str:
    """Return the password of HTTP Basic (RFC 7617), or refuse."""
    try:
        found = base64.b64decode(credentials.strip(), validate=True).decode().partition(":")[2]
    except ValueError:
        found = ""
    if not found:
        raise UnknownKeyError("expected a key of a body as the password")
    return found


def get_key(
    request: Request,
    store: StoreDep,
    failures: FailuresDep,
    secret: Annotated[str, Depends(get_sent_key)],
) -> ApiKey | None:
    """Return the key of the program that asks, with its body; None if it sent none.

    Raises
    ------
    UnknownKeyError
        If what it sent is no key, or is revoked.
    """
    if not secret:
        return None
    address = request.client.host if request.client else ""
    failures.check("key", address)
    try:
        return use_key(store, secret)
    except UnknownKeyError:
        failures.count("key", address)
        raise


MaybeKeyDep = Annotated[ApiKey | None, Depends(get_key)]


def require_key(key: MaybeKeyDep) -> ApiKey:
    """Return the key of the program that asks, or refuse."""
    if key is None:
        raise UnknownKeyError("expected the header 'Authorization: Bearer' with a key of a body")
    return key


KeyDep = Annotated[ApiKey, Depends(require_key)]


def require_writing_key(key: KeyDep) -> ApiKey:
    """Return the key of the program that asks if it may change something."""
    if not key.may_write:
        raise ReadOnlyKeyError("this key may read, but change nothing")
    return key


WritingKeyDep = Annotated[ApiKey, Depends(require_writing_key)]


class Pages:
    """Renders pages for one request: its language, its nonce and who is signed in."""

    def __init__(self, request: Request, user: UserDep, store: StoreDep) -> None:
        self._request = request
        self._user = user
        self._store = store

    def language(self, campaign: str | None = None) -> str:
        """Return the language: asked for, chosen before, the campaign's, the browser's."""
        asked = self._request.query_params.get("lang")
        chosen = self._request.cookies.get("lang")
        accept = self._request.headers.get("accept-language", "")
        return choose_language(asked, chosen, campaign, accept=accept)

    def render(self, template: str, *, language: str | None = None, **context: Any) -> str:  # noqa: ANN401
        """Return a page with what every page has."""
        return render(
            template,
            language=language or self.language(),
            nonce=self._request.state.nonce,
            user=self._about_user(),
            **self._address() | context,
        )

    def _address(self) -> dict[str, Any]:
        """Return where the page is, for the links that show it in another language."""
        url, said = self._request.url, self._request.query_params.multi_items()
        return {"path": url.path, "said": [pair for pair in said if pair[0] != "lang"]}

    def _about_user(self) -> dict[str, Any] | None:
        if self._user is None:
            return None
        crashes = sees_crashes(self._store, self._user)
        return {"email": self._user.email, "role": self._user.role, "crashes": crashes}

    def refusal(self, error: Exception) -> str:
        """Return why something was refused, in the page's language where it has words for it."""
        return refusal_words(self.language(), error)


PagesDep = Annotated[Pages, Depends(Pages)]
