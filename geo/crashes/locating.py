"""Which place of the network a crash belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import WGS84, require_metres, to_metres

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.network import Network

    Floats = npt.NDArray[np.float64]

INTERSECTION_M, SEGMENT_M = 20, 30
# Closer than a millimetre is the same distance: the lower id decides, on every processor.
DIGITS = 3


def locate_crashes(network: Network, lon: Floats, lat: Floats) -> pd.DataFrame:
    """Return the place of each crash: columns place, kind, distance_m, in the given order.

    An intersection is as near as its point or the nearest of the segments within it. Up to 20 m
    from one, the crash belongs to it, even where a segment is nearer; else it belongs to the
    nearest segment outside intersections up to 30 m away. Of places equally near, the lowest id
    is taken. All others have no place (None) and the distance to the nearest of all.

    Parameters
    ----------
    lon, lat
        (n,) degrees, finite.

    Returns
    -------
    located
        distance_m is in metres in the UTM zone of the network.
    """
    points, crossings, streets = _in_metres(network, lon, lat)
    place, kind = (np.full(len(points), None, dtype=object) for _ in range(2))
    distance = np.full(len(points), np.nan)
    for name, shapes, farthest in (
        ("intersection", crossings, INTERSECTION_M),
        ("segment", streets, SEGMENT_M),
    ):
        left = np.flatnonzero(np.isnan(distance))
        near = _nearest(points[left], shapes, farthest)
        rows = left[near.index]
        place[rows] = near["place"].to_numpy(dtype=object)
        kind[rows] = name
        distance[rows] = near["distance_m"].to_numpy()
    left = np.flatnonzero(np.isnan(distance))
    distance[left] = _away(points[left], [*crossings, *streets])
    return pd.DataFrame({
        "place": pd.Series(place, dtype=object),
        "kind": pd.Series(kind, dtype=object),
        "distance_m": distance,
    })  # fmt: skip


def _in_metres(
    network: Network, lon: Floats, lat: Floats
) -> tuple[np.ndarray, pd.Series, pd.Series]:
    """Return the points, and shapes by the id of their place: of intersections, of segments."""
    segments = to_metres(network.segments)
    require_metres(segments)
    intersections = network.intersections.to_crs(segments.crs)
    within = segments["within"].notna()
    crossings = pd.concat([
        pd.Series(intersections.geometry.to_numpy(), index=intersections["id"]),
        pd.Series(segments.geometry[within].to_numpy(), index=segments.loc[within, "within"]),
    ])  # fmt: skip
    streets = pd.Series(segments.geometry[~within].to_numpy(), index=segments.loc[~within, "id"])
    points = gpd.GeoSeries(shapely.points(lon, lat), crs=WGS84).to_crs(segments.crs)
    return points.to_numpy(), crossings, streets


def _nearest(points: np.ndarray, shapes: pd.Series, farthest: float) -> pd.DataFrame:
    """Return the nearest place of each point that has one, by the number of the point."""
    lines = np.asarray(shapes.to_numpy(), dtype=object)
    one, other = shapely.STRtree(lines).query(points, predicate="dwithin", distance=farthest)
    pairs = pd.DataFrame({
        "point": one,
        "place": shapes.index.to_numpy()[other],
        "distance_m": shapely.distance(points[one], lines[other]),
    })  # fmt: skip
    pairs["rounded"] = pairs["distance_m"].round(DIGITS)
    first = pairs.sort_values(["point", "rounded", "place"], kind="stable")
    return first.drop_duplicates("point").set_index("point")


def _away(points: np.ndarray, shapes: list[object]) -> Floats:
    if not len(points):
        return np.empty(0)
    (one, _), distances = shapely.STRtree(shapes).query_nearest(
        points, return_distance=True, all_matches=False
    )
    found = np.full(len(points), np.nan)
    found[one] = distances
    return found
