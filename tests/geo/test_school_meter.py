"""How safe the way to a school feels, and when nothing is claimed of it."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from geo.change import IMPROVED, NO_CHANGE_SHOWN, WORSENED
from geo.perception import perceive
from geo.policy import load_policy
from geo.protection import Row
from geo.school_meter import KNOWN, UNKNOWN, Meter, MeterChange, meter_change, school_meter
from geo.simulation.answers import ERROR_SD, RATER_SD
from geo.simulation.danger import MEAN_DANGER, PLACE_SD

POLICY = load_policy()
SCHOOL = 7
MARGIN = stats.norm.ppf(0.95)
TOWNS = 40
ABOUT: Mapping[str, object] = {"participants": 20, "routes": 20, "km": 20.0}


def street(
    name: str, danger: float | None = 0.4, error: float = 0.05, **changes: object
) -> Row:  # fmt: skip
    """100 m of street, rated by 20 students of whom all are of the school."""
    ends = [None, None] if danger is None else [danger - MARGIN * error, danger + MARGIN * error]
    return {
        "id": name, "kind": "segment", "stress": 2, "ratings": 20, "danger": danger,
        "danger_low": ends[0], "danger_high": ends[1], "passages": 2.0, "exposure": 0.2,
        "schools": {str(SCHOOL): 20},
    } | changes  # fmt: skip


def crossing(name: str, danger: float = 0.4, error: float = 0.05, **changes: object) -> Row:
    return street(name, danger, error, kind="intersection", exposure=2.0) | changes


def meter(*rows: Row, about: Mapping[str, object] = ABOUT) -> Meter:
    return school_meter(rows, SCHOOL, about, POLICY)


TEN = [street(f"s{i}") for i in range(10)]


def test_hand_worked_meter() -> None:
    # 20 students ride 1,000 m of which 600 m are rated, and one crossing that counts as 100 m.
    rows = [street(f"s{i}", 0.2, schools={str(SCHOOL): 20}) for i in range(6)]

    found = meter(*rows, crossing("i1", 0.9), street("s9", None, ratings=3, stress=4))

    assert (found.state, found.participants) == (KNOWN, 20)
    assert found.known == pytest.approx(0.6)
    assert found.stressful == pytest.approx(1 / 7)
    assert found.safety is not None
    assert found.crossings is not None
    assert found.streets is not None
    assert found.safety.value == pytest.approx(10 * (1 - (6 * 0.2 + 0.9) / 7))
    assert found.crossings.value == pytest.approx(1)
    assert found.streets.value == pytest.approx(8)
    assert [found.safety.places, found.crossings.places, found.streets.places] == [7, 1, 6]
    # Seven equal parts of an error of 0.05, correlated by so much.
    alike = POLICY.meter_dependence
    error = 0.05 * np.sqrt(alike + (1 - alike) / 7)
    assert found.safety.high - found.safety.value == pytest.approx(10 * MARGIN * error, rel=1e-6)
    assert found.needs == ("s9",)


def test_places_count_by_how_many_of_the_school_ride_how_far() -> None:
    rows = [street("s1", 0.0, schools={str(SCHOOL): 15}), street("s2", 0.5, exposure=0.1)]

    found = meter(*rows, street("s3", 1.0, schools={"8": 20}), about={**ABOUT, "km": 2.0})

    assert found.streets is not None
    # 15 students on 100 m, 20 on 50 m; the third is no way to this school.
    assert found.streets.value == pytest.approx(10 - 5 * 1000 / 2500)


@pytest.mark.parametrize("about", [{}, {"name": "x"}, {"participants": 4, "routes": 4, "km": 4.0}])
def test_fewer_than_five_students_are_no_figure(about: Mapping[str, object]) -> None:
    assert meter(*TEN, about=about) == Meter(UNKNOWN, None, 0.0)


def test_where_too_little_is_rated_there_is_no_figure_but_what_is_needed() -> None:
    few = [street(f"s{i}", ratings=4) for i in range(6)]

    found = meter(*few, *TEN[6:])

    assert (found.state, found.safety, found.stressful) == (UNKNOWN, None, None)
    assert found.known == pytest.approx(0.4)
    assert found.needs == ("s0", "s1", "s2", "s3", "s4")


def test_what_too_few_ride_to_be_told_is_not_known() -> None:
    # They ride 3 km each, of which only one may be shown.
    found = meter(*TEN, about={**ABOUT, "km": 60.0})

    assert found.known == pytest.approx(1 / 3)
    assert found.state == UNKNOWN


def test_a_second_route_of_a_student_does_not_make_the_way_longer() -> None:
    found = meter(*TEN, about={"participants": 20, "routes": 40, "km": 40.0})

    assert found.known == pytest.approx(1)


def test_nobody_passing_anything_that_may_be_shown_is_unknown() -> None:
    assert meter() == Meter(UNKNOWN, 20, 0.0)


def test_needed_first_is_what_many_ride_and_few_rated() -> None:
    rows = [
        street("s1", 0.5, 0.04, ratings=6), street("s2", 0.5, 0.08, ratings=6),
        street("s3", 0.5, 0.20), street("s4", None, ratings=0, schools={str(SCHOOL): 5}),
    ]  # fmt: skip

    # The fourth is as uncertain as the worst that is known, but five ride there.
    assert meter(*TEN, *rows).needs == ("s2", "s4", "s1")


def test_an_end_cut_at_the_edge_of_the_scale_does_not_make_it_surer() -> None:
    whole = [street(f"s{i}", 0.1, 0.1) for i in range(10)]
    cut = [row | {"danger_low": 0.0} for row in whole]

    one, other = meter(*whole), meter(*cut)

    assert one.safety is not None
    assert other.safety is not None
    assert one.safety == pytest.approx(other.safety)


@settings(deadline=None)
@given(
    dangers=st.lists(st.floats(0, 1), min_size=1, max_size=12),
    errors=st.lists(st.floats(0.01, 0.3), min_size=12, max_size=12),
)
def test_the_meter_lies_between_its_places_and_its_ends(
    dangers: list[float], errors: list[float]
) -> None:
    rows = [
        street(f"s{i}", danger, error)
        for i, (danger, error) in enumerate(zip(dangers, errors, strict=False))
    ]

    found = meter(*rows, about={**ABOUT, "km": 2.0 * len(rows)}).safety

    assert found is not None
    assert 10 * (1 - max(dangers)) - 1e-9 <= found.value <= 10 * (1 - min(dangers)) + 1e-9
    assert 0 <= found.low <= found.value <= found.high <= 10
    # Never surer than if errors knew nothing of each other, never less sure than the least sure.
    assert found.high - found.low <= 20 * MARGIN * max(errors) + 1e-9


def test_order_of_the_rows_does_not_matter() -> None:
    rows = [street(f"s{i}", 0.1 * i, 0.01 * (i + 1)) for i in range(9)]

    assert meter(*rows) == meter(*rows[::-1])


def simulated(towns: int, students: int, seed: int) -> list[tuple[Meter, float]]:
    """Meters of towns whose truth is known, and the truth."""
    generator = np.random.default_rng(seed)
    found: list[tuple[Meter, float]] = []
    for _ in range(towns):
        truth = generator.normal(MEAN_DANGER, PLACE_SD, 90)
        names = np.array([f"s{i:02}" for i in range(len(truth))])
        # Thirty streets lead to the school from each of three sides.
        begins = 30 * generator.integers(0, 3, students) + generator.integers(0, 15, students)
        passed = [np.arange(first, first // 30 * 30 + 30) for first in begins]
        place, rater = np.concatenate(passed), np.repeat(range(students), [len(p) for p in passed])
        felt = (
            truth[place]
            + generator.normal(0, RATER_SD, students)[rater]
            + generator.normal(0, ERROR_SD, len(place))
        )
        ratings = pd.DataFrame({
            "participant": rater, "place": names[place], "seconds": np.nan,
            "rating": np.clip(np.rint(10 * (1 - felt)), 0, 10),
        })  # fmt: skip
        places = perceive(ratings, pd.Series("street", index=names), POLICY).places
        rows = [
            street(str(name), **row, schools={str(SCHOOL): int(row["ratings"])})
            for name, row in places[["ratings", "danger", "danger_low", "danger_high"]].iterrows()
        ]
        about = {**ABOUT, "participants": students, "routes": students, "km": len(place) / 10}
        riders = places["ratings"].to_numpy(float)
        counted = np.isin(names, places.index[riders >= POLICY.eligible_participants])
        weight = np.bincount(place, minlength=90)[counted]
        true = 10 * (1 - float(np.average(truth[counted], weights=weight)))
        found.append((school_meter(rows, SCHOOL, about, POLICY), true))
    return found


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    found = simulated(TOWNS, 40, seed=3)

    held = [
        one.safety.low <= true <= one.safety.high for one, true in found if one.safety is not None
    ]
    assert len(held) == TOWNS
    assert np.mean(held) >= 0.85


def lower(rows: list[Row], fall: float) -> list[Row]:
    return [street(str(row["id"]), float(str(row["danger"])) - fall) for row in rows]


def test_hand_worked_change() -> None:
    found = meter_change(lower(TEN, 0.1), TEN, SCHOOL, POLICY)

    alike = POLICY.meter_dependence
    error = 0.05 * np.sqrt(2 * (alike + (1 - alike) / 10))
    assert found.state == IMPROVED
    assert found.change == pytest.approx(1)
    assert found.places == 10
    assert found.low == pytest.approx(1 - 10 * MARGIN * error)
    assert found.high == pytest.approx(1 + 10 * MARGIN * error)


def test_worse_is_told_as_well_and_a_small_change_is_none() -> None:
    assert meter_change(TEN, lower(TEN, 0.1), SCHOOL, POLICY).state == WORSENED
    assert meter_change(lower(TEN, 0.06), TEN, SCHOOL, POLICY).state == NO_CHANGE_SHOWN
    assert meter_change(TEN, TEN, SCHOOL, POLICY).change == 0


def test_a_large_change_that_is_not_sure_is_none() -> None:
    unsure = [street(f"s{i}", 0.3, 0.4) for i in range(10)]

    found = meter_change(unsure, TEN, SCHOOL, POLICY)

    assert found.change == pytest.approx(1)
    assert found.state == NO_CHANGE_SHOWN


def test_only_places_known_both_times_count() -> None:
    other = [street(f"x{i}", 0.0) for i in range(4)]

    found = meter_change([*lower(TEN, 0.1), *other], TEN, SCHOOL, POLICY)

    assert found.change == pytest.approx(1)
    assert found.places == 10


def test_riding_elsewhere_is_no_change_of_safety() -> None:
    unsafe = [street(f"u{i}", 0.8) for i in range(5)]
    calm = [street(f"c{i}", 0.2) for i in range(5)]
    few = {"schools": {str(SCHOOL): 5}}

    found = meter_change(
        [*(row | few for row in unsafe), *calm], [*unsafe, *(row | few for row in calm)],
        SCHOOL, POLICY,
    )  # fmt: skip

    assert found.change == pytest.approx(0)


def test_with_too_little_in_common_nothing_is_said() -> None:
    others = [street(f"x{i}") for i in range(10)]

    assert meter_change(others, TEN, SCHOOL, POLICY) == MeterChange(UNKNOWN)
    assert meter_change([*others, TEN[0]], TEN, SCHOOL, POLICY) == MeterChange(UNKNOWN)
    assert meter_change([], [], SCHOOL, POLICY) == MeterChange(UNKNOWN)


def test_more_dependence_never_makes_it_surer() -> None:
    widths = []
    for alike in (0.0, 0.2, 1.0):
        found = school_meter(TEN, SCHOOL, ABOUT, replace(POLICY, meter_dependence=alike)).safety
        assert found is not None
        widths.append(found.high - found.low)
    assert widths == sorted(widths)
    assert widths[-1] == pytest.approx(20 * MARGIN * 0.05)
