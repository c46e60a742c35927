"""Crossings and streets of an area by their names: no geocoder, no other host, nothing kept."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import distance_m
from geo.network import Network

MOST = 8
# Two pieces of a street nearer than this are one street; two crossings of a name one crossing.
SAME_DEGREES = 0.002
SAME_M = 150
BEGINS, WORDS, WITHIN = range(3)

# Letters that no decomposition takes apart, as people type them without their strokes.
_STROKES = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe"})

LonLat = tuple[float, float]


@dataclass(frozen=True)
class Crossing:
    """What a search finds: a crossing, or a street by its middle."""

    name: str
    lon: float
    lat: float


@dataclass(frozen=True)
class NameIndex:
    """The named crossings and streets of an area with the words that they are found by."""

    places: Sequence[Crossing]
    keys: Sequence[str]
    """The words of each name, a blank before each."""

    def find(self, query: str, *, school: LonLat) -> list[Crossing]:
        """Return the best places whose names have every word of `query`, in any order.

        Names that begin with it come first, then those whose words begin with its words; among
        equals the one nearest to the school.
        """
        words = words_of(query)
        if not words:
            return []
        ranked = [
            (rank, distance_m(school, (place.lon, place.lat)), place)
            for place, key in zip(self.places, self.keys, strict=True)
            if (rank := _rank(words, key)) is not None
        ]
        return _without_repeats(place for *_, place in sorted(ranked, key=lambda one: one[:2]))


def name_index(network: Network) -> NameIndex:
    """Return what finds the crossings and streets of a network by their names."""
    crossings = network.intersections
    shapes = zip(crossings["name"], crossings.geometry, strict=True)
    places = [Crossing(name, shape.x, shape.y) for name, shape in shapes if name]
    segments = network.segments
    places += _streets(zip(segments["name"], segments.geometry, strict=True))
    return NameIndex(places, ["".join(f" {word}" for word in words_of(one.name)) for one in places])


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a name as they are compared: without case, accents and punctuation.

    Vowels and tones of scripts such as Thai are marks too, but no accents: they stay.
    """
    apart = unicodedata.normalize("NFKD", text).casefold().translate(_STROKES)
    return tuple("".join(map(_bare, apart)).split())


def _bare(letter: str) -> str:
    kind = unicodedata.category(letter)[0]
    if kind == "C" or "\u0300" <= letter <= "\u036f":
        return ""
    return " " if kind in "PSZ" else letter


def _streets(named: Iterable[tuple[str, BaseGeometry]]) -> Iterable[Crossing]:
    lines = defaultdict(list)
    for name, line in named:
        if name:
            lines[name].append(line)
    for name, pieces in lines.items():
        # Villages have streets of the same name: each is its own.
        around = shapely.union_all(shapely.buffer(pieces, SAME_DEGREES / 2, quad_segs=1))
        for area in shapely.get_parts(around):
            own = shapely.union_all([piece for piece in pieces if area.intersects(piece)])
            if own.is_empty:  # a sliver that the union of the surroundings left beside them
                continue
            middle = shapely.shortest_line(own, own.centroid).coords[0]
            yield Crossing(name, *middle)


def _rank(words: Sequence[str], key: str) -> int | None:
    """Return how well a name fits, None if a word of the query is nowhere in it."""
    if not all(word in key for word in words):
        return None
    if key.startswith(" " + " ".join(words)):
        return BEGINS
    return WORDS if all(f" {word}" in key for word in words) else WITHIN


def _without_repeats(places: Iterable[Crossing]) -> list[Crossing]:
    found: list[Crossing] = []
    for place in places:
        near = (distance_m((one.lon, one.lat), (place.lon, place.lat)) < SAME_M
                for one in found if one.name == place.name)  # fmt: skip
        if not any(near):
            found.append(place)
        if len(found) == MOST:
            break
    return found
