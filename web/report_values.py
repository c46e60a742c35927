"""What a safety report says: values of one release, before they become words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from geo.countermeasures import Measure
    from geo.school_meter import MeterChange

    from .parents_values import ParentsMap
    from .place_values import PlaceSheet


@dataclass(frozen=True)
class PlaceRow:
    """One line of the report's table, with the values of the release; None: not known.

    `danger` is 0 (felt safe) to 1, `index` 0 to 100; `weight` is the share of what is normal in
    the conflict rate, `evidence` the share of what was said here in `danger`. `avoidable`, `yearly`
    and `excess` are conflicts a school year. `crashes` is None where a school may not know how
    many there are. `reasons` are codes, the most named first. `case_state` and `owner` are empty
    while nobody has taken the place on; `due_on` is the day by which its owner is to act or answer.
    `measures` are what a rule proposes, the quickest first.
    """

    rank: int
    name: str
    kind: Literal["segment", "intersection"]
    type: str
    state: Literal["confirmed", "watch", "unknown"]
    participants: int
    reporters: int
    danger: float | None = None
    danger_low: float | None = None
    danger_high: float | None = None
    index: float | None = None
    index_low: float | None = None
    index_high: float | None = None
    probability: float | None = None
    weight: float | None = None
    evidence: float | None = None
    avoidable: float | None = None
    avoidable_low: float | None = None
    avoidable_high: float | None = None
    yearly: float | None = None
    excess: float | None = None
    crashes: int | None = None
    crash_share: float | None = None
    cluster: str | None = None
    assumed: float = 0.0
    assumptions: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    case_state: str = ""
    owner: str = ""
    due_on: date | None = None
    measures: tuple[Measure, ...] = ()
    quotes: tuple[str, ...] = ()


class Step(NamedTuple):
    """What the owner of a case plans or has done."""

    what: str
    kind: str
    planned_on: date | None
    done_on: date | None


@dataclass(frozen=True)
class Action:
    """A line of the action register: one case at a place that the school's students pass."""

    name: str
    kind: Literal["segment", "intersection"]
    state: str
    owner: str
    opened_on: date | None
    due_on: date | None
    answer: str
    """What the owner tells everybody, empty without an answer."""
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class SafetyReport:
    """Everything the report says.

    `participants` to `share_rated` are those of this school's campaign; the figures in `places`
    are the release's own, ranked. `missing` is what the mode "risk" lacks: (there, needed) by
    "conflicts" and "eligible". `map_svg` comes from `figures.flow_map`, empty without flows.
    `settings` has the columns name, value, unit and source. `roster` is the number of students
    invited, None if the school gave none; `at_least` how many must have passed a place. `known`
    counts what the figures rest on: "ratings", "conflicts", "places", "eligible" and "crashes".
    `robustness` is what is stored beside the release, None as long as it is being worked out.
    `ways` are the recommended ones; `stressful` is the share of the ridden length, where it may be
    told, on streets of more stress than calm. `reasons` counts how often each was given at the
    school's places, `effects` are the release's rows on what was done at these, and `change` how
    the way to school changed since the last school year, None without an earlier one. `sheets` are
    those of its confirmed hotspots.
    """

    language: str
    simulated: bool
    school: str
    campaign: str
    from_day: date
    to_day: date
    release_number: int
    release_day: date
    release_hash: str
    participants: int
    routes: int
    km: float
    km_rated: float
    share_rated: float
    roster: int | None
    mode: Literal["risk", "perception"]
    missing: Mapping[str, tuple[int, int]]
    places: tuple[PlaceRow, ...]
    map_svg: str
    settings: tuple[tuple[str, str, str, str], ...]
    network_version: str
    osm_date: date | None
    software_version: str
    at_least: int = 5
    known: Mapping[str, int] = field(default_factory=dict)
    robustness: Mapping[str, Any] | None = None
    ways: ParentsMap | None = None
    stressful: float | None = None
    reasons: Mapping[str, int] = field(default_factory=dict)
    actions: tuple[Action, ...] = ()
    effects: tuple[Mapping[str, Any], ...] = ()
    change: MeterChange | None = None
    sheets: tuple[PlaceSheet, ...] = ()
