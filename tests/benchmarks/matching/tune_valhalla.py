"""Look for the settings with which Meili does best, on routes that no report uses.

`PYTHONPATH=. .venv/bin/python tests/benchmarks/matching/tune_valhalla.py PEERS_PYTHON` tries one
setting after the other, twice, for each kind of line, on 75 routes of our and 75 of osmnx's
network of Neubrandenburg (seed 1), and prints the best, to be written down in peers/meili.py.
"""

import copy
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.matching.bench import SAMPLE, TILES
from tests.benchmarks.matching.drawing import DENSE, SPARSE, drawn
from tests.benchmarks.matching.scoring import Judge
from tests.benchmarks.matching.sets import read_lines, write_lines
from tests.benchmarks.matching.towns import open_town
from tests.benchmarks.matching.truth import Truth, known_routes

SEED, EACH, ROUNDS = 1, 75, 2
CHOICES: list[tuple[tuple[str, ...], list[object]]] = [
    (("request", "trace_options", "search_radius"), [15, 20, 35, 75]),
    (("request", "trace_options", "interpolation_distance"), [0, 20, 35]),
    (("meili", "sigma_z"), [3, 6, 9]),
    (("request", "trace_options", "turn_penalty_factor"), [0, 50, 300]),
    (("meili", "beta"), [2, 6, 10]),
    (("meili", "max_route_distance_factor"), [2, 3, 10]),
    (("request", "trace_options", "gps_accuracy"), [10, 20]),
    (("request", "costing_options", "bicycle", "use_roads"), [0.1, 0.9]),
    (("request", "costing_options", "bicycle", "bicycle_type"), ["Mountain"]),
]


def main(python: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        town = open_town(SAMPLE, folder)
        subprocess.run([python, "-c", TILES, SAMPLE, folder], check=True)
        judge = Judge(town.data, town.streets.transformer)
        for kind in sys.argv[2:] or (SPARSE, DENSE):
            rng = np.random.default_rng(SEED)
            routes = [
                *known_routes(town.streets, EACH, SEED),
                *known_routes(town.bike_streets, EACH, SEED),
            ]
            lines = [drawn(route, kind, rng, town.streets.transformer) for route in routes]
            write_lines(folder / f"tuning-{kind}.npz", lines)
            print(kind, json.dumps(_best(kind, routes, judge, folder, python)))  # noqa: T201


def _best(
    kind: str, routes: list[Truth], judge: Judge, folder: Path, python: str
) -> dict[str, Any]:
    best: dict[str, Any] = {}
    top = _f1(kind, best, routes, judge, folder, python)
    print(kind, f"default {top:.4f}", flush=True)  # noqa: T201
    for _ in range(ROUNDS):
        before = top
        for path, values in CHOICES:
            for value in values:
                tried = copy.deepcopy(best)
                _put(tried, path, value)
                f1 = _f1(kind, tried, routes, judge, folder, python)
                print(kind, path[-1], value, f"{f1:.4f}", flush=True)  # noqa: T201
                # A draw is no reason to leave a default.
                if f1 > top + 0.0002:
                    best, top = tried, f1
        if top <= before:
            break
    return best


def _put(settings: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    for key in path[:-1]:
        settings = settings.setdefault(key, {})
    settings[path[-1]] = value


def _f1(
    kind: str,
    settings: dict[str, Any],
    routes: list[Truth],
    judge: Judge,
    folder: Path,
    python: str,
) -> float:
    (folder / "tried.json").write_text(json.dumps({kind: settings}))
    plan = json.dumps({f"tuning-{kind}": {"count": len(routes)}})
    worker = [python, "-m", "tests.benchmarks.matching.worker", "Valhalla tried", folder, plan]
    subprocess.run(worker, check=True)
    answers = read_lines(folder / "answers" / "Valhalla tried" / f"tuning-{kind}.npz")
    return judge.score_all(routes, answers).f1


if __name__ == "__main__":
    main(sys.argv[1])
