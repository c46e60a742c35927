from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from geo.area import build_network
from geo.extract import OsmData, Restriction
from geo.network import Network
from geo.osm import read_osm
from geo.restrictions import read_restriction

Draw = Callable[..., OsmData]

# Way 1 arrives at node 0 from the west, ways 2 to 4 leave it north, east and south.
CROSS = {0: (0, 0), 1: (-100, 0), 2: (0, 100), 3: (100, 0), 4: (0, -100)}
STREETS: Sequence[tuple[Sequence[int], Mapping[str, str]]] = [
    ([1, 0], {"name": "West"}), ([0, 2], {"name": "Nord"}), ([3, 0], {"name": "Ost"}),
    ([0, 4], {"name": "Süd"}),
]  # fmt: skip
NO, ONLY = False, True
MEMBERS = [("w", 1, "from"), ("n", 0, "via"), ("w", 2, "to")]


def turns(network: Network) -> set[tuple[str, str]]:
    """The forbidden turns by street name; what arrives ends at node 0, what leaves starts there."""
    rows = network.segments.set_index("id")
    found = set()
    for turn in network.turns.itertuples():
        arriving, leaving = rows.loc[turn.arriving], rows.loc[turn.leaving]
        assert arriving["end" if turn.arriving_forward else "start"] == 0
        assert leaving["start" if turn.leaving_forward else "end"] == 0
        found.add((arriving["name"], leaving["name"]))
    return found


def crossing(
    draw: Draw,
    restriction: Restriction,
    streets: Sequence[tuple[Sequence[int], Mapping[str, str]]] = STREETS,
) -> Network:
    return build_network(replace(draw(CROSS, streets), restrictions=(restriction,)))


@pytest.mark.parametrize(
    ("tags", "only"),
    [
        ({"restriction": "no_left_turn"}, False),
        ({"restriction": "only_straight_on"}, True),
        ({"restriction:bicycle": "no_left_turn"}, False),
        ({"restriction": "no_left_turn", "except": "bus"}, False),
        ({"restriction": "no_left_turn", "except": "bicycle;bus"}, None),
        ({"restriction": "no_left_turn", "except": "bus; bicycle"}, None),
        ({"restriction": "no_u_turn", "restriction:bicycle": "only_right_turn"}, True),
        ({"restriction:motorcar": "no_left_turn"}, None),
        ({"restriction:conditional": "no_left_turn @ (07:00-09:00)"}, None),
        ({"restriction": "no_left_turn", "hour_on": "07:00", "hour_off": "09:00"}, None),
        ({"restriction": "give_way"}, None),
        ({}, None),
    ],
)
def test_which_restrictions_bind_a_cyclist(tags: dict[str, str], *, only: bool | None) -> None:
    found = read_restriction(7, {"type": "restriction", **tags}, MEMBERS)
    assert (found.only if found else None) == only


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_restriction_without_all_its_parts_is_none(missing: int) -> None:
    members = [member for i, member in enumerate(MEMBERS) if i != missing]
    tags = {"type": "restriction", "restriction": "no_left_turn"}
    assert read_restriction(7, tags, members) is None


def test_no_left_turn_forbids_one_turn(draw: Draw) -> None:
    network = crossing(draw, Restriction(7, NO, (1,), (0,), (), (2,)))
    assert turns(network) == {("West", "Nord")}


def test_only_straight_on_forbids_all_others_but_turning_around(draw: Draw) -> None:
    network = crossing(draw, Restriction(7, ONLY, (1,), (0,), (), (3,)))
    assert turns(network) == {("West", "Nord"), ("West", "Süd")}


def test_no_u_turn_forbids_turning_around(draw: Draw) -> None:
    network = crossing(draw, Restriction(7, NO, (1,), (0,), (), (1,)))
    assert turns(network) == {("West", "West")}


def test_no_entry_has_several_streets_that_arrive(draw: Draw) -> None:
    network = crossing(draw, Restriction(7, NO, (1, 3), (0,), (), (2,)))
    assert turns(network) == {("West", "Nord"), ("Ost", "Nord")}


def test_who_pushes_turns_as_they_like(draw: Draw) -> None:
    streets = [*STREETS[:1], ([0, 2], {"name": "Nord", "highway": "footway"}), *STREETS[2:]]
    network = crossing(draw, Restriction(7, ONLY, (1,), (0,), (), (3,)), streets)
    assert turns(network) == {("West", "Süd")}


@pytest.mark.parametrize(
    "restriction",
    [
        Restriction(7, NO, (1,), (0,), (), (99,)),
        Restriction(7, ONLY, (1,), (0,), (), (99,)),
        Restriction(7, NO, (99,), (0,), (), (2,)),
        Restriction(7, NO, (1,), (98,), (), (2,)),
        Restriction(7, NO, (1,), (3,), (), (2,)),
    ],
)
def test_members_that_are_clipped_away_forbid_nothing(draw: Draw, restriction: Restriction) -> None:
    assert crossing(draw, restriction).turns.empty


def test_restrictions_over_a_way_are_counted(draw: Draw, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="geo.restrictions"):
        network = crossing(draw, Restriction(7, NO, (1,), (), (2,), (3,)))
    assert network.turns.empty
    assert "over a way" in caplog.text


def test_a_street_that_runs_on_through_the_node_is_not_guessed_at(draw: Draw) -> None:
    streets = [([1, 0, 3], {"name": "West"}), *STREETS[1:2], STREETS[3]]
    network = crossing(draw, Restriction(7, NO, (1,), (0,), (), (2,)), streets)
    assert network.turns.empty


def test_relations_of_a_file_are_read(tmp_path: Path) -> None:
    nodes = "".join(
        f'<node id="{node + 1}" version="1" lon="{13.25 + x / 66000}" lat="{53.55 + y / 111300}"/>'
        for node, (x, y) in CROSS.items()
    )
    ways = "".join(
        f'<way id="{number}" version="1">'
        + "".join(f'<nd ref="{node + 1}"/>' for node in refs)
        + '<tag k="highway" v="residential"/></way>'
        for number, (refs, _) in enumerate(STREETS, start=1)
    )
    relation = """<relation id="7" version="1"><member type="way" ref="1" role="from"/>
      <member type="node" ref="1" role="via"/><member type="way" ref="2" role="to"/>
      <tag k="type" v="restriction"/><tag k="restriction" v="no_left_turn"/></relation>"""
    path = tmp_path / "cross.osm"
    path.write_text(f'<osm version="0.6">{nodes}{ways}{relation}</osm>')
    data = read_osm(path)

    assert data.restrictions == (Restriction(7, NO, (1,), (1,), (), (2,)),)
    assert len(build_network(data).turns) == 1


def test_turns_of_the_sample_join_segments_of_it(sample: Network) -> None:
    turns = sample.turns
    assert len(turns) > 5
    rows = sample.segments.set_index("id")
    for turn in turns.itertuples():
        meet = rows.loc[turn.arriving, "end" if turn.arriving_forward else "start"]
        assert meet == rows.loc[turn.leaving, "start" if turn.leaving_forward else "end"]
