"""The rules under which a cell of a release may appear or change: the k-rules."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

K_STAFF = 5
"""R2: distinct participants behind every cell that staff see."""
K_CHANGE = 10
"""R4: distinct participants behind every change of a cell.

With five, comparing releases finds 2.5 points more homes than chance, with ten 1.5."""
K_REASONS = 5
"""R3: a reason is named only if at least this many gave it."""
BATCH = 20
"""R5: new participants that a release needs."""

Row = dict[str, object]
Person = TypeVar("Person", bound="Hashable")


@dataclass(frozen=True)
class Cells:
    """Published cells by place, and who stood behind each when it last changed."""

    rows: dict[str, Row]
    people: dict[str, frozenset[Hashable]]


def protect(
    rows: Mapping[str, Row],
    people: Mapping[str, frozenset[Hashable]],
    before: Cells,
    *,
    k: int = K_STAFF,
    change: int = K_CHANGE,
) -> Cells:
    """Return the cells that may be published now, given those of the release before.

    A cell appears with `k` participants or more (R2). Once published, it changes or vanishes only
    if at least `change` participants were added to it or removed from it since it last changed
    (R4): until then the old row stands, so that no difference of two releases speaks of fewer.

    Parameters
    ----------
    rows
        What each place would show now.
    people
        Who passes each place now; a place without an entry has nobody.
    before
        The cells of the newest release.
    """
    shown: dict[str, Row] = {}
    behind: dict[str, frozenset[Hashable]] = {}
    for place in sorted(rows.keys() | before.rows.keys()):
        now = people.get(place, frozenset())
        then = before.people.get(place)
        if then is not None and len(now ^ then) < change:
            shown[place], behind[place] = before.rows[place], then
        elif len(now) >= k and place in rows:
            shown[place], behind[place] = rows[place], now
    return Cells(shown, behind)


def hold_back(
    new: Mapping[Person, Hashable],
    *,
    closing: Hashable | None = None,
    least: int = K_CHANGE,
) -> frozenset[Person]:
    """Return the new participants whom the next release must not count yet.

    Whoever knows all of one class, because its 25 are strangers of theirs, can subtract it: beside
    the largest class in a batch, or the one that is being closed, there must be none or `least`.

    Parameters
    ----------
    new
        The class of each participant of the area whom no release has counted yet.
    closing
        The class that is being closed, if one is.
    """
    sizes = Counter(new.values())
    if not sizes:
        return frozenset()
    known = closing if closing is not None else max(sizes, key=lambda one: (sizes[one], str(one)))
    others = frozenset(one for one, its in new.items() if its != known)
    return others if len(others) < least else frozenset()


def may_release(new: int, *, closing: int | None = None, batch: int = BATCH) -> bool:
    """Return whether a release may be made (R5).

    Parameters
    ----------
    new
        Participants of the area whom no release has counted yet and none holds back.
    closing
        Participants of the campaign that is being closed, if one is.
    """
    return new >= batch or (closing is not None and closing >= batch)


def split_is_safe(part: int, whole: int, *, k: int = K_STAFF) -> bool:
    """Return whether a part and its whole may both be shown (R6): the rest is empty or ≥ `k`."""
    return part >= k and (whole == part or whole - part >= k)
