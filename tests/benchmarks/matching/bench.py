"""Ours and its peers on the same known routes, each in a process of its own.

`PYTHONPATH=. python tests/benchmarks/matching/bench.py --peers PYTHON [EXTRACT …]`, run by
`make bench`. PYTHON is the interpreter of the peers' own environment: mappymatch wants an older
pandas than we pin, and pyvalhalla a newer Python than our floor. Prints Markdown.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.matching.drawing import DENSE, SPARSE, drawn
from tests.benchmarks.matching.growth import growth
from tests.benchmarks.matching.scoring import Judge, Scores
from tests.benchmarks.matching.sets import read_lines, write_lines
from tests.benchmarks.matching.towns import Town, open_town
from tests.benchmarks.matching.truth import Truth, known_routes

SAMPLE = Path(__file__).parents[3] / "data" / "samples" / "neubrandenburg.osm.pbf"
SEED = 20261121
KNOWN, SPECIAL = 2000, 300
KINDS = (SPARSE, DENSE)
SPECIALS = ("contraflow", "cut", "gap", "there-and-back")
ROUNDS, TIMED = 5, 200
# How many of each 2,000 and 300 those matchers get that would take hours for all.
SLOW = {"mappymatch": (60, 15), "LeuvenMapMatching": (10, 3), "nearest nodes": (60, 15)}
OURS, PLAIN = "ours", "ours without numba"
PEERS = ("Valhalla default", "Valhalla tuned", "mappymatch", "LeuvenMapMatching", "nearest nodes")
TILES = """
import sys, pathlib
from tests.benchmarks.matching.peers.meili import build_tiles
build_tiles(*map(pathlib.Path, sys.argv[1:]))
"""


def main() -> None:
    """Run all towns, then how cost grows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("extracts", nargs="*", type=Path, default=[SAMPLE])
    parser.add_argument("--peers", help="the Python of the peers' environment; without: ours alone")
    parser.add_argument("--known", type=int, default=KNOWN, help="routes per set")
    parser.add_argument("--special", type=int, default=SPECIAL, help="routes per special kind")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--no-growth", action="store_true")
    wanted = parser.parse_args()
    for extract in [path for path in wanted.extracts if not path.is_file()]:
        line(f"No {extract}: that town is skipped.")
    towns = [path for path in wanted.extracts if path.is_file()]
    with tempfile.TemporaryDirectory() as folder:
        for extract in towns:
            run_town(extract, Path(folder) / extract.stem, wanted)
        if towns and not wanted.no_growth:
            growth(towns[0], Path(folder), line)


def run_town(extract: Path, folder: Path, wanted: argparse.Namespace) -> None:
    """Match and report one town."""
    python = wanted.peers
    began = time.perf_counter()
    town = open_town(extract, folder)
    sets = write_sets(town, folder, wanted.known, wanted.special)
    line(
        f"\n### {town.name}: {len(town.network.segments):,} segments, "
        f"{len(town.bike_graph.edges):,} directed edges of osmnx\n"
    )
    reports = {}
    for name in (OURS, PLAIN, *(PEERS if python else ())):
        interpreter = sys.executable if name in {OURS, PLAIN} else str(python)
        report = run_matcher(name, town, folder, sets, interpreter, wanted.rounds)
        if report:
            reports[name] = report
    judge = Judge(town.data, town.streets.transformer)
    scores = {
        (name, lines): scored(judge, sets[lines], folder, name, lines)
        for name in reports for lines in sets if name != PLAIN
    }  # fmt: skip
    print_quality(scores, [name for name in reports if name != PLAIN])
    print_specials(scores, [name for name in reports if name != PLAIN])
    print_speed(reports)
    line(f"\n{time.perf_counter() - began:.0f} s for all of {town.name}.")


def write_sets(town: Town, folder: Path, known: int, most_special: int) -> dict[str, list[Truth]]:
    """Draw the known routes again and leave them for the matchers; gaps are dense only."""
    sets = {}
    for source, streets in (("ours", town.streets), ("osmnx", town.bike_streets)):
        routes = known_routes(streets, known, SEED)
        sets |= {f"{source}-{kind}": routes for kind in KINDS}
    for special in SPECIALS:
        routes = known_routes(town.streets, most_special, SEED, special)
        half = len(routes) // 2
        both = {f"{special}-{SPARSE}": routes[:half], f"{special}-{DENSE}": routes[half:]}
        sets |= {f"{special}-{DENSE}": routes} if special == "gap" else both
    for number, (name, routes) in enumerate(sets.items()):
        rng = np.random.default_rng([SEED, number])
        kind = name.rsplit("-", 1)[1]
        lines = [drawn(route, kind, rng, town.streets.transformer) for route in routes]
        write_lines(folder / f"{name}.npz", lines)
    return sets


