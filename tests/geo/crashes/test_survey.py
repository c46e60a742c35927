"""Files of every profile, made by hand, and what becomes of their rows."""
# ruff: noqa: E501 - rows of files are as long as they are

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.crashes.errors import (
    CrashesOutsideAreaError,
    CrashFileUnreadableError,
    CrashMappingError,
    UnknownCrashProfileError,
    UnknownCrsError,
)
from geo.crashes.profiles import profiles
from geo.crashes.records import NO_PLACE, NO_SEVERITY, NO_YEAR, Reading
from geo.crashes.survey import Crashes, read_crashes, survey_files
from geo.crashes.words import table
from geo.crs import BBox
from geo.errors import GeoError
from geo.network import Network

# The area of each file lies where its country is; none of them has a street there.
TOWNS: Mapping[str, BBox] = {
    "gb": BBox(-1.60, 53.78, -1.50, 53.82),
    "de": BBox(13.20, 53.50, 13.32, 53.60),
    "be": BBox(4.30, 50.80, 4.40, 50.90),
    "nl": BBox(5.05, 52.05, 5.20, 52.15),
    "fr": BBox(2.25, 48.80, 2.45, 48.92),
    "th": BBox(100.4, 13.6, 100.7, 13.9),
}

Texts = Mapping[str, str | bytes]


def box(where: str) -> shapely.Polygon:
    town = TOWNS[where]
    return shapely.box(town.west, town.south, town.east, town.north)


@pytest.fixture
def read(sample: Network, tmp_path: Path) -> Callable[..., Crashes]:
    """`read("de", {"a.csv": "…"}, reading)`: the crashes of files with these contents."""

    def done(where: str, texts: Texts, reading: Reading | None = None) -> Crashes:
        paths = []
        for name, content in texts.items():
            path = tmp_path / name
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            paths.append((path, name))
        how = reading or Reading()
        return read_crashes(survey_files(paths, how), how, sample, box(where))

    return done


def by_id(crashes: Crashes) -> dict[str, dict[str, Any]]:
    rows = crashes.frame.astype(object).where(crashes.frame.notna(), None).to_dict("records")
    return {str(row["crash_id"]): {str(name): value for name, value in row.items()} for row in rows}


STATS19 = {
    "collision.csv": """\ufeffcollision_index,collision_year,location_easting_osgr,location_northing_osgr,\
longitude,latitude,collision_severity,enhanced_collision_severity,date,day_of_week,time
2023A,2023,429500,433500,-1.5520,53.7965,2,7,04/05/2023,5,08:15
2023B,2023,430000,434000,,,3,-1,25/12/2023,2,17:30
2023C,2023,430000,434000,-1.5444,53.8010,1,-1,01/02/2023,4,
2023D,2023,,,-1,-1,3,-1,01/02/2023,4,12:00
""",
    "vehicle.csv": """collision_index,vehicle_reference,vehicle_type
2023A,1,9
2023A,2,1
2023B,1,9
2023C,1,5
""",
    "casualty.csv": """collision_index,vehicle_reference,casualty_reference,age_of_casualty,casualty_severity,casualty_type
2023A,2,1,13,2,1
2023A,1,2,40,3,9
2023B,1,1,30,3,9
2023C,1,1,-1,1,1
""",
}  # fmt: skip


def test_stats19_joins_its_three_files(read: Callable[..., Crashes]) -> None:
    crashes = read("gb", STATS19)

    found, preview = by_id(crashes), crashes.preview
    assert preview.profile == "stats19_gb"
    assert [found[key]["severity"] for key in ("2023A", "2023B", "2023C")] == [
        "serious", "slight", "fatal",
    ]  # fmt: skip
    assert [found[key]["bicycle"] for key in ("2023A", "2023B", "2023C")] == [True, False, True]
    # The child rides; an age of -1 is none; a crash without a cyclist has no young one.
    assert [found[key]["child"] for key in ("2023A", "2023B", "2023C")] == [True, None, None]
    assert (found["2023A"]["n_serious"], found["2023A"]["n_slight"]) == (1, 1)
    assert [found[key]["hour"] for key in ("2023A", "2023B", "2023C")] == [8, 17, None]
    assert found["2023A"]["weekday"] == 4  # a Thursday, day first
    # Without degrees the British grid counts: the same grid point as 2023C, within 10 m.
    assert found["2023B"]["lat"] == pytest.approx(53.8015, abs=0.001)
    assert preview.rows == 4
    assert preview.inside == 3  # -1, -1 lies in the sea
    assert preview.share_inside == 3 / 4


