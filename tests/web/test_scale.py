import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.scale import BLUE, DARK_RED, ORANGE, OutsideScaleError, place_band, scales

SCALES = scales(str)


@pytest.mark.parametrize(
    ("layer", "value", "key"),
    [
        ("danger", 0, "low"),
        ("danger", math.nextafter(0.35, 0), "low"),
        ("danger", 0.35, "middle"),
        ("danger", math.nextafter(0.55, 0), "middle"),
        ("danger", 0.55, "high"),
        ("danger", 1, "high"),
        ("risk", 0, "low"),
        ("risk", math.nextafter(50, 0), "low"),
        ("risk", 50, "middle"),
        ("risk", math.nextafter(75, 0), "middle"),
        ("risk", 75, "high"),
        ("risk", 100, "high"),
    ],
)
def test_every_boundary_belongs_to_one_band(layer: str, value: float, key: str) -> None:
    assert SCALES[layer].band(value).key == key  # type: ignore[index]


@given(st.floats(0, 100))
def test_scale_has_no_hole_and_no_overlap(index: float) -> None:
    holding = [b for b in SCALES["risk"].bands if b.low <= index < b.high]
    assert len(holding) == (index != 100)
    assert SCALES["risk"].band(index)


@pytest.mark.parametrize("value", [-0.01, 1.01, math.nan])
def test_value_outside_the_scale_is_refused(value: float) -> None:
    with pytest.raises(OutsideScaleError):
        SCALES["danger"].band(value)


def test_width_and_colour_grow_together() -> None:
    for scale in SCALES.values():
        assert [(b.color, b.dark_color) for b in scale.bands] == [BLUE, ORANGE, DARK_RED]
        assert [b.width for b in scale.bands] == sorted(b.width for b in scale.bands)


def test_silence_is_grey() -> None:
    assert place_band(SCALES["danger"], {"danger": None, "state": "unknown"}) is None
    assert place_band(SCALES["risk"], {"index": 95, "state": "unknown"}) is None
    watched = place_band(SCALES["risk"], {"index": 95, "state": "watch"})
    assert watched
    assert watched.key == "high"
