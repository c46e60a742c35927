from dataclasses import fields
from typing import Any

from geo.policy import Policy
from geo.sensitivity import NOT_VARIED
from web.stability import setting_words, stability

HALVES = {
    "places": 281,
    "danger": 0.7,
    "risk": 0.4,
    "danger_whole": 0.82,
    "risk_whole": 0.57,
    "head": 20,
    "head_shared": 9,
}


def varied(setting: str, value: float, **changes: int) -> dict[str, Any]:
    same = {"top": 10, "top_kept": 10, "confirmed": 13, "confirmed_kept": 13, "confirmed_new": 0}
    return {"setting": setting, "usual": 2 * value, "value": value, **same, **changes}


ROBUSTNESS = {
    "settings": [
        varied("school_weeks", 19),
        varied("school_weeks", 57),
        varied("slope_sd", 0.7, top_kept=9),
        varied("slope_sd", 2.1),
        varied("relative_threshold", 0.75, confirmed_new=33),
        varied("relative_threshold", 2.25, confirmed_kept=4),
    ],
    "halves": HALVES,
    "severities": [],
}


def test_the_strongest_setting_comes_first_and_the_harmless_are_only_named() -> None:
    found = stability(ROBUSTNESS, "en", str)

    assert "first 10 places and of the 13 confirmed" in found.intro
    assert [one.name for one in found.changed] == [
        "times the average that count as dangerous",
        "how far type and stress may move a rate",
    ]
    assert found.changed[0].halved == "0.75: 10 of the first 10 stay, 13 confirmed stay, 33 new"
    assert found.changed[0].raised == "2.25: 10 of the first 10 stay, 4 confirmed stay, 0 new"
    assert found.unchanged.endswith(": school weeks in a year.")


def test_halves_are_told_in_words() -> None:
    danger, risk, head = stability(ROBUSTNESS, "en", str).halves

    assert "to 0.7 " in danger
    assert danger.endswith("0.82: the order is steady.")
    assert risk.endswith("0.57 for all students together: single ranks should not be relied on.")
    assert head.startswith("Of the 20 places that half of the students put first, 9 are also")


def test_halves_that_are_too_small_say_so() -> None:
    nothing = dict.fromkeys(("danger", "risk", "danger_whole", "risk_whole"))
    (sentence,) = stability(ROBUSTNESS | {"halves": HALVES | nothing}, "en", str).halves

    assert sentence.startswith("Half of the students are too few")


def test_nothing_is_claimed_of_a_release_that_could_not_be_examined() -> None:
    found = stability({"settings": [], "halves": None, "severities": []}, "en", str)

    assert (found.changed, found.unchanged, found.halves) == ([], "", [])


def test_every_setting_that_is_varied_has_words() -> None:
    assert set(setting_words(str)) == {field.name for field in fields(Policy)} - NOT_VARIED