def test_older_names_of_stats19_are_the_same(read: Callable[..., Crashes]) -> None:
    text = STATS19["collision.csv"].replace("collision_", "Accident_")

    crashes = read("gb", {"Accidents.csv": text})

    assert crashes.preview.profile == "stats19_gb"
    assert crashes.frame["bicycle"].isna().all()
    assert any("without vehicle, casualty" in note for note in crashes.preview.warnings)


UNFALLATLAS = """OBJECTID;UJAHR;UMONAT;USTUNDE;UWOCHENTAG;UKATEGORIE;IstRad;IstPKW;LINREFX;LINREFY;XGCSWGS84;YGCSWGS84
1;2022;05;07;1;2;1;1;384000,5;5934000,5;13,2600000;53,5600000
2;2022;06;15;2;3;0;1;384000,5;5934000,5;13,2610000;53,5610000
3;2022;06;15;7;1;1;0;384000,5;5934000,5;13,2620000;53,5620000
"""


def test_unfallatlas_has_decimal_commas_and_sunday_first(read: Callable[..., Crashes]) -> None:
    found = by_id(read("de", {"Unfallorte2022_LinRef.csv": UNFALLATLAS}))

    assert (found["1"]["lon"], found["1"]["lat"]) == (13.26, 53.56)
    assert [found[key]["weekday"] for key in "123"] == [7, 1, 6]
    assert [found[key]["severity"] for key in "123"] == ["serious", "slight", "fatal"]
    assert [found[key]["bicycle"] for key in "123"] == [True, False, True]
    assert [found[key]["hour"] for key in "123"] == [7, 15, 15]


def test_unfallatlas_is_matched_by_name_not_by_position(read: Callable[..., Crashes]) -> None:
    frame = pd.read_csv(io.StringIO(UNFALLATLAS), sep=";", dtype=str)
    where = gpd.GeoSeries(gpd.points_from_xy([13.26] * 3, [53.56] * 3), crs=4326).to_crs(25832)
    moved = (
        frame[frame.columns[::-1]]
        .rename(columns={"UKATEGORIE": " UKATGEORIE "})
        .drop(columns=["XGCSWGS84", "YGCSWGS84"])
        .assign(LINREFX=where.x, LINREFY=where.y)
    )

    found = by_id(read("de", {"a.txt": moved.to_csv(sep=";", index=False, decimal=",")}))

    assert [found[key]["severity"] for key in "123"] == ["serious", "slight", "fatal"]
    assert found["1"]["lon"] == pytest.approx(13.26, abs=1e-6)
    assert found["1"]["lat"] == pytest.approx(53.56, abs=1e-6)


STATBEL = """DT_YEAR_COLLISION,DT_MONTH_COLLISION,DT_TIME,CD_NIS,TX_CLASS_ACCIDENTS_NL,TX_ROAD_USR_TYPE1_NL,\
TX_ROAD_USR_TYPE2_NL,MS_X_COORD,MS_Y_COORD
2021,3,8,21004,Met lichtgewonden,Personenauto,Fiets,149000.5,170500.2
2021,3,9,21004,Met zwaargewonden,Bromfiets,Personenauto,149100,170500
2021,4,17,21004,Met doden,Motorfiets,Voetganger,149200,170500
2021,5,18,21004,Iets anders,Elektrische fiets,,149300,170500
"""


