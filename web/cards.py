"""Join cards: a number, a code and a QR code for each student, 24 to cut out of a sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .posters import qr_code
from .translation import translations
from .typesetting import typeset

if TYPE_CHECKING:
    from datetime import date

MASK = 3
"""Of the QR codes: five hundred cards cannot wait for the best one."""


@dataclass(frozen=True)
class JoinCard:
    """One card: its number, the code as people see it, and what the QR code holds."""

    number: int
    code: str
    join_address: str


@dataclass(frozen=True)
class CardSheet:
    """The cards of a class; `day` is the date in the file, the campaign's first day."""

    language: str
    simulated: bool
    school: str
    campaign: str
    address: str
    cards: tuple[JoinCard, ...]
    day: date


def join_cards(sheet: CardSheet) -> bytes:
    """Return A4 sheets of 3 by 8 cards as PDF/UA-1; the same cards give the same bytes."""
    _ = translations(sheet.language).gettext
    data = {
        "language": sheet.language,
        "author": "Bicycle Barometer",
        "title": _("Cards of {campaign}, {school}").format(
            campaign=sheet.campaign, school=sheet.school
        ),
        "simulated": _("Simulated data: made by a program, not by students.")
        if sheet.simulated
        else "",
        "campaign": sheet.campaign or "?",
        "campaign-length": len(sheet.campaign),
        "address": sheet.address,
        "address-length": len(sheet.address),
        "keep": _("Keep this card: with it you go on on another device."),
        "cards": [
            {
                "number": _("Card {number}").format(number=card.number),
                "code": card.code,
                "qr": qr_code(card.join_address, error="m", mask=MASK),
                "qr-alt": _("QR code that opens {address}").format(address=card.join_address),
            }
            for card in sheet.cards
        ],
    }
    return typeset("cards.typ", data, day=sheet.day)
