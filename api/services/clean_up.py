"""Look after a class's contributions by number alone: ask for a redraw, withdraw, take back.

Nobody sees a ride: a number has words for what asks for a second look, and what was decided.
A decision is carried out and answered in the same way whether or not a number has sent anything,
or belongs to anybody. Only what can be taken back is listed: that a redraw is awaited of a number
that has joined, and that rides of a number are withdrawn.
"""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Literal

from api.store import audit, campaigns
from api.store.campaigns import Looked
from api.store.engine import Session
from api.store.models import Participant, User

from .campaigns import own_campaign, today

Action = Literal["redraw", "no_redraw", "withdraw", "restore"]
ACTIONS: dict[Action, str] = {
    "redraw": "ask for redraw",
    "no_redraw": "take back redraw",
    "withdraw": "withdraw rides",
    "restore": "take back withdrawal",
}


@dataclass(frozen=True)
class NumberLooked:
    """A number that has something to look at, or was acted on."""

    number: int
    flags: list[str]
    redraw_on: date | None
    withdrawn_on: date | None


def numbers_to_look_at(session: Session, campaign_id: int) -> list[NumberLooked]:
    """Return each number of a campaign that has something to look at, or was acted on."""
    by_number = groupby(campaigns.looks(session, campaign_id), key=lambda look: look.number)
    found = [_together(number, list(rides)) for number, rides in by_number]
    return [one for one in found if one.flags or one.redraw_on or one.withdrawn_on]


def clean_up(session: Session, user: User, campaign_id: int, number: int, action: Action) -> None:
    """Carry out what the teacher decided about a number, and record it.

    A ride that is withdrawn counts in no number and in no release that R4 lets change. A ride that
    is sent later counts: who was asked to draw again is not withdrawn for ever.

    Raises
    ------
    NotFoundError
        If the campaign is not the account's.
    """
    campaign = own_campaign(session, user, campaign_id)
    participant = campaigns.participant_by_number(session, campaign.id, number)
    if participant is not None:
        _act(session, participant, action)
    audit.record(session, user.id, ACTIONS[action], f"campaign {campaign.id}", number=number)


def _together(number: int, rides: list[Looked]) -> NumberLooked:
    return NumberLooked(
        number=number,
        flags=sorted({flag for ride in rides for flag in ride.flags}),
        redraw_on=rides[0].redraw_on,
        withdrawn_on=max((ride.withdrawn_on for ride in rides if ride.withdrawn_on), default=None),
    )


def _act(session: Session, participant: Participant, action: Action) -> None:
    match action:
        case "redraw":
            participant.redraw_on = today()
        case "no_redraw":
            participant.redraw_on = None
        case "withdraw":
            for ride in campaigns.rides_of(session, participant.id):
                ride.withdrawn_on = ride.withdrawn_on or today()
        case "restore":
            for ride in campaigns.rides_of(session, participant.id):
                ride.withdrawn_on = None
