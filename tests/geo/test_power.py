"""How many events it takes to show a change."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.power import InvalidShareError, detectable_fall, events_needed


def test_printed_numbers() -> None:
    # Method, section 8: 30 % needs about 150 expected events before, 50 % about 49.
    assert round(events_needed(0.30)) == 150
    assert round(events_needed(0.50)) == 49


def test_hand_worked_number() -> None:
    # (1.959964 + 0.841621)² = 7.848880; times (1 + 1/0.5) / (ln 0.5)².
    assert events_needed(0.5) == pytest.approx(7.848880 * 3 / np.log(2) ** 2, rel=1e-6)


@settings(deadline=None)
@given(st.floats(0.01, 0.85))
def test_detectable_fall_is_the_inverse(fall: float) -> None:
    assert detectable_fall(events_needed(fall)) == pytest.approx(fall, rel=1e-6)


@settings(deadline=None)
@given(st.floats(17, 1e6), st.floats(1.01, 10))
def test_more_events_show_smaller_falls(events: float, factor: float) -> None:
    fewer, more = detectable_fall(events), detectable_fall(events * factor)

    assert fewer is not None
    assert more is not None
    assert 0 < more < fewer < 1


@pytest.mark.parametrize("events", [0, 5, 16, float("nan")])
def test_few_events_show_nothing(events: float) -> None:
    assert detectable_fall(events) is None


def test_that_many_events_show_the_fall_four_times_out_of_five() -> None:
    generator = np.random.default_rng(1)
    before = generator.poisson(events_needed(0.3), 20_000)
    after = generator.poisson(events_needed(0.3) * 0.7, 20_000)
    distance = np.log(after / before) / np.sqrt(1 / before + 1 / after)

    assert (distance < -1.959964).mean() == pytest.approx(0.80, abs=0.02)


@pytest.mark.parametrize("share", [0, 1, -0.2, 30])
def test_what_is_no_share_is_refused(share: float) -> None:
    with pytest.raises(InvalidShareError, match="between 0 and 1"):
        events_needed(share)
    with pytest.raises(InvalidShareError, match="between 0 and 1"):
        detectable_fall(100, power=share)
