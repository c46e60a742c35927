"""Whom the next release of an area counts, and whether there are enough for it."""

from dataclasses import dataclass
from uuid import UUID

from api.store import campaigns
from api.store.engine import Session
from geo.protection import BATCH, hold_back, may_release


@dataclass(frozen=True)
class NextRelease:
    """What a release would count if it were made now.

    `new` is the number of participants whom no release has counted yet and the next one counts;
    `held` are those whom it would show too plainly.
    """

    new: int
    held: frozenset[UUID]
    may: bool

    @property
    def missing(self) -> int:
        """How many participants it waits for."""
        return max(0, BATCH - self.new)


def next_release(session: Session, area_id: str, *, closing: int | None = None) -> NextRelease:
    """Return what the next release counts; `closing` is the campaign that is being closed."""
    new = campaigns.new_classes(session, area_id)
    held = hold_back(new, closing=closing)
    closed = campaigns.progress(session, closing).senders if closing is not None else None
    counted = len(new) - len(held)
    return NextRelease(counted, held, may_release(counted, closing=closed))
