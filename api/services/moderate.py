"""Decide on the texts of a class before anybody else reads them.

Beside making a release this is the only place that opens something sealed, and it opens remarks
alone: a remark is sealed apart from its contribution, with the place it speaks of and nothing of
the ride or of who rides. Staff get texts without author, day and order, under names that follow
from the area's key: numbers of rows would show which texts came together.
"""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from api.errors import NotFoundError
from api.settings import Settings
from api.store import audit, remarks
from api.store.engine import Session
from api.store.models import Campaign, Remark, User
from geo.protection import K_STAFF

from .campaigns import own_campaign
from .keys import area_key
from .opening import open_sealed
from .read_release import newest_release

Decision = Literal["accepted", "refused"]
ACTIONS: Mapping[Decision, str] = {"accepted": "accept remark", "refused": "refuse remark"}


@dataclass(frozen=True)
class Text:
    """One text as whoever decides sees it."""

    handle: str
    about: str
    """Whether it tells what is wrong at a "place", of an "incident", or a "proposal"."""
    state: str
    kind: Literal["segment", "intersection"]
    name: str
    """Of the place, empty unless the newest release shows it: below k nobody learns of it."""
    text: str


@dataclass(frozen=True)
class Ruling:
    """What staff decided about one text."""

    handle: str
    decision: Decision


def read_texts(
    session: Session, settings: Settings, user: User, campaign: Campaign
) -> list[Text] | None:
    """Return the texts of a class in an order that says nothing, and record that they were read.

    None while fewer than k have sent a ride: who has just sent one would be known as the author.
    """
    if remarks.senders(session, campaign.id) < K_STAFF:
        return None
    area_id = campaign.school.area_id
    release = newest_release(session, area_id)
    names = {row["id"]: str(row["name"] or "") for row in release.places} if release else {}
    found = remarks.of_campaign(session, campaign.id)
    audit.record(session, user.id, "read remarks", f"campaign {campaign.id}")
    texts = [_text(settings, area_id, remark, names) for remark in found]
    return sorted(texts, key=lambda text: text.handle)


def decide(
    session: Session, settings: Settings, user: User, campaign_id: int, ruling: Ruling
) -> None:
    """Accept or refuse a text of a class, also against what was decided before.

    Raises
    ------
    NotFoundError
        If the campaign is not the account's, or has no such text.
    """
    campaign = own_campaign(session, user, campaign_id)
    found = remarks.of_campaign(session, campaign.id)
    remark = _find(settings, campaign.school.area_id, found, ruling.handle)
    if remark.state != ruling.decision:
        remark.state = ruling.decision
        action, subject = ACTIONS[ruling.decision], f"campaign {campaign.id}"
        audit.record(session, user.id, action, subject, remark=ruling.handle)


def _text(settings: Settings, area_id: str, remark: Remark, names: dict[str, str]) -> Text:
    said = open_sealed(
        area_key(settings, area_id, "seal"), remark.sealed, bound_to=f"remark/{remark.route_id}"
    )
    place = said["place"]
    return Text(
        handle=_handle(settings, area_id, remark),
        about=remark.about,
        state=remark.state,
        kind="intersection" if place.startswith("i") else "segment",
        name=names.get(place, ""),
        text=said["text"],
    )


def _find(settings: Settings, area_id: str, found: Iterable[Remark], handle: str) -> Remark:
    for remark in found:
        if hmac.compare_digest(_handle(settings, area_id, remark), handle):
            return remark
    raise NotFoundError("no such text in this class")


def _handle(settings: Settings, area_id: str, remark: Remark) -> str:
    key = area_key(settings, area_id, "remark")
    return hmac.digest(key, str(remark.id).encode(), "sha256").hex()[:24]
