"""The content of a release: its rows, its ranking and its canonical form."""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from api.store.models import Campaign, Route
from geo.assessment import risk_index
from geo.exposure import DIRECTIONS, PARTS_OF_DAY
from geo.protection import K_REASONS, K_STAFF, Row, split_is_safe
from geo.summary import Summary
from geo.surroundings import Surroundings

from .contributions import Gathered

DIGITS = 8
K_PUBLIC = 10
"""R2: distinct participants behind what students and the public see."""
STATES = ("confirmed", "watch", "unknown")
STATISTICS = (
    "participants", "passages", "exposure", "ratings", "mean_rating", "danger", "danger_low",
    "danger_high", "reporters", "at_risk", "rate", "rate_low", "rate_high", "expected", "weight",
    "relative", "relative_low", "relative_high", "index", "probability", "state", "yearly",
    "yearly_low", "yearly_high", "avoidable", "avoidable_low", "avoidable_high", "top10",
    "normal", "excess", "excess_low", "excess_high", "evidence", "crashes", "crashes_ksi",
    "crashes_slight", "crash_share",
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

    def add(self, campaign: Campaign, routes: Sequence[Route]) -> None:
        """Add one campaign and the routes of it that count."""
        self.titles.append(campaign.title)
        self.from_day = min(self.from_day, campaign.from_day)
        self.to_day = max(self.to_day, campaign.to_day)
        self.roster += campaign.roster
        self.participants += len({route.participant_id for route in routes})
        self.routes += len(routes)
        self.km += sum(route.metres for route in routes) / 1000
        self.km_rated += sum(route.metres_rated for route in routes) / 1000

    @property
    def expansion(self) -> float:
        """How many of those who were invited stand behind each participant, at least 1."""
        return max(1.0, self.roster / self.participants) if self.participants else 1.0

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
            "expansion": round(self.expansion, 2),
        }


def describe(
    summary: Summary,
    around: Surroundings,
    gathered: Gathered,
    places: pd.DataFrame,
    participation: Mapping[int, Participation],
) -> dict[str, Row]:
    """Return what each visited place would show if it may be shown."""
    rows: dict[str, Row] = {}
    for place, figures in summary.places.join(around.places).iterrows():
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
            "assumptions": list(about["assumptions"]),
            "control": about["control"],
            "lon": round(middle.x, 6),
            "lat": round(middle.y, 6),
            **{name: _plain(figures[name]) for name in STATISTICS},
            "index_low": _plain(risk_index(figures["relative_low"])),
            "index_high": _plain(risk_index(figures["relative_high"])),
            "cluster": _plain(figures["cluster"]),
            "cluster_p": _plain(figures["cluster_p"]),
            "heat": _plain(figures["heat"]),
            "passages_by": _shares(figures, whole, directed=not point),
            **{column: _enough(own.get(str(place), {})) for column, own in gathered.said.items()},
            "quotes": gathered.quotes.get(str(place), []),
            "schools": {
                str(school): count
                for school, count in sorted(gathered.schools[str(place)].items())
                if school in participation and split_is_safe(count, whole)
            },
            "several_classes": several_classes(gathered.classes[str(place)]),
        }
    return rows


def several_classes(classes: Mapping[int, int]) -> bool:
    """Return whether the public may see what students of these classes say of a place (R2).

    Beside the largest class there must be enough others: that a second class passes here would
    else show the way of the one student of it who does (R6).
    """
    whole = sum(classes.values())
    return whole >= K_PUBLIC and whole - max(classes.values()) >= K_STAFF


def _enough(said: Mapping[str, int]) -> dict[str, int]:
    """Return the codes that enough participants told to be named (R3)."""
    return {code: count for code, count in sorted(said.items()) if count >= K_REASONS}


def _shares(figures: pd.Series, whole: int, *, directed: bool) -> Row:
    """Return passages by direction and part of the day, where the split hides nobody (R6)."""
    shown: Row = {}
    for shares in (DIRECTIONS, PARTS_OF_DAY) if directed else (PARTS_OF_DAY,):
        people = [int(figures[f"participants_{share}"]) for share in shares]
        # Who rides both ways is in both shares: each must be safe beside the whole.
        if all(part == 0 or split_is_safe(part, whole) for part in people):
            shown |= {share: float(figures[f"passages_{share}"]) for share in shares}
    return shown


def rank(rows: Iterable[Row], mode: str) -> list[Row]:
    """Return the rows, best supported and most useful to fix first, each with its rank.

    In risk mode confirmed hotspots come first, then those to watch; within a state the avoidable
    conflicts per school year decide. In perception mode perceived danger decides: nothing is
    claimed.
    """

    def key(row: Row) -> tuple[Any, ...]:
        # Rounded as it is published: below that, the order would hang on the ids of participants.
        useful = rounded(row["avoidable"] if mode == "risk" else row["danger"])
        state = STATES.index(str(row["state"])) if mode == "risk" else 0
        return (state, -(useful if isinstance(useful, float) else -math.inf), row["id"])

    return [row | {"rank": i} for i, row in enumerate(sorted(rows, key=key), start=1)]


def gather_clusters(rows: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    """Return the rows and the clusters that they form, the surest first.

    Clusters are added up from what the rows show, so that none tells of fewer people than its
    places do. Of which only the quiet places may be shown is no cluster to a reader.
    """
    kept = list(rows)
    members: dict[str, list[Any]] = {}
    for row in kept:
        if row["cluster"] is not None:
            members.setdefault(str(row["cluster"]), []).append(row)
    found: list[Row] = []
    for cluster, own in members.items():
        observed = sum(row["reporters"] for row in own)
        expected = sum(row["normal"] * row["at_risk"] for row in own)
        if observed > expected:
            found.append({
                "id": cluster,
                "places": [row["id"] for row in own],
                "observed": observed,
                "expected": expected,
                "p": min(row["cluster_p"] for row in own),
            })  # fmt: skip
    claimed = {one["id"] for one in found}
    told = [row if row["cluster"] in claimed else row | {"cluster": None} for row in kept]
    return told, sorted(found, key=lambda one: (one["p"], one["id"]))


def canonical(content: Mapping[str, object]) -> tuple[bytes, str]:
    """Return the one JSON text of a content and its SHA-256."""
    text = json.dumps(
        rounded(content),
        sort_keys=True,
        ensure_ascii=False,
        allow_nan=False,
        separators=(",", ":"),
    ).encode()
    return text, hashlib.sha256(text).hexdigest()


def _plain(value: object) -> object:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (int, np.integer)):
        return int(value)
    number = float(value)  # type: ignore[arg-type]
    return None if math.isnan(number) else number


def rounded(value: object) -> object:
    """Return a value of JSON with every number as it is published."""
    # Eight digits are more than any figure carries; the last bits differ between processors.
    if isinstance(value, Mapping):
        return {str(key): rounded(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(inner) for inner in value]
    if isinstance(value, (float, np.floating)):
        number = float(value)
        if math.isnan(number):
            return None
        return float(f"{number:.{DIGITS}g}") if abs(number) < 1 or number % 1 else number
    if isinstance(value, np.integer):
        return int(value)
    return value
