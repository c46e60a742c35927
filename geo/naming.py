"""What people call an intersection: the two most important of the streets that meet there."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .chains import Street

CLASS_ORDER = ("trunk", "primary", "secondary", "tertiary", "unclassified", "residential", "road",
               "living_street", "pedestrian", "service")  # fmt: skip
IMPORTANCE = {road: rank for rank, road in enumerate(CLASS_ORDER)}
TIMES = " × "
IN_LINE_DEGREES = 45


def street_names(arms: Iterable[tuple[Street, float]]) -> list[str]:
    """Return the names of the streets that leave a place, the most important first.

    The class decides, then how often the street leaves: one that goes on beyond the junction
    comes before one that ends there. Numbers of roads come after all names, paths after streets.
    A street that only goes on where the first one changes its name comes after those that cross.

    Parameters
    ----------
    arms
        Streets and their bearings in degrees.
    """
    named = [(street, bearing) for street, bearing in arms if street.name]
    counts = Counter(street.name for street, _ in named)
    ranks: dict[str, tuple[bool, int, int, str]] = {}
    for street, _ in named:
        is_number = not street.tags.get("name")
        rank = (is_number, _importance(street), -counts[street.name], street.name)
        ranks[street.name] = min(rank, ranks.get(street.name, rank))
    names = sorted(ranks, key=ranks.__getitem__)
    streets = [name for name in names[1:] if ranks[name][1] < len(CLASS_ORDER)]
    if len(streets) > 1:
        bearings = {name: [b for street, b in named if street.name == name] for name in names}
        going_on = {name for name in streets if _goes_on(bearings[names[0]], bearings[name])}
        if len(going_on) < len(streets):
            return [*names[:1], *sorted(names[1:], key=lambda name: (name in going_on,
                    names.index(name)))]  # fmt: skip
    return names


def _goes_on(first: list[float], second: list[float]) -> bool:
    """Say whether one street lies all on the side that is opposite to all of another."""
    return all(
        abs((after - before) % 360 - 180) <= IN_LINE_DEGREES for before in first for after in second
    )


def place_name(
    names: Sequence[str], ring_names: Iterable[str], nodes: Iterable[Mapping[str, str]]
) -> str:
    """Return the name of a place: `A × B`.

    A junction that has a name of its own is called so (a node with junction=yes, as in Japan),
    and so is a roundabout unless it is named after one of its streets. With one named street the
    place is called after that one alone, without any the name is empty.
    """
    own = sorted(tags["name"] for tags in nodes if tags.get("junction") == "yes" and "name" in tags)
    rings = sorted({name for name in ring_names if name} - set(names))
    return next(iter([*own, *rings]), TIMES.join(names[:2]))


def _importance(street: Street) -> int:
    return IMPORTANCE.get(street.road_class, len(CLASS_ORDER))
