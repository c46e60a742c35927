"""What opened contributions are evidence of."""

from datetime import date
from typing import Any
from uuid import UUID

import pandas as pd
import pytest

from api.services.contributions import Opened, gather

PLACES = pd.DataFrame({"kind": ["intersection", "segment"]}, index=["i1", "s1"])
STEPS = [
    {"kind": "intersection", "id": "i1"},
    {"kind": "segment", "id": "s1", "direction": "forward"},
]


def opened(**content: Any) -> Opened:  # noqa: ANN401 - whatever a device said of a ride
    sent = {"rides_per_week": 4, "steps": STEPS, "places": ["i1", "s1"], "ratings": []} | content
    return Opened(UUID(int=1), 1, 1, date(2026, 11, 21), sent)


@pytest.mark.parametrize(
    ("content", "rides"),
    [
        ({}, {("forward", "before_school"): 4}),
        ({"part_of_day": "after_school"}, {("forward", "after_school"): 4}),
        (
            {"same_way_back": True},
            {("forward", "before_school"): 4, ("backward", "after_school"): 4},
        ),
    ],
)
def test_a_way_home_by_the_same_streets_counts_in_the_other_direction(
    content: dict[str, object], rides: dict[tuple[str, str], float]
) -> None:
    visits = gather([opened(**content)], PLACES, {}).evidence.visits
    street = visits[visits["place"] == "s1"]

    found = street.set_index(["direction", "part_of_day"])["trips_per_week"].to_dict()
    assert found == rides
    assert visits.loc[visits["place"] == "i1", "trips_per_week"].sum() == sum(rides.values())
