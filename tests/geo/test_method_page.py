"""The method page: its numbers are those of the code, and can be followed by hand."""

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from api import cli
from api.services import fill_demo
from geo.extract import OsmData
from geo.policy import load_policy
from geo.summary import conclude
from scripts.method.example import SCHOOL, SEED, STUDENTS, Example, choose, work_out
from scripts.method.figures import added, code, figure, table
from scripts.method.page import chapters, render

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "method.md").read_text(encoding="utf-8")
SETTINGS = "11. How far the list hangs on the settings"
# Where more digits are lost than this, following by hand would prove nothing.
COARSEST = 0.02
ROUNDED_DIGITS = 4
NUMBER = r"−?\d+(?:\.\d+)?"
FUNCTIONS = {
    "exp": math.exp,
    "ln": math.log,
    "log2": math.log2,
    "sqrt": math.sqrt,
    "digamma": special.digamma,
    "trigamma": lambda s: special.polygamma(1, s),
    "gamma_inv": lambda p, s, scale: stats.gamma.ppf(p, s, scale=scale),
    "gamma_dist": lambda x, s, scale: stats.gamma.cdf(x, s, scale=scale),
    "beta_dist": stats.beta.cdf,
    "largest": max,
}
SPELLINGS = {
    "×": "*", "−": "-", "^": "**", ";": ",", "√": "sqrt", "ψ₁": "trigamma", "ψ": "digamma",
    "GAMMA.INV": "gamma_inv", "GAMMA.DIST": "gamma_dist", "BETA.DIST": "beta_dist",
    "MAX": "largest",
}  # fmt: skip


@pytest.fixture(scope="module")
def example(sample_data: OsmData) -> Example:
    return work_out(sample_data)


@pytest.fixture(scope="module")
def page(example: Example) -> str:
    """The page without the forty releases of other settings, which take a minute."""
    return render(example, [])


def rows(page: str) -> Iterator[list[str]]:
    """Cells of every line of every table."""
    for line in page.splitlines():
        if line.startswith("| ") and not line.startswith("| ---"):
            yield [cell.strip() for cell in line.strip("|").split(" | ")]


def steps(page: str) -> dict[str, tuple[str, str]]:
    """By-hand cell and value of every step by its symbol."""
    found: dict[str, tuple[str, str]] = {}
    inside = False
    for line in page.splitlines():
        if not line.startswith("|"):
            inside = False
        elif line.startswith("| symbol | what | by hand | value |"):
            inside = True
        elif inside and not line.startswith("| ---"):
            symbol, _, by_hand, value = (cell.strip() for cell in line.strip("|").split("|"))
            assert symbol not in found
            found[symbol] = by_hand, value
    return found


def number(text: str) -> float:
    return float(text.replace("−", "-").replace(",", ""))


def half_a_unit(text: str) -> float:
    """How far a printed number may lie from the one that was rounded; few digits are exact."""
    digits, decimals = text.lstrip("−0.").replace(".", ""), text.partition(".")[2]
    if not decimals or max(len(digits), len(decimals)) < ROUNDED_DIGITS:
        return 0.0
    return 0.5 * 10.0 ** -len(decimals)


def same(written: str, now: str) -> bool:
    """Whether two texts differ by one unit in the last digit of a broken number at most.

    The fit of the safety performance function ends within a millionth of its best, on each
    processor elsewhere: now and then a number lies on the border of two roundings.
    """
    if re.split(NUMBER, written) != re.split(NUMBER, now):
        return False
    pairs = zip(re.findall(NUMBER, written), re.findall(NUMBER, now), strict=True)
    return all(one == other or _neighbours(one, other) for one, other in pairs)


def _neighbours(one: str, other: str) -> bool:
    decimals = len(one.partition(".")[2])
    return decimals > 1 and abs(number(one) - number(other)) <= 1.001 * 10.0**-decimals


