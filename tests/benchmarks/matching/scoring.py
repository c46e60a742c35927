"""How much of a known route an answer got right, judged by where its line runs."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Self

import numpy as np
import shapely
from pyproj import Transformer

from geo.extract import OsmData

from .truth import Truth

CELL_M = 10.0
ON_STREET_M = 0.5
FREE_M = 15.0
FREE_STEP_M = 5.0
LOOSE_M = 30.0
SLACK_M = 2.0


@dataclass(frozen=True)
class Scores:
    """What each answer got right, in the order of the routes; an empty answer failed."""

    precision: np.ndarray
    recall: np.ndarray
    exact: np.ndarray
    failed: np.ndarray
    right_m: np.ndarray
    answered_m: np.ndarray
    true_m: np.ndarray

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall by length over all routes."""
        return float(2 * self.right_m.sum() / (self.answered_m.sum() + self.true_m.sum()))

    def first(self, count: int) -> Self:
        """Return the scores of the first routes."""
        return replace(self, **{name: value[:count] for name, value in vars(self).items()})


@dataclass(frozen=True)
class _Laid:
    """Where lines run: metres per line and cell (sorted by both), and what lies on no street."""

    line: np.ndarray
    cell: np.ndarray
    length_m: np.ndarray
    free_line: np.ndarray
    free_xy: np.ndarray
    free_m: np.ndarray


