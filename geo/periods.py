"""The evidence of an area before and after a day, on the same network."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from .assessment import at_risk, lacking
from .errors import InvalidEvidenceError
from .evidence import check_evidence, onlookers
from .exposure import expose_evidence
from .merging import merge_types
from .perception import perceive
from .performance import fit_performance
from .risk import exposure_at_risk, update

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from datetime import date

    from .evidence import Evidence
    from .policy import Policy

    Visitors = dict[str, frozenset[Hashable]]


@dataclass(frozen=True)
class Periods:
    """Who answered before a day and who on it or later, and what each of the two said.

    `before` and `after` are what `geo.exposure.expose_evidence` returns.
    """

    evidence: tuple[Evidence, Evidence]
    before: pd.DataFrame
    after: pd.DataFrame
    policy: Policy

    @cached_property
    def types(self) -> pd.Series:
        """The merged type of every place that was visited, the same in both periods."""
        about = ["kind", "type", "stress"]
        visited = pd.concat([self.before[about], self.after[about]])
        visited = visited[~visited.index.duplicated()].sort_index()
        eligible = self.before["eligible"].reindex(visited.index, fill_value=False)
        return merge_types(visited, eligible, self.policy.type_places)

    @cached_property
    def perceived(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Perceived danger before and after, as `geo.perception.perceive` returns it."""
        before, after = (
            perceive(evidence.ratings, self.types, self.policy).places for evidence in self.evidence
        )
        return before, after

    @cached_property
    def missing(self) -> dict[str, tuple[int, int]]:
        """What the period before lacks to tell what is normal for a place (METHOD §3)."""
        return lacking(self.before, self.policy)

    @cached_property
    def conflicts(self) -> pd.DataFrame:
        """The columns of `geo.before_after.compare_periods` for the places visited both times.

        What is normal is told by the safety performance function of the period before. Exposure is
        that at risk at the rates before: what would be reported after, had nothing been done.
        """
        unhurt = perceive(onlookers(self.evidence[0]), self.types, self.policy)
        visited = self.before.assign(
            type=self.types.loc[self.before.index],
            effect=unhurt.standardised(self.before.index),
        )
        before = at_risk(visited, self.policy)
        performance = fit_performance(before, self.policy)
        normal, shape = performance.rate(before), performance.place_shape(before)
        rate = update(before["conflicts"], before["exposure"], normal, shape).mean
        both = self.before.index.intersection(self.after.index)
        after = self.after.loc[both]
        told = pd.DataFrame({
            "before": before["conflicts"],
            "exposure_before": before["exposure"],
            "expected_before": normal * before["exposure"],
            "shape": shape,
            "rate": rate,
        }).loc[both]  # fmt: skip
        return told.assign(
            after=after["reporters"].astype(float),
            exposure_after=exposure_at_risk(
                told["rate"].to_numpy(float),
                after["exposure"].to_numpy(float),
                after["participants"].to_numpy(float),
            ),
        )

    @cached_property
    def eligible(self) -> pd.Index:
        """The places that enough participants passed in either period."""
        before, after = (frame.index[frame["eligible"]] for frame in (self.before, self.after))
        return before.intersection(after)

    @cached_property
    def visitors(self) -> tuple[Visitors, Visitors]:
        """Who passed each place before, and who after."""
        before, after = (_visitors(evidence.visits) for evidence in self.evidence)
        return before, after


def split_at(
    day: date,
    places: pd.DataFrame,
    evidence: Evidence,
    days: Mapping[Hashable, date],
    policy: Policy,
) -> Periods:
    """Return the evidence of those who last answered before `day`, and of all others.

    Parameters
    ----------
    places
        As for `geo.summary.summarise`.
    days
        When each participant last answered.

    Raises
    ------
    InvalidEvidenceError
        If the day of a participant is not known.
    UnknownPlaceError, UnvisitedPlaceError, DuplicateEvidenceError
        If the evidence contradicts itself.
    """
    check_evidence(evidence)
    if not evidence.visits["participant"].isin(days.keys()).all():
        raise InvalidEvidenceError("expected the day on which each participant last answered")
    earlier = {who for who, answered in days.items() if answered < day}
    before = evidence.of(lambda participants: participants.isin(earlier))
    after = evidence.of(lambda participants: ~participants.isin(earlier))
    return Periods(
        (before, after),
        expose_evidence(places, before, policy),
        expose_evidence(places, after, policy),
        policy,
    )


def _visitors(visits: pd.DataFrame) -> Visitors:
    return {
        str(place): frozenset(map(str, own))
        for place, own in visits.groupby("place")["participant"]
    }