def computed(expression: str) -> tuple[float, float]:
    """The value of an expression, and how far rounding of what is in it can shift it."""
    numbers = re.findall(r"\d+(?:\.\d+)?", re.sub(r"log2", "log", expression))
    parts = re.split(r"\d+(?:\.\d+)?", re.sub(r"log2", "log", expression))

    def value(shifts: list[float]) -> float:
        values = [repr(float(n) + shift) for n, shift in zip(numbers, shifts, strict=True)]
        filled = "".join(part + n for part, n in zip(parts, [*values, ""], strict=True))
        for spelling, ours in SPELLINGS.items():
            filled = filled.replace(spelling, ours)
        # What is evaluated stands in our own repository.
        return float(eval(filled.replace("log(", "log2("), {"__builtins__": {}}, FUNCTIONS))  # noqa: S307

    none = [0.0] * len(numbers)
    at = value(none)
    slack = 0.0
    for position, text in enumerate(numbers):
        shifted = [*none]
        shifted[position] = half_a_unit(text)
        slack += abs(value(shifted) - at)
    return at, slack


def test_the_page_is_what_the_code_says(page: str) -> None:
    written, now = chapters(PAGE), chapters(page)

    assert list(written) == list(now)
    for title in written:
        # Compared once more where they differ, for pytest to show in which line.
        if title != SETTINGS and not same(written[title], now[title]):
            assert written[title] == now[title], title


def test_other_settings_move_the_list_as_the_page_says(example: Example) -> None:
    lines = {(row[0].strip("`"), row[2]): row for row in rows(chapters(PAGE)[SETTINGS])}
    usual = example.summary.places
    confirmed = set(usual.index[usual["state"] == "confirmed"])
    again = 0
    for (setting, tried), line in lines.items():
        if setting not in {"relative_threshold", "false_share", "confirmed_reporters"}:
            continue
        was = getattr(example.policy, setting)
        policy = replace(example.policy, draws=1, **{setting: type(was)(float(tried))})
        other = conclude(
            example.prepared,
            policy,
            reference_rate=example.summary.parameters["reference_rate"],  # type: ignore[arg-type]
        ).places
        then = set(other.index[other["state"] == "confirmed"])
        assert line[4] == f"{len(confirmed & then)} of {len(confirmed)}"
        assert int(line[5]) == len(then - confirmed)
        again += 1
    assert again >= 3


@pytest.mark.parametrize("symbol", [name for name, (hand, _) in steps(PAGE).items() if "`" in hand])
def test_every_step_can_be_followed_by_hand(symbol: str) -> None:
    by_hand, printed = steps(PAGE)[symbol]
    value, slack = computed(by_hand.strip("`"))

    assert slack <= COARSEST * max(abs(value), 1)
    assert value == pytest.approx(number(printed), abs=slack + half_a_unit(printed) + 1e-9)


def test_the_whole_way_can_be_followed_by_hand() -> None:
    # From a few printed numbers to the index and the priority, as an analyst would do it.
    given_ = {symbol: number(value) for symbol, (_, value) in steps(PAGE).items()}
    mu, exposure, y, shape = (given_[name] for name in ("μ", "F", "y", "φ"))
    weight = 1 / (1 + mu * exposure / shape)
    rate = weight * mu + (1 - weight) * y / exposure
    s, t = shape + y, shape / mu + exposure
    variance = 1 / s + 1 / (2 * s**2) + 1 / (6 * s**3)
    of_crashes = 1 / (given_["m"] + 0.5) + 0.55**2
    share = variance / (variance + of_crashes)
    departure = math.log((given_["x"] + 0.5) / (given_["m"] + 0.5)) - math.log(rate / given_["μ₀"])
    log_rate = math.log(s) - 1 / (2 * s) - 1 / (12 * s**2) - math.log(t) + share * departure
    relative = math.exp(log_rate) / given_["λ_ref"]

    assert weight == pytest.approx(given_["w"], rel=1e-3)
    assert rate == pytest.approx(given_["λ"], rel=1e-3)
    assert share == pytest.approx(given_["K"], rel=2e-3)
    assert relative == pytest.approx(given_["RR"], rel=2e-3)
    assert 50 + 25 * math.log2(relative) == pytest.approx(given_["index"], abs=0.1)
    assert special.polygamma(1, given_["s₂"]) == pytest.approx(given_["v"], rel=1e-3)


