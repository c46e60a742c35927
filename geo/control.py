"""What regulates an intersection, as the tags of OSM nodes have it: signals, signs, crossings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .chains import StreetGraph

    Tags = Mapping[str, str]

CONTROLS = ("signals", "roundabout", "stop", "give_way", "crossing", "none")
# The best protected first: what a place with several crossings is said to have.
CROSSINGS = ("signals", "zebra", "marked", "unmarked", "unknown", "")
CROSSING_VALUES = {
    "traffic_signals": "signals", "toucan": "signals", "pegasus": "signals", "pelican": "signals",
    "puffin": "signals", "zebra": "zebra", "marked": "marked", "uncontrolled": "marked",
    "unmarked": "unmarked", "informal": "unmarked",
}  # fmt: skip
NO_MARKINGS = frozenset({"no", "none"})
MARKED = frozenset({"signals", "zebra", "marked"})


def node_tags(graph: StreetGraph, node: int) -> Tags:
    """Return the tags of a node, which most have none of."""
    return graph.node_tags.get(node, {})


def is_signal(graph: StreetGraph, node: int) -> bool:
    """Say whether there are traffic lights at the node."""
    return has_signal(node_tags(graph, node))


def has_signal(tags: Tags) -> bool:
    """Say whether a node with these tags has traffic lights."""
    return tags.get("highway") == "traffic_signals" or crossing_kind(tags) == "signals"


def is_crossing_node(graph: StreetGraph, node: int) -> bool:
    """Say whether the node is mapped as a crossing."""
    return crossing_kind(node_tags(graph, node)) != ""


def has_island(tags: Tags) -> bool:
    """Say whether there is a refuge in the middle of the crossing."""
    return (
        tags.get("crossing:island", "no") != "no"
        or tags.get("crossing") == "island"
        or tags.get("traffic_calming") == "island"
        or tags.get("footway") == "traffic_island"
    )


def crossing_kind(tags: Tags) -> str:
    """Return one of `CROSSINGS`; unknown where there is a crossing and no more is said."""
    value = tags.get("crossing", "")
    if value == "no" or not (value or tags.get("highway") == "crossing"):
        return ""
    markings = tags.get("crossing:markings", "")
    kind = CROSSING_VALUES.get(value, "unknown")
    if kind == "signals" or tags.get("crossing:signals", "no") != "no":
        return "signals"
    if "zebra" in {kind, tags.get("crossing_ref")} or markings.startswith("zebra"):
        return "zebra"
    if markings:
        return "unmarked" if markings in NO_MARKINGS else "marked"
    return kind


def best_crossing(kinds: Iterable[str]) -> str:
    """Return the best protected kind of crossing, or nothing where there is none."""
    return min(kinds, key=CROSSINGS.index, default="")


def control(tags: Iterable[Tags], *, roundabout: bool, signals: bool) -> str:
    """Return one of `CONTROLS` for the tags of the nodes of a place and of its arms.

    Stop and give-way signs count wherever they stand on an arm: on the map they lie at the line
    where one waits. A crossing counts if it is marked.
    """
    found = list(tags)
    if signals:
        return "signals"
    if roundabout:
        return "roundabout"
    for sign in ("stop", "give_way"):
        if any(one.get("highway") == sign for one in found):
            return sign
    return "crossing" if MARKED & {crossing_kind(one) for one in found} else "none"
