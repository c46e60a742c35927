"""The classes of the maps: every boundary belongs to one of them, and silence to none."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.scale import (
    BLUE,
    DARK_RED,
    NO_BAND,
    ORANGE,
    OutsideScaleError,
    Scale,
    place_band,
    scales,
)

SCALES = scales(str)
BOUNDARIES = {
    "danger": [(0, "low"), (0.35, "middle"), (0.55, "high")],
    "conflicts": [(0, "low"), (1, "middle"), (2, "high")],
    "exposure": [(0, "counted-low"), (2, "counted-middle"), (10, "counted-high")],
    "crashes": [(1, "counted-low"), (2, "counted-middle"), (5, "counted-high")],
    "stress": [(1, "calm"), (2, "low"), (3, "middle"), (4, "high")],
    "risk": [(0, "low"), (50, "middle"), (75, "high")],
}


@pytest.mark.parametrize("layer", BOUNDARIES)
def test_every_boundary_belongs_to_one_band(layer: str) -> None:
    scale, bounds = SCALES[layer], BOUNDARIES[layer]  # type: ignore[index]

    assert [(band.low, band.key) for band in scale.bands] == bounds
    for (_, below), (at, key) in pairwise(bounds):
        assert scale.band(at).key == key
        assert scale.band(math.nextafter(at, -1)).key == below
    assert scale.band(scale.bands[-1].high).key == bounds[-1][1]


@given(st.sampled_from(list(SCALES.values())), st.floats(0, 1e6))
def test_scale_has_no_hole_and_no_overlap(scale: Scale, value: float) -> None:
    holding = [n for n, b in enumerate(scale.bands) if b.low <= value < b.high]
    top = scale.bands[-1].high
    if value < scale.bands[0].low or value > top:
        with pytest.raises(OutsideScaleError):
            scale.band_numbers([value])
        return

    assert len(holding) == (value != top)
    expected = holding[0] if holding else len(scale.bands) - 1
    assert scale.bands[expected] == scale.band(value)
    assert scale.band_numbers([None, value]) == f"{NO_BAND}{expected}"


@pytest.mark.parametrize("value", [-0.01, 1.01, math.nan])
def test_value_outside_the_scale_is_refused(value: float) -> None:
    with pytest.raises(OutsideScaleError):
        SCALES["danger"].band(value)


def test_width_and_colour_grow_together() -> None:
    for scale in SCALES.values():
        assert len({(band.color, band.width) for band in scale.bands}) == len(scale.bands)
        assert [b.width for b in scale.bands] == sorted(b.width for b in scale.bands)
    for layer in ("danger", "conflicts", "risk"):
        looks = [(b.color, b.dark_color) for b in SCALES[layer].bands]  # type: ignore[index]
        assert looks == [BLUE, ORANGE, DARK_RED]


def test_nothing_is_drawn_in_green() -> None:
    for color in {color for scale in SCALES.values() for b in scale.bands
                  for color in (b.color, b.dark_color)}:  # fmt: skip
        red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
        assert green < max(red, blue)


def test_silence_is_grey() -> None:
    assert place_band(SCALES["danger"], {"danger": None, "state": "unknown"}) is None
    assert place_band(SCALES["risk"], {"index": 95, "state": "unknown"}) is None
    assert place_band(SCALES["crashes"], {"crashes": 0, "state": "confirmed"}) is None
    watched = place_band(SCALES["risk"], {"index": 95, "state": "watch"})
    assert watched
    assert watched.key == "high"
