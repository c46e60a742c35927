"""Section 8 by hand: before and after, and how much it takes to show a change."""

from __future__ import annotations

import json
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from geo.before_after import compare_periods
from geo.change import compare_danger
from geo.power import detectable_fall, events_needed
from geo.risk import prior_weight, update

from .figures import Step, added, code, exact, figure, steps_table, table

if TYPE_CHECKING:
    from .example import Example

HAUER = Path(__file__).parents[2] / "tests" / "geo" / "reference" / "hauer_eb_tutorial.json"
TREATED, COMPARED = 6, 30
SAFER_BY = 0.07
FALLS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
EVENTS = (10, 20, 50, 100, 200, 400)


def hauer() -> dict[str, object]:
    """Return the first example of Hauer's tutorial, step by step."""
    tutorial = json.loads(HAUER.read_text(encoding="utf-8"))
    daily, km, by_km = int(tutorial["ADT"]), tutorial["L_km"], tutorial["phi_per_km"]
    length = exact(km)
    crashes = int(sum(tutorial["ex1"]["observed"]))
    normal, shape = 0.0224 * daily**0.564 * km, by_km * km
    weight = float(prior_weight(normal, shape))
    found = update(crashes, 1, normal, shape)
    mean, spread = float(found.mean), float(found.standard_deviation)
    steps = [
        Step("μ (H)", "crashes a year that are normal: a road of 1.8 km, 4,000 vehicles a day",
             code("0.0224 × {}^0.564 × {}", daily, length), normal),
        Step("φ (H)", "shape, 2.05 per km", code("{} × {}", exact(by_km), length), shape),
        Step("w (H)", "weight of what is normal", code("1 / (1 + {} / {})", normal, shape), weight),
        Step("λ (H)", "crashes a year, given the 12 of one year",
             code("{} × {} + (1 − {}) × {}", weight, normal, weight, crashes), mean),
        Step("λ/km (H)", "per km and year", code("{} / {}", mean, length), mean / km),
        Step("sd/km (H)", "its standard deviation", code("√((1 − {}) × {}) / {}", weight, mean,
                                                      length),
             spread / km),
    ]  # fmt: skip
    return {
        "hauer": steps_table(steps),
        "hauer_normal": normal,
        "hauer_printed": tutorial["ex1"]["printed"].split(" acc")[0].replace("+/-", "±"),
    }


def before_after(example: Example) -> dict[str, object]:
    """Return a study of the first places of the list, with invented numbers after."""
    treated, comparison = _study(example)
    found = compare_periods(treated, comparison)
    weight = prior_weight(treated["expected_before"], treated["shape"])
    expected = update(treated["before"], 1, treated["expected_before"], treated["shape"]).mean
    lines = [
        (example.network.places.loc[place, "name"], int(line["before"]), line["expected_before"],
         float(own), float(estimate), int(line["after"]))
        for (place, line), own, estimate in zip(
            treated.iterrows(), weight, expected, strict=True)
    ]  # fmt: skip
    columns = ("treated place", "before", "normal", "weight of it", "κ", "after (invented)")
    trend, expected_after = found.trend, found.expected_after
    relative = (found.expected_sd / expected_after) ** 2
    own_variance = expected * (1 - weight)
    margin = (found.high - found.low) / 200 / found.effect_sd
    events = int(trend.before)
    steps = [
        Step("Σκ", "conflicts before without their luck", added((one,) for one in expected),
             found.normal_before),
        Step("r", "trend: after over before at the others", code("{} / {} / (1 + 1 / {})",
             int(trend.after), events, events), trend.ratio),
        Step("Var r", "its variance", code("{}^2 × (1 / {} + 1 / {})", trend.ratio, events,
             int(trend.after)), trend.variance),
        Step("π", "expected after, had nothing been built",
             code("{} × {}", trend.ratio, found.normal_before), expected_after),
        Step("Σκ(1−w)", "variance of Σκ",
             added((k, 1 - one) for k, one in zip(expected, weight, strict=True)),
             float(own_variance.sum())),
        Step("Var π", "variance of π",
             code("{}^2 × {} + {}^2 × {}", trend.ratio, float(own_variance.sum()),
                  found.normal_before, trend.variance), found.expected_sd**2),
        Step("v (π)", "its relative variance",
             code("{} / {}^2", found.expected_sd**2, expected_after), relative),
        Step("θ", "what remained of the conflicts",
             code("{} / {} / (1 + {})", int(found.after), expected_after, relative),
             found.effect),
        Step("sd θ", "its standard deviation",
             code("{} × √(1 / {} + {}) / (1 + {})", found.effect, int(found.after), relative,
                  relative), found.effect_sd),
        Step("change", "per cent fewer conflicts", code("100 × (1 − {})", found.effect),
             found.change),
        Step("change low", "lower end of the 95 % interval",
             code("100 × (1 − {} − {} × {})", found.effect, margin, found.effect_sd), found.low),
        Step("change high", "upper end",
             code("100 × (1 − {} + {} × {})", found.effect, margin, found.effect_sd), found.high),
        Step("chance", "probability of so few if nothing was changed",
             code("BETA.DIST({} / ({} + {}); {}^2 / {}; {} + 1)", expected_after,
                  expected_after, found.expected_sd**2, expected_after, found.expected_sd**2,
                  int(found.after)),
             found.chance),
    ]  # fmt: skip
    naive = 100 * (1 - found.after / found.before)
    return {
        "study": table(columns, lines),
        "study_steps": steps_table(steps),
        "study_found": found,
        "naive": figure(naive, 2),
        "detectable": _detectable(found.detectable),
        "compared": len(comparison),
    }


