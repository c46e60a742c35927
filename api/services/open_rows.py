"""The rows of open data: what anybody may see of a release, coarse enough to solve nobody from."""

from typing import Any

import shapely

from geo.protection import K_REASONS
from web.open_columns import COUNTS, DECIMALS, GEOMETRY, SIGNIFICANT, WHOLE_THOUSANDS, open_columns

from .areas import LoadedArea
from .public_rows import STEP, public_places, round_down
from .read_release import Published, without_few_crashes
from .release_content import K_PUBLIC

Row = dict[str, Any]
COLUMNS = tuple(one.name for one in open_columns(str))
OF_RATINGS = ("danger", "danger_low", "danger_high", "mean_rating")


def open_rows(release: Published, area: LoadedArea) -> dict[str, Row]:
    """Return what a release tells the public of each place, by its id.

    The same places and counts as students see (`public_rows`); figures that hang on crashes are
    as coarse as for a school. A split by school is told only where it splits nothing (R6): of
    several schools at a place, a release does not say from how many classes each one's part is.
    """
    rows = list(public_places(without_few_crashes(release)))
    shapes = area.network.places.geometry.reindex([row["id"] for row in rows])
    return {
        row["id"]: _open_row(row, shape or shapely.Point(row["lon"], row["lat"]), release)
        for row, shape in zip(rows, shapes, strict=True)
    }


def _open_row(row: Row, shape: shapely.Geometry, release: Published) -> Row:
    told = row if (row["ratings"] or 0) >= K_PUBLIC else row | dict.fromkeys(OF_RATINGS)
    flat = told | {
        "school": _only_school(row, release),
        "reasons": _reasons(row["reasons"]),
        "release": release.number,
        "simulated": bool(release.content["simulated"]),
        GEOMETRY: shape,
    }
    return {name: coarse(name, flat[name]) for name in COLUMNS}


def coarse(name: str, value: Any) -> Any:  # noqa: ANN401 - a value of any column
    """Return the value of a column as the public may see it."""
    if isinstance(value, shapely.Geometry):
        return shapely.transform(value, lambda xy: xy.round(DECIMALS["lon"]))
    if value is None or isinstance(value, str | bool):
        return value
    if name in COUNTS:
        return round_down(value) or None
    if name in WHOLE_THOUSANDS:
        return float(int(value))
    if name in SIGNIFICANT:
        return float(f"{value:.2g}")
    return float(round(value, DECIMALS[name])) if name in DECIMALS else value


def _reasons(counts: dict[str, int]) -> str:
    told = {reason: round_down(count) for reason, count in counts.items() if count >= K_REASONS}
    return " ".join(f"{reason}:{count}" for reason, count in told.items() if count >= STEP)


def _only_school(row: Row, release: Published) -> str | None:
    """Return the school from which everybody at a place comes, None if there are several."""
    for school, count in row["schools"].items():
        if count == row["participants"]:
            return str(release.content["schools"][school]["name"])
    return None
