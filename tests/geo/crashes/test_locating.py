"""Crashes on streets drawn on paper: which place each belongs to."""

from collections.abc import Callable

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.area import build_network
from geo.crashes.coordinates import Extent
from geo.crashes.locating import INTERSECTION_M, SEGMENT_M, locate_crashes
from geo.crs import to_metres
from geo.network import Network
from geo.osm import OsmData

Point = Callable[[float, float], tuple[float, float]]


@pytest.fixture
def cross(draw: Callable[..., OsmData]) -> Network:
    """Two streets of 200 m that cross in (0, 0)."""
    return build_network(
        draw(
            {1: (-100, 0), 2: (0, 0), 3: (100, 0), 4: (0, -100), 5: (0, 100)},
            [([1, 2, 3], {"name": "High Street"}), ([4, 2, 5], {"name": "Mill Lane"})],
        )
    )


def test_a_crash_goes_to_the_crossing_within_20_m_else_to_a_street_within_30(
    cross: Network, point: Point
) -> None:
    # Beside the crossing; on the street 15 m from the crossing, which is still the crossing's;
    # 60 m along, 25 m beside; 60 m along, 33 m beside; far from everything.
    spots = [(5, 5), (15, 0), (60, 25), (60, 33), (60, 300)]
    lon, lat = np.array([point(x, y) for x, y in spots]).T

    found = locate_crashes(cross, lon, lat)

    assert found["kind"].tolist() == ["intersection", "intersection", "segment", None, None]
    (crossing,) = cross.intersections.loc[cross.intersections["arms"] >= 3, "id"]
    assert found["place"].tolist()[:2] == [crossing] * 2
    expected = [50**0.5, 15, 25, 33, (40**2 + 300**2) ** 0.5]
    assert found["distance_m"].tolist()[:4] == pytest.approx(expected[:4], rel=0.01)
    assert found["distance_m"].iloc[4] > 200


def test_streets_within_a_crossing_belong_to_it(sample: Network) -> None:
    within = sample.segments[sample.segments["within"].notna()]
    middles = to_metres(within).geometry.interpolate(0.5, normalized=True).to_crs("EPSG:4326")

    found = locate_crashes(sample, middles.x.to_numpy(), middles.y.to_numpy())

    assert (found["kind"] == "intersection").all()
    assert found["distance_m"].max() < 0.01


def test_of_places_equally_near_the_lowest_id_is_taken(
    draw: Callable[..., OsmData], point: Point
) -> None:
    network = build_network(
        draw(
            {1: (0, 0), 2: (200, 0), 3: (0, 40), 4: (200, 40)},
            [([1, 2], {"name": "South"}), ([3, 4], {"name": "North"})],
        )
    )
    lon, lat = point(100, 20)

    found = locate_crashes(network, np.array([lon] * 2), np.array([lat] * 2))

    assert found["place"].tolist() == [min(network.segments["id"])] * 2


def test_no_crash_is_no_row(sample: Network) -> None:
    assert len(locate_crashes(sample, np.array([]), np.array([]))) == 0


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.floats(13.23, 13.31), st.floats(53.53, 53.59)), max_size=20))
def test_every_crash_has_a_place_near_enough_or_none(
    sample: Network, spots: list[tuple[float, float]]
) -> None:
    lon, lat = np.array(spots).reshape(-1, 2).T

    found = locate_crashes(sample, lon, lat)

    assert len(found) == len(spots)
    near = found["distance_m"]
    assert (near[found["kind"] == "intersection"] <= INTERSECTION_M).all()
    assert (near[found["kind"] == "segment"] <= SEGMENT_M).all()
    lost = found["place"].isna()
    assert (near[lost] > INTERSECTION_M).all()
    assert found.loc[~lost, "place"].isin(sample.places.index).all()


@settings(deadline=None, max_examples=10)
@given(st.permutations(range(6)))
def test_the_order_of_crashes_does_not_matter(sample: Network, order: list[int]) -> None:
    centre = sample.intersections.geometry.iloc[:6]
    lon, lat = centre.x.to_numpy() + 1e-4, centre.y.to_numpy()

    found = locate_crashes(sample, lon, lat)
    other = locate_crashes(sample, lon[order], lat[order])

    assert other["place"].tolist() == [found["place"][number] for number in order]


def test_thirty_metres_outside_is_still_inside(point: Point) -> None:
    extent = Extent(shapely.box(*point(0, 0), *point(1000, 1000)))
    lon, lat = np.array([point(*at) for at in [(500, 500), (1029, 500), (1031, 500), (-29, 5)]]).T

    found = extent.holds(np.append(lon, np.nan), np.append(lat, np.nan))

    assert found.tolist() == [True, True, False, True, False]
