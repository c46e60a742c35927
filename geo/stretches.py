"""Street stretches: the segments that people would rate as one.

What is one stretch, and why:

- Segments that go on into each other with the same name and about the same stress, from one
  junction that separates to the next, 230 m at most. A driveway, a footpath or a fork of paths
  does not separate: nobody calls it the end of a street. Whoever crosses the street there is at
  a place of its own, which is why paths do not go on across a street.
- The second carriageway of a street belongs to the first: only the direction tells them apart.
- A path at most 15 m beside a calm street belongs to the street. Farther away there is a green
  strip, a ditch or a row of houses between them, and riders choose.
- A path beside a busy street (stress 3 or 4) does not: there the choice matters most. Who rides
  on the carriageway and who rides on the track would rate, fear and meet different things, and
  one number for both would say that the track is dangerous, or that the carriageway is not. The
  paths of both sides are one stretch, though: the side follows from the direction.
- What is shorter than 40 m belongs to its neighbour.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from .alongside import beside
from .crs import to_metres
from .naming import TIMES
from .network import stable_id
from .runs import Ends, runs, split

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from .runs import End, Joint

    Label = tuple[str | int, ...]
    Flags = NDArray[np.bool_]
    Numbers = NDArray[np.int64]

BUSY_STRESS = 3
PATH_REACH_M = 15
CARRIAGEWAY_REACH_M = 30
LEAST_SHARE = 0.7
SHORT_M = 40
# So short that it is a kerb, a bend or a ramp, whatever it is called.
TINY_M = 25
# cos of 60 degrees: sharper turns are another street.
GOING_ON = 0.5
# Ways on which one hardly notices that another one joins.
MINOR_CLASSES = frozenset({"service", "track"})


def stretches(segments: gpd.GeoDataFrame, intersections: pd.DataFrame) -> list[str | None]:
    """Return the id of the stretch of each segment; None within an intersection.

    An id depends on the two ends of its street, on the street's name and on which part of it
    the stretch is: neither a cycle track nor a driveway that is mapped later changes it.
    """
    # By id, so that whatever is decided by order does not depend on that of the input.
    outside = segments[segments["within"].isna()].sort_values("id")
    if outside.empty:
        return [None] * len(segments)
    labels = _Town(outside, minor_intersections(segments, intersections)).labels()
    known = {label: stable_id("t", label) for label in set(labels)}
    found = {one: known[label] for one, label in zip(outside["id"].tolist(), labels, strict=True)}
    return [found.get(one) for one in segments["id"].tolist()]


def minor_intersections(segments: pd.DataFrame, intersections: pd.DataFrame) -> dict[str, bool]:
    """Return the intersections at which nobody would say that a street ends, by id.

    There is no control, no roundabout and no name of its own, streets of one name meet, and
    those without a name are driveways. The value says whether paths alone meet there.
    """
    own = segments[segments["within"].isna()]
    names: dict[str, set[str]] = defaultdict(set)
    nameless: Counter[str] = Counter()
    street = (own["facility"] != "path").to_numpy() & ~own["road_class"].isin(MINOR_CLASSES)
    for column in ("start_intersection", "end_intersection"):
        ends = zip(own[column].tolist(), own["name"].tolist(), street.tolist(), strict=True)
        for place, name, is_street in ends:
            if name:
                names[place].add(name)
            elif is_street:
                nameless[place] += 1
    columns = (intersections[column].tolist() for column in ("id", "name", "type", "control"))
    return {
        place: kind == "path"
        for place, name, kind, control in zip(*columns, strict=True)
        if kind in {"path", "uncontrolled"}
        and control in {"none", ""}
        and TIMES not in name
        and (not name or name in names[place])
        and nameless[place] <= (0 if names[place] else 2)
    }


class _Town:
    """The segments outside of intersections, as columns, with what labels them."""

    def __init__(self, segments: gpd.GeoDataFrame, minor: Mapping[str, bool]) -> None:
        self._minor = minor
        self.names: list[str] = segments["name"].tolist()
        self.lines = to_metres(segments.geometry).to_numpy()
        self.length_m: list[float] = shapely.length(self.lines).tolist()
        self.street: Flags = (segments["facility"] != "path").to_numpy()
        self.busy: Flags = (segments["stress"] >= BUSY_STRESS).to_numpy()
        self.push: Flags = segments["push"].to_numpy(dtype=bool)
        self.minor: Flags = segments["road_class"].isin(MINOR_CLASSES).to_numpy()
        self.oneway: Flags = (segments["forward"] != segments["backward"]).to_numpy()
        self.backward: Flags = segments["backward"].to_numpy(dtype=bool)
        joints = [
            (start_place or start, end_place or end)
            for start, end, start_place, end_place in zip(
                segments["start"].tolist(), segments["end"].tolist(),
                segments["start_intersection"].tolist(), segments["end_intersection"].tolist(),
                strict=True)
        ]  # fmt: skip
        self.ends = Ends(self.lines, joints)
        self.on_street = frozenset(
            joint
            for number in np.flatnonzero(self.street & ~self.minor).tolist()
            for joint in joints[number]
        )
        self.found: dict[int, Label] = {}
        self._used: Counter[Label] = Counter()

    def labels(self) -> list[Label]:
        """Return what tells the stretch of each segment apart from all others."""
        returning = self._returning()
        self._label(np.flatnonzero(self.street & ~returning))
        self._attach(np.flatnonzero(returning), CARRIAGEWAY_REACH_M)
        self._label(np.flatnonzero(returning))
        self._attach(np.flatnonzero(~self.street), PATH_REACH_M)
        self._label(np.flatnonzero(~self.street))
        _Merging(self).merge()
        return [self.found[number] for number in range(len(self.names))]

    def _returning(self) -> Flags:
        """Say which carriageways are the second ones of their street: those that lead west."""
        named = np.array([bool(name) for name in self.names])
        numbers = np.flatnonzero(self.street & self.oneway & named)
        flags = np.zeros(len(self.names), dtype=bool)
        if not len(numbers):
            return flags
        # As they are ridden, so that opposite lines are opposite carriageways.
        lines = self.lines[numbers].copy()
        back = self.backward[numbers]
        lines[back] = shapely.reverse(lines[back])
        names = self._name_numbers(numbers)
        near = beside(lines, lines, CARRIAGEWAY_REACH_M, (names, names), opposite=True)
        opposite = near.share >= LEAST_SHARE
        ahead = shapely.get_coordinates(shapely.get_point(lines, -1)) - shapely.get_coordinates(
            shapely.get_point(lines, 0)
        )
        west = (ahead[:, 0] < 0) | ((ahead[:, 0] == 0) & (ahead[:, 1] < 0))
        flags[numbers[opposite & west]] = True
        return flags

    def _name_numbers(self, numbers: Numbers) -> Numbers:
        """Return a number for each name, -1 where there is none."""
        known = {name: n for n, name in enumerate(sorted(set(self.names) - {""}))}
        return np.array([known.get(self.names[n], -1) for n in numbers.tolist()], dtype=np.int64)

    def _label(self, unlabelled: Numbers) -> None:
        """Cut what has no label yet into stretches."""
        left = [number for number in unlabelled.tolist() if number not in self.found]
        strung = runs(self.ends, left, self._key, self._is_closed)
        # Numbers are in the order of ids: of two runs with the same ends the lower one is first.
        for numbers, tips in sorted(strung, key=lambda run: min(run.segments)):
            kind = "street" if self.street[numbers[0]] else "path"
            base: Label = (*tips, self.names[numbers[0]], kind)
            self._used[base] += 1
            parts = split([self.length_m[number] for number in numbers])
            for number, part in zip(numbers, parts, strict=True):
                self.found[number] = (*base, self._used[base], part, parts[-1] + 1)

    def _key(self, number: int) -> tuple[object, ...]:
        return (self.names[number], bool(self.busy[number]), bool(self.push[number]))

    def _is_closed(self, joint: Joint, here: Sequence[End]) -> bool:
        crosses = joint in self.on_street and not self.street[here[0].segment]
        return crosses or self.ends_street(joint)

    def ends_street(self, joint: Joint) -> bool:
        """Say whether people would say that a street ends there."""
        return isinstance(joint, str) and joint not in self._minor

    def _attach(self, numbers: Numbers, reach_m: float) -> None:
        """Give those that run along a street the label of that street."""
        known = np.array(sorted(self.found), dtype=np.int64)
        hosts = known[self.street[known] & ~self.minor[known]]
        if not (len(numbers) and len(hosts)):
            return
        names = self._name_numbers(numbers), self._name_numbers(hosts)
        near = beside(self.lines[numbers], self.lines[hosts], reach_m, names)
        shares = near.share
        votes: dict[int, Counter[Label]] = defaultdict(Counter)
        for mine, other in zip(near.segment.tolist(), near.other.tolist(), strict=True):
            if shares[mine] >= LEAST_SHARE:
                votes[mine][self._beside(int(numbers[mine]), int(hosts[other]))] += 1
        for mine, counts in votes.items():
            self.found[int(numbers[mine])] = min(counts, key=lambda one: (-counts[one], str(one)))

    def _beside(self, number: int, host: int) -> Label:
        label = self.found[host]
        apart = self.busy[host] and not self.street[number]
        return (*label, "beside") if apart else label


class _Merging:
    """Short stretches joined to the neighbours that they go on into."""

    def __init__(self, town: _Town) -> None:
        self._town = town
        self._groups: dict[Label, list[int]] = defaultdict(list)
        for number, label in town.found.items():
            self._groups[label].append(number)
        length = {label: self._length(numbers) for label, numbers in self._groups.items()}
        self._short = sorted(
            (label for label, size in length.items() if size < SHORT_M),
            key=lambda one: (length[one], str(one)),
        )
        joints = town.ends.joints
        near = {joint for one in self._short for n in self._groups[one] for joint in joints[n]}
        self._meeting = town.ends.meeting(
            n for n, (start, end) in enumerate(joints) if start in near or end in near
        )

    def merge(self) -> None:
        """Change the labels of the town: the shortest ones first take those of others."""
        for label in self._short:
            size = self._length(self._groups[label])
            host = self._host(label, size) if size < SHORT_M else None
            if host is not None:
                for number in self._groups[label]:
                    self._town.found[number] = host
                self._groups[host] += self._groups.pop(label)

    def _length(self, numbers: Iterable[int]) -> float:
        return sum(self._town.length_m[number] for number in numbers)

    def _host(self, label: Label, size: float) -> Label | None:
        ranked = [
            (rank, str(self._town.found[other.segment]), self._town.found[other.segment])
            for number in self._groups[label]
            for joint in self._town.ends.joints[number]
            if not self._town.ends_street(joint)
            for one in self._meeting[joint]
            if one.segment == number
            for other in self._meeting[joint]
            if self._town.found[other.segment] != label
            if (rank := self._rank(one, other, joint, size)) is not None
        ]
        return min(ranked)[2] if ranked else None

    def _rank(self, one: End, other: End, joint: Joint, size: float) -> tuple[Any, ...] | None:
        """Return how ill two ends go together, None if one cannot go on into the other."""
        town, (a, b) = self._town, (one.segment, other.segment)
        straightness = town.ends.straightness(one, other)
        alike = bool(town.street[a] == town.street[b])
        crosses = joint in town.on_street and not (town.street[a] or town.street[b])
        bends = straightness < GOING_ON and len(self._meeting[joint]) > 2  # noqa: PLR2004
        if (
            town.busy[a] != town.busy[b]
            or (town.names[a] and town.names[b] and town.names[a] != town.names[b])
            or (size >= TINY_M and (not alike or bends))
            or crosses
        ):
            return None
        return (not alike, town.names[a] != town.names[b], -round(straightness, 6))
