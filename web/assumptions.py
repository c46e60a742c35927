"""Words for what the stress of a place assumes where tags say nothing."""

from collections.abc import Callable, Iterable


def assumption_words(_: Callable[[str], str]) -> dict[str, str]:
    """Return the words of every assumption that stress may rest on, by its code."""
    return {
        "speed:country": _("speed limit: the usual one of the country"),
        "speed:class": _("speed limit: the usual one of such a street"),
        "lanes:default": _("number of lanes: one each way"),
        "volume:class": _("amount of traffic: the usual one of such a street"),
        "width:default": _("width of the cycle lane: 1.5 m"),
        "parking:default": _("parking: none beside the cycle lane"),
        "island:depth": _("depth of the refuge: 1.8 m"),
        "path:country": _("path: motorcycles use it, as is usual in the country"),
    }


def assumptions_in_words(codes: Iterable[str], _: Callable[[str], str]) -> list[str]:
    """Return what was assumed of one place, in words; of an unknown code the code itself."""
    words = assumption_words(_)
    return [words.get(code, code) for code in codes]
