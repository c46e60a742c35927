"""Countries: their default speeds, side of the road, and what their paths and streets carry."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from .errors import GeoError
from .reference import read_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

GENERIC_CODE = "generic"
# What mappers write, and the code of ISO 3166 for it.
ALIASES = {"UK": "GB"}
# Tags whose values name a country before a colon: `DE:urban`, `BE-VLG:rural`.
ZONE_KEYS = ("maxspeed", "maxspeed:type", "zone:traffic", "source:maxspeed", "zone:maxspeed")
# One stray address, or a street that a visitor mapped, says nothing about an area.
FEWEST_NAMINGS = 3
MAJORITY = 0.5
MPH = "mph"


class UnknownCountryError(GeoError):
    """A code of a country that has no profile."""


@dataclass(frozen=True)
class Country:
    """What a country's law and custom say where the tags of a street say nothing."""

    code: str
    settings: Mapping[str, str]
    """Settings of the table, of the country itself or else of what it belongs to."""
    own: frozenset[str]
    """Those settings that are not the generic ones."""

    @property
    def nearside(self) -> str:
        """The side of the road that one rides on, in the direction of riding."""
        return self.settings["drives_on"]

    @property
    def offside(self) -> str:
        """The side of those who come the other way."""
        return "left" if self.nearside == "right" else "right"

    @property
    def zones_in_mph(self) -> bool:
        """Whether the number of a zone, as in `GB:zone20`, is in miles per hour."""
        return self.settings.get("zone_unit") == MPH

    def zone_kmh(self, zone: str) -> float | None:
        """Return the speed of a zone, such as `urban`, or None for what is no zone."""
        speed = self.settings.get(f"zone {zone}")
        return None if speed is None else float(speed)

    def class_kmh(self, road: str, zone: str) -> float | None:
        """Return the default of the country itself for a road class that lies in a zone."""
        for setting in (f"class {road}", f"zone {zone}"):
            if setting in self.own:
                return float(self.settings[setting])
        return None

    def carries_motorcycles(self, road: str) -> bool:
        """Say whether motorcycles use ways of that class unless a tag forbids it."""
        return self.settings.get(road) == "motorcycles"

    def traffic_class(self, road: str) -> str:
        """Return the road class whose traffic such a street has: itself nearly always."""
        return self.settings.get(road, road) if road == "living_street" else road


def country(code: str) -> Country:
    """Return the profile of a country by its ISO 3166 code, of a region, or `generic`.

    A region such as `BE-WAL` has what its country has, but for what the table gives the region.

    Raises
    ------
    UnknownCountryError
        If the table has no such code; the message lists those that it has.
    """
    wanted = code.strip()
    known = {one.upper(): one for one in known_countries()}
    wanted = known.get(ALIASES.get(wanted.upper(), wanted.upper()), "")
    if not wanted:
        raise UnknownCountryError(
            f"expected a country out of {', '.join(known_countries())}, got {code!r}"
        )
    return _profile(wanted)


@cache
def _profile(code: str) -> Country:
    lines = _settings()
    line_of_descent = [code.split("-", maxsplit=1)[0], code] if code != GENERIC_CODE else []
    own: dict[str, str] = {}
    for one in line_of_descent:
        own |= lines.get(one, {})
    return Country(code, {**lines[GENERIC_CODE], **own}, frozenset(own))


@cache
def _settings() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for line in read_table("countries"):
        found.setdefault(line["country"], {})[line["setting"]] = line["value"]
    return found


@cache
def known_countries() -> tuple[str, ...]:
    """Return the codes that have a profile: countries, their regions, and `generic`."""
    return (*sorted(_settings().keys() - {GENERIC_CODE}), GENERIC_CODE)


def country_of_tag(value: str) -> tuple[Country | None, str]:
    """Return the country before the colon, if it has a profile, and what comes after it."""
    before, colon, after = value.partition(":")
    if not colon or not _is_code(before):
        return None, value
    code = ALIASES.get(before.upper(), before.upper())
    for one in (code, code.split("-")[0]):
        if one in _settings():
            return _profile(one), after
    return None, after


def _is_code(text: str) -> bool:
    letters, _, region = text.partition("-")
    return len(letters) == 2 and letters.isalpha() and region.isalnum() == bool(region)  # noqa: PLR2004


def detected_country(
    streets: Iterable[Mapping[str, str]], addresses: Mapping[str, int]
) -> str | None:
    """Return the code of the country that most tags name, whether or not it has a profile.

    Parameters
    ----------
    streets
        Tags of ways: each value such as `DE:urban` names a country once.
    addresses
        How often addresses name a country, by its code.
    """
    named = Counter({code.upper(): count for code, count in addresses.items() if _is_code(code)})
    for tags in streets:
        for key in ZONE_KEYS:
            before, colon, _ = tags.get(key, "").partition(":")
            if colon and _is_code(before):
                named[before.upper()] += 1
    whole: Counter[str] = Counter()
    for code, count in named.items():
        whole[_without_region(code)] += count
    best = _clear_winner(whole)
    if best is None:
        return None
    regions = Counter({
        code: count for code, count in named.items()
        if code in _settings() and "-" in code and _without_region(code) == best
    })  # fmt: skip
    return _clear_winner(regions) or best


def _without_region(code: str) -> str:
    letters = code.split("-", maxsplit=1)[0]
    return ALIASES.get(letters, letters)


def _clear_winner(counts: Counter[str]) -> str | None:
    if not counts:
        return None
    # By name where two are level, so that the order of reading decides nothing.
    best = min(counts, key=lambda code: (-counts[code], code))
    enough = max(FEWEST_NAMINGS, MAJORITY * counts.total())
    return best if counts[best] >= enough else None


GENERIC = country(GENERIC_CODE)
