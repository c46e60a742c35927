"""Which places of a ride are rated together."""

from collections.abc import Callable

import pytest

from geo.area import build_network
from geo.routing import Passage, Router, Waypoint

LonLat = tuple[float, float]
Point = Callable[[float, float], LonLat]

# Mill Lane runs east for 400 m: a driveway after 100 m, Cross Street after 200 m, a path after
# 300 m that ends in Mill Lane.
POINTS = {1: (0, 0), 2: (100, 0), 3: (200, 0), 4: (300, 0), 5: (400, 0), 6: (100, 60),
          7: (200, 80), 8: (200, -80), 9: (300, 80)}  # fmt: skip
LANE = {"name": "Mill Lane"}
STREETS = [([1, 2, 3, 4, 5], LANE), ([2, 6], {"highway": "service"}),
           ([7, 3, 8], {"name": "Cross Street"}), ([4, 9], {"highway": "cycleway"})]  # fmt: skip


@pytest.fixture
def ride(draw: Callable[..., object], point: Point) -> Callable[..., list[Passage]]:
    router = Router(build_network(draw(POINTS, STREETS)))  # type: ignore[arg-type]

    def ridden(*corners: LonLat) -> list[Passage]:
        return router.snap([Waypoint(*point(*corner)) for corner in corners]).passages

    return ridden


def test_driveway_belongs_to_the_street_that_goes_on(ride: Callable[..., list[Passage]]) -> None:
    first, driveway, second, crossing, third, path, fourth = ride((20, 0), (380, 0))

    assert first.stretch == driveway.stretch == second.stretch is not None
    assert (driveway.kind, driveway.name) == ("intersection", "Mill Lane")
    assert crossing.stretch is None
    assert third.stretch == path.stretch == fourth.stretch is not None
    assert first.stretch != fourth.stretch


def test_where_one_turns_off_is_a_place_of_its_own(ride: Callable[..., list[Passage]]) -> None:
    street, turn, path = ride((220, 0), (300, 70))

    assert turn.stretch is None
    assert None not in {street.stretch, path.stretch}


def test_where_a_ride_begins_or_ends_is_a_place_of_its_own(
    ride: Callable[..., list[Passage]],
) -> None:
    *_, street, end = ride((20, 0), (100, 0))

    assert street.stretch is not None
    assert (end.kind, end.stretch) == ("intersection", None)
