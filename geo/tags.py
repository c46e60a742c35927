"""The OSM tags that anything here reads: from a file as from Overpass, no others are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

WAY_TAGS = (
    "highway", "name", "ref", "junction", "bridge", "tunnel", "layer", "covered", "indoor",
    "service", "footway", "area", "abandoned", "disused",
    "access", "vehicle", "motor_vehicle", "motorcycle", "bicycle", "foot", "motorroad",
    "ramp:bicycle", "segregated", "bicycle_road", "cyclestreet",
    "oneway", "oneway:bicycle", "dual_carriageway",
    "bicycle:forward", "bicycle:backward", "vehicle:forward", "vehicle:backward",
    "cycleway", "cycleway:left", "cycleway:right", "cycleway:both",
    "cycleway:oneway", "cycleway:left:oneway", "cycleway:right:oneway", "cycleway:both:oneway",
    "cycleway:width", "cycleway:left:width", "cycleway:right:width", "cycleway:both:width",
    "sidewalk", "is_sidepath", "is_sidepath:of", "is_sidepath:of:name", "crossing",
    "crossing:island", "crossing:markings", "crossing:signals", "traffic_calming",
    "maxspeed", "maxspeed:forward", "maxspeed:backward", "maxspeed:type", "zone:traffic",
    "source:maxspeed", "zone:maxspeed",
    "lanes", "lanes:forward", "lanes:backward", "turn:lanes", "turn:lanes:forward",
    "turn:lanes:backward", "lane_markings", "width", "surface", "smoothness", "lit",
    "parking:both", "parking:left", "parking:right",
    "parking:lane:both", "parking:lane:left", "parking:lane:right",
)  # fmt: skip
NODE_TAGS = (
    "highway", "crossing", "crossing:island", "crossing:markings", "crossing:signals",
    "crossing_ref", "button_operated", "direction", "stop", "give_way", "traffic_signals",
    "traffic_signals:direction", "traffic_sign", "traffic_calming", "railway", "junction", "name",
    "barrier", "access", "vehicle", "bicycle", "foot",
)  # fmt: skip
# A node with none of these is a mere bend, a shop or a house.
NODE_KEYS = ("highway", "crossing", "barrier", "traffic_calming", "railway", "junction")
_WAY, _NODE, _NODE_KEYS = frozenset(WAY_TAGS), frozenset(NODE_TAGS), frozenset(NODE_KEYS)


def way_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Return those tags of a way that are kept."""
    return {key: value for key, value in tags.items() if key in _WAY}


def node_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Return those tags of a node that are kept; none where it is nothing on a street."""
    if _NODE_KEYS.isdisjoint(tags):
        return {}
    return {key: value for key, value in tags.items() if key in _NODE}
