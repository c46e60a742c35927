"""School years of counts alone: as many as it takes to tell one rule of releases from another.

The rules are those of `geo.protection`; of a row there is only how many pass. A whole year takes
a second, so that a difference of a percentage point can be seen.
"""

from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd

from geo.protection import K_CHANGE, Cells, Row, protect
from tests.privacy.suspects import Suspects

Release = dict[str, Any]
People = dict[str, frozenset[Any]]


class CountedYear:
    """Students of one school who come, move and go, and what is told of how many pass where."""

    def __init__(self, suspects: Suspects, places: pd.Index, seed: int) -> None:
        self.suspects, self.places = suspects, places
        self.generator = np.random.default_rng(seed)
        self.people: dict[str, set[int]] = defaultdict(set)
        self.rides: list[dict[str, int]] = []
        self.sent: list[int] = []
        self.releases: list[Release] = []
        self.cells = Cells({}, {})

    def come(self) -> None:
        """Let somebody send a ride."""
        chance = self.suspects.chance
        home = int(self.generator.choice(len(self.suspects.prior), p=self.suspects.sending))
        own = slice(*chance.indptr[home : home + 2])
        share = chance.data[own] / chance.data[own].sum()
        self.sent.append(int(self.generator.choice(chance.indices[own], p=share)))
        for place in self._passed(len(self.rides)):
            self.people[place].add(len(self.rides))
        self.rides.append({"school": 0, "home": home, "came": len(self.releases) + 1, "went": 0})

    def go(self, ride: int) -> None:
        """Take a ride out."""
        for place in self._passed(ride):
            self.people[place].discard(ride)
        self.rides[ride]["went"] = len(self.releases) + 1

    def publish(self, change: int) -> None:
        """Make a release."""
        people: People = {place: frozenset(those) for place, those in self.people.items()}
        # Who they are makes a row differ whenever somebody came or went, as other columns do.
        rows: dict[str, Row] = {
            place: {"participants": len(those), "who": those} for place, those in people.items()
        }
        self.cells = protect(rows, people, self.cells, change=change)
        told = [{"id": place, "schools": {}, **row} for place, row in self.cells.rows.items()]
        self.releases.append({"places": told})

    def _passed(self, ride: int) -> list[str]:
        return list(self.places[self.suspects.stored[[self.sent[ride]]].indices])


def counted_year(
    suspects: Suspects,
    places: pd.Index,
    *,
    seed: int,
    change: int = K_CHANGE,
    releases: int = 12,
    batch: int = 20,
    leaving: int = 2,
) -> tuple[pd.DataFrame, list[Release]]:
    """Return the rides of a year and its releases, each as early as R5 allows.

    Of those who came earlier `leaving` go before each release; half of them come anew from
    another home.
    """
    year = CountedYear(suspects, places, seed)
    for _ in range(releases):
        staying = [number for number, one in enumerate(year.rides) if not one["went"]]
        if staying:
            for ride in year.generator.choice(staying, leaving, replace=False):
                year.go(int(ride))
            for _ in range(leaving // 2):
                year.come()
        for _ in range(batch):
            year.come()
        year.publish(change)
    homes = pd.DataFrame(year.rides)
    return homes.assign(went=homes["went"].where(homes["went"] > 0, releases + 1)), year.releases
