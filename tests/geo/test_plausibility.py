"""What about a ride asks for a second look."""

from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InvalidEvidenceError
from geo.plausibility import MODES, Mode, flags, stored_flags, thresholds
from geo.reference import read_table

metres = st.floats(0, 60_000)
modes = st.sampled_from(MODES)


@pytest.mark.parametrize(
    ("ride", "expected"),
    [
        ({"length_m": 2500, "direct_m": 1900, "minutes": 10}, ()),
        ({"length_m": 120, "direct_m": 100}, ("short",)),
        ({"length_m": 16_000, "direct_m": 12_000}, ("long",)),
        ({"length_m": 16_000, "direct_m": 12_000, "mode": "e_bike"}, ()),
        ({"length_m": 6000, "direct_m": 4500, "mode": "walking"}, ("long",)),
        # 4 km for 1 km, and 3 km more than the direct way.
        ({"length_m": 4000, "direct_m": 1000}, ("detour",)),
        # Three times as far, but only 1 km more: somebody was picked up.
        ({"length_m": 1500, "direct_m": 500}, ()),
        ({"length_m": 3000, "direct_m": 2400, "minutes": 6}, ("fast",)),
        ({"length_m": 3000, "direct_m": 2400, "minutes": 6, "mode": "e_bike"}, ()),
        ({"length_m": 3000, "direct_m": 2400, "minutes": 15, "mode": "walking"}, ("fast",)),
        ({"length_m": 1500, "direct_m": 1200, "minutes": 30}, ("slow",)),
        ({"length_m": 1500, "direct_m": 1200, "minutes": 20, "mode": "walking"}, ()),
        # Slow, but over before a signal has changed twice.
        ({"length_m": 400, "direct_m": 350, "minutes": 8}, ()),
        ({"length_m": 2000, "direct_m": 1990, "free_m": 2000}, ("straight",)),
        ({"length_m": 2000, "direct_m": 1950, "free_m": 400}, ("straight",)),
        ({"length_m": 2000, "direct_m": 1500, "free_m": 400}, ()),
        ({"length_m": 2000, "direct_m": 1990, "free_m": 100}, ()),
        ({"length_m": 20_000, "direct_m": 2000, "free_m": 15_000, "minutes": 10},
         ("long", "detour", "fast", "straight")),
    ],
)  # fmt: skip
def test_hand_worked_flags(ride: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert flags(**ride) == expected


@given(metres, metres, st.floats(0, 1), modes)
def test_a_cut_ride_is_asked_about_less(
    length: float, direct: float, share: float, mode: Mode
) -> None:
    ride = {"length_m": length, "direct_m": direct, "free_m": share * length}
    assert set(stored_flags(**ride, mode=mode)) <= set(flags(**ride, mode=mode))


def test_a_cut_ride_keeps_what_is_plain() -> None:
    assert stored_flags(length_m=16_000, direct_m=12_000) == ("long",)
    assert stored_flags(length_m=5000, direct_m=1000) == ("detour",)
    assert stored_flags(length_m=2000, direct_m=1990, free_m=1900) == ("straight",)
    assert stored_flags(length_m=150, direct_m=100) == ()


@given(metres, metres, st.floats(1, 300), modes)
def test_nothing_is_fast_and_slow_or_long_and_short(
    length: float, direct: float, minutes: float, mode: Mode
) -> None:
    found = set(flags(length_m=length, direct_m=direct, minutes=minutes, mode=mode))
    assert not {"fast", "slow"} <= found
    assert not {"long", "short"} <= found
    assert "straight" not in found


@pytest.mark.parametrize(
    "wrong",
    [{"length_m": -1}, {"direct_m": nan}, {"free_m": inf}, {"minutes": 0}, {"minutes": -5},
     {"minutes": nan}, {"mode": "horse"}],
)  # fmt: skip
def test_numbers_that_are_none_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidEvidenceError):
        flags(**{"length_m": 2000, "direct_m": 1500, **wrong})


def test_the_device_gets_the_same_limits() -> None:
    limits = thresholds()
    assert {f"{kind}_{mode}" for kind in ("long", "fast", "slow") for mode in MODES} <= set(limits)
    limits["short"] = 0.0
    assert thresholds()["short"] > 0
    assert all(row["unit"] and row["source"] for row in read_table("plausibility"))
