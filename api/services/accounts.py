"""Staff accounts: make one, sign in, sign out."""

from datetime import UTC, datetime, timedelta

from api.auth import digest, new_token, passwords
from api.errors import BarometerError, InvalidUserError, NotFoundError, WrongPasswordError
from api.store import audit, users
from api.store.authorities import Body
from api.store.engine import Session, Store
from api.store.models import Area, School, StaffSession, User

ROLES = ("teacher", "police", "officer", "admin")
NEEDS = {
    "teacher": "a teacher needs a school of an imported area",
    "police": "police need an imported area or a body of the kind police",
    "officer": "an officer needs a body that is a municipality or a province",
    "admin": "an administrator is of no school, area or body",
}
DIGESTS = ("daily", "weekly", "never")
SESSION_LIFE = timedelta(days=14)
MIN_PASSWORD = 12
_NOBODY = passwords.hash("no account has this password")


class CodeRequiredError(BarometerError):
    """The password is right, and the account has a second factor."""

    def __init__(self, user: User) -> None:
        super().__init__("this account signs in with a code of its app as well")
        self.user = user


def add_user(  # noqa: PLR0913 - what makes an account, and who makes it
    session: Session,
    email: str,
    password: str,
    role: str,
    of: Area | School | Body | None = None,
    *,
    by: User | None = None,
) -> User:
    """Make an account: a teacher is of a school, an officer of a body, an administrator of none.

    Police are of a police body, or of all of an area.

    Raises
    ------
    InvalidUserError
        With what was expected and what came.
    """
    if role not in ROLES:
        raise InvalidUserError(f"expected a role of {', '.join(ROLES)}, got {role!r}", "role")
    if "@" not in email:
        raise InvalidUserError(f"expected an e-mail address, got {email!r}", "email")
    _check_password(password)
    if not _belongs(role, of):
        raise InvalidUserError(NEEDS[role], role)
    if users.by_email(session, email) is not None:
        raise InvalidUserError(f"there is an account for {email} already", "taken")
    user = User(
        email=email.casefold(),
        password_hash=passwords.hash(password),
        role=role,
        area_id=of.area_id if isinstance(of, Body) else of.id if isinstance(of, Area) else None,
        body_id=of.id if isinstance(of, Body) else None,
        school_id=of.id if isinstance(of, School) else None,
        created_at=datetime.now(UTC),
    )
    session.add(user)
    session.flush()
    audit.record(session, by.id if by else None, "add user", f"user {user.id}", role=role)
    return user


def _belongs(role: str, of: Area | School | Body | None) -> bool:
    if isinstance(of, Body):
        return role == ("police" if of.kind == "police" else "officer")
    return role == {School: "teacher", Area: "police", type(None): "admin"}[type(of)]


def _check_password(password: str) -> None:
    if len(password) < MIN_PASSWORD:
        raise InvalidUserError(
            f"expected a password of at least {MIN_PASSWORD} letters, got {len(password)}",
            "password",
        )


def sign_in(store: Store, email: str, password: str) -> str:
    """Return the token of a new session.

    Raises
    ------
    WrongPasswordError
        The same for an unknown address and a wrong password.
    CodeRequiredError
        If the account has a second factor: then there is no session before its code.
    """
    user = check_credentials(store, email, password)
    if user.totp_sealed is not None:
        raise CodeRequiredError(user)
    return open_session(store, user)


def check_credentials(store: Store, email: str, password: str) -> User:
    """Return the account with this address and password.

    Raises
    ------
    WrongPasswordError
        The same for an unknown address and a wrong password.
    """
    with store.read() as session:
        user = users.by_email(session, email.strip())
    # The slow comparison runs outside any transaction, and also when there is no such account.
    if not passwords.verify(password, user.password_hash if user else _NOBODY) or user is None:
        raise WrongPasswordError("e-mail and password do not belong together")
    return user


def open_session(store: Store, user: User) -> str:
    """Return the token of a new session of somebody who has shown who it is."""
    now, token = datetime.now(UTC), new_token()
    with store.write() as session:
        users.end_old_sessions(session, now)
        session.add(
            StaffSession(token_hash=digest(token), user_id=user.id, expires_at=now + SESSION_LIFE)
        )
        audit.record(session, user.id, "sign in", f"user {user.id}")
    return token


def change_password(
    store: Store, user: User, present: str, twice: tuple[str, str], *, stay: str
) -> None:
    """Give an account another password and end its sessions, but the one with hash `stay`.

    Raises
    ------
    WrongPasswordError
        If the present password is another one.
    InvalidUserError
        If the new one is too short, or differs from the one typed again.
    """
    new, again = twice
    if new != again:
        raise InvalidUserError("the two new passwords differ", "again")
    _check_password(new)
    if not passwords.verify(present, user.password_hash):
        raise WrongPasswordError("the present password is another one")
    set_password(store, user.id, new, by=user, stay=stay)


def set_password(store: Store, user_id: int, new: str, *, by: User | None, stay: str = "") -> None:
    """Give an account another password and end its sessions, but the one with hash `stay`."""
    hashed = passwords.hash(new)
    with store.write() as session:
        user = require_user(session, user_id)
        user.password_hash = hashed
        users.end_sessions(session, user_id, but=stay)
        audit.record(session, by.id if by else None, "change password", f"user {user_id}")


def end_sessions(session: Session, user_id: int, *, by: User) -> None:
    """Sign an account out everywhere."""
    user = require_user(session, user_id)
    users.end_sessions(session, user.id)
    audit.record(session, by.id, "end sessions", f"user {user.id}")


def require_user(session: Session, user_id: int) -> User:
    """Return an account by its number, or raise what the outside reads as "not found"."""
    user = users.find(session, user_id)
    if user is None:
        raise NotFoundError("no such account")
    return user


def change_mails(
    session: Session, user_id: int, *, language: str, digest: str, known: tuple[str, ...]
) -> None:
    """Choose the language of an account's mails and how often they come.

    Raises
    ------
    InvalidUserError
        If it is none of `known`, or none of `DIGESTS`.
    """
    if language not in known or digest not in DIGESTS:
        raise InvalidUserError(f"expected one of {known} and one of {DIGESTS}", "mails")
    user = require_user(session, user_id)
    user.language, user.digest = language, digest
