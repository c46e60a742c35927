from collections.abc import Callable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geo.area import build_network
from geo.errors import (
    BrokenRouteError,
    CrossingStraightPiecesError,
    GeoError,
    OutsideAreaError,
    UnknownPlaceError,
)
from geo.extract import OsmData
from geo.network import Network
from geo.routing import Router, Waypoint
from geo.tracing import Step, TraceIndex, trace
from geo.trimming import cut_index

Draw = Callable[..., OsmData]
Point = Callable[[float, float], tuple[float, float]]

POSITIONS = {1: (0, 0), 2: (100, 0), 3: (100, 100), 4: (0, 100), 5: (200, 0), 6: (0, -100)}
SQUARE = [
    ([1, 2], {"name": "Süd"}), ([2, 3], {"name": "Ost"}), ([3, 4], {"name": "Nord"}),
    ([4, 1], {"name": "West"}), ([2, 5], {"name": "Damm"}), ([1, 6], {"name": "Gasse"}),
]  # fmt: skip


class Town:
    """The square, with its places by name."""

    def __init__(self, network: Network) -> None:
        self.index = TraceIndex(network)
        segments = network.segments.drop_duplicates("name")
        self.ids = dict(zip(segments["name"], segments["id"], strict=True))
        self.ids |= dict(
            zip(network.intersections["name"], network.intersections["id"], strict=True)
        )

    def ride(self, name: str, direction: str = "forward") -> Step:
        return Step("segment", self.ids[name], direction)  # type: ignore[arg-type]

    def cross(self, name: str) -> Step:
        return Step("intersection", self.ids[name])


@pytest.fixture
def town(draw: Draw) -> Town:
    return Town(build_network(draw(POSITIONS, SQUARE)))


def test_a_route_is_its_line_its_length_and_its_places(town: Town, point: Point) -> None:
    steps = [town.ride("Süd"), town.cross("Damm × Ost"), town.ride("Damm")]
    route = trace(town.index, steps)

    assert route.length_m == pytest.approx(200, rel=0.01)
    assert route.places == [step.id for step in steps]
    assert [tuple(spot) for spot in route.coordinates] == [
        pytest.approx(point(x, 0), abs=1e-9) for x in (0, 100, 200)
    ]


def test_an_intersection_may_come_first_and_be_left_out(town: Town) -> None:
    assert trace(town.index, [town.cross("Damm × Ost"), town.ride("Damm")]).length_m > 99
    assert trace(town.index, [town.ride("Süd"), town.ride("Damm")]).length_m > 199
    assert trace(town.index, [town.cross("Damm × Ost")]).length_m == 0


def test_out_and_back_is_a_route(town: Town) -> None:
    steps = [town.ride("Damm"), town.ride("Damm", "backward"), town.cross("Damm × Ost")]
    assert trace(town.index, steps).length_m == pytest.approx(200, rel=0.01)


@pytest.mark.parametrize(
    "steps",
    [
        lambda town: [town.ride("Süd"), town.ride("Nord")],
        lambda town: [town.ride("Süd", "backward"), town.ride("Damm")],
        lambda town: [town.ride("Süd", "backward"), town.cross("Damm × Ost")],
        lambda town: [town.cross("Damm × Ost"), town.ride("Nord")],
        lambda town: [town.cross("Damm × Ost"), town.cross("Damm × Ost")],
        lambda town: [town.cross("Damm × Ost"), town.cross("Gasse × Süd")],
    ],
)
def test_steps_that_do_not_join_are_named(town: Town, steps: Callable[[Town], list[Step]]) -> None:
    with pytest.raises(BrokenRouteError, match="step 2 does not join step 1"):
        trace(town.index, steps(town))


def test_unknown_places_and_missing_directions(town: Town) -> None:
    with pytest.raises(UnknownPlaceError, match="step 1"):
        trace(town.index, [Step("segment", "saaaaaaaaaa", "forward")])
    with pytest.raises(UnknownPlaceError, match="intersection"):
        trace(town.index, [Step("intersection", town.ids["Süd"])])
    with pytest.raises(UnknownPlaceError):
        trace(town.index, [Step("segment", None, "forward")])
    with pytest.raises(BrokenRouteError, match="direction"):
        trace(town.index, [Step("segment", town.ids["Süd"])])
    with pytest.raises(BrokenRouteError, match="at least one place"):
        trace(town.index, [])


