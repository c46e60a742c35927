"""Where a convoy stops: safe intersections, chosen by the line alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .convoy_streets import Line, Streets
    from .policy import Policy


def stop_positions(line: Line, streets: Streets, policy: Policy) -> list[int]:
    """Return before which segments of the line a convoy stops, in riding order.

    The first stop is the first safe intersection. Each next one lies at least
    `policy.convoy_stop_near_m` on, as near as can be to the middle between that and
    `policy.convoy_stop_far_m`; the last at least half the shortest distance before the end. Who
    joins where has no say: else a stop would tell that somebody's street begins there.
    """
    ahead = streets.ahead_m(line)
    end_m = policy.convoy_stop_near_m / 2
    usual = (policy.convoy_stop_near_m + policy.convoy_stop_far_m) / 2
    open_ = [
        i for i, way in enumerate(line)
        if streets.ways[way].start in streets.safe and ahead[i] >= end_m
    ]  # fmt: skip
    stops = open_[:1]
    while stops:
        last = ahead[stops[-1]]
        later = [i for i in open_ if last - ahead[i] >= policy.convoy_stop_near_m]
        if not later:
            break
        stops.append(min(later, key=lambda i: (abs(last - ahead[i] - usual), i)))
    return stops
