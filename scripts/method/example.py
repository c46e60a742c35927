"""The simulated school whose numbers the method page prints, and the place it follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo.area import build_network
from geo.chains import street_graph
from geo.countries import country
from geo.network_distance import find_neighbours
from geo.osm import schools
from geo.place_graph import place_graph
from geo.policy import load_policy
from geo.routing import Router
from geo.simulation.town import simulate_town
from geo.summary import conclude, prepare
from geo.surroundings import surround

if TYPE_CHECKING:
    import pandas as pd

    from geo.chains import StreetGraph
    from geo.evidence import Evidence
    from geo.extract import OsmData
    from geo.network import Network
    from geo.network_distance import Neighbours
    from geo.policy import Policy
    from geo.simulation.town import SimulatedTown
    from geo.summary import Prepared, Summary
    from geo.surroundings import Surroundings

COUNTRY = country("DE")
# Those of `make demo`; a test compares them.
SCHOOL, STUDENTS, SEED = "Albert-Einstein-Gymnasium", 300, 20_261
FEWEST_RATINGS = 12


@dataclass(frozen=True)
class Example:
    """A town from its streets to its hotspots; `place` is the intersection that is followed."""

    policy: Policy
    streets: StreetGraph
    network: Network
    neighbours: Neighbours
    town: SimulatedTown
    evidence: Evidence
    prepared: Prepared
    summary: Summary
    around: Surroundings
    place: str

    @property
    def row(self) -> pd.Series:
        """What the release says about the place."""
        return self.summary.places.loc[self.place]

    @property
    def exposed(self) -> pd.Series:
        """What the place was computed from."""
        return self.prepared.exposed.loc[self.place]


def work_out(data: OsmData) -> Example:
    """Return the demo's school in the sample area, with all students and uncut routes."""
    policy = load_policy()
    streets = street_graph(data, COUNTRY)
    network = build_network(data, country=COUNTRY, graph=streets)
    found = schools(data)
    school = found.loc[found["name"] == SCHOOL, "geometry"].iloc[0]
    town = simulate_town(
        network, (school.x, school.y), Router(network), participants=STUDENTS, seed=SEED
    )
    evidence = town.evidence()._replace(crashes=town.crashes)
    prepared = prepare(network.places, evidence, policy)
    summary = conclude(prepared, policy)
    graph = place_graph(network)
    neighbours = find_neighbours(graph, max(policy.cluster_radius_m, policy.cluster_join_m))
    around = surround(summary, network.places, graph, neighbours, policy)
    return Example(
        policy=policy,
        streets=streets,
        network=network,
        neighbours=neighbours,
        town=town,
        evidence=evidence,
        prepared=prepared,
        summary=summary,
        around=around,
        place=choose(summary, network),
    )


def choose(summary: Summary, network: Network) -> str:
    """Return the place to follow: one for which every step has something to say.

    The first intersection of the priority list that is confirmed and has at least 12 ratings;
    if any of these has a crash, the first that has one.

    Raises
    ------
    ValueError
        If there is none.
    """
    listed = summary.places.sort_values("avoidable", ascending=False, kind="stable")
    confirmed = listed[
        (listed["state"] == "confirmed")
        & (listed["ratings"] >= FEWEST_RATINGS)
        & (network.places.loc[listed.index, "kind"] == "intersection")
    ]
    with_crash = confirmed[confirmed["crashes"] >= 1]
    best = with_crash if len(with_crash) else confirmed
    if best.empty:
        raise ValueError(f"no confirmed intersection has {FEWEST_RATINGS} ratings")
    return str(best.index[0])
