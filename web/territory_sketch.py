"""A small drawing of a territory in its area: enough to see that it is the right one."""

from math import cos, radians

import shapely
from markupsafe import Markup
from shapely import affinity
from shapely.geometry.base import BaseGeometry

SIZE = 320


def territory_sketch(territory: BaseGeometry, area: BaseGeometry) -> Markup:
    """Return an SVG of a territory, as far as it lies in the area, north up."""
    west, south, east, north = area.bounds
    squeeze = cos(radians((south + north) / 2))
    scale = SIZE / max((east - west) * squeeze, north - south)
    width, height = (east - west) * squeeze * scale, (north - south) * scale

    def placed(geometry: BaseGeometry) -> BaseGeometry:
        moved = affinity.translate(geometry, -west, -north)
        return affinity.scale(moved, squeeze * scale, -scale, origin=(0, 0))

    own = placed(shapely.intersection(territory, area)).simplify(0.3)
    return Markup(  # noqa: S704 - numbers alone
        f'<svg viewBox="-2 -2 {width + 4:.0f} {height + 4:.0f}">'
        f'<path class="area" d="{_path(placed(area))}"/>'
        f'<path class="own" fill-rule="evenodd" d="{_path(own)}"/></svg>'
    )


def _path(geometry: BaseGeometry) -> str:
    polygons = [one for one in shapely.get_parts(geometry) if one.geom_type == "Polygon"]
    rings = [ring for one in polygons for ring in (one.exterior, *one.interiors)]
    return " ".join(
        "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in ring.coords[:-1]) + "Z" for ring in rings
    )
