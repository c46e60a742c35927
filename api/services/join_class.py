"""Let a student take part: by the code of the class, or by that of a card, on any device."""

import uuid
from datetime import timedelta

from api.auth import digest, new_token, phrase_of, read_code
from api.cookies import DAYS
from api.errors import CardRequiredError, ConsentMissingError, RosterFullError, UnknownCodeError
from api.settings import Settings
from api.store import campaigns, cards
from api.store.engine import Session
from api.store.models import Campaign, Card, Participant, ParticipantSession

from .campaigns import require_open, today
from .cards import card_hashes
from .keys import area_key


def join_class(session: Session, settings: Settings, typed: str) -> tuple[Participant, str]:
    """Return the participant of this code and a token for the device in hand.

    The code of a class makes a new participant. That of a card makes one the first time and finds
    the same one ever after, so that a ride begun on one device can be sent from another.

    Raises
    ------
    UnknownCodeError, CampaignClosedError, RosterFullError
    CardRequiredError
        If the class is joined with cards only.
    ConsentMissingError
        If the guardian's consent has not been ticked for this card.
    """
    code = read_code(typed)
    campaign = campaigns.by_code(session, code)
    if campaign is not None:
        participant = _join_by_class_code(session, settings, campaign)
    else:
        card = cards.by_hash(session, card_hashes(session, settings, code))
        if card is None:
            raise UnknownCodeError("no class has this code: check the letters on the poster")
        participant = _join_by_card(session, settings, card)
    return participant, _new_session(session, participant)


def _join_by_class_code(session: Session, settings: Settings, campaign: Campaign) -> Participant:
    require_open(campaign)
    if campaign.consent_kind == "cards":
        raise CardRequiredError("this class uses cards: enter the code on your own card")
    _require_seat(session, campaign)
    # Numbers up to the roster belong to cards, used or not.
    number = max(campaign.roster, campaigns.highest_number(session, campaign.id)) + 1
    return _new_participant(session, settings, campaign, number)


def _join_by_card(session: Session, settings: Settings, card: Card) -> Participant:
    require_open(card.campaign)
    if card.campaign.consent_kind == "cards" and card.consent_on is None:
        raise ConsentMissingError("your teacher must first tick that your guardian has agreed")
    known = campaigns.find_participant(session, card.participant_id)
    if known is not None:
        return known
    _require_seat(session, card.campaign)
    participant = _new_participant(session, settings, card.campaign, card.number)
    session.flush()
    card.participant_id = participant.id
    return participant


def _require_seat(session: Session, campaign: Campaign) -> None:
    if campaigns.joined(session, campaign.id) >= campaign.roster:
        raise RosterFullError(
            f"this class is full: {campaign.roster} students have joined, ask your teacher"
        )


def _new_participant(
    session: Session, settings: Settings, campaign: Campaign, number: int
) -> Participant:
    participant_id = uuid.uuid4()
    key = area_key(settings, campaign.school.area_id, "phrase")
    participant = Participant(
        id=participant_id,
        campaign=campaign,
        number=number,
        phrase_hash=digest(phrase_of(key, str(participant_id))),
        joined_on=today(),
    )
    session.add(participant)
    return participant


def _new_session(session: Session, participant: Participant) -> str:
    token = new_token()
    session.flush()
    session.add(
        ParticipantSession(
            token_hash=digest(token),
            participant_id=participant.id,
            expires_on=today() + timedelta(days=DAYS),
        )
    )
    return token
