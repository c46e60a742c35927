"""Staff accounts: make one, sign in, sign out."""

from datetime import UTC, datetime, timedelta

from api.auth import digest, new_token, passwords
from api.errors import InvalidUserError, WrongPasswordError
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
SESSION_LIFE = timedelta(days=14)
MIN_PASSWORD = 12
_NOBODY = passwords.hash("no account has this password")


def add_user(
    session: Session,
    email: str,
    password: str,
    role: str,
    of: Area | School | Body | None = None,
) -> User:
    """Make an account: a teacher is of a school, an officer of a body, an administrator of none.

    Police are of a police body, or of all of an area.

    Raises
    ------
    InvalidUserError
        With what was expected and what came.
    """
    if role not in ROLES:
        raise InvalidUserError(f"expected a role of {', '.join(ROLES)}, got {role!r}")
    if "@" not in email:
        raise InvalidUserError(f"expected an e-mail address, got {email!r}")
    if len(password) < MIN_PASSWORD:
        raise InvalidUserError(
            f"expected a password of at least {MIN_PASSWORD} letters, got {len(password)}"
        )
    if not _belongs(role, of):
        raise InvalidUserError(NEEDS[role])
    if users.by_email(session, email) is not None:
        raise InvalidUserError(f"there is an account for {email} already")
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
    audit.record(session, None, "add user", f"user {user.id}", role=role)
    return user


def _belongs(role: str, of: Area | School | Body | None) -> bool:
    if isinstance(of, Body):
        return role == ("police" if of.kind == "police" else "officer")
    return role == {School: "teacher", Area: "police", type(None): "admin"}[type(of)]


def sign_in(store: Store, email: str, password: str) -> str:
    """Return the token of a new session.

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
    now, token = datetime.now(UTC), new_token()
    with store.write() as session:
        users.end_old_sessions(session, now)
        session.add(
            StaffSession(token_hash=digest(token), user_id=user.id, expires_at=now + SESSION_LIFE)
        )
        audit.record(session, user.id, "sign in", f"user {user.id}")
    return token
