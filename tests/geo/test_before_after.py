"""Events before and after a measure, against what was to be expected."""

import json
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.before_after import (
    TooFewComparisonsError,
    TreatedComparisonError,
    compare_periods,
    trend,
)
from geo.errors import DuplicateEvidenceError, InvalidEvidenceError
from geo.risk import prior_weight, update

TUTORIAL: dict[str, Any] = json.loads(
    (Path(__file__).parent / "reference" / "hauer_eb_tutorial.json").read_text()
)
LENGTH = TUTORIAL["L_km"]
NORMAL = 0.0224 * TUTORIAL["ADT"] ** 0.564 * LENGTH
SHAPE = TUTORIAL["phi_per_km"] * LENGTH


def frame(prefix: str, **columns: object) -> pd.DataFrame:
    places = pd.DataFrame(columns)
    return places.set_index(pd.Index([f"{prefix}{i:03}" for i in range(len(places))]))


def untreated(n: int = 20, before: float = 50, after: float = 50) -> pd.DataFrame:
    return frame(
        "c", before=[before] * n, after=[after] * n, exposure_before=1.0, exposure_after=1.0
    )


def treated(
    before: float = 30, after: float = 10, expected: float = 20, shape: float = 4, n: int = 1
) -> pd.DataFrame:
    return frame(
        "t", before=[before] * n, after=[after] * n, exposure_before=1.0, exposure_after=1.0,
        expected_before=expected, shape=shape,
    )  # fmt: skip


def test_hauers_tutorial_in_one_year() -> None:
    # Printed: 4.71 +/- 1.19 accidents per km and year.
    example = TUTORIAL["ex1"]
    found = update(sum(example["observed"]), 1, NORMAL, SHAPE)

    assert prior_weight(NORMAL, SHAPE) == pytest.approx(example["weight"], abs=5e-6)
    assert found.mean == pytest.approx(example["expected_total"], abs=5e-5)
    assert f"{found.mean / LENGTH:.2f}" == "4.71"
    assert f"{found.standard_deviation / LENGTH:.2f}" == "1.19"


def test_hauers_tutorial_in_three_years() -> None:
    # Printed: 7.97 +/- 1.44 accidents a year, 4.43 per km and year.
    example = TUTORIAL["ex2"]
    found = update(sum(example["observed"]), example["years"], NORMAL, SHAPE)

    assert prior_weight(3 * NORMAL, SHAPE) == pytest.approx(example["weight"], abs=5e-6)
    assert found.mean == pytest.approx(example["expected_per_year"], abs=5e-5)
    assert f"{found.mean:.2f}" == "7.97"
    assert f"{found.standard_deviation:.2f}" == "1.44"
    assert f"{found.mean / LENGTH:.2f}" == "4.43"


def test_what_the_tutorial_expects_is_what_a_study_starts_from() -> None:
    example = TUTORIAL["ex2"]
    places = treated(sum(example["observed"]), 20, 3 * NORMAL, SHAPE).assign(exposure_before=3.0)
    found = compare_periods(places.assign(exposure_after=3.0), untreated(1000))

    assert found.normal_before / 3 == pytest.approx(example["expected_per_year"], abs=5e-5)


def test_hand_worked_trend() -> None:
    # 1,000 before and 500 after in 20 equal places, without more scatter than by chance:
    # 0.5 / 1.001, and its square times 1/500 + 1/1000.
    found = trend(untreated(20, 50, 25))

    assert found.scatter == 0
    assert found.ratio == pytest.approx(0.5 / 1.001)
    assert found.variance == pytest.approx((0.5 / 1.001) ** 2 * 0.003)


def test_hand_worked_exposure_in_the_trend() -> None:
    # Half as many events for half the passages are no trend, but for 1 / (1 + 1/1000).
    found = trend(untreated(20, 50, 25).assign(exposure_after=0.5))

    assert found.ratio == pytest.approx(1 / 1.001)
    assert found.variance == pytest.approx(found.ratio**2 * 0.003)


