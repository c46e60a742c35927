"""What a release is computed from: visits, ratings, incidents and official crashes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from .errors import DuplicateEvidenceError, InvalidEvidenceError, UnvisitedPlaceError

if TYPE_CHECKING:
    from collections.abc import Callable

INCIDENTS = ("near_miss", "fall")
PAIR = ["participant", "place"]


class Evidence(NamedTuple):
    """The frames that `geo.summary.summarise` reads.

    `visits` as for `geo.exposure.expose`. `ratings`: `participant`, `place`, `rating` (0 unsafe to
    10 safe), `seconds` (NaN: not measured) and perhaps `group`, the class of the participant; at
    most one row per participant and place, only for visited places. `incidents`: `participant`,
    `place`, `what` (one of `INCIDENTS`), only for visited places. `crashes`: `place`, `severity`,
    `bicycle`; None where no official file was imported.
    """

    visits: pd.DataFrame
    ratings: pd.DataFrame
    incidents: pd.DataFrame
    crashes: pd.DataFrame | None = None

    def of(self, chosen: Callable[[pd.Series], pd.Series]) -> Evidence:
        """Return the evidence of those participants for whom `chosen` is true."""
        return self._replace(
            visits=self.visits[chosen(self.visits["participant"])],
            ratings=self.ratings[chosen(self.ratings["participant"])],
            incidents=self.incidents[chosen(self.incidents["participant"])],
        )


def check_evidence(evidence: Evidence) -> None:
    """Refuse evidence that contradicts itself.

    Raises
    ------
    DuplicateEvidenceError, InvalidEvidenceError, UnvisitedPlaceError
        If a participant rated a place twice or one that was not passed, or a value is none.
    """
    visits, ratings, incidents, _ = evidence
    if ratings.duplicated(PAIR).any():
        raise DuplicateEvidenceError("expected one rating per participant and place")
    if not ratings["rating"].between(0, 10).all():
        raise InvalidEvidenceError("ratings must lie between 0 and 10")
    if not incidents["what"].isin(INCIDENTS).all():
        raise InvalidEvidenceError(f"an incident must be one of {', '.join(INCIDENTS)}")
    visited = pd.MultiIndex.from_frame(visits[PAIR])
    for frame in (ratings, incidents):
        if not pd.MultiIndex.from_frame(frame[PAIR]).isin(visited).all():
            # Which place stays unsaid: messages end in logs.
            raise UnvisitedPlaceError("expected a visit for every rating and incident")


def reporters(evidence: Evidence) -> pd.Series:
    """Return how many distinct participants had a near miss or fell, by place."""
    return evidence.incidents.drop_duplicates(PAIR).groupby("place").size()


def onlookers(evidence: Evidence) -> pd.DataFrame:
    """Return the ratings of places at which the rater reported no conflict.

    A near miss lowers the rating of whoever had it. Where perceived danger predicts conflicts,
    such a rating would count the same event twice (decision 5).
    """
    reported = pd.MultiIndex.from_frame(evidence.incidents[PAIR])
    return evidence.ratings[~pd.MultiIndex.from_frame(evidence.ratings[PAIR]).isin(reported)]
