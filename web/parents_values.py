"""What the map for parents says: values of the public rules, before they become words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from datetime import date

    from geo.corridors import Street

SCHOOL_ZONE_M = 250
"""Around the school so far: where parents who come by car should stop before."""


class WayLine(NamedTuple):
    """One recommended way as it is listed: where it begins, its streets in riding order."""

    start: str
    streets: tuple[Street, ...]
    length_m: float
    shortest_m: float
    calm: float
    """Share of its streets that is calm."""
    lon: float
    lat: float
    care: int
    """How many places on it ask for care."""


class CarePlace(NamedTuple):
    """A place that asks for care, on a recommended way or a confirmed hotspot near one."""

    name: str
    kind: Literal["intersection", "segment"]
    type: str
    lon: float
    lat: float
    confirmed: bool
    ways: int
    stress: int
    felt_unsafe: bool


class Meeting(NamedTuple):
    """A public crossing at which students of several neighbourhoods can meet."""

    name: str
    lon: float
    lat: float


@dataclass(frozen=True)
class ParentsMap:
    """Everything the map says; `known` is the share of its streets of which students told enough.

    `release_day` and `release_number` are None before the first release: then all of it is from
    the map alone.
    """

    simulated: bool
    school: str
    lon: float
    lat: float
    ways: tuple[WayLine, ...]
    care: tuple[CarePlace, ...]
    meetings: tuple[Meeting, ...]
    known: float
    at_least: int
    release_number: int | None
    release_day: date | None

    @property
    def calm(self) -> float:
        """Which share of all ways is calm; what asks for care somewhere never is altogether."""
        metres = sum(way.length_m for way in self.ways)
        share = sum(way.calm * way.length_m for way in self.ways) / metres if metres else 0.0
        return share if self.calm_ways == len(self.ways) else min(share, 0.99)

    @property
    def calm_ways(self) -> int:
        """How many ways ask for care nowhere."""
        return sum(way.care == 0 for way in self.ways)
