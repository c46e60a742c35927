"""Types of places merged until each has enough places to say what is normal for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


def merge_types(places: pd.DataFrame, eligible: pd.Series, minimum: int) -> pd.Series:
    """Return each place's type after merging, like ``"segment: primary/none + secondary/none"``.

    Within each kind, the type with the fewest eligible places joins the nearest other one until
    all have `minimum` or one is left: of the same facility (``"residential/track"`` is nearest to
    other tracks), else of the same road class, else any; of those the one whose mean stress is
    closest. Segments and intersections never merge: their rates have different units.

    Parameters
    ----------
    places
        `kind`, `type` and `stress` of each place.
    eligible
        Whether each place counts towards `minimum`.
    """
    merged = places["type"].astype(object).copy()
    for kind, own in places.groupby("kind", sort=True):
        groups = _merge(own, eligible.loc[own.index], minimum)
        label = {name: f"{kind}: {' + '.join(group)}" for group in groups for name in group}
        merged.loc[own.index] = own["type"].map(label)
    return merged


def _merge(places: pd.DataFrame, eligible: pd.Series, minimum: int) -> list[Sequence[str]]:
    counts = eligible.groupby(places["type"]).sum().to_dict()
    levels = places.groupby("type")["stress"].agg(["sum", "size"])
    groups: list[Sequence[str]] = [(name,) for name in sorted(counts)]

    def size(group: Sequence[str]) -> int:
        return int(sum(counts[name] for name in group))

    def stress(group: Sequence[str]) -> float:
        total = levels.loc[list(group)].sum()
        return float(total["sum"] / total["size"])

    while len(groups) > 1:
        smallest = min(groups, key=lambda group: (size(group), group))
        if size(smallest) >= minimum:
            break
        groups.remove(smallest)
        nearest = min(
            groups,
            key=lambda group: (
                _kinship(smallest, group),
                abs(stress(group) - stress(smallest)),
                -size(group),
                group,
            ),
        )
        groups.remove(nearest)
        groups.append(tuple(sorted((*nearest, *smallest))))
    return groups


def _kinship(one: Sequence[str], other: Sequence[str]) -> int:
    """0 if some types share a facility, 1 if they share a road class, else 2."""
    road_one, facility_one = _parts(one)
    road_other, facility_other = _parts(other)
    if facility_one & facility_other:
        return 0
    return 1 if road_one & road_other else 2


def _parts(group: Sequence[str]) -> tuple[set[str], set[str]]:
    pairs = [name.rpartition("/") for name in group]
    return {road for road, _, _ in pairs if road}, {facility for road, _, facility in pairs if road}
