"""What is said of measures: numbers in words, and no word too much."""

from typing import Any

import pytest

from web.effects import effect_sentences, measures_at
from web.translation import translations

STUDY: dict[str, Any] = {
    "state": "not shown", "before": 12.0, "after": 4.0, "expected": 9.1, "change": -56,
    "change_low": -80, "change_high": 3, "chance": 0.061, "needed_30": 150, "needed_50": 49,
    "detectable": 81, "comparison": {"places": 55, "trend": 0.84},
}  # fmt: skip
FELT: dict[str, Any] = {
    "place": "i0001", "state": "improved", "before": 0.62, "after": 0.41, "delta": -0.21,
    "delta_low": -0.3, "delta_high": -0.11, "probability": 1.0, "ratings_before": 23,
    "ratings_after": 18,
}  # fmt: skip
ROW: dict[str, Any] = {
    "id": 1, "what": "zebra crossing with island", "done_on": "2026-05-01", "places": ["i0001"],
    "lost": [], "also": [], "state": "compared", "lacking": [], "counted": ["i0001"],
    "participants_before": 40, "participants_after": 31, "reports_before": 12, "reports_after": 4,
    "conflicts": STUDY, "crashes": None,
    "ratings": {"places": [FELT], "elsewhere": {"places": 40, "delta": 0.0}},
}  # fmt: skip


def said(language: str = "en", place: str = "", **changes: object) -> str:
    sentences = effect_sentences(ROW | changes, language, translations(language), place)
    return " ".join(sentences)


def test_the_whole_of_one_measure() -> None:
    assert said() == (
        "Since May 1, 2026 (zebra crossing with island): 4 conflicts were reported where 9.1 would "
        "have been expected without it (56% fewer, 95% interval −80% to +3%): a change is not "
        "shown. Students who pass here and answered: 40 before, 31 since. Conflicts reported "
        "before: 12. 55 places where nothing was done were compared with; there it changed by "
        "−16%. To show a fall of half takes about 49 expected, one of 30% about 150. With as many "
        "as here, a fall of 81% is shown four times out of five. Perceived danger went from 0.62 "
        "to 0.41 on a scale from 0 (safe) to 1 (−0.21, 90% interval −0.30 to −0.11; ratings: 23 "
        "before, 18 since): it feels safer. At 40 other places perceived danger changed by ±0.00 "
        "on average."
    )


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("fall shown", "a fall is shown."),
        ("rise shown", "a rise is shown."),
        ("not shown", "a change is not shown."),
    ],
)
def test_a_change_is_claimed_only_if_the_release_does(state: str, words: str) -> None:
    told = said(conflicts=STUDY | {"state": state}).split(" Students")[0]

    assert words in told
    assert told.count("shown") == 1


def test_one_conflict_and_a_rise() -> None:
    told = said(conflicts=STUDY | {"after": 1.0, "change": 40, "change_low": 2, "change_high": 90})

    assert "1 conflict was reported" in told
    assert "(40% more, 95% interval +2% to +90%)" in told
    assert "without any effect so few or so many would still happen in 6.1% of cases" in told


def test_few_conflicts_show_no_fall() -> None:
    assert "even a large fall is seldom shown" in said(conflicts=STUDY | {"detectable": None})


def test_what_is_missing_is_said() -> None:
    missing = {"conflicts": (12, 30), "eligible": (20, 50)}
    told = said(conflicts={"state": "not enough data", "missing": missing})

    assert "whether conflicts became fewer cannot be told yet" in told
    assert "before: 12 of 30 and places with enough students before: 20 of 50" in told
    assert "40 before, 31 since" in told
    assert "expected" not in told


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("before", "Of those who answered before, fewer than 5"),
        ("after", "Of those who have answered since, fewer than 5"),
        ("waiting", "it waits for more answers"),
    ],
)
def test_too_few_students_are_not_counted_aloud(code: str, words: str) -> None:
    nothing = dict.fromkeys(("participants_before", "participants_after", "conflicts", "ratings"))
    told = said(state="not enough data", lacking=[code], counted=[], **nothing)

    assert told.startswith("Since May 1, 2026 (zebra crossing with island): not enough data.")
    assert words in told
    assert "None" not in told


def test_several_places_are_counted_and_one_can_be_picked() -> None:
    ratings = {"places": [FELT, FELT | {"place": "i0002", "state": "worsened"}], "elsewhere": None}
    both = {"places": ["i0001", "i0002", "i0003"], "counted": ["i0001", "i0002"]}

    told = said(ratings=ratings, **both)
    there = said(ratings=ratings, **both, place="i0002")
    elsewhere = said(ratings=ratings, **both, place="i0003")

    assert "at 2 places: it feels safer at 1, less safe at 1, and at 0 no change is shown" in told
    assert "2 of 3 places count" in told
    assert "it feels less safe" in there
    assert "how it feels is not compared" in elsewhere


def test_crashes_say_their_years() -> None:
    crashes = STUDY | {"years_before": [2019, 2025, 7], "years_after": [2027, 2027, 1]}
    told = said(crashes=crashes)
    lacking = said(crashes={"state": "not enough data", "missing": {"years_after": (0, 1)}})

    assert "Official crashes with a bicycle: 4 in 2027 where 9.1" in told
    assert "In 2019–2025 there were 12." in told
    assert "Official crashes cannot be compared yet (no later year in the files)." in lacking


def test_two_measures_at_one_place_are_not_told_apart() -> None:
    assert "cannot be put down to one of them" in said(also=[2])


def test_what_was_done_at_a_place_comes_latest_first() -> None:
    rows = [
        ROW,
        ROW | {"id": 2, "places": ["i0009"]},
        ROW | {"id": 3, "done_on": "2026-09-01", "places": ["i0009", "i0001"]},
    ]

    assert [row["id"] for row in measures_at(rows, "i0001")] == [3, 1]
    assert measures_at(rows, "s0001") == []