def run_matcher(
    name: str, town: Town, folder: Path, sets: dict[str, list[Truth]], python: str, rounds: int
) -> dict[str, Any] | None:
    """Let one matcher do its sets in a process of its own; None, with a line, if it cannot."""
    prepared = 0.0
    if name == "Valhalla default":
        began = time.perf_counter()
        command = [python, "-c", TILES, str(town.extract), str(folder)]
        if not _ran(name, command):
            return None
        prepared = time.perf_counter() - began
    most = SLOW.get(name)
    plan: dict[str, dict[str, int]] = {}
    for lines, routes in sets.items():
        main_set = lines.startswith(("ours", "osmnx"))
        count = len(routes) if most is None else min(most[not main_set], len(routes))
        plan[lines] = {"count": count}
        if lines.startswith("ours") and most is None:
            plan[lines] |= {"timed": min(TIMED, count), "rounds": rounds}
    if name == PLAIN:
        plan = {lines: wish for lines, wish in plan.items() if lines.startswith("ours")}
    worker = [python, "-m", "tests.benchmarks.matching.worker", name, str(folder), json.dumps(plan)]
    if not _ran(name, worker):
        return None
    report = json.loads((folder / "answers" / name / "report.json").read_text())
    return {**report, "prepared_s": prepared}


def _ran(name: str, command: list[str]) -> bool:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {name}\n")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        line(f"{name} cannot run here: {last}\n")
    return done.returncode == 0


def scored(judge: Judge, routes: list[Truth], folder: Path, name: str, lines: str) -> Scores:
    """Return the scores of what a matcher left."""
    answers = read_lines(folder / "answers" / name / f"{lines}.npz")
    return judge.score_all(routes[: len(answers)], answers)


def print_quality(scores: dict[tuple[str, str], Scores], names: list[str]) -> None:
    """Print F1, exact share and failures on the plain routes, ours also on the peer's subset."""
    sets = [f"{source}-{kind}" for source in ("ours", "osmnx") for kind in KINDS]
    line("F1 by length / exact share / failures on plain routes. A slow matcher has fewer of them;")
    line("behind “ours:” is what ours has on those.\n")
    line("| matcher | routes | ours, sparse | ours, dense | osmnx's, sparse | osmnx's, dense |")
    line("|---|---|---|---|---|---|")
    for name in names:
        count = len(scores[name, sets[0]].exact)
        cells = []
        for lines in sets:
            text = quality(scores[name, lines])
            if name in SLOW:
                text += f" (ours: {quality(scores[OURS, lines].first(count))})"
            cells.append(text)
        line(f"| {name} | {count:,} | {' | '.join(cells)} |")


def quality(scores: Scores) -> str:
    """Return F1, exact share and failures."""
    failed = f" / {scores.failed.mean():.0%}" if scores.failed.any() else " / 0"
    return f"{scores.f1:.3f} / {scores.exact.mean():.2f}{failed}"


def print_specials(scores: dict[tuple[str, str], Scores], names: list[str]) -> None:
    """Print F1 and exact share on the special routes."""
    sets = sorted({lines for _, lines in scores if not lines.startswith(("ours", "osmnx"))})
    line("\nF1 / exact share on special routes of our network.\n")
    heads = [f"{lines} ({len(scores[OURS, lines].exact)})" for lines in sets]
    line(f"| matcher | {' | '.join(heads)} |")
    line("|---" * (len(sets) + 1) + "|")
    for name in names:
        cells = [
            f"{scores[name, lines].f1:.3f} / {scores[name, lines].exact.mean():.2f}"
            + (f" ({len(scores[name, lines].exact)})" if name in SLOW else "")
            for lines in sets
        ]
        line(f"| {name} | {' | '.join(cells)} |")


def print_speed(reports: dict[str, dict[str, Any]]) -> None:
    """Print what each matcher costs."""
    line("\nRoutes per second of the processor, one by one / in a batch (on the clock), median of")
    line(
        "the rounds; milliseconds on the clock, p50 / p95; start: from its own files until ready.\n"
    )
    heads = ("matcher", "rounds × routes", "sparse routes/s", "dense routes/s", "sparse ms")
    line(f"| {' | '.join(heads)} | dense ms | start s | memory MB: loaded / peak |")
    line("|---|---|---|---|---|---|---|---|")
    for name, report in reports.items():
        sets = [report["sets"][f"ours-{kind}"] for kind in KINDS]
        shape = f"{sets[0]['rounds']} × {sets[0]['timed']}"
        rates = " | ".join(rate(one) for one in sets)
        times = " | ".join(
            " / ".join(f"{np.percentile(one['each_ms'], share):.1f}" for share in (50, 95))
            for one in sets
        )
        memory = f"{report['network_mb']:.0f} / {report['peak_mb']:.0f}"
        line(f"| {name} | {shape} | {rates} | {times} | {report['startup_s']:.2f} | {memory} |")
    compiling = reports[OURS]["compile_s"]
    if compiling:
        line(f"\nThe first batch of ours compiles: {compiling:.1f} s, once per process.")
    for name, report in reports.items():
        if report["prepared_s"]:
            line(f"Tiles of {name.split()[0]}: {report['prepared_s']:.1f} s.")


def rate(one: dict[str, Any]) -> str:
    """Return routes per second, one by one and in a batch."""
    single = one["timed"] / one["single_cpu_s"]
    if not one["batch_s"]:
        return f"{single:,.0f}"
    clock, processor = one["batch_s"]
    return f"{single:,.0f} / {one['archive'] / processor:,.0f} ({one['archive'] / clock:,.0f})"


def line(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
