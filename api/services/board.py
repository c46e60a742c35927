"""The live board of a class: numbers of all together, and after a release what is still thin."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from api.store import audit, releases
from api.store.engine import Session
from api.store.models import Campaign, User
from geo.policy import load_policy
from geo.protection import BATCH

from .progress import class_progress
from .public_rows import public_places
from .read_release import newest_release

MOST_THIN = 5

Row = dict[str, Any]


@dataclass(frozen=True)
class BoardNumbers:
    """What changes on the board: totals of the class, and which release is the newest."""

    roster: int
    participants: int
    drawing: int
    rating: int
    senders: int
    km: float
    km_rated: float
    share_rated: float | None
    missing: int
    """Students that the next results wait for, `batch` at most."""
    batch: int
    computing: bool
    """Whether enough new students are there for results without closing the class."""
    release: int | None


@dataclass(frozen=True)
class ThinPlace:
    """A place of the newest release of which too little is known."""

    kind: str
    name: str


def board_numbers(session: Session, campaign: Campaign) -> BoardNumbers:
    """Return the numbers of the board; none of them is of fewer than the whole class."""
    progress = class_progress(session, campaign)
    newest = releases.newest(session, campaign.school.area_id)
    shared = ("participants", "drawing", "rating", "senders", "km", "km_rated", "share_rated")
    return BoardNumbers(
        roster=campaign.roster,
        **{name: getattr(progress, name) for name in shared},
        missing=min(progress.needed, progress.next_release_in),
        batch=BATCH,
        computing=progress.next_release_in == 0,
        release=newest.number if newest else None,
    )


def still_thin(session: Session, user: User, campaign: Campaign) -> list[ThinPlace]:
    """Return what the newest release knows too little of; that it is shown is recorded.

    The board hangs in a classroom: it shows no more than students may see.
    """
    release = newest_release(session, campaign.school.area_id)
    if release is None:
        return []
    subject = f"campaign {campaign.id}"
    audit.record(session, user.id, "see board", subject, release=release.number)
    # Known to the smallest difference that counts is what is known that much up or down.
    wide = 2 * load_policy().change_least
    return thin_places(public_places(release), campaign.school_id, wide)


def thin_places(rows: Iterable[Row], school_id: int, wide: float) -> list[ThinPlace]:
    """Return up to five named places that the school passes, most missing information first.

    Too little is known of a place where the interval of its perceived danger is wider than `wide`;
    it is the whole scale if nobody rated the place. What is missing is the width times the passages
    that depend on it. A street in many pieces is named once.
    """
    passed = [row for row in rows if row["name"] and str(school_id) in row["schools"]]
    thin = [row for row in passed if _width(row) > wide]
    thin.sort(key=lambda row: (-_width(row) * row["passages"], row["id"]))
    named = dict.fromkeys((row["kind"], row["name"]) for row in thin)
    return [ThinPlace(*one) for one in list(named)[:MOST_THIN]]


def _width(row: Row) -> float:
    low, high = row["danger_low"], row["danger_high"]
    return 1.0 if low is None or high is None else float(high - low)
