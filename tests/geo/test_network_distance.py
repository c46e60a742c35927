"""Distances between places along the network."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.area import build_network
from geo.errors import UnknownPlaceError
from geo.extract import OsmData
from geo.network import Network
from geo.network_distance import InvalidRadiusError, Neighbours, find_neighbours
from geo.place_graph import NO_PLACE, PlaceGraph, place_graph

Draw = Callable[..., OsmData]

# A street of 400 m from west to east, and a one-way street of 100 m south from its middle.
CROSSING = {1: (0, 0), 2: (200, 0), 3: (400, 0), 4: (200, -100)}
STREETS = [([1, 2, 3], {}), ([2, 4], {"oneway": "yes"})]


def dense(neighbours: Neighbours) -> pd.DataFrame:
    """Distances by place id; NaN for those that are no neighbours."""
    matrix = np.full(neighbours.distance_m.shape, np.nan)
    entries = neighbours.distance_m.tocoo()
    matrix[entries.row, entries.col] = entries.data
    return pd.DataFrame(matrix, neighbours.places, neighbours.places)


@pytest.fixture
def crossing(draw: Draw) -> Network:
    return build_network(draw(CROSSING, STREETS))


def test_hand_worked_distances(crossing: Network) -> None:
    # Each half of the street is two segments of 100 m; middles lie 50 and 150 m from the crossing.
    distances = dense(find_neighbours(place_graph(crossing), 310))
    middle = crossing.intersections["id"].item()
    southern = crossing.segments.loc[crossing.segments[["start", "end"]].eq(4).any(axis=1), "id"]
    south = southern.item()

    assert sorted(distances[middle].round(-1)) == [0, 50, 50, 50, 150, 150]
    assert sorted(distances[south].round(-1)) == [0, 50, 100, 100, 200, 200]
    assert np.nanmax(distances) == pytest.approx(300, rel=0.01)


def test_a_bound_and_a_radius_leave_out_what_is_farther(crossing: Network) -> None:
    neighbours = find_neighbours(place_graph(crossing), 120)
    middle = neighbours.places.get_loc(crossing.intersections["id"].item())

    assert np.nanmax(dense(neighbours)) < 120
    assert neighbours.within(120)[[middle]].sum() == 4
    assert neighbours.within(60)[[middle]].sum() == 4
    assert neighbours.within(40).sum() == len(neighbours.places)


def test_order_of_the_network_does_not_matter(sample: Network) -> None:
    mixed = Network(
        sample.segments.sample(frac=1, random_state=1),
        sample.intersections.sample(frac=1, random_state=2),
    )
    one, other = (find_neighbours(place_graph(network), 150) for network in (sample, mixed))

    assert one.places.equals(other.places)
    assert (one.distance_m != other.distance_m).nnz == 0
    assert one.distance_m.nnz == other.distance_m.nnz


def test_every_place_of_a_real_network_is_its_own_neighbour(sample: Network) -> None:
    neighbours = find_neighbours(place_graph(sample))
    entries = neighbours.distance_m.tocoo()
    itself = entries.row == entries.col

    assert set(neighbours.places) == set(sample.places.index)
    assert itself.sum() == len(neighbours.places)
    assert (entries.data[itself] == 0).all()
    assert (entries.data[~itself] > 0).all()
    assert (neighbours.distance_m != neighbours.distance_m.T).nnz == 0


def test_distances_of_a_real_network_are_those_of_another_search(sample: Network) -> None:
    graph = place_graph(sample)
    distances = find_neighbours(graph)
    streets = nx.Graph()
    for number, place in enumerate(graph.place_of_segment):
        half = graph.length_m[number] / 2
        streets.add_edge(("point", graph.start[number]), int(place), weight=half)
        streets.add_edge(("point", graph.end[number]), int(place), weight=half)
    for point in np.flatnonzero(graph.place_of_point != NO_PLACE):
        streets.add_edge(("point", point), int(graph.place_of_point[point]), weight=0.0)
    for source in np.random.default_rng(3).choice(len(graph.places), 40, replace=False):
        reached = nx.single_source_dijkstra_path_length(streets, int(source), cutoff=300)
        expected = {place: length for place, length in reached.items() if isinstance(place, int)}
        row = distances.distance_m[[source]].tocoo()
        assert dict(zip(row.col.tolist(), row.data.tolist(), strict=True)) == pytest.approx(
            expected, abs=0.001
        )


def joined(streets: Sequence[tuple[int, int, float]], points: int) -> PlaceGraph:
    """Segments between numbered points, of which every second is an intersection."""
    places = pd.Index(range(len(streets) + (points + 1) // 2)).map("p{:03}".format)
    start, end, length = (list(column) for column in zip(*streets, strict=True))
    return PlaceGraph(
        places=places,
        place_of_point=np.array(
            [NO_PLACE if n % 2 else len(streets) + n // 2 for n in range(points)]
        ),
        place_of_segment=np.arange(len(streets)),
        start=np.array(start, dtype=np.intp),
        end=np.array(end, dtype=np.intp),
        length_m=np.array(length),
    )


POINTS = 6
streets = st.lists(
    st.tuples(st.integers(0, POINTS - 1), st.integers(0, POINTS - 1), st.floats(1, 150)),
    min_size=1, max_size=12,
)  # fmt: skip


@settings(deadline=None)
@given(streets)
def test_no_detour_is_shorter(drawn: Sequence[tuple[int, int, float]]) -> None:
    distances = dense(find_neighbours(joined(drawn, POINTS))).fillna(np.inf).to_numpy()
    detour = (distances[:, :, None] + distances[None, :, :]).min(axis=1)
    # Two ways within the bound may add up to one beyond it, which is no neighbour.
    known = np.isfinite(distances)

    assert (distances[known] <= detour[known] + 0.002).all()
    assert (detour[~known] > 300 - 0.002).all()


@settings(deadline=None)
@given(streets, st.floats(1, 150))
def test_an_island_changes_no_distance(
    drawn: Sequence[tuple[int, int, float]], length: float
) -> None:
    graph = joined(drawn, POINTS)
    island = replace(
        graph,
        places=graph.places.append(pd.Index(["x"])),
        place_of_point=np.append(graph.place_of_point, [NO_PLACE, NO_PLACE]),
        place_of_segment=np.append(graph.place_of_segment, len(graph.places)),
        start=np.append(graph.start, POINTS),
        end=np.append(graph.end, POINTS + 1),
        length_m=np.append(graph.length_m, length),
    )
    before, after = dense(find_neighbours(graph)), dense(find_neighbours(island))

    assert after.loc[graph.places, graph.places].equals(before)
    assert after["x"].count() == 1


def test_among_keeps_distances_past_places_left_out(crossing: Network) -> None:
    neighbours = find_neighbours(place_graph(crossing))
    chosen = list(reversed([place for place in neighbours.places if place.startswith("s")]))
    among = neighbours.among(chosen)

    assert among.places.tolist() == sorted(chosen)
    assert dense(among).equals(dense(neighbours).loc[sorted(chosen), sorted(chosen)])


def test_what_was_not_measured_is_refused(crossing: Network) -> None:
    graph = place_graph(crossing)
    neighbours = find_neighbours(graph, 200)

    with pytest.raises(InvalidRadiusError, match="at most 200 m, got 300"):
        neighbours.within(300)
    with pytest.raises(InvalidRadiusError, match="got -1"):
        neighbours.within(-1)
    with pytest.raises(InvalidRadiusError, match="got inf"):
        find_neighbours(graph, np.inf)
    with pytest.raises(UnknownPlaceError, match="1 of 2 places"):
        neighbours.among([neighbours.places[0], "nowhere"])
