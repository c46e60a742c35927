"""The settings a town may argue about, each with its unit and source in `tables/policy.csv`."""

from __future__ import annotations

import csv
from dataclasses import dataclass, fields
from importlib import resources
from typing import Any


@dataclass(frozen=True)
class Policy:
    """Every policy setting of the method; the table beside this module says where each is from."""

    school_weeks: float
    shortest_m: float
    lazy_values: int
    lazy_ratings: int
    lazy_seconds: float
    lazy_weight: float
    group_share: float
    interval: float
    type_places: int
    eligible_participants: int
    min_conflicts: int
    min_eligible: int
    slope_sd: float
    shape_median: float
    shape_log_sd: float
    relative_threshold: float
    false_share: float
    confirmed_reporters: int
    watch_probability: float
    watch_reporters: int
    calm_stress: int
    draws: int
    top: int
    min_crashes: int
    crash_log_sd: float
    slight_weight: float
    serious_weight: float
    fatal_weight: float
    cluster_radius_m: float
    cluster_join_m: float
    cluster_permutations: int
    cluster_false: float
    change_least: float
    change_probability: float
    convoy_share: float
    convoy_least_m: float
    convoy_near_m: float
    convoy_stop_near_m: float
    convoy_stop_far_m: float
    convoy_speed_kmh: float
    convoy_stop_min: float
    convoy_riders: int
    meter_junction_m: float
    meter_known: float
    meter_ratings: int
    meter_dependence: float


def policy_table() -> list[dict[str, str]]:
    """Return the rows of the table (name, value, unit, source), as a report prints them."""
    text = resources.files("geo").joinpath("tables", "policy.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def load_policy() -> Policy:
    """Return the settings this version of the software was released with."""
    written = {row["name"]: row["value"] for row in policy_table()}
    values: dict[str, Any] = {
        field.name: int(written[field.name]) if field.type == "int" else float(written[field.name])
        for field in fields(Policy)
    }
    return Policy(**values)
