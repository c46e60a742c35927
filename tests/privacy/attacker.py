"""What an attacker reads in releases, what guess follows, and whether it finds the home."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from api.services.release_content import K_PUBLIC
from geo.protection import K_CHANGE, K_STAFF, Cells, protect
from tests.privacy.hostile import COVERING
from tests.privacy.projection import Seen
from tests.privacy.suspects import Suspects

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
SURE = np.log(999.0)
"""Log odds of what is certain: the attacker allows one in a thousand for a way not thought of."""
FOLLOWING = ("rank", "rank_danger", "cluster")
"""What of a row follows from other rows and changes with them."""


def seen(
    releases: Sequence[Mapping[str, Any]],
    places: pd.Index,
    schools: Sequence[int] = (),
    *,
    anybody: bool = False,
    change: int = K_CHANGE,
) -> list[Seen]:
    """Return what releases tell of how many pass each place: in all, and of each school.

    A row that differs from the one before in any column tells the number that is true now. What
    `anybody` sees is the rows that may leave the staff room; their numbers are rounded there, but
    this attacker gets them as they are.
    """
    number = {place: column for column, place in enumerate(places)}
    shape = (1 + len(schools), len(releases) + 1, len(places))
    updated, counts = np.zeros(shape, dtype=bool), np.zeros(shape)
    updated[:, 0] = True
    before: dict[str, dict[str, Any]] = {}
    for time, release in enumerate(releases, start=1):
        rows = {
            row["id"]: {name: value for name, value in row.items() if name not in FOLLOWING}
            for row in release["places"]
            if not anybody or (row["participants"] >= K_PUBLIC and row["several_classes"])
        }
        for place, row in rows.items():
            if row != before.get(place):
                at = number[place]
                updated[0, time, at], counts[0, time, at] = True, row["participants"]
                for scope, school in enumerate(schools, start=1):
                    if str(school) in row["schools"]:
                        updated[scope, time, at] = True
                        counts[scope, time, at] = row["schools"][str(school)]
        before = rows
    hidden = 0 if anybody else K_STAFF
    whole = Seen(updated[0], counts[0], hidden, change)
    parts = (
        Seen(updated[scope], counts[scope], 0, 0, scope - 1) for scope in range(1, 1 + len(schools))
    )
    return [whole, *parts]


def seen_besieged(
    releases: Sequence[Mapping[str, Any]],
    places: pd.Index,
    schools: Sequence[int],
    *,
    anybody: bool = False,
) -> list[Seen]:
    """Return what releases tell of the students beside the hostile class.

    The class knows how many of its own it sent everywhere, and subtracts them. It belongs to the
    first school.
    """
    shown = seen(releases, places, schools, anybody=anybody)
    return [
        replace(one, counts=np.maximum(one.counts - COVERING, 0)) if one.of in {None, 0} else one
        for one in shown
    ]


@dataclass(frozen=True)
class Live:
    """Counts that were published after every single participant, and where each one lives."""

    homes: NDArray[np.int_]
    evidence: Floats
    """(participants, places): log odds that one passes a place, from the counts around it."""


def live(suspects: Suspects, places: pd.Index, *, k: int, seed: int, participants: int) -> Live:
    """Return what is seen where counts follow every participant, from `k` on (R2 alone).

    This is what the rules about batches and changes are there to prevent; no release is like it.
    """
    generator = np.random.default_rng(seed)
    homes = generator.choice(len(suspects.prior), participants, p=suspects.sending)
    people: dict[str, frozenset[int]] = {}
    before = np.zeros(len(places))
    evidence = []
    for who, home in enumerate(homes):
        chance = suspects.chance[[home]].toarray().ravel()
        sent = int(generator.choice(len(chance), p=chance / chance.sum()))
        for place in places[suspects.stored[[sent]].indices]:
            people[place] = people.get(place, frozenset()) | {who}
        rows = {place: {"participants": len(those)} for place, those in people.items()}
        cells = protect(rows, people, Cells({}, {}), k=k)
        now = np.array([cells.rows.get(place, {"participants": 0})["participants"]
                        for place in places], dtype=float)  # fmt: skip
        hidden = now < k if k > 1 else np.zeros(len(places), dtype=bool)
        evidence.append(np.where(now > before, SURE, np.where(hidden, 0.0, -SURE)))
        before = now
    return Live(homes, np.array(evidence))


def posterior(suspects: Suspects, evidence: Floats) -> Floats:
    """Return (targets, addresses) how likely each target lives at each address.

    Parameters
    ----------
    evidence
        (targets, places) log odds that the target passes each place.
    """
    score = suspects.stored @ evidence.T
    likely = suspects.prior[:, None] * (suspects.chance @ np.exp(score - score.max(axis=0)))
    return np.asarray((likely / likely.sum(axis=0)).T)


def hits(suspects: Suspects, likely: Floats, homes: NDArray[np.int_], metres: float) -> Bools:
    """Return whether the best guess lies within so many metres of each home.

    The best guess is the address around which most of the probability lies.
    """
    guesses = (suspects.within(metres) @ likely.T).argmax(axis=0)
    away = np.linalg.norm(suspects.xy[guesses] - suspects.xy[homes], axis=1)
    return np.asarray(away <= metres)


@dataclass(frozen=True)
class Found:
    """How many homes were found, by the releases and by what was known before them.

    `both` by each of the two guesses, `only` by that of the releases, `blind` by the other alone.
    """

    targets: int
    both: int
    only: int
    blind: int

    def __add__(self, other: "Found") -> "Found":
        return Found(
            self.targets + other.targets, self.both + other.both, self.only + other.only,
            self.blind + other.blind,
        )  # fmt: skip

    @property
    def share(self) -> float:
        """The share of homes found, in per cent."""
        return 100 * (self.both + self.only) / self.targets

    @property
    def chance(self) -> float:
        """The share that the same guess finds without any release, in per cent."""
        return 100 * (self.both + self.blind) / self.targets

    @property
    def gain(self) -> float:
        """What the releases add, in percentage points."""
        return self.share - self.chance

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the gain, paired over targets.

        Agresti and Min (2005), Statistics in Medicine 24(5), 729-740, doi:10.1002/sim.1781: half a
        target is added to each cell of the table.
        """
        whole, only, blind = self.targets + 2, self.only + 0.5, self.blind + 0.5
        middle = (only - blind) / whole
        error = np.sqrt(((only + blind) / whole - middle**2) / whole)
        reach = stats.norm.ppf(0.975) * error
        return 100 * max(middle - reach, -1.0), 100 * min(middle + reach, 1.0)

    def __str__(self) -> str:
        low, high = self.interval
        return (
            f"{self.share:.1f} % (chance {self.chance:.1f} %): {self.gain:+.1f} points, "
            f"95 % {low:+.1f} to {high:+.1f}, n = {self.targets}"
        )


def compare(suspects: Suspects, likely: Floats, homes: NDArray[np.int_], metres: float) -> Found:
    """Return how often the best guesses find the homes, beside the best guess without releases."""
    informed = hits(suspects, likely, homes, metres)
    blind = hits(suspects, suspects.sending[None, :], homes, metres)
    return Found(
        len(homes), int((informed & blind).sum()), int((informed & ~blind).sum()),
        int((~informed & blind).sum()),
    )  # fmt: skip
