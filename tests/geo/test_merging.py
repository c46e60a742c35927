"""Merging of place types."""

import pandas as pd

from geo.merging import merge_types


def merged(minimum: int, **counts: int) -> dict[str, str]:
    """Types before and after, for so many places of ``kind__road_facility``."""
    rows = []
    for name, count in counts.items():
        kind, _, type_ = name.partition("__")
        rows += [(kind, type_.replace("_", "/"), 2)] * count
    places = pd.DataFrame(rows, columns=["kind", "type", "stress"])
    after = merge_types(places, pd.Series(data=True, index=places.index), minimum)
    return dict(zip(places["type"], after, strict=True))


def test_types_with_enough_places_stay() -> None:
    types = merged(20, segment__primary_none=20, segment__path=25)

    assert types == {"primary/none": "segment: primary/none", "path": "segment: path"}


def test_a_small_type_joins_the_same_facility_first() -> None:
    types = merged(
        20, segment__primary_track=3, segment__primary_none=40, segment__secondary_track=40
    )

    assert types["primary/track"] == "segment: primary/track + secondary/track"
    assert types["secondary/track"] == types["primary/track"]
    assert types["primary/none"] == "segment: primary/none"


def test_without_the_same_facility_it_joins_the_same_road_class() -> None:
    types = merged(20, segment__primary_track=3, segment__primary_none=40, segment__path=40)

    assert types["primary/track"] == "segment: primary/none + primary/track"


def test_kinds_never_merge() -> None:
    types = merged(20, segment__path=3, intersection__roundabout=2, intersection__signalised=1)

    assert types["path"] == "segment: path"
    assert types["roundabout"] == types["signalised"] == "intersection: roundabout + signalised"
