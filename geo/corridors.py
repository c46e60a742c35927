"""What recommended ways have in common: streets drawn once, and where ways meet."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from .crs import WGS84, distance_m

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from .network import Network
    from .recommended import Recommended, RecommendedWay

    LonLat = tuple[float, float]

JOINED = (2, 5)
"""From so many ways on, a street is drawn wider, and wider still."""
LOOKS = ("calm", "map", "care")
"""Calm and felt so; calm by the map alone, since too few rated it; to ride with care."""
NEAREST_M, FARTHEST_M = 400.0, 2000.0
APART_M = 500.0
MOST_MEETINGS = 6
SHORT_M = 150.0


class Street(NamedTuple):
    """A part of a way along one street; the name is empty where it has none."""

    name: str
    metres: int


def corridors(
    recommended: Recommended, network: Network, known: Collection[str]
) -> gpd.GeoDataFrame:
    """Return the streets of all ways, each once: columns look, width (0 to 2) and geometry.

    Segments that look the same are joined to long lines. `known` are the segments of which it may
    be shown how they feel.
    """
    care = {place for way in recommended.ways for place in way.care}
    joined = recommended.joined
    like = dict(piece for way in recommended.ways for piece in way.crossed)
    own = network.segments[network.segments["id"].isin(joined.keys() | like.keys())]
    drawn = [like.get(segment, segment) for segment in own["id"]]
    look = [_look(segment, care, known) for segment in drawn]
    width = np.digitize([joined[segment] for segment in drawn], JOINED)
    frame = gpd.GeoDataFrame(
        {"look": look, "width": width}, geometry=own.geometry.to_numpy(), crs=WGS84
    )
    rows = [
        {"look": look, "width": width, "geometry": shapely.line_merge(shapely.union_all(lines))}
        for (look, width), lines in frame.groupby(["look", "width"])["geometry"]
    ]
    return gpd.GeoDataFrame(
        rows, columns=["look", "width", "geometry"], geometry="geometry", crs=WGS84
    )


def _look(segment: str, care: Collection[str], known: Collection[str]) -> str:
    if segment in care:
        return "care"
    return "calm" if segment in known else "map"


def streets_of(
    way: RecommendedWay, names: Mapping[str, str], metres: Mapping[str, float]
) -> list[Street]:
    """Return the streets of a way in riding order; short pieces without a name join the others.

    Parameters
    ----------
    names, metres
        Name and length of every segment of the network.
    """
    found: list[tuple[str, float]] = []
    for segment in way.segments:
        name, length = names[segment] or "", metres[segment]
        if found and (name == found[-1][0] or (not name and length < SHORT_M)):
            found[-1] = (found[-1][0], found[-1][1] + length)
        else:
            found.append((name, length))
    return [Street(name, round(length)) for name, length in found]


def meeting_points(
    recommended: Recommended, network: Network, preferred: Sequence[str] = ()
) -> list[str]:
    """Return the ids of public crossings at which students of several ways can meet.

    Those of `preferred` that lie on a way come first, then where most ways come together; none is
    near the school, none calls for care, and no two are close together.
    """
    care = {place for way in recommended.ways for place in way.care}
    arriving: dict[str, set[str]] = defaultdict(set)
    passing: Counter[str] = Counter()
    for way in recommended.ways:
        for before, place in zip(way.places, way.places[1:], strict=False):
            if place not in way.segments:
                arriving[place].add(before)
                passing[place] += 1
    meeting = [place for place in passing if len(arriving[place]) > 1]
    first = [place for place in preferred if place in passing]
    ordered = dict.fromkeys([*first, *sorted(meeting, key=lambda one: (-passing[one], one))])
    crossings = network.intersections
    at = dict(zip(crossings["id"], shapely.get_coordinates(crossings.geometry), strict=True))
    kept: list[str] = []
    for place in ordered:
        if len(kept) < MOST_MEETINGS and place not in care and recommended.gate is not None:
            away = _away(at[place], recommended.gate)
            apart = min((_away(at[place], at[one]) for one in kept), default=APART_M)
            if NEAREST_M <= away <= FARTHEST_M and apart >= APART_M:
                kept.append(place)
    return kept


def _away(one: Sequence[float], other: Sequence[float]) -> float:
    return distance_m((one[0], one[1]), (other[0], other[1]))
