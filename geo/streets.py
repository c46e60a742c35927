"""What an OSM way offers to a bicycle: may it be ridden, which way, beside what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

RIDEABLE = frozenset({
    "trunk", "primary", "secondary", "tertiary", "unclassified", "residential", "living_street",
    "service", "road", "track", "path", "cycleway",
})  # fmt: skip
ONLY_IF_ALLOWED = frozenset({"footway", "bridleway", "busway"})
PATHS = frozenset({"path", "cycleway", "footway", "bridleway", "track", "steps"})
NO_THROUGH_SERVICE = frozenset({"parking_aisle", "parking_space", "drive-through", "private"})
ALLOWED = frozenset({
    "yes", "designated", "permissive", "official", "destination", "use_sidepath",
    "optional_sidepath", "customers",
})  # fmt: skip
BARRED = frozenset({"no", "private"})
ONEWAY = frozenset({"yes", "true", "1"})
AGAINST = frozenset({"-1", "reverse"})
BOTH_WAYS = frozenset({"no", "false", "0"})
FACILITIES = {
    "track": "track", "opposite_track": "track",
    "lane": "lane", "opposite_lane": "lane",
    "shared_lane": "shared", "share_busway": "shared", "opposite_share_busway": "shared",
    "shared": "shared",
}  # fmt: skip
RANK = {"none": 0, "shared": 1, "lane": 2, "track": 3, "path": 4}


@dataclass(frozen=True)
class Riding:
    """How a way may be used; forward is the order of its nodes."""

    forward: bool
    backward: bool
    push: bool


def riding(tags: Mapping[str, str]) -> Riding | None:
    """Return how a bicycle may use the way, or None where it may not even be pushed."""
    push = _access(tags)
    if push is None:
        return None
    if push:
        # Who walks is not bound by one-way signs.
        return Riding(forward=True, backward=True, push=True)
    forward, backward = _directions(tags)
    return Riding(forward=forward, backward=backward, push=False)


def _access(tags: Mapping[str, str]) -> bool | None:
    """Return False for riding, True for pushing, None for neither."""
    road, bicycle = road_class(tags), tags.get("bicycle")
    if road == "motorway" or tags.get("motorroad") == "yes" or bicycle in BARRED:
        return None
    if road == "steps" and (tags.get("ramp:bicycle") == "yes" or bicycle in ALLOWED):
        return True
    if road not in RIDEABLE | ONLY_IF_ALLOWED | {"pedestrian"}:
        return None
    if bicycle in ALLOWED | {"dismount"}:
        return bicycle == "dismount"
    return _unmarked_access(tags, road)


def _unmarked_access(tags: Mapping[str, str], road: str) -> bool | None:
    """Return how a way is used whose tags do not speak of bicycles."""
    if (
        road in ONLY_IF_ALLOWED
        or BARRED & {tags.get("access"), tags.get("vehicle")}
        or (road == "service" and tags.get("service") in NO_THROUGH_SERVICE)
    ):
        return None
    # A path for walkers by its sign: pushing is what is left.
    return road == "pedestrian" or (road == "path" and tags.get("foot") == "designated")


def _directions(tags: Mapping[str, str]) -> tuple[bool, bool]:
    oneway = tags.get("oneway")
    if oneway is None and is_roundabout(tags):
        oneway = "yes"
    bicycle = tags.get("oneway:bicycle", "")
    if bicycle in BOTH_WAYS or (oneway in ONEWAY | AGAINST and _contraflow(tags)):
        return True, True
    if bicycle in ONEWAY | AGAINST:
        oneway = bicycle if oneway not in AGAINST else oneway
    if oneway in ONEWAY:
        return True, False
    if oneway in AGAINST:
        return False, True
    return True, True


def _contraflow(tags: Mapping[str, str]) -> bool:
    """Say whether the tags give a cycle facility against the one-way direction."""
    sides = ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")
    return any(tags.get(side, "").startswith("opposite") for side in sides) or any(
        tags.get(f"{side}:oneway") in AGAINST | BOTH_WAYS for side in sides
    )


def road_class(tags: Mapping[str, str]) -> str:
    """Return the highway value without its `_link`."""
    return tags.get("highway", "").removesuffix("_link")


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


def facility(tags: Mapping[str, str], use: Riding) -> str:
    """Return what a rider has: track, lane, shared, none, or path where the way is one.

    Where the two directions differ it is the poorer one, because half of the riders have that.
    """
    if is_path(road_class(tags)):
        return "path"
    right, left = _side(tags, "right"), _side(tags, "left")
    if tags.get("oneway") in ONEWAY | AGAINST and not (use.forward and use.backward):
        return max(right, left, key=RANK.__getitem__)
    return min(right, left, key=RANK.__getitem__)


def _side(tags: Mapping[str, str], side: str) -> str:
    value = tags.get(f"cycleway:{side}") or tags.get("cycleway:both") or tags.get("cycleway", "")
    if not value or value == "no":
        other = "left" if side == "right" else "right"
        if tags.get(f"cycleway:{other}:oneway") in BOTH_WAYS:
            value = tags.get(f"cycleway:{other}", "")
    return FACILITIES.get(value, "none")


def street_name(tags: Mapping[str, str]) -> str:
    """Return the name of the street, or the road number of a main road without one."""
    main = road_class(tags) in {"trunk", "primary", "secondary"}
    return tags.get("name") or (tags.get("ref", "") if main else "")
