"""The network of an area as a page to look at."""

from api.errors import DamagedAreaError
from api.store.models import Area
from geo.errors import AreaFileUnreadableError
from geo.left_out import read_left_out
from geo.network import read_network
from web.inspection import inspection_page
from web.tiles import BASEMAP

from .areas import area_folder, map_area
from .installation import Installation


def inspect_area(here: Installation, area: Area) -> bytes:
    """Return one HTML file with the whole network, what was left out, and the base map.

    Raises
    ------
    DamagedAreaError
        If the files of the area cannot be read.
    """
    folder = area_folder(here.settings, area.id, area.version)
    try:
        network = read_network(folder)
        left_out = read_left_out(folder)
        base_map = (folder / BASEMAP).read_bytes()
    except (AreaFileUnreadableError, OSError) as error:
        raise DamagedAreaError(f"the files of area {area.id!r} cannot be read: {error}") from error
    about = map_area(area) | {"title": area.title or area.id, "osm_date": area.osm_date}
    page = inspection_page(about, network, left_out=left_out, base_map=base_map)
    return page.encode()
