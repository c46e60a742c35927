"""Files of routes, drawn or recorded: which formats are read, and what is in them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from dataclasses import replace as changed
from typing import TYPE_CHECKING

from .errors import NoLinesError, RouteFileNotFoundError, RouteFileUnreadableError
from .geojson import read_geojson
from .geoparquet import read_geoparquet
from .gpx import read_gpx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from .lines import RouteLine

READERS: Mapping[str, Callable[[Path], Iterator[RouteLine]]] = {
    ".geojson": read_geojson, ".json": read_geojson, ".geojsonl": read_geojson,
    ".geojsons": read_geojson, ".gpx": read_gpx, ".parquet": read_geoparquet,
    ".geoparquet": read_geoparquet,
}  # fmt: skip


@dataclass(frozen=True)
class Survey:
    """What a file holds: how many routes, and the ids that several of them have."""

    routes: int
    duplicates: Mapping[str, int]


def read_routes(path: Path) -> Iterator[RouteLine]:
    """Yield the routes of a file in their order, in WGS 84, each with an id.

    The id is the file's own `id` or `name`, else the number of the route, counted from 1. A row
    that is no line is a route with a problem: nothing is left out.

    Raises
    ------
    RouteFileNotFoundError
        If there is no such file.
    RouteFileUnreadableError
        If its ending or its content is no format of routes; the message names the file.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(READERS)
        raise RouteFileUnreadableError(f"{path}: expected a file of {known}")
    if not path.is_file():
        raise RouteFileNotFoundError(f"{path}: expected a file of routes, got nothing")
    try:
        for number, line in enumerate(reader(path), start=1):
            yield changed(line, id=line.id or str(number))
    except RouteFileUnreadableError as error:
        raise RouteFileUnreadableError(f"{path}: {error}") from error
    except OSError as error:
        raise RouteFileUnreadableError(f"{path} cannot be read: {error.strerror}") from error


def survey_routes(path: Path) -> Survey:
    """Read the whole file once, so that nothing is begun that cannot be finished.

    Raises
    ------
    NoLinesError
        If no row is a line, beside what `read_routes` raises.
    """
    ids: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for line in read_routes(path):
        ids[str(line.id)] += 1
        kinds[line.problem or ""] += 1
    if not kinds[""]:
        found = "; ".join(f"{count} × {kind}" for kind, count in kinds.most_common(3) if count)
        raise NoLinesError(f"{path}: expected lines, got {found or 'none'}")
    return Survey(ids.total(), {name: count for name, count in ids.items() if count > 1})
