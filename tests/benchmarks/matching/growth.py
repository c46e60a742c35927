"""How the cost of matching grows, and where its time goes."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from geo.area import build_network
from geo.matching import Matcher
from geo.osm import read_osm
from tests.benchmarks.cities import enlarged

from .drawing import DENSE, SPARSE, drawn
from .streets import Streets
from .truth import Truth, known_routes, length_m

SEED, ROUTES = 7, 1000
CALL = 10_000
ROUNDS = 5
STEPS = {"candidate lookup": "_index.find", "search": "_search", "table": "_answers.table"}


def growth(extract: Path, folder: Path, line: Callable[[str], None]) -> None:
    """Print the tables for one town."""
    network = build_network(read_osm(extract))
    streets = Streets.of_network(network)
    routes = known_routes(streets, ROUTES, SEED)
    lines = {kind: _drawn(routes, kind, streets) for kind in (SPARSE, DENSE)}
    matcher = Matcher(network)
    matcher.match_all(lines[SPARSE], fast=True)
    town = extract.name.split(".")[0]
    line(f"\n### How cost grows ({town}, batch, CPU ms per route)\n")
    line("| what | sparse | dense |\n|---|---|---|")
    for label, times, kinds in (
        ("1,000 routes", 1, (SPARSE, DENSE)),
        ("10,000 routes", 10, (SPARSE, DENSE)),
        ("100,000 routes, 10,000 a call", 100, (SPARSE,)),
    ):
        cells = [f"{_ms(matcher, lines[kind], times):.3f}" for kind in kinds]
        line(f"| {label} | {' | '.join(cells)} |{' – |' * (2 - len(cells))}")
    large = Matcher(build_network(read_osm(enlarged(extract, 4, folder))))
    large.match_all(lines[SPARSE], fast=True)
    cells = [_ms(large, lines[kind], 1) for kind in (SPARSE, DENSE)]
    line(f"| 1,000 routes, network × 4 | {cells[0]:.3f} | {cells[1]:.3f} |")
    _lengths(matcher, streets, line)
    _profile(matcher, lines, line)


def _drawn(routes: list[Truth], kind: str, streets: Streets) -> list[np.ndarray]:
    rng = np.random.default_rng(SEED)
    return [drawn(route, kind, rng, streets.transformer) for route in routes]


def _ms(matcher: Matcher, lines: list[np.ndarray], times: int) -> float:
    """Return milliseconds per route; a median of five, but once for the hundredfold."""
    every = lines * times
    took = []
    for _ in range(1 if times > 10 else ROUNDS):
        before = time.process_time()
        for first in range(0, len(every), CALL):
            matcher.match_all(every[first : first + CALL], fast=True)
        took.append(time.process_time() - before)
    return float(np.median(took)) / len(every) * 1000


def _lengths(matcher: Matcher, streets: Streets, line: Callable[[str], None]) -> None:
    """Compare routes of about 1.25 km with routes of about 5 km."""
    routes = known_routes(streets, 6 * ROUTES, SEED)
    for label, low, high in (("1 to 1.5 km", 1000, 1500), ("4 to 6 km", 4000, 6000)):
        chosen = [route for route in routes if low <= length_m(streets, route) <= high]
        chosen = (chosen * ROUTES)[:ROUTES]
        cells = [_ms(matcher, _drawn(chosen, kind, streets), 1) for kind in (SPARSE, DENSE)]
        line(f"| 1,000 routes of {label} | {cells[0]:.3f} | {cells[1]:.3f} |")


def _profile(
    matcher: Matcher, lines: dict[str, list[np.ndarray]], line: Callable[[str], None]
) -> None:
    """Print what share of a batch each step takes."""
    spent = dict.fromkeys(STEPS, 0.0)
    for step, path in STEPS.items():
        owner_name, _, name = path.rpartition(".")
        owner = getattr(matcher, owner_name) if owner_name else matcher
        object.__setattr__(owner, name, _clocked(getattr(owner, name), step, spent))
    line("\n| share of a batch of 10,000 | sparse | dense |\n|---|---|---|")
    shares: dict[str, list[float]] = {step: [] for step in (*STEPS, "rest")}
    for kind in (SPARSE, DENSE):
        spent.update(dict.fromkeys(STEPS, 0.0))
        before = time.process_time()
        matcher.match_all(lines[kind] * 10, fast=True)
        total = time.process_time() - before
        for step, seconds in (*spent.items(), ("rest", total - sum(spent.values()))):
            shares[step].append(seconds / total)
    for step, (sparse, dense) in shares.items():
        line(f"| {step} | {sparse:.0%} | {dense:.0%} |")


def _clocked(
    function: Callable[..., object], step: str, spent: dict[str, float]
) -> Callable[..., object]:
    def clocked(*args: object, **options: object) -> object:
        before = time.process_time()
        answer = function(*args, **options)
        spent[step] += time.process_time() - before
        return answer

    return clocked
