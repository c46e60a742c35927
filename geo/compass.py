"""Where a street leads: the eighth of the compass towards its end."""

from __future__ import annotations

from math import atan2, cos, degrees, radians
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from shapely import LineString

Eighth = Literal["N", "NE", "E", "SE", "S", "SW", "W", "NW"]
EIGHTHS: tuple[Eighth, ...] = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
OPPOSITE: dict[Eighth, Eighth] = dict(zip(EIGHTHS, EIGHTHS[4:] + EIGHTHS[:4], strict=True))


def eighth(line: LineString) -> Eighth:
    """Return where `line`, in WGS 84, leads from its first to its last point.

    A line that ends where it begins leads north, as good as anywhere.
    """
    (lon, lat), (to_lon, to_lat) = (line.coords[end][:2] for end in (0, -1))
    east = (to_lon - lon) * cos(radians((lat + to_lat) / 2))
    bearing = degrees(atan2(east, to_lat - lat))
    return EIGHTHS[round(bearing / 45) % len(EIGHTHS)]
