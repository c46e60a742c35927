"""What an OSM way is to a bicycle: its class, its name, what it gives to ride on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .countries import GENERIC

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .countries import Country
    from .riding import Riding

PATHS = frozenset({"path", "cycleway", "footway", "bridleway", "track", "steps"})
ONEWAY = frozenset({"yes", "true", "1"})
AGAINST = frozenset({"-1", "reverse"})
SIGNED_ONEWAY = ONEWAY | AGAINST
BOTH_WAYS = frozenset({"no", "false", "0"})
SIDES = ("right", "left")
FACILITIES = {
    "track": "track", "opposite_track": "track",
    "lane": "lane", "opposite_lane": "lane",
    "shared_lane": "shared", "share_busway": "shared", "opposite_share_busway": "shared",
    "shared": "shared",
}  # fmt: skip
RANK = {"none": 0, "shared": 1, "lane": 2, "track": 3, "path": 4}


def road_class(tags: Mapping[str, str]) -> str:
    """Return the highway value without its `_link`."""
    return tags.get("highway", "").removesuffix("_link")


def is_oneway(tags: Mapping[str, str]) -> bool:
    """Say whether cars may go one way only, whatever bicycles may."""
    return tags.get("oneway") in SIGNED_ONEWAY or is_roundabout(tags)


def is_roundabout(tags: Mapping[str, str]) -> bool:
    """Say whether the way is part of a roundabout."""
    return tags.get("junction") in {"roundabout", "circular"}


def is_path(road: str) -> bool:
    """Say whether ways of that class carry no motor traffic, or next to none."""
    return road in PATHS


def is_raised(tags: Mapping[str, str]) -> bool:
    """Say whether the way runs over or under what is beside it."""
    return (
        tags.get("bridge", "no") != "no"
        or tags.get("tunnel", "no") not in {"no", "building_passage"}
        or tags.get("layer", "0") != "0"
    )


def facility(tags: Mapping[str, str], use: Riding, country: Country = GENERIC) -> str:
    """Return what a rider has: track, lane, shared, none, or path where the way is one.

    Where the two directions differ it is the poorer one, because half of the riders have that.
    """
    if is_path(road_class(tags)):
        return "path"
    right, left = (_side(tags, side, country) for side in SIDES)
    if tags.get("oneway") in SIGNED_ONEWAY and not (use.forward and use.backward):
        return max(right, left, key=RANK.__getitem__)
    return min(right, left, key=RANK.__getitem__)


def _side(tags: Mapping[str, str], side: str, country: Country) -> str:
    value = tags.get(f"cycleway:{side}") or tags.get("cycleway:both") or tags.get("cycleway", "")
    against = country.nearside if tags.get("oneway") in AGAINST else country.offside
    # A facility against a one-way street lies on the side of those who ride there.
    if value.startswith("opposite") and side != against and f"cycleway:{side}" not in tags:
        return "none"
    if not value or value == "no":
        other = "left" if side == "right" else "right"
        if tags.get(f"cycleway:{other}:oneway") in BOTH_WAYS:
            value = tags.get(f"cycleway:{other}", "")
    return FACILITIES.get(value, "none")


def street_name(tags: Mapping[str, str]) -> str:
    """Return the name of the street, or the road number of a main road without one."""
    main = road_class(tags) in {"trunk", "primary", "secondary"}
    return tags.get("name") or (tags.get("ref", "") if main else "")
