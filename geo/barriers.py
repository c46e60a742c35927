"""What an obstacle on a way does to a bicycle: let it pass, make its rider get off, stop it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from .network import stable_number
from .riding import ALLOWED, Riding, is_barred

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .chains import Piece

Effect = Literal["pass", "push", "stop"]

# Everything else that OSM knows, from bollard to lift gate, lets a bicycle through or around.
LIFTED_OVER = frozenset({
    "stile", "kissing_gate", "turnstile", "full-height_turnstile", "horse_stile", "squeezer",
})  # fmt: skip
WALLS = frozenset({
    "wall", "fence", "hedge", "retaining_wall", "city_wall", "guard_rail", "cable_barrier", "ditch",
})  # fmt: skip
PUSHED = Riding(forward=True, backward=True, push=True)
WAYS_THROUGH = 2


def barrier_effect(tags: Mapping[str, str]) -> Effect:
    """Return what the tags of an OSM node do to a bicycle on the way through it.

    Access tags say more than the kind of barrier: `access < vehicle < bicycle` for riding,
    `access < foot` for pushing. Tags of nodes that are no barrier speak of something else: a
    crossing with `bicycle=no` is closed to those who cross, not to those on the street.
    """
    bicycle, foot = tags.get("bicycle"), tags.get("foot")
    if "barrier" not in tags or bicycle in ALLOWED:
        return "pass"
    if bicycle == "dismount":
        return "push"
    if is_barred(foot or tags.get("access")) or (tags["barrier"] in WALLS and foot not in ALLOWED):
        return "stop"
    on_foot = tags["barrier"] in LIFTED_OVER | WALLS
    barred = is_barred(bicycle or tags.get("vehicle") or tags.get("access"))
    return "push" if on_foot or barred else "pass"


def heed_barriers(
    neighbours: dict[int, dict[int, Piece]], node_tags: Mapping[int, Mapping[str, str]]
) -> dict[int, int]:
    """Part the graph where a bicycle is stopped, and have it pushed where its rider gets off.

    Returns the new node of each parting with the OSM node that it lies on. A barrier at a
    junction does not say which of the ways it closes: nothing is closed there.
    """
    partings: dict[int, int] = {}
    for node, tags in sorted(node_tags.items()):
        if "barrier" not in tags or len(neighbours.get(node, ())) != WAYS_THROUGH:
            continue
        effect = barrier_effect(tags)
        if effect == "stop":
            beyond = far_side(node)
            partings[beyond] = node
            _part(neighbours, node, beyond)
        elif effect == "push":
            _push_nearer_piece(neighbours, node)
    return partings


def far_side(node: int) -> int:
    """Return the number of what lies behind an impassable barrier at an OSM node."""
    return -stable_number([node])


def _part(neighbours: dict[int, dict[int, Piece]], node: int, beyond: int) -> None:
    far = max(neighbours[node])
    neighbours[beyond] = {far: neighbours[node].pop(far)}
    neighbours[far][beyond] = neighbours[far].pop(node)


def _push_nearer_piece(neighbours: dict[int, dict[int, Piece]], node: int) -> None:
    """Mark the shorter piece: over a stile one walks a few steps, not the whole way."""
    _, near = min((piece.length_m, other) for other, piece in neighbours[node].items())
    piece = neighbours[node][near]
    pushed = piece._replace(street=replace(piece.street, riding=PUSHED))
    neighbours[node][near] = pushed
    neighbours[near][node] = pushed.reversed()
