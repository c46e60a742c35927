"""How many homes an attacker finds in what is published: G1, on several networks.

Run by `make bench`. Every year is published by the real services, into a database of its own;
`PYTHONPATH=. .venv/bin/python tests/benchmarks/bench_attack.py --years 4 EXTRACT…`
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from api.services.areas import LoadedArea
from api.services.import_area import import_area
from api.services.installation import open_installation
from api.settings import Settings
from api.store import areas, migrate
from api.store.models import School
from geo.osm import read_osm
from geo.protection import K_CHANGE
from tests.privacy.attacker import Found, compare, live, posterior, seen, seen_besieged
from tests.privacy.counted import counted_year
from tests.privacy.history import History, Setting, Year, as_frame, fresh, school_year
from tests.privacy.hostile import besieged_year
from tests.privacy.projection import Seen, project
from tests.privacy.suspects import suspects

AREA = "town"
FIRST_SEED = 7_000
DISTANCES = (100.0, 50.0)
SPACING_M = 45.0
SHARES = (0.7, 0.3)
"""Of the students, how many go to each of the two schools; a small one hides fewer."""
READERS = {"staff": False, "anybody": True}
NOBODY = dict.fromkeys(DISTANCES, Found(0, 0, 0, 0))
LIVE = 240
CHANGES = (5, K_CHANGE, 20)
COUNTED_YEARS = 16
CROWD = 40


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("extracts", nargs="+", type=Path)
    parser.add_argument("--years", type=int, default=4, help="of 12 releases, on each network")
    parser.add_argument("--besieged", type=int, default=24, help="students besieged by a class")
    options = parser.parse_args()
    for extract in options.extracts:
        with town(extract) as (base, setting):
            places = setting.area.network.places.index
            say(f"{extract.name.split('.')[0]}: {[len(one.prior) for one in setting.suspects]} "
                "addresses")  # fmt: skip
            unprotected(setting, places)
            for change in CHANGES:
                tell(f"counts alone, R4 with {change}", counted(setting, places, change))
            found = dict.fromkeys(READERS, NOBODY)
            for number in range(options.years):
                began = time.process_time()
                with fresh(base) as here:
                    year = school_year(here, setting, seed=FIRST_SEED + number)
                for reader, anybody in READERS.items():
                    shown = seen(year.releases, places, setting.schools, anybody=anybody)
                    found[reader] = added(found[reader], attacked(setting, year, shown))
                say(f"  a year: {time.process_time() - began:.0f} s of processor time")
            for reader, total in found.items():
                tell(reader, total)
            if options.besieged:
                besiege(base, setting, places, options.besieged)


def besiege(base: Settings, setting: Setting, places: pd.Index, targets: int) -> None:
    """Tell what is found of students whom a hostile class waits for."""
    with fresh(base) as here:
        year = besieged_year(setting, Year(here, setting, FIRST_SEED), crowd=CROWD, targets=targets)
    for reader, anybody in READERS.items():
        shown = seen_besieged(year.releases, places, setting.schools, anybody=anybody)
        tell(f"{reader}, a hostile class", attacked(setting, year, shown, first=2))


@contextmanager
def town(extract: Path) -> Iterator[tuple[Settings, Setting]]:
    """Import an extract, and find two schools with the addresses around them."""
    with tempfile.TemporaryDirectory() as folder:
        base = Settings(data_dir=Path(folder), base_url="http://localhost")
        here = open_installation(base)
        migrate.upgrade(here.store)
        import_area(here, AREA, read_osm(extract), title="Town", progress=lambda *_: None)
        with here.store.read() as session:
            area = areas.find(session, AREA)
            assert area is not None
            loaded = here.library.get(area)
            found = list(areas.schools_of(session, AREA))
        if not found:
            found = stand_ins(loaded)
            with here.store.write() as session:
                session.add_all(found)
        chosen = two_schools(found, loaded)
        here.store.engine.dispose()
        known = tuple(
            suspects(loaded.network, loaded.router, (one.location.x, one.location.y),
                     spacing_m=SPACING_M)
            for one in chosen
        )  # fmt: skip
        schools = tuple(one.id for one in chosen)
        yield base, Setting(loaded, AREA, schools, known, SHARES)


def stand_ins(loaded: LoadedArea) -> list[School]:
    """Return schools at busy crossings: an extract of highways alone has none."""
    crossings = loaded.network.intersections.nlargest(40, "arms").sort_values("id")
    return [
        School(area_id=AREA, osm_id=f"n{number}", name=f"School {number}", kind="school",
               location=shapely.Point(point.x, point.y))
        for number, point in enumerate(crossings.geometry)
    ]  # fmt: skip


def two_schools(found: list[School], loaded: LoadedArea) -> list[School]:
    """Return the two schools in the middle of the most crossings."""
    crossings = loaded.network.intersections.geometry
    middle = np.array([crossings.x.median(), crossings.y.median()])
    return sorted(
        found, key=lambda one: np.hypot(*(np.array([one.location.x, one.location.y]) - middle))
    )[:2]


def unprotected(setting: Setting, places: pd.Index) -> None:
    """Tell what the attacker finds where releases do not protect."""
    first, area = setting.suspects[0], setting.area
    whole = suspects(area.network, area.router, first.school, spacing_m=SPACING_M, cut=False)
    for name, known, k in (
        ("live, whole rides, k = 1", whole, 1),
        ("live, k = 1", first, 1),
        ("live, k = 5", first, 5),
    ):
        shown = live(known, places, k=k, seed=FIRST_SEED, participants=LIVE)
        likely = posterior(known, shown.evidence)
        tell(name, {metres: compare(known, likely, shown.homes, metres) for metres in DISTANCES})


def counted(setting: Setting, places: pd.Index, change: int) -> dict[float, Found]:
    """Return how many homes are found in many years of counts, with another number in R4."""
    found, known = NOBODY, setting.suspects[0]
    for number in range(COUNTED_YEARS):
        homes, releases = counted_year(known, places, seed=FIRST_SEED + number, change=change)
        shown = seen(releases, places, change=change)
        likely = np.array(project([known], homes, shown))
        lives = homes["home"].to_numpy()
        found = added(
            found, {metres: compare(known, likely, lives, metres) for metres in DISTANCES}
        )
    return found


def attacked(
    setting: Setting, year: History, shown: list[Seen], *, first: int = 1
) -> dict[float, Found]:
    """Return how many homes are found of the rides that came with release `first` or later."""
    homes = as_frame(year)
    likely = project(setting.suspects, homes, shown)
    found = NOBODY
    for school, known in enumerate(setting.suspects):
        own = np.flatnonzero((homes["school"] == school) & (homes["came"] >= first))
        if len(own):
            guessed = np.array([likely[row] for row in own])
            lives = homes["home"].to_numpy()[own]
            found = added(
                found, {metres: compare(known, guessed, lives, metres) for metres in DISTANCES}
            )
    return found


def added(one: dict[float, Found], other: dict[float, Found]) -> dict[float, Found]:
    return {metres: one[metres] + other[metres] for metres in DISTANCES}


def tell(name: str, found: dict[float, Found]) -> None:
    for metres, one in found.items():
        say(f"  {name}, {metres:.0f} m: {one}")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
