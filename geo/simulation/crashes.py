"""Official crashes of a simulated town: few, and only loosely where students report conflicts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .danger import distance

CRASHES = 45
"""Expected number in the years of the file: barely enough to count at all."""
DISAGREEMENT_SD = 0.55  # METHOD 4: of the logarithm, between crashes and conflicts of a place
OTHER_CYCLISTS = {"primary": 3.0, "secondary": 3.0, "tertiary": 2.0}
FLOW_OF_OTHERS = 0.3
SEVERITY_SHARES = {"slight": 0.78, "serious": 0.19, "fatal": 0.03}


def crash_records(truth: pd.DataFrame, generator: np.random.Generator) -> pd.DataFrame:
    """Return crashes as `geo.official` reads them: `place`, `severity`, `bicycle`.

    They fall on all cyclists, of whom students are a part, in proportion to the true conflict
    rate times a factor of their own.

    Parameters
    ----------
    truth
        `kind`, `type`, `length_m`, `rate` and `exposure` (of the students) by place id.
    generator
        Source of chance.
    """
    road = truth["type"].str.split("/").str[0]
    usual = truth["exposure"].sum() / len(truth)
    others = FLOW_OF_OTHERS * usual * road.map(OTHER_CYCLISTS).fillna(1.0)
    flow = truth["exposure"] + others * distance(truth)
    own = np.exp(DISAGREEMENT_SD * generator.standard_normal(len(truth)))
    expected = truth["rate"].to_numpy(float) * flow.to_numpy(float) * own
    counts = generator.poisson(CRASHES * expected / expected.sum())
    places = np.repeat(truth.index.to_numpy(), counts)
    shares = np.array(list(SEVERITY_SHARES.values()))
    severity = generator.choice(list(SEVERITY_SHARES), size=len(places), p=shares / shares.sum())
    return pd.DataFrame({"place": places, "severity": severity, "bicycle": True}).astype(
        {"place": object, "severity": object, "bicycle": object}
    )
