"""Clusters and heat around the places of a summary."""

import dataclasses
from pathlib import Path

import pandas as pd
import pytest

from geo.area import build_network
from geo.evidence import Evidence
from geo.network import Network
from geo.network_distance import Neighbours, find_neighbours
from geo.osm import read_osm
from geo.place_graph import PlaceGraph, place_graph
from geo.policy import load_policy
from geo.routing import Router
from geo.simulation.town import SimulatedTown, simulate_town
from geo.summary import summarise
from geo.surroundings import SURROUNDINGS, Surroundings, surround

SAMPLE = Path(__file__).parents[2] / "data" / "samples" / "neubrandenburg.osm.pbf"
SCHOOL = (13.26818, 53.56621)
POLICY = dataclasses.replace(load_policy(), cluster_permutations=999)


@pytest.fixture(scope="module")
def network() -> Network:
    return build_network(read_osm(SAMPLE))


@pytest.fixture(scope="module")
def town(network: Network) -> SimulatedTown:
    return simulate_town(network, SCHOOL, Router(network), participants=150, seed=11)


@pytest.fixture(scope="module")
def streets(network: Network) -> tuple[PlaceGraph, Neighbours]:
    graph = place_graph(network)
    return graph, find_neighbours(graph)


def around(
    network: Network, evidence: Evidence, streets: tuple[PlaceGraph, Neighbours]
) -> tuple[pd.DataFrame, Surroundings]:
    summary = summarise(network.places, evidence, POLICY)
    return summary.places, surround(summary, network.places, *streets, POLICY)


def test_conflicts_in_one_neighbourhood_make_a_cluster_there(
    network: Network, town: SimulatedTown, streets: tuple[PlaceGraph, Neighbours]
) -> None:
    evidence = town.evidence()
    places, _ = around(network, evidence, streets)
    busy = str(places["participants"].idxmax())
    near = streets[1].among(places.index[places["participants"] >= 5])
    row = near.places.get_loc(busy)
    members = near.places[near.within(150).toarray()[row] > 0]
    hurt = evidence.visits[
        evidence.visits["place"].isin(members) & (evidence.visits["participant"] % 3 == 0)
    ]
    planted = pd.concat(
        [evidence.incidents, hurt[["participant", "place"]].assign(what="near_miss")]
    ).drop_duplicates(["participant", "place"])
    _, found = around(network, evidence._replace(incidents=planted), streets)

    together = [cluster for cluster in found.clusters if busy in cluster.places]
    assert together
    assert together[0].observed > 2 * together[0].expected
    assert found.places.loc[busy, "cluster"] == together[0].id
    assert found.places.loc[busy, "heat"] > 2


def test_every_place_has_its_columns_and_heat_is_about_one(
    network: Network, town: SimulatedTown, streets: tuple[PlaceGraph, Neighbours]
) -> None:
    places, found = around(network, town.evidence(), streets)

    assert found.places.columns.tolist() == SURROUNDINGS
    assert found.places.index.equals(places.index)
    assert found.places["heat"].min() >= 0
    assert 0.2 < found.places["heat"].median() < 2


def test_without_a_risk_there_are_no_clusters(
    network: Network, town: SimulatedTown, streets: tuple[PlaceGraph, Neighbours]
) -> None:
    evidence = town.evidence()
    places, found = around(
        network, evidence._replace(incidents=evidence.incidents.head(5)), streets
    )

    assert found.clusters == ()
    assert found.places.index.equals(places.index)
    assert found.places.isna().all(axis=None)
