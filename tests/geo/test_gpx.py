"""GPX as the programs of cyclists write it: the same little ride in their handwritings."""

from pathlib import Path

import numpy as np
import pytest

from geo.errors import RouteFileUnreadableError
from geo.gpx import BLOCK, read_gpx
from geo.lines import RouteLine

RIDE = [(13.25, 53.55), (13.251, 53.5505), (13.252, 53.551)]

GARMIN = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<gpx creator="Garmin Connect" version="1.1"
  xmlns="http://www.topografix.com/GPX/1/1"
  xmlns:ns3="http://www.garmin.com/xmlschemas/TrackPointExtension/v1"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.topografix.com/GPX/1/1 http://www.topografix.com/GPX/11.xsd">
  <metadata><name>not the track</name><time>2026-05-04T05:40:00.000Z</time></metadata>
  <trk><name>Morning</name><type>cycling</type><trkseg>
    <trkpt lat="53.5500000" lon="13.2500000"><ele>21.2</ele><time>2026-05-04T05:40:01.000Z</time>
      <extensions><ns3:TrackPointExtension><ns3:atemp>9.0</ns3:atemp><ns3:hr>101</ns3:hr>
      </ns3:TrackPointExtension></extensions></trkpt>
    <trkpt lat="53.5505000" lon="13.2510000"><ele>21.0</ele></trkpt>
    <trkpt lat="53.5510000" lon="13.2520000"/>
  </trkseg></trk>
</gpx>"""
GARMIN_ROUTE = """<gpx version="1.1" creator="BaseCamp" xmlns="http://www.topografix.com/GPX/1/1"
  xmlns:gpxx="http://www.garmin.com/xmlschemas/GpxExtensions/v3">
  <rte><name>Morning</name><extensions><gpxx:RouteExtension>
      <gpxx:IsAutoNamed>false</gpxx:IsAutoNamed></gpxx:RouteExtension></extensions>
    <rtept lat="53.55" lon="13.25"><name>Start</name><extensions><gpxx:RoutePointExtension>
      <gpxx:Subclass>000000000000FFFF</gpxx:Subclass><gpxx:rpt lat="53.5505" lon="13.251"/>
    </gpxx:RoutePointExtension></extensions></rtept>
    <rtept lat="53.551" lon="13.252"><name>End</name></rtept>
  </rte></gpx>"""
OSMAND = """<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>
<gpx version="1.1" creator="OsmAnd 4.7" xmlns="http://www.topografix.com/GPX/1/1"
  xmlns:osmand="https://osmand.net/docs/technical/osmand-file-formats/osmand-gpx">
  <trk><name>Morning</name><extensions><osmand:activity>cycling</osmand:activity></extensions>
    <trkseg><trkpt lat="53.55" lon="13.25"><extensions><osmand:speed>4.1</osmand:speed></extensions>
      </trkpt><trkpt lat="53.5505" lon="13.251"/></trkseg>
    <trkseg><trkpt lat="53.551" lon="13.252"/></trkseg></trk>
  <extensions><osmand:show_arrows>false</osmand:show_arrows></extensions></gpx>"""
STRAVA = """<?xml version="1.0" encoding="UTF-8"?>
<gpx creator="StravaGPX Android" version="1.1" xmlns="http://www.topografix.com/GPX/1/1"
  xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">
 <metadata><time>2026-05-04T05:40:00Z</time></metadata>
 <trk><name><![CDATA[Morning]]></name><type>cycling</type><trkseg>
  <trkpt lat="53.5500000" lon="13.2500000"><time>2026-05-04T05:40:00Z</time></trkpt>
  <trkpt lat="53.5505000" lon="13.2510000"><time>2026-05-04T05:40:30Z</time></trkpt>
  <trkpt lat="53.5510000" lon="13.2520000"><time>2026-05-04T07:10:00Z</time></trkpt>
 </trkseg></trk></gpx>"""
KOMOOT = """<?xml version='1.0' encoding='UTF-8'?>
<gpx version="1.1" creator="https://www.komoot.de" xmlns="http://www.topografix.com/GPX/1/1">
  <metadata><name>Morning</name><author><link href="https://www.komoot.de"><text>komoot</text>
    <type>text/html</type></link></author></metadata>
  <wpt lat="53.549" lon="13.249"><name>A stop</name></wpt>
  <trk><name>Morning</name><trkseg>
    <trkpt lat="53.550000" lon="13.250000"><ele>21.000000</ele></trkpt>
    <trkpt lat="53.550500" lon="13.251000"/><trkpt lat="53.551000" lon="13.252000"/>
  </trkseg></trk></gpx>"""
LOCUS = """<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<gpx version="1.1" creator="Locus Map, Android" xmlns="http://www.topografix.com/GPX/1/1"
 xmlns:gpx_style="http://www.topografix.com/GPX/gpx_style/0/2"
 xmlns:locus="http://www.locusmap.eu">
 <trk><name>Morning</name><extensions><gpx_style:line><gpx_style:color>0000FF</gpx_style:color>
  </gpx_style:line><locus:rteComputeType>6</locus:rteComputeType></extensions>
  <trkseg></trkseg><trkseg><trkpt lat="53.55" lon="13.25"/><trkpt lat="53.5505" lon="13.251"/>
  <trkpt lat="53.551" lon="13.252"/></trkseg></trk></gpx>"""
GPX_1_0 = """<?xml version="1.0"?>
<gpx version="1.0" creator="GPSBabel" xmlns="http://www.topografix.com/GPX/1/0">
<time>2004-05-04T05:40:00Z</time><bounds minlat="53.55" minlon="13.25" maxlat="53.6" maxlon="13.3"/>
<trk><name>Morning</name><number>7</number><trkseg>
<trkpt lat="53.55" lon="13.25"><ele>20</ele><course>77.1</course><speed>3.9</speed></trkpt>
<trkpt lat="53.5505" lon="13.251"/><trkpt lat="53.551" lon="13.252"/></trkseg></trk></gpx>"""
NO_NAMESPACE = """

