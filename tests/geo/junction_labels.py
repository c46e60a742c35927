"""Junctions labelled by looking, and how well a partition of graph nodes agrees with them."""

import csv
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

JUNCTIONS = Path(__file__).with_name("junctions.csv")


@dataclass(frozen=True)
class Junction:
    """What was labelled as one junction, and the nodes that lie near but are not part of it."""

    area: str
    label: str
    nodes: frozenset[int]
    apart: frozenset[int]
    split: str
    note: str


@dataclass(frozen=True)
class Agreement:
    """How many labelled junctions came out whole, and how many with something foreign in them."""

    total: int
    multiple: int
    broken: list[str]
    broken_multiple: list[str]
    merged: list[str]

    @property
    def whole(self) -> float:
        return 1 - len(self.broken) / self.total

    @property
    def whole_multiple(self) -> float:
        """The same among junctions of more than one node: the others cannot be torn apart."""
        return 1 - len(self.broken_multiple) / self.multiple

    @property
    def over_merged(self) -> float:
        return len(self.merged) / self.total


def read_junctions(area: str, split: str | None = None) -> list[Junction]:
    with JUNCTIONS.open(encoding="utf-8", newline="") as file:
        rows = [
            Junction(
                row["area"],
                row["label"],
                frozenset(map(int, row["nodes"].split())),
                frozenset(map(int, row["apart"].split())),
                row["split"],
                row["note"],
            )
            for row in csv.DictReader(file)
        ]
    return [row for row in rows if row.area == area and split in {None, row.split}]


def agreement(
    judged: Iterable[Junction],
    known: Iterable[Junction],
    groups: Iterable[Collection[int]],
    in_graph: Collection[int],
) -> Agreement:
    """Compare intersections, as groups of OSM nodes, with the labels that are `judged`.

    Nodes that are not where ways meet in the graph at hand (`in_graph`) cannot be grouped and are
    left out. A junction is whole if one group holds all that is left of it; it is over-merged if
    a group that holds a part of it holds a node apart, or one of another label of `known`.
    """
    members = {node: frozenset(group) for group in groups for node in group}
    foreign = _foreign(known)
    total, multiple = 0, 0
    broken, broken_multiple, merged = [], [], []
    for junction in judged:
        nodes = junction.nodes & frozenset(in_graph)
        if not nodes:
            continue
        total += 1
        multiple += len(nodes) > 1
        found = {members.get(node) for node in nodes}
        if len(found) > 1 or None in found:
            broken.append(junction.label)
            if len(nodes) > 1:
                broken_multiple.append(junction.label)
        others = junction.apart | (foreign.keys() - junction.nodes)
        if any(group & others for group in found if group):
            merged.append(junction.label)
    return Agreement(total, multiple, broken, broken_multiple, merged)


def _foreign(known: Iterable[Junction]) -> Mapping[int, str]:
    return {node: junction.label for junction in known for node in junction.nodes}
