"""Reasons point to a cause, and a cause to who can act."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.causes import CAUSES, UNKNOWN, cause_of, likely_cause
from web.words import reason_words

REASONS = sorted(set(reason_words(str)) - {"other"})


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_a_student_may_give_points_to_a_cause(reason: str) -> None:
    assert cause_of(reason) in set(CAUSES) - {UNKNOWN}


def test_most_reasons_decide() -> None:
    # Speed and behaviour are both enforcement: 4 + 3 against 6 of surface.
    assert likely_cause({"speed": 4, "behaviour": 3, "surface": 6}) == "enforcement"


def test_what_does_not_tell_is_unknown() -> None:
    assert likely_cause({"other": 9}) == likely_cause({}) == UNKNOWN


@given(st.dictionaries(st.sampled_from(REASONS), st.integers(1, 50), min_size=1))
def test_the_order_of_reasons_does_not_matter(reasons: dict[str, int]) -> None:
    assert likely_cause(dict(reversed(reasons.items()))) == likely_cause(reasons)
