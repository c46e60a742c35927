"""The states of a case, and from which of them it may go where: one table."""

from collections.abc import Mapping

OPEN = frozenset({"new", "acknowledged", "investigating", "planned", "in_work"})
"""Somebody must still act."""
CLOSED = frozenset({"done", "declined"})
ENDED = CLOSED | {"merged"}
"""Nobody needs to do more about it."""
_WORK = ("investigating", "planned", "in_work")

TRANSITIONS: Mapping[str, tuple[str, ...]] = {
    "new": ("acknowledged", *_WORK, "done", "declined"),
    "acknowledged": (*_WORK, "done", "declined"),
    "investigating": ("planned", "in_work", "done", "declined"),
    "planned": ("investigating", "in_work", "done", "declined"),
    "in_work": ("investigating", "planned", "done", "declined"),
    # Taken up again, with a reason.
    "done": _WORK,
    "declined": _WORK,
    # Its places live on in the case that it was merged into.
    "merged": (),
}
"""What may follow each state; `merged` is reached by merging alone."""


def may_follow(state: str, after: str) -> bool:
    """Return whether a case may go from the state `after` to `state`."""
    return state in TRANSITIONS[after]


def is_reopening(state: str, after: str) -> bool:
    """Return whether going from `after` to `state` takes up a case again that was closed."""
    return after in CLOSED and state in OPEN
