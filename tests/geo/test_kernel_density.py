"""Kernel densities along the network."""

import csv
import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InvalidEvidenceError, UnknownPlaceError
from geo.kernel_density import Split, heat, quartic, simple_density, split_density
from geo.network import Network
from geo.network_distance import InvalidRadiusError, find_neighbours
from geo.place_graph import PlaceGraph, place_graph

REFERENCE = Path(__file__).parent / "reference" / "spnetwork_toy_cross_quartic_bw10.csv"
BANDWIDTH = 10.0


def drawn(streets: Sequence[tuple[str, str, float]]) -> PlaceGraph:
    """Segments between named points; each is a place, as is each point."""
    points = sorted({point for street in streets for point in street[:2]})
    segments = [f"{start}-{end}" for start, end, _ in streets]
    places = pd.Index(sorted([*points, *segments]), dtype=object)
    start, end = (
        np.array([points.index(street[number]) for street in streets], dtype=np.intp)
        for number in (0, 1)
    )
    return PlaceGraph(
        places=places,
        place_of_point=np.asarray(places.get_indexer(points), dtype=np.intp),
        place_of_segment=np.asarray(places.get_indexer(segments), dtype=np.intp),
        start=start,
        end=end,
        length_m=np.array([street[2] for street in streets]),
    )


def at(graph: PlaceGraph, masses: Mapping[str, float]) -> np.ndarray:
    return pd.Series(masses, dtype=float).reindex(graph.places, fill_value=0.0).to_numpy()


# Four arms of 5 m, the event 3 m up the northern one. spNetwork's cross has its middle at
# (0.1, 0.1), so that the reference's samples lie 1 m up, 1 and 3 m right, 2.2 m left, 4.2 m down.
CROSS = drawn(
    [
        ("middle", "up1", 1), ("up1", "event", 2), ("event", "top", 2),
        ("middle", "right1", 1), ("right1", "right3", 2), ("right3", "right_end", 2),
        ("middle", "left", 2.2), ("left", "left_end", 2.8),
        ("middle", "down", 4.2), ("down", "bottom", 0.8),
    ]
)  # fmt: skip
EVENT = at(CROSS, {"event": 1.0})
SAMPLES = ["right3", "up1", "down", "left", "right1"]


def reference(column: str) -> list[float]:
    # spNetwork divides the kernel, which is per metre already, by the bandwidth once more.
    with REFERENCE.open(encoding="utf-8") as lines:
        return [float(row[column]) * BANDWIDTH for row in csv.DictReader(lines)]


@pytest.mark.parametrize("split", ["discontinuous", "continuous"])
def test_split_kernels_are_those_of_spnetwork(split: Split) -> None:
    density = split_density(EVENT, CROSS, split, bandwidth_m=BANDWIDTH, resolution_m=0.1)
    found = pd.Series(density, CROSS.places)[SAMPLES]

    assert found.to_numpy() == pytest.approx(reference(split), rel=1e-9)


def test_simple_kernel_is_that_of_spnetwork() -> None:
    neighbours = find_neighbours(CROSS, BANDWIDTH)
    found = pd.Series(simple_density(EVENT, neighbours, BANDWIDTH), CROSS.places)[SAMPLES]
    distances = pd.DataFrame(neighbours.distance_m.toarray(), CROSS.places, CROSS.places)

    assert found.to_numpy() == pytest.approx(reference("simple"), rel=1e-9)
    assert distances.loc["event", SAMPLES].to_numpy() * BANDWIDTH == pytest.approx(
        reference("net_dist")
    )


def test_hand_worked_quartic() -> None:
    # 15/16 at 0, 15/16 * (3/4)² at half the bandwidth, nothing from there on.
    found = quartic(np.array([0.0, 5.0, 10.0, 12.0]), 10.0)

    assert found == pytest.approx([0.09375, 0.052734375, 0, 0])


def long_cross(parts: int) -> PlaceGraph:
    """Four arms of 12 m in segments of 0.4 m: no dead end within the bandwidth of the middle."""
    names = [["middle", *(f"{arm}{i:02}" for i in range(parts))] for arm in "abcd"]
    return drawn([(a, b, 0.4) for arm in names for a, b in itertools.pairwise(arm)])


@pytest.mark.parametrize("split", ["discontinuous", "continuous"])
@pytest.mark.parametrize("source", ["middle", "a00", "a02-a03"])
def test_mass_is_kept_where_no_street_ends(split: Split, source: str) -> None:
    graph = long_cross(30)
    density = split_density(
        at(graph, {source: 1.0}), graph, split, bandwidth_m=BANDWIDTH, resolution_m=0.1
    )

    assert density[graph.place_of_segment].sum() * 0.4 == pytest.approx(1, abs=0.002)
    assert (density >= 0).all()


