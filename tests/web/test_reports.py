from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from geo.countermeasures import Measure
from geo.policy import policy_table
from web import typesetting
from web.report_values import Action, PlaceRow, SafetyReport, Step
from web.reports import safety_report

MAP = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
CROSSING = PlaceRow(
    rank=1,
    name="Demminer Straße × Ring",
    kind="intersection",
    type="signalised",
    state="confirmed",
    participants=21,
    reporters=7,
    danger=0.714,
    danger_low=0.6,
    danger_high=0.8,
    index=88.2,
    index_low=70.4,
    index_high=100.0,
    probability=0.97,
    weight=0.4,
    evidence=0.9,
    avoidable=6.25,
    avoidable_low=1.75,
    avoidable_high=12.5,
    yearly=10.0,
    excess=4.5,
    crashes=6,
    crash_share=0.31,
    reasons=("speed", "space"),
)
STREET = PlaceRow(
    rank=2,
    name="",
    kind="segment",
    type="residential/none",
    state="watch",
    participants=17,
    reporters=3,
    danger=0.5,
    index=64.0,
    owner="Town works",
    case_state="planned",
)
REPORT = SafetyReport(
    language="en",
    simulated=False,
    school="Albert-Einstein-Gymnasium",
    campaign="Autumn survey",
    from_day=date(2026, 9, 1),
    to_day=date(2026, 11, 20),
    release_number=3,
    release_day=date(2026, 11, 21),
    release_hash="3f9a" * 16,
    participants=312,
    routes=340,
    km=1234.56,
    km_rated=1170.2,
    share_rated=0.948,
    roster=624,
    mode="risk",
    missing={},
    places=(CROSSING, STREET),
    map_svg=MAP,
    settings=tuple(
        (row["name"], row["value"], row["unit"], row["source"]) for row in policy_table()
    ),
    network_version="7c1f",
    osm_date=date(2026, 11, 1),
    software_version="0.1.0",
    known={"ratings": 12553, "conflicts": 475, "places": 1644, "eligible": 544, "crashes": 38},
    robustness={
        "settings": [
            {
                "setting": "relative_threshold", "usual": 1.5, "value": value, "top": 10,
                "top_kept": 10, "confirmed": 13, "confirmed_kept": kept, "confirmed_new": new,
                "correlation": 1.0,
            }
            for value, kept, new in ((0.75, 13, 33), (2.25, 4, 0))
        ],
        "halves": {
            "places": 281, "danger": 0.7, "risk": 0.66, "danger_whole": 0.82, "risk_whole": 0.79,
            "head": 20, "head_shared": 9,
        },
        "severities": [{"id": "imxadzo7zx3", "crashes": 1, "crashes_ksi": 1}],
    },
)  # fmt: skip


def pages(report: SafetyReport) -> list[str]:
    reader = PdfReader(BytesIO(safety_report(report)))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def test_it_is_an_accessible_pdf_with_title_and_language() -> None:
    reader = PdfReader(BytesIO(safety_report(REPORT)))
    root = reader.trailer["/Root"]

    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert reader.metadata.title == "Safety report: Albert-Einstein-Gymnasium"


def test_the_figures_of_the_release_are_in_it() -> None:
    text = " ".join(pages(REPORT))

    for figure in ("312", "340", "1,234.6", "1,170.2", "95%", "50% of the 624 students"):
        assert figure in text
    for figure in ("88 70–100", "0.71 0.60–0.80", "7 of 21 riders had a near miss or fall"):
        assert figure in text
    assert "Risk index 88 (70–100), where 50 is the average of the area." in text
    assert "Named most: cars too fast, too little space." in text
    assert "Street without a name" in text
    assert "Town works: planned" in text


def test_the_method_page_says_what_it_was_made_with() -> None:
    text = " ".join(pages(REPORT)[3:])

    assert "3f9a" * 16 in text
    assert "© OpenStreetMap contributors, ODbL 1.0, November 1, 2026" in text
    assert "Bicycle Barometer 0.1.0" in text
    assert "rate = weight × normal rate + (1 − weight) × conflicts / rides" in text
    assert all(name.replace("_", " ") in text for name, *_ in REPORT.settings)


def test_every_row_says_what_is_normal_and_what_was_reported() -> None:
    table = pages(REPORT)[2]

    assert "40% normal for its kind, 60% reported here." in table
    assert "4.5 more conflicts a school year than is normal for such a place" in table
    assert "6.2 1.8–12.5" in table


