"""What could be done about a place follows from what was said, from its type and its stress."""

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.schemas.codes import Counterpart, Help, PartOfDay, Reason
from geo.causes import CAUSES
from geo.control import CONTROLS
from geo.countermeasures import KINDS, SAID, _Rule, _rules, measure_codes, suggest
from geo.traffic import ASSUMPTIONS
from web.countermeasures import by_kind, measure_kind_words, measure_words

CODES = {
    "reasons": get_args(Reason),
    "counterparts": get_args(Counterpart),
    "helps": get_args(Help),
    "times": get_args(PartOfDay),
}


def place(**told: object) -> dict[str, Any]:
    plain = {"kind": "intersection", "type": "uncontrolled", "stress": 2, "control": "give_way"}
    return plain | {"assumptions": [], "reasons": {}} | told


def codes(row: dict[str, Any]) -> list[str]:
    return [one.code for one in suggest(row)]


def test_hand_worked_crossing() -> None:
    # Speed is said by nine, a hedge by six: speed decides the cause (enforcement), and what only
    # stress 3 asks for (lower limit, refuge, riding together) is not there at stress 2.
    found = suggest(place(reasons={"speed": 9, "sight": 6}, times={"morning": 8}))
    assert [(one.code, one.kind, one.votes) for one in found] == [
        ("speed_checks", "enforcement", 9),
        ("presence", "enforcement", 8),
        ("mark_crossing", "quick", 15),
        ("clear_view", "quick", 6),
        ("free_corner", "quick", 6),
        ("raised_crossing", "long", 9),
        ("practise", "education", 6),
    ]
    assert found[3].because == (("reasons", "sight", 6),)
    assert "Traffic Agent" in found[3].source


def test_stress_type_control_and_assumed_tags_each_decide() -> None:
    street = {"kind": "segment", "type": "secondary/none", "control": None}
    assert codes(place(stress=4, **street)) == ["track"]  # the street alone asks for it
    assert codes(place(stress=3, **street)) == []
    loud = {"traffic": 7}
    assert "count_traffic" in codes(place(reasons=loud, assumptions=["volume:class"], **street))
    assert "count_traffic" not in codes(place(reasons=loud, **street))
    lights = place(reasons=loud, type="signalised", control="signals")
    assert "head_start" in codes(lights)
    assert "head_start" not in codes(place(reasons=loud))
    assert "head_start" not in codes(lights | {"control": None})  # unknown is not assumed


def test_nothing_said_at_a_calm_place_asks_for_nothing() -> None:
    assert suggest(place()) == []


@pytest.mark.parametrize("rule", _rules(), ids=lambda rule: f"{rule.measure}-{rule.stress}")
def test_every_rule_has_a_source_words_and_codes_that_exist(rule: _Rule) -> None:
    assert rule.source
    assert rule.kind in KINDS
    assert rule.cause in {"", *CAUSES}
    assert rule.control <= set(CONTROLS)
    assert rule.assumed <= set(ASSUMPTIONS)
    assert all(rule.said[column] <= set(CODES[column]) for column in SAID)
    assert any(rule.said.values()) or rule.stress == 4
    assert measure_words(str)[rule.measure]


def test_every_measure_has_words_and_no_word_is_left_over() -> None:
    assert set(measure_words(str)) == set(measure_codes())
    assert tuple(measure_kind_words(str)) == KINDS


@given(
    st.dictionaries(st.sampled_from(CODES["reasons"]), st.integers(5, 50)),
    st.sampled_from(["signalised", "uncontrolled", "roundabout", "path"]),
    st.integers(1, 4),
)
def test_more_said_never_takes_a_measure_away(
    reasons: dict[str, int], kind: str, stress: int
) -> None:
    row = place(reasons=reasons, type=kind, stress=stress)
    more = suggest(row | {"counterparts": {"lorry_bus": 5}, "helps": {"crossing": 6}})
    assert {one.code for one in suggest(row)} <= {one.code for one in more}
    assert [kind for kind, _ in by_kind(more)] == sorted(
        {one.kind for one in more}, key=KINDS.index
    )
