"""Turn OSM data into an area that serves: network, schools and tiles, all of it or nothing."""

import hashlib
import json
import logging
import re
import shutil
import tempfile
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path

import shapely

from api.errors import BarometerError
from api.store import areas
from api.store.models import Area
from geo.area import build_network
from geo.chains import street_graph
from geo.countries import GENERIC_CODE, Country, detected_country, known_countries
from geo.countries import country as profile_of
from geo.extract import Progress
from geo.left_out import left_out, write_left_out
from geo.network import Network, write_network
from geo.osm import OsmData, base_map, schools
from web.tiles import write_tiles

from .areas import area_folder
from .bodies import follow_extent
from .installation import Installation
from .keys import ensure_area_key
from .locate_crashes import locate_again

logger = logging.getLogger(__name__)

LAYOUT = 4
"""Counted up when the same OSM data gives other files, so that a re-import replaces them."""
NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


class InvalidAreaNameError(BarometerError):
    """A name that cannot be a folder and part of an address."""


def check_area_name(name: str) -> str:
    """Return `name` if it can stand in a path and an address."""
    if not NAME.fullmatch(name):
        raise InvalidAreaNameError(
            f"expected a name of a-z, 0-9 and -, at most 40 long, got {name!r}"
        )
    return name


@dataclass(frozen=True)
class ChosenCountry:
    """The country whose profile an area is read with, and where that comes from."""

    profile: Country
    reason: str
    """Words for the terminal."""


def choose_country(
    here: Installation, name: str, data: OsmData, asked: str | None = None
) -> ChosenCountry:
    """Return the country of an area: the one asked for, had before, or named by its tags.

    Raises
    ------
    UnknownCountryError
        If a country is asked for that has no profile.
    """
    if asked:
        return ChosenCountry(profile_of(asked), "as asked")
    with here.store.read() as session:
        before = areas.find(session, name)
        # Generic is what an area has that never was asked: its new data may say more.
        if before is not None and before.country != GENERIC_CODE:
            return ChosenCountry(profile_of(before.country), "as before")
    found = detected_country((way.tags for way in data.ways), data.countries)
    if found in known_countries():
        return ChosenCountry(profile_of(found), "from tags")
    reason = f"tags say {found}, which has no profile" if found else "no tags name one"
    return ChosenCountry(profile_of(GENERIC_CODE), reason)


def import_area(  # noqa: PLR0913  # what a person may choose, by name
    here: Installation,
    name: str,
    data: OsmData,
    *,
    title: str,
    progress: Progress,
    country: str | None = None,
) -> Area:
    """Build every file of the area beside the old ones, then switch to them in one transaction.

    Until the last step the old version serves; interrupted, only a temporary folder is left,
    which the next import removes. The `country` is chosen as `choose_country` does.
    """
    check_area_name(name)
    profile = choose_country(here, name, data, country).profile
    version = _version(data, profile)
    home = here.settings.areas / name
    home.mkdir(parents=True, exist_ok=True)
    for left_over in home.glob(".importing-*"):
        shutil.rmtree(left_over)
    building = Path(tempfile.mkdtemp(prefix=".importing-", dir=home))
    try:
        found = schools(data)
        graph = street_graph(data, profile)
        network = build_network(data, progress, country=profile, graph=graph)
        write_network(network, building)
        write_left_out(left_out(data, graph=graph), building)
        found.to_parquet(building / "schools.parquet")
        write_tiles(network, base_map(data), building, progress)
        (building / "area.json").write_text(_provenance(data, network, profile), encoding="utf-8")
        _replace(building, area_folder(here.settings, name, version))
    finally:
        shutil.rmtree(building, ignore_errors=True)
    ensure_area_key(here.settings, name)
    rows = list(zip(found["id"], found["name"], found["kind"], found.geometry, strict=True))
    with here.store.write() as session:
        area = areas.find(session, name) or Area(id=name)
        area.title = title
        area.version = version
        area.country = profile.code
        area.osm_date = data.osm_date
        before = area.extent
        area.extent = shapely.box(*astuple(data.bbox))
        area.imported_at = datetime.now(UTC)
        session.add(area)
        session.flush()
        follow_extent(session, area, before)
        areas.put_schools(session, name, rows)
        locate_again(session, name, network)
    progress("ready", 1.0)
    logger.info(
        "imported %s: %d schools, country %s, version %s", name, len(rows), profile.code, version
    )
    return area


def _version(data: OsmData, profile: Country) -> str:
    """Return a name for what is made of the data: with another profile it is another network."""
    content = f"{LAYOUT}:{profile.code}:{data.sha256}"
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def _provenance(data: OsmData, network: Network, profile: Country) -> str:
    return json.dumps(
        {
            "source_sha256": data.sha256,
            "osm_date": data.osm_date.isoformat() if data.osm_date else None,
            "country": profile.code,
            "bbox": list(astuple(data.bbox)),
            "segments": len(network.segments),
            "intersections": len(network.intersections),
            "licence": "© OpenStreetMap contributors, ODbL 1.0",
        },
        indent=1,
        ensure_ascii=False,
    )


def _replace(building: Path, target: Path) -> None:
    # The same data imported again gives the same version: the old folder steps aside and only
    # goes when the new one stands in its place.
    if not target.exists():
        building.rename(target)
        return
    aside = target.with_name(f".importing-old-{target.name}")
    target.rename(aside)
    building.rename(target)
    shutil.rmtree(aside)
