"""Cut a release down to a territory: what lies outside is not in it, not even in a sum."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from .public_rows import rests_on_one_class
from .read_release import Published
from .release_content import gather_clusters
from .territory import Territory

Row = dict[str, Any]


def cut_release(release: Published, territory: Territory, schools: Collection[int]) -> Published:
    """Return what a release tells of a territory.

    Places keep their figures, which rest on all students of the area, and are ranked anew.
    Clusters are added up again from the places that are left. Measures and convoys that reach
    outside are left out as a whole.

    Parameters
    ----------
    schools
        The ids of the schools that lie in the territory.
    """
    kept = territory.among(release.places)
    if len(kept) == len(release.places) and _hold_all(release, schools):
        return release
    own = {str(school) for school in schools}
    ids = {row["id"] for row in kept}
    rows, clusters = gather_clusters(_rank_again([_about_own(row, own) for row in kept]))
    content = release.content | {
        "places": rows,
        "clusters": clusters,
        "effects": [row for row in release.effects if ids.issuperset(row["places"])],
        "convoys": _convoys(release, territory, own),
        "schools": _only(release.content["schools"], own),
        # Told of the whole release: of a part alone it would seem so too often.
        "one_class": rests_on_one_class(release),
    }
    return replace(release, content=content, robustness=_robustness(release.robustness, ids))


def _hold_all(release: Published, schools: Collection[int]) -> bool:
    told = release.content["schools"].keys() | release.convoys.keys()
    passed = (school for row in release.places for school in row["schools"])
    return {str(school) for school in schools}.issuperset(told.union(passed))


def _about_own(row: Row, schools: Collection[str]) -> Row:
    return row | {"schools": _only(row["schools"], schools)}


def _only(by_school: Mapping[str, Any], schools: Collection[str]) -> dict[str, Any]:
    return {school: value for school, value in by_school.items() if school in schools}


def _rank_again(rows: list[Row]) -> list[Row]:
    by_danger = sorted(
        (row for row in rows if row["rank_danger"] is not None), key=lambda row: row["rank_danger"]
    )
    danger = {row["id"]: rank for rank, row in enumerate(by_danger, start=1)}
    return [
        row | {"rank": rank, "rank_danger": danger.get(row["id"])}
        for rank, row in enumerate(rows, start=1)
    ]


def _convoys(
    release: Published, territory: Territory, schools: Collection[str]
) -> dict[str, list[Row]]:
    return {
        school: inside
        for school, rows in _only(release.convoys, schools).items()
        if (inside := [row for row in rows if territory.covers_line(row["coordinates"])])
    }


def _robustness(found: Row | None, ids: Collection[str]) -> Row | None:
    if found is None:
        return None
    return found | {"severities": [row for row in found["severities"] if row["id"] in ids]}