def test_statbel_tells_bicycles_from_mopeds(read: Callable[..., Crashes]) -> None:
    crashes = read("be", {"OPENDATA_MAP_2021.csv": STATBEL})

    frame = crashes.frame
    assert crashes.preview.profile == "statbel_be"
    assert frame["bicycle"].tolist() == [True, False, False, True]
    assert frame["severity"].tolist() == ["slight", "serious", "fatal", "injury"]
    assert frame["hour"].tolist() == [8, 9, 17, 18]
    assert any(note.startswith("not verified") for note in crashes.preview.warnings)
    assert crashes.preview.severities["Iets anders"] == (None, 1)
    assert any("1 values of severity" in note for note in crashes.preview.warnings)


BRON = {
    "ongevallen.txt": """VKL_NUMMER,JAAR_VKL,DAG_CODE,UUR,AP3_CODE,FK_VELD5
1001,2020,MA,8,LET,P1
1002,2020,ZO,17,UMS,P2
1003,2020,,,DOD,P3
1004,2020,,,LET,P9
""",
    "partijen.txt": "PTJ_ID,VKL_NUMMER,OTE_ID\n1,1001,11\n2,1001,22\n3,1002,33\n4,1003,44\n",
    "puntlocaties.txt": "FK_VELD5,X_COORD,Y_COORD\nP1,136000,455000\nP2,136100,455000\nP3,136200,455000\n",
    "objecttypen.txt": "OTE_ID,OTE_OMS\n11,Personenauto\n22,Fiets\n33,Bromfiets\n44,Motor\n",
    "aflopen3.txt": "AP3_CODE,AP3_OMS\nDOD,Dodelijk\nLET,Letsel\nUMS,Uitsluitend materiele schade\n",
}  # fmt: skip


def test_bron_joins_parties_and_places(read: Callable[..., Crashes]) -> None:
    crashes = read("nl", BRON)

    found = by_id(crashes)
    assert crashes.preview.profile == "bron_nl"
    assert [found[key]["severity"] for key in ("1001", "1002", "1003")] == [
        "injury", "damage_only", "fatal",
    ]  # fmt: skip
    assert [found[key]["bicycle"] for key in ("1001", "1002", "1003")] == [True, False, False]
    assert [found[key]["weekday"] for key in ("1001", "1002", "1003")] == [1, 7, None]
    assert crashes.preview.reasons == {NO_PLACE: 1}  # P9 is in no file


def test_bron_in_degrees_is_told_by_its_numbers(read: Callable[..., Crashes]) -> None:
    places = "FK_VELD5,X_COORD,Y_COORD\nP1,5.11,52.09\nP2,5.12,52.09\nP3,5.13,52.09\n"

    found = by_id(read("nl", BRON | {"puntlocaties.txt": places}))

    assert (found["1001"]["lon"], found["1001"]["lat"]) == (5.11, 52.09)


BAAC = {
    "caract.csv": """Num_Acc;jour;mois;an;hrmn;lat;long
202100001;30;11;2021;07:32;48,8600000;2,3500000
202100002;25;9;2021;1530;48,8610000;2,3510000
202100003;01;01;2021;5;48,8620000;2,3520000
""",
    "lieux.csv": "Num_Acc;catr;voie\n202100001;4;RUE\n202100002;3;AV\n202100003;3;AV\n",
    "vehicules.csv": """Num_Acc;id_vehicule;num_veh;catv
202100001;137 001;A01;1
202100001;137 002;B01;7
202100002;137 003;A01;80
202100003;137 004;A01;2
""",
    "usagers.csv": """Num_Acc;id_vehicule;num_veh;catu;grav;an_nais
202100001;137 001;A01;1;4;2008
202100001;137 002;B01;1;1;1980
202100002;137 003;A01;1;3;1990
202100003;137 004;A01;1;2;2007
""",
}  # fmt: skip


def test_baac_takes_severity_from_people_and_bicycles_from_vehicles(
    read: Callable[..., Crashes],
) -> None:
    crashes = read("fr", BAAC)

    frame = crashes.frame
    assert crashes.preview.profile == "baac_fr"
    assert frame["severity"].tolist() == ["slight", "serious", "fatal"]
    assert frame["bicycle"].tolist() == [True, True, False]  # 80 is an e-bike, 2 a moped
    assert frame["child"].astype(object).where(frame["child"].notna(), None).tolist() == [
        True, False, None,
    ]  # fmt: skip
    assert frame["hour"].tolist() == [7, 15, 0]
    assert frame["lat"].tolist() == [48.86, 48.861, 48.862]


