"""How many events a change takes to be shown, and how large a change a number of events shows."""

from __future__ import annotations

from math import exp, log

from scipy import optimize, stats

from .errors import GeoError

CONFIDENCE, POWER = 0.95, 0.80
SMALLEST, LARGEST = 1e-9, 30.0


class InvalidShareError(GeoError):
    """A share or a probability that does not lie between 0 and 1."""


def events_needed(fall: float, *, confidence: float = CONFIDENCE, power: float = POWER) -> float:
    """Return how many events must be expected before, for a fall to be shown.

    With n events before and ``θ n`` after, both Poisson, ln θ is estimated with a variance of
    about ``1/n + 1/(θ n)``. It is shown in a share `power` of studies, two-sided, if
    ``n = (z_confidence + z_power)² (1 + 1/θ) / (ln θ)²``. A fall of 30 % takes 150 events, one of
    50 % takes 49. Periods are equally long; what the trend at comparison places adds to the
    variance is left out, so that the truth is rather more.

    Parameters
    ----------
    fall
        1 - θ, more than 0 and less than 1.

    Raises
    ------
    InvalidShareError
        If an argument does not lie between 0 and 1.
    """
    _check(fall)
    return _events(-log(1 - fall), _factor(confidence, power))


def detectable_fall(
    events: float, *, confidence: float = CONFIDENCE, power: float = POWER
) -> float | None:
    """Return the smallest fall that so many expected events show, or None if they show none.

    The inverse of `events_needed`. Below about 16 events there is none, however large: the less
    happens after, the less is known of it.

    Raises
    ------
    InvalidShareError
        If `confidence` or `power` does not lie between 0 and 1.
    """
    factor = _factor(confidence, power)
    fewest = optimize.minimize_scalar(
        _events, args=(factor,), bounds=(SMALLEST, LARGEST), method="bounded"
    )
    if not events >= fewest.fun:
        return None
    log_fall = optimize.brentq(
        lambda at: _events(at, factor) - events, SMALLEST, fewest.x, xtol=1e-12
    )
    return 1 - exp(-log_fall)


def _events(log_fall: float, factor: float) -> float:
    return factor * (1 + exp(log_fall)) / log_fall**2


def _factor(confidence: float, power: float) -> float:
    _check(confidence, power)
    return float(stats.norm.ppf(0.5 + confidence / 2) + stats.norm.ppf(power)) ** 2


def _check(*shares: float) -> None:
    for share in shares:
        if not 0 < share < 1:
            raise InvalidShareError(f"expected a share between 0 and 1, got {share:g}")
