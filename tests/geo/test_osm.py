import bz2
from pathlib import Path

import pytest

from geo.area import build_network
from geo.errors import NoStreetsError, OsmFileNotFoundError, OsmFileUnreadableError
from geo.extract import OsmData
from geo.osm import base_map, read_osm, schools

SAMPLE = Path(__file__).parents[2] / "data" / "samples" / "neubrandenburg.osm.pbf"

# Way 100 refers to node 3, which was clipped away; the school is a closed way, the park a relation.
XML = """<?xml version="1.0"?>
<osm version="0.6">
  <node id="1" version="1" lon="13.250" lat="53.550"/>
  <node id="2" version="1" lon="13.251" lat="53.550"/>
  <node id="4" version="1" lon="13.253" lat="53.550"/>
  <node id="5" version="1" lon="13.254" lat="53.550"/>
  <node id="6" version="1" lon="13.254" lat="53.551">
    <tag k="highway" v="traffic_signals"/></node>
  <node id="10" version="1" lon="13.260" lat="53.550"/>
  <node id="11" version="1" lon="13.262" lat="53.550"/>
  <node id="12" version="1" lon="13.262" lat="53.552"/>
  <node id="20" version="1" lon="13.250" lat="53.552">
    <tag k="place" v="suburb"/><tag k="name" v="Oststadt"/></node>
  <node id="21" version="1" lon="13.251" lat="53.553">
    <tag k="amenity" v="kindergarten"/><tag k="name" v="Kita"/></node>
  <node id="22" version="1" lon="13.252" lat="53.553"><tag k="amenity" v="school"/></node>
  <way id="100" version="1" timestamp="2026-01-02T00:00:00Z">
    <nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="5"/>
    <nd ref="6"/><tag k="highway" v="residential"/><tag k="name" v="Ring"/></way>
  <way id="101" version="1"><nd ref="10"/><nd ref="11"/><nd ref="12"/><nd ref="10"/>
    <tag k="amenity" v="school"/><tag k="name" v="Torschule"/></way>
  <way id="102" version="1"><nd ref="10"/><nd ref="11"/><nd ref="12"/></way>
  <way id="103" version="1"><nd ref="12"/><nd ref="10"/></way>
  <relation id="7" version="1"><member type="way" ref="102" role="outer"/>
    <member type="way" ref="103" role="outer"/>
    <tag k="type" v="multipolygon"/><tag k="leisure" v="park"/></relation>
</osm>
"""


@pytest.fixture
def clipped(tmp_path: Path) -> OsmData:
    path = tmp_path / "clipped.osm"
    path.write_text(XML)
    return read_osm(path)


def test_a_clipped_way_is_split_where_its_node_is_missing(clipped: OsmData) -> None:
    assert [way.nodes for way in clipped.ways] == [(1, 2), (4, 5, 6)]
    assert set(clipped.nodes) == {1, 2, 4, 5, 6}
    assert clipped.node_tags == {6: {"highway": "traffic_signals"}}


def test_the_date_is_that_of_the_newest_element(clipped: OsmData) -> None:
    assert str(clipped.osm_date) == "2026-01-02"


def test_schools_have_names_and_no_kindergarten_is_one(clipped: OsmData) -> None:
    found = schools(clipped)

    assert found[["id", "name", "kind"]].to_numpy().tolist() == [["way/101", "Torschule", "school"]]
    assert set(found.geom_type) == {"Point"}
    assert found.crs.to_epsg() == 4326


def test_multipolygons_are_assembled(clipped: OsmData) -> None:
    layers = base_map(clipped)

    assert sorted(layers["green"]["kind"]) == ["park", "school"]
    assert layers["places"][["kind", "name"]].to_numpy().tolist() == [["suburb", "Oststadt"]]
    assert layers["roads"]["kind"].tolist() == ["residential", "residential"]
    assert layers["water"].empty


def test_compressed_xml_reads_the_same(tmp_path: Path, clipped: OsmData) -> None:
    path = tmp_path / "clipped.osm.bz2"
    path.write_bytes(bz2.compress(XML.encode()))
    assert read_osm(path).ways == clipped.ways


def test_the_sample_has_its_schools_and_layers(sample_data: OsmData) -> None:
    assert len(sample_data.ways) > 4000
    assert "Albert-Einstein-Gymnasium" in schools(sample_data)["name"].tolist()
    layers = base_map(sample_data)
    assert {"water", "green", "buildings", "roads", "rail", "places", "schools"} == set(layers)
    assert all(not layer.empty for layer in layers.values())
    assert str(sample_data.osm_date).startswith("2016-02")


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(OsmFileNotFoundError, match="nowhere"):
        read_osm(tmp_path / "nowhere.osm.pbf")


@pytest.mark.parametrize("suffix", [".osm", ".osm.bz2", ".osm.pbf"])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a map", b"<html></html>"])
def test_a_foreign_file(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"foreign{suffix}"
    path.write_bytes(content)
    with pytest.raises(OsmFileUnreadableError, match="foreign"):
        read_osm(path)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.99])
def test_a_truncated_file(tmp_path: Path, share: float) -> None:
    whole = SAMPLE.read_bytes()
    path = tmp_path / "half.osm.pbf"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(OsmFileUnreadableError):
        read_osm(path)


def test_another_kind_of_file(tmp_path: Path) -> None:
    path = tmp_path / "streets.shp"
    path.write_bytes(b"x")
    with pytest.raises(OsmFileUnreadableError, match=r"\.osm\.pbf"):
        read_osm(path)


def test_a_file_without_streets(tmp_path: Path) -> None:
    path = tmp_path / "empty.osm"
    path.write_text('<osm version="0.6"><node id="1" version="1" lon="1" lat="1"/></osm>')
    with pytest.raises(NoStreetsError):
        read_osm(path)


def test_a_file_with_nothing_to_ride(tmp_path: Path) -> None:
    path = tmp_path / "motorway.osm"
    path.write_text(XML.replace("residential", "motorway"))
    with pytest.raises(NoStreetsError, match="bicycle"):
        build_network(read_osm(path))
