"""One matcher in a process of its own: its answers, its times and its memory.

`python -m tests.benchmarks.matching.worker MATCHER FOLDER PLAN`; PLAN says for each set of lines
how many of them are matched and how often that is timed. It needs nothing but the matcher's own
packages, so that peers run where ours is not installed.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from .sets import read_lines, write_lines

Round = tuple[float, list[float]]
# A batch has at least so many routes; fewer of them are repeated.
ARCHIVE = 2000


class Matches(Protocol):
    """What every matcher can; ours also has `match_all`."""

    def match(self, line: np.ndarray, kind: str) -> np.ndarray:
        """Return the matched (n, 2) degrees of one line."""


MATCHERS = {
    "ours": ("own", "Own"),
    "ours without numba": ("own", "PlainOwn"),
    "Valhalla default": ("meili", "Meili"),
    "Valhalla tuned": ("meili", "TunedMeili"),
    "Valhalla tried": ("meili", "TriedMeili"),
    "mappymatch": ("mappy", "Mappy"),
    "LeuvenMapMatching": ("leuven", "Leuven"),
    "nearest nodes": ("naive", "Naive"),
}


def main(name: str, folder: Path, plan: dict[str, dict[str, int]]) -> None:
    """Match what the plan says and write one report."""
    module, kind = MATCHERS[name]
    # Importing is what a process pays once, whatever the network.
    load = getattr(import_module(f".peers.{module}", __package__), kind)
    began = time.perf_counter()
    matcher = load(folder)
    report: dict[str, Any] = {"startup_s": time.perf_counter() - began, "sets": {}}
    report["network_mb"] = _peak_mb()
    for number, (lines, wish) in enumerate(plan.items()):
        chosen = read_lines(folder / f"{lines}.npz")[: wish["count"]]
        report["sets"][lines] = _run(matcher, chosen, lines, wish, warm=number > 0, save=(
            folder / "answers" / name / f"{lines}.npz"
        ))  # fmt: skip
    report["peak_mb"] = _peak_mb()
    report["compile_s"] = getattr(matcher, "compile_s", None)
    (folder / "answers" / name / "report.json").write_text(json.dumps(report))


def _run(
    matcher: Matches,
    lines: list[np.ndarray],
    name: str,
    wish: dict[str, int],
    *,
    warm: bool,
    save: Path,
) -> dict[str, Any]:
    kind = name.rsplit("-", 1)[1]
    together: Callable[..., list[np.ndarray]] | None = getattr(matcher, "match_all", None)
    if not warm:
        _one(matcher, lines[0], kind)
    timed = lines[: wish.get("timed", 0)]
    problems: Counter[str] = Counter()
    rounds: list[Round] = []
    if together:
        answers = together(lines)
    else:
        before = time.process_time()
        found = [_one(matcher, line, kind) for line in lines]
        rounds.append((time.process_time() - before, [each for _, _, each in found]))
        answers = [answer for answer, _, _ in found]
        problems.update(problem for _, problem, _ in found if problem)
    write_lines(save, answers)
    if timed:
        rounds = [_round(matcher, timed, kind) for _ in range(wish["rounds"])]
    archive = lines * -(-ARCHIVE // len(lines))
    batches = [_batch(together, archive) for _ in range(wish.get("rounds", 0))] if together else []
    return {
        "count": len(lines),
        "problems": problems,
        "timed": len(timed) or len(lines),
        "rounds": len(rounds),
        "single_cpu_s": float(np.median([seconds for seconds, _ in rounds])) if rounds else None,
        "each_ms": np.median([each for _, each in rounds], axis=0).tolist() if rounds else None,
        "archive": len(archive),
        "batch_s": np.median(batches, axis=0).tolist() if batches else None,
    }


def _one(matcher: Matches, line: np.ndarray, kind: str) -> tuple[np.ndarray, str | None, float]:
    """Return the answer, what was wrong, and the milliseconds on the clock."""
    began = time.perf_counter()
    # Peers raise whatever they like; each such line is one of their failures.
    try:
        answer, problem = np.reshape(matcher.match(line, kind), (-1, 2)), None
    except Exception as error:  # noqa: BLE001
        answer, problem = np.empty((0, 2)), f"{type(error).__name__}: {error}"[:60]
    return answer, problem, (time.perf_counter() - began) * 1000


def _round(matcher: Matches, lines: list[np.ndarray], kind: str) -> Round:
    """Return seconds of the processor for all, and milliseconds on the clock for each."""
    before = time.process_time()
    each = [_one(matcher, line, kind)[2] for line in lines]
    return time.process_time() - before, each


def _batch(together: Callable[..., list[np.ndarray]], lines: list[np.ndarray]) -> list[float]:
    """Return seconds on the clock and of the processor."""
    clock, processor = time.perf_counter(), time.process_time()
    together(lines, table_only=True)
    return [time.perf_counter() - clock, time.process_time() - processor]


def _peak_mb() -> float:
    # Not getrusage: its peak is inherited from the process that started this one.
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return float("nan")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), json.loads(sys.argv[3]))
