"""Files of routes matched to the streets of the sample town."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely

from api.services import match_routes as service
from api.services.areas import LoadedArea
from api.services.match_routes import Matching, OutputUnwritableError, match_routes, part_path
from geo.crs import to_metres
from geo.errors import NoLinesError
from geo.lines import RouteLine

COUNT, CHUNK = 40, 10
Match = Callable[..., Matching]


@pytest.fixture
def lines(loaded: LoadedArea) -> list[shapely.LineString]:
    """Rides along one street each: its middle piece, drawn exactly."""
    segments = loaded.network.segments
    ridden = segments[segments["within"].isna() & segments["forward"] & segments["backward"]]
    longest = ridden.nlargest(COUNT, "length_m").sort_values("id")
    return [shapely.ops.substring(line, 0.2, 0.8, normalized=True) for line in longest.geometry]


@pytest.fixture
def routes(lines: list[shapely.LineString], tmp_path: Path) -> Path:
    return save(tmp_path / "routes.geojson", lines)


def save(path: Path, lines: list[Any]) -> Path:
    features = [
        {"type": "Feature", "properties": {"id": f"ride {n}"}, "geometry": geometry(line)}
        for n, line in enumerate(lines)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def geometry(line: Any) -> Any:  # noqa: ANN401 - a shape, or whatever a test wants to stand there
    return shapely.geometry.mapping(line) if isinstance(line, shapely.Geometry) else line


@pytest.fixture
def match(
    loaded: LoadedArea, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Matching]:
    """`match(routes, "a.parquet")`; `stop_at=0.5` presses Ctrl-C halfway."""
    monkeypatch.setattr(service, "CHUNK_ROUTES", CHUNK)

    def run(
        source: Path, output: str = "matched.parquet", stop_at: float = 2, said: Any = None,  # noqa: ANN401
    ) -> Matching:  # fmt: skip
        def progress(stage: str, share: float) -> None:
            if stage == "matching" and share >= stop_at:
                raise KeyboardInterrupt

        tell = (lambda _: None) if said is None else said.append
        return match_routes(loaded, source, tmp_path / output, progress=progress, tell=tell)

    return run


def test_each_route_is_a_row_with_its_streets(
    match: Match, routes: Path, lines: list[shapely.LineString], tmp_path: Path, loaded: LoadedArea
) -> None:
    found = match(routes)

    frame = gpd.read_parquet(tmp_path / "matched.parquet")
    assert list(frame.columns) == [
        "route_id", "geometry", "length_m", "segments", "intersections", "confidence", "problem",
    ]  # fmt: skip
    assert frame["route_id"].tolist() == [f"ride {n}" for n in range(COUNT)]
    assert frame.crs == "EPSG:4326"
    assert set(frame.geom_type) == {"LineString"}
    assert frame["problem"].isna().all()
    assert (found.tally.matched, found.fresh, found.tally.kinds) == (COUNT, COUNT, {})
    segments = loaded.network.segments.set_index("id")
    drawn_m = to_metres(gpd.GeoSeries(lines, crs="EPSG:4326")).length
    for line, metres, row in zip(lines, drawn_m, frame.itertuples(), strict=True):
        (ride,) = row.segments
        assert (
            segments.geometry.loc[ride["id"]].distance(line.interpolate(0.5, normalized=True))
            < 1e-9
        )
        assert ride["direction"] == "forward"
        assert ride["share"] == pytest.approx(metres / segments["length_m"][ride["id"]], abs=0.01)
        assert row.length_m == pytest.approx(metres, rel=0.01)
        assert row.geometry.hausdorff_distance(line) < 1e-5
        assert 0 < row.confidence <= 1


def test_same_routes_give_the_same_bytes(match: Match, routes: Path, tmp_path: Path) -> None:
    match(routes, "a.parquet")
    match(routes, "b.parquet")

    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_compiled_code_gives_the_same_bytes(
    match: Match, routes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("numba", reason="the extra `fast` is not installed")
    match(routes, "a.parquet")
    monkeypatch.setattr(service, "FAST_FROM", 1)
    match(routes, "b.parquet")

    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_interrupted_run_goes_on_and_ends_as_if_never_interrupted(
    match: Match, routes: Path, tmp_path: Path
) -> None:
    match(routes, "whole.parquet")
    said: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        match(routes, stop_at=0.5)
    part = part_path(tmp_path / "matched.parquet")
    assert part.exists()
    assert not (tmp_path / "matched.parquet").exists()
    # A power cut in the middle of writing leaves half a batch.
    part.write_bytes(part.read_bytes()[:-100])

    found = match(routes, said=said)

    assert said == ["going on after 10 of 40 routes"]
    assert (found.tally.routes, found.fresh) == (40, 30)
    whole, resumed = tmp_path / "whole.parquet", tmp_path / "matched.parquet"
    assert resumed.read_bytes() == whole.read_bytes()
    assert sorted(path.name for path in tmp_path.glob("*matched*")) == ["matched.parquet"]


def test_interruption_after_the_last_route_costs_nothing(
    match: Match, routes: Path, tmp_path: Path
) -> None:
    with pytest.raises(KeyboardInterrupt):
        match(routes, stop_at=1)

    assert match(routes).fresh == 0
    assert len(pq.read_table(tmp_path / "matched.parquet")) == COUNT


def test_other_routes_or_another_network_start_anew(
    match: Match, routes: Path, lines: list[shapely.LineString], loaded: LoadedArea
) -> None:
    with pytest.raises(KeyboardInterrupt):
        match(routes, stop_at=0.5)
    save(routes, lines[::-1])
    said: list[str] = []

    assert match(routes, said=said).fresh == COUNT
    assert said == ["the routes, the network or the program have changed: starting anew"]

    newer = LoadedArea(loaded.id, "another version", loaded.network)
    assert service._job(newer, routes) != service._job(loaded, routes)


@pytest.mark.parametrize("content", [b"", b"rubbish that is no table", b"\xff" * 1000])
def test_part_file_that_is_none_starts_anew(
    match: Match, routes: Path, tmp_path: Path, content: bytes
) -> None:
    part_path(tmp_path / "matched.parquet").write_bytes(content)

    assert match(routes).fresh == COUNT


def test_bad_rows_stay_in_place_with_their_reason(
    match: Match, lines: list[shapely.LineString], tmp_path: Path
) -> None:
    good = lines[0]
    swapped = shapely.LineString([(lat, lon) for lon, lat in good.coords])
    elsewhere = shapely.LineString([(2.35, 48.85), (2.36, 48.86)])
    rows = [None, good, shapely.Point(13.2, 53.5), good, swapped, elsewhere, elsewhere]
    source = save(tmp_path / "routes.geojson", rows)

    found = match(source)

    frame = gpd.read_parquet(tmp_path / "matched.parquet")
    assert [line is not None for line in frame.geometry] == [False, True, False, True, *[False] * 3]
    said = pq.read_table(tmp_path / "matched.parquet")["problem"].to_pylist()
    assert said[0] == "expected a LineString or MultiLineString, got no geometry"
    assert said[2] == "expected a LineString or MultiLineString, got a Point"
    assert said[1] is said[3] is None
    assert "swap" in said[4] or "latitude" in said[4]
    assert all(said[4:])
    assert found.tally.matched == 2
    kinds = {problem.words: (problem.count, problem.first) for problem in found.tally.problems}
    assert kinds[said[0]] == (1, "ride 0")
    assert kinds[said[5]] == (2, "ride 5")


def test_file_of_failures_only_can_still_be_read(match: Match, tmp_path: Path) -> None:
    elsewhere = shapely.LineString([(2.35, 48.85), (2.36, 48.86)])

    match(save(tmp_path / "routes.geojson", [elsewhere]))

    frame = gpd.read_parquet(tmp_path / "matched.parquet")
    assert len(frame) == 1
    assert frame.geometry.isna().all()
    assert frame.crs == "EPSG:4326"


def test_part_off_the_network_is_a_free_leg_in_its_place(
    match: Match, lines: list[shapely.LineString], tmp_path: Path, loaded: LoadedArea
) -> None:
    # Out of the town to the north: no street for 3 km.
    segments = loaded.network.segments.geometry
    north = segments.iloc[segments.bounds["maxy"].argmax()]
    end = max(north.coords, key=lambda at: at[1])
    far = [(end[0], end[1] + step * 0.001) for step in range(1, 28)]
    start = min(north.coords, key=lambda at: at[1])

    found = match(
        save(tmp_path / "routes.geojson", [lines[0], shapely.LineString([start, end, *far])])
    )

    assert found.tally.with_free_legs == 1
    leg = gpd.read_parquet(tmp_path / "matched.parquet")["segments"][1][-1]
    assert (leg["id"], leg["direction"]) == (None, None)


def test_duplicate_ids_are_named_and_kept(
    match: Match, lines: list[shapely.LineString], tmp_path: Path
) -> None:
    features = [
        {"type": "Feature", "id": name, "geometry": geometry(lines[0])} for name in "aba"
    ]  # fmt: skip
    path = tmp_path / "routes.geojsonl"
    path.write_text("\n".join(json.dumps(one) for one in features))

    assert match(path).duplicates == {"a": 2}
    assert pq.read_table(tmp_path / "matched.parquet")["route_id"].to_pylist() == ["a", "b", "a"]


def test_refused_file_leaves_nothing_behind(match: Match, tmp_path: Path) -> None:
    source = save(tmp_path / "routes.geojson", [shapely.Point(13.2, 53.5)])
    (tmp_path / "matched.parquet").write_bytes(b"of an earlier run")

    with pytest.raises(NoLinesError):
        match(source)

    assert (tmp_path / "matched.parquet").read_bytes() == b"of an earlier run"
    assert len(list(tmp_path.glob("*matched*"))) == 1


def test_folder_that_is_not_there_is_named(match: Match, routes: Path) -> None:
    with pytest.raises(
        OutputUnwritableError, match=r"nowhere/x\.parquet cannot be written: No such"
    ):
        match(routes, "nowhere/x.parquet")


def test_long_tracks_make_short_chunks() -> None:
    # Three of 40,000 points exceed 100,000; the fourth begins anew.
    long = RouteLine("long", np.zeros((40_000, 2)))

    assert [len(chunk) for chunk in service.chunks([long] * 4)] == [3, 1]
