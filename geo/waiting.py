"""How long it takes until something happens, of those to whom it has not happened yet as well."""

from collections.abc import Sequence


def median_wait(days: Sequence[int], ended: Sequence[bool]) -> int | None:
    """Return after how many days it has happened to half of them, None if it has not yet.

    The median of the Kaplan-Meier estimate: who still waits counts as long as the wait is known.
    The median of those alone to whom it has happened would be the shorter, the more still wait.

    Parameters
    ----------
    days
        (n,) how long each has waited, up to now or until it ended.
    ended
        (n,) whether it has happened; else the wait goes on.

    References
    ----------
    Kaplan and Meier (1958), JASA 53(282), 457-481, doi:10.2307/2281868.
    """
    waiting = 1.0
    for day in sorted({day for day, done in zip(days, ended, strict=True) if done}):
        at_risk = sum(one >= day for one in days)
        happened = sum(one == day and done for one, done in zip(days, ended, strict=True))
        waiting *= 1 - happened / at_risk
        if waiting <= 0.5 + 1e-9:
            return day
    return None
