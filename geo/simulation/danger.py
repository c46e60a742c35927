"""The true danger of every place of a simulated town, and how dangerous it feels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import special

from geo.crs import to_metres

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# Conflicts per 1,000 passages of an intersection, and per 1,000 km on segments.
BASE_RATE = {"intersection": 0.6, "segment": 1.5}
STRESS_EFFECT = 0.3
TYPE_EFFECTS = {
    "roundabout": 0.3, "uncontrolled": 0.2, "signalised": 0.0, "path": -0.6,
    "primary": 0.3, "secondary": 0.3, "tertiary": 0.2, "track": -0.3, "lane": -0.1,
}  # fmt: skip
PLACE_SHAPE = 1.5
PATTERN_M = 400.0  # how far dangerous surroundings reach
PATTERN_SHARE = 0.4

MEAN_DANGER, PLACE_SD = 0.35, 0.17
TRUTH_IN_PERCEPTION = 0.6  # correlation of felt danger with the logarithm of the true one


def true_danger(
    places: gpd.GeoDataFrame,
    generator: np.random.Generator,
    *,
    pattern_share: float = PATTERN_SHARE,
) -> pd.DataFrame:
    """Return the true conflict `rate`, the one `normal` for its type, and the felt `danger`.

    Parameters
    ----------
    places
        Geometries with `kind`, `type`, `stress` and `length_m`, indexed by place id.
    generator
        Source of chance.
    pattern_share
        How much of a place's danger its surroundings share; with 0 there are no clusters.
    """
    where = to_metres(places).geometry.centroid
    pattern = _pattern(np.column_stack([where.x, where.y]), generator)
    own = generator.standard_normal(len(places))
    latent = np.sqrt(pattern_share) * pattern + np.sqrt(1 - pattern_share) * own
    place_effect = special.gammaincinv(PLACE_SHAPE, special.ndtr(latent)) / PLACE_SHAPE

    by_type = (
        places["type"]
        .str.split("/")
        .map(lambda parts: sum(TYPE_EFFECTS.get(part, 0.0) for part in parts))
    )
    normal = np.exp(by_type + STRESS_EFFECT * (places["stress"] - 2))
    normal = places["kind"].map(BASE_RATE) * normal
    rate = normal * place_effect
    log_rate = np.log(rate)
    by_kind = log_rate.groupby(places["kind"])
    score = (log_rate - by_kind.transform("mean")) / by_kind.transform("std").fillna(1.0)
    felt = TRUTH_IN_PERCEPTION * score + np.sqrt(
        1 - TRUTH_IN_PERCEPTION**2
    ) * generator.standard_normal(len(places))
    truth = pd.DataFrame(places[["kind", "type", "stress", "length_m"]])
    danger = np.clip(MEAN_DANGER + PLACE_SD * felt, 0, 1)
    return truth.assign(rate=rate, normal=normal, danger=danger)


def distance(places: pd.DataFrame) -> Floats:
    """Return what one passage counts: kilometres on segments, 1 at intersections."""
    length_km = places["length_m"] / 1000
    return np.asarray(length_km.where(places["kind"] == "segment", 1.0), dtype=float)


def _pattern(points: Floats, generator: np.random.Generator) -> Floats:
    """Return a smooth random surface over the town, of mean 0 and variance 1 (random waves)."""
    waves = 64
    direction = generator.standard_normal((2, waves)) / PATTERN_M
    phase = generator.uniform(0, 2 * np.pi, waves)
    return np.asarray(np.sqrt(2 / waves) * np.cos(points @ direction + phase).sum(axis=1))