def test_it_says_what_the_figures_rest_on() -> None:
    text = " ".join(pages(REPORT))

    assert "12,553 ratings and 475 reported conflicts in the whole area, at 1,644 places" in text
    assert "38 official crashes with a bicycle count as well." in text
    assert "between 60% and 60% were reported at the place itself" in text


def test_it_says_how_stable_the_ranking_is() -> None:
    text = " ".join(pages(REPORT))

    assert "0.75: 10 of the first 10 stay, 13 confirmed stay, 33 new" in text
    assert "0.82: the order is steady." in text
    assert "9 are also first in the other half" in text


def test_before_that_is_worked_out_it_says_so() -> None:
    assert "This is being worked out." in " ".join(pages(replace(REPORT, robustness=None)))


def test_crashes_of_a_place_are_told_only_where_they_may_be_known() -> None:
    hidden = replace(CROSSING, crashes=None)

    assert "Official crashes with a bicycle known here: 6." in " ".join(pages(REPORT))
    assert "known here" not in " ".join(pages(replace(REPORT, places=(hidden,))))
    assert "imxadzo7zx3" not in " ".join(pages(REPORT))


def test_the_same_report_gives_the_same_bytes() -> None:
    assert safety_report(REPORT) == safety_report(REPORT)
    assert safety_report(REPORT) != safety_report(replace(REPORT, release_number=4))


def test_simulated_data_is_marked_on_every_page_and_real_data_never() -> None:
    mark = "Simulated data: made by a program, not by students."

    assert all(mark in page for page in pages(replace(REPORT, simulated=True)))
    assert not any("imulated data" in page for page in pages(REPORT))


def test_without_a_risk_no_hotspot_is_claimed_and_it_says_what_is_missing() -> None:
    place = replace(CROSSING, state="unknown", index=None, index_low=None, index_high=None)
    missing = {"conflicts": (12, 30), "eligible": (31, 50)}
    first, _map, table, *_method = pages(
        replace(REPORT, mode="perception", missing=missing, places=(place,))
    )

    assert "near misses and falls: 12 of 30" in first
    assert "places with enough riders: 31 of 50" in first
    assert "Perceived danger 0.71 (0.60–0.80)" in first
    assert "confirmed" not in first + table
    assert "Risk index" not in first + table


def test_only_confirmed_and_watched_places_are_in_the_summary() -> None:
    unknown = replace(CROSSING, name="Nobody Street", state="unknown", rank=3)
    first, _map, table, *_ = pages(replace(REPORT, places=(CROSSING, STREET, unknown)))

    assert "Nobody Street" not in first
    assert "Nobody Street" in table


def test_a_report_without_places_says_that_silence_is_not_safety() -> None:
    text = " ".join(pages(replace(REPORT, places=(), map_svg="")))

    assert "No place was passed by at least 5 students." in text
    assert "That does not mean that the ways to school are safe" in text


def test_forty_long_rows_break_over_pages_under_a_repeated_header() -> None:
    name = "Straße der Deutsch-Sowjetischen Freundschaft × Johannes-Robert-Becher-Ringstraße"
    rows = tuple(replace(CROSSING, rank=rank, name=name) for rank in range(1, 41))
    tables = [
        page for page in pages(replace(REPORT, places=rows)) if "What riders reported" in page
    ]

    assert len(tables) >= 3
    assert sum(page.count("7 of 21 riders") for page in tables) == 40


@pytest.mark.parametrize(
    "name", ["#import *", "*bold* _emph_ $x^2$", "= Heading", "`raw` <label> @ref", '"]; #panic()']
)
def test_markup_in_a_name_is_printed_as_it_is(name: str) -> None:
    place = replace(CROSSING, name=name, owner=name)
    text = " ".join(pages(replace(REPORT, school=name, campaign=name, places=(place,))))

    assert text.count(name) >= 5


def test_thai_greek_and_cyrillic_names_are_printed() -> None:
    report = replace(REPORT, school="Łódź · Σχολείο · Школа", campaign="โรงเรียน")
    reader = PdfReader(BytesIO(safety_report(report)))

    assert reader.metadata.title == "Safety report: Łódź · Σχολείο · Школа"
    # pypdf reads letters twice where the font changes inside a word, so only whole scripts.
    assert "Σχολείο · Школа" in reader.pages[0].extract_text()
    assert "?" not in reader.pages[0].extract_text()


