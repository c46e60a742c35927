"""When a convoy leaves its stops."""

from __future__ import annotations

from datetime import time
from math import floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .convoys import Convoy
    from .policy import Policy

MINUTES_A_DAY = 24 * 60


def minutes_ahead(ahead_m: float, later_stops: int, policy: Policy) -> float:
    """Return how many minutes before its arrival a convoy leaves a stop.

    Parameters
    ----------
    ahead_m
        Metres still to ride.
    later_stops
        At how many stops it still waits.
    """
    riding = ahead_m / (policy.convoy_speed_kmh * 1000 / 60)
    return riding + later_stops * policy.convoy_stop_min


def stop_times(convoy: Convoy, bell: time, margin_min: float) -> list[time]:
    """Return when the convoy leaves each stop, in whole minutes and never too late.

    Parameters
    ----------
    bell
        When lessons begin, on the clock of the school.
    margin_min
        How many minutes before the bell the convoy arrives.
    """
    ring = bell.hour * 60 + bell.minute
    left = [floor(ring - margin_min - stop.minutes) % MINUTES_A_DAY for stop in convoy.stops]
    return [time(minute // 60, minute % 60) for minute in left]
