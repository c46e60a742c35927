"""The geography class's layers: columns with codes that a table of the file explains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from geo.crs import WGS84

from .scale import scales
from .sentences import place_type
from .words import place_title, reason_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .kit_values import KitPlace, LessonKit

    Words = Callable[[str], str]

UNKNOWN = "unknown"
DIGITS = 2
PLACE_TYPES = {
    "number": "int64", "place_id": "str", "name": "str", "kind": "str", "students": "int64",
    "ratings": "int64", "felt": "str", "felt_danger": float, "felt_low": float,
    "felt_high": float, "state": "str", "risk_index": float, "risk_low": float,
    "risk_high": float, "stress": "int64", "reasons": "str",
}  # fmt: skip
STREET_COLUMNS = ("place_id", "name", "road", "facility", "stress", "length_m", "geometry")


@dataclass(frozen=True)
class LessonLayers:
    """The layers by name, and the tables that explain them."""

    layers: dict[str, gpd.GeoDataFrame]
    tables: dict[str, pd.DataFrame]


def lesson_layers(kit: LessonKit, translate: Words) -> LessonLayers:
    """Return what the GeoPackage of a kit holds."""
    crossings = [place for place in kit.places if place.kind == "intersection"]
    streets = [place for place in kit.places if place.kind == "segment"]
    lengths = dict(zip(kit.network.segments["id"], kit.network.segments["length_m"], strict=True))
    ridden = _frame(streets, translate)
    ridden.insert(len(ridden.columns) - 1, "length_m", [lengths[one.id] for one in streets])
    return LessonLayers(
        layers={
            "school": gpd.GeoDataFrame({"name": [kit.school]}, geometry=[kit.location], crs=WGS84),
            "crossings": _frame(crossings, translate),
            "streets": ridden.astype({"length_m": float}).round({"length_m": 1}),
            "network": _network(kit.streets),
        },
        tables={
            "data_dictionary": pd.DataFrame(
                dictionary(translate), columns=["layers", "column_name", "meaning"]
            ),
            "about": pd.DataFrame(_about(kit), columns=["name", "value"]),
        },
    )


def felt(place: KitPlace) -> str:
    """Return the class of colour of a place: low, middle or high, else unknown."""
    return scales(str)["danger"].band(place.danger).key if place.danger is not None else UNKNOWN


def _frame(places: list[KitPlace], translate: Words) -> gpd.GeoDataFrame:
    rows = [_row(place, translate) for place in places]
    frame = pd.DataFrame(rows, columns=list(PLACE_TYPES)).astype(PLACE_TYPES)
    return gpd.GeoDataFrame(frame, geometry=[place.geometry for place in places], crs=WGS84)


def _row(place: KitPlace, translate: Words) -> dict[str, Any]:
    reasons = reason_words(translate)
    return {
        "number": place.rank,
        "place_id": place.id,
        "name": place_title(vars(place), translate),
        "kind": place_type(place, translate),  # type: ignore[arg-type]  # reads kind and type
        "students": place.students,
        "ratings": place.ratings,
        "felt": felt(place),
        "felt_danger": _rounded(place.danger),
        "felt_low": _rounded(place.danger_low),
        "felt_high": _rounded(place.danger_high),
        "state": place.state,
        "risk_index": place.index,
        "risk_low": place.index_low,
        "risk_high": place.index_high,
        "stress": place.stress,
        "reasons": ", ".join(reasons[code] for code in place.reasons),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)


def _network(streets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    named = streets.rename(columns={"id": "place_id", "road_class": "road"})
    return named[list(STREET_COLUMNS)].round({"length_m": 1})


def dictionary(translate: Words) -> list[tuple[str, str, str]]:
    """Return the layers in which each column is, its name, and what it means."""
    _ = translate
    places, streets, every = "crossings, streets", "streets, network", "crossings, streets, network"
    return [
        (places, "number", _("Place in the order of the release: 1 is to be fixed first.")),
        (every, "place_id", _("Code of the place, the same in every file.")),
        (every, "name", _("Name of the street or crossing.")),
        (places, "kind", _("What kind of crossing or street it is.")),
        (places, "students", _("Students who ride here, rounded down to 5, 10, 15 and so on.")),
        (places, "ratings", _("How many rated it, rounded down in the same way.")),
        (places, "felt", _("How it feels: low, middle or high danger, or unknown.")),
        (places, "felt_danger", _("Felt danger from 0 (safe) to 1 (unsafe).")),
        (places, "felt_low", _("Lower end of the range of felt danger.")),
        (places, "felt_high", _("Upper end of the range of felt danger.")),
        (places, "state", _("confirmed: a hotspot. watch: perhaps one. unknown: too little data.")),
        (places, "risk_index", _("Risk of a ride from 0 to 100: 50 is the average of the area.")),
        (places, "risk_low", _("Lower end of the range of the risk index.")),
        (places, "risk_high", _("Upper end of the range of the risk index.")),
        (every, "stress", _("Traffic stress from 1 (calm) to 4, worked out from the map alone.")),
        (places, "reasons", _("Reasons that at least five students gave, the most named first.")),
        (streets, "length_m", _("Length in metres.")),
        ("network", "road", _("What kind of road it is in OpenStreetMap.")),
        ("network", "facility", _("What there is for cycling: path, track, lane or none.")),
    ]


def _about(kit: LessonKit) -> list[tuple[str, str]]:
    found = kit.results
    return [
        ("school", kit.school),
        ("simulated", str(kit.simulated).lower()),
        ("release", str(found.number) if found else ""),
        ("release_date", found.day.isoformat() if found else ""),
        ("release_hash", found.content_hash if found else ""),
        ("students_at_least", str(kit.at_least)),
        ("map_date", kit.osm_date.isoformat() if kit.osm_date else ""),
        ("licence", "© OpenStreetMap contributors, ODbL 1.0"),
    ]


def place_frame(places: Iterable[KitPlace]) -> gpd.GeoDataFrame:
    """Return number and state of places as the maps on paper want them."""
    chosen = list(places)
    return gpd.GeoDataFrame(
        {"rank": [place.rank for place in chosen], "state": [place.state for place in chosen]},
        geometry=[place.geometry for place in chosen],
        crs=WGS84,
    )
