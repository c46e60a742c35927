import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, reverse

from geo.compass import EIGHTHS, OPPOSITE, eighth

ANGLES = st.floats(-0.01, 0.01)


@pytest.mark.parametrize(
    ("end", "where"),
    [
        ((0, 1), "N"), ((1, 1), "NE"), ((1, 0), "E"), ((1, -1), "SE"),
        ((0, -1), "S"), ((-1, -1), "SW"), ((-1, 0), "W"), ((-1, 1), "NW"),
    ],
)  # fmt: skip
def test_eight_directions_at_the_equator(end: tuple[int, int], where: str) -> None:
    assert eighth(LineString([(0, 0), (end[0] / 1000, end[1] / 1000)])) == where


def test_a_degree_of_longitude_is_short_in_the_north() -> None:
    # At 60° a degree of longitude is half of one of latitude: 2 east and 1 north is north-east.
    assert eighth(LineString([(13, 60), (13.002, 60.001)])) == "NE"
    assert eighth(LineString([(13, 0), (13.003, 0.001)])) == "E"


@given(ANGLES, ANGLES)
def test_the_way_back_leads_to_the_other_side(east: float, north: float) -> None:
    line = LineString([(13, 53), (13 + east, 53 + north)])

    assert eighth(line) in EIGHTHS
    if abs(east) + abs(north) > 1e-6:
        back = EIGHTHS.index(eighth(reverse(line)))
        # On the border between two eighths the sides may differ by one.
        assert (back - EIGHTHS.index(OPPOSITE[eighth(line)])) % 8 in {0, 1, 7}