class Judge:
    """The streets of an extract cut into cells of ten metres, to lay lines upon.

    All matchers answer with lines that follow OSM nodes, whatever their network, their names for
    its parts, and where they cut it. So a line is laid on the straight pieces between
    neighbouring nodes of *all* highways of the extract (within half a metre: coordinates are
    rounded), and its metres are counted cell by cell. In a cell as much is right as both lines
    have: who rides a cell twice and is answered once gets half of it. The direction does not
    matter. What lies on no street is right within 15 m of what the known route has off the
    streets, and wrong otherwise. A buffer around the whole line could not count repeated pieces
    and would forgive a parallel path; comparing ids would need a common network.

    A route is exact if at most 2 m are wrong or missing farther than 30 m from its loose
    places, which are its two ends, where it turns round and where it leaves the network: nobody
    can know better than the noise where that was.
    """

    def __init__(self, data: OsmData, transformer: Transformer) -> None:
        self.transformer = transformer
        pairs = {
            (min(pair), max(pair)) for way in data.ways for pair in pairwise(way.nodes)
            if pair[0] != pair[1]
        }  # fmt: skip
        nodes = np.array(sorted(pairs))
        used, numbers = np.unique(nodes, return_inverse=True)
        xy = self._metres(np.array([data.nodes[node] for node in used.tolist()]))
        numbers = numbers.reshape(nodes.shape)
        self._begin, self._end = xy[numbers[:, 0]], xy[numbers[:, 1]]
        self._length_m = np.maximum(np.hypot(*(self._end - self._begin).T), 1e-6)
        cells = np.ceil(self._length_m / CELL_M).astype(int)
        self._first_cell = np.concatenate([[0], np.cumsum(cells)])
        self._tree = shapely.STRtree(
            shapely.linestrings(np.stack([self._begin, self._end], axis=1))
        )

    def score(self, truth: Truth, coordinates: np.ndarray) -> tuple[float, float, bool]:
        """Return precision, recall, and whether the route is exact."""
        scores = self.score_all([truth], [coordinates])
        return float(scores.precision[0]), float(scores.recall[0]), bool(scores.exact[0])

    def score_all(self, truths: list[Truth], answers: list[np.ndarray]) -> Scores:
        """Return the scores of answers, (n, 2) degrees each.

        One with less than two points failed; a row of NaN breaks a line.
        """
        count = len(truths)
        known, given = self._lay([truth.coordinates for truth in truths]), self._lay(answers)
        line, cell, true_m, given_m = _side_by_side(known, given, int(self._first_cell[-1]))
        right = np.minimum(true_m, given_m)
        free_right_known = _near(known, given)
        free_right_given = _near(given, known)
        loose = [self._metres(truth.loose) for truth in truths]
        wrong = _far_from(loose, line, self._middle(cell)) * (true_m + given_m - 2 * right)
        free_wrong = [
            _far_from(loose, laid.free_line, laid.free_xy) * laid.free_m * ~good
            for laid, good in ((known, free_right_known), (given, free_right_given))
        ]
        total_wrong = (
            np.bincount(line, wrong, count)
            + np.bincount(known.free_line, free_wrong[0], count)
            + np.bincount(given.free_line, free_wrong[1], count)
        )
        all_true = np.bincount(line, true_m, count) + np.bincount(
            known.free_line, known.free_m, count
        )
        all_given = np.bincount(line, given_m, count) + np.bincount(
            given.free_line, given.free_m, count
        )
        right_cells = np.bincount(line, right, count)
        recalled = right_cells + np.bincount(
            known.free_line, known.free_m * free_right_known, count
        )
        precise = right_cells + np.bincount(given.free_line, given.free_m * free_right_given, count)
        failed = np.array([len(answer) < 2 for answer in answers])
        return Scores(
            precision=precise / np.maximum(all_given, 1e-9),
            recall=recalled / np.maximum(all_true, 1e-9),
            exact=(total_wrong <= SLACK_M) & ~failed,
            failed=failed,
            right_m=(recalled + precise) / 2,
            answered_m=all_given,
            true_m=all_true,
        )

    def _metres(self, degrees: np.ndarray) -> np.ndarray:
        return np.column_stack(self.transformer.transform(*np.asarray(degrees, dtype=float).T))

    def _middle(self, cell: np.ndarray) -> np.ndarray:
        piece = np.searchsorted(self._first_cell, cell, side="right") - 1
        offset = (cell - self._first_cell[piece] + 0.5) * CELL_M
        share = np.minimum(offset / self._length_m[piece], 1.0)[:, None]
        return self._begin[piece] + share * (self._end[piece] - self._begin[piece])

    def _lay(self, lines: list[np.ndarray]) -> _Laid:
        pairs, owner = _pairs(lines)
        if not len(pairs):
            nothing, none = np.empty(0), np.empty(0, dtype=int)
            return _Laid(none, none, nothing, none, np.empty((0, 2)), nothing)
        # The same piece of street is part of many routes: look it up once.
        unique, number = np.unique(pairs.round(8), axis=0, return_inverse=True)
        number = number.ravel()
        p, q = self._metres(unique[:, :2]), self._metres(unique[:, 2:])
        pair, cell, length = self._cells(p, q)
        missing = np.hypot(*(q - p).T) - np.bincount(pair, length, len(unique))
        first = np.searchsorted(pair, np.arange(len(unique) + 1))
        rows, source = _expanded(first, number)
        free = np.flatnonzero(missing[number] > ON_STREET_M)
        free_line, free_xy, free_m = _free_steps(
            p[number[free]], q[number[free]], missing[number[free]], owner[free]
        )
        return _Laid(owner[source], cell[rows], length[rows], free_line, free_xy, free_m)

    def _cells(self, p: np.ndarray, q: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return pair, cell and metres of what of each straight pair runs along a street."""
        lines = shapely.linestrings(np.stack([p, q], axis=1))
        pair, piece = self._tree.query(lines, predicate="dwithin", distance=ON_STREET_M)
        length = self._length_m[piece]
        unit = (self._end[piece] - self._begin[piece]) / length[:, None]

        def laid(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            away = points - self._begin[piece]
            along = np.einsum("ij,ij->i", away, unit)
            return along, away[:, 0] * unit[:, 1] - away[:, 1] * unit[:, 0]

        (along_p, side_p), (along_q, side_q) = laid(p[pair]), laid(q[pair])
        span = along_q - along_p
        low = np.clip(np.minimum(along_p, along_q), 0, length)
        high = np.clip(np.maximum(along_p, along_q), 0, length)
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = np.where(np.abs(span) > 1e-9, (side_q - side_p) / span, np.inf)
            away = np.maximum(*(np.abs(side_p + slope * (end - along_p)) for end in (low, high)))
        # Parallel and close: what only touches a crossing street does not run along it.
        keep = (high > low) & (away <= ON_STREET_M) & (np.abs(slope) < 0.5)
        pair, piece, low, high = pair[keep], piece[keep], low[keep], high[keep]
        first = np.floor(low / CELL_M).astype(int)
        last = np.minimum(np.ceil(high / CELL_M), np.ceil(length[keep] / CELL_M)).astype(int)
        repeat = np.maximum(last - first, 1)
        row = np.repeat(np.arange(len(pair)), repeat)
        index = first[row] + np.arange(len(row)) - np.repeat(np.cumsum(repeat) - repeat, repeat)
        metres = np.minimum(high[row], (index + 1) * CELL_M) - np.maximum(low[row], index * CELL_M)
        order = np.argsort(pair[row], kind="stable")
        return (
            pair[row][order],
            (self._first_cell[piece[row]] + index)[order],
            np.maximum(metres, 0.0)[order],
        )


def _pairs(lines: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return (m, 4) neighbouring vertices of all lines and the line of each."""
    kept = [(number, np.asarray(line, float)) for number, line in enumerate(lines) if len(line) > 1]
    if not kept:
        return np.empty((0, 4)), np.empty(0, dtype=int)
    pairs = np.vstack([np.hstack([line[:-1], line[1:]]) for _, line in kept])
    owner = np.repeat([number for number, _ in kept], [len(line) - 1 for _, line in kept])
    unbroken = np.isfinite(pairs).all(axis=1)
    return pairs[unbroken], owner[unbroken]


def _expanded(first: np.ndarray, number: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of each number one after another, and where in `number` each stems from."""
    counts = first[number + 1] - first[number]
    source = np.repeat(np.arange(len(number)), counts)
    within = np.arange(len(source)) - np.repeat(np.cumsum(counts) - counts, counts)
    return first[number][source] + within, source


def _free_steps(
    p: np.ndarray, q: np.ndarray, metres: np.ndarray, owner: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return line, position and metres of steps along what lies on no street."""
    counts = np.maximum(np.ceil(np.hypot(*(q - p).T) / FREE_STEP_M), 1).astype(int)
    row = np.repeat(np.arange(len(p)), counts)
    within = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    share = ((within + 0.5) / counts[row])[:, None]
    return owner[row], p[row] + share * (q[row] - p[row]), metres[row] / counts[row]


def _side_by_side(
    known: _Laid, given: _Laid, cells: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    keys = np.concatenate([known.line * cells + known.cell, given.line * cells + given.cell])
    unique, number = np.unique(keys, return_inverse=True)
    split = len(known.line)
    true_m = np.bincount(number[:split], known.length_m, len(unique))
    given_m = np.bincount(number[split:], given.length_m, len(unique))
    return unique // cells, unique % cells, true_m, given_m


def _near(these: _Laid, those: _Laid) -> np.ndarray:
    """Return which free steps have a free step of the same line in the other set nearby."""
    near = np.zeros(len(these.free_line), dtype=bool)
    for line in np.intersect1d(these.free_line, those.free_line).tolist():
        mine, others = these.free_line == line, those.free_line == line
        tree = shapely.STRtree(shapely.points(those.free_xy[others]))
        hits, _ = tree.query(
            shapely.points(these.free_xy[mine]), predicate="dwithin", distance=FREE_M
        )
        near[np.flatnonzero(mine)[np.unique(hits)]] = True
    return near


def _far_from(loose: list[np.ndarray], line: np.ndarray, xy: np.ndarray) -> np.ndarray:
    """Return which positions are not near a loose place of their route."""
    far = np.ones(len(line), dtype=bool)
    most = max(len(places) for places in loose)
    for number in range(most):
        places = np.array([own[min(number, len(own) - 1)] for own in loose])
        far &= np.hypot(*(xy - places[line]).T) > LOOSE_M
    return far
