"""What a lesson kit is made from: a class, the streets around its school, and what may be shown."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import geopandas as gpd

from geo.crs import WGS84, to_metres

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd
    import shapely

    from geo.network import Network

Part = Literal[
    "README.txt",
    "lesson-plan.pdf",
    "slides.pdf",
    "work-sheet.pdf",
    "answers.pdf",
    "way-to-school.qgs",
    "way-to-school.gpkg",
]
"""The files of a kit, by name."""


@dataclass(frozen=True)
class KitPlace:
    """A place that students may see; None: not known, or not claimed.

    `students` and `ratings` are rounded down to fives. `danger` is 0 (felt safe) to 1, `index`
    0 to 100; `reasons` are codes, the most named first.
    """

    rank: int
    id: str
    kind: Literal["segment", "intersection"]
    type: str
    name: str
    state: Literal["confirmed", "watch", "unknown"]
    stress: int
    students: int
    ratings: int
    geometry: shapely.Geometry
    danger: float | None = None
    danger_low: float | None = None
    danger_high: float | None = None
    index: float | None = None
    index_low: float | None = None
    index_high: float | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class KitResults:
    """What the newest release says of the school, by the rules for students.

    `students` to `km_rated` are rounded down; None if too few of the school took part. `flows`
    holds student trips a week by segment id.
    """

    number: int
    day: date
    content_hash: str
    mode: Literal["risk", "perception"]
    one_class: bool
    places: tuple[KitPlace, ...]
    flows: pd.Series[float]
    students: int | None = None
    routes: int | None = None
    km: int | None = None
    share_rated: float | None = None


@dataclass(frozen=True)
class LessonKit:
    """One campaign's kit; without a release it has no `results`.

    `day` is the date in the files, `streets` are the segments around the school, `needed` how many
    students a release waits for, `at_least` how many stand behind every place shown.
    """

    language: str
    simulated: bool
    campaign_id: int
    campaign: str
    school: str
    location: shapely.Point
    address: str
    day: date
    osm_date: date | None
    network: Network
    streets: gpd.GeoDataFrame
    needed: int
    at_least: int
    results: KitResults | None

    @cached_property
    def streets_in_metres(self) -> gpd.GeoDataFrame:
        """Return the streets in the UTM zone of their middle, which takes a while to find."""
        return to_metres(self.streets)

    @property
    def school_in_metres(self) -> gpd.GeoSeries:
        """Return the school in the same zone."""
        here = gpd.GeoSeries([self.location], crs=WGS84)
        return here.to_crs(self.streets_in_metres.crs)

    @property
    def places(self) -> tuple[KitPlace, ...]:
        """Return the places that may be shown, none without a release."""
        return self.results.places if self.results else ()