def test_continuous_density_is_the_same_on_all_arms_beside_a_point() -> None:
    graph = long_cross(30)
    mass = at(graph, {"a04": 1.0})
    density = split_density(mass, graph, "continuous", bandwidth_m=BANDWIDTH, resolution_m=0.1)
    found = pd.Series(density, graph.places)

    assert found["middle"] == pytest.approx(quartic(np.array([2.0]), BANDWIDTH)[0] / 2)
    for arm in "bcd":
        assert found[f"middle-{arm}00"] == pytest.approx(found["middle"], rel=0.02)
    assert found["middle-a00"] == pytest.approx(found["middle"], rel=0.1)


def test_a_loop_is_walked_in_both_directions() -> None:
    # A ring of 12 m: 6 m away both ways meet, and 10 m on, one has gone past the other.
    ring = drawn([("a", "b", 4), ("b", "c", 4), ("c", "a", 4)])
    for split in ("discontinuous", "continuous"):
        density = split_density(
            at(ring, {"a": 1.0}), ring, split, bandwidth_m=BANDWIDTH, resolution_m=0.1
        )
        found = pd.Series(density, ring.places)
        kernel = quartic(np.array([0.0, 4.0, 6.0, 8.0]), BANDWIDTH)
        assert found["b-c"] == pytest.approx(2 * kernel[2])
        assert found["b"] == pytest.approx(kernel[1] + kernel[3])
        assert found["a"] == pytest.approx(kernel[0])


evidence = st.lists(
    st.tuples(st.floats(0, 5), st.floats(0.1, 9)), min_size=len(CROSS.places),
    max_size=len(CROSS.places),
)  # fmt: skip


def cross_places(rows: Sequence[tuple[float, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, index=CROSS.places, columns=["conflicts", "exposure"])


@settings(deadline=None)
@given(evidence, st.permutations(range(len(CROSS.places))))
def test_order_of_places_does_not_matter(
    rows: Sequence[tuple[float, float]], order: Sequence[int]
) -> None:
    places = cross_places(rows)
    mixed = places.iloc[list(order)]

    assert heat(mixed, CROSS).index.equals(mixed.index)
    assert heat(mixed, CROSS).reindex(places.index).equals(heat(places, CROSS))


@settings(deadline=None)
@given(evidence)
def test_heat_is_a_mean_of_what_places_have(rows: Sequence[tuple[float, float]]) -> None:
    places = cross_places(rows)
    rate = places["conflicts"] / places["exposure"]

    found = heat(places, CROSS)
    assert (found >= rate.min() - 1e-9).all()
    assert (found <= rate.max() + 1e-9).all()


def test_heat_is_unknown_where_nobody_rides() -> None:
    far = drawn([("a", "b", 100), ("c", "d", 100)])
    places = pd.DataFrame(
        {"conflicts": [1.0, 0.0, 0.0], "exposure": [2.0, 0.0, 0.0]}, index=["a", "a-b", "c-d"]
    )

    found = heat(places, far)
    assert found["a-b"] == pytest.approx(0.5)
    assert np.isnan(found["c-d"])


@pytest.mark.parametrize("split", ["discontinuous", "continuous"])
def test_an_island_changes_no_heat(split: Split) -> None:
    streets = [("a", "b", 80.0), ("b", "c", 60.0), ("b", "d", 40.0)]
    places = pd.DataFrame(
        {"conflicts": [2.0, 0.0, 1.0, 3.0], "exposure": [4.0, 1.0, 2.0, 5.0]},
        index=["a", "a-b", "b-c", "d"],
    )
    alone = heat(places, drawn(streets), split)

    assert heat(places, drawn([*streets, ("x", "y", 90.0)]), split).equals(alone)


def test_heat_of_a_real_network_lies_between_its_rates(sample: Network) -> None:
    graph = place_graph(sample)
    generator = np.random.default_rng(1)
    visited = generator.choice(graph.places, 800, replace=False)
    places = pd.DataFrame(
        {"conflicts": generator.poisson(0.5, 800), "exposure": generator.gamma(2, 1, 800)},
        index=visited,
    )

    found = heat(places, graph)
    assert found.notna().all()
    assert 0 < found.median() < (places["conflicts"] / places["exposure"]).max()


def test_unknown_and_impossible_evidence_is_refused() -> None:
    good = pd.DataFrame({"conflicts": [1.0], "exposure": [1.0]}, index=["event"])

    with pytest.raises(UnknownPlaceError, match="1 of 1 places"):
        heat(good.rename({"event": "nowhere"}), CROSS)
    with pytest.raises(InvalidEvidenceError, match="not negative"):
        heat(-good, CROSS)
    with pytest.raises(InvalidEvidenceError, match="once"):
        heat(pd.concat([good, good]), CROSS)
    with pytest.raises(InvalidRadiusError, match="got 2 m and 1 m"):
        split_density(EVENT, CROSS, bandwidth_m=1)
