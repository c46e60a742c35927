"""Keys with which programs of a body read, or also change, what its members may."""

from collections.abc import Sequence
from datetime import UTC, datetime

from api.auth import digest, new_token
from api.errors import InvalidBodyError, NotFoundError, UnknownKeyError
from api.store import audit, bodies
from api.store.authorities import ApiKey, Body
from api.store.engine import Session, Store
from api.store.models import User

from .campaigns import today

PREFIX = "bbk_"
"""By which people and scanners of leaked secrets recognise a key."""
MAX_NAME = 60


def add_key(
    session: Session, body: Body, name: str, *, may_write: bool, by: User | None
) -> tuple[ApiKey, str]:
    """Make a key of a body and return it with its secret, which is stored nowhere.

    Raises
    ------
    InvalidBodyError
        If it has no name by which people will know it again.
    """
    name = name.strip()
    if not (0 < len(name) <= MAX_NAME and name.isprintable()):
        raise InvalidBodyError(f"expected a name of 1 to {MAX_NAME} letters for the key", "name")
    secret = PREFIX + new_token()
    key = ApiKey(
        body_id=body.id,
        name=name,
        key_hash=digest(secret),
        may_write=may_write,
        created_at=datetime.now(UTC),
        created_by=by.id if by else None,
    )
    session.add(key)
    session.flush()
    audit.record(
        session, key.created_by, "add key", f"body {body.id}", key=key.id, may_write=int(may_write)
    )
    return key, secret


def revoke_key(session: Session, key_id: int, *, of: Body | None, by: User | None) -> None:
    """Make a key useless at once; with `of`, only one of this body.

    Raises
    ------
    NotFoundError
        The same for a foreign key, a revoked one and one that does not exist.
    """
    key = bodies.find_key(session, key_id)
    if key is None or key.revoked_at is not None or (of is not None and key.body_id != of.id):
        raise NotFoundError("no such key")
    key.revoked_at = datetime.now(UTC)
    audit.record(session, by.id if by else None, "revoke key", f"body {key.body_id}", key=key.id)


def live_keys(session: Session, body: Body) -> Sequence[ApiKey]:
    """Return the keys of a body that work, the newest first."""
    return [key for key in bodies.keys_of(session, body.id) if key.revoked_at is None]


def use_key(store: Store, secret: str) -> ApiKey:
    """Return the key with this secret, with its body, and keep the day on which it was used.

    Raises
    ------
    UnknownKeyError
        The same for one that never was and one that was revoked.
    """
    day = today()
    with store.read() as session:
        key = bodies.key_by_hash(session, digest(secret))
    if key is None:
        raise UnknownKeyError("this key is not known, or it was revoked")
    if key.used_on != day:
        with store.write() as session:
            bodies.require_key(session, key.id).used_on = day
    return key
