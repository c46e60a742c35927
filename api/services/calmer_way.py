"""Find a calmer way for a ride that is on the student's device; nothing of it is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from geo.alternatives import Alternative

from .areas import LoadedArea


@dataclass(frozen=True)
class AvoidedPlace:
    """A place with much stress, or that feels dangerous, on the ride and not on the calmer way."""

    id: str
    kind: Literal["segment", "intersection"]
    name: str


@dataclass(frozen=True)
class CalmerWay:
    """A calmer way beside the ride; metres by stress are of levels 1 to 4."""

    coordinates: list[tuple[float, float]]
    length_m: float
    ridden_m: float
    stress_m: tuple[float, ...]
    ridden_stress_m: tuple[float, ...]
    unknown_m: float
    """Metres of it of which nobody may be told how they feel."""
    avoids: list[AvoidedPlace]
    """The worst first."""


def calmer_way(
    area: LoadedArea,
    ridden: Sequence[str],
    school: tuple[float, float],
    danger: Mapping[str, float],
) -> CalmerWay | None:
    """Return a calmer way to school, None if there is none within a fifth more.

    Raises
    ------
    UnknownPlaceError
        If a place is none of the network.
    BrokenRouteError
        If the ride does not begin at a safe intersection, or has no street.
    """
    found = area.alternatives.calmer(ridden, school, danger)
    return _told(area, found) if found else None


def _told(area: LoadedArea, found: Alternative) -> CalmerWay:
    about = area.network.places.loc[found.avoids, ["kind", "name"]]
    return CalmerWay(
        coordinates=[(round(lon, 6), round(lat, 6)) for lon, lat in found.coordinates],
        length_m=round(found.length_m),
        ridden_m=round(found.ridden_m),
        stress_m=tuple(round(metres) for metres in found.stress_m),
        ridden_stress_m=tuple(round(metres) for metres in found.ridden_stress_m),
        unknown_m=round(found.unknown_m),
        avoids=[AvoidedPlace(str(row.Index), row.kind, row.name) for row in about.itertuples()],
    )
