"""Which OSM features the base map shows, and as what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import shapely

from .crs import WGS84

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .extract import OsmData

COLUMNS = ["id", "layer", "kind", "name", "geometry"]
SCHOOL_KINDS = frozenset({"school", "college", "university"})
# Several OSM elements of one name this close are one school (a site, its gate, its building).
SAME_SCHOOL_DEGREES = 0.003

AREAS: Mapping[str, Mapping[str, str]] = {
    "natural": {
        "water": "water", "bay": "water", "wood": "green", "scrub": "green", "heath": "green",
        "grassland": "green", "wetland": "green", "beach": "green",
    },
    "waterway": {"riverbank": "water", "dock": "water"},
    "landuse": {
        "reservoir": "water", "basin": "water", "forest": "green", "grass": "green",
        "meadow": "green", "cemetery": "green", "village_green": "green",
        "recreation_ground": "green", "allotments": "green", "orchard": "green",
    },
    "leisure": {
        "park": "green", "garden": "green", "pitch": "green", "playground": "green",
        "golf_course": "green", "nature_reserve": "green", "stadium": "green",
        "sports_centre": "green", "swimming_pool": "water",
    },
    "amenity": {
        "school": "green", "college": "green", "university": "green", "grave_yard": "green",
    },
}  # fmt: skip
LINES: Mapping[str, Mapping[str, str]] = {
    "waterway": {"river": "water", "stream": "water", "canal": "water", "ditch": "water"},
    "natural": {"coastline": "coastline"},
    "railway": {"rail": "rail", "light_rail": "rail", "tram": "rail", "subway": "rail"},
}
PLACES = frozenset(
    {"city", "town", "suburb", "village", "quarter", "neighbourhood", "hamlet", "locality"}
)
ROADS = frozenset({
    "motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential",
    "living_street", "service", "pedestrian", "track", "path", "cycleway", "footway", "steps",
    "bridleway", "road",
})  # fmt: skip
FEATURE_KEYS = ("natural", "waterway", "landuse", "leisure", "amenity", "building", "railway",
                "place")  # fmt: skip


def area_layers(tags: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the (layer, kind) pairs under which a polygon is drawn."""
    found = [
        (layers[tags[key]], tags[key])
        for key, layers in AREAS.items()
        if tags.get(key) in layers and tags.get("location") != "underground"
    ][:1]
    if tags.get("building", "no") != "no":
        found.append(("buildings", "school" if is_school(tags) else "building"))
    return found + school_layers(tags)


def line_layers(tags: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the (layer, kind) pairs under which an open line is drawn."""
    if tags.get("tunnel", "no") != "no":
        return []
    return [(kinds[tags[key]], tags[key]) for key, kinds in LINES.items() if tags.get(key) in kinds]


def point_layers(tags: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the (layer, kind) pairs under which a node is drawn."""
    found = []
    if tags.get("place") in PLACES and tags.get("name"):
        found.append(("places", tags["place"]))
    if tags.get("railway") in {"station", "halt"} and tags.get("name"):
        found.append(("places", "station"))
    return found + school_layers(tags)


def is_school(tags: Mapping[str, str]) -> bool:
    """Say whether students go there: no kindergarten."""
    return tags.get("amenity") in SCHOOL_KINDS


def school_layers(tags: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the schools layer for a school that has a name."""
    return [("schools", tags["amenity"])] if is_school(tags) and tags.get("name") else []


def feature_frame(rows: Sequence[tuple[str, str, str, str, object]]) -> gpd.GeoDataFrame:
    """Return rows of (id, layer, kind, name, geometry) as a frame."""
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=WGS84)


def schools(data: OsmData) -> gpd.GeoDataFrame:
    """Return the named schools, colleges and universities as points: id, name, kind, geometry.

    Several elements of one name within about 300 m are one school; the largest stands for it.
    """
    found = data.features[data.features["layer"] == "schools"].copy()
    found["size"] = shapely.area(found.geometry.to_numpy())
    found["geometry"] = found.geometry.representative_point()
    found = found.sort_values(["size", "id"], ascending=[False, True])
    kept: list[int] = []
    for label, row in found.iterrows():
        twins = (found.loc[other] for other in kept)
        if not any(
            twin["name"] == row["name"]
            and twin.geometry.distance(row.geometry) < SAME_SCHOOL_DEGREES
            for twin in twins
        ):
            kept.append(label)
    columns = ["id", "name", "kind", "geometry"]
    return found.loc[kept, columns].sort_values(["name", "id"]).reset_index(drop=True)


def base_map(data: OsmData) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers of the base map, each with kind, name and geometry.

    Layers are water, green, buildings, roads, rail, places and schools; one without features is
    an empty frame.
    """
    features = data.features
    layers = {
        layer: features[features["layer"] == layer][["kind", "name", "geometry"]]
        for layer in ("water", "green", "buildings", "rail", "places")
    }
    layers["water"] = pd.concat([layers["water"], _sea(data)], ignore_index=True)
    layers["roads"] = _roads(data)
    layers["schools"] = schools(data)[["kind", "name", "geometry"]]
    return {layer: frame.reset_index(drop=True) for layer, frame in layers.items()}


def _roads(data: OsmData) -> gpd.GeoDataFrame:
    rows = []
    for way in data.ways:
        kind = way.tags["highway"].removesuffix("_link")
        if kind in ROADS:
            line = shapely.LineString([data.nodes[node] for node in way.nodes])
            rows.append((kind, way.tags.get("name", ""), line))
    frame = pd.DataFrame(rows, columns=["kind", "name", "geometry"])
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=WGS84)


def _sea(data: OsmData) -> gpd.GeoDataFrame:
    """Return the sea: the faces of the box cut by coastlines that lie right of a coastline."""
    coast = data.features[data.features["layer"] == "coastline"].geometry
    rows: list[tuple[str, str, object]] = []
    if len(coast):
        box = shapely.box(data.bbox.west, data.bbox.south, data.bbox.east, data.bbox.north)
        lines = shapely.line_merge(shapely.union_all(coast.to_numpy()), directed=True)
        lines = shapely.intersection(lines, box)
        faces = shapely.polygonize([*shapely.get_parts(shapely.node(
            shapely.union_all([lines, box.exterior])))])  # fmt: skip
        shore = shapely.get_parts(lines)
        rows = [
            ("sea", "", face) for face in shapely.get_parts(faces) if _right_of_shore(face, shore)
        ]
    frame = pd.DataFrame(rows, columns=["kind", "name", "geometry"])
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=WGS84)


def _right_of_shore(face: shapely.Polygon, shore: Sequence[shapely.LineString]) -> bool:
    """Say whether the face lies right of the longest shore on its edge, as the sea does in OSM."""
    shared = [(shapely.intersection(line, face.exterior).length, line) for line in shore]
    length, line = max(shared, key=lambda pair: pair[0], default=(0.0, None))
    if line is None or length == 0:
        return False
    middle = shapely.line_merge(shapely.intersection(line, face.exterior))
    start, end = shapely.get_parts(middle)[0].coords[:2]
    # A small step to the right of the direction in which the coastline is drawn.
    if line.project(shapely.Point(start)) > line.project(shapely.Point(end)):
        start, end = end, start
    probe = shapely.Point(
        (start[0] + end[0]) / 2 + (end[1] - start[1]) * 0.01,
        (start[1] + end[1]) / 2 - (end[0] - start[0]) * 0.01,
    )
    return bool(face.contains(probe))
