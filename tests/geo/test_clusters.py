"""Groups of places with too many conflicts."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from geo.clusters import Clusters, find_clusters, residuals
from geo.crs import to_metres
from geo.errors import InvalidEvidenceError, UnknownPlaceError
from geo.network import Network
from geo.network_distance import InvalidRadiusError, Neighbours, find_neighbours
from geo.place_graph import place_graph

STEP_M = 100.0
N = 40


def street(n: int = N) -> Neighbours:
    """Places every 100 m along one street, named in their order."""
    apart = STEP_M * np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    row, column = np.nonzero(apart <= 300)
    matrix = sparse.csr_array((apart[row, column], (row, column)), shape=(n, n))
    return Neighbours(pd.Index(range(n)).map("p{:03}".format), 300.0, matrix)


def evidence(conflicts: Sequence[float]) -> pd.DataFrame:
    names = street(len(conflicts)).places
    return pd.DataFrame(
        {"conflicts": conflicts, "expected": 1.0, "shape": 1.5, "eligible": True}, index=names
    )


def bad_stretch() -> pd.DataFrame:
    """Eight conflicts where one is normal at seven places in a row; on average one elsewhere."""
    conflicts = np.random.default_rng(1).poisson(1, N)
    conflicts[20:27] = 8
    return evidence(conflicts)


def test_hand_worked_residual() -> None:
    # 6 where 2 are normal and the shape is 4: (6 - 2) / √(2 + 4 / 4).
    places = pd.DataFrame({"conflicts": [6.0], "expected": [2.0], "shape": [4.0]})

    assert residuals(places) == pytest.approx([4 / np.sqrt(3)])


def test_a_bad_stretch_is_one_cluster() -> None:
    places = bad_stretch()
    clusters = find_clusters(places, street())

    (found,) = clusters.found
    inside = places.loc[list(found.places)]
    assert set(places.index[21:26]) <= set(found.places) <= set(places.index[18:29])
    assert found.places == tuple(sorted(found.places))
    assert found.observed == inside["conflicts"].sum()
    assert found.expected == len(inside)
    assert found.ratio == pytest.approx(found.observed / found.expected)
    assert found.p == clusters.places.loc[list(found.places), "p"].min()
    assert set(clusters.places.index[clusters.places["flagged"]]) == set(found.places)


def test_stretches_farther_apart_than_the_bound_are_two() -> None:
    places = bad_stretch()
    places.iloc[5:11, 0] = 8
    apart = find_clusters(places, street())
    joined = find_clusters(places, street(), join_m=300)

    assert len(apart.found) == 2
    assert [cluster.p for cluster in apart.found] == sorted(c.p for c in apart.found)
    assert len(joined.found) <= len(apart.found)


def test_one_bad_place_among_good_ones_is_no_cluster() -> None:
    conflicts = np.random.default_rng(1).poisson(1, N)
    conflicts[20] = 30

    assert find_clusters(evidence(conflicts), street()).found == ()


def test_a_group_without_conflicts_of_its_own_is_no_cluster() -> None:
    # One place 200 m from four bad ones, each of which has eight good ones around it.
    names = ["between", *(f"bad{i}" for i in range(4)), *(f"good{i:02}" for i in range(95))]
    apart = pd.DataFrame(np.inf, index=names, columns=names)
    for i in range(4):
        apart.loc["between", f"bad{i}"] = apart.loc[f"bad{i}", "between"] = 200.0
        for j in range(8 * i, 8 * i + 8):
            apart.loc[f"bad{i}", f"good{j:02}"] = apart.loc[f"good{j:02}", f"bad{i}"] = 100.0
    for name in names:
        apart.loc[name, name] = 0.0
    apart = apart.sort_index().sort_index(axis=1)
    row, column = np.nonzero(np.isfinite(apart.to_numpy()))
    matrix = sparse.csr_array((apart.to_numpy()[row, column], (row, column)), shape=apart.shape)
    near = Neighbours(apart.index, 300.0, matrix)
    places = pd.DataFrame(
        {"conflicts": 0.0, "expected": 1.0, "shape": 1.5, "eligible": True}, index=names
    )
    places.loc[[f"bad{i}" for i in range(4)], "conflicts"] = 9

    clusters = find_clusters(places, near)
    assert clusters.places.index[clusters.places["flagged"]].tolist() == ["between"]
    assert clusters.found == ()


def test_the_cluster_is_named_after_its_places() -> None:
    one, other = (find_clusters(bad_stretch(), street(), seed=seed) for seed in (1, 2))

    assert one.found[0].places == other.found[0].places
    assert one.found[0].id == other.found[0].id


def same(one: Clusters, other: Clusters) -> bool:
    return one.found == other.found and one.places.equals(other.places.reindex(one.places.index))


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=12, max_size=12), st.permutations(range(12)))
def test_order_of_places_changes_nothing(conflicts: list[int], order: list[int]) -> None:
    places = evidence(conflicts)
    mixed = places.iloc[order]
    found = find_clusters(mixed, street(12), permutations=199)

    assert found.places.index.equals(mixed.index)
    assert same(find_clusters(places, street(12), permutations=199), found)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=12, max_size=12), st.integers(1, 5))
def test_an_island_nobody_rides_on_changes_nothing(conflicts: list[int], size: int) -> None:
    # What is not eligible takes no part. An eligible island would: z of all other places stays
    # as it is, but Gi* and p compare with the mean of all, and the rate of false discoveries
    # counts every place.
    places = evidence(conflicts)
    lone = street(12)
    island = pd.Index(range(size)).map("x{}".format)
    more = Neighbours(
        lone.places.append(island),
        300.0,
        sparse.csr_array(sparse.block_diag([lone.distance_m, sparse.csr_array((size, size))])),
    )
    quiet = pd.DataFrame(
        {"conflicts": 0, "expected": 0.0, "shape": 1.5, "eligible": False}, index=island
    )
    alone = find_clusters(places, lone, permutations=199)
    beside = find_clusters(pd.concat([quiet, places]), more, permutations=199)

    assert beside.found == alone.found
    assert beside.places.loc[places.index].equals(alone.places)
    assert not beside.places.loc[island, "flagged"].any()
    assert beside.places.loc[island, ["z", "gi", "p"]].isna().all(axis=None)


def test_an_eligible_island_leaves_the_residuals() -> None:
    places = bad_stretch()
    more = evidence([*places["conflicts"], 0, 0])
    apart = street(N)
    island = sparse.csr_array((2, 2))
    both = Neighbours(
        more.index, 300.0, sparse.csr_array(sparse.block_diag([apart.distance_m, island]))
    )

    alone, beside = find_clusters(places, apart), find_clusters(more, both)
    assert beside.places["z"].iloc[:N].tolist() == alone.places["z"].tolist()
    assert beside.places["p"].iloc[N:].tolist() == [1, 1]


def test_no_eligible_place_no_cluster() -> None:
    clusters = find_clusters(evidence([9.0] * 5).assign(eligible=False), street(5))

    assert clusters.found == ()
    assert clusters.places["p"].isna().all()
    assert not clusters.places["flagged"].any()


def test_impossible_evidence_is_refused() -> None:
    good = evidence([1.0, 2.0, 3.0])
    near = street(3)

    with pytest.raises(InvalidEvidenceError, match="must be positive"):
        find_clusters(good.assign(expected=[1.0, 0.0, 1.0]), near)
    with pytest.raises(InvalidEvidenceError, match="must be positive"):
        find_clusters(good.assign(shape=np.nan), near)
    with pytest.raises(InvalidEvidenceError, match="not negative"):
        find_clusters(good.assign(conflicts=-1), near)
    with pytest.raises(InvalidEvidenceError, match="once"):
        find_clusters(pd.concat([good, good]), near)
    with pytest.raises(UnknownPlaceError, match="1 of 3 places"):
        find_clusters(good.rename({"p000": "nowhere"}), near)
    with pytest.raises(InvalidRadiusError, match="at most 300 m, got 301"):
        find_clusters(good, near, radius_m=301)


SCHOOLTOWN = 300
TOWNS = 100


@pytest.mark.slow
def test_towns_without_clusters_seldom_show_one_and_bad_stretches_often(sample: Network) -> None:
    # The places nearest to one of the sample's, with rates that differ by place alone; then the
    # same with a rate five times as high at all places within 150 m of one of them.
    neighbours = find_neighbours(place_graph(sample))
    middles = to_metres(sample.places).geometry.centroid
    generator = np.random.default_rng(20261121)
    wrong = hit = 0
    for town in range(TOWNS):
        school = middles.iloc[generator.integers(len(middles))]
        visited = middles.distance(school).nsmallest(SCHOOLTOWN).index.sort_values()
        expected = generator.gamma(0.7, 0.5 / 0.7, SCHOOLTOWN) + 0.02
        places = pd.DataFrame({"expected": expected, "shape": 1.5, "eligible": True}, index=visited)
        rate = generator.gamma(1.5, 1 / 1.5, SCHOOLTOWN)
        near = neighbours.among(visited)
        around = near.within(150)
        centre = generator.choice(np.flatnonzero(np.diff(around.indptr) >= 4))
        planted = np.zeros(SCHOOLTOWN, dtype=bool)
        planted[around[[centre]].indices] = True
        for factor in (1, 5):
            mean = rate * expected * np.where(planted, factor, 1)
            found = find_clusters(
                places.assign(conflicts=generator.poisson(mean)), near,
                permutations=999, seed=town,
            ).found  # fmt: skip
            members = {place for cluster in found for place in cluster.places}
            wrong += factor == 1 and bool(found)
            hit += factor > 1 and bool(members & set(visited[planted]))

    assert wrong / TOWNS <= 0.05
    assert hit / TOWNS >= 0.3
