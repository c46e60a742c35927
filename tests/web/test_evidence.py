from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.evidence import evidence_lead, evidence_sentence, evidence_sentences, weight_words

ROW: dict[str, Any] = {
    "reporters": 7,
    "participants": 21,
    "weight": 0.4,
    "probability": 0.93,
    "danger": 0.6,
    "evidence": 0.85,
    "crashes": 6,
    "crashes_ksi": 2,
    "crash_share": 0.31,
    "state": "confirmed",
    "yearly": 6.0,
    "excess": 4.0,
    "cluster": "c1",
    "assumed": 1 / 3,
    "assumptions": ["volume:class"],
}
NOTHING = ROW | dict.fromkeys(
    ("weight", "evidence", "crashes", "crashes_ksi", "crash_share", "yearly", "excess", "cluster")
)


def said(**changes: object) -> dict[str, str]:
    return evidence_sentences(ROW | changes, "risk", "en", str)


def test_forty_percent_normal_and_sixty_percent_reported() -> None:
    assert "40% what is normal" in said()["weight"]
    assert "60% what was reported here" in said()["weight"]
    assert weight_words(0.4, "en", str) == "40% normal for its kind, 60% reported here"
    assert not weight_words(None, "en", str)


def test_perceived_danger_says_how_much_of_it_was_said_here() -> None:
    assert said()["danger"].startswith("Of the perceived danger, 85% is what was said here, 15%")


def test_crashes_are_told_with_their_weight() -> None:
    assert said()["crashes"] == (
        "Official crashes with a bicycle known here: 6, of which with people killed or seriously "
        "injured: 2. The crash file counts for 31% of the risk."
    )
    assert said(crashes=0)["crashes"].startswith("No official crash with a bicycle is known here.")


def test_without_a_crash_file_nothing_is_said_of_crashes() -> None:
    assert "crashes" not in said(crashes=None, crashes_ksi=None)


def test_severities_that_a_school_may_not_know_are_not_told() -> None:
    sentence = said(crashes_ksi=None)["crashes"]

    assert sentence.startswith("Official crashes with a bicycle known here: 6.")
    assert "killed" not in sentence


@pytest.mark.parametrize(
    ("yearly", "excess", "words"),
    [
        (6.0, 4.0, "4.0 more conflicts a school year"),  # three times what is normal
        (6.0, 2.0, "2.0 more conflicts a school year"),  # one and a half times
        (6.0, 1.9, "a matter of design"),
        (6.0, -1.0, "a matter of design"),
    ],
)
def test_a_local_fault_is_told_from_a_dangerous_type(
    yearly: float, excess: float, words: str
) -> None:
    assert words in said(yearly=yearly, excess=excess)["local"]


def test_a_place_without_enough_data_has_no_fault_to_be_told() -> None:
    assert "local" not in said(state="unknown")


def test_what_the_stress_assumes_is_named() -> None:
    assert said()["stress"] == (
        "The stress of this place rests to 33% on assumptions: amount of traffic – the usual one "
        "of such a street."
    )
    assert "stress" not in said(assumed=0)


def test_perception_mode_claims_no_risk() -> None:
    found = evidence_sentences(ROW, "perception", "en", str)

    assert list(found) == ["reported", "danger", "stress"]


def test_a_place_of_which_little_is_known_gets_only_its_count() -> None:
    found = evidence_sentences(NOTHING | {"assumed": 0}, "risk", "en", str)

    assert found == {"reported": "7 of 21 riders had a near miss or a fall here."}


def test_the_sentence_is_all_of_them_and_the_lead_the_first() -> None:
    assert evidence_sentence(ROW, "risk", "en", str) == " ".join(said().values())
    assert evidence_lead(ROW, "risk", "en", str) == f"{said()['reported']} {said()['certainty']}"


@given(st.floats(0, 1))
def test_both_shares_always_make_a_hundred(weight: float) -> None:
    prior, reported = (
        int(part.split("%")[0].split()[-1]) for part in weight_words(weight, "en", str).split(", ")
    )
    assert prior + reported == 100
