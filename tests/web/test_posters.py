from dataclasses import replace
from datetime import date
from io import BytesIO

from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from web.posters import ClassPoster, class_poster, qr_code

POSTER = ClassPoster(
    language="en",
    simulated=False,
    school="Albert-Einstein-Gymnasium",
    campaign="My way to school",
    code="K7MP-W3XR",
    address="http://192.168.178.21:8000",
    join_address="http://192.168.178.21:8000/?code=K7MP-W3XR",
    day=date(2026, 9, 1),
)


def text(poster: ClassPoster) -> str:
    (page,) = PdfReader(BytesIO(class_poster(poster))).pages
    return " ".join(page.extract_text().split())


def test_one_sheet_names_school_campaign_code_and_address() -> None:
    words = text(POSTER)

    for part in (POSTER.school, POSTER.campaign, POSTER.code, POSTER.address):
        assert part in words
    assert "Start at a corner near you, not at your house." in words
    assert "at least 5 students" in words
    assert "imulated" not in words


def test_it_is_accessible_and_the_qr_code_has_words() -> None:
    pdf = class_poster(POSTER)

    assert (
        b"<pdfuaid:part>1</pdfuaid:part>"
        in PdfReader(BytesIO(pdf)).trailer["/Root"]["/Metadata"].get_data()
    )


def test_the_same_poster_gives_the_same_bytes() -> None:
    assert class_poster(POSTER) == class_poster(POSTER)


def test_a_simulated_campaign_says_so() -> None:
    assert "Simulated data" in text(replace(POSTER, simulated=True))


def test_markup_in_a_title_is_printed_as_it_is() -> None:
    assert "#import *bold* $x$" in text(replace(POSTER, campaign="#import *bold* $x$"))


def test_another_address_is_another_qr_code() -> None:
    assert qr_code(POSTER.join_address) != qr_code(POSTER.address)
    assert qr_code(POSTER.join_address).startswith("<svg")


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=120), st.text(max_size=120))
def test_any_title_fits_on_one_sheet(school: str, campaign: str) -> None:
    pdf = class_poster(replace(POSTER, school=school, campaign=campaign))

    assert len(PdfReader(BytesIO(pdf)).pages) == 1


def test_a_class_with_cards_has_no_code_on_the_wall() -> None:
    words = text(replace(POSTER, with_cards=True))

    assert POSTER.code not in words
    assert "Your own card has the code." in words
    assert "Scan the square on your card" in words