def test_hand_worked_scatter() -> None:
    # Ten places with 20 events each, alternately 15 and 5 of them after; q = 1/2, so that
    # (a - n q)² = 25, n q (1 - q) = 5 and n (n - 1) q² (1 - q)² = 380 / 16.
    places = untreated(10).assign(before=[5, 15] * 5, after=[15, 5] * 5)

    assert trend(places).scatter == pytest.approx((25 - 5) / (380 / 16))


def test_hand_worked_study() -> None:
    # w = 1 / (1 + 20/4) = 1/6, so 20/6 + 30 * 5/6 = 28.3333 with variance 28.3333 * 5/6;
    # exposure rises by half, the trend is 1 / 1.001 with a relative variance of 0.002.
    places = treated().assign(exposure_after=1.5)
    found = compare_periods(places, untreated(20, 50, 50))
    ratio = 1 / 1.001
    expected = 85 / 3 * 1.5 * ratio
    variance = (1.5 * ratio) ** 2 * (85 / 3 * 5 / 6) + (85 / 3 * 1.5) ** 2 * ratio**2 * 0.002
    relative = variance / expected**2
    effect = 10 / expected / (1 + relative)
    sd = effect * sqrt(1 / 10 + relative) / (1 + relative)

    assert found.normal_before == pytest.approx(85 / 3)
    assert found.expected_after == pytest.approx(expected)
    assert found.expected_sd == pytest.approx(sqrt(variance))
    assert (found.effect, found.effect_sd) == pytest.approx((effect, sd))
    assert found.change == pytest.approx(100 * (1 - effect))
    assert found.low == pytest.approx(100 * (1 - effect - 1.959964 * sd))
    assert found.high == pytest.approx(100 * (1 - effect + 1.959964 * sd))
    assert found.state == "fall shown"
    assert (found.places, found.trend.places, found.before, found.after) == (1, 20, 30, 10)


def test_a_run_of_bad_luck_is_no_effect() -> None:
    # 30 before and 20 after look like a fall of a third; of such a place 30 were bad luck.
    found = compare_periods(treated(30, 20, expected=20, shape=40), untreated())

    assert found.normal_before == pytest.approx(20 * 2 / 3 + 30 / 3)
    assert found.state == "not shown"


def test_a_trend_everywhere_is_no_effect() -> None:
    found = compare_periods(treated(100, 50, 100, 50), untreated(20, 50, 25))

    assert found.expected_after == pytest.approx(50, rel=0.01)
    assert found.state == "not shown"


def test_a_rise_is_shown_too() -> None:
    found = compare_periods(treated(20, 60), untreated())

    assert found.state == "rise shown"
    assert found.change < found.high < 0


def test_no_event_after_few_before_shows_nothing() -> None:
    # The interval has no width then; that nothing happens has a probability of more than 0.025.
    found = compare_periods(treated(3, 0, 2, 4), untreated())

    assert found.effect_sd == 0
    assert found.chance > 0.025
    assert found.state == "not shown"
    assert found.detectable is None


def test_what_would_be_shown_is_printed_beside_the_claim() -> None:
    found = compare_periods(treated(150, 140, 150, 10), untreated())

    assert found.detectable == pytest.approx(0.30, abs=0.001)


def test_scatter_of_the_trend_widens_the_interval() -> None:
    calm = compare_periods(treated(), untreated(20, 50, 50))
    places = untreated(20).assign(before=[40, 60] * 10, after=[60, 40] * 10)
    scattered = compare_periods(treated(), places)

    assert scattered.expected_after == pytest.approx(calm.expected_after)
    assert scattered.expected_sd > calm.expected_sd
    assert scattered.effect_sd > calm.effect_sd


def test_an_expectation_that_is_worth_nothing_shows_nothing() -> None:
    # Places that went up or down fourfold: θ ± 1.96 sd shrinks towards 0 where π is as unsure
    # as it is large, and would show a fall.
    places = untreated(20).assign(before=[20, 80] * 10, after=[80, 20] * 10)
    found = compare_periods(treated(), places)

    assert found.low > 0
    assert found.chance > 0.025
    assert found.state == "not shown"