def test_what_no_font_can_show_costs_nobody_the_report() -> None:
    text = " ".join(pages(replace(REPORT, campaign="By 🚲 to 学校 \udcff\x07now")))

    assert "By to ? now" in text


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80), st.text(max_size=200))
def test_any_text_makes_a_report(school: str, name: str) -> None:
    place = replace(CROSSING, name=name, owner=name)

    assert safety_report(replace(REPORT, school=school, campaign=name, places=(place,)))


def test_a_warm_report_takes_less_than_a_second() -> None:
    rows = tuple(replace(CROSSING, rank=rank) for rank in range(1, 41))
    safety_report(REPORT)
    start = perf_counter()
    safety_report(replace(REPORT, places=rows))

    assert perf_counter() - start < 1


def test_without_the_built_fonts_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typesetting._fonts.cache_clear()
    monkeypatch.setattr(typesetting, "FONTS", tmp_path)

    with pytest.raises(typesetting.FontsMissingError, match="install the package again"):
        safety_report(REPORT)


DONE = Action(
    name="Kurze Straße", kind="segment", state="in_work", owner="Roads office",
    opened_on=date(2026, 9, 1), due_on=date(2027, 3, 1), answer="The hedge goes in February.",
    steps=(Step("Cut the hedge", "quick", date(2027, 2, 1), None),
           Step("A lesson", "education", None, date(2026, 10, 5))),
)  # fmt: skip
UNOWNED = Action("", "intersection", "new", "", date(2026, 11, 1), None, "", ())


def test_it_says_what_by_whom_and_by_when_and_that_nobody_has_promised_where_so() -> None:
    measures = tuple(Measure(code, kind, (), "") for code, kind in (
        ("speed_checks", "enforcement"), ("clear_view", "quick"), ("signals", "long"),
    ))  # fmt: skip
    taken = replace(CROSSING, owner="Police zone", due_on=date(2027, 1, 15), measures=measures)
    report = replace(REPORT, places=(taken, STREET), actions=(DONE, UNOWNED), reasons={"speed": 41})
    text = pages(report)

    first, fourth = text[0], text[3]
    assert "Three things to fix first" in first
    # What can be done in weeks comes before checks, and those before what must be planned.
    wanted = "Cut plants and remove what blocks the view; Check speeds when students ride by"
    assert wanted in first
    assert "Police zone" in first
    assert "January 15, 2027" in first
    assert "No date has been given yet." in first
    for part in (
        "Cars too fast 41", "Cut plants and remove what blocks the view (places: 1)",
        "Cases that nobody has taken on yet: 1 (Crossing without a name).",
        "Cut the hedge (Quick repairs and changes (weeks); planned for February 1, 2027)",
        "A lesson (Learning and telling; done on October 5, 2026)", "The hedge goes in February.",
        "Roads office", "March 1, 2027", "in work",
        "There is no earlier school year to compare with yet.", "No measure with a date is known",
    ):  # fmt: skip
        assert part in fourth, part


def test_crashes_agree_or_not_as_far_as_a_school_may_know() -> None:
    quiet = replace(STREET, name="Ring", state="unknown", crashes=7)
    hidden = replace(CROSSING, rank=3, name="Hof", crashes=None)
    text = pages(replace(REPORT, places=(CROSSING, quiet, hidden)))[3]

    assert "38 official crashes with a bicycle in the whole area count in the risk." in text
    assert "Both point to: Demminer Straße × Ring (1)." in text
    assert "The file alone points to: Ring (2)." in text
    assert "Students alone point to: Hof (3). There the file has fewer than 5 crashes" in text
    without = pages(replace(REPORT, known={"crashes": 0}))[3]
    assert "No official crash file counts in these figures" in without


def test_what_everybody_reads_are_four_pages_and_the_rest_is_an_annex() -> None:
    many = tuple(replace(CROSSING, rank=rank) for rank in range(1, 31))
    text = pages(replace(REPORT, places=many, actions=(DONE,) * 2, reasons={"speed": 41}))

    assert text[4].startswith("Annex")
    assert "The other places" in text[4]
    assert not any("Annex" in page for page in text[:4])