<gpx><trk><name> Morning
</name><trkseg><trkpt lon="13.25" lat="53.55"/><trkpt lon="13.251" lat="53.5505"/>
<trkpt lon="13.252" lat="53.551"/></trkseg></trk></gpx>"""
WRITERS = {
    "garmin": GARMIN, "garmin route": GARMIN_ROUTE, "osmand": OSMAND, "strava": STRAVA,
    "komoot": KOMOOT, "locus": LOCUS, "1.0": GPX_1_0, "no namespace": NO_NAMESPACE,
}  # fmt: skip


def read(tmp_path: Path, text: str | bytes) -> list[RouteLine]:
    path = tmp_path / "ride.gpx"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return list(read_gpx(path))


@pytest.mark.parametrize("text", WRITERS.values(), ids=WRITERS)
def test_ride_is_the_same_whoever_wrote_it(tmp_path: Path, text: str) -> None:
    (line,) = read(tmp_path, text)

    assert line.id == "Morning"
    assert line.problem is None
    assert line.coordinates == pytest.approx(np.array(RIDE))


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "utf-8-sig"])
def test_file_says_its_own_encoding(tmp_path: Path, encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{declared}"?><gpx><trk><name>Brücke</name></trk></gpx>'

    assert [line.id for line in read(tmp_path, text.encode(encoding))] == ["Brücke"]


def test_every_track_and_route_is_one_line_in_its_order(tmp_path: Path) -> None:
    point = '<{0} lat="1" lon="2"/>'
    lines = read(
        tmp_path,
        f"<gpx><rte><name>a</name>{point.format('rtept')}</rte><wpt lat='5' lon='6'/>"
        f"<trk><trkseg>{point.format('trkpt') * 2}</trkseg></trk><trk><name>c</name></trk></gpx>",
    )

    assert [line.id for line in lines] == ["a", None, "c"]
    assert [len(line.coordinates) for line in lines] == [1, 2, 0]


def test_track_as_long_as_many_blocks_is_read_whole(tmp_path: Path) -> None:
    count = 2 * BLOCK // 20
    points = "".join(f'<trkpt lat="53.5" lon="{13 + n / 1e6}"/>\n' for n in range(count))

    (line,) = read(tmp_path, f"<gpx><trk><trkseg>{points}</trkseg></trk></gpx>")

    assert line.coordinates[:, 0].tolist() == pytest.approx([13 + n / 1e6 for n in range(count)])


def test_point_without_position_is_named_and_spoils_its_own_track_only(tmp_path: Path) -> None:
    bad, good = read(
        tmp_path,
        '<gpx><trk><trkseg>\n<trkpt lat="53,5" lon="13.2"/></trkseg></trk>\n'
        '<trk><trkseg><trkpt lat="53.5" lon="13.2"/></trkseg></trk></gpx>',
    )

    assert bad.problem == "expected two numbers, got lat='53,5' lon='13.2' in line 2"
    assert len(bad.coordinates) == 0
    assert good.problem is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no element found"),
        ("lat,lon\n1,2\n", "broken XML"),
        ("<gpx><trk>", "broken XML: no element found in line 1"),
        ("<kml><Placemark/></kml>", "got XML of <kml>"),
        ("<!DOCTYPE gpx><gpx/>", "document type"),
        ('<!DOCTYPE g [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><gpx>&b;</gpx>', "document type"),
        ('<!DOCTYPE g [<!ENTITY a SYSTEM "file:///etc/passwd">]><gpx>&a;</gpx>', "document type"),
    ],
)
def test_what_is_no_gpx_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(RouteFileUnreadableError, match=sentence):
        read(tmp_path, text)
