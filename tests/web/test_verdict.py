from typing import Any

from web.verdict import missing_to_confirm

POLICY = {"eligible_participants": 5, "confirmed_reporters": 3, "false_share": 0.08}
ROW: dict[str, Any] = {
    "state": "watch",
    "participants": 12,
    "reporters": 2,
    "crashes": None,
    "probability": 0.81,
}


def missing(mode: str = "risk", **changes: object) -> list[str]:
    return missing_to_confirm(ROW | changes, mode, POLICY, "en", str)


def test_too_few_reporters_are_counted_against_the_release_s_own_setting() -> None:
    (sentence,) = missing()

    assert sentence.startswith("It needs at least 3 different students who report a near miss")
    assert sentence.endswith("students so far: 2.")


def test_one_official_crash_is_as_good_as_enough_reporters() -> None:
    (sentence,) = missing(crashes=1)

    assert "81%" in sentence
    assert "at most 8% are expected to be wrong" in sentence


def test_too_few_riders_come_first() -> None:
    first, _second = missing(participants=4)

    assert first == "It needs at least 5 different students who ride here; so far: 4."


def test_nothing_is_missing_where_it_is_confirmed_or_cannot_be() -> None:
    assert missing(state="confirmed") == []
    assert missing(mode="perception") == []
    assert missing(probability=None) == []
