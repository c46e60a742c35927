"""The authorities of an area: found, made, and what they answer for."""

from api.errors import NotFoundError
from api.store import bodies
from api.store.authorities import Body
from api.store.engine import Session


def require_body(session: Session, body_id: int) -> Body:
    """Return a body by its number, or raise what the outside reads as "not found"."""
    body = bodies.find(session, body_id)
    if body is None:
        raise NotFoundError("no such body")
    return body