def free(point: Point, *spots: tuple[float, float]) -> Step:
    return Step("free", coordinates=tuple(point(*spot) for spot in spots))


def test_a_free_piece_joins_what_lies_within_60_m(town: Town, point: Point) -> None:
    steps = [town.ride("Süd"), free(point, (60, 5), (60, 95)), town.ride("Nord")]
    route = trace(town.index, steps)

    assert route.places == [town.ids["Süd"], town.ids["Nord"]]
    assert route.length_m > 290
    with pytest.raises(BrokenRouteError, match="step 2 begins more than 60 m from step 1"):
        trace(town.index, [town.ride("Damm"), free(point, (30, 50), (60, 95))])
    with pytest.raises(BrokenRouteError, match="step 3"):
        trace(town.index, [town.ride("Süd"), free(point, (60, 5), (60, 20)), town.ride("Nord")])


def test_free_pieces_are_checked(town: Town, point: Point) -> None:
    start = town.ride("Süd")
    with pytest.raises(OutsideAreaError, match="step 2"):
        trace(town.index, [start, free(point, (50, 0), (50, -2000))])
    with pytest.raises(BrokenRouteError, match="2 to 50 points"):
        trace(town.index, [start, free(point, (50, 0))])
    with pytest.raises(BrokenRouteError, match="2 to 50 points"):
        trace(town.index, [start, free(point, *[(50.0, float(y)) for y in range(51)])])
    with pytest.raises(BrokenRouteError, match="not on Earth"):
        trace(town.index, [start, Step("free", coordinates=((float("nan"), 1), (2, 3)))])
    with pytest.raises(CrossingStraightPiecesError):
        trace(town.index, [start, free(point, (50, 0), (50, 80), (80, 40), (20, 40))])


def test_pieces_within_an_intersection_are_no_places(draw: Draw) -> None:
    positions = {1: (0, 0), 2: (20, 0), 11: (-100, 0), 12: (120, 0), 21: (0, 100), 22: (20, -100)}
    streets = [([11, 1, 2, 12], {"name": "A"}), ([1, 21], {"name": "C"}), ([2, 22], {"name": "C"})]
    network = build_network(draw(positions, streets))
    [inner] = network.segments.loc[network.segments["within"].notna(), "id"]
    with pytest.raises(UnknownPlaceError):
        trace(TraceIndex(network), [Step("segment", inner, "forward")])


@pytest.fixture(scope="session")
def router(sample: Network) -> Router:
    return Router(sample)


@pytest.fixture(scope="session")
def index(sample: Network) -> TraceIndex:
    return TraceIndex(sample)


@settings(max_examples=80, deadline=None)
@given(
    spots=st.lists(
        st.tuples(st.floats(13.235, 13.305), st.floats(53.535, 53.580)), min_size=2, max_size=4
    ),
    u=st.floats(0, 1),
)
def test_what_was_snapped_and_cut_can_be_traced(
    router: Router, index: TraceIndex, spots: list[tuple[float, float]], u: float
) -> None:
    try:
        route = router.snap([Waypoint(*spot) for spot in spots])
    except GeoError:
        assume(False)  # noqa: FBT003
    begin = cut_index(route.passages, spots[0], u, length_m=route.length_m)
    assume(begin is not None)
    rest = route.passages[begin:]

    traced = trace(index, [Step(p.kind, p.id, p.direction) for p in rest])

    assert traced.places == [passage.id for passage in rest]
    assert traced.places[0] in index.safe
    # Partly ridden segments count whole (at most 150 m at each tap), crossings straight.
    crossings = sum(passage.to_m - passage.from_m for passage in rest if not passage.direction)
    remaining = route.length_m - rest[0].from_m
    assert remaining - crossings - 1 <= traced.length_m
    assert traced.length_m <= remaining * 1.02 + 300 * len(spots)
