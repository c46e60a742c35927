"""A class that wants a harmless place to look dangerous."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from geo.evidence import Evidence

SPAMMERS = 30
RIDES_PER_WEEK = 5


def with_spammers(evidence: Evidence, place: str, *, count: int = SPAMMERS) -> Evidence:
    """Return the evidence with a class more, whose only vote is 0 for `place`.

    However often one of them sends it, a participant has one vote for a place.
    """
    names = [f"spammer {number}" for number in range(count)]
    said = pd.DataFrame({"participant": names, "place": place})
    visits = said.assign(trips_per_week=RIDES_PER_WEEK)
    ratings = said.assign(rating=0, seconds=np.nan, group="spammers")
    return evidence._replace(
        visits=pd.concat([evidence.visits, visits], ignore_index=True),
        ratings=pd.concat([evidence.ratings, ratings], ignore_index=True),
    )
