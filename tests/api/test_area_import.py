"""Importing an area: all of it or nothing, and the old one serves until the end."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from api.commands.area import app
from api.services.areas import AreaLibrary
from api.services.import_area import InvalidAreaNameError, choose_country, import_area
from api.services.installation import Installation, open_installation
from api.settings import Settings
from api.store import migrate
from api.store.engine import Store
from api.store.models import Area, School
from geo.countries import UnknownCountryError
from geo.errors import GeoError
from geo.osm import OsmData, read_osm

# A crossroads of two named streets, a school beside it, and enough street to split.
TINY = """<?xml version='1.0' encoding='UTF-8'?>
<osm version="0.6" generator="drawn">
  <bounds minlat="53.54" minlon="13.24" maxlat="53.56" maxlon="13.27"/>
  {nodes}
  <way id="1" version="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/>
    <tag k="highway" v="residential"/><tag k="name" v="East Street"/></way>
  <way id="2" version="1"><nd ref="4"/><nd ref="2"/><nd ref="5"/>
    <tag k="highway" v="residential"/><tag k="name" v="North Street"/></way>
</osm>
"""
NODES = {
    1: (13.250, 53.550), 2: (13.255, 53.550), 3: (13.260, 53.550), 4: (13.255, 53.555),
    5: (13.255, 53.545),
}  # fmt: skip
SCHOOL = (
    '<node id="9" version="1" lon="13.256" lat="53.551">'
    '<tag k="amenity" v="school"/><tag k="name" v="{name}"/></node>'
)


@pytest.fixture
def tiny(tmp_path: Path) -> Callable[..., OsmData]:
    """Reads a hand-drawn town whose school has this name."""

    def drawn(name: str = "Corner School") -> OsmData:
        path = tmp_path / "tiny.osm"
        nodes = "".join(
            f'<node id="{n}" version="1" lon="{lon}" lat="{lat}"/>'
            for n, (lon, lat) in NODES.items()
        )
        path.write_text(TINY.format(nodes=nodes + SCHOOL.format(name=name)), encoding="utf-8")
        return read_osm(path)

    return drawn


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Installation]:
    """An installation without any area."""
    here = open_installation(Settings(data_dir=tmp_path / "data", database_url="", key_dir=None))
    migrate.upgrade(here.store)
    yield here
    here.store.engine.dispose()


def silent(_stage: str, _share: float) -> None:
    pass


def files(here: Installation, name: str) -> set[str]:
    home = here.settings.areas / name
    return {path.relative_to(home).as_posix() for path in home.rglob("*")}


def schools(store: Store) -> list[str]:
    with store.read() as session:
        return list(session.scalars(select(School.name)))


def test_an_imported_area_serves(empty: Installation, tiny: Callable[..., OsmData]) -> None:
    stages: list[tuple[str, float]] = []

    area = import_area(
        empty, "tiny", tiny(), title="Tiny", progress=lambda *stage: stages.append(stage)
    )

    loaded = AreaLibrary(empty.settings).get(area)
    assert {"East Street × North Street", "North Street × East Street"} & set(
        loaded.network.intersections["name"]
    )
    assert schools(empty.store) == ["Corner School"]
    assert stages[-1] == ("ready", 1.0)
    assert all(0 <= share <= 1 for _, share in stages)
    key = empty.settings.keys / "tiny.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert empty.settings.keys.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("share", [0.0, 0.99])
def test_an_interrupted_import_leaves_the_old_area_and_no_litter(
    empty: Installation, tiny: Callable[..., OsmData], share: float
) -> None:
    old = import_area(empty, "tiny", tiny(), title="Tiny", progress=silent)
    before = files(empty, "tiny")
    calls: list[str] = []
    import_area(
        empty, "count", tiny(), title="Count", progress=lambda stage, _: calls.append(stage)
    )
    left = int(share * (len(calls) - 1))

    def interrupt(_stage: str, _share: float) -> None:
        nonlocal left
        if left == 0:
            raise KeyboardInterrupt
        left -= 1

    new = replace(tiny("New School"), sha256="f" * 64)
    with pytest.raises(KeyboardInterrupt):
        import_area(empty, "tiny", new, title="New", progress=interrupt)

    assert files(empty, "tiny") == before
    with empty.store.read() as session:
        assert session.get_one(Area, "tiny").version == old.version
    assert "New School" not in schools(empty.store)


def test_litter_of_a_killed_import_goes_with_the_next(
    empty: Installation, tiny: Callable[..., OsmData]
) -> None:
    home = empty.settings.areas / "tiny"
    (home / ".importing-dead").mkdir(parents=True)
    (home / ".importing-dead" / "half.parquet").write_bytes(b"half")

    import_area(empty, "tiny", tiny(), title="Tiny", progress=silent)

    assert not any(name.startswith(".importing") for name in files(empty, "tiny"))


def test_a_second_import_replaces_the_first_and_keeps_schools_and_key(
    empty: Installation, tiny: Callable[..., OsmData]
) -> None:
    old = import_area(empty, "tiny", tiny(), title="Tiny", progress=silent)
    key = (empty.settings.keys / "tiny.key").read_bytes()
    with empty.store.read() as session:
        number = session.scalars(select(School.id)).one()

    new = import_area(empty, "tiny", tiny("Renamed School"), title="Tinier", progress=silent)

    assert new.version != old.version
    assert (empty.settings.keys / "tiny.key").read_bytes() == key
    with empty.store.read() as session:
        school = session.scalars(select(School)).one()
        assert (school.id, school.name) == (number, "Renamed School")
        assert session.get_one(Area, "tiny").title == "Tinier"


def test_the_same_data_again_is_no_error(empty: Installation, tiny: Callable[..., OsmData]) -> None:
    first = import_area(empty, "tiny", tiny(), title="Tiny", progress=silent)
    before = files(empty, "tiny")

    again = import_area(empty, "tiny", tiny(), title="Tiny", progress=silent)

    assert again.version == first.version
    assert files(empty, "tiny") == before


def named(data: OsmData, value: str) -> OsmData:
    """The same streets, each with a default limit of a country such as `DE:urban`."""
    ways = tuple(replace(way, tags={**way.tags, "source:maxspeed": value}) for way in data.ways * 2)
    return replace(data, ways=ways)


def provenance(here: Installation, area: Area) -> dict[str, object]:
    path = here.settings.areas / area.id / area.version / "area.json"
    return dict(json.loads(path.read_text(encoding="utf-8")))


def test_the_country_is_read_from_tags_and_kept(
    empty: Installation, tiny: Callable[..., OsmData]
) -> None:
    data = tiny()
    german = named(data, "DE:urban")

    assert choose_country(empty, "tiny", german).reason == "from tags"
    area = import_area(empty, "tiny", german, title="Tiny", progress=silent)
    assert (area.country, provenance(empty, area)["country"]) == ("DE", "DE")

    # Newer data may name no country: the area stays where it is.
    assert choose_country(empty, "tiny", data).reason == "as before"
    assert import_area(empty, "tiny", data, title="Tiny", progress=silent).country == "DE"


def test_an_area_whose_tags_name_no_country_is_generic_until_they_do(
    empty: Installation, tiny: Callable[..., OsmData]
) -> None:
    data = tiny()
    assert choose_country(empty, "tiny", data).reason == "no tags name one"
    assert import_area(empty, "tiny", data, title="Tiny", progress=silent).country == "generic"

    french = choose_country(empty, "tiny", named(data, "FR:urban"))
    assert (french.profile.code, french.reason) == (
        "generic", "tags say FR, which has no profile",
    )  # fmt: skip
    finnish = named(data, "FI:urban")
    assert import_area(empty, "tiny", finnish, title="Tiny", progress=silent).country == "FI"


def test_another_country_is_another_version_of_the_same_data(
    empty: Installation, tiny: Callable[..., OsmData]
) -> None:
    data = tiny()
    versions = {
        code: import_area(empty, "tiny", data, title="Tiny", progress=silent, country=code).version
        for code in ("DE", "TH", "generic")
    }
    again = import_area(empty, "tiny", data, title="Tiny", progress=silent, country="DE")

    assert len(set(versions.values())) == 3
    assert again.version == versions["DE"]


def test_an_unknown_country_is_refused_before_anything_is_built(
    empty: Installation, tiny: Callable[..., OsmData]
) -> None:
    with pytest.raises(UnknownCountryError, match=r"expected a country out of .*DE.*, got 'XX'"):
        import_area(empty, "tiny", tiny(), title="Tiny", progress=silent, country="XX")

    assert not empty.settings.areas.exists()


# A command leaves its connections to the end of its process.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_the_terminal_says_which_country_and_why(
    empty: Installation,
    tiny: Callable[..., OsmData],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BAROMETER_DATA_DIR", str(empty.settings.data_dir))
    tiny()  # writes the file
    words = ["import", "tiny", "--osm", str(tmp_path / "tiny.osm")]

    said = [CliRunner().invoke(app, [*words, *more]) for more in ((), ("--country", "de"), ())]

    assert [one.exit_code for one in said] == [0, 0, 0]
    countries = [line for one in said for line in one.stdout.splitlines() if "country" in line]
    assert countries == [
        "country generic (no tags name one)", "country DE (as asked)", "country DE (as before)",
    ]  # fmt: skip
    refused = CliRunner().invoke(app, [*words, "--country", "XX"])
    assert isinstance(refused.exception, UnknownCountryError)


@pytest.mark.parametrize("name", ["", "..", "a/b", "Town", "-a", "a" * 41, "stra\u00dfe", "a\n"])
def test_a_name_that_is_no_folder_is_refused(
    empty: Installation, tiny: Callable[..., OsmData], name: str
) -> None:
    with pytest.raises(InvalidAreaNameError, match="expected a name of a-z, 0-9 and -"):
        import_area(empty, name, tiny(), title="Bad", progress=silent)

    assert not empty.settings.areas.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "no OSM file at"),
        ("", "read|OSM"),
        ("<html>not osm</html>", "read|OSM|street"),
        ("<osm version='0.6'><node id='1' version='1' lon='1' lat='1'/></osm>", "street"),
    ],
)
def test_a_file_that_is_no_town_is_refused_with_a_sentence(
    tmp_path: Path, content: str | None, sentence: str
) -> None:
    path = tmp_path / "bad.osm"
    if content is not None:
        path.write_text(content)

    with pytest.raises(GeoError, match=sentence):
        read_osm(path)


def test_the_sample_town_is_in_germany(sample_osm: OsmData, empty: Installation) -> None:
    chosen = choose_country(empty, "neubrandenburg", sample_osm)

    assert (chosen.profile.code, chosen.reason) == ("DE", "from tags")
    assert max(sample_osm.countries, key=sample_osm.countries.__getitem__) == "DE"