def test_baac_before_2019_has_whole_numbers_and_two_digits_of_the_year(
    read: Callable[..., Crashes],
) -> None:
    old = """Accident_Id,jour,mois,an,hrmn,lat,long
201800001,30,11,18,0732,4886000,0235000
"""

    crashes = read("fr", {"caract.csv": old})

    row = by_id(crashes)["201800001"]
    assert row["year"] == 2018
    assert (row["lon"], row["lat"]) == pytest.approx((2.35, 48.86))
    assert row["severity"] == "injury"  # without the people nobody knows


THAI = """ปีที่เกิดเหตุ,วันที่เกิดเหตุ ,เวลา,ACC_CODE,รถคันที่1,LATITUDE,LONGITUDE,จำนวนผู้เสียชีวิต,จำนวนผู้บาดเจ็บสาหัส,จำนวนผู้บาดเจ็บเล็กน้อย
2566,25/12/2566,08:15,A1,รถจักรยานยนต์,13.75,100.50,0,1,0
2566,01/02/2566,17:00,A2,รถจักรยาน,13.76,100.51,1,0,2
2566,03/02/2566,,A3,รถยนต์,13.77,100.52,0,0,0
"""


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "tis-620"])
def test_thai_years_are_buddhist_and_a_motorcycle_is_no_bicycle(
    read: Callable[..., Crashes], encoding: str
) -> None:
    crashes = read("th", {"accident2023.csv": THAI.encode(encoding)})

    found = by_id(crashes)
    assert crashes.preview.profile == "thai_mot"
    assert {row["year"] for row in found.values()} == {2023}
    assert [found[key]["severity"] for key in ("A1", "A2", "A3")] == [
        "serious", "fatal", "damage_only",
    ]  # fmt: skip
    assert [found[key]["bicycle"] for key in ("A1", "A2", "A3")] == [None, True, None]
    assert found["A1"]["weekday"] == 1  # 25 December 2023
    assert (crashes.preview.with_bicycle, crashes.preview.bicycle_unknown) == (1, 2)
    assert any("no column for bicycles" in note for note in crashes.preview.warnings)


def test_profiles_are_complete() -> None:
    for profile in profiles().values():
        fields = {name for part in profile.parts.values() for name in part["fields"]}
        assert {
            axis for one in profile.content["coordinates"] for axis in (one["x"], one["y"])
        } <= fields
        assert all(set(part["needs"]) <= part["fields"].keys() for part in profile.parts.values())
    assert set(table("crash_columns")) <= set(Reading.__dataclass_fields__) | {
        "id", "lon", "lat", "x", "y", "date", "year", "month", "time", "severity", "age",
        "n_fatal", "n_serious", "n_slight",
    }  # fmt: skip


ROWS = pd.DataFrame({
    "Nr": ["a", "b", "c", "d"],
    "When": ["2021-05-04", "2021-05-05", "2022-05-06", "2022-05-07"],
    "How bad": ["1", "2", "3", ""],
    "Mode": ["PP", "HA", "PP", "PP"],
    "Age": ["12", "12", "30", ""],
    "lon": [13.26, 13.261, 13.262, 13.263],
    "lat": [53.55, 53.551, 53.552, 53.553],
})  # fmt: skip
NAMED = {
    "id": "Nr", "date": "When", "severity": "How bad", "bicycle": "Mode", "age": "Age",
}  # fmt: skip
MAPPED = Reading(
    columns=NAMED,
    severity={"1": "damage_only", "2": "slight", "3": "fatal"},
    bicycle=("PP",),
)


def points(epsg: int) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(
        ROWS.drop(columns=["lon", "lat"]),
        geometry=gpd.points_from_xy(ROWS["lon"], ROWS["lat"]),
        crs="EPSG:4326",
    )
    return frame.to_crs(epsg)


