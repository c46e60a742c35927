"""Everything an attacker knows before any release: the addresses, the ways from them, the cut."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree

from geo.errors import UnreachableError
from geo.network import Network
from geo.routing import Passage, Router, SnappedRoute, Waypoint
from geo.simulation.rides import addresses
from geo.trimming import cut_index

Floats = NDArray[np.float64]
LonLat = tuple[float, float]

CUTS = 8
"""At how many values of a device's own share the cut is tried; it falls at few crossings."""


@dataclass(frozen=True)
class Suspects:
    """The addresses of a school's students, and what a release could know of each.

    `stored` are all sets of places that a device may send (one row each, one column a place),
    `chance` is how likely each address sends each of them: less than 1 in all where a ride may be
    too short. `xy` are metres around the school.
    """

    school: LonLat
    lonlat: Floats
    xy: Floats
    prior: Floats
    stored: sparse.csr_array
    chance: sparse.csr_array
    km: Floats
    """Of each row of `stored`, the length of its segments."""

    @property
    def sending(self) -> Floats:
        """How likely whoever sent a ride lives at each address."""
        found = self.prior * self.chance.sum(axis=1)
        return np.asarray(found / found.sum())

    @property
    def passing(self) -> Floats:
        """How likely a student of the school who sent a ride passes each place."""
        return np.asarray((self.sending_each @ self.stored).ravel())

    @property
    def sending_each(self) -> Floats:
        """How likely each row of `stored` is what a student sent."""
        found = self.prior @ self.chance
        return np.asarray(found / found.sum())

    def within(self, metres: float) -> sparse.csr_array:
        """Which addresses lie within so many metres of which, as ones."""
        tree = cKDTree(self.xy)
        pairs = tree.query_pairs(metres, output_type="ndarray")
        rows = np.concatenate([pairs[:, 0], pairs[:, 1], np.arange(len(self.xy))])
        columns = np.concatenate([pairs[:, 1], pairs[:, 0], np.arange(len(self.xy))])
        ones = np.ones(len(rows), dtype=np.float32)
        return sparse.csr_array((ones, (rows, columns)), shape=(len(self.xy),) * 2)


def ride(router: Router, home: LonLat, school: LonLat) -> SnappedRoute:
    """Return the way a student rides: the shortest, as the attacker expects."""
    return router.snap([Waypoint(*home), Waypoint(*school)])


def suspects(
    network: Network, router: Router, school: LonLat, *, spacing_m: float, cut: bool = True
) -> Suspects:
    """Return the addresses around a school with what each would send.

    Without `cut` that is the whole ride: what a release would know if nothing were left out.
    """
    lonlat, prior = addresses(network, school, spacing_m=spacing_m)
    places = network.places
    number = {place: column for column, place in enumerate(places.index)}
    length_km = places["length_m"].to_numpy(float) / 1000
    rows: dict[Hashable, int] = {}
    chance: dict[tuple[int, int], float] = defaultdict(float)
    for address, home in enumerate(lonlat.tolist()):
        try:
            route = ride(router, tuple(home), school)
        except UnreachableError:
            continue
        starts = _starts(route, tuple(home)) if cut else {0: 1.0}
        for start, share in starts.items():
            sent = _places(route.passages[start:], number)
            chance[address, rows.setdefault(sent, len(rows))] += share
    sent = list(rows)
    lengths = [len(one) for one in sent]
    stored = sparse.csr_array(
        (
            np.ones(sum(lengths), dtype=np.float32),
            np.concatenate([np.array(one, dtype=np.int32) for one in sent]),
            np.concatenate([[0], np.cumsum(lengths)]),
        ),
        shape=(len(sent), len(number)),
    )
    pairs = np.array(list(chance), dtype=np.int64)
    weights = np.array(list(chance.values()), dtype=np.float32)
    of = sparse.csr_array((weights, tuple(pairs.T)), shape=(len(lonlat), len(sent)))
    scale = 111_195 * np.array([np.cos(np.radians(school[1])), 1.0])
    return Suspects(
        school, lonlat, (lonlat - np.array(school)) * scale, prior, stored, of,
        np.asarray(stored @ length_km),
    )  # fmt: skip


def _starts(route: SnappedRoute, home: LonLat) -> dict[int, float]:
    found: dict[int, float] = defaultdict(float)
    for u in (np.arange(CUTS) + 0.5) / CUTS:
        start = cut_index(route.passages, home, float(u), length_m=route.length_m)
        if start is not None:
            found[start] += 1 / CUTS
    return dict(found)


def _places(passages: Sequence[Passage], number: dict[str, int]) -> tuple[int, ...]:
    passed = (number[passage.id] for passage in passages if passage.id in number)
    return tuple(sorted(set(passed)))


def place_ids(network: Network) -> pd.Index:
    """Return the ids of the columns of `Suspects.stored`."""
    return network.places.index
