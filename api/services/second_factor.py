"""The second factor of staff: six digits that an app makes anew every half minute (RFC 6238)."""

import base64
import binascii
import hmac
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp

from api.auth import digest
from api.errors import SecondFactorMissingError, WrongCodeError, WrongKeyError
from api.settings import Settings
from api.store import audit, users
from api.store.engine import Session, Store
from api.store.models import User

from .accounts import require_user
from .keys import installation_key
from .opening import open_sealed
from .sealing import seal

ROLES = frozenset({"police", "officer", "admin"})
"""Who may be made to use one: they see what is personal data, or change what others see."""
ISSUER = "Bicycle Barometer"
STEP_S = 30
DRIFT = 1
"""Steps by which a clock may be wrong."""
OFFER_LIFE, ENTRY_LIFE = timedelta(minutes=30), timedelta(minutes=5)


@dataclass(frozen=True)
class Offer:
    """A secret that an app may take over, and what brings it back with the first code."""

    secret: str
    address: str
    """What an app reads from the QR code."""
    sealed: str


def offer_factor(settings: Settings, user: User, present: str = "") -> Offer:
    """Return a new secret for an account, or the one of `present` as long as that is valid."""
    try:
        secret = str(_opened(settings, present, f"offer/{user.id}")["secret"])
    except WrongCodeError:
        secret = pyotp.random_base32()
    address = pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=ISSUER)
    return Offer(
        secret, address, _closed(settings, {"secret": secret}, f"offer/{user.id}", OFFER_LIFE)
    )


def take_factor(store: Store, settings: Settings, user: User, offer: str, code: str) -> None:
    """Give an account its second factor, once its app has shown that it has the secret.

    Raises
    ------
    WrongCodeError
        If the code is not the app's, or the offer is too old or of another account.
    """
    secret = str(_opened(settings, offer, f"offer/{user.id}")["secret"])
    step = _step_of(secret, code)
    with store.write() as session:
        found = require_user(session, user.id)
        if found.totp_sealed is not None:
            raise WrongCodeError("this account has a second factor already")
        key = installation_key(settings, "factor")
        found.totp_sealed = seal(key, secret, bound_to=f"factor/{user.id}")
        found.totp_step = step
        audit.record(session, user.id, "set up second factor", f"user {user.id}")


def check_code(store: Store, settings: Settings, user: User, code: str) -> None:
    """Take a code of an account's app; each is taken once.

    Raises
    ------
    WrongCodeError
        If it is another one, or was taken before.
    """
    if user.totp_sealed is None:
        raise WrongCodeError("this account has no second factor")
    key = installation_key(settings, "factor")
    secret = open_sealed(key, user.totp_sealed, bound_to=f"factor/{user.id}")
    step = _step_of(secret, code)
    with store.write() as session:
        taken = users.take_step(session, user.id, step)
    if not taken:
        raise WrongCodeError("this code was used already: wait for the next one")


def reset_factor(session: Session, user_id: int, *, by: User | None, stay: str = "") -> None:
    """Take an account's second factor away and end its sessions, but the one with hash `stay`."""
    user = require_user(session, user_id)
    user.totp_sealed = user.totp_step = None
    users.end_sessions(session, user_id, but=stay)
    audit.record(session, by.id if by else None, "reset second factor", f"user {user_id}")


def require_factor(settings: Settings, user: User) -> None:
    """Refuse an account that must have a second factor and has none.

    Raises
    ------
    SecondFactorMissingError
        If the installation asks for one.
    """
    if settings.require_second_factor and user.role in ROLES and user.totp_sealed is None:
        raise SecondFactorMissingError("set up a second factor first")


def entry_for(settings: Settings, user: User) -> str:
    """Return what says, for a few minutes, that this account's password was right."""
    content = {"user": user.id, "password": digest(user.password_hash)}
    return _closed(settings, content, "entry", ENTRY_LIFE)


def read_entry(store: Store, settings: Settings, entry: str) -> User:
    """Return whose password was right a few minutes ago.

    Raises
    ------
    WrongCodeError
        If that is too long ago, or the password has been changed since.
    """
    content = _opened(settings, entry, "entry")
    with store.read() as session:
        user = users.find(session, content["user"])
    if user is None or content["password"] != digest(user.password_hash):
        raise WrongCodeError("sign in again with your password")
    return user


def _step_of(secret: str, code: str) -> int:
    """Return the time step of a code: now, or a step to either side."""
    told = "".join(sign for sign in code if sign.isascii() and sign.isdigit())
    app, now = pyotp.TOTP(secret), int(time.time()) // STEP_S
    for step in range(now - DRIFT, now + DRIFT + 1):
        if hmac.compare_digest(app.generate_otp(step), told):
            return step
    raise WrongCodeError("this is not the code that the app shows now")


def _closed(settings: Settings, content: dict[str, Any], what: str, life: timedelta) -> str:
    until = (datetime.now(UTC) + life).timestamp()
    sealed = seal(installation_key(settings, "entry"), content | {"until": until}, bound_to=what)
    return base64.urlsafe_b64encode(sealed).decode()


def _opened(settings: Settings, text: str, what: str) -> dict[str, Any]:
    try:
        sealed = base64.urlsafe_b64decode(text.encode("ascii"))
        content: dict[str, Any] = open_sealed(
            installation_key(settings, "entry"), sealed, bound_to=what
        )
    except (WrongKeyError, UnicodeEncodeError, binascii.Error, ValueError):
        raise WrongCodeError("this page was open for too long: begin again") from None
    if content["until"] < datetime.now(UTC).timestamp():
        raise WrongCodeError("this page was open for too long: begin again")
    return content
