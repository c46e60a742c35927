from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from geo.area import build_network
from geo.barriers import barrier_effect
from geo.extract import OsmData

Draw = Callable[..., OsmData]

# A street from west to east with an obstacle at node 5, nearer to the east, and a long way round.
POSITIONS = {1: (0, 0), 5: (60, 0), 2: (100, 0), 3: (100, 100), 4: (0, 100)}
STREETS: Sequence[tuple[Sequence[int], Mapping[str, str]]] = [
    ([1, 5, 2], {"name": "Gasse"}), ([2, 3, 4, 1], {"name": "Ring"}), ([3, 1], {"name": "Mitte"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"barrier": "bollard"}, "pass"),
        ({"barrier": "cycle_barrier"}, "pass"),
        ({"barrier": "lift_gate"}, "pass"),
        ({"barrier": "kerb"}, "pass"),
        ({"barrier": "gate"}, "pass"),
        ({"barrier": "gate", "access": "customers"}, "pass"),
        ({"barrier": "gate", "access": "private"}, "stop"),
        ({"barrier": "gate", "access": "private", "bicycle": "yes"}, "pass"),
        ({"barrier": "gate", "access": "private", "bicycle": "no"}, "stop"),
        ({"barrier": "gate", "access": "no", "foot": "yes"}, "push"),
        ({"barrier": "gate", "bicycle": "no"}, "push"),
        ({"barrier": "gate", "bicycle": "no", "foot": "no"}, "stop"),
        ({"barrier": "gate", "vehicle": "no"}, "push"),
        ({"barrier": "gate", "vehicle": "no", "bicycle": "yes"}, "pass"),
        ({"barrier": "gate", "motor_vehicle": "no"}, "pass"),
        ({"barrier": "gate", "access:conditional": "no @ (22:00-06:00)"}, "pass"),
        ({"barrier": "gate", "bicycle": "dismount"}, "push"),
        ({"barrier": "stile"}, "push"),
        ({"barrier": "kissing_gate"}, "push"),
        ({"barrier": "kissing_gate", "bicycle": "yes"}, "pass"),
        ({"barrier": "full-height_turnstile"}, "push"),
        ({"barrier": "wall"}, "stop"),
        ({"barrier": "fence"}, "stop"),
        ({"barrier": "fence", "foot": "yes"}, "push"),
        ({"highway": "crossing", "bicycle": "no"}, "pass"),
        ({"highway": "crossing", "access": "private"}, "pass"),
    ],
)
def test_what_an_obstacle_does(tags: dict[str, str], expected: str) -> None:
    assert barrier_effect(tags) == expected


def street(draw: Draw, tags: Mapping[str, str]) -> list[dict[str, Any]]:
    segments = build_network(draw(POSITIONS, STREETS, {5: tags})).segments
    rows = segments[segments["name"] == "Gasse"].sort_values("length_m").to_dict("records")
    return [{key: row[key] for key in ("start", "end", "push", "length_m")} for row in rows]


def test_a_bollard_changes_nothing(draw: Draw) -> None:
    [row] = street(draw, {"barrier": "bollard"})
    assert (row["start"], row["end"], row["push"]) == (1, 2, False)


def test_a_locked_gate_leaves_two_dead_ends(draw: Draw) -> None:
    short, long = street(draw, {"barrier": "gate", "access": "private"})

    assert short["length_m"] == pytest.approx(40, rel=0.01)
    assert long["length_m"] == pytest.approx(60, rel=0.01)
    assert {long["start"], long["end"]} == {1, 5}
    beyond = ({short["start"], short["end"]} - {2}).pop()
    assert beyond < 0


def test_beside_a_stile_a_bicycle_is_pushed_over_the_shorter_piece(draw: Draw) -> None:
    short, long = street(draw, {"barrier": "stile"})

    assert ({short["start"], short["end"]}, short["push"]) == ({2, 5}, True)
    assert not long["push"]


def test_a_gate_at_a_junction_closes_none_of_its_streets(draw: Draw) -> None:
    data = draw(POSITIONS, STREETS, {1: {"barrier": "gate", "access": "private"}})
    assert build_network(data).segments.equals(build_network(draw(POSITIONS, STREETS)).segments)


def test_what_lies_behind_a_locked_gate_is_an_island(draw: Draw) -> None:
    positions = {**POSITIONS, 8: (-50, 0), 9: (-90, 0)}
    streets = [*STREETS, ([1, 8, 9], {"name": "Hof"})]
    data = draw(positions, streets, {8: {"barrier": "gate", "access": "private"}})

    yard = build_network(data).segments.query("name == 'Hof'")
    assert yard["length_m"].tolist() == pytest.approx([50], rel=0.01)
