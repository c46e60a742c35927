"""What the sheet of a place says: values of one release, before they become words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from geo.black_spots import BlackSpotRule, Judged
    from geo.countermeasures import Measure

    from .directions import Share
    from .place_plan import Arm


@dataclass(frozen=True)
class CaseBox:
    """What the authority does about the place."""

    id: int
    state: str
    owner: str
    opened_on: date | None
    due_on: date | None
    answer: str


@dataclass(frozen=True)
class BlackSpot:
    """What the official rule says of the place; None: the country has none that we know."""

    rule: BlackSpotRule | None
    judged: Judged | None


@dataclass(frozen=True)
class PlaceSheet:
    """Everything the sheet says; `row` is the place as a release tells it to this reader.

    `spot` is None where the reader may not know of few crashes, or no crash file is there. The
    plan is an SVG from `place_plan`, empty if the present network lacks the place.
    """

    language: str
    simulated: bool
    area: str
    row: Mapping[str, Any]
    mode: Literal["risk", "perception"]
    release_number: int
    release_day: date
    release_hash: str
    osm_date: date | None
    plan: str
    legend: tuple[Mapping[str, str], ...]
    arms: tuple[Arm, ...]
    shares: tuple[Share, ...]
    measures: tuple[Measure, ...]
    missing: tuple[str, ...]
    effects: tuple[str, ...]
    case: CaseBox | None
    spot: BlackSpot | None
