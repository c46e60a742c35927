import re
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from web.cards import CardSheet, JoinCard, join_cards

ADDRESS = "http://192.168.178.21:8000"
SHEET = CardSheet(
    language="en",
    simulated=False,
    school="Albert-Einstein-Gymnasium",
    campaign="Class 8b",
    address="192.168.178.21:8000",
    cards=tuple(
        JoinCard(number, f"K7MP-W3X{letter}", f"{ADDRESS}/?code=K7MP-W3X{letter}")
        for number, letter in enumerate("ABCDEFGHJKMNPQRSTUVWXYZ23", start=1)
    ),
    day=date(2026, 9, 1),
)


def pages(sheet: CardSheet) -> list[str]:
    found = PdfReader(BytesIO(join_cards(sheet))).pages
    return [" ".join(page.extract_text().split()) for page in found]


def test_twenty_four_cards_are_on_a_sheet_and_the_next_is_on_another() -> None:
    first, second = pages(SHEET)

    assert len(re.findall(r"Card \d+", first)) == 24
    assert re.findall(r"Card \d+", second) == ["Card 25"]
    assert len(pages(replace(SHEET, cards=SHEET.cards[:24]))) == 1


def test_a_card_names_number_code_class_address_and_what_it_is_for() -> None:
    (words,) = pages(replace(SHEET, cards=SHEET.cards[:1]))

    for part in ("Card 1", "K7MP-W3XA", "Class 8b", "192.168.178.21:8000"):
        assert part in words
    assert "Keep this card: with it you go on on another device." in words
    assert SHEET.school not in words  # a lost card does not say where its class is


def test_cards_are_accessible_and_the_same_bytes_each_time() -> None:
    pdf = join_cards(SHEET)

    metadata = PdfReader(BytesIO(pdf)).trailer["/Root"]["/Metadata"].get_data()
    assert b"<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert pdf == join_cards(SHEET)


def test_simulated_cards_say_so() -> None:
    assert "Simulated data" in pages(replace(SHEET, simulated=True))[0]


@pytest.mark.parametrize("size", [0, 1, 24, 48, 49])
def test_any_number_of_cards_has_as_many_sheets_as_it_needs(size: int) -> None:
    sheet = replace(SHEET, cards=(SHEET.cards * 2)[:size])

    assert len(pages(sheet)) == max(1, -(-size // 24))


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_any_title_stays_on_its_card(school: str, campaign: str) -> None:
    sheet = replace(SHEET, school=school, campaign=campaign, cards=SHEET.cards[:24])

    assert len(pages(sheet)) == 1
