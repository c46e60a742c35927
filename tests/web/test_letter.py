"""The letter to the council: who asks for what, why, and what was promised before."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from geo.countermeasures import Measure
from tests.web.test_reports import CROSSING, DONE, REPORT, STREET, UNOWNED
from web.letter import council_letter
from web.report_values import SafetyReport
from web.translation import LANGUAGES

CUTOUT = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 174 95"><path d="M0 0h174v95z"/></svg>'
)
SAID = ("The cars do not stop. <script>", "I was pushed off the road", "Never mind #me")
FIRST = replace(
    CROSSING, quotes=SAID, owner="Police zone", due_on=date(2027, 1, 15),
    measures=(Measure("speed_checks", "enforcement", (), ""),),
)  # fmt: skip
FULL = replace(
    REPORT, map_svg=CUTOUT, places=(FIRST, STREET, replace(CROSSING, rank=3, name="Hof")),
    actions=(DONE, UNOWNED), reasons={"speed": 41, "sight": 12},
)  # fmt: skip


def pages(report: SafetyReport) -> list[str]:
    reader = PdfReader(BytesIO(council_letter(report, "Neubrandenburg")))
    assert b"<pdfuaid:part>1</pdfuaid:part>" in reader.trailer["/Root"]["/Metadata"].get_data()  # type: ignore[index]
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def test_it_says_who_asks_for_what_by_whom_by_when_and_why() -> None:
    first, second = pages(FULL)

    for part in (
        "To the council of Neubrandenburg", "Albert-Einstein-Gymnasium",
        "Please fix these places on the way to school first", "312 students of",
        "reported conflicts, not police records", "7 of 21 riders had a near miss or fall",
        "Risk index 88 (70–100)", "nine times in ten the true value lies in it",
        "Check speeds when students ride by", "Police zone", "January 15, 2027",
        "No date has been given yet.", "What we ask of you",
    ):  # fmt: skip
        assert part in first, part
    for part in (
        "Cars too fast (41), Cannot see well (12)", "“The cars do not stop. <script>”",
        "Kurze Straße: Cut the hedge (Quick repairs and changes (weeks); planned for",
        "Roads office, in work; due on March 1, 2027. The hedge goes in February.",
        "For the students", "Received for the council",
    ):  # fmt: skip
        assert part in second, part
    # Of each place two are quoted, and a case without an owner is no promise.
    assert "Never mind" not in second
    assert "Crossing without a name" not in second


def test_where_too_little_is_known_it_claims_no_hotspot() -> None:
    missing = {"conflicts": (12, 30)}
    (first, _) = pages(replace(FULL, mode="perception", missing=missing))
    assert "Please look at these places on the way to school" in first
    assert "It does not claim that any place is a hotspot." in first

    nothing = " ".join(pages(replace(FULL, places=(), actions=())))
    assert "what students told us, and what nobody can tell yet" in nothing
    assert "Nothing has been promised for the ways to this school so far." in nothing


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_has_two_pages_in_every_language_however_much_was_promised(language: str) -> None:
    assert len(pages(replace(FULL, language=language, actions=(DONE,) * 9))) == 2