counts = st.integers(0, 30)
sizes = st.floats(0.1, 20)
rows = st.lists(st.tuples(counts, counts, sizes, sizes, sizes, sizes), min_size=1, max_size=5)
compared = st.lists(st.tuples(counts, counts, sizes, sizes), min_size=10, max_size=14).filter(
    lambda drawn: sum(row[0] for row in drawn) > 0 and sum(row[1] for row in drawn) > 0
)
COLUMNS = ["before", "after", "exposure_before", "exposure_after", "expected_before", "shape"]


def study(drawn: list[tuple[float, ...]], prefix: str) -> pd.DataFrame:
    names = [f"{prefix}{i}" for i in range(len(drawn))]
    return pd.DataFrame(drawn, index=names, columns=COLUMNS[: len(drawn[0])], dtype=float)


@settings(deadline=None)
@given(rows, compared)
def test_order_of_places_changes_nothing(
    drawn: list[tuple[float, ...]], others: list[tuple[float, ...]]
) -> None:
    built, left = study(drawn, "t"), study(others, "c")

    assert compare_periods(built.iloc[::-1], left.iloc[::-1]) == compare_periods(built, left)


@settings(deadline=None)
@given(rows, compared, st.floats(0.01, 100))
def test_the_unit_of_exposure_does_not_matter(
    drawn: list[tuple[float, ...]], others: list[tuple[float, ...]], unit: float
) -> None:
    built, left = study(drawn, "t"), study(others, "c")
    one = compare_periods(built, left)
    scaled = [
        places.assign(
            exposure_before=unit * places["exposure_before"],
            exposure_after=unit * places["exposure_after"],
        )
        for places in (built, left)
    ]
    other = compare_periods(*scaled)

    for name in ("expected_after", "expected_sd", "effect", "effect_sd", "low", "high"):
        assert getattr(other, name) == pytest.approx(getattr(one, name), abs=1e-9)


@settings(deadline=None)
@given(rows, compared, st.integers(1, 30))
def test_more_events_after_are_a_larger_effect(
    drawn: list[tuple[float, ...]], others: list[tuple[float, ...]], more: int
) -> None:
    built, left = study(drawn, "t"), study(others, "c")
    one = compare_periods(built, left)
    built.loc["t0", "after"] += more
    other = compare_periods(built, left)

    assert other.effect > one.effect
    assert other.change < one.change
    assert other.expected_after == one.expected_after


def test_nothing_done_is_seldom_called_an_effect() -> None:
    # Places chosen for their bad record, as towns do, 20 comparison places and a trend of 0.8.
    generator = np.random.default_rng(8)
    shown = []
    for _ in range(300):
        rate = generator.gamma(2, 6 / 2, 60)
        before, after = generator.poisson(rate), generator.poisson(0.8 * rate)
        places = frame(
            "p", before=before, after=after, exposure_before=1.0, exposure_after=1.0,
            expected_before=6.0, shape=2.0,
        )  # fmt: skip
        worst = places.nlargest(6, "before")
        rest = places.drop(worst.index).sample(20, random_state=1)
        shown.append(compare_periods(worst, rest).state)

    assert np.mean([state != "not shown" for state in shown]) <= 0.07


def test_too_few_comparison_places_are_refused() -> None:
    with pytest.raises(TooFewComparisonsError, match=r"at least 10 .* got 9 with 450 and 450"):
        compare_periods(treated(), untreated(9))
    with pytest.raises(TooFewComparisonsError, match="got 20 with 1000 and 0"):
        compare_periods(treated(), untreated(20, after=0))


def test_impossible_evidence_is_refused() -> None:
    with pytest.raises(TreatedComparisonError, match="1 places are both"):
        compare_periods(treated().rename({"t000": "c000"}), untreated())
    with pytest.raises(InvalidEvidenceError, match="at least one treated place"):
        compare_periods(treated().iloc[:0], untreated())
    with pytest.raises(InvalidEvidenceError, match="must be positive"):
        compare_periods(treated().assign(exposure_before=0.0), untreated())
    with pytest.raises(InvalidEvidenceError, match="must not be negative"):
        compare_periods(treated(), untreated(before=-1))
    with pytest.raises(InvalidEvidenceError, match="finite"):
        compare_periods(treated(expected=np.nan), untreated())
    with pytest.raises(DuplicateEvidenceError, match="once"):
        compare_periods(pd.concat([treated(), treated()]), untreated())
