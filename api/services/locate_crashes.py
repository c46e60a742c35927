"""Give the stored crashes of an area their places on a new version of its network."""

import logging

import shapely

from api.store import crashes
from api.store.engine import Session
from geo.crashes.locating import locate_crashes
from geo.network import Network

logger = logging.getLogger(__name__)


def locate_again(session: Session, area_id: str, network: Network) -> int:
    """Locate all crashes of an area on this network and return how many there are.

    The caller's transaction makes it one with the switch to the network.
    """
    rows = crashes.of_area(session, area_id)
    if not rows:
        return 0
    points = [row.location for row in rows]
    found = locate_crashes(network, shapely.get_x(points), shapely.get_y(points))
    places = zip(rows, found["place"], found["distance_m"], strict=True)
    crashes.move(session, [(row.id, place or None, float(away)) for row, place, away in places])
    logger.info("located %d crashes of %s again", len(rows), area_id)
    return len(rows)
