"""Words for the codes of the domain: reasons, faces, states, types of places."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


def reason_words(_: Callable[[str], str]) -> dict[str, str]:
    """Return the words of every reason a student may give, by its code."""
    return {
        "traffic": _("A lot of traffic"),
        "speed": _("Cars too fast"),
        "obstacles": _("Something in the way"),
        "surface": _("Bad surface"),
        "lighting": _("Too dark"),
        "space": _("Too little space"),
        "behaviour": _("How others behave"),
        "signs": _("Signs or lights missing or unclear"),
        "sight": _("Cannot see well"),
        "other": _("Something else"),
    }


@dataclass(frozen=True)
class Face:
    """One face of the rating scale with its word and the ratings it stands for."""

    key: int
    word: str
    ratings: tuple[int, ...]


def faces(_: Callable[[str], str]) -> tuple[Face, ...]:
    """Return the five faces of the scale from 0 (very unsafe) to 10 (very safe)."""
    return (
        Face(1, _("very unsafe"), (0, 1)),
        Face(2, _("unsafe"), (2, 3)),
        Face(3, _("so-so"), (4, 5, 6)),
        Face(4, _("safe"), (7, 8)),
        Face(5, _("very safe"), (9, 10)),
    )


def state_words(_: Callable[[str], str]) -> dict[str, str]:
    """Return the words of the three states of a place."""
    return {
        "confirmed": _("confirmed"),
        "watch": _("watch"),
        "unknown": _("not enough data"),
    }


def campaign_words(_: Callable[[str], str]) -> dict[str, str]:
    """Return the words of the states of a campaign."""
    return {"draft": _("not open yet"), "open": _("open"), "closed": _("closed")}


def type_words(_: Callable[[str], str]) -> dict[str, str]:
    """Return the words of the types of places: crossings, and streets with their cycle facility."""
    crossings = {
        "signalised": _("crossing with traffic lights"),
        "uncontrolled": _("crossing without traffic lights"),
        "roundabout": _("roundabout"),
        "path": _("path"),
    }
    roads = {
        "primary": _("main road"),
        "secondary": _("main road"),
        "tertiary": _("through street"),
        "residential": _("residential street"),
        "unclassified": _("minor street"),
        "living_street": _("street where people walk and play"),
        "pedestrian": _("pedestrian street"),
        "service": _("access way"),
        "track": _("farm or forest track"),
    }
    facilities = {
        "none": _("nothing for cycling"),
        "track": _("cycle track"),
        "lane": _("cycle lane"),
        "shared": _("shared lane"),
    }
    streets = {
        f"{road}/{facility}": f"{roads[road]}, {facilities[facility]}"
        for road in roads
        for facility in facilities
    }
    return crossings | streets


def place_title(place: Mapping[str, Any], _: Callable[[str], str]) -> str:
    """Return the name of `place`, or say that it has none."""
    if place["name"]:
        return str(place["name"])
    if place["kind"] == "intersection":
        return _("Crossing without a name")
    return _("Path without a name")


def missing_words(_: Callable[[str], str]) -> dict[str, str]:
    """Return the words of what an area may lack before a risk can be computed."""
    return {
        "conflicts": _("reported near misses and falls"),
        "eligible": _("places with enough students"),
    }


def reported(place: Mapping[str, Any], ngettext: Callable[[str, str, int], str]) -> str:
    """Return how many of the riders of `place` had a near miss or fall."""
    n = place["participants"]
    words = ngettext(
        "{reporters} of {n} rider",
        "{reporters} of {n} riders",
        n,
    )
    return words.format(reporters=place["reporters"], n=n)


def campaign_problem_words(_: Callable[[str], str]) -> dict[str, str]:
    """Return what to do about each field of the form of a new class that was refused."""
    return {
        "title": _("Give the class a name of at most 80 letters."),
        "school_id": _("Choose one of your schools."),
        "from_day": _("Give the first day."),
        "to_day": _("Give a last day that is not over and not before the first."),
        "language": _("Choose one of the languages."),
        "roster": _("Give a number of students from 1 to 500."),
        "consent": _("Without this confirmation no class can be opened."),
    }
