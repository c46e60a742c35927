"""The content of a release: its rows, its ranking and its canonical form."""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from api.store.campaigns import Progress
from geo.protection import K_REASONS, K_STAFF, Row, split_is_safe
from geo.summary import Summary, risk_index

from .contributions import Evidence

DIGITS = 8
STATES = ("confirmed", "watch", "unknown")
STATISTICS = (
    "participants", "passages", "ratings", "mean_rating", "danger", "danger_low", "danger_high",
    "reporters", "rate", "rate_low", "rate_high", "expected", "weight", "relative",
    "relative_low", "relative_high", "index", "probability", "state", "avoidable",
    "avoidable_low", "avoidable_high", "top10", "excess",
)  # fmt: skip


@dataclass
class Participation:
    """Who answered at one school."""

    name: str
    from_day: date
    to_day: date = date.min
    titles: list[str] = field(default_factory=list)
    participants: int = 0
    routes: int = 0
    roster: int = 0
    km: float = 0.0
    km_rated: float = 0.0

    def add(self, title: str, from_day: date, to_day: date, roster: int, numbers: Progress) -> None:
        """Add the numbers of one campaign."""
        self.titles.append(title)
        self.from_day = min(self.from_day, from_day)
        self.to_day = max(self.to_day, to_day)
        self.roster += roster
        self.participants += numbers.senders
        self.routes += numbers.routes
        self.km += numbers.km
        self.km_rated += numbers.km_rated

    def public(self) -> Row:
        """Return the numbers, or only the name where fewer than k stand behind them."""
        if self.participants < K_STAFF:
            return {"name": self.name}
        return {
            "name": self.name,
            "titles": self.titles,
            "from_day": self.from_day.isoformat(),
            "to_day": self.to_day.isoformat(),
            "participants": self.participants,
            "routes": self.routes,
            "roster": self.roster,
            "km": round(self.km, 1),
            "km_rated": round(self.km_rated, 1),
        }


def describe(
    summary: Summary,
    evidence: Evidence,
    places: pd.DataFrame,
    participation: Mapping[int, Participation],
) -> dict[str, Row]:
    """Return what each visited place would show if it may be shown."""
    rows: dict[str, Row] = {}
    for place, figures in summary.places.iterrows():
        about = places.loc[place]
        point = about["kind"] == "intersection"
        middle = about.geometry if point else about.geometry.interpolate(0.5, normalized=True)
        whole = int(figures["participants"])
        rows[str(place)] = {
            "id": str(place),
            "kind": about["kind"],
            "type": about["type"],
            "name": about["name"],
            "stress": int(about["stress"]),
            "assumed": float(about["assumed"]),
            "lon": round(middle.x, 6),
            "lat": round(middle.y, 6),
            **{name: _plain(figures[name]) for name in STATISTICS},
            "index_low": _plain(risk_index(figures["relative_low"])),
            "index_high": _plain(risk_index(figures["relative_high"])),
            "reasons": {
                reason: count
                for reason, count in sorted(evidence.reasons.get(str(place), {}).items())
                if count >= K_REASONS
            },
            "schools": {
                str(school): count
                for school, count in sorted(evidence.schools[str(place)].items())
                if school in participation and split_is_safe(count, whole)
            },
        }
    return rows


def rank(rows: Iterable[Row], mode: str) -> list[Row]:
    """Return the rows, best supported and most useful to fix first, each with its rank.

    In risk mode confirmed hotspots come first, then those to watch; within a state the avoidable
    conflicts per school year decide. In perception mode perceived danger decides: nothing is
    claimed.
    """

    def key(row: Row) -> tuple[Any, ...]:
        # Rounded as it is published: below that, the order would hang on the ids of participants.
        useful = _rounded(row["avoidable"] if mode == "risk" else row["danger"])
        state = STATES.index(str(row["state"])) if mode == "risk" else 0
        return (state, -(useful if isinstance(useful, float) else -math.inf), row["id"])

    return [row | {"rank": i} for i, row in enumerate(sorted(rows, key=key), start=1)]


def canonical(content: Mapping[str, object]) -> tuple[bytes, str]:
    """Return the one JSON text of a content and its SHA-256."""
    text = json.dumps(
        _rounded(content),
        sort_keys=True,
        ensure_ascii=False,
        allow_nan=False,
        separators=(",", ":"),
    ).encode()
    return text, hashlib.sha256(text).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, str):
        return value
    if isinstance(value, (int, np.integer)):
        return int(value)
    number = float(value)  # type: ignore[arg-type]
    return None if math.isnan(number) else number


def _rounded(value: object) -> object:
    # Eight digits are more than any figure carries; the last bits differ between processors.
    if isinstance(value, Mapping):
        return {str(key): _rounded(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(inner) for inner in value]
    if isinstance(value, (float, np.floating)):
        number = float(value)
        if math.isnan(number):
            return None
        return float(f"{number:.{DIGITS}g}") if abs(number) < 1 or number % 1 else number
    if isinstance(value, np.integer):
        return int(value)
    return value
