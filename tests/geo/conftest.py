"""Small streets drawn on paper, and the sample area built once."""

from collections.abc import Mapping, Sequence
from datetime import date
from math import cos, radians
from pathlib import Path
from typing import Protocol

import pytest

from geo.area import build_network
from geo.crs import BBox
from geo.extract import OsmData, Way
from geo.features import feature_frame
from geo.network import Network
from geo.osm import read_osm

SAMPLE = Path(__file__).parents[2] / "data" / "samples" / "neubrandenburg.osm.pbf"
LON, LAT = 13.25, 53.55
METRES_PER_DEGREE = 111_300

Streets = Sequence[tuple[Sequence[int], Mapping[str, str]]]


class Draw(Protocol):
    def __call__(
        self,
        positions: Mapping[int, tuple[float, float]],
        streets: Streets,
        node_tags: Mapping[int, Mapping[str, str]] = ...,
    ) -> OsmData: ...


def lonlat(x: float, y: float) -> tuple[float, float]:
    """Metres east and north of a corner in Neubrandenburg, good to half a per cent."""
    return LON + x / METRES_PER_DEGREE / cos(radians(LAT)), LAT + y / METRES_PER_DEGREE


@pytest.fixture
def draw() -> Draw:
    def drawn(
        positions: Mapping[int, tuple[float, float]],
        streets: Streets,
        node_tags: Mapping[int, Mapping[str, str]] | None = None,
    ) -> OsmData:
        return OsmData(
            ways=tuple(
                Way(number, {"highway": "residential", **tags}, tuple(nodes))
                for number, (nodes, tags) in enumerate(streets, start=1)
            ),
            nodes={node: lonlat(x, y) for node, (x, y) in positions.items()},
            node_tags=node_tags or {},
            features=feature_frame([]),
            bbox=BBox(LON - 0.1, LAT - 0.1, LON + 0.1, LAT + 0.1),
            osm_date=date(2026, 1, 1),
            sha256="0" * 64,
        )

    return drawn


@pytest.fixture
def point() -> object:
    return lonlat


@pytest.fixture(scope="session")
def sample_data() -> OsmData:
    return read_osm(SAMPLE)


@pytest.fixture(scope="session")
def sample(sample_data: OsmData) -> Network:
    return build_network(sample_data)
