"""Whether official crashes became fewer where something was done, by the years of the files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from .effect_rows import not_enough, study_row
from .merging import merge_types
from .official import INJURIES
from .performance import fit_performance

if TYPE_CHECKING:
    from collections.abc import Collection

    from .policy import Policy
    from .protection import Row


@dataclass(frozen=True)
class CrashYears:
    """The years of official files before and after that of a measure, which itself is left out.

    Nothing of it comes from students: what is normal hangs on type, stress and length, each year
    counts the same for every place, whether anybody rides there or not.

    `places` as for `geo.summary.summarise`; `crashes` has `place` (missing: not located), `year`,
    `severity` and `bicycle`.
    """

    done_in: int
    places: pd.DataFrame
    crashes: pd.DataFrame
    policy: Policy

    def row(self, treated: Collection[str], untouched: pd.Index) -> Row:
        """Return what the crashes say about a measure, as `geo.effect_rows.study_row` does.

        Parameters
        ----------
        treated
            Places of the network where it was taken, at least one.
        untouched
            Places at which no measure was ever taken. Of these, places of the same kinds that had
            a crash in either period are compared with.

        Returns
        -------
        row
            With `years_before` and `years_after`: the first, the last and how many years the
            files tell of.
        """
        if self._missing:
            return not_enough(self._missing)
        kinds = self.places.loc[list(treated), "kind"].unique()
        like = untouched[self.places.loc[untouched, "kind"].isin(kinds)]
        happened = self._counts.loc[like, ["before", "after"]].sum(axis=1) > 0
        study = self._counts.join(self._normal).loc[sorted(treated)]
        return study_row(study, self._counts.loc[like[happened]]) | {
            f"years_{period}": [years[0], years[-1], len(years)]
            for period, years in self._years.items()
        }

    @cached_property
    def _years(self) -> dict[str, list[int]]:
        years = sorted({int(year) for year in self.crashes["year"]})
        return {
            "before": [year for year in years if year < self.done_in],
            "after": [year for year in years if year > self.done_in],
        }

    @cached_property
    def _located(self) -> pd.DataFrame:
        crashes = self.crashes
        riding = crashes["bicycle"].eq(True) & crashes["severity"].isin(INJURIES)  # noqa: FBT003
        other_year = crashes["year"] != self.done_in
        return crashes[riding & other_year & crashes["place"].isin(self.places.index)]

    @cached_property
    def _missing(self) -> dict[str, tuple[int, int]]:
        enough = {f"years_{period}": (len(years), 1) for period, years in self._years.items()}
        enough["crashes"] = len(self._located), self.policy.min_crashes
        return {what: (there, needed) for what, (there, needed) in enough.items() if there < needed}

    @cached_property
    def _counts(self) -> pd.DataFrame:
        place, year = self._located["place"], self._located["year"]
        counted = {
            period: place[year.isin(years)].value_counts() for period, years in self._years.items()
        }
        lengths = {f"exposure_{period}": float(len(years)) for period, years in self._years.items()}
        return pd.DataFrame(counted).reindex(self.places.index).fillna(0.0).assign(**lengths)

    @cached_property
    def _normal(self) -> pd.DataFrame:
        """Return the crashes that are normal for each place before, and the shape of its rate."""
        places, policy = self.places, self.policy
        length_km = places["length_m"].clip(lower=policy.shortest_m) / 1000
        length_km = length_km.where(places["kind"] == "segment", 1.0)
        every = pd.Series(data=True, index=places.index)
        about = pd.DataFrame(places[["kind", "stress"]]).assign(
            type=merge_types(places, every, policy.type_places),
            length_km=length_km,
            effect=0.0,
            conflicts=self._counts["before"],
            exposure=length_km * self._counts["exposure_before"],
        )
        about = about.sort_index()  # sums of floats depend on their order
        performance = fit_performance(about, policy)
        return pd.DataFrame(
            {
                "expected_before": performance.rate(about) * about["exposure"],
                "shape": performance.place_shape(about),
            },
            index=about.index,
        )
