"""Words for the codes of the domain: reasons, faces, states, types of places."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from babel import Locale


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


def case_state_words(_: Callable[[str], str]) -> dict[str, str]:
    """Return what students read of what the town does about a place, by the state of its case."""
    return {
        "new": _("It is on the list of the town. Nothing is decided yet."),
        "acknowledged": _("The town has read it and will look into it."),
        "investigating": _("The town is looking into it."),
        "planned": _("Something is planned here."),
        "in_work": _("Work has begun here."),
        "done": _("The town says that it is fixed."),
        "declined": _("The town has looked at it and will not change it for now."),
    }


def students_say(better: int, ngettext: Callable[[str, str, int], str]) -> str:
    """Return how many students say that a place that was called fixed is better."""
    words = ngettext("{n} student says it is better.", "{n} students say it is better.", better)
    return words.format(n=better)


def verdict_words(_: Callable[[str], str]) -> dict[str, str]:
    """Return what staff read of the students' answers about a case that is called done."""
    return {
        "few": _("not enough answers of students yet"),
        "confirm": _("students say it is fixed"),
        "disagree": _("students say it is not fixed"),
        "divided": _("students disagree whether it is fixed"),
    }


def verdict_short(_: Callable[[str], str]) -> dict[str, str]:
    """Return the same where it stands beside "students say"."""
    return {
        "few": _("not enough answers yet"),
        "confirm": _("it is better"),
        "disagree": _("it is not fixed"),
        "divided": _("half of them: it is better"),
    }


def more_words(_: Callable[[str], str]) -> dict[str, str]:
    """Return the rides that a student may add to the first one, by their variant."""
    return {
        "back": _("My way home"),
        "rain": _("When it rains"),
        "winter": _("In winter"),
        "other": _("Another way to school"),
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


def draw_words(_: Callable[[str], str]) -> dict[str, str]:
    """Return what the drawing page asks for, by the variant of the ride."""
    return {
        "there": _("Your ride to school"),
        "back": _("Your ride home"),
        "rain": _("Your ride when it rains"),
        "winter": _("Your ride in winter"),
        "other": _("Another ride to school"),
    }


def mode_words(_: Callable[[str], str]) -> dict[str, str]:
    """Return the words of how a ride is made."""
    return {
        "bicycle": _("Bicycle"),
        "e_bike": _("E-bike"),
        "walking": _("Walking with the bike"),
    }


def companion_words(_: Callable[[str], str]) -> dict[str, str]:
    """Return the words of with whom a ride is made."""
    return {
        "alone": _("alone"),
        "one": _("with one other student"),
        "few": _("with a few other students"),
        "adult": _("with an adult"),
    }


def why_words(_: Callable[[str], str]) -> dict[str, str]:
    """Return the words of why a ride goes this way."""
    return {
        "shortest": _("It is the shortest"),
        "little_traffic": _("There is little traffic"),
        "slow_traffic": _("Cars are slow there"),
        "cycling_infrastructure": _("It has cycle paths or lanes"),
        "beautiful": _("It is beautiful"),
        "few_obstacles": _("Little is in the way"),
        "other": _("Another reason"),
    }


def flag_words(_: Callable[[str], str]) -> dict[str, str]:
    """Return what asks for a second look at a ride, without telling anything of the ride."""
    return {
        "long": _("longer than usual"),
        "short": _("shorter than usual"),
        "detour": _("with a large detour"),
        "fast": _("faster than usual"),
        "slow": _("slower than usual"),
        "straight": _("much in a straight line"),
    }


def variant_words(_: Callable[[str], str]) -> dict[str, str]:
    """Return which ride it is, by its variant."""
    return {
        "there": _("to school"),
        "back": _("home"),
        "rain": _("to school when it rains"),
        "winter": _("to school in winter"),
        "other": _("another ride to school"),
    }


def like_words(_: Callable[[str], str]) -> dict[str, str]:
    """Return the words of what makes a place good, by its code."""
    return {
        "calm": _("Little traffic"),
        "space": _("Enough space"),
        "smooth": _("Smooth surface"),
        "light": _("Good light"),
        "clear": _("Clear who goes first"),
        "pretty": _("Nice to ride"),
    }


def time_words(_: Callable[[str], str]) -> dict[str, str]:
    """Return the words of when a rating is meant above all, by its code."""
    return {
        "morning": _("In the morning"),
        "afternoon": _("In the afternoon"),
        "dark": _("In the dark"),
        "wet": _("When it is wet"),
    }


def counterpart_words(_: Callable[[str], str]) -> dict[str, str]:
    """Return the words of who took part in a near miss or fall, by its code."""
    return {
        "car": _("Car or van"),
        "lorry_bus": _("Lorry or bus"),
        "motorcycle": _("Moped or motorbike"),
        "bicycle": _("Bicycle or scooter"),
        "walker": _("Somebody walking"),
        "animal": _("Animal"),
        "nobody": _("Nobody else"),
        "other": _("Something else"),
    }


def help_words(_: Callable[[str], str]) -> dict[str, str]:
    """Return the words of what would help at a place, by its code."""
    return {
        "crossing": _("A safer crossing"),
        "lights": _("Traffic lights"),
        "slower": _("Slower cars"),
        "path": _("A cycle path"),
        "repair": _("Repair the surface"),
        "lamps": _("Street lamps"),
        "view": _("A clear view"),
        "checks": _("Checks by the police"),
        "other": _("Something else"),
    }


def rating_words(_: Callable[[str], str]) -> dict[int, str]:
    """Return the word of every rating."""
    return {rating: face.word for face in faces(_) for rating in face.ratings}


def campaign_problem_words(_: Callable[[str], str]) -> dict[str, str]:
    """Return what to do about each field of the form of a new class that was refused."""
    return {
        "title": _("Give the class a name of at most 80 letters."),
        "school_id": _("Choose one of your schools."),
        "from_day": _("Give the first day."),
        "to_day": _("Give a last day that is not over and not before the first."),
        "language": _("Choose one of the languages."),
        "roster": _("Give a number of students from 1 to 500."),
        "youngest": _("Give the age of the youngest student."),
        "consent_kind": _(
            "Choose one. Students decide alone only if the youngest is old enough by law."
        ),
        "children_told": _("Some students are under 13: please confirm this too."),
        "consent": _("Without this confirmation no class can be opened."),
    }


def country_name(code: str, language: str) -> str:
    """Return what a country is called in a language, nothing for one that is not known."""
    name: str = Locale.parse(language).territories.get(code, "")
    return name
