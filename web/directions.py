"""Which way and at what time of day students ride through a place, in words."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from geo.compass import OPPOSITE, Eighth


class Share(NamedTuple):
    """A share of the rides at a place: what it is, and how many in a school year."""

    words: str
    rides: float


def direction_words(_: Callable[[str], str]) -> dict[str, str]:
    """Return the words of the eighths of the compass as directions of a ride."""
    return {
        "N": _("to the north"),
        "NE": _("to the north-east"),
        "E": _("to the east"),
        "SE": _("to the south-east"),
        "S": _("to the south"),
        "SW": _("to the south-west"),
        "W": _("to the west"),
        "NW": _("to the north-west"),
    }


def shares_of_rides(
    passages_by: Mapping[str, float], towards: Eighth | None, _: Callable[[str], str]
) -> list[Share]:
    """Return the rides by direction and part of the day, as far as a release tells them.

    Parameters
    ----------
    passages_by
        1,000 rides a school year by "forward", "backward", "before_school", "after_school".
    towards
        Where "forward" leads; None at an intersection, where there is no such thing.
    """
    words = direction_words(_)
    shares = []
    if towards is not None:
        shares = [
            Share(words[leads], passages_by[way] * 1000)
            for way, leads in (("forward", towards), ("backward", OPPOSITE[towards]))
            if passages_by.get(way)
        ]
    parts = {
        _("before school"): passages_by.get("before_school"),
        _("after school"): passages_by.get("after_school"),
    }
    # All in one part of the day means that only one of the two ways was asked for.
    if all(parts.values()):
        shares += [Share(part, (passages or 0) * 1000) for part, passages in parts.items()]
    return shares
