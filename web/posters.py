"""The poster for the classroom wall: how to take part, with the code large and as a QR code."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import segno

from .translation import translations
from .typesetting import typeset

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True)
class ClassPoster:
    """What is on the poster.

    `address` is what a student types, `join_address` (with the code in it) what the QR code
    holds; `day` is the date in the file, the campaign's first day.
    """

    language: str
    simulated: bool
    school: str
    campaign: str
    code: str
    address: str
    join_address: str
    day: date
    at_least: int = 5
    with_cards: bool = False
    """Whether students join with their own cards only: no code then works for all."""


def class_poster(poster: ClassPoster) -> bytes:
    """Return one A4 sheet as PDF/UA-1; the same poster gives the same bytes."""
    _ = translations(poster.language).gettext
    data = {
        "language": poster.language,
        "author": "Bicycle Barometer",
        "title": f"{poster.campaign} · {poster.school}",
        "title-length": len(poster.campaign),
        "simulated": _("Simulated data: made by a program, not by students.")
        if poster.simulated
        else "",
        "school": poster.school or "?",
        "campaign": poster.campaign or "?",
        "question": _("How safe is your ride to school?"),
        "qr": qr_code(poster.join_address),
        "qr-alt": _("QR code that opens {address}").format(address=poster.join_address),
        "address-label": _("Scan, or open"),
        "address": poster.address,
        "code-label": _("Your own card has the code.") if poster.with_cards else _("Class code"),
        "code": "" if poster.with_cards else poster.code,
        "steps": [
            _("Scan the square on your card, or enter the code on it.")
            if poster.with_cards
            else _("Scan the square or enter the class code."),
            _("Draw your way to school. Start at a corner near you, not at your house."),
            _("Rate crossings and streets: where is it safe, where is it not?"),
            _("Send it, and keep your six words: with them you can delete everything."),
        ],
        "privacy": _(
            "No name, no e-mail. The part of your way near your home is never stored, and nobody "
            "sees your ride alone: places are shown only when at least {n} students ride there."
        ).format(n=poster.at_least),
    }
    return typeset("poster.typ", data, day=poster.day)


def qr_code(address: str, *, error: str = "q", mask: int | None = None) -> str:
    """Return a QR code as SVG: with error "q" it still reads when a quarter of it is dirty.

    Every mask can be read; to find the best of the eight takes nine tenths of the time.
    """
    drawing = BytesIO()
    # The sheet around it is white: no border of its own.
    code = segno.make(address, error=error, mask=mask, micro=False)
    code.save(drawing, kind="svg", border=0, xmldecl=False, svgclass=None, lineclass=None)
    return drawing.getvalue().decode()
