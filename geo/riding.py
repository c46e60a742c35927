"""Whether a bicycle may be ridden or pushed along an OSM way, which way, and if not why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .countries import GENERIC
from .streets import AGAINST, BOTH_WAYS, ONEWAY, SIGNED_ONEWAY, is_roundabout, road_class

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .countries import Country

RIDEABLE = frozenset({
    "trunk", "primary", "secondary", "tertiary", "unclassified", "residential", "living_street",
    "service", "road", "track", "path", "cycleway",
})  # fmt: skip
FOR_WALKERS = frozenset({"footway", "pedestrian"})
ONLY_IF_ALLOWED = frozenset({"bridleway", "busway"})
OPEN = RIDEABLE | FOR_WALKERS | ONLY_IF_ALLOWED | {"steps"}
NOT_OPEN = {
    "construction": "under construction", "proposed": "only planned", "planned": "only planned",
    "abandoned": "abandoned", "disused": "abandoned", "razed": "abandoned",
}  # fmt: skip
NO_THROUGH_SERVICE = frozenset({"parking_aisle", "parking_space", "drive-through", "private"})
# Drawn beside or across a carriageway, they would double the street that is ridden anyway.
PART_OF_A_STREET = frozenset({"sidewalk", "crossing", "traffic_island", "link", "access_aisle"})
ALLOWED = frozenset({
    "yes", "designated", "permissive", "official", "destination", "use_sidepath",
    "optional_sidepath", "customers", "discouraged",
})  # fmt: skip
BARRED = frozenset({
    "no", "private", "permit", "residents", "delivery", "agricultural", "forestry", "emergency",
    "military", "employees", "staff", "bus", "psv",
})  # fmt: skip
NO_FACILITY = frozenset({"", "no", "none", "separate"})


@dataclass(frozen=True)
class Riding:
    """How a way may be used; forward is the order of its nodes."""

    forward: bool
    backward: bool
    push: bool


def riding(tags: Mapping[str, str], country: Country = GENERIC) -> Riding | None:
    """Return how a bicycle may use the way, or None where it may not even be pushed."""
    if refusal(tags, country) is not None:
        return None
    if not _may_ride(tags, country):
        # Who walks is not bound by one-way signs.
        return Riding(forward=True, backward=True, push=True)
    forward, backward = _directions(tags)
    return Riding(forward=forward, backward=backward, push=False)


def refusal(tags: Mapping[str, str], country: Country = GENERIC) -> str | None:
    """Return why a bicycle may neither be ridden nor pushed there, or None where it may."""
    road = road_class(tags)
    if road == "motorway" or tags.get("motorroad") == "yes":
        return "motorway"
    if road in NOT_OPEN or "yes" in {tags.get("abandoned"), tags.get("disused")}:
        return NOT_OPEN.get(road, "abandoned")
    if road not in OPEN:
        return f"highway={tags.get('highway', '')}"
    if is_barred(tags.get("bicycle")):
        return f"bicycle={tags['bicycle']}"
    if road == "steps":
        return _refusal_of_steps(tags)
    allowed = _may_ride(tags, country) or tags.get("bicycle") == "dismount"
    return None if allowed else _no_walking(tags, road)


def _refusal_of_steps(tags: Mapping[str, str]) -> str | None:
    if tags.get("ramp:bicycle") != "yes" and tags.get("bicycle") not in ALLOWED:
        return "steps without a ramp"
    return None if tags.get("bicycle") in ALLOWED else _no_access(tags)


def _no_walking(tags: Mapping[str, str], road: str) -> str | None:
    """Return why the bicycle cannot be pushed where it may not be ridden."""
    if road in ONLY_IF_ALLOWED:
        return f"{road} without permission for bicycles"
    if road == "service" and tags.get("service") in NO_THROUGH_SERVICE:
        return f"service={tags['service']}"
    if road == "footway" and tags.get("footway") in PART_OF_A_STREET:
        return f"footway={tags['footway']}"
    if tags.get("indoor", "no") != "no":
        return "indoors"
    return _no_access(tags)


def _no_access(tags: Mapping[str, str]) -> str | None:
    key = "foot" if "foot" in tags else "access"
    if not is_barred(tags.get(key)):
        return None
    return "private" if tags[key] == "private" else f"{key}={tags[key]}"


def _may_ride(tags: Mapping[str, str], country: Country) -> bool:
    road, bicycle = road_class(tags), tags.get("bicycle")
    if road == "steps" or bicycle == "dismount":
        return False
    if bicycle in ALLOWED:
        return True
    if is_barred(tags.get("vehicle", tags.get("access"))):
        return False
    if road not in RIDEABLE:
        return _is_shared_footway(tags, road, country)
    if road == "service":
        return tags.get("service") not in NO_THROUGH_SERVICE
    # A path for walkers by its sign: pushing is what is left.
    return road != "path" or tags.get("foot") != "designated"


def _is_shared_footway(tags: Mapping[str, str], road: str, country: Country) -> bool:
    """Say whether walkers share the way with all that has two wheels, as in some countries."""
    return (
        road in FOR_WALKERS
        and country.carries_motorcycles(road)
        and tags.get("foot") != "designated"
        and tags.get("footway") not in PART_OF_A_STREET
    )


def is_barred(value: str | None) -> bool:
    """Say whether an access value keeps the public out: `private`, `agricultural;forestry`."""
    return value is not None and all(part.strip() in BARRED for part in value.split(";"))


def _directions(tags: Mapping[str, str]) -> tuple[bool, bool]:
    forward, backward = _signed_directions(tags)
    ahead = tags.get("bicycle:forward", tags.get("vehicle:forward"))
    back = tags.get("bicycle:backward", tags.get("vehicle:backward"))
    forward = (forward and not is_barred(ahead)) or tags.get("bicycle:forward") in ALLOWED
    backward = (backward and not is_barred(back)) or tags.get("bicycle:backward") in ALLOWED
    # Both barred is a mistake of the map: the way itself is open to bicycles.
    return (forward, backward) if forward or backward else (True, True)


def _signed_directions(tags: Mapping[str, str]) -> tuple[bool, bool]:
    oneway = tags.get("oneway")
    if oneway is None and is_roundabout(tags):
        oneway = "yes"
    bicycle = tags.get("oneway:bicycle", "")
    if bicycle in BOTH_WAYS or (oneway in SIGNED_ONEWAY and _contraflow(tags)):
        return True, True
    if bicycle in SIGNED_ONEWAY:
        oneway = bicycle if oneway not in AGAINST else oneway
    # Reversible and alternating lanes change with the hour: ridden either way at its time.
    return oneway not in AGAINST, oneway not in ONEWAY


def _contraflow(tags: Mapping[str, str]) -> bool:
    """Say whether the tags give a cycle facility against the one-way direction."""
    sides = ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")
    return any(tags.get(side, "").startswith("opposite") for side in sides) or any(
        tags.get(f"{side}:oneway") in AGAINST | BOTH_WAYS
        and tags.get(side, tags.get("cycleway:both", tags.get("cycleway", ""))) not in NO_FACILITY
        for side in sides
    )