def as_csv(path: Path) -> None:
    ROWS.to_csv(path, index=False, sep="\t", decimal=",")


def as_xlsx(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(list(ROWS.columns))  # type: ignore[union-attr]
    for row in ROWS.itertuples(index=False):
        book.active.append(list(row))  # type: ignore[union-attr]
    book.save(path)


def as_geopackage(path: Path) -> None:
    points(25833).to_file(path, driver="GPKG", engine="pyogrio")


def as_geojson(path: Path) -> None:
    points(4326).to_file(path, driver="GeoJSON", engine="pyogrio")


@pytest.mark.parametrize(
    ("name", "write"),
    [("a.tsv", as_csv), ("a.xlsx", as_xlsx), ("a.gpkg", as_geopackage), ("a.geojson", as_geojson)],
)
def test_any_other_file_is_read_by_named_columns(
    read: Callable[..., Crashes], tmp_path: Path, name: str, write: Callable[[Path], None]
) -> None:
    path = tmp_path / f"made-{name}"
    write(path)

    crashes = read("de", {name: path.read_bytes()}, MAPPED)

    frame = crashes.frame
    assert crashes.preview.profile == "generic"
    assert frame["crash_id"].tolist() == ["a", "b", "c", "d"]
    assert frame["year"].tolist() == [2021, 2021, 2022, 2022]
    assert frame["severity"].tolist() == ["damage_only", "slight", "fatal", "injury"]
    assert frame["bicycle"].tolist() == [True, False, True, True]
    assert frame["child"].isna().tolist() == [False, True, False, True]
    assert frame["child"].iloc[[0, 2]].tolist() == [True, False]
    assert frame["lon"].to_numpy() == pytest.approx(ROWS["lon"].to_numpy(), abs=1e-7)
    assert frame["lat"].to_numpy() == pytest.approx(ROWS["lat"].to_numpy(), abs=1e-7)
    assert crashes.preview.years == {2021: 2, 2022: 2}


@pytest.mark.parametrize("epsg", [25833, 25832, 3857, 3067, 32633])
def test_metres_are_read_in_a_given_system_or_in_one_that_is_guessed(
    read: Callable[..., Crashes], epsg: int
) -> None:
    made = points(epsg)
    text = ROWS.assign(x=made.geometry.x, y=made.geometry.y).drop(columns=["lon", "lat"])
    how = Reading(columns=NAMED | {"x": "x", "y": "y"}, severity=MAPPED.severity)
    given_how = Reading(columns=how.columns, severity=how.severity, epsg=epsg)

    guessed = read("de", {"a.csv": text.to_csv(index=False)}, how)
    given = read("de", {"a.csv": text.to_csv(index=False)}, given_how)

    assert guessed.preview.crs_guessed
    assert (given.preview.crs, given.preview.crs_guessed) == (f"EPSG:{epsg}", False)
    for crashes in (guessed, given):
        assert crashes.preview.share_inside == 1
        # A guess may take a system that differs by less than a few metres (25833, 32633).
        assert crashes.frame["lon"].to_numpy() == pytest.approx(ROWS["lon"].to_numpy(), abs=1e-4)


def test_swapped_degrees_are_seen_and_said(read: Callable[..., Crashes]) -> None:
    text = ROWS.rename(columns={"lon": "lat", "lat": "lon"}).to_csv(index=False)

    crashes = read("de", {"a.csv": text}, MAPPED)

    assert crashes.preview.inside == 4
    assert any("other order" in note for note in crashes.preview.warnings)


def test_metres_that_fit_nowhere_ask_for_a_number(read: Callable[..., Crashes]) -> None:
    text = ROWS.assign(lon=9e8, lat=9e8).to_csv(index=False)

    with pytest.raises(UnknownCrsError, match="give the EPSG number"):
        read("de", {"a.csv": text}, MAPPED)
    with pytest.raises(UnknownCrsError, match="got 999999"):
        read("de", {"a.csv": text}, Reading(columns=NAMED, epsg=999999))


def test_a_file_of_another_town_has_nothing_inside_and_is_refused(
    read: Callable[..., Crashes],
) -> None:
    crashes = read("fr", {"a.csv": ROWS.to_csv(index=False)}, MAPPED)

    assert (crashes.preview.inside, crashes.preview.share_inside) == (0, 0)
    with pytest.raises(CrashesOutsideAreaError, match="0 % of 4 usable rows"):
        crashes.require_some()


def test_every_row_is_used_or_counted_with_a_reason(read: Callable[..., Crashes]) -> None:
    text = """Nr,When,How bad,lon,lat
1,2021-05-04,2,13.26,53.55
1,2021-05-04,3,13.26,53.55
2,soon,2,13.26,53.55
3,2021-05-04,2,,53.55
4,2021-05-04,2,0,0
5,2021-05-04,9,13.26,53.55
6,2021-05-04
7,2021-05-04,2,2.35,48.86
"""
    how = Reading(
        columns={name: NAMED[name] for name in ("id", "date", "severity")}, severity=MAPPED.severity
    )

    preview = read("de", {"a.csv": text}, how).preview

    assert preview.reasons == {
        NO_YEAR: 1, NO_PLACE: 2, NO_SEVERITY: 1,
        "the row has fewer or more cells than the first line names": 1,
    }  # fmt: skip
    assert (preview.rows, preview.usable, preview.duplicates, preview.inside) == (8, 2, 1, 1)
    assert preview.rows == preview.usable + preview.duplicates + sum(preview.reasons.values())


def test_of_a_crash_that_comes_twice_the_gravest_row_counts(read: Callable[..., Crashes]) -> None:
    text = """Nr,When,How bad,Mode,lon,lat
1,2021-05-04,slight,PP,13.26,53.55
1,2021-05-04,fatal,HA,13.26,53.55
1,2022-05-04,slight,HA,13.26,53.55
"""
    columns = {name: NAMED[name] for name in ("id", "date", "severity", "bicycle")}

    crashes = read("de", {"a.csv": text}, Reading(columns=columns, bicycle=("PP",)))

    assert crashes.frame["severity"].tolist() == ["fatal", "slight"]
    assert crashes.frame["bicycle"].tolist() == [True, False]
    assert crashes.preview.duplicates == 1


def test_without_ids_the_same_day_place_and_severity_is_the_same_crash(
    read: Callable[..., Crashes],
) -> None:
    text = """date,time,severity,lon,lat
2021-05-04,8:10,slight,13.26,53.55
2021-05-04,8:40,slight,13.26,53.55
2021-05-04,9:10,slight,13.26,53.55
2021-05-05,8:10,slight,13.26,53.55
2021-05-05,8:10,fatal,13.26,53.55
"""

    crashes = read("de", {"a.csv": text})

    assert crashes.preview.duplicates == 1
    assert crashes.frame["crash_id"].is_unique


def test_without_a_day_nothing_is_called_a_duplicate(read: Callable[..., Crashes]) -> None:
    text = "year,severity,lon,lat\n" + "2021,slight,13.26,53.55\n" * 3

    preview = read("de", {"a.csv": text}).preview

    assert (preview.inside, preview.duplicates) == (3, 0)
    assert any(note.startswith("2 crashes have the year") for note in preview.warnings)


def test_severity_follows_from_numbers_of_people(read: Callable[..., Crashes]) -> None:
    text = """year,killed,serious_injuries,slight_injuries,lon,lat
2021,1,2,0,13.26,53.55
2021,0,2,0,13.26,53.55
2021,0,0,1,13.26,53.55
2021,0,0,0,13.26,53.55
2021,,,,13.26,53.55
"""

    frame = read("de", {"a.csv": text}).frame

    assert frame["severity"].tolist() == ["fatal", "serious", "slight", "damage_only", "injury"]


def test_years_of_several_files_come_together(read: Callable[..., Crashes]) -> None:
    texts = {"2021.csv": UNFALLATLAS.replace("2022", "2021"), "2022.csv": UNFALLATLAS}

    preview = read("de", texts).preview

    assert (preview.years, preview.duplicates) == ({2021: 3, 2022: 3}, 0)


@pytest.mark.parametrize(
    ("texts", "error", "words"),
    [
        ({}, CrashFileUnreadableError, "at least one file"),
        ({"a.csv": b""}, CrashFileUnreadableError, "a.csv: .*an empty file"),
        ({"a.csv": b"\x00\x01\x02"}, CrashFileUnreadableError, "expected text"),
        ({"a.zip": b"PK\x03\x04rest"}, CrashFileUnreadableError, "a.zip"),
        ({"a.csv": "no separator at all\n1\n"}, CrashFileUnreadableError, "names of columns"),
        ({"a.xls": b"\xd0\xcf\x11\xe0rest"}, CrashFileUnreadableError, "save it as .xlsx"),
        ({"a.geojson": b'{"type": "gdal_streamed_alg"}'}, CrashFileUnreadableError, "Collection"),
        ({"a.geojson": b'{"type": '}, CrashFileUnreadableError, "damaged JSON"),
        ({"a.gpkg": b"SQLite format 3\0" + bytes(200)}, CrashFileUnreadableError, "GeoPackage"),
        ({"a.csv": "a,b\n1,2\n"}, CrashMappingError, "lon and lat, or x and y; date or year"),
        ({"vehicle.csv": STATS19["vehicle.csv"]}, UnknownCrashProfileError, "also needs collision"),
        (
            STATS19 | {"b.csv": "a,b\n1,2\n"},
            UnknownCrashProfileError,
            "b.csv: expected a file of STATS19",
        ),
    ],
)
def test_what_is_no_crash_file_is_refused_with_a_sentence(
    read: Callable[..., Crashes], texts: Texts, error: type[GeoError], words: str
) -> None:
    with pytest.raises(error, match=words):
        read("gb", texts)


@pytest.mark.parametrize(
    ("reading", "error"),
    [
        (Reading(profile="atlantis"), UnknownCrashProfileError),
        (Reading(profile="bron_nl"), UnknownCrashProfileError),
        (Reading(columns={"where": "Nr"}), CrashMappingError),
        (Reading(columns=NAMED | {"id": "Nummer"}), CrashMappingError),
        (Reading(columns=NAMED, severity={"1": "bad"}), CrashMappingError),
    ],
)
def test_a_reading_that_fits_nothing_is_refused(
    read: Callable[..., Crashes], reading: Reading, error: type[GeoError]
) -> None:
    with pytest.raises(error):
        read("de", {"a.csv": ROWS.to_csv(index=False)}, reading)


STARTS = st.sampled_from([
    b"", b"PK\x03\x04", b"SQLite format 3\0", b"{", b'{"type":"FeatureCollection","features":',
    b"lon;lat;year;severity\n", UNFALLATLAS.encode(), b"\xff\xfe", "วันที่".encode("tis-620"),
])  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(start=STARTS, rest=st.binary(max_size=300))
def test_whatever_bytes_come_they_are_crashes_or_refused(
    read: Callable[..., Crashes], start: bytes, rest: bytes
) -> None:
    try:
        crashes = read("de", {"file": start + rest})
    except GeoError:
        pass
    else:
        preview = crashes.preview
        counted = preview.usable + preview.duplicates + sum(preview.reasons.values())
        assert preview.rows == counted


def test_entities_in_a_workbook_are_refused(read: Callable[..., Crashes], tmp_path: Path) -> None:
    path = tmp_path / "made.xlsx"
    as_xlsx(path)
    bomb = b'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>'
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "bomb.xlsx", "w") as new:
        for one in old.namelist():
            content = old.read(one)
            if one == "xl/worksheets/sheet1.xml":
                content = bomb + content.replace(b"<worksheet", b"<worksheet", 1)
            new.writestr(one, content)

    with pytest.raises(CrashFileUnreadableError, match="a damaged one"):
        read("de", {"bomb.xlsx": (tmp_path / "bomb.xlsx").read_bytes()}, MAPPED)
