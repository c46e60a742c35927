"""What about a drawn ride asks for a second look: asked about, never refused."""

from __future__ import annotations

from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Literal

from .errors import InvalidEvidenceError
from .reference import read_table

if TYPE_CHECKING:
    from collections.abc import Iterator

Mode = Literal["bicycle", "e_bike", "walking"]
Flag = Literal["long", "detour", "fast", "slow", "straight", "short"]

MODES: tuple[Mode, ...] = ("bicycle", "e_bike", "walking")
METRES_PER_KM, MINUTES_PER_HOUR = 1000, 60


@cache
def _table() -> dict[str, float]:
    return {row["name"]: float(row["value"]) for row in read_table("plausibility")}


def thresholds() -> dict[str, float]:
    """Return the limits by name, for a device that must come to the same flags."""
    return dict(_table())


def flags(
    *,
    length_m: float,
    direct_m: float,
    free_m: float = 0.0,
    minutes: float | None = None,
    mode: Mode = "bicycle",
) -> tuple[Flag, ...]:
    """Return what about a whole ride asks for a second look, always in the same order.

    Parameters
    ----------
    direct_m
        From its start to the school as the crow flies.
    free_m
        Of its length: drawn in straight lines off the map.
    minutes
        How long it takes, None if nobody has said.

    Raises
    ------
    InvalidEvidenceError
        If a number is negative, not finite or (minutes) 0, or the mode is another one.
    """
    _require(length_m, direct_m, free_m, minutes, mode)
    limits = _table()
    found: list[Flag] = []
    if length_m < limits["short"]:
        found.append("short")
    if length_m > limits[f"long_{mode}"]:
        found.append("long")
    if _is_detour(length_m, direct_m, limits["detour_ratio"], limits["detour_floor"]):
        found.append("detour")
    if minutes is not None:
        found += _pace(length_m, minutes, mode)
    if _is_straight(length_m, direct_m, free_m, limits["straight_floor"]):
        found.append("straight")
    return tuple(found)


def stored_flags(
    *, length_m: float, direct_m: float, free_m: float = 0.0, mode: Mode = "bicycle"
) -> tuple[Flag, ...]:
    """Return what about a stored ride asks for a second look, of which the home end is cut.

    Nobody knows how long what was cut is: such a ride is never "short", without its time neither
    "fast" nor "slow", and a detour or a straight line must be plainer than in `flags`.

    Parameters
    ----------
    direct_m
        From its first place, a safe intersection, to the school as the crow flies.

    Raises
    ------
    InvalidEvidenceError
        If a number is negative or not finite, or the mode is another one.
    """
    _require(length_m, direct_m, free_m, None, mode)
    limits = _table()
    ratio = limits["detour_ratio"] * limits["stored_detour"]
    more = limits["stored_cut"]
    found: list[Flag] = []
    if length_m > limits[f"long_{mode}"]:
        found.append("long")
    if _is_detour(length_m, direct_m, ratio, limits["detour_floor"] + more):
        found.append("detour")
    if _is_straight(length_m, direct_m, free_m, limits["straight_floor"] + more):
        found.append("straight")
    return tuple(found)


def _require(
    length_m: float, direct_m: float, free_m: float, minutes: float | None, mode: str
) -> None:
    if mode not in MODES:
        raise InvalidEvidenceError(f"expected a mode out of {', '.join(MODES)}, got {mode!r}")
    for name, value in (("length", length_m), ("direct way", direct_m), ("free length", free_m)):
        if not (isfinite(value) and value >= 0):
            raise InvalidEvidenceError(f"expected a {name} of 0 m or more, got {value}")
    if minutes is not None and not (isfinite(minutes) and minutes > 0):
        raise InvalidEvidenceError(f"expected more than 0 minutes, got {minutes}")


def _is_detour(length_m: float, direct_m: float, ratio: float, floor_m: float) -> bool:
    return length_m > ratio * direct_m and length_m - direct_m > floor_m


def _pace(length_m: float, minutes: float, mode: Mode) -> Iterator[Flag]:
    limits = _table()
    kmh = length_m / METRES_PER_KM / (minutes / MINUTES_PER_HOUR)
    if kmh > limits[f"fast_{mode}"]:
        yield "fast"
    elif kmh < limits[f"slow_{mode}"] and minutes > limits["slow_floor"]:
        yield "slow"


def _is_straight(length_m: float, direct_m: float, free_m: float, floor_m: float) -> bool:
    """Say whether most of a ride is off the map, or some of one that runs straight to school."""
    limits = _table()
    mostly = free_m > limits["straight_share"] * length_m
    beeline = length_m < limits["straight_ratio"] * direct_m
    return free_m > floor_m and (mostly or beeline)
