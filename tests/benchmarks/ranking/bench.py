"""Which ranking finds the truly worst places of simulated towns, ours or a simpler one.

Run by `make bench`. Towns are made on the given extracts with seeds that nothing was tuned on;
`PYTHONPATH=. .venv/bin/python tests/benchmarks/ranking/bench.py --towns 24 EXTRACT…`
"""

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from geo.area import build_network
from geo.clusters import find_clusters
from geo.evidence import Evidence
from geo.network_distance import find_neighbours
from geo.osm import read_osm, schools
from geo.place_graph import place_graph
from geo.policy import load_policy
from geo.routing import Router
from geo.simulation.town import SimulatedTown, simulate_town
from geo.summary import Summary, summarise
from geo.surroundings import surround
from tests.benchmarks.ranking import peers

POLICY = load_policy()
FIRST_SEED, CALM_SEED = 5_000, 9_000
WORST = 20
TRUTHS = ("per passage", "excess", "burden")
Peer = Callable[[Evidence, pd.DataFrame], pd.Series]
PEERS: dict[str, Peer] = {
    "raw mean": peers.raw_mean,
    "raw count": peers.raw_count,
    "raw rate": peers.raw_rate,
    "SimRa": peers.simra,
    "crash count": peers.crash_count,
}


class Place:
    """A network to make towns on: its streets, schools and distances."""

    def __init__(self, path: Path) -> None:
        data = read_osm(path)
        self.name = path.name.split(".")[0]
        self.network = build_network(data)
        self.router = Router(self.network)
        self.graph = place_graph(self.network)
        self.neighbours = find_neighbours(self.graph)
        found = schools(data)
        # An extract of highways alone has no schools: busy crossings stand for them.
        crossings = self.network.intersections.nlargest(40, "arms").sort_values("id")
        points = found.geometry if len(found) else crossings.geometry
        self.schools = [(point.x, point.y) for point in points]

    def town(self, seed: int, **options: float) -> SimulatedTown:
        """Return a town around one of the schools."""
        school = self.schools[seed % len(self.schools)]
        return simulate_town(self.network, school, self.router, seed=seed, **options)  # type: ignore[arg-type]


def truths(town: SimulatedTown, index: pd.Index) -> pd.DataFrame:
    """Return what is truly worst: by rate, by excess over the type, by conflicts a year."""
    truth = town.truth.loc[index]
    return pd.DataFrame({
        "per passage": truth["relative"],
        "excess": (truth["rate"] - truth["normal"]) * truth["exposure"],
        "burden": truth["rate"] * truth["exposure"],
    })  # fmt: skip


def found(score: pd.Series, truth: pd.Series) -> float:
    """Return the share of the truly worst places among the first of a ranking.

    Ties are counted with the probability of drawing the place among its equals.
    """
    worst = truth.nlargest(WORST).index
    rank_low = score.rank(ascending=False, method="min")
    ties = score.groupby(score).transform("size")
    places_left = (WORST - rank_low + 1).clip(lower=0)
    return float((places_left / ties).clip(upper=1.0).loc[worst].mean())


def ours(summary: Summary, index: pd.Index) -> dict[str, pd.Series]:
    """Return our list for each question."""
    places = summary.places.loc[index]
    return {
        "per passage": places["relative"],
        "excess": places["excess"],
        "burden": places["yearly"],
    }


def examine(place: Place, seed: int) -> tuple[list[dict[str, object]], dict[str, object]]:
    """Return one line for each ranking of one town, and what our own claims were worth."""
    town = place.town(seed)
    evidence = town.evidence()
    with_crashes = evidence._replace(crashes=town.crashes)
    plain = summarise(place.network.places, evidence, POLICY)
    informed = summarise(place.network.places, with_crashes, POLICY)
    if plain.mode != "risk":
        return [], {"town": seed, "where": place.name, "mode": plain.mode}
    enough = plain.places["participants"] >= POLICY.eligible_participants
    places = plain.places[enough]
    truth = truths(town, places.index)
    scores = {
        "ours": ours(plain, places.index),
        "ours with crashes": ours(informed, places.index),
    } | {name: dict.fromkeys(TRUTHS, peer(with_crashes, places)) for name, peer in PEERS.items()}
    scores["Gi* on counts"] = dict.fromkeys(
        TRUTHS, peers.getis_ord(places, place.neighbours, POLICY.cluster_radius_m)
    )
    lines = [
        {"where": place.name, "town": seed, "ranking": name}
        | {question: found(score[question], truth[question]) for question in TRUTHS}
        for name, score in scores.items()
    ]
    return lines, claims(place, town, plain, informed)