def test_the_running_mean_can_be_followed_by_hand() -> None:
    header = "| no. | place | reporters | crashes | P | mean of 1 − P down to here | state |"
    lines = list(rows(PAGE[PAGE.index(header) :].partition("\n\n")[0]))[1:]
    places = {int(line[0]): (number(line[4]), number(line[5]), line[6]) for line in lines}
    first, second = places[1], places[2]

    assert first[1] == pytest.approx(1 - first[0], abs=1e-4)
    assert second[1] == pytest.approx((2 - first[0] - second[0]) / 2, abs=1e-4)
    for place in places:
        if place - 1 in places:
            total = (place - 1) * places[place - 1][1] + 1 - places[place][0]
            assert places[place][1] == pytest.approx(total / place, rel=2e-3, abs=1e-4)
        within = places[place][1] <= load_policy().false_share
        assert within == (places[place][2] == "confirmed")


def test_the_steps_are_those_of_the_release(example: Example) -> None:
    found, row = steps(PAGE), example.row

    for symbol, column in (
        ("λ", "rate"), ("w", "weight"), ("K", "crash_share"), ("RR", "relative"),
        ("index", "index"), ("P", "probability"), ("avoidable", "avoidable"),
        ("excess", "excess"), ("D", "danger"), ("P(top 10)", "top10"), ("burden", "yearly"),
    ):  # fmt: skip
        assert found[symbol][1] == figure(row[column]), symbol
    assert number(found["p"][1]) == pytest.approx(
        example.around.places.loc[example.place, "cluster_p"]
    )


def test_the_school_is_that_of_the_demo() -> None:
    assert (cli.DEMO_SCHOOL, fill_demo.SEED) == (SCHOOL, SEED)
    assert fill_demo.CLOSED + fill_demo.OPEN == STUDENTS


def test_the_place_is_a_confirmed_intersection_with_ratings(example: Example) -> None:
    assert example.row["state"] == "confirmed"
    assert example.row["ratings"] >= 12
    assert example.network.places.loc[example.place, "kind"] == "intersection"


def test_without_a_confirmed_intersection_there_is_nothing_to_follow(example: Example) -> None:
    nothing = replace(example.summary, places=example.summary.places.assign(state="watch"))

    with pytest.raises(ValueError, match="no confirmed intersection has 12 ratings"):
        choose(nothing, example.network)


def test_every_link_leads_somewhere() -> None:
    for link in re.findall(r"\]\(([^)]+)\)", PAGE):
        assert (ROOT / "docs" / link).resolve().exists(), link


@given(st.floats(1e-3, 1e4))
def test_a_figure_is_the_number_to_four_digits(value: float) -> None:
    assert number(figure(value)) == pytest.approx(value, rel=5.001e-4)
    assert figure(-value) == f"−{figure(value)}"


def test_hand_written_figures() -> None:
    assert [figure(value) for value in (3, 0.5, 1234.56, -0.01234567)] == [
        "3", "0.5000", "1235", "−0.01235",
    ]  # fmt: skip
    assert code("{} − {}", -1.5, -2.5) == "`−1.500 − (−2.500)`"
    assert code("exp({})", -1.5) == "`exp(−1.500)`"
    assert added([("2", 0.25), (-1.0,)]) == "`2 × 0.2500 + (−1.000)`"
    assert table(("a", "b"), [("x|y", 0.5)]) == "| a | b |\n| --- | --- |\n| x\\|y | 0.5000 |"


def test_hand_computed_rounding() -> None:
    assert computed("2 × 0.2500") == pytest.approx((0.5, 2 * 0.00005))
    assert computed("log2(8) − √(4) + MAX(0; −1)") == (1.0, 0.0)


def test_only_the_last_digit_of_a_broken_number_may_differ() -> None:
    assert same("P is 0.8905 of 18", "P is 0.8904 of 18")
    assert not same("P is 0.8905 of 18", "P is 0.8903 of 18")
    assert not same("P is 0.8905 of 18", "P is 0.8905 of 17")
    assert not same("P is 0.8905", "K is 0.8905")
    assert not same("18 of 37", "17 of 37")


def test_chapters_are_found_by_their_headings() -> None:
    assert list(chapters("# Title\n\n## One\na\n\n## Two\nb\n")) == ["", "One", "Two"]


def test_places_are_ranked_as_they_were(example: Example) -> None:
    line = next(row for row in rows(PAGE) if row[0].startswith("avoidable conflicts"))
    listed = example.summary.places["avoidable"].rank(ascending=False, method="min")

    assert int(line[1]) == int(listed[example.place])
