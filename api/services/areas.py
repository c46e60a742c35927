"""The files of an area, read once and shared by every request."""

import logging
import struct
import threading
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from shapely.geometry.base import BaseGeometry

from api.errors import AreaNotFoundError, DamagedAreaError
from api.settings import Settings
from api.store import areas
from api.store.engine import Session
from api.store.models import Area, User
from geo.alternatives import Alternatives
from geo.crs import BBox
from geo.errors import AreaFileUnreadableError
from geo.graph import Graph, flat_graph
from geo.matching import Matcher
from geo.network import Network, read_network
from geo.recommended import Recommender
from geo.routing import Router
from geo.tracing import TraceIndex
from web.tiles import drawn_box

from .find_crossings import NameIndex, name_index

logger = logging.getLogger(__name__)

TILES = ("basemap.pmtiles", "network.pmtiles")


@dataclass(frozen=True, eq=False)
class LoadedArea:
    """An area's network in memory, with what is derived from it on first use.

    Each is one of its own, so that what was made of it can be kept by it.
    """

    id: str
    version: str
    network: Network

    @cached_property
    def graph(self) -> Graph:
        """Return the network as the arrays that routing, tracing and matching share."""
        return flat_graph(self.network)

    @cached_property
    def router(self) -> Router:
        """Return what proposes routes."""
        return Router(self.network, self.graph)

    @cached_property
    def matcher(self) -> Matcher:
        """Return what matches drawn and recorded lines."""
        return Matcher(self.network, graph=self.graph)

    @cached_property
    def metres(self) -> dict[str, float]:
        """Return the length of every segment."""
        segments = self.network.segments
        return dict(zip(segments["id"], segments["length_m"], strict=True))

    @cached_property
    def shapes(self) -> dict[str, BaseGeometry]:
        """Return the line or point of every place."""
        places = self.network.places
        return dict(zip(places.index, places.geometry, strict=True))

    @cached_property
    def names(self) -> NameIndex:
        """Return what finds crossings and streets by their names."""
        return name_index(self.network)

    @cached_property
    def alternatives(self) -> Alternatives:
        """Return what finds calmer ways."""
        return Alternatives(self.network, self.graph)

    @cached_property
    def recommender(self) -> Recommender:
        """Return what finds recommended ways to schools."""
        return Recommender(self.network, self.graph)

    @cached_property
    def tracing(self) -> TraceIndex:
        """Return what checks the routes that come in."""
        return TraceIndex(self.network, self.graph)


class AreaLibrary:
    """The loaded areas of one process: the newest version of each."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loaded: dict[str, LoadedArea] = {}
        self._lock = threading.Lock()

    def get(self, area: Area) -> LoadedArea:
        """Return the area in its current version, reading its files if need be.

        A version that cannot be read leaves the last good one in service.
        """
        with self._lock:
            known = self._loaded.get(area.id)
            if known is None or known.version != area.version:
                try:
                    known = self._loaded[area.id] = self._read(area)
                except DamagedAreaError:
                    if known is None:
                        raise
                    logger.exception("area %s serves on with version %s", area.id, known.version)
            return known

    def _read(self, area: Area) -> LoadedArea:
        loaded = load_area(self._settings, area)
        _ = (
            loaded.router,
            loaded.tracing,
            loaded.names,
        )  # built here, inside the lock, rather than by two requests
        return loaded


def load_area(settings: Settings, area: Area) -> LoadedArea:
    """Return the area in its current version, without what is derived from it.

    Raises
    ------
    DamagedAreaError
        If its files cannot be read.
    """
    try:
        network = read_network(area_folder(settings, area.id, area.version))
    except AreaFileUnreadableError as error:
        raise DamagedAreaError(f"the files of area {area.id!r} cannot be read") from error
    return LoadedArea(area.id, area.version, network)


def area_folder(settings: Settings, area_id: str, version: str) -> Path:
    """Return where the files of one version of an area lie."""
    return settings.areas / area_id / version


def require_area(session: Session, area_id: str) -> Area:
    """Return the area of this name or raise what the outside reads as "not found"."""
    area = areas.find(session, area_id)
    if area is None:
        raise AreaNotFoundError(f"no area {area_id!r}")
    return area


def own_area(session: Session, user: User, name: str) -> tuple[Area, list[Area]]:
    """Return one of the account's areas (empty for the first), and all of them.

    Raises
    ------
    AreaNotFoundError
        The same for a foreign area and for one that does not exist.
    """
    own = own_areas(session, user)
    area = next((one for one in own if name in ("", one.id)), None)
    if area is None:
        raise AreaNotFoundError(f"no area {name!r}" if name else "no area has been imported yet")
    return area, own


def own_areas(session: Session, user: User) -> list[Area]:
    """Return every area of which an account sees anything."""
    if user.role == "admin":
        return list(areas.all_areas(session))
    own = user.area_id or (user.school.area_id if user.school else None)
    return [require_area(session, own)] if own else []


def street_box(settings: Settings, area: Area) -> BBox:
    """Return the box of an area's streets: its forests and rivers reach far beyond.

    Raises
    ------
    DamagedAreaError
        If its tiles are missing.
    """
    try:
        return drawn_box(area_folder(settings, area.id, area.version))
    except (OSError, struct.error) as error:
        raise DamagedAreaError(f"the tiles of area {area.id!r} cannot be read") from error


def map_area(area: Area) -> dict[str, Any]:
    """Return what a map needs to know of an area; `bbox` is west, south, east, north."""
    return {
        "name": area.id,
        "title": area.title,
        "version": area.version,
        "bbox": area.extent.bounds,
    }