def claims(
    place: Place, town: SimulatedTown, plain: Summary, informed: Summary
) -> dict[str, object]:
    """Return how many confirmed hotspots were wrong, and how often intervals held the truth."""
    line: dict[str, object] = {"town": place.name, "mode": "risk"}
    for name, summary in (("plain", plain), ("informed", informed)):
        confirmed = summary.places.index[summary.places["state"] == "confirmed"]
        line[f"{name} confirmed"] = len(confirmed)
        line[f"{name} wrong"] = int(
            (town.truth.loc[confirmed, "relative"] <= POLICY.relative_threshold).sum()
        )
    shown = plain.places[plain.places["participants"] >= POLICY.eligible_participants]
    truth = town.truth.loc[shown.index]
    line["rate held"] = float(truth["rate"].between(shown["rate_low"], shown["rate_high"]).mean())
    rated = shown["danger"].notna()
    line["danger held"] = float(
        truth["felt"].between(shown["danger_low"], shown["danger_high"])[rated].mean()
    )
    return line


def clusterless(place: Place, seed: int) -> dict[str, object]:
    """Return whether a cluster was found in a town without any, by us and by Gi* on counts."""
    town = place.town(seed, pattern_share=0.0)
    summary = summarise(place.network.places, town.evidence(), POLICY)
    around = surround(summary, place.network.places, place.graph, place.neighbours, POLICY)
    counted = summary.places.assign(
        eligible=summary.places["participants"] >= POLICY.eligible_participants,
        conflicts=summary.places["reporters"],
        expected=summary.places["reporters"].mean(),
        shape=1e9,
    )
    raw = find_clusters(counted, place.neighbours)
    return {"ours": bool(around.clusters), "Gi* on counts": bool(raw.found)}


def show(title: str, table: pd.DataFrame) -> None:
    """Print one table."""
    print(f"\n{title}\n{table.round(3).to_string()}", flush=True)  # noqa: T201


def towns(places: list[Place], count: int, first: int) -> Iterator[tuple[Place, int]]:
    """Yield places and seeds, one after the other."""
    for number in range(count):
        yield places[number % len(places)], first + number


def main() -> None:
    """Print every table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("extracts", nargs="+", type=Path)
    parser.add_argument("--towns", type=int, default=24)
    parser.add_argument("--calm", type=int, default=40)
    arguments = parser.parse_args()
    began = time.perf_counter()
    places = [Place(path) for path in arguments.extracts]
    lines: list[dict[str, object]] = []
    worth: list[dict[str, object]] = []
    for place, seed in towns(places, arguments.towns, FIRST_SEED):
        rankings, claim = examine(place, seed)
        lines += rankings
        worth.append(claim)
    table = pd.DataFrame(lines)
    order = table["ranking"].unique()
    means = table.groupby("ranking")[list(TRUTHS)].mean().loc[order]
    show(f"share of the true worst {WORST} found, {len(worth)} towns", means)
    for where, own in table.groupby("where"):
        show(f"in {where}", own.groupby("ranking")[list(TRUTHS)].mean().loc[order])
    claimed = pd.DataFrame(worth)
    show("our claims, by town", claimed.groupby("town").mean(numeric_only=True))
    for name in ("plain", "informed"):
        wrong, confirmed = claimed[f"{name} wrong"].sum(), claimed[f"{name} confirmed"].sum()
        print(f"{name}: {wrong:.0f} of {confirmed:.0f} confirmed are wrong: "  # noqa: T201
              f"{wrong / max(confirmed, 1):.3f}")  # fmt: skip
    print(claimed[["rate held", "danger held"]].agg(["mean", "min", "max"]).round(3))  # noqa: T201
    calm = pd.DataFrame(
        clusterless(place, seed) for place, seed in towns(places, arguments.calm, CALM_SEED)
    )
    show(f"towns with a false cluster, of {len(calm)} without any", calm.mean().to_frame("share"))
    print(f"{np.round(time.perf_counter() - began)} s")  # noqa: T201


if __name__ == "__main__":
    main()
