"""The OSM tags that anything here reads: osmnx keeps no others."""

from __future__ import annotations

WAY_TAGS = (
    "highway", "name", "ref", "junction", "bridge", "tunnel", "layer", "service",
    "access", "vehicle", "bicycle", "foot", "motorroad", "ramp:bicycle",
    "oneway", "oneway:bicycle",
    "cycleway", "cycleway:left", "cycleway:right", "cycleway:both",
    "cycleway:left:oneway", "cycleway:right:oneway",
    "cycleway:width", "cycleway:left:width", "cycleway:right:width", "cycleway:both:width",
    "maxspeed", "maxspeed:forward", "maxspeed:backward", "maxspeed:type", "zone:traffic",
    "source:maxspeed", "zone:maxspeed",
    "lanes", "lanes:forward", "lanes:backward", "turn:lanes", "turn:lanes:forward",
    "turn:lanes:backward", "lane_markings", "width",
    "parking:both", "parking:left", "parking:right",
    "parking:lane:both", "parking:lane:left", "parking:lane:right",
)  # fmt: skip
NODE_TAGS = ("highway", "crossing", "crossing:island")
