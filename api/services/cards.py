"""The cards of a class: one code each, which follows from the area's key and is never stored."""

import hmac
from collections.abc import Iterable
from datetime import date

from api.auth import code_of, show_code
from api.errors import NotFoundError
from api.settings import Settings
from api.store import areas, audit, cards
from api.store.engine import Session
from api.store.models import Campaign, Card, User
from web.cards import CardSheet, JoinCard, join_cards

from .campaigns import own_campaign, today
from .keys import area_key


def make_cards(session: Session, settings: Settings, campaign: Campaign) -> list[Card]:
    """Return a card for every number of the roster, making those that are not there yet."""
    known = {card.number: card for card in cards.of_campaign(session, campaign.id)}
    area_id = campaign.school.area_id
    for number in range(1, campaign.roster + 1):
        if number not in known:
            code_hash = _hash(settings, area_id, card_code(settings, campaign, number))
            known[number] = Card(campaign_id=campaign.id, number=number, code_hash=code_hash)
            session.add(known[number])
    session.flush()
    return [known[number] for number in sorted(known)]


def card_code(settings: Settings, campaign: Campaign, number: int) -> str:
    """Return the code on a card, without the dash that people see; always the same one."""
    key = area_key(settings, campaign.school.area_id, "card")
    return code_of(key, f"{campaign.id}/{campaign.code}/{number}")


def card_hashes(session: Session, settings: Settings, code: str) -> list[str]:
    """Return how a typed code would be stored, in each of the few areas it may belong to."""
    return [_hash(settings, area.id, code) for area in areas.all_areas(session)]


def consents(session: Session, campaign: Campaign) -> dict[int, date | None]:
    """Return for every number of the roster when its guardian's consent was ticked, if it was."""
    ticked = {card.number: card.consent_on for card in cards.of_campaign(session, campaign.id)}
    numbers = range(1, max([campaign.roster, *ticked]) + 1)
    return {number: ticked.get(number) for number in numbers}


def print_cards(session: Session, settings: Settings, campaign: Campaign, language: str) -> bytes:
    """Return the cards of a class that were made as PDF, in its language or another one."""
    made = cards.of_campaign(session, campaign.id)
    codes = ((card.number, show_code(card_code(settings, campaign, card.number))) for card in made)
    return join_cards(
        CardSheet(
            language=language,
            simulated=campaign.simulated,
            school=campaign.school.name,
            campaign=campaign.title,
            address=settings.base_url.split("://", 1)[-1],
            cards=tuple(
                JoinCard(number, code, f"{settings.base_url}/?code={code}")
                for number, code in codes
            ),
            day=campaign.from_day,
        )
    )


def record_consent(session: Session, user: User, campaign_id: int, numbers: Iterable[int]) -> None:
    """Record for which cards a guardian has agreed: for these numbers, and for no other.

    Where an agreement is taken back, the devices of that card are signed out.

    Raises
    ------
    NotFoundError
        If the campaign is not the account's, or has no card of one of these numbers.
    """
    campaign = own_campaign(session, user, campaign_id)
    known = {card.number: card for card in cards.of_campaign(session, campaign.id)}
    ticked = set(numbers)
    if not ticked <= known.keys():
        raise NotFoundError(f"no card {min(ticked - known.keys())} in this class")
    given = [number for number in ticked if known[number].consent_on is None]
    taken = [n for n, card in known.items() if card.consent_on is not None and n not in ticked]
    for number in given:
        known[number].consent_on = today()
    for number in taken:
        known[number].consent_on = None
        cards.sign_out(session, known[number].participant_id)
    audit.record(
        session,
        user.id,
        "record consent",
        f"campaign {campaign.id}",
        given=_listed(given),
        taken_back=_listed(taken),
    )


def _listed(numbers: list[int]) -> str:
    return " ".join(str(number) for number in sorted(numbers))


def _hash(settings: Settings, area_id: str, code: str) -> str:
    # Keyed, because eight letters could be found by trying them all.
    return hmac.digest(area_key(settings, area_id, "card hash"), code.encode(), "sha256").hex()
