"""The places of a route in riding order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .locating import Locator, Traversal

LonLat = tuple[float, float]


@dataclass(frozen=True)
class Passage:
    """One place in riding order, with where along the route it begins and ends."""

    kind: Literal["segment", "intersection"]
    id: str
    name: str
    direction: Literal["forward", "backward"] | None
    from_m: float
    to_m: float
    lon: float
    lat: float
    safe: bool
    stretch: str | None = None
    """The street stretch it is rated with; None for an intersection that is a place of its own."""


@dataclass(frozen=True)
class Ridden:
    """A part of the route that stays on the network, from `from_m` on."""

    from_m: float
    traversals: list[Traversal]


@dataclass
class _Crossing:
    """An intersection while it is being crossed: the pieces ridden within it."""

    id: str
    from_m: float
    at: LonLat
    pieces: list[Traversal]


def pass_places(
    locator: Locator,
    parts: Sequence[Ridden],
    safe: Mapping[str, bool],
    names: Mapping[str, str],
    minor: Mapping[str, bool],
) -> list[Passage]:
    """Return every segment and every intersection that the parts pass, in order.

    A minor intersection belongs to the stretch of the street that leads to it and goes on.

    Parameters
    ----------
    minor
        The intersections at which no street ends, and whether paths alone meet there.
    """
    found: list[Passage] = []
    for part in parts:
        passages = [
            item
            if isinstance(item, Passage)
            else _crossed(locator, item, names[item.id], safe=safe[item.id])
            for item in _items(locator, part)
        ]
        for position in range(1, len(passages) - 1):
            before, passage, after = passages[position - 1 : position + 2]
            only_paths = minor.get(passage.id)
            if only_paths is not None and _goes_on(before, after, unnamed=only_paths):
                passages[position] = replace(passage, stretch=before.stretch)
        found += passages
    return found


def _goes_on(before: Passage, after: Passage, *, unnamed: bool) -> bool:
    """Say whether two passages beside an intersection are one street, or unnamed paths."""
    if "intersection" in {before.kind, after.kind}:
        return False
    same_name = before.name == after.name and (before.name != "" or unnamed)
    return before.stretch == after.stretch or same_name


def _items(locator: Locator, part: Ridden) -> Iterator[Passage | _Crossing]:
    crossing: _Crossing | None = None
    reached = part.from_m
    for ride in part.traversals:
        inside = locator.within[ride.segment]
        begins = inside or locator.intersection_at(ride.segment, ride.from_m)
        if crossing and crossing.id != begins:
            yield crossing
            crossing = None
        if begins and not crossing:
            at = locator.lonlat_at(ride.segment, ride.from_m)
            crossing = _Crossing(begins, reached, at, [])
        if inside and crossing:
            crossing.pieces.append(ride)
        else:
            if crossing:
                yield crossing
            yield _ridden(locator, ride, reached)
            ends = locator.intersection_at(ride.segment, ride.to_m)
            at = locator.lonlat_at(ride.segment, ride.to_m)
            crossing = _Crossing(ends, reached + ride.length_m, at, []) if ends else None
        reached += ride.length_m
    if crossing:
        yield crossing


def _ridden(locator: Locator, ride: Traversal, from_m: float) -> Passage:
    lon, lat = locator.lonlat_at(ride.segment, (ride.from_m + ride.to_m) / 2)
    return Passage(
        kind="segment",
        id=locator.ids[ride.segment],
        name=locator.names[ride.segment],
        direction="forward" if ride.forward else "backward",
        from_m=from_m,
        to_m=from_m + ride.length_m,
        lon=lon,
        lat=lat,
        safe=False,
        stretch=locator.stretches[ride.segment],
    )


def _crossed(locator: Locator, crossing: _Crossing, name: str, *, safe: bool) -> Passage:
    length = sum(piece.length_m for piece in crossing.pieces)
    lon, lat = _middle(locator, crossing, length / 2)
    return Passage(
        kind="intersection",
        id=crossing.id,
        name=name,
        direction=None,
        from_m=crossing.from_m,
        to_m=crossing.from_m + length,
        lon=lon,
        lat=lat,
        safe=safe,
    )


def _middle(locator: Locator, crossing: _Crossing, half_m: float) -> LonLat:
    for piece in crossing.pieces:
        if half_m <= piece.length_m:
            ahead = half_m if piece.forward else -half_m
            return locator.lonlat_at(piece.segment, piece.from_m + ahead)
        half_m -= piece.length_m
    return crossing.at
