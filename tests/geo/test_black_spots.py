"""The official rule of a country is met, not met, or cannot be told from the file."""

import pytest

from geo.black_spots import BlackSpotRule, SpotCrash, judge, rule_of

YEARS = range(2021, 2025)


def rule(country: str) -> BlackSpotRule:
    found = rule_of(country)
    assert found is not None
    return found


def test_hand_worked_priority_of_flanders() -> None:
    # 2022-2024: one death (5), two seriously (2 x 3) and four slightly injured (4) make 15.
    crashes = [
        SpotCrash(2022, "fatal", 1, 0, 2),
        SpotCrash(2023, "serious", 0, 2, 0),
        SpotCrash(2024, "slight", 0, 0, 2),
    ]
    found = judge(rule("BE"), crashes, YEARS, everybody=False)
    assert (found.verdict, found.crashes, found.score) == ("yes", 3, 15)
    assert (found.first_year, found.last_year) == (2022, 2024)

    fewer = [*crashes[:2], SpotCrash(2024, "slight", 0, 0, 1)]
    assert judge(rule("BE"), fewer, YEARS, everybody=True).verdict == "no"
    assert judge(rule("BE"), fewer, YEARS, everybody=False).verdict == "unknown"
    assert judge(rule("BE"), fewer, [2023, 2024], everybody=True).verdict == "unknown"
    older = [SpotCrash(2021, "fatal", 1, 0, 2), *crashes[1:]]
    assert judge(rule("BE"), older, YEARS, everybody=True).verdict == "no"
    assert judge(rule("BE"), [], [], everybody=True).verdict == "unknown"


def test_where_nobody_counted_people_the_severity_stands_for_one() -> None:
    crashes = [SpotCrash(2024, one) for one in ("fatal", "serious", "slight", "injury")]
    assert judge(rule("BE"), crashes, YEARS, everybody=True).score == 5 + 3 + 1 + 1


def test_germany_has_a_second_rule_that_the_file_cannot_tell() -> None:
    five = [SpotCrash(2024, "slight")] * 5
    assert judge(rule("DE"), five, YEARS, everybody=False).verdict == "yes"
    assert judge(rule("DE"), five[:4], YEARS, everybody=True).verdict == "unknown"
    damage = [*five[:4], SpotCrash(2024, "damage_only")]
    assert judge(rule("DE"), damage, YEARS, everybody=True).crashes == 4


@pytest.mark.parametrize("country", ["NL", "GB", "TH", ""])
def test_of_other_countries_no_rule_is_known(country: str) -> None:
    assert rule_of(country) is None
