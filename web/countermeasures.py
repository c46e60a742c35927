"""Words for what could be done about a place, by the codes of `geo.countermeasures`."""

from collections.abc import Callable, Iterable
from itertools import groupby

from geo.countermeasures import Measure

Words = Callable[[str], str]


def measure_words(_: Words) -> dict[str, str]:
    """Return the words of every measure, by its code."""
    return _checks(_) | _quick(_) | _long(_) | _learned(_)


def measure_kind_words(_: Words) -> dict[str, str]:
    """Return the words of the kinds of measures, in the order in which they are shown."""
    return {
        "enforcement": _("Checks"),
        "quick": _("Quick repairs and changes (weeks)"),
        "long": _("Building (needs a plan and a budget)"),
        "education": _("Learning and telling"),
    }


def by_kind(measures: Iterable[Measure]) -> list[tuple[str, list[Measure]]]:
    """Return measures in the order of `suggest`, those of each kind together with the kind."""
    return [(kind, list(own)) for kind, own in groupby(measures, key=lambda one: one.kind)]


def _checks(_: Words) -> dict[str, str]:
    return {
        "presence": _("Be seen here when students ride by"),
        "speed_checks": _("Check speeds when students ride by"),
        "speed_camera": _("A fixed speed camera"),
        "parking_checks": _("Check and fine cars parked in the way"),
        "rule_checks": _("Check who gives way, keeps distance and uses a phone"),
        "red_light_checks": _("Check who drives through red"),
        "lorry_checks": _("Check that lorries keep to their routes and hours"),
    }


def _quick(_: Words) -> dict[str, str]:
    return {
        "measure_speed": _("Measure how fast cars go: the map does not know the limit"),
        "count_traffic": _("Count the cars: the map does not know how many there are"),
        "lower_limit": _("A lower speed limit"),
        "speed_display": _("A display that shows drivers their speed"),
        "school_street": _("No cars while school begins and ends"),
        "clear_view": _("Cut plants and remove what blocks the view"),
        "free_corner": _("Keep the corners free of parked cars"),
        "posts": _("Protect the lane with posts or a kerb"),
        "clear_way": _("Take away what stands on the path"),
        "repair": _("Repair the surface"),
        "check_lamps": _("Check and repair the lamps"),
        "renew_signs": _("Renew signs and markings, and make clear who goes first"),
        "mark_crossing": _("Mark the crossing clearly"),
        "head_start": _("Green for cyclists some seconds before cars"),
        "signal_times": _("Set the traffic lights anew: shorter waits, long enough green"),
    }


def _long(_: Words) -> dict[str, str]:
    return {
        "track": _("A cycle track apart from the cars"),
        "modal_filter": _("Close the street to through traffic"),
        "fewer_lanes": _("Fewer lanes for cars, room for cycling"),
        "calming": _("Humps, bends or narrow points that slow cars down"),
        "raised_crossing": _("A raised crossing"),
        "refuge": _("An island to cross in two steps"),
        "signals": _("Traffic lights"),
        "protected_corners": _("Kerbs at the corners that keep turning cars away"),
        "roundabout_track": _("A cycle track around the roundabout"),
        "widen": _("A wider path"),
        "resurface": _("A new surface"),
        "new_lamps": _("New street lamps"),
    }


def _learned(_: Words) -> dict[str, str]:
    return {
        "practise": _("Practise this crossing with the class"),
        "blind_spot": _("A lesson on the blind spot, with a real lorry"),
        "own_lights": _("Check the lights of the bikes at school"),
        "drop_off": _("Ask parents to let children get out elsewhere"),
        "share_path": _("Agree how people walking and cycling share the path"),
        "ride_together": _("Ride here together"),
    }
