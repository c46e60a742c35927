"""Exposure from visits."""

import dataclasses

import pandas as pd
import pytest

from geo.errors import DuplicateEvidenceError, InvalidEvidenceError, UnknownPlaceError
from geo.exposure import expose
from geo.policy import load_policy

POLICY = dataclasses.replace(load_policy(), school_weeks=40)
PLACES = pd.DataFrame(
    {
        "kind": ["intersection", "segment", "segment", "segment"],
        "type": ["signalised", "path", "path", "path"],
        "stress": [1, 1, 1, 1],
        "length_m": [0.0, 100.0, 1.0, 50.0],
    },
    index=["i1", "s1", "s2", "s3"],
)


def visits(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["participant", "place", "trips_per_week"])


def test_hand_worked_exposure() -> None:
    # 5 + 2 trips in 40 weeks are 280 passages; on 100 m they are 28 kilometres.
    rows = [(p, place, t) for p, t in (("a", 5), ("b", 2)) for place in ("i1", "s1", "s2")]
    exposed = expose(PLACES, visits(*rows), POLICY)

    assert exposed["participants"].tolist() == [2, 2, 2]
    assert exposed["passages"].tolist() == pytest.approx([0.28, 0.28, 0.28])
    assert exposed["exposure"].tolist() == pytest.approx([0.28, 0.028, 0.00084])


def test_a_place_nobody_passes_is_not_in_the_result() -> None:
    assert "s3" not in expose(PLACES, visits(("a", "i1", 5)), POLICY).index


def test_an_unknown_place_is_refused() -> None:
    with pytest.raises(UnknownPlaceError, match="nowhere"):
        expose(PLACES, visits(("a", "nowhere", 5)), POLICY)


def test_a_visit_counts_once() -> None:
    with pytest.raises(DuplicateEvidenceError):
        expose(PLACES, visits(("a", "i1", 5), ("a", "i1", 5)), POLICY)


@pytest.mark.parametrize("trips", [0, -1, float("nan"), float("inf")])
def test_trips_must_be_a_number_above_zero(trips: float) -> None:
    with pytest.raises(InvalidEvidenceError):
        expose(PLACES, visits(("a", "i1", trips)), POLICY)


def test_directions_and_parts_of_the_day_share_what_passes() -> None:
    rows = pd.DataFrame(
        [
            ("a", "s1", 5, "forward", "before_school"),
            ("a", "s1", 3, "backward", "after_school"),
            ("b", "s1", 2, "forward", "before_school"),
        ],
        columns=["participant", "place", "trips_per_week", "direction", "part_of_day"],
    )
    place = expose(PLACES, rows, POLICY).loc["s1"]

    # (5 + 3 + 2) x 40 / 1000; who rides both ways is one participant, and one of each way.
    assert place["passages"] == pytest.approx(0.4)
    assert (place["passages_forward"], place["passages_backward"]) == pytest.approx((0.28, 0.12))
    assert place["passages_after_school"] == pytest.approx(0.12)
    assert place["participants"] == place["participants_forward"] == 2
    assert place["participants_backward"] == 1


def test_expansion_counts_the_cyclists_who_did_not_answer() -> None:
    rows = visits(("a", "i1", 5), ("b", "i1", 2)).assign(expansion=[2.0, 1.5])
    place = expose(PLACES, rows, POLICY).loc["i1"]

    assert place["exposure"] == pytest.approx(0.28)
    assert place["expanded"] == pytest.approx((5 * 2 + 2 * 1.5) * 40 / 1000)


@pytest.mark.parametrize(
    ("column", "value"),
    [("expansion", 0.5), ("expansion", float("nan")), ("direction", "up"), ("part_of_day", "noon")],
)
def test_what_a_visit_may_say_is_limited(column: str, value: object) -> None:
    with pytest.raises(InvalidEvidenceError, match=column.replace("_", ".")):
        expose(PLACES, visits(("a", "i1", 5)).assign(**{column: value}), POLICY)
