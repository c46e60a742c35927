"""Where a member of a body may look and act: its territory, and of those it stands in for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from api.store import bodies
from api.store.authorities import Body
from api.store.engine import Session
from api.store.models import Area, User


@dataclass(frozen=True)
class Territory:
    """What part of an area somebody sees; a place lies in it if its middle does.

    A middle on the border of two territories lies in both: no place falls between them.
    """

    bodies: tuple[Body, ...] = ()
    """For which it is seen, the own one first; on the cases of these its holder may act."""
    polygon: BaseGeometry | None = None
    """None: all of the area, for schools, for administrators and for police without a body."""

    def covers(self, *, lon: float, lat: float) -> bool:
        """Return whether a point lies in it."""
        return bool(self.mask([lon], [lat])[0])

    def mask(self, lons: Iterable[float], lats: Iterable[float]) -> NDArray[np.bool_]:
        """Return for each of many points whether it lies in it."""
        x, y = np.fromiter(lons, float), np.fromiter(lats, float)
        if self.polygon is None:
            return np.ones(len(x), dtype=bool)
        shapely.prepare(self.polygon)
        return np.asarray(shapely.intersects_xy(self.polygon, x, y), dtype=bool)

    def among(self, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the rows, with `lon` and `lat`, that lie in it, in their order."""
        inside = self.mask((row["lon"] for row in rows), (row["lat"] for row in rows))
        return [row for row, kept in zip(rows, inside, strict=True) if kept]

    def covers_line(self, coordinates: Sequence[Sequence[float]]) -> bool:
        """Return whether a whole line, longitude first, lies in it."""
        if self.polygon is None:
            return True
        return bool(shapely.covers(self.polygon, shapely.LineString(coordinates)))

    def covers_area(self, area: Area) -> bool:
        """Return whether nothing of an area is outside of it."""
        return self.polygon is None or bool(shapely.covers(self.polygon, area.extent))


WHOLE = Territory()


def bodies_of(session: Session, user: User, day: date) -> list[Body]:
    """Return for which bodies an account acts on a day: its own, then those it stands in for."""
    if user.body_id is None:
        return []
    own = bodies.find(session, user.body_id)
    stood_in = bodies.stood_in_for(session, user.id, day)
    return list({body.id: body for body in (own, *stood_in) if body is not None}.values())


def territory_of(session: Session, user: User, day: date) -> Territory:
    """Return what part of its area an account sees on a day."""
    if user.body_id is None and user.role != "officer":
        return WHOLE
    return territory_of_bodies(bodies_of(session, user, day))


def territory_of_bodies(found: Sequence[Body]) -> Territory:
    """Return what the members of bodies see together; of no body, nothing."""
    return Territory(tuple(found), shapely.union_all([body.territory for body in found]))