def _detectable(fall: float | None) -> str:
    if fall is None:
        return "no fall, however large, would be"
    return f"only a fall of {100 * fall:.0f} % or more would be"


def _study(example: Example) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the places treated and compared with; what happened after is an assumption."""
    found = example.summary.places
    listed = found.sort_values("avoidable", ascending=False, kind="stable")
    listed = listed[
        (example.network.places.loc[listed.index, "kind"] == "intersection")
        & (listed["reporters"] > 0)
        & listed["avoidable"].notna()
    ]
    shape = float(example.summary.parameters["normal_shape"]["intersection"])
    places = pd.DataFrame({
        "before": listed["reporters"].astype(float),
        "exposure_before": listed["exposure"],
        "exposure_after": listed["exposure"],
        "expected_before": listed["normal"] * listed["at_risk"],
        "shape": shape,
    })  # fmt: skip
    # In the order of the study, which is that of the ids.
    treated = places.head(TREATED).sort_index()
    others = places.iloc[TREATED : TREATED + COMPARED]
    return treated.assign(after=np.ceil(treated["before"] / 2)), others.assign(
        after=others["before"]
    )


def ratings(example: Example) -> dict[str, object]:
    """Return what a fall of perceived danger at the place would be called."""
    row = example.row
    policy, margin = example.policy, stats.norm.ppf(0.5 + example.policy.interval / 2)
    error = (row["danger_high"] - row["danger_low"]) / 2 / margin
    before = pd.DataFrame(
        {"danger": [row["danger"]], "standard_error": [error]}, index=[example.place]
    )
    after = before.assign(danger=before["danger"] - SAFER_BY)
    found = compare_danger(
        before, after, draws=policy.draws, interval=policy.interval,
        probability=policy.change_probability, least=policy.change_least,
    ).loc[example.place]  # fmt: skip
    spread = sqrt(2) * error
    return {"rating_change": found, "rating_spread": figure(spread, 3), "safer_by": SAFER_BY}


def power() -> dict[str, object]:
    """Return how many events show a fall, and which fall a number of events shows."""
    needed = table(
        ("fall to be shown", *(f"{100 * fall:.0f} %" for fall in FALLS)),
        [("events expected before", *(round(events_needed(fall)) for fall in FALLS))],
    )
    falls = [detectable_fall(events) for events in EVENTS]
    shown = table(
        ("events expected before", *EVENTS),
        [("smallest fall shown", *("none" if fall is None else f"{100 * fall:.0f} %"
                                   for fall in falls))],
    )  # fmt: skip
    return {"needed": needed, "shown": shown}
